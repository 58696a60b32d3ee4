//! A token Secret that is worth the whole cluster.

use super::wording::{fitted, shortened};
use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::world::rbac::{Goal, Path, Paths, Rights, Scope, Step, UsedRight};
use crate::world::{Identity, TokenSecret};

pub(super) static RULE: Rule = rule!("privileged-token-secret", Check::Rights(check));

/// Names that are longer are cut in help.
const LONGEST: usize = 63;

/// Those that do not surely lead to all rights are for long-lived-token-secret.
fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    let leads_on =
        |secret: &TokenSecret<'_>| secret.token.works && rights.leads_on(secret.fact) == Some(true);
    let secrets: Vec<_> = rights.world.token_secrets().filter(leads_on).collect();
    if secrets.is_empty() {
        return;
    }
    let paths = Paths::new(rights, rights.identities());
    for secret in secrets {
        if let Some((identity, path)) = paths.of_token(secret.fact) {
            sink.report(draft(secret, identity, &path));
        }
    }
}

fn draft(secret: TokenSecret<'_>, identity: &Identity<'_>, path: &Path<'_, '_, '_>) -> Draft {
    let what = if path.steps.is_empty() { "is as good as cluster-admin" } else { "leads to cluster-admin" };
    let message = match secret.fact.object.name.as_str() {
        "" => format!("this token Secret never expires and {what}"),
        name => fitted("token Secret ", name, &format!(" never expires and {what}")),
    };
    let mut draft = Draft::new(secret.token.type_place.clone(), message).help(help(identity, path)).flow();
    if let Some(definition) = identity.definition() {
        let label = format!("ServiceAccount {} is defined here", identity.name);
        draft = draft.related(definition.place.clone(), label);
    }
    let mut actor = shortened(identity.name, LONGEST);
    for step in &path.steps {
        let to = shortened(&step.to.name, LONGEST);
        draft = with_rights(draft, &actor, step.rights, &place(step));
        if let Some(definition) = step.definition {
            let label = format!("so {actor} {} ServiceAccount {to}", step.outcome);
            draft = draft.related(definition.place.clone(), label);
        }
        actor = to;
    }
    match &path.goal {
        Goal::Rights(rights) => with_rights(draft, &actor, rights, ""),
        Goal::BuiltIn => draft,
    }
}

/// The binding and the rule of each right of `actor`.
fn with_rights(mut draft: Draft, actor: &str, rights: &[UsedRight<'_, '_>], place: &str) -> Draft {
    for right in rights {
        let (grant, rule) = (right.grant, right.rule);
        let given = format!("{} {}", grant.role.kind(), shortened(grant.role.name, LONGEST));
        if let Some(binding) = grant.binding.fact() {
            let label = format!("{actor} may {right}{place}, as {given} is bound here");
            draft = draft.related(binding.place.clone(), label);
        }
        if let Some(written) = &rule.place {
            draft = draft.related(written.clone(), format!("this rule of {given} allows it"));
        }
    }
    draft
}

fn help(identity: &Identity<'_>, path: &Path<'_, '_, '_>) -> String {
    let owner = shortened(identity.name, LONGEST);
    let Some(step) = path.steps.first() else {
        return format!(
            "whoever reads it once can do everything in the cluster; use tokens that expire, and bind a role to \
             ServiceAccount {owner} that allows only what it needs"
        );
    };
    let (rights, to) = (all(step.rights), shortened(&step.to.name, LONGEST));
    let end = match path.steps.len() {
        1 => "which is as good as cluster-admin",
        _ => "from which more steps lead to cluster-admin",
    };
    format!(
        "ServiceAccount {owner} may {rights}{}, and so {} {to}, {end}; take that right away, and use tokens that expire",
        place(step),
        step.outcome,
    )
}

/// `create secrets and get secrets`
fn all(rights: &[UsedRight<'_, '_>]) -> String {
    rights.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

fn place(step: &Step<'_, '_, '_>) -> String {
    match step.scope {
        Scope::Cluster => " in all namespaces".to_owned(),
        Scope::Namespace(Some(namespace)) => format!(" in {}", shortened(namespace, LONGEST)),
        Scope::Namespace(None) => String::new(),
    }
}
