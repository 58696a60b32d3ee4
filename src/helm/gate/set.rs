//! For which clusters and Helm releases a condition holds.

use super::super::constraint::{Constraint, Mode};
use super::cluster::Cluster;
use crate::k8s::KubeVersions;

/// Which patch of a minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Patch {
    /// 1.N.0.
    First,
    /// Any later one.
    Later,
}

/// How a cluster writes its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Build {
    /// `v1.24.3`, perhaps with build metadata (`+k3s1`).
    Plain,
    /// `v1.24.3-gke.100`, `v1.24.3-eks-4360b32`: a pre-release to Helm.
    Vendor,
    /// The same, and `.Capabilities.KubeVersion.Minor` is `24+`: live clusters of EKS and GKE only, never `helm template`.
    VendorWithPlus,
}

/// What can change the answer of a gate besides the minor of Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flavour {
    /// Which patch.
    pub patch: Patch,
    /// Whose build.
    pub build: Build,
    /// Which releases of Helm.
    pub helm: Mode,
}

impl Flavour {
    const COUNT: usize = 12;

    /// All twelve.
    pub fn all() -> impl Iterator<Item = Self> {
        [Build::Plain, Build::Vendor, Build::VendorWithPlus].into_iter().flat_map(|build| {
            [Patch::First, Patch::Later]
                .into_iter()
                .flat_map(move |patch| Mode::ALL.into_iter().map(move |helm| Self { patch, build, helm }))
        })
    }

    /// The plain flavour of the same patch and Helm.
    #[must_use]
    pub fn plain(self) -> Self {
        Self { build: Build::Plain, ..self }
    }

    fn index(self) -> usize {
        let build = match self.build {
            Build::Plain => 0,
            Build::Vendor => 1,
            Build::VendorWithPlus => 2,
        };
        build * 4 + usize::from(self.patch == Patch::Later) * 2 + usize::from(self.helm == Mode::Since319)
    }
}

/// What a condition answers on one cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The branch is taken.
    True,
    /// It is not.
    False,
    /// Values or functions decide that we do not know.
    Unknown,
    /// Helm stops with an error.
    Aborts,
}

/// Per [`Flavour`], the minors for which a condition may hold and those for which it may fail: both is unknown, neither is a
/// render that aborts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GateSet {
    may_hold: [KubeVersions; Flavour::COUNT],
    may_fail: [KubeVersions; Flavour::COUNT],
}

impl GateSet {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self::constant(KubeVersions::ALL, KubeVersions::ALL);
    /// It always holds.
    pub const ALWAYS: Self = Self::constant(KubeVersions::ALL, KubeVersions::NONE);
    /// It never holds.
    pub const NEVER: Self = Self::constant(KubeVersions::NONE, KubeVersions::ALL);
    /// Helm always stops with an error.
    pub const ABORTS: Self = Self::constant(KubeVersions::NONE, KubeVersions::NONE);

    const fn constant(may_hold: KubeVersions, may_fail: KubeVersions) -> Self {
        Self { may_hold: [may_hold; Flavour::COUNT], may_fail: [may_fail; Flavour::COUNT] }
    }

    /// Adds what is known of 1.`minor` in one flavour to [`GateSet::ABORTS`]; two different answers are unknown, an answer
    /// beside an abort is the answer.
    pub(super) fn add(&mut self, minor: u8, flavour: Flavour, verdict: Verdict) {
        let one = KubeVersions::range(minor..=minor);
        let [may_hold, may_fail] =
            [&mut self.may_hold, &mut self.may_fail].map(|sets| sets.get_mut(flavour.index()));
        if let (Some(set), Verdict::True | Verdict::Unknown) = (may_hold, verdict) {
            *set = set.or(one);
        }
        if let (Some(set), Verdict::False | Verdict::Unknown) = (may_fail, verdict) {
            *set = set.or(one);
        }
    }

