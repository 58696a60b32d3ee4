//! Choices that a template makes by what the cluster serves: `.Capabilities.APIVersions.Has`.
//!
//! `helm template` asks no cluster. It answers from the groups and versions of the Kubernetes client that it was built
//! with, whatever `--kube-version` says, and knows kinds only from `--api-versions` (`pkg/chart/common/capabilities.go`).

use std::ops::Range;

use super::super::gate::Expression;
use super::super::template::{ActionKind, Template};
use super::body::{Bodies, Body};
use crate::k8s::{KubeVersions, Lifecycle};
use crate::span::{FileId, Span};

/// What an action has that asks for an API.
const MARK: &str = "APIVersions";

/// An `if` with its branches, at least one of whose conditions asks what the cluster serves.
#[derive(Debug)]
pub struct ApiChoice {
    /// The template.
    pub file: FileId,
    /// The versions that the chart is for.
    pub range: KubeVersions,
    /// Its branches, in order.
    pub branches: Vec<ApiBranch>,
    /// The kind of the object whose `apiVersion` it gives, if that follows it.
    pub(super) kind_after: Option<String>,
}

/// A branch of an [`ApiChoice`].
#[derive(Debug)]
pub struct ApiBranch {
    condition: Asked,
    /// The condition as written.
    text: String,
    /// Where the condition stands.
    span: Span,
    /// The group and version that it gives, written out.
    pub api_version: Option<String>,
    /// The kind of its object.
    kind: Option<String>,
    /// Whether it gives entries of YAML, or a group and version.
    pub gives_text: bool,
    /// Whether it looks something up in the cluster.
    pub looks_up: bool,
    /// Whether it makes a token Secret.
    pub has_token: bool,
}

/// The condition of a branch.
#[derive(Debug)]
enum Asked {
    /// None: it is an `else`.
    Nothing,
    /// One that can be read.
    Expression(Expression),
    Unreadable,
}

/// A place where a condition asks for an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiQuestion {
    /// What it asks for: `policy/v1`, `policy/v1/PodDisruptionBudget`.
    pub api: String,
    /// Where that stands, with its quotes.
    pub span: Span,
}

/// What `helm template` renders although the cluster, if it were asked, would get something that it serves.
#[derive(Debug, Clone, Copy)]
pub struct GoneOffline<'c> {
    /// What `helm template` renders.
    pub gone: Lifecycle,
    /// What the cluster would get.
    pub served: Lifecycle,
    /// The branch whose condition leads `helm template` astray.
    pub astray: &'c ApiBranch,
    /// The chart's versions for which that is so.
    pub versions: KubeVersions,
}

impl ApiChoice {
    /// Reads the `if` that action number `head` starts, if it asks for an API. `file` and `range` are yet to be filled in.
    pub(super) fn read(template: &Template<'_>, head: usize, bodies: &mut Bodies<'_>) -> Option<Self> {
        let branches = std::iter::successors(Some(head), |index| template.next_branch(*index));
        let branches: Vec<usize> = branches.collect();
        let asks =
            |index: &usize| template.actions().get(*index).is_some_and(|it| it.pipeline.contains(MARK));
        if !branches.iter().any(asks) {
            return None;
        }
        let region = template.region(head)?;
        let branches = branches.into_iter().map(|index| ApiBranch::read(template, index, bodies));
        let branches = branches.collect::<Option<_>>()?;
        let kind_after = bodies.kind_after(region);
        Some(Self { file: FileId(0), range: KubeVersions::NONE, branches, kind_after })
    }

    /// Where `helm template` renders an API that is gone, and a cluster that is asked does not.
    pub fn gone_offline(&self) -> Option<GoneOffline<'_>> {
        let at = self.branches.iter().position(|branch| branch.offline() != Some(false))?;
        let offline = self.branches.get(at).filter(|it| it.offline() == Some(true))?;
        let astray =
            if matches!(offline.condition, Asked::Nothing) { self.branches.first()? } else { offline };
        let asked =
            self.branches.iter().flat_map(ApiBranch::questions).find_map(|it| it.kind().map(str::to_owned));
        let kind = offline.kind.as_ref().or(self.kind_after.as_ref()).or(asked.as_ref());
        let mut rest = self.range;
        for live in &self.branches {
            let taken = live.live()?.and(rest);
            rest = rest.without(taken);
            let apis = offline.api_version.as_deref().zip(live.api_version.as_deref());
            let found = apis.and_then(|(old, new)| gone_among(old, new, kind.map(String::as_str), taken));
            if let Some((gone, served, versions)) = found {
                return Some(GoneOffline { gone, served, astray, versions });
            }
        }
        None
    }
}

