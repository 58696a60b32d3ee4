//! What the API server rejects in roles and bindings (`pkg/apis/rbac/validation/validation.go`), and users and groups
//! that nobody can be. What is not written may come from elsewhere, and is no fault of a binding.

use super::fields;
use super::names::{NameRule, is_placeholder, service_account_of_user};
use super::near_miss::{Name, near_miss, normalize};
use super::rbac::{Binding, PolicyRule, RBAC_GROUP, Role, RoleRef, Subject};
use crate::yaml::{Entry, Get, Kind, Node};

/// The kinds that a subject may have.
pub const SUBJECT_KINDS: &[&str] = &["Group", "ServiceAccount", "User"];

/// Kinds of the group; of these a `roleRef` may have the roles.
const RBAC_KINDS: &[&str] = &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];

/// A kind that cannot stand where it does.
#[derive(Clone, Copy, Debug)]
pub struct WrongKind<'a> {
    /// Where it stands.
    pub node: Node<'a>,
    /// The one that was plainly meant.
    pub meant: Option<&'static str>,
}

/// An API group that does not go with the kind.
#[derive(Clone, Copy, Debug)]
pub struct WrongGroup<'a> {
    /// Where it stands.
    pub node: Node<'a>,
    /// The group of that kind.
    pub right: &'static str,
}

/// A ServiceAccount by a name with a colon, or a user or group that nobody can be.
#[derive(Clone, Debug)]
pub struct WrongName<'a> {
    /// Where it stands.
    pub node: Node<'a>,
    /// Who was plainly meant.
    pub account: Option<Account>,
}

/// A ServiceAccount as a name spells it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// A mistake in a role.
#[derive(Clone, Debug)]
pub struct RoleFault<'a> {
    /// Where to mend it.
    pub node: Node<'a>,
    /// What it is.
    pub mistake: RoleMistake,
}

/// What is wrong with a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleMistake {
    /// A rule without these fields, or with empty ones.
    Missing(Vec<&'static str>),
    /// `nonResourceURLs` in a Role.
    NamespacedUrls,
    /// `nonResourceURLs` in a rule that names API groups or resources too.
    UrlsBesideResources,
    /// An `aggregationRule` that selects nothing.
    NoSelectors,
}

impl<'a> RoleRef<'a> {
    /// Its kind, if the `roleRef` of `binding` cannot have it.
    pub fn wrong_kind(self, binding: Binding<'_>) -> Option<WrongKind<'a>> {
        let allowed: &[&str] = if binding.is_cluster { &["ClusterRole"] } else { &["ClusterRole", "Role"] };
        wrong_kind(self.kind()?, RBAC_KINDS, allowed)
    }

    /// Its API group, if that is not [`RBAC_GROUP`].
    pub fn wrong_group(self) -> Option<WrongGroup<'a>> {
        wrong_group(self.api_group(), RBAC_GROUP)
    }
}

impl<'a> Subject<'a> {
    /// Its kind, if no subject can have it.
    pub fn wrong_kind(self) -> Option<WrongKind<'a>> {
        wrong_kind(self.kind()?, SUBJECT_KINDS, SUBJECT_KINDS)
    }

    /// Its API group, if that does not go with its kind.
    pub fn wrong_group(self) -> Option<WrongGroup<'a>> {
        let right = match self.kind()?.as_str()? {
            "ServiceAccount" => "",
            "Group" | "User" => RBAC_GROUP,
            _ => return None,
        };
        wrong_group(self.api_group(), right)
    }

    /// Its name, if it is that of a ServiceAccount with a colon, or one that no user or group has.
    pub fn wrong_name(self) -> Option<WrongName<'a>> {
        let node = self.name()?;
        let name = node.as_str().filter(|name| !is_placeholder(name))?;
        let is_wrong = match self.kind()?.as_str()? {
            "ServiceAccount" => self.has_qualified_name(),
            "User" => is_about_accounts(name) && service_account_of_user(name).is_none(),
            "Group" => is_about_accounts(name) && !is_group_of_accounts(name),
            _ => false,
        };
        is_wrong.then(|| WrongName { node, account: meant_account(name) })
    }
}

