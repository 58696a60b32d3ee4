//! What makes objects without being a manifest: commands in shell, CI files, Makefiles and documentation, manifests
//! written inside such text, and Terraform.
//!
//! This is knowledge, not judgement: a ServiceAccount that a script creates is not missing. So a command in a comment
//! counts too (it tells the reader to create the object), and so does one in a branch that may never run. Of a
//! ServiceAccount whose name is put together from variables, only the namespace is told; of others nothing.
//!
//! Text is scanned, not interpreted: no functions, no loops, no sourcing of other files. Every scan is linear in the
//! text, and starts only where a needle is found.

mod alternatives;
mod apply;
mod arguments;
mod bindings;
mod blocks;
mod branch;
mod command;
mod comments;
mod create;
mod duration;
mod embedded;
mod exec;
mod folded;
mod functions;
mod hcl;
mod helm_lookup;
mod keys;
mod language;
mod lines;
mod listed;
mod lookup;
mod made;
mod manifests;
mod reading;
mod removal;
mod role_binding;
mod shell;
mod shown;
mod statements;
mod terraform;
mod terraform_lookup;
mod terraform_manifest;
mod terraform_object;
mod terraform_token;
mod variables;
mod version;
mod words;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod lookup_tests;
#[cfg(test)]
mod nested_tests;
#[cfg(test)]
mod tests;

use crate::k8s::names::{NameRule, is_placeholder};
use crate::signs::Signs;
use crate::span::Span;
pub use apply::{Application, applications};
pub use bindings::{names_beside_bindings, names_beside_embedded_bindings};
pub use command::Command;
pub use comments::{CommentPlace, comment_place};
pub use duration::{DurationFault, RequestedLifetime};
pub use exec::{in_terraform as exec_forms_in_terraform, in_tree as exec_forms_in_tree};
pub use language::Language;
pub use listed::Evidence;
pub use lookup::{Attribute, LookupForm, TokenLookup};
use manifests::Host;
pub use reading::Script;
pub use role_binding::CommandBinding;
pub use shown::Use;
pub use terraform_token::TokenRequest;
use variables::Variables;
pub use words::Value;

/// As many creations of one file are remembered. No file of a person has as many; a hostile one shall not fill the
/// memory.
const MAX_CREATIONS: usize = 10_000;

/// The kinds of objects whose creation is looked for: those that other objects name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CreatedKind {
    /// A core `ServiceAccount`.
    ServiceAccount,
    /// A core `Secret`.
    Secret,
    /// A `Role` of `rbac.authorization.k8s.io`.
    Role,
    /// A `ClusterRole` of `rbac.authorization.k8s.io`.
    ClusterRole,
}

impl CreatedKind {
    /// The kind that a manifest with these keys has.
    fn of(api_version: &str, kind: &str) -> Option<Self> {
        let is_rbac = api_version.starts_with("rbac.authorization.k8s.io/");
        match kind {
            "ServiceAccount" if api_version == "v1" => Some(Self::ServiceAccount),
            "Secret" if api_version == "v1" => Some(Self::Secret),
            "Role" if is_rbac => Some(Self::Role),
            "ClusterRole" if is_rbac => Some(Self::ClusterRole),
            _ => None,
        }
    }
}

/// An object that something other than a manifest file creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation {
    /// Its kind.
    pub kind: CreatedKind,
    /// Its name, valid for its kind. Empty for a ServiceAccount of which only the namespace is known.
    pub name: Box<str>,
    /// Its namespace. None where none is written, where the text does not say which, and for a ClusterRole.
    pub namespace: Option<Box<str>>,
    /// Where the name is written, without quotes, in bytes of the text. For a name in a variable, where it is used.
    pub span: Span,
}

/// What a script, a CI file, a page of documentation or a Terraform file creates, in the order of commands,
/// manifests, Terraform; at most 10,000 of them.
pub fn creations(text: &str) -> Vec<Creation> {
    let mut found = Found { variables: Variables::of(text), creations: Vec::new() };
    create::find(text, &mut found);
    manifests::find(text, Host::Script, &mut found);
    terraform::find(text, &mut found);
    found.creations
}

/// What the commands, Terraform and manifests *inside* a YAML or JSON file create: in CI steps, block scalars, comments
/// and strings. The file's own objects are not among them: who reads manifests knows those.
///
/// `signs` are those of the text.
pub fn embedded_creations(text: &str, signs: Signs) -> Vec<Creation> {
    let mut found = Found { variables: Variables::of(text), creations: Vec::new() };
    if signs.commands {
        create::find(text, &mut found);
    }
    if signs.manifests {
        manifests::find(text, Host::Yaml, &mut found);
    }
    if signs.terraform {
        terraform::find(text, &mut found);
    }
    found.creations
}

/// What was found so far in a text.
struct Found<'t> {
    variables: Variables<'t>,
    creations: Vec<Creation>,
}

impl<'t> Found<'t> {
    /// Adds an object whose name and namespace are given as shell, make or YAML would write them.
    fn add(&mut self, kind: CreatedKind, name: Value<'t>, namespace: Option<&'t str>) {
        let namespace = namespace.and_then(|namespace| self.variables.resolve(namespace));
        match self.variables.resolve(name.text) {
            Some(literal) => self.add_literal(kind, literal, namespace, name.span()),
            None => self.add_nameless(kind, namespace, name.span()),
        }
    }

    /// Adds that there is some ServiceAccount in a namespace, whose name is put together when the command runs.
    fn add_nameless(&mut self, kind: CreatedKind, namespace: Option<&str>, span: Span) {
        let namespace = namespace.filter(|namespace| NameRule::Label.takes(namespace));
        if let (CreatedKind::ServiceAccount, Some(namespace)) = (kind, namespace)
            && self.creations.len() < MAX_CREATIONS
        {
            let namespace = Some(namespace.into());
            self.creations.push(Creation { kind, name: Box::default(), namespace, span });
        }
    }

    /// Adds an object, unless what stands for its name cannot be one.
    fn add_literal(&mut self, kind: CreatedKind, name: &str, namespace: Option<&str>, span: Span) {
        if self.creations.len() >= MAX_CREATIONS || !is_name(kind, name) {
            return;
        }
        let namespace = namespace
            .filter(|namespace| kind != CreatedKind::ClusterRole && NameRule::Label.takes(namespace));
        self.creations.push(Creation { kind, name: name.into(), namespace: namespace.map(Into::into), span });
    }
}

/// Whether an object of the kind may be named so, and is: no placeholder.
fn is_name(kind: CreatedKind, name: &str) -> bool {
    match kind {
        CreatedKind::ServiceAccount | CreatedKind::Secret => NameRule::Subdomain.takes(name),
        // The API server takes nearly anything; what nobody writes is rather a piece of prose or code.
        CreatedKind::Role | CreatedKind::ClusterRole => {
            name.starts_with(|c: char| c.is_ascii_alphanumeric())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || [':', '.', '_', '-'].contains(&c))
                && !is_placeholder(name)
        }
    }
}
