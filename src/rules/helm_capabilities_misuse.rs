//! A chart that asks the cluster what `helm template` cannot know, and breaks by the answer.

use std::collections::HashSet;
use std::iter::repeat;

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona, Place};
use crate::helm::chart::{ApiBranch, ApiChoice, ApiQuestion, Chart, GoneOffline, LookupGuard};

pub(super) static RULE: Rule = rule!("helm-capabilities-misuse", Check::Chart(check));

const KEEP: &str = "render it always, or give it the annotation `helm.sh/resource-policy: keep`; \
                    a `lookup` finds nothing in `helm template`, so Argo CD renders it each time";
const TOKENS: &str = "compare the version: `semverCompare \">=1.24-0\" .Capabilities.KubeVersion.Version`; \
                      no API came or went with the tokens that Kubernetes no longer makes";

fn check(chart: &Chart, sink: &mut Sink<'_>) {
    let judged = chart.choices.iter().filter_map(|choice| {
        let (question, draft) = gone_offline(choice).or_else(|| of_branches(choice))?;
        Some(((choice.file, question.api), draft))
    });
    let (loud, quiet): (Vec<_>, Vec<_>) = judged.partition(|(_, draft)| draft.persona == Persona::Regular);
    // A file that asks for an API asks for it again for each field that changed; that is said once.
    let mut asked = HashSet::new();
    for ((place, draft), is_loud) in
        loud.into_iter().zip(repeat(true)).chain(quiet.into_iter().zip(repeat(false)))
    {
        if asked.insert(place) || is_loud {
            sink.report(draft);
        }
    }
    chart.lookups.iter().for_each(|guard| sink.report(deleted_by_upgrade(guard)));
}

/// `helm template` renders an API that is gone.
fn gone_offline(choice: &ApiChoice) -> Option<(ApiQuestion, Draft)> {
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
    let draft = draft(choice, astray, &question, message, help).for_chart(versions);
    Some((question, draft))
}

fn of_branches(choice: &ApiChoice) -> Option<(ApiQuestion, Draft)> {
    let following = choice.branches.iter().skip(1).map(Some).chain([None]);
    choice.branches.iter().zip(following).find_map(|(branch, next)| {
        let mut questions = branch.questions().into_iter();
        questions.find_map(|question| Some((question.clone(), judge(choice, branch, next, &question)?)))
    })
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
    let api = short(question);
    let (offline, live) = (branch.offline()?, branch.live());
    let differs = |minor: u8| live.map(|live| live.contains(minor) != offline);
    let always_differs = choice.range.minors().all(|minor| differs(minor) == Some(true));
    if always_differs && question.is_false_offline_alone(choice.range) {
        let message = format!("{api} is false in `helm template` and true on every cluster");
        let help = "it decides nothing but whether a cluster was asked; leave it out, \
                    or compare `.Capabilities.KubeVersion.Version`";
        return Some(draft(choice, branch, question, message, help).for_chart(choice.range));
    }
    if question.is_built_in() && taken().any(|it| it.has_token) {
        let message = format!("whether {api} is served does not tell who makes token Secrets");
        let draft = draft(choice, branch, question, message, TOKENS);
        return Some(draft.for_chart(choice.range).persona(Persona::Pedantic));
    }
    let newest = choice.range.minors().last()?;
    let api_then = question.lifecycle().filter(|it| it.served().contains(newest))?;
    differs(newest).is_none_or(|differs| differs).then_some(())?;
    let message = format!("{api} is false in `helm template`, whatever the version");
    let help = format!("render with `--api-versions {}`, or {}", question.api, compare(api_then.introduced));
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

/// What is asked for, as a message names it.
fn short(question: &ApiQuestion) -> String {
    let kind = question.lifecycle().map(|it| format!("`{}`", it.kind()));
    let is_long = question.api.chars().count() > 40;
    if is_long { kind.unwrap_or_else(|| "this API".to_owned()) } else { format!("`{}`", question.api) }
}
