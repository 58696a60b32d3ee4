//! Fields of custom resources, and of a few built-in kinds, that name a ServiceAccount.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Object;
use super::path::{FieldPath, Found};
use super::table::rows;
use crate::yaml::Node;

const TABLE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/service-account-fields.csv"));

/// In which namespace a named ServiceAccount is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home<'a> {
    /// In the namespace of the object that names it.
    Own,
    /// In this one.
    Named(&'a str),
    /// The object does not say: in the namespace of whatever uses it, or in another cluster.
    Elsewhere,
}

/// A ServiceAccount that an object names.
#[derive(Clone, Copy, Debug)]
pub struct ServiceAccountReference<'a> {
    /// What a person edits: the name, or the text that holds it.
    pub node: Node<'a>,
    /// The name.
    pub name: &'a str,
    /// Where it is looked up.
    pub home: Home<'a>,
    /// Whether an operator creates the ServiceAccount, so that nothing else has to.
    pub created: bool,
}

#[derive(Debug)]
struct Field {
    group: &'static str,
    path: FieldPath,
    form: Form,
    home: FieldHome,
    created: bool,
}

/// How the field writes the name.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// `builder`
    Name,
    /// `builder` or `ci/builder`
    Qualified,
    /// `system:serviceaccount:ci:builder`
    Username,
    /// `cluster.local/ns/ci/sa/builder`
    Principal,
}

#[derive(Clone, Copy, Debug)]
enum FieldHome {
    Own,
    Elsewhere,
    /// The field beside the name that holds the namespace. Without it, the object does not say.
    Beside(&'static str),
}

/// The fields by kind.
static FIELDS: LazyLock<HashMap<&str, Vec<Field>>> = LazyLock::new(|| {
    let mut fields = HashMap::<&str, Vec<Field>>::new();
    for row @ [_group, kind, _, _, _, _, _] in rows(TABLE) {
        if let Some(field) = Field::parse(row) {
            fields.entry(kind).or_default().push(field);
        }
    }
    fields
});

/// The kinds with such fields.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    FIELDS.keys().copied()
}

impl Field {
    fn parse([group, _kind, path, form, home, creates, _source]: [&'static str; 7]) -> Option<Self> {
        let form = match form {
            "name" => Form::Name,
            "qualified" => Form::Qualified,
            "username" => Form::Username,
            "principal" => Form::Principal,
            _ => return None,
        };
        let home = match home {
            "own" => FieldHome::Own,
            "elsewhere" => FieldHome::Elsewhere,
            _ => FieldHome::Beside(home.strip_prefix("field:")?),
        };
        Some(Self { group, path: FieldPath::parse(path)?, form, home, created: creates == "yes" })
    }

    fn read<'a>(&self, found: Found<'a>) -> Option<ServiceAccountReference<'a>> {
        let text = found.node.as_str().filter(|text| !text.is_empty() && !text.contains('*'))?;
        let (home, name) = match self.form.split(text)? {
            (Some(namespace), name) => (Home::Named(namespace), name),
            (None, name) => (self.home.of(found.parent), name),
        };
        Some(ServiceAccountReference { node: found.node, name, home, created: self.created })
    }
}

impl Form {
    /// Namespace, if the text says it, and name.
    fn split(self, text: &str) -> Option<(Option<&str>, &str)> {
        let with_namespace = |(namespace, name)| (Some(namespace), name);
        match self {
            Form::Name => Some((None, text)),
            Form::Qualified => Some(text.split_once('/').map_or((None, text), with_namespace)),
            Form::Username => {
                text.strip_prefix("system:serviceaccount:")?.split_once(':').map(with_namespace)
            }
            Form::Principal => text.split_once("/ns/")?.1.split_once("/sa/").map(with_namespace),
        }
    }
}

impl FieldHome {
    fn of(self, parent: Node<'_>) -> Home<'_> {
        match self {
            FieldHome::Own => Home::Own,
            FieldHome::Elsewhere => Home::Elsewhere,
            FieldHome::Beside(field) => match parent.get(field).value().and_then(Node::as_str) {
                Some(namespace) if !namespace.is_empty() => Home::Named(namespace),
                _ => Home::Elsewhere,
            },
        }
    }
}

impl<'a> Object<'a> {
    /// The ServiceAccounts that fields of this object name, besides those of its [pod specs](Object::pod_specs), of
    /// RBAC subjects and of token Secrets. Patterns (`*`) name none.
    pub fn service_account_references(&self) -> impl Iterator<Item = ServiceAccountReference<'a>> + use<'a> {
        let root = self.root;
        let of_kind = FIELDS.get(self.id.kind.as_str()).into_iter().flatten();
        let fields: Vec<_> = of_kind.filter(|field| field.group == self.group()).collect();
        fields
            .into_iter()
            .flat_map(move |field| field.path.find(root).into_iter().filter_map(|found| field.read(found)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::assert_well_formed;
    use super::super::testing::with_object;
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_well_formed::<7>(TABLE);
        for row @ [_group, _kind, _path, _form, _home, creates, source] in rows(TABLE) {
            assert!(Field::parse(row).is_some(), "{row:?}");
            assert!(!source.is_empty() && ["yes", "no"].contains(&creates), "{row:?}");
        }
    }

    fn references(yaml: &str) -> Vec<(String, String, bool)> {
        with_object(yaml, |object| {
            let read = |found: ServiceAccountReference<'_>| {
                (found.name.to_owned(), format!("{:?}", found.home), found.created)
            };
            object.service_account_references().map(read).collect()
        })
    }

    #[test]
    fn each_form_gives_name_and_namespace() {
        let cases = [
            (
                "argoproj.io/v1alpha1\nkind: Workflow\nspec: {serviceAccountName: runner}",
                "runner",
                "Own",
                false,
            ),
            (
                "external-secrets.io/v1\nkind: ClusterSecretStore\nspec: {provider: {vault: {auth: {kubernetes: \
                 {serviceAccountRef: {name: reader, namespace: vault}}}}}}",
                "reader",
                "Named(\"vault\")",
                false,
            ),
            (
                "external-secrets.io/v1\nkind: ClusterSecretStore\nspec: {provider: {vault: {auth: {kubernetes: \
                 {serviceAccountRef: {name: reader}}}}}}",
                "reader",
                "Elsewhere",
                false,
            ),
            (
                "security.openshift.io/v1\nkind: SecurityContextConstraints\nusers: [admin, \
                 'system:serviceaccount:ci:builder']",
                "builder",
                "Named(\"ci\")",
                false,
            ),
            (
                "security.istio.io/v1\nkind: AuthorizationPolicy\nspec: {rules: [{from: [{source: {principals: \
                 [cluster.local/ns/shop/sa/cart, '*']}}]}]}",
                "cart",
                "Named(\"shop\")",
                false,
            ),
            (
                "operators.coreos.com/v1alpha1\nkind: ClusterServiceVersion\nspec: {install: {spec: {permissions: \
                 [{serviceAccountName: operator}]}}}",
                "operator",
                "Own",
                true,
            ),
        ];
        for (yaml, name, home, created) in cases {
            let expected = (name.to_owned(), home.to_owned(), created);
            assert_eq!(references(&format!("apiVersion: {yaml}\n")), [expected], "{yaml}");
        }
    }

    #[test]
    fn the_group_decides() {
        let fields = "kind: Workflow\nspec: {serviceAccountName: runner}\n";
        assert!(references(&format!("apiVersion: example.com/v1\n{fields}")).is_empty());
    }
}