/// One of the kinds that an object may be of which is `old` in `helm template` and `new` on clusters; and for which of
/// `versions` all of these kinds are gone from `old` and served in `new`.
fn gone_among(
    old: &str,
    new: &str,
    kind: Option<&str>,
    versions: KubeVersions,
) -> Option<(Lifecycle, Lifecycle, KubeVersions)> {
    let kinds = Lifecycle::kinds_of(old).iter().filter(|gone| kind.is_none_or(|kind| gone.kind() == kind));
    let pairs = kinds.filter_map(|gone| Some((*gone, Lifecycle::of(new, gone.kind())?)));
    let with_versions =
        pairs.map(|(gone, served)| (gone, served, versions.and(gone.gone()).and(served.served())));
    let found = with_versions.reduce(|one, other| {
        let (gone, served, _) = if one.0.removed < other.0.removed { other } else { one };
        (gone, served, one.2.and(other.2))
    })?;
    (!found.2.is_empty()).then_some(found)
}

impl ApiBranch {
    fn read(template: &Template<'_>, index: usize, bodies: &mut Bodies<'_>) -> Option<Self> {
        let (action, region) = (template.actions().get(index)?, template.region(index)?);
        let condition = match Expression::parse(action.pipeline) {
            _ if action.kind == ActionKind::Else => Asked::Nothing,
            Ok(condition) => Asked::Expression(condition),
            Err(_) => Asked::Unreadable,
        };
        let start = action.pipeline_start;
        let span = Span { start, end: start.saturating_add(Span::new(0..action.pipeline.len()).end) };
        let Body { entries, api_version, kind, looks_up, has_token, .. } = bodies.read(region.body)?;
        let (text, gives_text) = (action.pipeline.to_owned(), !entries.is_empty());
        Some(Self { condition, text, span, api_version, kind, gives_text, looks_up, has_token })
    }

    /// What its condition asks for.
    pub fn questions(&self) -> Vec<ApiQuestion> {
        let Asked::Expression(condition) = &self.condition else { return Vec::new() };
        let calls = condition.descend().into_iter();
        let asked = calls.filter_map(|call| {
            let (api, at) = asked(call)?;
            Some(ApiQuestion { api: api.to_owned(), span: Span::new(at.clone()).shift(self.span.start) })
        });
        asked.collect()
    }

    /// Whether `helm template` takes it when it comes to it, as far as that depends on APIs.
    pub fn offline(&self) -> Option<bool> {
        self.answer(&offline).map(|versions| !versions.is_empty())
    }

    /// For which versions a cluster may take it when it comes to it: values that decide too are taken to be in its favour.
    pub fn live(&self) -> Option<KubeVersions> {
        self.answer(&live)
    }

    fn answer(&self, known: &dyn Fn(&str) -> Option<KubeVersions>) -> Option<KubeVersions> {
        match &self.condition {
            Asked::Nothing => Some(KubeVersions::ALL),
            Asked::Expression(condition) => answer(condition, known),
            Asked::Unreadable => None,
        }
    }

    /// The condition as written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl ApiQuestion {
    /// The kind, if it asks for one.
    pub fn kind(&self) -> Option<&str> {
        split(&self.api).1
    }

    /// The life of the kind, if it asks for one of Kubernetes itself.
    pub fn lifecycle(&self) -> Option<Lifecycle> {
        let (api_version, kind) = split(&self.api);
        Lifecycle::of(api_version, kind?)
    }

    /// Whether clusters of all of `versions` say yes, and `helm template` says no.
    pub fn is_false_offline_alone(&self, versions: KubeVersions) -> bool {
        offline(&self.api) == Some(KubeVersions::NONE)
            && live(&self.api).is_some_and(|live| versions.without(live).is_empty())
    }

