//! What is remembered of an object when its document is gone: owned, small, with positions.

use std::sync::Arc;

use super::deployment::Deployment;
use super::hooks::Hook;
use super::kubeconfig::Kubeconfig;
use super::kustomize::{Changes, Kustomization};
use super::pins::Pin;
use super::rbac::Role;
use super::removals::Removals;
use crate::finding::{ObjectId, Place};
use crate::k8s::SecretUse;
use crate::span::{Edit, FileId, Span};

/// What is remembered of an object.
#[derive(Debug)]
pub struct Fact {
    /// What it calls itself.
    pub object: Arc<ObjectId>,
    /// Its name, to point at; its kind where it has none.
    pub place: Place,
    /// Whether `helm template` printed it.
    pub is_rendered: bool,
    /// Whether it stands in a template of a chart, so that conditions decide whether it is there.
    pub is_template: bool,
    /// Whether it was read from a cluster rather than written by hand.
    pub is_dump: bool,
    /// What makes it a hook of Helm, if it is a ServiceAccount or runs pods; `None` if it is part of its release.
    pub hook: Option<Box<Hook>>,
    /// What it is.
    pub detail: Detail,
    /// The pods that it runs.
    pub pods: Vec<Pod>,
    /// ServiceAccounts that fields of its own name.
    pub fields: Vec<AccountReference>,
    /// ServiceAccounts that an operator creates for it.
    pub creates: Vec<AccountReference>,
    /// Booleans that it writes as `yes`, `no`, `on`, `off`, `y`, `n`.
    pub words: Vec<BooleanWord>,
    /// A hash of all that it says, if it is a ServiceAccount, a Secret, a role or a binding.
    pub hash: Option<u64>,
}

/// What an object is, and what only such an object has: in boxes, as most objects have little.
#[derive(Debug)]
pub enum Detail {
    /// A ServiceAccount.
    ServiceAccount(Box<ServiceAccount>),
    /// A Secret.
    Secret {
        /// What makes it a token Secret, if it is one.
        token: Option<Box<Token>>,
    },
    /// A Role or ClusterRole.
    Role(Box<Role>),
    /// A RoleBinding or ClusterRoleBinding.
    Binding(Box<Binding>),
    /// A kustomization.
    Kustomization(Box<Kustomization>),
    /// A namespace.
    Namespace,
    /// A list of JSON patches.
    Patch(Changes),
    /// References that kustomize is told of (`configurations`).
    References {
        /// Whether they are to ServiceAccounts or Secrets.
        accounts: bool,
    },
    /// A kubeconfig with credentials in it; beside what the object is that it is written into.
    Kubeconfig(Box<Kubeconfig>),
    /// Brings objects that cannot be read here: a Flux HelmRelease, an Argo CD Application …
    Opens(Box<Opening>),
    /// An operator makes ServiceAccounts for it, named after it.
    Operated,
    /// Something else.
    Other,
}

/// What an object says that brings others.
#[derive(Debug)]
pub struct Opening {
    /// Into which namespace it brings them, if it says so.
    pub namespace: Option<Box<str>>,
    /// The folders that it builds.
    pub deployments: Vec<Deployment>,
    /// The charts that it has rendered.
    pub pins: Vec<Pin>,
}

/// What a ServiceAccount says.
#[derive(Debug)]
pub struct ServiceAccount {
    /// The names in `secrets`.
    pub secrets: Vec<Name>,
    /// How to remove those.
    pub removals: Removals,
    /// The names in `imagePullSecrets`.
    pub pull_secrets: Vec<Name>,
    /// `automountServiceAccountToken`, if it is written.
    pub automount: Option<Flag>,
    /// Whether its pods may use only the Secrets in `secrets`
    /// (`kubernetes.io/enforce-mountable-secrets`, read as `strconv.ParseBool` does).
    pub limits_secrets: bool,
}

/// A boolean that is written somewhere.
#[derive(Debug)]
pub struct Flag {
    /// Its value.
    pub value: bool,
    /// Where.
    pub place: Place,
}

/// A boolean in a word that YAML 1.1 knows and kustomize does not.
#[derive(Debug)]
pub struct BooleanWord {
    /// The word.
    pub text: Box<str>,
    /// What it means in YAML 1.1.
    pub value: bool,
    /// Where it is written.
    pub place: Place,
    /// Whether its bytes may be replaced.
    pub editable: bool,
}

/// A Secret of type `kubernetes.io/service-account-token`.
#[derive(Debug)]
pub struct Token {
    /// The `type`, to point at.
    pub type_place: Place,
    /// What can be told from the Secret alone.
    pub works: bool,
    /// The ServiceAccount that its annotation names.
    pub account: Option<AccountReference>,
}

/// What a RoleBinding or ClusterRoleBinding says.
#[derive(Debug)]
pub struct Binding {
    /// Whether it is a ClusterRoleBinding.
    pub is_cluster: bool,
    /// The role that it gives.
    pub role: Option<RoleReference>,
    /// The ServiceAccounts among its subjects.
    pub accounts: Vec<AccountReference>,
    /// The users and groups among its subjects, but for ServiceAccounts by the names of their users.
    pub principals: Vec<Principal>,
    /// Those of them that say no namespace, in a ClusterRoleBinding: place among `accounts`, place among all subjects.
    pub(super) without_namespace: Vec<(usize, usize)>,
}

