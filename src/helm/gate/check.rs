//! Questions about gates: what rules ask.

use std::ops::Range;

use super::super::Version;
use super::super::constraint::{Constraint, ConstraintError, Mode};
use super::evaluate::{Evaluator, Scope};
use super::expression::Expression;
use super::set::{Build, Flavour, GateSet, Patch};
use crate::k8s::KubeVersions;

/// A `semverCompare` with a constraint that is written out.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionGate {
    /// The constraint.
    pub constraint: String,
    /// Where the string with the constraint stands in the pipeline, with its quotes.
    pub at: Range<usize>,
    /// What this comparison alone answers; [`GateSet::UNKNOWN`] if it is not about the cluster's version.
    pub set: GateSet,
}

impl VersionGate {
    /// Those of a pipeline, in order, inner ones too.
    pub fn all(pipeline: &Expression, scope: &dyn Scope, evaluator: &mut Evaluator) -> Vec<Self> {
        let gates = pipeline.descend().into_iter().filter_map(|call| {
            let (value, at) = Self::written(call)?;
            Some(Self { constraint: value.to_owned(), at, set: evaluator.gate(call, scope) })
        });
        gates.collect()
    }

    /// Whether a pipeline as a whole is one.
    pub fn is_one(pipeline: &Expression) -> bool {
        Self::written(pipeline).is_some()
    }

    /// The constraint, and where that stands.
    fn written(call: &Expression) -> Option<(&str, Range<usize>)> {
        let Expression::Call { function, arguments, .. } = call else { return None };
        match arguments.as_slice() {
            [Expression::Text { value, at }, ..] if function == "semverCompare" => Some((value, at.clone())),
            _ => None,
        }
    }

    /// Why Helm aborts on the constraint, if it does.
    pub fn error(&self) -> Option<ConstraintError> {
        Constraint::parse(&self.constraint).err()
    }

    /// The constraint with `-0` where that is safe: see [`Constraint::with_pre_releases`].
    pub fn rewritten(&self) -> Option<String> {
        Constraint::parse(&self.constraint).ok()?.with_pre_releases(&self.constraint)
    }
}

/// Where a pipeline gives `semverCompare` a constraint in the place of the version: Helm aborts, because it is none.
pub fn swapped(pipeline: &Expression) -> Vec<Range<usize>> {
    let calls = pipeline.descend().into_iter().filter_map(|call| {
        let Expression::Call { function, arguments, .. } = call else { return None };
        let [first, Expression::Text { value, at }] = arguments.as_slice() else { return None };
        let is_swapped = function == "semverCompare"
            && !matches!(first, Expression::Text { .. })
            && Version::parse(value).is_err()
            && Constraint::parse(value).is_ok();
        is_swapped.then(|| at.clone())
    });
    calls.collect()
}

/// The minors for which a gate answers a vendor's build otherwise than the plain one of the same patch, on any Helm.
pub fn ignores_vendors(gate: &GateSet) -> KubeVersions {
    let vendors = Flavour::all().filter(|flavour| flavour.build == Build::Vendor);
    vendors.fold(KubeVersions::NONE, |all, vendor| {
        let plain = vendor.plain();
        let lost = gate.holds(plain).and(gate.fails(vendor));
        let won = gate.fails(plain).and(gate.holds(vendor));
        all.or(lost).or(won)
    })
}

/// A cluster that shows that a gate ignores vendors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witness {
    /// Its minor.
    pub minor: u8,
    /// Its patch, vendor and Helm.
    pub flavour: Flavour,
    /// What the gate answers there, and on the plain version of the same patch the opposite.
    pub answer: bool,
}

/// A cluster, of those in `versions`, on which a gate answers a vendor's build otherwise than the plain one; one with a
/// later patch, and the newest, if there are several.
pub fn witness(gate: &GateSet, versions: KubeVersions) -> Option<Witness> {
    let mut vendors: Vec<Flavour> = Flavour::all().filter(|it| it.build == Build::Vendor).collect();
    vendors.sort_by_key(|flavour| (flavour.patch == Patch::First, flavour.helm == Mode::UpTo318));
    vendors.into_iter().find_map(|flavour| {
        let plain = flavour.plain();
        let lost = gate.holds(plain).and(gate.fails(flavour)).and(versions);
        let won = gate.fails(plain).and(gate.holds(flavour)).and(versions);
        let of = |set: KubeVersions, answer| Some(Witness { minor: set.minors().last()?, flavour, answer });
        of(lost, false).or_else(|| of(won, true))
    })
}

/// What two gates that should exclude and complete each other do on one flavour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disagreement {
    /// On which clusters and Helm releases.
    pub flavour: Flavour,
    /// The minors for which neither holds.
    pub neither: KubeVersions,
    /// The minors for which both hold.
    pub both: KubeVersions,
}

/// Where, in `versions`, two gates leave a gap or overlap; flavours without either are left out. Twins are gates that agree
/// to differ on [`Build::Plain`].
pub fn disagreements(left: &GateSet, right: &GateSet, versions: KubeVersions) -> Vec<Disagreement> {
    let of = |flavour| Disagreement {
        flavour,
        neither: left.fails(flavour).and(right.fails(flavour)).and(versions),
        both: left.holds(flavour).and(right.holds(flavour)).and(versions),
    };
    Flavour::all().map(of).filter(|it| !it.neither.is_empty() || !it.both.is_empty()).collect()
}