    /// Whether Kubernetes itself has the group and version.
    pub fn is_built_in(&self) -> bool {
        !Lifecycle::kinds_of(split(&self.api).0).is_empty()
    }
}

/// The API for which a call asks.
fn asked(call: &Expression) -> Option<(&str, &Range<usize>)> {
    let Expression::Method { of, arguments, .. } = call else { return None };
    let (Expression::Field { names, .. }, [Expression::Text { value, at }]) = (&**of, arguments.as_slice())
    else {
        return None;
    };
    let is_question = names.ends_with(&["Capabilities", "APIVersions", "Has"].map(str::to_owned));
    is_question.then_some((value, at))
}

/// `policy/v1` and `PodDisruptionBudget` of `policy/v1/PodDisruptionBudget`, `v1` and `Pod` of `v1/Pod`.
fn split(api: &str) -> (&str, Option<&str>) {
    match api.rsplit_once('/') {
        Some((api_version, kind)) if kind.starts_with(char::is_uppercase) => (api_version, Some(kind)),
        _ => (api, None),
    }
}

/// The groups and versions that no release of Helm 3 or 4 forgets or has yet to learn; measured with 4.3.1.
const OFFLINE: [&str; 32] = [
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
    "apiextensions.k8s.io/v1beta1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "coordination.k8s.io/v1beta1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "extensions/v1beta1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1beta1",
];

/// What `helm template` answers, on all versions the same. Of other people's APIs it knows nothing: charts that ask for them mean that.
fn offline(api: &str) -> Option<KubeVersions> {
    let (api_version, kind) = split(api);
    let kinds = Lifecycle::kinds_of(api_version);
    match kind {
        Some(kind) => kinds.iter().any(|it| it.kind() == kind).then_some(KubeVersions::NONE),
        None if OFFLINE.contains(&api_version) => Some(KubeVersions::ALL),
        // The aggregator has a client of its own.
        None => (api_version.starts_with("apiregistration.k8s.io/") && !kinds.is_empty())
            .then_some(KubeVersions::NONE),
    }
}

/// The versions that serve an API of Kubernetes itself.
fn live(api: &str) -> Option<KubeVersions> {
    let (api_version, kind) = split(api);
    let kinds =
        Lifecycle::kinds_of(api_version).iter().filter(|it| kind.is_none_or(|kind| it.kind() == kind));
    kinds.map(Lifecycle::served).reduce(KubeVersions::or)
}

/// When a condition holds, if APIs decide it. Settings that must hold too are taken to hold.
fn answer(condition: &Expression, known: &dyn Fn(&str) -> Option<KubeVersions>) -> Option<KubeVersions> {
    if let Some((api, _)) = asked(condition) {
        return known(api);
    }
    let Expression::Call { function, arguments, .. } = condition else { return None };
    let not = |versions: KubeVersions| KubeVersions::ALL.without(versions);
    match (function.as_str(), arguments.as_slice()) {
        ("not", [condition]) => answer(condition, known).map(not),
        ("and", conditions) => {
            let (answers, others): (Vec<_>, Vec<_>) =
                conditions.iter().map(|it| answer(it, known).ok_or(it)).partition(Result::is_ok);
            let all = answers.into_iter().flatten().reduce(KubeVersions::and)?;
            let only_settings = others.into_iter().filter_map(Result::err).all(is_setting);
            (only_settings || all.is_empty()).then_some(all)
        }
        ("or", conditions) => {
            let answers = conditions.iter().map(|it| answer(it, known)).collect::<Option<Vec<_>>>()?;
            answers.into_iter().reduce(KubeVersions::or)
        }
        _ => None,
    }
}

/// Whether a condition looks at nothing but the values of the chart.
fn is_setting(condition: &Expression) -> bool {
    const HARMLESS: [&str; 8] = ["eq", "ne", "not", "and", "or", "empty", "default", "toString"];
    condition.descend().into_iter().all(|part| match part {
        Expression::Field { names, .. } => names.first().is_some_and(|name| name == "Values"),
        Expression::Call { function, .. } => HARMLESS.contains(&function.as_str()),
        Expression::Variable(name) => name.is_empty(),
        Expression::Method { .. } => false,
        _ => true,
    })
}
