//! Twins: two gates of which one is for newer versions of Kubernetes and the other, with the same thing, for older ones.

use std::collections::{BTreeMap, HashMap};

use super::super::gate::{Build, Disagreement, Flavour, disagreements};
use super::pairs::Pairs;
use super::release::Gate;
use crate::k8s::KubeVersions;
use crate::span::FileId;

/// Further apart than by one minor, two gates are not meant to complete each other.
const MAX_MINORS_APART: u32 = 1;

/// Two gates that should exclude and complete each other: their conditions differ in the constraint alone, one from some
/// version on and the other up to it, and they give the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twins {
    /// The gate for newer versions, as its place in [`super::Chart::gates`].
    pub newer: usize,
    /// The gate for older versions.
    pub older: usize,
    /// Where they do not, within the versions that the chart is for.
    pub disagreements: Vec<Disagreement>,
}

impl Twins {
    /// The twins of a chart. `pairs` are those of its files, with the paths of these.
    pub(super) fn all(gates: &[Gate], pairs: &[(FileId, &str, &Pairs)]) -> Vec<Self> {
        let heads = gates
            .iter()
            .enumerate()
            .filter_map(|(index, gate)| Some(((gate.file, gate.condition.as_ref()?.then.head.start), index)));
        let heads: HashMap<(FileId, u32), usize> = heads.collect();
        let at = |file: FileId, head: u32| heads.get(&(file, head)).copied();
        let mut same: BTreeMap<(&str, &[String]), Vec<Option<usize>>> = BTreeMap::new();
        let mut candidates: Vec<(usize, usize)> = Vec::new();
        for (file, path, pairs) in pairs {
            let beside =
                pairs.beside.iter().filter_map(|(one, other)| at(*file, *one).zip(at(*file, *other)));
            candidates.extend(beside);
            if let Some((head, objects)) = &pairs.around {
                same.entry((chart_of(path), objects)).or_default().push(at(*file, *head));
            }
        }
        candidates.extend(same.values().filter_map(|heads| match heads.as_slice() {
            [Some(one), Some(other)] => Some((*one, *other)),
            _ => None,
        }));
        candidates.sort_unstable();
        candidates.into_iter().filter_map(|(one, other)| Self::of(gates, one, other)).collect()
    }

    fn of(gates: &[Gate], one: usize, other: usize) -> Option<Self> {
        let [left, right] = [gates.get(one)?, gates.get(other)?];
        let [left_bound, right_bound] = [bound(left)?, bound(right)?];
        let (newer, older) = match (left_bound, right_bound) {
            (Bound::Since, Bound::Before) => (one, other),
            (Bound::Before, Bound::Since) => (other, one),
            _ => return None,
        };
        let [left_set, right_set] = [&left.comparisons.first()?.set, &right.comparisons.first()?.set];
        let is_near = plain().all(|flavour| {
            let either = |one: KubeVersions, other: KubeVersions| one.and(other).minors().count();
            let apart = either(left_set.fails(flavour), right_set.fails(flavour))
                + either(left_set.holds(flavour), right_set.holds(flavour));
            u32::try_from(apart).is_ok_and(|apart| apart <= MAX_MINORS_APART)
        });
        let is_same_question = is_near && shape(left)? == shape(right)?;
        is_same_question.then(|| Self {
            newer,
            older,
            disagreements: disagreements(left_set, right_set, left.range),
        })
    }

    /// Where they leave a gap or overlap on Kubernetes' own versions. On others they then do so too; what they do there alone
    /// comes from a constraint that ignores the suffixes of vendors.
    pub fn on_plain_versions(&self) -> impl Iterator<Item = &Disagreement> {
        self.disagreements.iter().filter(|it| it.flavour.build == Build::Plain)
    }

    /// Whether neither holds on vendors' builds of versions on whose plain builds one does.
    pub fn are_lost_on_vendors(&self) -> bool {
        let neither = |is_plain: bool| {
            let found = self.disagreements.iter().filter(|it| (it.flavour.build == Build::Plain) == is_plain);
            found.fold(KubeVersions::NONE, |all, it| all.or(it.neither))
        };
        !neither(false).without(neither(true)).is_empty()
    }
}

fn plain() -> impl Iterator<Item = Flavour> {
    Flavour::all().filter(|flavour| flavour.build == Build::Plain)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Since,
    Before,
}

/// In which direction a gate is open, if all that it asks about the version is one comparison with one bound, and it never
/// holds where that fails.
fn bound(gate: &Gate) -> Option<Bound> {
    let (condition, [comparison]) = (gate.condition.as_ref()?, gate.comparisons.as_slice()) else {
        return None;
    };
    let set = &comparison.set;
    if condition.otherwise.is_some() || Flavour::all().any(|it| condition.set.fails(it) != set.fails(it)) {
        return None;
    }
    let is_open = |towards: fn(u8) -> KubeVersions, edge: fn(KubeVersions) -> Option<u8>| {
        plain().all(|flavour| {
            let (holds, fails) = (set.holds(flavour), set.fails(flavour));
            let is_known = KubeVersions::ALL.without(holds) == fails;
            is_known && edge(holds).is_some_and(|edge| towards(edge) == holds && !fails.is_empty())
        })
    };
    if is_open(KubeVersions::since, |set| set.minors().next()) {
        Some(Bound::Since)
    } else {
        is_open(|last| KubeVersions::range(0..=last), |set| set.minors().last()).then_some(Bound::Before)
    }
}

/// A condition without its one constraint and without blanks; both names of the version are one.
fn shape(gate: &Gate) -> Option<String> {
    let at = &gate.comparisons.first()?.at;
    let (before, after) = (gate.text.get(..at.start)?, gate.text.get(at.end..)?);
    let text = [before, "?", after].concat().replace(".GitVersion", ".Version");
    Some(text.split_whitespace().collect())
}

/// The innermost chart in which a template is.
fn chart_of(path: &str) -> &str {
    path.rfind("templates/").and_then(|at| path.get(..at)).unwrap_or_default()
}