fn wrong_kind<'a>(node: Node<'a>, known: &[&'static str], allowed: &[&'static str]) -> Option<WrongKind<'a>> {
    let kind = node.as_str().filter(|kind| !allowed.contains(kind))?;
    let meant = near_miss(kind, known.iter().copied().map(Name::new)).filter(|meant| allowed.contains(meant));
    (meant.is_some() || !is_placeholder(kind)).then_some(WrongKind { node, meant })
}

/// The empty string stands for the right group (`pkg/apis/rbac/v1/defaults.go`).
fn wrong_group<'a>(written: Get<'a>, right: &'static str) -> Option<WrongGroup<'a>> {
    let node = written.value()?;
    let group = node.as_str().filter(|group| !group.is_empty() && !is_placeholder(group))?;
    (group != right).then_some(WrongGroup { node, right })
}

/// Whether a user or group plainly is about ServiceAccounts: `system:serviceaccount…`. Names that begin with `system:`
/// are Kubernetes' own.
fn is_about_accounts(name: &str) -> bool {
    let mut parts = name.split(':');
    let words = ["serviceaccount", "serviceaccounts"];
    parts.next() == Some("system")
        && parts.next().is_some_and(|part| words.contains(&normalize(part).as_str()))
}

/// `system:serviceaccounts` and `system:serviceaccounts:<namespace>`.
fn is_group_of_accounts(name: &str) -> bool {
    let rest = name.strip_prefix("system:serviceaccounts");
    rest.is_some_and(|rest| {
        let namespace = rest.strip_prefix(':');
        rest.is_empty() || namespace.is_some_and(|namespace| NameRule::Label.takes(namespace))
    })
}

/// The ServiceAccount in a name of four parts: `system:serviceaccounts:<namespace>:<name>`.
fn meant_account(name: &str) -> Option<Account> {
    let (_, account) = name.strip_prefix("system:").filter(|_| is_about_accounts(name))?.split_once(':')?;
    let user = format!("system:serviceaccount:{account}");
    let (namespace, name) = service_account_of_user(&user)?;
    Some(Account { namespace: namespace.to_owned(), name: name.to_owned() })
}

impl<'a> Role<'a> {
    /// What is wrong with it: at most one fault for each rule.
    pub fn faults(self) -> impl Iterator<Item = RoleFault<'a>> {
        let rules = self.rules().filter_map(move |rule| rule.fault(self.is_cluster));
        self.aggregation_fault().into_iter().chain(rules)
    }

    fn aggregation_fault(self) -> Option<RoleFault<'a>> {
        let entry = self.aggregation_rule().found().filter(|entry| entry.value.kind() == Kind::Mapping)?;
        match list(entry.value, "AggregationRule", "clusterRoleSelectors") {
            List::Empty(_) => Some(RoleFault { node: entry.key, mistake: RoleMistake::NoSelectors }),
            List::Filled(_) | List::Unknown => None,
        }
    }
}

impl<'a> PolicyRule<'a> {
    fn fault(self, is_cluster: bool) -> Option<RoleFault<'a>> {
        let list = |field| list(self.node, "PolicyRule", field);
        let is_filled = |field| matches!(list(field), List::Filled(_));
        let needed: &[&str] = match list("nonResourceURLs") {
            List::Filled(urls) if !is_cluster => {
                return Some(RoleFault { node: urls.key, mistake: RoleMistake::NamespacedUrls });
            }
            List::Filled(urls) if ["apiGroups", "resources", "resourceNames"].into_iter().any(is_filled) => {
                return Some(RoleFault { node: urls.key, mistake: RoleMistake::UrlsBesideResources });
            }
            List::Filled(_) | List::Unknown => &["verbs"],
            List::Empty(_) => &["apiGroups", "resources", "verbs"],
        };
        let empty = |field: &&'static str| match list(field) {
            List::Empty(entry) => Some((*field, entry)),
            List::Filled(_) | List::Unknown => None,
        };
        let (missing, written): (Vec<_>, Vec<_>) = needed.iter().filter_map(empty).unzip();
        let place = written.into_iter().flatten().next().or_else(|| self.node.entries().next());
        let node = place.map_or(self.node, |entry| entry.key);
        (!missing.is_empty()).then_some(RoleFault { node, mistake: RoleMistake::Missing(missing) })
    }
}

