//! A script that looks for the token Secret that the control plane made before 1.24.

use std::collections::HashSet;

use super::wording::{LIMIT, fitted};
use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Draft, Persona, Place};
use crate::script::{Attribute, LookupForm, TokenLookup};
use crate::world::{DEFAULT_ACCOUNT, Fact, Referent, World};

pub(super) static RULE: Rule = rule!("auto-generated-token-lookup", Check::World(check));

/// Of more hand-made token Secrets the names are not compared.
const CROWD: usize = 500;

fn check(world: &World, sink: &mut Sink<'_>) {
    let made = MadeByHand::of(world);
    for (place, lookup) in world.token_lookups() {
        if !made.answers(world, lookup) {
            sink.report(draft(place, lookup));
        }
    }
}

/// What somebody made of what Kubernetes made before.
struct MadeByHand<'w> {
    /// Names of token Secrets.
    secrets: Vec<&'w str>,
    /// ServiceAccounts that list one.
    listing: HashSet<&'w str>,
}

impl<'w> MadeByHand<'w> {
    fn of(world: &'w World) -> Self {
        let names = || world.token_secrets().map(|secret| secret.fact.object.name.as_str());
        let known: HashSet<_> = names().collect();
        let lists = |fact: &&Fact| {
            let account = fact.service_account();
            account.is_some_and(|account| account.secrets.iter().any(|entry| known.contains(&*entry.text)))
        };
        let listing = world.facts().filter(lists).map(|fact| fact.object.name.as_str()).collect();
        Self { secrets: names().take(CROWD).collect(), listing }
    }

    /// Whether what is looked for may well be there: the ServiceAccount lists a Secret that somebody made, or a Secret of
    /// that name exists. A variable may stand for any ServiceAccount of the project.
    fn answers(&self, world: &World, lookup: &TokenLookup) -> bool {
        let Some(name) = lookup.name.as_deref() else {
            let is_variable = lookup.account.as_deref().is_some_and(|account| account.contains('$'));
            return is_variable && !self.listing.is_empty();
        };
        let by_name = matches!(lookup.form, LookupForm::List | LookupForm::Annotation);
        let is_made = || {
            self.secrets.iter().any(|secret| secret.contains(name))
                || world.defines(Referent::Secret, &format!("{name}-token"))
        };
        self.listing.contains(name) || by_name && is_made()
    }
}

fn draft(place: &Place, lookup: &TokenLookup) -> Draft {
    let draft = Draft::new(place.clone(), message(lookup)).help(help(lookup));
    let draft = match lookup.form {
        // It copies what is there, and that is nothing.
        LookupForm::Helm { takes_one: false } => draft.persona(Persona::Pedantic),
        // Somebody may have listed a Secret by hand.
        LookupForm::Terraform(Attribute::DataSecret) => {
            draft.persona(Persona::Pedantic).confidence(Confidence::Medium)
        }
        LookupForm::List if !lookup.is_used => {
            draft.persona(Persona::Pedantic).confidence(Confidence::Medium)
        }
        LookupForm::List => draft.confidence(Confidence::Medium),
        // Secrets that somebody made are found, too; for `default` hardly anybody makes one.
        LookupForm::Annotation if lookup.name.as_deref() == Some(DEFAULT_ACCOUNT) => {
            draft.confidence(Confidence::Medium)
        }
        LookupForm::Annotation => draft.persona(Persona::Pedantic).confidence(Confidence::Low),
        _ => draft,
    };
    if lookup.is_shown { draft.persona(Persona::Pedantic) } else { draft }
}

fn message(lookup: &TokenLookup) -> String {
    let account = lookup.account.as_deref();
    let account = account.map_or("a ServiceAccount".to_owned(), |name| format!("ServiceAccount {name}"));
    let account = account.as_str();
    let none = "Kubernetes 1.24 and later make none";
    match lookup.form {
        LookupForm::Secrets => fitted("`.secrets` of ", account, " is empty since Kubernetes 1.24"),
        LookupForm::Description => {
            fitted("the description of ", account, " has no token since Kubernetes 1.24")
        }
        LookupForm::List | LookupForm::Annotation => {
            fitted("looks for a token Secret of ", account, &format!(": {none}"))
        }
        LookupForm::GetToken => format!("`get-token` reads a token Secret: {none}"),
        LookupForm::Terraform(attribute) => of_terraform(attribute, lookup.account.as_deref()),
        LookupForm::Helm { .. } => "`.secrets` of a ServiceAccount is empty since Kubernetes 1.24".to_owned(),
    }
}

/// With the address, if there is room for all of it.
fn of_terraform(attribute: Attribute, address: Option<&str>) -> String {
    let (name, says) = match attribute {
        Attribute::DefaultSecretName => ("default_secret_name", "is empty since Kubernetes 1.24"),
        Attribute::Secret => ("secret", "is empty: the resource lists none"),
        Attribute::DataSecret => ("secret", "lists no token Secret since Kubernetes 1.24"),
    };
    let whole = address.map(|address| format!("`{address}.{name}` {says}"));
    whole.filter(|whole| whole.chars().count() <= LIMIT).unwrap_or_else(|| format!("`{name}` {says}"))
}

fn help(lookup: &TokenLookup) -> String {
    let namespace =
        lookup.namespace.as_deref().map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
    let certificate =
        "the certificate of the cluster is in the ConfigMap kube-root-ca.crt of every namespace";
    match lookup.form {
        LookupForm::Terraform(_) => format!(
            "ask for a token with kubernetes_token_request_v1; where one must last, make a kubernetes_secret_v1 of type \
             kubernetes.io/service-account-token with the annotation kubernetes.io/service-account.name and \
             wait_for_service_account_token; {certificate}"
        ),
        LookupForm::Helm { .. } => format!(
            "let pods project a token; where a token must last, let the chart make a Secret of its own with the \
             annotation kubernetes.io/service-account.name; {certificate}"
        ),
        _ if lookup.wants_certificate => format!(
            "use `kubectl get configmap kube-root-ca.crt{namespace} -o jsonpath='{{.data.ca\\.crt}}'`: {certificate}"
        ),
        _ => {
            let tool = if lookup.is_oc { "oc" } else { "kubectl" };
            let account = lookup.account.as_deref().unwrap_or("NAME");
            format!("use `{tool} create token {account}{namespace} --duration=1h`; {certificate}")
        }
    }
}
