//! What `can-i` and `who-can` are asked, in kubectl's own grammar (`k8s.io/kubectl/pkg/cmd/auth/cani.go`).

use std::borrow::Cow;
use std::path::PathBuf;

use clap::Args;

use super::Io;
use super::inputs::{InputArgs, kube_version};
use crate::config::{ConfigFile, Settings};
use crate::engine::Survey;
use crate::error::Error;
use crate::k8s::resources::RESOURCE_VERBS;
use crate::report::{Asked, Question, escape};
use crate::world::rbac::{ANY, Request, ResourceRequest, Rights};
use crate::world::{KnownResource, World, without_version};

/// The verbs that kubectl knows for paths.
const URL_VERBS: [&str; 7] = ["delete", "get", "head", "options", "patch", "post", "put"];

/// About what namespaces and subresource it is asked.
#[derive(Clone, Debug, Args)]
pub(super) struct ScopeArgs {
    /// Ask about a subresource: log, exec, token, scale …
    #[arg(long, value_name = "SUBRESOURCE")]
    pub(super) subresource: Option<String>,
    /// The namespace to ask about.
    #[arg(short, long, value_name = "NAME")]
    pub(super) namespace: Option<String>,
    /// Ask about all namespaces.
    #[arg(short = 'A', long, conflicts_with = "namespace")]
    pub(super) all_namespaces: bool,
}

/// Where the bindings and roles are.
#[derive(Clone, Debug, Args)]
pub(super) struct SourceArgs {
    /// Files and folders with bindings and roles; `-` is standard input; may be repeated [default: .].
    #[arg(short = 'f', long = "filename", value_name = "PATH", help_heading = "Input")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    input: InputArgs,
    /// The namespace of objects that name none: that of your release or context.
    #[arg(long, value_name = "NAME", env = "SAUDIT_NAMESPACE", help_heading = "Input")]
    release_namespace: Option<String>,
    /// The Kubernetes versions whose built-in roles count: 1.29, 1.29..1.33, >=1.29 or a list [default: those supported
    /// today].
    #[arg(
        long,
        value_name = "VERSIONS",
        value_parser = kube_version,
        env = "SAUDIT_KUBE_VERSION",
        help_heading = "Input"
    )]
    kube_version: Option<String>,
}

impl SourceArgs {
    /// Reads what is there.
    pub(super) fn survey(&self, io: &mut Io<'_>) -> Result<(Survey, Settings), Error> {
        let wanted = ConfigFile {
            namespace: self.release_namespace.clone(),
            kube_version: self.kube_version.clone(),
            ..ConfigFile::default()
        };
        let here = [PathBuf::from(".")];
        self.input.survey(if self.paths.is_empty() { &here } else { &self.paths }, wanted, io)
    }
}

/// Who may do what by the bindings that were asked for. Those elsewhere in the repository may be for another cluster.
pub(super) fn rights<'w>(survey: &'w Survey, settings: &Settings) -> Rights<'w> {
    Rights::by(&survey.world, settings.targets, |binding| survey.is_asked_for(&binding.place))
}

/// A question as it is understood, and what is strange about it.
#[derive(Debug)]
pub(super) struct Understood {
    pub(super) question: Question,
    pub(super) warnings: Vec<String>,
}

/// What is asked: `verb` and `what` as they are written, `chosen` the namespace without `-n`; none if any is meant.
pub(super) fn understand(
    verb: &str,
    what: &str,
    scope: &ScopeArgs,
    chosen: Option<&str>,
    rights: &Rights<'_>,
) -> Result<Understood, Error> {
    let mut warnings = Vec::new();
    if what.starts_with('/') {
        if scope.subresource.is_some() {
            return Err(Error::InvalidQuestion {
                message: "--subresource cannot be used with a path".to_owned(),
                help: "Ask about a resource (`get pods --subresource log`) or about a path (`get /metrics`).",
            });
        }
        warn_of_verb(verb, &URL_VERBS, &mut warnings);
        let (verb, path) = (Cow::Owned(verb.to_owned()), Cow::Owned(what.to_owned()));
        let question = Question { request: Request::Url { verb, path }, place: Asked::Cluster };
        return Ok(Understood { question, warnings });
    }
    warn_of_verb(verb, &RESOURCE_VERBS, &mut warnings);
    let (type_, name) = what.split_once('/').unwrap_or((what, ""));
    let resource = Meant::of(type_, rights, &mut warnings);
    let subresource = scope.subresource.clone().unwrap_or_default();
    if subresource.is_empty() && resource.subresources.contains(&name) {
        warnings.push(format!(
            "`{what}` is about an object with the name {name}: the subresource is `{type_} --subresource {name}`"
        ));
    }
    let name = if is_nameless(verb) && subresource.is_empty() && !name.is_empty() {
        warnings.push(format!("the API server is not told a name with {verb}: {name} is left out"));
        ""
    } else {
        name
    };
    let (place, namespace) = place(scope, chosen, resource.is_namespaced);
    if place == Asked::Cluster && scope.namespace.is_some() && !resource.is_about_namespace(name) {
        warnings.push(resource.without_scope());
    }
    let request = Request::Resource(ResourceRequest {
        verb: verb.to_owned().into(),
        group: resource.group.into(),
        resource: resource.name.into(),
        subresource: subresource.into(),
        namespace: namespace.map(|namespace| namespace.to_owned().into()),
        name: name.to_owned().into(),
    });
    Ok(Understood { question: Question { request, place }, warnings })
}