    /// The clusters that a constraint allows, such as `kubeVersion` in Chart.yaml.
    pub fn of(constraint: &Constraint) -> Self {
        let mut set = Self::ABORTS;
        for cluster in Cluster::all() {
            let Some(version) = &cluster.parsed else { continue };
            for helm in Mode::ALL {
                let flavour = Flavour { patch: cluster.patch, build: cluster.build, helm };
                let verdict = if constraint.allows(version, helm) { Verdict::True } else { Verdict::False };
                set.add(cluster.minor, flavour, verdict);
            }
        }
        set
    }

    /// Both, from left to right as Go's `and`: what the left excludes, the right cannot abort.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.combine(other, |(hold, fail), (other_hold, other_fail)| {
            (hold.and(other_hold), fail.or(hold.and(other_fail)))
        })
    }

    /// Either, from left to right as Go's `or`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negate().and(other.negate()).negate()
    }

    /// The opposite: the `else` branch.
    #[must_use]
    pub fn negate(self) -> Self {
        Self { may_hold: self.may_fail, may_fail: self.may_hold }
    }

    fn combine(self, other: Self, join: impl Fn(Pair, Pair) -> Pair) -> Self {
        let mut joined = self;
        for flavour in Flavour::all() {
            let (hold, fail) = join(self.pair(flavour), other.pair(flavour));
            if let Some(set) = joined.may_hold.get_mut(flavour.index()) {
                *set = hold;
            }
            if let Some(set) = joined.may_fail.get_mut(flavour.index()) {
                *set = fail;
            }
        }
        joined
    }

    fn pair(&self, flavour: Flavour) -> Pair {
        let of = |sets: &[KubeVersions; Flavour::COUNT]| {
            sets.get(flavour.index()).copied().unwrap_or(KubeVersions::NONE)
        };
        (of(&self.may_hold), of(&self.may_fail))
    }

    /// The minors for which it certainly holds.
    pub fn holds(&self, flavour: Flavour) -> KubeVersions {
        let (hold, fail) = self.pair(flavour);
        hold.without(fail)
    }

    /// The minors for which it certainly does not hold.
    pub fn fails(&self, flavour: Flavour) -> KubeVersions {
        let (hold, fail) = self.pair(flavour);
        fail.without(hold)
    }

    /// The minors for which nothing is known.
    pub fn unknown(&self, flavour: Flavour) -> KubeVersions {
        let (hold, fail) = self.pair(flavour);
        hold.and(fail)
    }

    /// The minors on which Helm stops with an error.
    pub fn aborts(&self, flavour: Flavour) -> KubeVersions {
        let (hold, fail) = self.pair(flavour);
        KubeVersions::ALL.without(hold.or(fail))
    }

    /// The answer for one cluster.
    pub fn verdict(&self, minor: u8, flavour: Flavour) -> Verdict {
        let (hold, fail) = self.pair(flavour);
        match (hold.contains(minor), fail.contains(minor)) {
            (true, false) => Verdict::True,
            (false, true) => Verdict::False,
            (true, true) => Verdict::Unknown,
            (false, false) => Verdict::Aborts,
        }
    }

    /// The union over all flavours: the minors for which the branch may be rendered by some cluster and some Helm.
    pub fn possible(&self) -> KubeVersions {
        self.may_hold.iter().fold(KubeVersions::NONE, |all, set| all.or(*set))
    }

    /// The minors for which every flavour certainly holds.
    pub fn certain(&self) -> KubeVersions {
        Flavour::all().fold(KubeVersions::ALL, |all, flavour| all.and(self.holds(flavour)))
    }

    /// The same verdict, if known, for all of `versions` in every flavour: a gate that decides nothing there.
    pub fn constant_over(&self, versions: KubeVersions) -> Option<bool> {
        let within = |set: KubeVersions| versions.without(set).is_empty();
        if versions.is_empty() {
            None
        } else if within(self.certain()) {
            Some(true)
        } else {
            within(self.negate().certain()).then_some(false)
        }
    }

    /// Whether the answer is known for every cluster.
    pub fn is_known(&self) -> bool {
        Flavour::all().all(|flavour| self.unknown(flavour).is_empty())
    }

    /// Whether nothing at all is known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::UNKNOWN
    }
}

/// What may hold and what may fail.
type Pair = (KubeVersions, KubeVersions);