impl Binding {
    /// Whether it is known of any of its subjects who that is.
    pub fn has_told_subjects(&self) -> bool {
        !self.accounts.is_empty() || !self.principals.is_empty()
    }

    /// The ServiceAccounts that need a namespace and say none, each with its place among the subjects.
    pub fn without_namespace(&self) -> impl Iterator<Item = (usize, &AccountReference)> {
        let accounts = self.without_namespace.iter();
        accounts.filter_map(|(account, subject)| Some((*subject, self.accounts.get(*account)?)))
    }
}

/// A user or group that is given a role.
#[derive(Debug)]
pub struct Principal {
    /// Whether it is a group.
    pub is_group: bool,
    /// Its name.
    pub name: Name,
}

/// A role that is named.
#[derive(Debug)]
pub struct RoleReference {
    /// Whether it is a ClusterRole.
    pub is_cluster: bool,
    /// `Role` or `ClusterRole`.
    pub kind: Name,
    /// The role's name.
    pub name: Name,
}

/// A name that is written somewhere.
#[derive(Debug)]
pub struct Name {
    /// The name.
    pub text: Box<str>,
    /// Where it is written.
    pub place: Place,
    /// Whether its bytes may be replaced.
    pub editable: bool,
}

/// A ServiceAccount that is named.
#[derive(Debug)]
pub struct AccountReference {
    /// Its name.
    pub name: Name,
    /// Where it is looked up.
    pub home: Home,
    /// Whether kustomize changes it together with the name of the ServiceAccount.
    pub is_known_to_kustomize: bool,
}

/// In which namespace a named object is looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Home {
    /// In that of the object that names it.
    Own,
    /// In this one.
    Named(Box<str>),
    /// The object does not say.
    Elsewhere,
}

/// A Secret that a pod names.
#[derive(Debug)]
pub struct Reference {
    /// The Secret's name.
    pub secret: Name,
    /// What for.
    pub use_: SecretUse,
    /// The volume's `secret:`, if a projected volume could be written in its place.
    pub volume: Option<BlockEntry>,
    /// Whether it is mounted where the pod's own token belongs.
    pub is_token_mount: bool,
}

/// A key and its value in block style, alone on their lines.
#[derive(Clone, Copy, Debug)]
pub struct BlockEntry {
    /// From the key to the end of the value.
    pub span: Span,
    /// Blanks before the key.
    pub indent: u32,
}

/// One pod spec.
#[derive(Debug)]
pub struct Pod {
    /// The ServiceAccount that it names; without one its pods run as `default`.
    pub account: Option<AccountReference>,
    /// Whether it may name one that cannot be read.
    pub account_is_unknown: bool,
    /// Where its pods run.
    pub home: Home,
    /// `automountServiceAccountToken`, if it is written.
    pub automount: Option<Flag>,
    /// What keeps the token out of it, if the place allows that.
    pub opt_out: Option<Box<Edit>>,
    /// Whether something in it or around it tells that it may use its token.
    pub may_use_token: bool,
    /// Whether none of its containers says what it runs, which the API server rejects: then it is part of a patch.
    pub is_partial: bool,
    /// The key of its `containers`, to point at.
    pub place: Place,
    /// The Secrets that it uses.
    pub references: Vec<Reference>,
}

impl Pod {
    /// The name of its ServiceAccount, if it names one.
    pub fn account_name(&self) -> Option<&str> {
        self.account.as_ref().map(|account| &*account.name.text)
    }
}

impl Fact {
    /// The file that it stands in.
    pub fn file(&self) -> FileId {
        self.place.file
    }

    /// Where it stands in its file.
    pub fn span(&self) -> Span {
        self.place.span
    }

    /// The pods that it runs, unless it was read from a cluster or is a patch.
    pub fn written_pods(&self) -> impl Iterator<Item = &Pod> {
        self.pods.iter().filter(|pod| !self.is_dump && !pod.is_partial)
    }

    /// It as a ServiceAccount, if it is one.
    pub fn service_account(&self) -> Option<&ServiceAccount> {
        match &self.detail {
            Detail::ServiceAccount(account) => Some(account),
            _ => None,
        }
    }

    /// It as a token Secret, if it is one.
    pub fn token(&self) -> Option<&Token> {
        match &self.detail {
            Detail::Secret { token } => token.as_deref(),
            _ => None,
        }
    }

    /// It as a binding, if it is one.
    pub fn binding(&self) -> Option<&Binding> {
        match &self.detail {
            Detail::Binding(binding) => Some(binding),
            _ => None,
        }
    }

    /// It as a role, if it is one.
    pub fn role(&self) -> Option<&Role> {
        match &self.detail {
            Detail::Role(role) => Some(role),
            _ => None,
        }
    }

    /// Whether the ServiceAccounts in its fields are given something, as the subjects of a binding are.
    pub fn has_subjects_in_fields(&self) -> bool {
        ["SecurityContextConstraints", "FlowSchema"].contains(&self.object.kind.as_str())
    }

    /// All places where it names a ServiceAccount.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountReference> {
        let annotated = self.token().and_then(|token| token.account.as_ref());
        let subjects = self.binding().into_iter().flat_map(|binding| &binding.accounts);
        let pods = self.pods.iter().filter_map(|pod| pod.account.as_ref());
        annotated.into_iter().chain(subjects).chain(pods).chain(&self.fields)
    }
}
