//! A script that looks for the token Secret that the control plane made before 1.24.

use std::collections::HashSet;

use super::wording::{LIMIT, with_name};
use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Draft, Persona, Place};
use crate::script::{Attribute, Evidence, LookupForm, TokenLookup};
use crate::world::{DEFAULT_ACCOUNT, Fact, Referent, World};

pub(super) static RULE: Rule = rule!("auto-generated-token-lookup", Check::World(check));

/// Of more hand-made token Secrets the names are not compared.
const CROWD: usize = 500;

fn check(world: &World, sink: &mut Sink<'_>) {
    let made = MadeByHand::of(world);
    for (place, lookup) in world.token_lookups() {
        let certainty = Certainty::of(world, lookup);
        if certainty != Certainty::Nothing && !made.answers(world, lookup) {
            sink.report(draft(place, lookup, certainty));
        }
    }
}

/// What somebody made of what Kubernetes made before.
struct MadeByHand<'w> {
    /// Names of token Secrets.
    secrets: Vec<&'w str>,
    /// Names of all other Secrets.
    others: Vec<&'w str>,
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
        let others = world.facts().filter(|fact| fact.object.kind == "Secret");
        let others = others.map(|fact| fact.object.name.as_str()).take(CROWD).collect();
        Self { secrets: names().take(CROWD).collect(), others, listing }
    }

    /// Whether what is looked for may well be there: the ServiceAccount lists a Secret that somebody made, or a Secret of
    /// that name exists. A variable may stand for any ServiceAccount of the project.
    fn answers(&self, world: &World, lookup: &TokenLookup) -> bool {
        let Some(name) = lookup.name.as_deref() else {
            let is_variable = lookup.account.as_deref().is_some_and(|account| account.contains('$'));
            return is_variable && !self.listing.is_empty();
        };
        let has = |secrets: &[&str]| secrets.iter().any(|secret| secret.contains(name));
        let is_made = || has(&self.secrets) || world.defines(Referent::Secret, &format!("{name}-token"));
        self.listing.contains(name)
            || match lookup.form {
                LookupForm::List(Evidence::Account) => {
                    is_made() || has(&self.others) || world.defines(Referent::Secret, name)
                }
                LookupForm::List(_) | LookupForm::Annotation => is_made(),
                _ => false,
            }
    }
}

/// How certain it is that what is looked for is a Secret of Kubernetes' making.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// Nobody would look for another so.
    Certain,
    /// A Secret that a person made may have such a name.
    Perhaps,
    /// It may be any Secret.
    Nothing,
}

impl Certainty {
    fn of(world: &World, lookup: &TokenLookup) -> Self {
        let LookupForm::List(evidence) = lookup.form else { return Self::Certain };
        let is_account =
            |name: &str| name == DEFAULT_ACCOUNT || world.defines(Referent::ServiceAccount, name);
        match evidence {
            Evidence::Shape => Self::Certain,
            _ if lookup.name.as_deref().is_some_and(is_account) => Self::Certain,
            Evidence::Name => Self::Perhaps,
            Evidence::Account => Self::Nothing,
        }
    }
}

fn draft(place: &Place, lookup: &TokenLookup, certainty: Certainty) -> Draft {
    let is_certain = certainty == Certainty::Certain;
    let draft = Draft::new(place.clone(), message(lookup, is_certain)).help(help(lookup));
    let draft = match lookup.form {
        // It copies what is there, and that is nothing.
        LookupForm::Helm { takes_one: false } => draft.persona(Persona::Pedantic),
        // Somebody may have listed a Secret by hand.
        LookupForm::Terraform(Attribute::DataSecret) => {
            draft.persona(Persona::Pedantic).confidence(Confidence::Medium)
        }
        LookupForm::List(_) if !is_certain => draft.persona(Persona::Pedantic).confidence(Confidence::Low),
        LookupForm::List(_) if !lookup.is_used => {
            draft.persona(Persona::Pedantic).confidence(Confidence::Medium)
        }
        LookupForm::List(_) => draft.confidence(Confidence::Medium),
        // Secrets that somebody made are found, too; for `default` hardly anybody makes one.
        LookupForm::Annotation if lookup.name.as_deref() == Some(DEFAULT_ACCOUNT) => {
            draft.confidence(Confidence::Medium)
        }
        LookupForm::Annotation => draft.persona(Persona::Pedantic).confidence(Confidence::Low),
        _ => draft,
    };
    if lookup.is_shown || lookup.is_doubtful { draft.persona(Persona::Pedantic) } else { draft }
}

fn message(lookup: &TokenLookup, is_certain: bool) -> String {
    let account = lookup.account.as_deref();
    let account = account.map_or("a ServiceAccount".to_owned(), |name| format!("ServiceAccount {name}"));
    let account = account.as_str();
    let none = "Kubernetes 1.24 and later make none";
    match lookup.form {
        LookupForm::Secrets => with_name("`.secrets` of ", account, " is empty since Kubernetes 1.24"),
        LookupForm::Description => {
            with_name("the description of ", account, " has no token since Kubernetes 1.24")
        }
        LookupForm::List(_) | LookupForm::Annotation => {
            if is_certain {
                with_name("looks for a token Secret of ", account, &format!(": {none}"))
            } else {
                with_name("may look for a token Secret of ", account, ": Kubernetes 1.24 makes none")
            }
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
    let namespace = lookup.namespace.as_deref().map(|namespace| format!(" -n {}", argument(namespace)));
    let namespace = namespace.unwrap_or_default();
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
            let account = argument(lookup.account.as_deref().unwrap_or("NAME"));
            format!("use `{tool} create token {account}{namespace} --duration=1h`; {certificate}")
        }
    }
}

