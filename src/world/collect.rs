//! From a document to the facts that outlive it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use memchr::memmem;
use rayon::prelude::*;

use super::content::Contents;
use super::deployment::Deployment;
use super::fact::{
    AccountReference, BlockEntry, BooleanWord, Detail, Fact, Flag, Home, Name, Opening, Pod, Reference,
    ServiceAccount, Token,
};
use super::folders::folder_of;
use super::hooks::Hook;
use super::kustomize::{Changes, Kustomization};
use super::pins::Pin;
use super::rbac::{self, Role};
use super::removals::Removals;
use super::token_use;
use crate::finding::{ObjectId, Place};
use crate::k8s::fields::{self, Shape};
use crate::k8s::known::SERVICE_ACCOUNT_NAME;
use crate::k8s::mountable_secrets::{Limit, limit};
use crate::k8s::{
    self, Container, Manifest, Object, PodSpec, RBAC_GROUP, SecretReference, Standing, TokenState,
    VolumeMount,
};
use crate::span::{FileId, Span};
use crate::yaml::{Entry, Node, Tree, Type};

/// How many objects of one document are worked on at a time.
const SLICE: usize = 256;

/// Kinds that bring objects which cannot be read here.
const OPENERS: &[(&str, &str)] = &[
    ("argoproj.io", "Application"),
    ("argoproj.io", "ApplicationSet"),
    ("helm.toolkit.fluxcd.io", "HelmRelease"),
    ("helm.cattle.io", "HelmChart"),
    ("kustomize.toolkit.fluxcd.io", "Kustomization"),
    ("operators.coreos.com", "Subscription"),
    ("source.toolkit.fluxcd.io", "HelmRepository"),
];

/// Kinds for which an operator may make ServiceAccounts, named after the object: `kafka-entity-operator`, `grafana-sa`,
/// `vmagent-main`. A caution, no fact: it only makes findings quieter.
const OPERATED: &[(&str, &str)] = &[
    ("argoproj.io", "ArgoCD"),
    ("gateway.networking.k8s.io", "Gateway"),
    ("grafana.integreatly.org", "Grafana"),
    ("jaegertracing.io", "Jaeger"),
    ("k8s.mariadb.com", "MariaDB"),
    ("kafka.strimzi.io", "Kafka"),
    ("kafka.strimzi.io", "KafkaBridge"),
    ("kafka.strimzi.io", "KafkaConnect"),
    ("kafka.strimzi.io", "KafkaMirrorMaker2"),
    ("loki.grafana.com", "LokiStack"),
    ("minio.min.io", "Tenant"),
    ("opentelemetry.io", "OpenTelemetryCollector"),
    ("opentelemetry.io", "TargetAllocator"),
    ("operator.victoriametrics.com", "VMAgent"),
    ("operator.victoriametrics.com", "VMAlert"),
    ("operator.victoriametrics.com", "VMAlertmanager"),
    ("operator.victoriametrics.com", "VMAuth"),
    ("operator.victoriametrics.com", "VMCluster"),
    ("operator.victoriametrics.com", "VMSingle"),
    ("postgres-operator.crunchydata.com", "PostgresCluster"),
    ("postgresql.cnpg.io", "Cluster"),
    ("rabbitmq.com", "RabbitmqCluster"),
    ("ray.io", "RayCluster"),
    ("tempo.grafana.com", "TempoMonolithic"),
    ("tempo.grafana.com", "TempoStack"),
];

/// The kinds of which something is remembered.
static KINDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let rbac = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"];
    let own =
        ["Namespace", "ServiceAccount", "Secret", "Config", "List", "Template", "CustomResourceDefinition"];
    let own = own.into_iter().chain(rbac);
    let tables = [OPENERS, OPERATED].into_iter().flatten();
    own.chain(tables.map(|(_, kind)| *kind)).chain(k8s::kinds_with_accounts()).collect()
});

