//! A role or binding that the API server rejects, and a subject that is nobody.

use super::wording::{misspelling, shortened};
use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix};
use crate::k8s::rbac_fault::{Account, RoleFault, RoleMistake, WrongGroup, WrongKind, WrongName};
use crate::k8s::{Binding, Object, Role, RoleRef, Subject};
use crate::span::Edit;
use crate::yaml::{Get, Node, rewrite};

pub(super) static RULE: Rule = rule!("malformed-subject", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    // Gone since Kubernetes 1.23; its subjects have other fields.
    if object.id.api_version.ends_with("/v1alpha1") {
        return;
    }
    if let Some(binding) = object.binding() {
        binding.role_ref().into_iter().for_each(|role_ref| check_role_ref(object, binding, role_ref, sink));
        binding.subjects().for_each(|subject| check_subject(object, subject, sink));
    }
    for fault in object.role().into_iter().flat_map(Role::faults) {
        sink.report(malformed_role(object, &fault));
    }
}

fn check_role_ref(object: &Object<'_>, binding: Binding<'_>, role_ref: RoleRef<'_>, sink: &mut Sink<'_>) {
    if let Some(wrong) = role_ref.wrong_kind(binding) {
        let help = if binding.is_cluster {
            "the API server rejects it: a ClusterRoleBinding gives ClusterRoles; a RoleBinding gives Roles too"
        } else {
            "the API server rejects it: a `roleRef` is of kind `Role` or `ClusterRole`, capitals included"
        };
        sink.report(wrong_kind(object, &format!("{} can give", object.id.kind), wrong).help(help));
    }
    if let Some(wrong) = role_ref.wrong_group() {
        sink.report(wrong_group(object, "`roleRef`", wrong));
    }
}

fn check_subject(object: &Object<'_>, subject: Subject<'_>, sink: &mut Sink<'_>) {
    let kind = subject.kind().and_then(Node::as_str).unwrap_or_default();
    if let Some(wrong) = subject.wrong_kind() {
        let help = "the API server rejects it: a subject is a `ServiceAccount`, `User` or `Group`, capitals included";
        sink.report(wrong_kind(object, "subject can have", wrong).help(help));
    }
    if let Some(wrong) = subject.wrong_group() {
        sink.report(wrong_group(object, &format!("a {kind}"), wrong));
    }
    if let Some(wrong) = subject.wrong_name() {
        sink.report(wrong_name(object, subject, kind, &wrong));
    }
}

fn wrong_kind(object: &Object<'_>, who_can: &str, wrong: WrongKind<'_>) -> Draft {
    let kind = wrong.node.as_str().unwrap_or_default();
    let message = match wrong.meant {
        Some(meant) => misspelling(kind, meant),
        None => format!("`{}` is no kind that a {who_can}", shortened(kind, 40)),
    };
    let edit = wrong.meant.and_then(|meant| rewrite::scalar(wrong.node, meant));
    object.draft(wrong.node, message).fix(edit.map(|edit| Fix::safe([edit])))
}

fn wrong_group(object: &Object<'_>, what: &str, wrong: WrongGroup<'_>) -> Draft {
    let group = shortened(wrong.node.as_str().unwrap_or_default(), 40);
    let help = format!(
        "the API server rejects the binding: `apiGroup: Unsupported value: \"{group}\": supported values: \"{}\"`; \
         without the line it takes the right one",
        wrong.right
    );
    object
        .draft(wrong.node, format!("`{group}` is not the `apiGroup` of {what}"))
        .help(help)
        .fix(rewrite::string(wrong.node, wrong.right).map(|edit| Fix::safe([edit])))
}

fn wrong_name(object: &Object<'_>, subject: Subject<'_>, kind: &str, wrong: &WrongName<'_>) -> Draft {
    let name = shortened(wrong.node.as_str().unwrap_or_default(), 50);
    let (message, help) = match kind {
        "ServiceAccount" => (
            format!("`{name}` is not the bare name of a ServiceAccount"),
            "the API server rejects the binding; write the name alone, and its namespace in `namespace`",
        ),
        "User" => (
            format!("no user is called `{name}`"),
            "the binding gives nothing to anybody; the user of a ServiceAccount is called \
             `system:serviceaccount:<namespace>:<name>`, better is a subject of kind `ServiceAccount`",
        ),
        _ => (
            format!("no group is called `{name}`"),
            "the binding gives nothing to anybody; the groups are `system:serviceaccounts` and \
             `system:serviceaccounts:<namespace>`, a single account is a subject of kind `ServiceAccount`",
        ),
    };
    let edits = wrong.account.as_ref().and_then(|account| spell_out(subject, kind, wrong.node, account));
    object.draft(wrong.node, message).help(help).fix(edits.map(Fix::safe))
}

/// Makes the subject the account that its name spells out. A group stays one: whether all or one was meant, only its author
/// knows.
fn spell_out(subject: Subject<'_>, kind: &str, name: Node<'_>, account: &Account) -> Option<Vec<Edit>> {
    let Account { namespace, name: bare } = account;
    if kind != "ServiceAccount" {
        let user = format!("system:serviceaccount:{namespace}:{bare}");
        return (kind == "User").then(|| rewrite::scalar(name, &user).map(|edit| vec![edit]))?;
    }
    let bare = rewrite::string(name, bare)?;
    match subject.namespace() {
        Get::Found(written) if written.value.as_str() == Some(namespace) => Some(vec![bare]),
        Get::Absent => {
            let line = format!("namespace: {}", rewrite::as_string(namespace));
            let line = rewrite::insert_below(subject.node, subject.node.get("name").found()?, &line)?;
            Some(vec![bare, line])
        }
        Get::Found(_) | Get::Unknown => None,
    }
}

fn malformed_role(object: &Object<'_>, fault: &RoleFault<'_>) -> Draft {
    let (message, help) = match &fault.mistake {
        RoleMistake::Missing(fields) => (
            format!("this rule has no `{}`", fields.join("`, no `")),
            "the API server rejects the role: a rule needs `verbs`, and `apiGroups` and `resources` or else \
             `nonResourceURLs`; the core group is `\"\"`",
        ),
        RoleMistake::NamespacedUrls => (
            "a Role cannot allow `nonResourceURLs`".to_owned(),
            "the API server rejects it: `namespaced rules cannot apply to non-resource URLs`; write a ClusterRole and a \
             ClusterRoleBinding",
        ),
        RoleMistake::UrlsBesideResources => (
            "`nonResourceURLs` beside API groups or resources in one rule".to_owned(),
            "the API server rejects the role: `rules cannot apply to both regular resources and non-resource URLs`; make \
             two rules of it",
        ),
        RoleMistake::NoSelectors => (
            "this `aggregationRule` selects no ClusterRoles".to_owned(),
            "the API server rejects it: `at least one clusterRoleSelector required if aggregationRule is non-nil`",
        ),
    };
    object.draft(fault.node, message).help(help)
}
