//! A kubeconfig that logs in by a way which kubectl does not have any more.

use super::leak::each_kubeconfig_in;
use super::wording::shortened;
use super::{Check, Rule, Sink};
use crate::credential::{Site, User, each_kubeconfig};
use crate::finding::Draft;
use crate::k8s::{KubeVersions, Manifest};
use crate::script::Script;
use crate::yaml::Node;

pub(super) static RULE: Rule =
    rule!("removed-kubeconfig-auth", Check::Credential(check), in scripts in_script);

const REMOVED_API: &str = "client.authentication.k8s.io/v1alpha1";

/// Longer names of users are cut.
const LONGEST_NAME: usize = 20;

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    each_kubeconfig(manifest, &mut |site| judge_site(site, sink));
}

fn in_script(script: &Script<'_>, sink: &mut Sink<'_>) {
    each_kubeconfig_in(script, &mut |site| judge_site(site, sink));
}

fn judge_site(site: &Site<'_>, sink: &mut Sink<'_>) {
    for user in site.config.users() {
        if let Some(found) = plugin(site, user) {
            sink.report(found);
        }
        if let Some(found) = provider(site, user) {
            sink.report(found);
        }
    }
}

/// The oldest API of credential plugins (`client-go/plugin/pkg/client/auth/exec`).
fn plugin(site: &Site<'_>, user: User<'_>) -> Option<Draft> {
    let version = user.exec_version().filter(|version| version.as_str() == Some(REMOVED_API))?;
    let what = format!("speaks `{REMOVED_API}`, which is gone");
    Some(draft(site, user, version, &what).kubernetes(KubeVersions::since(24)).help(
        "kubectl 1.24 and later refuse it; write `client.authentication.k8s.io/v1` and `interactiveMode: IfAvailable`, \
         with a plugin that knows it",
    ))
}

/// The providers that were compiled into kubectl (`client-go/plugin/pkg/client/auth`).
fn provider(site: &Site<'_>, user: User<'_>) -> Option<Draft> {
    let name = user.auth_provider()?;
    let instead = match name.as_str()? {
        "gcp" => {
            "run `gcloud container clusters get-credentials`, which writes one with `gke-gcloud-auth-plugin`"
        }
        "azure" => "run `kubelogin convert-kubeconfig`",
        _ => return None,
    };
    let what = format!("uses the auth provider `{}`, which is gone", name.as_str().unwrap_or_default());
    Some(
        draft(site, user, name, &what)
            .kubernetes(KubeVersions::since(26))
            .help(format!("kubectl 1.26 and later refuse it; {instead}")),
    )
}

fn draft(site: &Site<'_>, user: User<'_>, node: Node<'_>, what: &str) -> Draft {
    let name = shortened(user.name, LONGEST_NAME);
    Draft::new(site.place(node), format!("kubeconfig user {name} {what}"))
}