fn place<'a>(scope: &'a ScopeArgs, chosen: Option<&'a str>, is_namespaced: bool) -> (Asked, Option<&'a str>) {
    match (scope.namespace.as_deref(), chosen) {
        _ if !is_namespaced => (Asked::Cluster, None),
        (None, None) => (Asked::AnyNamespace, None),
        (None, Some(_)) if scope.all_namespaces => (Asked::AllNamespaces, None),
        (None, chosen) => (Asked::ChosenNamespace, chosen),
        (named, _) => (Asked::Namespace, named),
    }
}

fn warn_of_verb(verb: &str, known: &[&str], warnings: &mut Vec<String>) {
    // Kubernetes 1.36 has `impersonate:user-info` and `impersonate-on:…`.
    if verb != ANY && !known.contains(&verb) && !verb.starts_with("impersonate") {
        warnings.push(format!("verb '{verb}' is not a known verb"));
    }
}

/// Whether the API server knows no name when it asks whether this is allowed, as the path of the request has none
/// (`apiserver pkg/endpoints/request/requestinfo.go`).
fn is_nameless(verb: &str) -> bool {
    ["create", "deletecollection"].contains(&verb)
}

/// The resource that is meant.
struct Meant {
    group: String,
    name: String,
    is_namespaced: bool,
    subresources: Vec<&'static str>,
}

impl Meant {
    /// What kubectl takes `type_` for. One that is not known is taken as it is written, with its group.
    fn of(type_: &str, rights: &Rights<'_>, warnings: &mut Vec<String>) -> Self {
        if let Some(known) = known(type_, rights.world) {
            return known;
        }
        let (name, group) = type_.split_once('.').unwrap_or((type_, ""));
        let group = without_version(group);
        let (of_group, groups) = (format!(" in group '{group}'"), rights.groups_that_name(name));
        let (of_group, group) = match (&*groups, group) {
            (_, group) if !group.is_empty() => (&*of_group, group),
            ([only], _) => ("", *only),
            _ => ("", ""),
        };
        let taken = match group {
            "" => "as it is written".to_owned(),
            group => format!("for {name}.{group}"),
        };
        warnings.push(format!(
            "the server doesn't have a resource type '{name}'{of_group}: neither Kubernetes nor a \
             CustomResourceDefinition in the input defines it; taken {taken}"
        ));
        Self { group: group.to_owned(), name: name.to_owned(), is_namespaced: true, subresources: Vec::new() }
    }

    /// Whether the request is about a Namespace, which counts as one in that namespace.
    fn is_about_namespace(&self, name: &str) -> bool {
        self.group.is_empty() && self.name == "namespaces" && !name.is_empty()
    }

    fn without_scope(&self) -> String {
        let Self { group, name, .. } = self;
        match &**group {
            "" => format!("resource '{name}' is not namespace scoped"),
            group => format!("resource '{name}' is not namespace scoped in group '{group}'"),
        }
    }
}

fn known(type_: &str, world: &World) -> Option<Meant> {
    // `*` is everything of the core group, as kubectl has it; `*.apps` that of another.
    if let Some(group) = type_.strip_prefix('*') {
        let group = group.strip_prefix('.').or(group.is_empty().then_some(""))?;
        let (group, name) = (group.to_owned(), "*".to_owned());
        return Some(Meant { group, name, is_namespaced: true, subresources: Vec::new() });
    }
    let KnownResource { group, name, is_namespaced, subresources } = world.resource(type_)?;
    let (group, name, subresources) = (group.to_owned(), name.to_owned(), subresources.to_vec());
    Some(Meant { group, name, is_namespaced, subresources })
}

/// Says what is strange about a question.
pub(super) fn warn(warnings: &[String], io: &mut Io<'_>) -> Result<(), Error> {
    for warning in warnings {
        writeln!(io.stderr, "warning: {}", escape::line(warning))?;
    }
    Ok(())
}
