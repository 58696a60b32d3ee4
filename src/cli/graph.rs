//! `saudit graph`: who may do what, as a picture.

use std::path::PathBuf;

use clap::Args;

use super::inputs::{self, InputArgs};
use super::io::unless_closed;
use super::{Exit, Io};
use crate::config::ConfigFile;
use crate::engine::Survey;
use crate::error::Error;
use crate::report::{Drawing, GraphFormat};
use crate::world::graph::{Graph, Node, Site};
use crate::world::rbac::Rights;

const EXAMPLES: &str = "\
Examples:
  saudit graph | dot -Tsvg > identities.svg      all identities of this repository
  saudit graph deploy/ -n shop | dot -Tsvg       what deploy/ has to do with one namespace
  saudit graph --identity ci/builder             who is, and what may, one ServiceAccount
  saudit graph --identity system:masters         the same of a group
  saudit graph --format mermaid >> README.md     for Markdown, between ```mermaid and ```
  saudit graph --format json | jq -r '.nodes[] | select(.cluster_admin) | .id'
                                                 everything that is as good as cluster-admin

How to read it:
  Arrows lead from whoever can use something to what that gives: workload, ServiceAccount,
  binding, role. Grey is what every cluster has, dashed what is named but not in the input, red
  what is as good as cluster-admin.

Exit status:
  0  the graph is printed, even if it is empty
  2  wrong arguments or configuration, or something named that cannot be read
  3  no Kubernetes object anywhere";

/// Draw who may do what: workloads, ServiceAccounts, tokens, kubeconfigs, bindings, roles.
///
/// Shown is what the paths hold, with all that leads there and all that it leads to. That is looked up in the rest of the
/// repository. The options narrow it in the same way: with --identity you see what runs as a ServiceAccount, who has its
/// tokens and what it is given, but not who else is given that.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct GraphArgs {
    /// Files and folders; `-` is standard input.
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    paths: Vec<PathBuf>,
    /// Show only what has to do with this namespace; may be repeated. Objects that name none are taken to be in it, if it
    /// is the only one.
    #[arg(short, long, value_name = "NAME")]
    namespace: Vec<String>,
    /// Show only what has to do with this ServiceAccount (name, or namespace/name), user or group; may be repeated.
    #[arg(long, value_name = "NAME")]
    identity: Vec<String>,
    /// How to print it.
    #[arg(short = 'o', long, visible_alias = "output", value_name = "FORMAT", value_enum, default_value_t)]
    format: GraphFormat,
    #[command(flatten)]
    input: InputArgs,
}

impl GraphArgs {
    pub(super) fn run(&self, io: &mut Io<'_>) -> Result<Exit, Error> {
        let (survey, settings) = self.input.survey(&self.paths, self.settings(), io)?;
        let rights = Rights::new(&survey.world, settings.targets);
        let graph = self.narrowed(Graph::new(&rights), &survey);
        let drawing = Drawing { graph: &graph, sources: &survey.sources, summary: &survey.summary };
        let exit = inputs::exit(&survey.summary, &settings.flags);
        unless_closed(drawing.write(self.format, io.stdout))?;
        inputs::say_skipped(&survey.summary, false, io)?;
        if rights.is_cut {
            writeln!(
                io.stderr,
                "some ClusterRoles aggregate more others than can be followed: not all of those are drawn"
            )?;
        }
        if exit == Exit::Nothing {
            writeln!(io.stderr, "no Kubernetes object found")?;
        } else if graph.nodes.is_empty() {
            writeln!(io.stderr, "no such identity is defined or named")?;
        } else if self.format == GraphFormat::Mermaid && drawing.is_too_large_for_mermaid() {
            writeln!(
                io.stderr,
                "this is more than Mermaid draws by default: narrow it with --namespace or --identity, or use --format dot"
            )?;
        }
        Ok(exit)
    }

    /// What is asked for: by the paths, and by the options.
    fn narrowed<'w>(&self, graph: Graph<'w>, survey: &Survey) -> Graph<'w> {
        let is_asked_for = |node: &Node<'_>| node.place.is_some_and(|place| survey.is_asked_for(place));
        let mut graph = graph.around(is_asked_for);
        if !self.namespace.is_empty() {
            graph = graph.around(|node| match node.site {
                Site::Namespace(Some(own)) => self.namespace.iter().any(|namespace| namespace == own),
                _ => false,
            });
        }
        if !self.identity.is_empty() {
            graph = graph.around(|node| self.identity.iter().any(|identity| node.is_called(identity)));
        }
        graph
    }

    fn settings(&self) -> ConfigFile {
        let namespace = match &self.namespace[..] {
            [namespace] => Some(namespace.clone()),
            _ => None,
        };
        ConfigFile { namespace, ..ConfigFile::default() }
    }
}
