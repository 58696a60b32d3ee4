//! A chart that asks the cluster what `helm template` cannot know, and breaks by the answer.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona, Place};
use crate::helm::chart::{ApiBranch, ApiChoice, ApiQuestion, Chart, GoneOffline, LookupGuard};

pub(super) static RULE: Rule = rule!("helm-capabilities-misuse", Check::Chart(check));

const KEEP: &str = "render it always, or give it the annotation `helm.sh/resource-policy: keep`; \
                    a `lookup` finds nothing in `helm template`, so Argo CD renders it each time";
const TOKENS: &str = "compare the version: `semverCompare \">=1.24-0\" .Capabilities.KubeVersion.Version`; \
                      no API came or went with the tokens that Kubernetes no longer makes";

fn check(chart: &Chart, sink: &mut Sink<'_>) {
    for choice in &chart.choices {
        if let Some(draft) = gone_offline(choice).or_else(|| of_branches(choice)) {
            sink.report(draft);
        }
    }
    chart.lookups.iter().for_each(|guard| sink.report(deleted_by_upgrade(guard)));
}

/// `helm template` renders an API that is gone.
fn gone_offline(choice: &ApiChoice) -> Option<Draft> {
    let GoneOffline { gone, served, astray, versions } = choice.gone_offline()?;
    let question = astray.questions().into_iter().next()?;
    let (old, new, removed) = (gone.api_version(), served.api_version(), gone.removed?);
    let why = if question.kind().is_some() {
        "it knows kinds from `--api-versions` only"
    } else {
        "it answers for the client it was built with, whatever `--kube-version` says, and so for Argo CD"
    };
    let message = format!("`helm template` takes `{old}` here, which is gone in Kubernetes 1.{removed}");
    let help = format!("{why}; {}, to take `{new}`", compare(served.introduced));
    Some(draft(choice, astray, &question, message, help).for_chart(versions))
}

fn of_branches(choice: &ApiChoice) -> Option<Draft> {
    let shown = choice.branches.iter().zip(choice.branches.iter().skip(1).map(Some).chain([None]));
    let mut drafts = shown.flat_map(|(branch, next)| {
        branch.questions().into_iter().filter_map(move |question| judge(choice, branch, next, &question))
    });
    drafts.next()
}

/// A question to which `helm template` has another answer than clusters; `next` is the branch that is taken otherwise.
fn judge(
    choice: &ApiChoice,
    branch: &ApiBranch,
    next: Option<&ApiBranch>,
    question: &ApiQuestion,
) -> Option<Draft> {
    let taken = || [Some(branch), next].into_iter().flatten();
    if taken().any(|it| it.looks_up) || !taken().any(|it| it.gives_text) {
        return None;
    }
    let api = &question.api;
    let (offline, live) = (branch.offline()?, branch.live());
    let differs = |minor: u8| live.map(|live| live.contains(minor) != offline);
    let always_differs = choice.range.minors().all(|minor| differs(minor) == Some(true));
    if always_differs && question.is_false_offline_alone(choice.range) {
        let message = format!("`{api}` is false in `helm template` and true on every cluster");
        let help = "it decides nothing but whether a cluster was asked; leave it out, \
                    or compare `.Capabilities.KubeVersion.Version`";
        return Some(draft(choice, branch, question, message, help).for_chart(choice.range));
    }
    if question.is_built_in() && taken().any(|it| it.has_token) {
        let message = format!("whether `{api}` is served does not tell who makes token Secrets");
        let draft = draft(choice, branch, question, message, TOKENS);
        return Some(draft.for_chart(choice.range).persona(Persona::Pedantic));
    }
    let newest = choice.range.minors().last()?;
    let api_then = question.lifecycle().filter(|it| it.served().contains(newest))?;
    differs(newest).is_none_or(|differs| differs).then_some(())?;
    let message = format!("`{api}` is false in `helm template`, whatever the version");
    let help = format!("render with `--api-versions {api}`, or {}", compare(api_then.introduced));
    Some(draft(choice, branch, question, message, help).for_chart(choice.range).persona(Persona::Pedantic))
}

fn deleted_by_upgrade(guard: &LookupGuard) -> Draft {
    let name = if guard.is_token { "token Secret" } else { &guard.kind };
    let message = format!("the next upgrade finds this {name}, leaves it out, and so deletes it");
    let place = Place { file: guard.file, span: guard.span, path: guard.text.clone(), object: None };
    Draft::new(place, message).help(KEEP).for_chart(guard.range)
}

fn compare(minor: u8) -> String {
    format!("compare the version: `semverCompare \">=1.{minor}-0\" .Capabilities.KubeVersion.Version`")
}

fn draft(
    choice: &ApiChoice,
    branch: &ApiBranch,
    question: &ApiQuestion,
    message: String,
    help: impl Into<String>,
) -> Draft {
    let place =
        Place { file: choice.file, span: question.span, path: branch.text().to_owned(), object: None };
    Draft::new(place, message).help(help)
}