/// Whether something could be remembered of a document, by its text. Its kind is looked for at the start of lines; where
/// none is found so, anything may be in it.
pub fn may_matter(text: &str, path: &str) -> bool {
    if Kustomization::is_named(path) || text.trim_start().starts_with(['{', '-']) {
        return true;
    }
    let starts = memmem::find_iter(text.as_bytes(), b"\nkind:").map(|at| at + 1);
    let first = text.starts_with("kind:").then_some(0);
    let mut found = false;
    for at in first.into_iter().chain(starts) {
        let line = text.get(at + "kind:".len()..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let value = line.split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        if KINDS.contains(value) || value.ends_with("List") || !value.chars().all(char::is_alphanumeric) {
            return true;
        }
        found = true;
    }
    !found && text.contains("kind")
}

impl Fact {
    /// What is worth remembering of a document in the file `path` (root-relative).
    pub fn all(manifest: &Manifest<'_>, path: &str) -> Vec<Fact> {
        let file = manifest.origin.file;
        if let Some(root) = manifest.document.tree().and_then(Tree::root) {
            if Kustomization::is_named(path) && Kustomization::is_kustomization(root) {
                let kustomization = Kustomization::read(root, file, folder_of(path));
                let detail = Detail::Kustomization(Box::new(kustomization));
                return vec![Self::of_document(file, root, "Kustomization", detail)];
            }
            if root.items().next().is_some_and(|item| item.get("op").found().is_some()) {
                let detail = Detail::Patch(Changes::of_patch(manifest.document.text));
                return vec![Self::of_document(file, root, "", detail)];
            }
            if let Some(references) = root.get("nameReference").value() {
                let detail = Detail::References { accounts: references.items().any(is_to_accounts) };
                return vec![Self::of_document(file, root, "", detail)];
            }
        }
        if manifest.standing != Standing::Kubernetes {
            return Vec::new();
        }
        let facts = |objects: &[Object<'_>]| -> Vec<Fact> {
            let mut contents = Contents::default();
            objects.iter().filter_map(|object| Self::of(object, &mut contents)).collect()
        };
        // A value that aliases share is read once for all.
        let is_divisible = manifest.document.tree().is_some_and(|tree| !tree.has_aliases());
        let mut all = if is_divisible && manifest.objects.len() > SLICE {
            manifest.objects.par_chunks(SLICE).flat_map_iter(facts).collect()
        } else {
            facts(&manifest.objects)
        };
        all.extend(Self::kubeconfigs(manifest));
        all
    }

    /// Of a document that is no object.
    fn of_document(file: FileId, root: Node<'_>, kind: &str, detail: Detail) -> Fact {
        let object = Arc::new(ObjectId { kind: kind.to_owned(), ..ObjectId::default() });
        let place = Place { file, span: root.span(), path: String::new(), object: Some(Arc::clone(&object)) };
        Self::bare(object, place, detail)
    }

    /// Of something without pods, and without fields that name others.
    pub(super) fn bare(object: Arc<ObjectId>, place: Place, detail: Detail) -> Fact {
        Fact {
            object,
            place,
            is_rendered: false,
            is_template: false,
            is_dump: false,
            hook: None,
            detail,
            pods: Vec::new(),
            fields: Vec::new(),
            creates: Vec::new(),
            words: Vec::new(),
            hash: None,
        }
    }

    fn of(object: &Object<'_>, contents: &mut Contents) -> Option<Fact> {
        let detail = detail(object);
        let (creates, fields): (Vec<_>, Vec<_>) =
            object.service_account_references().partition(|reference| reference.created);
        let references = |found: Vec<k8s::ServiceAccountReference<'_>>| -> Vec<_> {
            found
                .into_iter()
                .filter_map(|found| {
                    let name = Name { text: found.name.into(), ..name(object, found.node)? };
                    let editable = name.editable && found.node.as_str() == Some(found.name);
                    Some(AccountReference {
                        name: Name { editable, ..name },
                        home: home(found.home),
                        is_known_to_kustomize: false,
                    })
                })
                .collect()
        };
        let (fields, creates) = (references(fields), references(creates));
        let pods: Vec<_> = object.pod_specs().map(|spec| pod(object, spec)).collect();
        let words = boolean_words(object);
        let is_other = matches!(detail, Detail::Other);
        if is_other && pods.is_empty() && fields.is_empty() && creates.is_empty() && words.is_empty() {
            return None;
        }
        let named = object.at_path(&["metadata", "name"]).value();
        let node = named.or_else(|| object.root.get("kind").value()).unwrap_or(object.root);
        Some(Fact {
            object: Arc::clone(&object.id),
            place: object.place(node),
            is_rendered: object.is_rendered(),
            is_template: object.root.tree().has_holes(),
            is_dump: object.is_dump(),
            hook: hook(object, &detail, &pods),
            hash: is_compared(&detail).then(|| contents.hash(object.root)),
            detail,
            pods,
            fields,
            creates,
            words,
        })
    }
}

