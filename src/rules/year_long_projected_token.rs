//! A hand-written token projection with the lifetime that Kubernetes extends to a year.

use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::{EXTENDED_TOKEN_SECONDS, Object, PodSpec};
use crate::yaml::rewrite;

pub(super) static RULE: Rule = rule!("year-long-projected-token", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let requests = object.pod_specs().flat_map(PodSpec::token_requests);
    for (_, request) in requests.filter(|(volume, _)| !volume.is_automounted()) {
        let Some(node) = request.extended().filter(|_| !object.is_dump()) else { continue };
        let edit = rewrite::scalar(node, "3600");
        sink.report(
            object
                .draft(node, format!("a token of {EXTENDED_TOKEN_SECONDS} s without audience is valid for a year"))
                .help("write any other lifetime, such as 3600; the API server extends exactly this one to 365 days")
                .fix(edit.map(|edit| Fix::unsafe_([edit]))),
        );
    }
}