/// A list that may be missing.
enum List<'a> {
    /// It has items.
    Filled(Entry<'a>),
    /// It has none; where it is written, if it is.
    Empty(Option<Entry<'a>>),
    /// It cannot be said: no list, or not there beside a field that its type does not have, which may have been meant.
    Unknown,
}

fn list<'a>(mapping: Node<'a>, type_: &str, field: &str) -> List<'a> {
    let known = fields::of(type_);
    let is_known = |entry: Entry<'_>| {
        let name = entry.name();
        entry.is_merge() || known.iter().any(|field| name.as_deref() == Some(field.name))
    };
    match mapping.get(field) {
        Get::Found(entry) if entry.value.is_null() => List::Empty(Some(entry)),
        Get::Found(entry) if entry.value.kind() != Kind::Sequence => List::Unknown,
        Get::Found(entry) if entry.value.items().next().is_none() => List::Empty(Some(entry)),
        Get::Found(entry) => List::Filled(entry),
        Get::Absent if mapping.entries().all(is_known) => List::Empty(None),
        Get::Absent | Get::Unknown => List::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_object;
    use super::*;

    /// What is wrong with the one subject of a RoleBinding, in a word each.
    fn subject_faults(subject: &str) -> Vec<&'static str> {
        let yaml = format!("apiVersion: {RBAC_GROUP}/v1\nkind: RoleBinding\nsubjects: [{{{subject}}}]\n");
        with_object(&yaml, |object| {
            let subject = object.binding().unwrap().subjects().next().unwrap();
            let kind = subject.wrong_kind().map(|_| "kind");
            let group = subject.wrong_group().map(|_| "group");
            let name = subject.wrong_name().map(|_| "name");
            [kind, group, name].into_iter().flatten().collect()
        })
    }

    #[test]
    fn subjects_are_judged_by_their_kind() {
        for (subject, faults) in [
            ("kind: ServiceAccount, name: a, namespace: ci", &[][..]),
            ("kind: ServiceAccount, name: a, apiGroup: ''", &[]),
            ("kind: ServiceAccount, name: a, apiGroup: ", &[]),
            ("kind: ServiceAccount, name: a, apiGroup: '${GROUP}'", &[]),
            ("kind: ServiceAccount, name: a, apiGroup: v1", &["group"]),
            ("kind: ServiceAccount, name: 'ci:a', apiGroup: v1", &["group", "name"]),
            ("kind: ServiceAccount, name: 'ci:${A}'", &[]),
            ("kind: serviceaccount, name: 'ci:a', apiGroup: v1", &["kind"]),
            ("kind: Pod, name: a", &["kind"]),
            ("kind: '${KIND}', name: a", &[]),
            ("name: a", &[]),
            ("kind: User, name: 'ci:a'", &[]),
            ("kind: User, name: a, apiGroup: ''", &[]),
            ("kind: User, name: a, apiGroup: user.openshift.io", &["group"]),
            ("kind: User, name: 'system:serviceaccount:ci:a'", &[]),
            ("kind: User, name: 'system:serviceaccount:a'", &["name"]),
            ("kind: User, name: 'system:serviceaccount:ci:*'", &["name"]),
            ("kind: User, name: 'system:serviceaccounts:ci:a'", &["name"]),
            ("kind: User, name: 'system:service-account:ci:a'", &["name"]),
            ("kind: User, name: 'system:serviceaccountant'", &[]),
            ("kind: User, name: 'oidc:serviceaccounts:ci:a'", &[]),
            ("kind: Group, name: 'system:serviceaccounts'", &[]),
            ("kind: Group, name: 'system:serviceaccounts:ci'", &[]),
            ("kind: Group, name: 'system:serviceaccounts:'", &["name"]),
            ("kind: Group, name: 'system:serviceaccounts:ci:a'", &["name"]),
            ("kind: Group, name: 'system:serviceaccount:ci'", &["name"]),
            ("kind: Group, name: 'system:serviceaccount:$NS:a'", &[]),
        ] {
            assert_eq!(subject_faults(subject), faults, "{subject}");
        }
    }

    #[test]
    fn an_account_is_meant_only_by_four_parts() {
        let account = Account { namespace: "ci".to_owned(), name: "a".to_owned() };
        for name in
            ["system:serviceaccounts:ci:a", "system:serviceaccount:ci:a", "system:ServiceAccount:ci:a"]
        {
            assert_eq!(meant_account(name).as_ref(), Some(&account), "{name}");
        }
        for name in ["system:serviceaccounts:ci", "ci:a", "system:node:ci:a", "system:serviceaccount:ci:a:b"]
        {
            assert_eq!(meant_account(name), None, "{name}");
        }
    }

    #[test]
    fn cluster_role_bindings_give_cluster_roles_only() {
        let wrong = |kind: &str, role: &str| {
            let yaml = format!("apiVersion: {RBAC_GROUP}/v1\nkind: {kind}\nroleRef: {{kind: {role}}}\n");
            with_object(&yaml, |object| {
                let binding = object.binding().unwrap();
                binding.role_ref().unwrap().wrong_kind(binding).map(|wrong| wrong.meant)
            })
        };
        assert_eq!(wrong("RoleBinding", "Role"), None);
        assert_eq!(wrong("RoleBinding", "clusterrole"), Some(Some("ClusterRole")));
        assert_eq!(wrong("RoleBinding", "RoleBinding"), Some(None));
        assert_eq!(wrong("ClusterRoleBinding", "ClusterRole"), None);
        assert_eq!(wrong("ClusterRoleBinding", "ClusterRoles"), Some(Some("ClusterRole")));
        assert_eq!(wrong("ClusterRoleBinding", "Role"), Some(None));
        assert_eq!(wrong("ClusterRoleBinding", "'{{ kind }}'"), None);
    }

    #[test]
    fn rules_need_their_fields() {
        let faults = |kind: &str, rule: &str| {
            let yaml = format!("apiVersion: {RBAC_GROUP}/v1\nkind: {kind}\nrules: [{{{rule}}}]\n");
            with_object(&yaml, |object| {
                let mut faults = object.role().unwrap().faults();
                faults.next().map(|fault| fault.mistake)
            })
        };
        for (kind, rule, fault) in [
            ("Role", "apiGroups: [''], resources: [pods], verbs: [get]", None),
            (
                "Role",
                "apiGroups: [], resources: [pods], verbs: [get]",
                Some(RoleMistake::Missing(vec!["apiGroups"])),
            ),
            (
                "Role",
                "apiGroups: , resources: [pods]",
                Some(RoleMistake::Missing(vec!["apiGroups", "verbs"])),
            ),
            ("Role", "", Some(RoleMistake::Missing(vec!["apiGroups", "resources", "verbs"]))),
            ("Role", "apiGroups: '', resources: [pods], verbs: get", None),
            ("Role", "apiGroup: [''], resources: [pods], verb: [get]", None),
            (
                "Role",
                "apiGroup: [''], resources: [pods], verbs: []",
                Some(RoleMistake::Missing(vec!["verbs"])),
            ),
            ("Role", "nonResourceURLs: [/metrics], verbs: [get]", Some(RoleMistake::NamespacedUrls)),
            ("ClusterRole", "nonResourceURLs: [/metrics], verbs: [get]", None),
            ("ClusterRole", "nonResourceURLs: [/metrics], apiGroups: [], verbs: [get]", None),
            ("ClusterRole", "nonResourceURLs: [/metrics]", Some(RoleMistake::Missing(vec!["verbs"]))),
            (
                "ClusterRole",
                "nonResourceURLs: [/metrics], apiGroups: [''], verbs: [get]",
                Some(RoleMistake::UrlsBesideResources),
            ),
            (
                "ClusterRole",
                "nonResourceURLs: [], verbs: [get]",
                Some(RoleMistake::Missing(vec!["apiGroups", "resources"])),
            ),
        ] {
            assert_eq!(faults(kind, rule), fault, "{kind} {rule}");
        }
    }

    #[test]
    fn an_aggregation_rule_selects_something() {
        for (rule, is_wrong) in [
            ("", false),
            ("{clusterRoleSelectors: [{matchLabels: {a: b}}]}", false),
            ("{clusterRoleSelector: []}", false),
            ("{clusterRoleSelectors: []}", true),
            ("{}", true),
        ] {
            let yaml = format!("apiVersion: {RBAC_GROUP}/v1\nkind: ClusterRole\naggregationRule: {rule}\n");
            let found = with_object(&yaml, |object| object.role().unwrap().faults().count());
            assert_eq!(found, usize::from(is_wrong), "{rule}");
        }
    }
}