fn hook(object: &Object<'_>, detail: &Detail, pods: &[Pod]) -> Option<Box<Hook>> {
    let matters = matches!(detail, Detail::ServiceAccount(_)) || !pods.is_empty();
    Hook::of(object).filter(|_| matters).map(Box::new)
}

fn detail(object: &Object<'_>) -> Detail {
    match (object.group(), object.id.kind.as_str()) {
        ("", "Namespace") => Detail::Namespace,
        ("", "ServiceAccount") => Detail::ServiceAccount(Box::new(service_account(object))),
        ("", "Secret") => Detail::Secret { token: token(object).map(Box::new) },
        (RBAC_GROUP, "Role" | "ClusterRole") => {
            Detail::Role(Box::new(object.role().map(|role| Role::read(object, role)).unwrap_or_default()))
        }
        key if OPENERS.contains(&key) => {
            let (deployments, pins) = (Deployment::all(object), Pin::all(object));
            Detail::Opens(Box::new(Opening { namespace: target_namespace(object), deployments, pins }))
        }
        key if OPERATED.contains(&key) => Detail::Operated,
        _ => rbac::binding(object).map_or(Detail::Other, |binding| Detail::Binding(Box::new(binding))),
    }
}

/// The namespace into which an object of [`OPENERS`] brings others, if it says so.
fn target_namespace(object: &Object<'_>) -> Option<Box<str>> {
    let paths: [&[&str]; 3] = [
        &["spec", "targetNamespace"],
        &["spec", "destination", "namespace"],
        &["spec", "template", "spec", "destination", "namespace"],
    ];
    let written = paths.iter().find_map(|path| object.at_path(path).value().and_then(Node::as_str));
    written.or(Some(&object.id.namespace)).filter(|namespace| !namespace.is_empty()).map(Box::from)
}

/// Whether two objects of one name are compared.
fn is_compared(detail: &Detail) -> bool {
    matches!(detail, Detail::ServiceAccount(_) | Detail::Secret { .. } | Detail::Role(_) | Detail::Binding(_))
}

/// Whether an item of `nameReference` tells of references to ServiceAccounts or Secrets.
fn is_to_accounts(item: Node<'_>) -> bool {
    let kind = item.get("kind").value().and_then(Node::text);
    kind.is_none_or(|kind| ["ServiceAccount", "Secret"].contains(&kind))
}

fn service_account(object: &Object<'_>) -> ServiceAccount {
    let names = |key| -> (Vec<Node<'_>>, Vec<Name>) {
        let items = object.root.get(key).value().into_iter().flat_map(Node::items);
        items.filter_map(|item| Some((item, name(object, item.get("name").value()?)?))).unzip()
    };
    let (items, secrets) = names("secrets");
    ServiceAccount {
        removals: Removals::of(object, "secrets", &items),
        secrets,
        pull_secrets: names("imagePullSecrets").1,
        automount: flag(object, object.root),
        limits_secrets: limit(object).is_some_and(|(_, limit)| limit == Limit::On),
    }
}

/// `automountServiceAccountToken` of a ServiceAccount or a pod.
fn flag(object: &Object<'_>, node: Node<'_>) -> Option<Flag> {
    let node = node.get("automountServiceAccountToken").value()?;
    match node.scalar()?.read() {
        Type::Bool(value) => Some(Flag { value, place: object.place(node) }),
        _ => None,
    }
}

fn token(object: &Object<'_>) -> Option<Token> {
    let secret = object.secret()?;
    let type_ = secret.type_().filter(|_| secret.is_token_secret())?;
    let account = object.annotation(SERVICE_ACCOUNT_NAME).value().and_then(|node| name(object, node));
    Some(Token {
        type_place: object.place(type_),
        works: secret.token_state().is_some_and(TokenState::works),
        account: account.map(|name| AccountReference { name, home: Home::Own, is_known_to_kustomize: false }),
    })
}

fn home(home: k8s::Home<'_>) -> Home {
    match home {
        k8s::Home::Own => Home::Own,
        k8s::Home::Named(namespace) => Home::Named(namespace.into()),
        k8s::Home::Elsewhere => Home::Elsewhere,
    }
}