/// A word as an argument: what a variable holds stays one word in double quotes.
fn argument(word: &str) -> String {
    let is_quoted = word.contains(['"', '\'']) || word.contains(' ') && !word.starts_with("$(");
    if word.contains('$') && !is_quoted { format!("\"{word}\"") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::{FileId, Span};

    /// Flags of `kubectl create token` and `kubectl get`, of those in `kubectl create token --help`, `kubectl get --help` and
    /// `kubectl options` (1.32): what a suggestion may use.
    const FLAGS: [(&str, &[&str]); 2] = [
        ("create token", &["--duration", "-n", "--namespace", "-o", "--output"]),
        ("get configmap", &["-n", "--namespace", "-o", "--output"]),
    ];

    /// The commands in backticks that are told to a person who has this lookup.
    fn suggested(lookup: &TokenLookup) -> Vec<String> {
        let help = help(lookup);
        let quoted = help.split('`').skip(1).step_by(2);
        quoted.filter(|code| code.contains(' ')).map(str::to_owned).collect()
    }

    fn lookup(form: LookupForm) -> TokenLookup {
        TokenLookup {
            range: 0..1,
            form,
            account: None,
            namespace: None,
            name: None,
            wants_certificate: false,
            is_oc: false,
            is_used: true,
            is_shown: false,
            is_doubtful: false,
        }
    }

    #[test]
    fn what_is_filled_in_stays_one_argument() {
        for (word, expected) in
            [("a", "a"), ("$A", "\"$A\""), ("$(cat a)", "\"$(cat a)\""), ("{{ $a }}", "{{ $a }}")]
        {
            assert_eq!(argument(word), expected);
        }
    }

    #[test]
    fn names_that_people_give_are_for_the_pedantic() {
        let world = World::default();
        for (evidence, name, expected) in [
            (Evidence::Shape, Some("vault"), Some(Persona::Regular)),
            (Evidence::Shape, None, Some(Persona::Regular)),
            (Evidence::Name, Some("default"), Some(Persona::Regular)),
            (Evidence::Name, Some("vault"), Some(Persona::Pedantic)),
            (Evidence::Name, None, Some(Persona::Pedantic)),
            (Evidence::Account, Some("default"), Some(Persona::Regular)),
            (Evidence::Account, Some("vault"), None),
            (Evidence::Account, None, None),
        ] {
            let lookup = TokenLookup { name: name.map(Into::into), ..lookup(LookupForm::List(evidence)) };
            let place = Place { file: FileId(0), span: Span::new(0..1), path: String::new(), object: None };
            let certainty = Certainty::of(&world, &lookup);
            let persona =
                (certainty != Certainty::Nothing).then(|| draft(&place, &lookup, certainty).persona);
            assert_eq!(persona, expected, "{lookup:?}");
        }
    }

    #[test]
    fn suggested_commands_exist() {
        for form in [
            LookupForm::Secrets,
            LookupForm::Description,
            LookupForm::List(Evidence::Shape),
            LookupForm::Annotation,
            LookupForm::GetToken,
        ] {
            for wants_certificate in [false, true] {
                let lookup = TokenLookup { wants_certificate, namespace: Some("ci".into()), ..lookup(form) };
                let commands = suggested(&lookup);
                assert!(!commands.is_empty(), "{lookup:?}");
                for command in commands {
                    let (_, rest) = command.split_once(' ').unwrap();
                    let known = FLAGS.iter().find(|(verb, _)| rest.starts_with(verb));
                    let (_, flags) = known.unwrap_or_else(|| panic!("{command}"));
                    let given = rest.split_ascii_whitespace().filter(|word| word.starts_with('-'));
                    let names = given.map(|flag| flag.split('=').next().unwrap());
                    assert!(
                        names.clone().count() > 0 && names.clone().all(|flag| flags.contains(&flag)),
                        "{command}"
                    );
                }
            }
        }
    }

    #[test]
    fn suggested_commands_name_what_was_looked_for() {
        for (account, namespace, expected) in [
            (Some("builder"), Some("ci"), "kubectl create token builder -n ci --duration=1h"),
            (Some("builder"), None, "kubectl create token builder --duration=1h"),
            (None, Some("ci"), "kubectl create token NAME -n ci --duration=1h"),
            (Some("$SA"), Some("${NS}"), "kubectl create token \"$SA\" -n \"${NS}\" --duration=1h"),
            (Some("{{ .name }}"), None, "kubectl create token {{ .name }} --duration=1h"),
            (Some("x-\"$SA\""), None, "kubectl create token x-\"$SA\" --duration=1h"),
        ] {
            let [account, namespace] = [account, namespace].map(|name| name.map(Into::into));
            let lookup = TokenLookup { account, namespace, ..lookup(LookupForm::Secrets) };
            assert_eq!(suggested(&lookup), [expected]);
        }
        let certificate = TokenLookup { wants_certificate: true, ..lookup(LookupForm::Secrets) };
        assert_eq!(
            suggested(&certificate),
            [r"kubectl get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}'"]
        );
        let openshift = TokenLookup { is_oc: true, ..lookup(LookupForm::GetToken) };
        assert_eq!(suggested(&openshift), ["oc create token NAME --duration=1h"]);
    }
}
