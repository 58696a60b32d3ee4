//! A kubeconfig that holds what its user logs in with.

use super::leak::{day, each_kubeconfig_in, help, validity};
use super::wording::shortened;
use super::{Check, Rule, Sink};
use crate::credential::{
    Certificate, Jwt, Site, User, each_kubeconfig, is_plausible_password, is_plausible_setting,
    is_plausible_token, is_private_key, parse,
};
use crate::finding::{Draft, Persona};
use crate::k8s::Manifest;
use crate::script::Script;
use crate::yaml::Node;

pub(super) static RULE: Rule =
    rule!("static-kubeconfig-credential", Check::Credential(check), in scripts in_script);

/// Longer names of users are cut.
const LONGEST_NAME: usize = 24;

const INSTEAD: &str = "let a credential plugin (`exec`) or `tokenFile` get one when it is needed";

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    each_kubeconfig(manifest, &mut |site| judge_site(site, sink));
}

fn in_script(script: &Script<'_>, sink: &mut Sink<'_>) {
    each_kubeconfig_in(script, &mut |site| judge_site(site, sink));
}

fn judge_site(site: &Site<'_>, sink: &mut Sink<'_>) {
    for user in site.config.users() {
        token(site, user, sink);
        password(site, user, sink);
        client_key(site, user, sink);
        others(site, user, sink);
    }
}

fn draft(site: &Site<'_>, user: User<'_>, node: Node<'_>, what: &str) -> Draft {
    let name = shortened(user.name, LONGEST_NAME);
    Draft::new(site.place(node), shortened(&format!("kubeconfig user {name} has {what}"), 100))
}

fn token(site: &Site<'_>, user: User<'_>, sink: &mut Sink<'_>) {
    let Some((node, text)) = user.token() else { return };
    let today = sink.context().today;
    match parse(text) {
        // expired-committed-token says so.
        Some(Jwt::ServiceAccount(token)) if token.is_expired(today) => {}
        Some(Jwt::ServiceAccount(token)) => {
            let (account, until) = validity(&token);
            let what = format!("a token of {}{until}", shortened(&account, 30));
            sink.report(draft(site, user, node, &what).help(help(&token)));
        }
        Some(Jwt::Other(token)) if token.is_expired(today) => {}
        Some(Jwt::Other(token)) => {
            let until =
                token.expires.map_or(String::new(), |expires| format!(", valid until {}", day(expires)));
            let what = format!("a token of {}{until}", shortened(&token.issuer, 30));
            sink.report(
                draft(site, user, node, &what).help(format!("revoke it at its issuer, and {INSTEAD}")),
            );
        }
        None if is_plausible_token(text) => {
            let help = format!("revoke it where it was made, and {INSTEAD}");
            sink.report(draft(site, user, node, "a token written out").help(help));
        }
        None => {}
    }
}

fn password(site: &Site<'_>, user: User<'_>, sink: &mut Sink<'_>) {
    if let Some((node, _)) = user.password().filter(|(_, text)| is_plausible_password(text)) {
        sink.report(draft(site, user, node, "a password written out").help(format!(
            "change it wherever it is good: Kubernetes itself takes no passwords since 1.19; {INSTEAD}"
        )));
    }
}

fn client_key(site: &Site<'_>, user: User<'_>, sink: &mut Sink<'_>) {
    let Some((node, _)) = user.client_key().filter(|(_, key)| is_private_key(key)) else { return };
    let certificate = user.certificate();
    let is_over = certificate.as_ref().is_some_and(|known| known.is_expired(sink.context().today));
    let until = certificate.as_ref().map_or(String::new(), |known| until(known, is_over));
    let is_master =
        certificate.is_some_and(|known| known.organizations.iter().any(|group| group == "system:masters"));
    let groups = if is_master { "; to system:masters everything is allowed, whatever RBAC says" } else { "" };
    sink.report(
        draft(site, user, node, &format!("a client key{until}"))
            .help(format!("Kubernetes cannot revoke client certificates{groups}; {INSTEAD}"))
            .persona(if is_over { Persona::Pedantic } else { Persona::Regular }),
    );
}

/// Credentials that a plugin or an auth provider is given.
fn others(site: &Site<'_>, user: User<'_>, sink: &mut Sink<'_>) {
    let today = sink.context().today;
    for (name, node, text) in user.others() {
        let is_credential = match parse(text) {
            // committed-token and expired-committed-token say so.
            Some(Jwt::ServiceAccount(_)) => false,
            Some(Jwt::Other(token)) => !token.is_expired(today),
            None => is_plausible_setting(name, text),
        };
        if is_credential {
            let what = format!("a credential written out in `{}`", shortened(name, 30));
            let help = "revoke it where it was made; let the plugin find it outside of the file";
            sink.report(draft(site, user, node, &what).help(help));
        }
    }
}

fn until(certificate: &Certificate, is_over: bool) -> String {
    let verb = if is_over { "expired since" } else { "valid until" };
    format!(" for {}, {verb} {}", shortened(&certificate.common_name, 24), day(certificate.expires))
}