fn pod(object: &Object<'_>, spec: PodSpec<'_>) -> Pod {
    let volumes = secret_volumes(spec);
    let reference = |found: SecretReference<'_>| {
        let volume = volumes.get(&found.node.span());
        Some(Reference {
            secret: name(object, found.node)?,
            use_: found.use_,
            volume: volume.and_then(|volume| volume.block).filter(|_| !object.is_rendered()),
            is_token_mount: volume.is_some_and(|volume| volume.is_token_mount),
        })
    };
    let (named, home) = (spec.service_account(), home(spec.home));
    let account = named.value().and_then(|node| {
        let is_known_to_kustomize = object.is_known_to_kustomize(node);
        Some(AccountReference { name: name(object, node)?, home: home.clone(), is_known_to_kustomize })
    });
    let containers = spec.node.get("containers").found().map_or(spec.node, |entry| entry.key);
    Pod {
        account_is_unknown: account.is_none() && !named.is_absent(),
        // Nobody asks of a pod that names no ServiceAccount.
        may_use_token: account.is_none() || token_use::may_use_token(object, spec),
        account,
        home,
        automount: flag(object, spec.node),
        opt_out: token_use::opt_out(object, spec).map(Box::new),
        is_partial: !spec.containers().any(|container| container.node.get("image").found().is_some()),
        place: object.place(containers),
        references: spec.secret_references().filter_map(reference).collect(),
    }
}

struct SecretVolume {
    block: Option<BlockEntry>,
    is_token_mount: bool,
}

/// The Secret volumes of a pod, by the place of the Secret's name.
fn secret_volumes(spec: PodSpec<'_>) -> HashMap<Span, SecretVolume> {
    let mounts = spec.containers().flat_map(Container::volume_mounts);
    let over_token: HashSet<_> =
        mounts.filter(|mount| mount.is_token_mount()).filter_map(VolumeMount::name).collect();
    let mut volumes = HashMap::new();
    for volume in spec.volumes() {
        let Some(entry) = volume.node.get("secret").found() else { continue };
        let Some(name) = entry.value.get("secretName").value() else { continue };
        let is_token_mount = volume.name().is_some_and(|name| over_token.contains(name));
        volumes.insert(name.span(), SecretVolume { block: replaceable(entry), is_token_mount });
    }
    volumes
}

/// The `secret:` of a volume, if it stands in block style and says nothing but the Secret's name.
fn replaceable(entry: Entry<'_>) -> Option<BlockEntry> {
    let mut keys = entry.value.entries().map(|entry| entry.key.text());
    if !(keys.all(|key| key == Some("secretName"))
        && entry.key.is_editable()
        && entry.value.alias().is_none())
    {
        return None;
    }
    let text = entry.key.tree().text().as_str();
    let (key, value) = (entry.key.inner(), entry.value.inner());
    let before = text.get(..key.start)?;
    let indent = before.get(before.rfind('\n')? + 1..)?;
    let is_block = text.get(key.end..value.start)?.contains('\n') && indent.bytes().all(|byte| byte == b' ');
    let span = entry.key.span().to(entry.value.span());
    let is_literal = entry.key.tree().text().is_exact(key.start..value.end);
    (is_block && is_literal).then(|| BlockEntry { span, indent: Span::new(0..indent.len()).len() })
}

/// A name that `node` of `object` says.
pub(super) fn name(object: &Object<'_>, node: Node<'_>) -> Option<Name> {
    let text = node.told().filter(|text| !text.is_empty())?;
    Some(Name {
        text: text.into(),
        place: object.place(node),
        editable: node.is_editable() && !object.is_rendered(),
    })
}

/// What a word means to kubectl, where kustomize reads a string (`go.yaml.in/yaml/v2` `resolve.go`).
fn boolean_word(word: &str) -> Option<bool> {
    match word {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn boolean_words(object: &Object<'_>) -> Vec<BooleanWord> {
    let mut words = Vec::new();
    for typed in fields::typed_nodes(object) {
        for field in typed.fields.iter().filter(|field| field.shape == Shape::Bool) {
            let Some(node) = typed.node.get(field.name).value() else { continue };
            let scalar = node.scalar().filter(|scalar| scalar.is_plain());
            if let Some((scalar, value)) =
                scalar.and_then(|scalar| Some((scalar, boolean_word(scalar.text())?)))
            {
                let (text, place) = (scalar.text().into(), object.place(node));
                words.push(BooleanWord { text, value, place, editable: node.is_editable() });
            }
        }
    }
    words
}