/// A way to look at `.Capabilities.KubeVersion.Minor` that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinorMisuse {
    /// How.
    pub kind: MisuseKind,
    /// The function with its arguments, in the pipeline.
    pub at: Range<usize>,
}

/// The ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MisuseKind {
    /// Compared as text: `"9"` is greater than `"24"`.
    TextOrder,
    /// Equal as text: `"24+"` is not `"24"`.
    TextEquality,
    /// Made a number with its `+`: `int "24+"` is 0.
    UntrimmedNumber,
    /// Major and minor made one number: 1.9 is greater than 1.24.
    Fraction,
    /// Compared as a version with its `+`: `1.24+` is none, and the render aborts.
    UntrimmedVersion,
}

/// What a text has of the minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    /// As the cluster says it, perhaps with a `+`.
    Minor,
    /// Without a `+`.
    TrimmedMinor,
    /// Major, point, minor.
    Joined,
    /// The same without a `+`.
    TrimmedJoined,
}

/// The misuses in a pipeline. What a variable or helper hides is reported where it is used, not what is wrong inside it.
pub fn minor_misuses(pipeline: &Expression, scope: &dyn Scope) -> Vec<MinorMisuse> {
    // Who asks for `24+` beside `24` knows.
    let is_plus = |it: &&Expression| matches!(it, Expression::Text { value, .. } if value.ends_with('+'));
    let knows_plus = pipeline.descend().iter().any(is_plus);
    let misuses = pipeline.descend().into_iter().filter_map(|call| {
        let Expression::Call { function, arguments, at } = call else { return None };
        let natures: Vec<Nature> =
            arguments.iter().filter_map(|argument| nature(argument, scope, &mut 0)).collect();
        let kind = misuse(function, &natures)?;
        if knows_plus && kind == MisuseKind::TextEquality {
            return None;
        }
        Some(MinorMisuse { kind, at: at.clone() })
    });
    misuses.collect()
}

fn misuse(function: &str, natures: &[Nature]) -> Option<MisuseKind> {
    let has = |wanted: &[Nature]| natures.iter().any(|nature| wanted.contains(nature));
    let minor = has(&[Nature::Minor, Nature::TrimmedMinor]);
    let joined = has(&[Nature::Joined, Nature::TrimmedJoined]);
    match function {
        "lt" | "le" | "gt" | "ge" if minor || joined => Some(MisuseKind::TextOrder),
        "eq" | "ne" if has(&[Nature::Minor, Nature::Joined]) => Some(MisuseKind::TextEquality),
        "int" | "int64" | "atoi" | "float64" if has(&[Nature::Minor]) => Some(MisuseKind::UntrimmedNumber),
        "float64" if joined => Some(MisuseKind::Fraction),
        "semverCompare" | "semver" if has(&[Nature::Joined]) => Some(MisuseKind::UntrimmedVersion),
        _ => None,
    }
}

/// Steps for one argument: variables of variables, in a circle or in great number, lead nowhere.
const MAX_STEPS: usize = 64;

fn nature(expression: &Expression, scope: &dyn Scope, steps: &mut usize) -> Option<Nature> {
    *steps += 1;
    if *steps > MAX_STEPS {
        return None;
    }
    let mut inner = |expression: &Expression| nature(expression, scope, steps);
    match expression {
        Expression::Field { of, names } => match names.as_slice() {
            [.., parent, name] if parent == "KubeVersion" && name == "Minor" => Some(Nature::Minor),
            [name] if name == "Minor" && is_kube_version(of, scope) => Some(Nature::Minor),
            _ => None,
        },
        Expression::Variable(name) if !name.is_empty() => inner(scope.variable(name)?),
        Expression::Call { function, arguments, .. } => {
            let mut natures = || arguments.iter().find_map(&mut inner);
            match function.as_str() {
                "printf" | "print" => natures().map(|it| match it {
                    Nature::TrimmedMinor | Nature::TrimmedJoined => Nature::TrimmedJoined,
                    Nature::Minor | Nature::Joined => Nature::Joined,
                }),
                "trimSuffix" | "replace" | "trimAll" | "regexReplaceAll" | "regexFind" => {
                    natures().map(|it| match it {
                        Nature::Minor | Nature::TrimmedMinor => Nature::TrimmedMinor,
                        Nature::Joined | Nature::TrimmedJoined => Nature::TrimmedJoined,
                    })
                }
                "default" | "toString" | "trim" | "quote" | "coalesce" => natures(),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_kube_version(expression: &Expression, scope: &dyn Scope) -> bool {
    match expression {
        Expression::Variable(name) if !name.is_empty() => {
            scope.variable(name).is_some_and(names_kube_version)
        }
        expression => names_kube_version(expression),
    }
}

fn names_kube_version(expression: &Expression) -> bool {
    matches!(expression, Expression::Field { names, .. } if names.last().is_some_and(|name| name == "KubeVersion"))
}
