//! A kubeconfig with which somebody on the way can pose as the API server.

use super::leak::each_kubeconfig_in;
use super::wording::shortened;
use super::{Check, Rule, Sink};
use crate::credential::{Cluster, Site, each_kubeconfig};
use crate::finding::{Confidence, Draft, Persona};
use crate::k8s::Manifest;
use crate::script::Script;
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("insecure-kubeconfig", Check::Credential(check), in scripts in_script);

/// Longer names of clusters are cut.
const LONGEST_NAME: usize = 30;

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    each_kubeconfig(manifest, &mut |site| judge_site(site, sink));
}

fn in_script(script: &Script<'_>, sink: &mut Sink<'_>) {
    each_kubeconfig_in(script, &mut |site| judge_site(site, sink));
}

fn judge_site(site: &Site<'_>, sink: &mut Sink<'_>) {
    for cluster in site.config.clusters().filter(|cluster| cluster.host().is_some()) {
        if let Some(found) = judge(site, cluster) {
            sink.report(found);
        }
    }
}

fn judge(site: &Site<'_>, cluster: Cluster<'_>) -> Option<Draft> {
    let (server, address) = cluster.server()?;
    let draft = |node: Node<'_>, what: &str| {
        let name = shortened(cluster.name, LONGEST_NAME);
        Draft::new(site.place(node), format!("kubeconfig cluster {name} {what}"))
    };
    if address.starts_with("http://") {
        // `kubectl proxy` listens like this.
        return (!cluster.is_local()).then(|| {
            draft(server, "is reached over HTTP, without encryption").help(
                "whoever is on the way reads the token and answers in the API server's place; use `https://`",
            )
        });
    }
    if let Some(skip) = cluster.skips_verification() {
        // To a forwarded port on this machine, nobody is on the way.
        let persona = if cluster.is_local() { Persona::Pedantic } else { Persona::Regular };
        return Some(
            draft(skip, "is not verified: any server is taken for it")
                .help("whoever poses as the API server is given the token; put its CA into `certificate-authority-data`")
                .persona(persona),
        );
    }
    (cluster.has_no_authority() && !cluster.is_local()).then(|| {
        draft(server, "names no CA, so that all public ones are trusted")
            .help("fine where a public CA signs the API server's certificate; else add `certificate-authority-data`")
            .persona(Persona::Auditor)
            .confidence(Confidence::Low)
    })
}
