//! The command line: one file per verb.

mod audit;
mod can_i;
mod check;
mod completions;
mod config;
mod exit;
mod explain;
mod graph;
mod identities;
mod init;
mod inputs;
mod io;
mod mend;
mod output;
mod question;
mod rules;
mod statistics;
mod survey;
mod token;
mod who_can;

use std::panic::{AssertUnwindSafe, catch_unwind};

use clap::{Parser, Subcommand};
use miette::{GraphicalReportHandler, GraphicalTheme};

pub use can_i::CanIArgs;
pub use check::CheckArgs;
pub use completions::CompletionsArgs;
pub use config::ConfigArgs;
pub use exit::Exit;
pub use explain::ExplainArgs;
pub use graph::GraphArgs;
pub use identities::IdentitiesArgs;
pub use io::{ColorChoice, Environment, Io};
pub use rules::RulesArgs;
pub use token::TokenArgs;
pub use who_can::WhoCanArgs;

use crate::error::Error;
use crate::report::{escape, without_secrets};

const EXAMPLES: &str = "\
Examples:
  saudit check                        audit this repository
  helm template . | saudit check -    audit what Helm renders
  saudit identities                   who uses which ServiceAccount, with what token
  saudit can-i get secrets --as system:serviceaccount:ci:builder
                                      what it may do, and why
  saudit who-can get secrets          who may read Secrets
  saudit graph | dot -Tsvg            the same as a picture, with what each may do
  saudit token ~/.kube/config         whose token it is, and until when
  saudit explain long-lived-token-secret

Exit status:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on
  2  wrong arguments or configuration, or something named that cannot be read or written
  3  no Kubernetes object anywhere (--allow-empty: 0)";

/// Audits Kubernetes ServiceAccounts, their tokens and the names that point at them, before they reach a cluster.
///
/// saudit reads files. It never talks to a cluster or the network.
#[derive(Clone, Debug, Parser)]
#[command(name = "saudit", version, after_help = EXAMPLES, arg_required_else_help = true)]
#[command(disable_help_subcommand = true)]
pub struct Args {
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, env = "SAUDIT_COLOR")]
    color: ColorChoice,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Clone, Debug, Subcommand)]
enum Verb {
    Check(Box<CheckArgs>),
    Identities(Box<IdentitiesArgs>),
    CanI(Box<CanIArgs>),
    WhoCan(Box<WhoCanArgs>),
    Graph(Box<GraphArgs>),
    Token(TokenArgs),
    Rules(RulesArgs),
    Explain(ExplainArgs),
    /// Write a commented saudit.yaml into the working directory.
    Init,
    Config(ConfigArgs),
    Completions(CompletionsArgs),
}

impl Args {
    /// The arguments of this process. Where they are wrong, or ask for help, that is printed and the process ends. What
    /// looks like a credential is not repeated, and nothing in them acts on a terminal or a CI runner: the name of a
    /// branch may be a stranger's.
    pub fn of_process() -> Self {
        Self::try_parse().unwrap_or_else(|error| {
            let said = error.render().to_string();
            let hidden = without_secrets(&said);
            let shown = escape::neutral(&hidden);
            if !error.use_stderr() || shown == said {
                error.exit();
            }
            let _ = std::io::Write::write_all(&mut std::io::stderr(), shown.as_bytes());
            std::process::exit(Exit::Failure as i32)
        })
    }
}

/// Runs the command. What goes wrong is said on standard error; where that is a mistake of saudit itself, by the panic
/// hook.
pub fn run(args: &Args, io: &mut Io<'_>) -> Exit {
    catch_unwind(AssertUnwindSafe(|| run_verb(args, io))).unwrap_or(Exit::Failure)
}

fn run_verb(args: &Args, io: &mut Io<'_>) -> Exit {
    let outcome = match &args.verb {
        Verb::Check(check) => check.run(args.color, io),
        Verb::Identities(identities) => identities.run(io),
        Verb::CanI(question) => question.run(io),
        Verb::WhoCan(question) => question.run(io),
        Verb::Graph(graph) => graph.run(io),
        Verb::Token(token) => token.run(io),
        Verb::Rules(rules) => rules.run(io),
        Verb::Explain(explain) => explain.run(args.color, io),
        Verb::Init => init::run(io),
        Verb::Config(config) => config.run(io),
        Verb::Completions(completions) => completions.run(io),
    };
    let outcome = outcome.and_then(|exit| io.flush().map(|()| exit));
    outcome.unwrap_or_else(|error| {
        complain(&error, io);
        Exit::Failure
    })
}

/// Prints an error on standard error; if even that fails there is nobody left to tell. What the error quotes may come
/// from a stranger's configuration, so that nothing but text is let through.
fn complain(error: &Error, io: &mut Io<'_>) {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
    let mut text = String::new();
    if handler.with_links(false).with_wrap_lines(false).render_report(&mut text, error).is_err() {
        text = format!("{error}\n");
    }
    let _ = io.stderr.write_all(escape::neutral(&without_secrets(&text)).as_bytes());
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_mistake_of_saudit_is_a_failure_and_no_finding() {
        struct Mistaken;
        impl std::io::Read for Mistaken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                panic!("a mistake of saudit")
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let environment =
            Environment { cwd: folder.path().canonicalize().unwrap(), ..Environment::default() };
        let (stdout, stderr) = (&mut Vec::new(), &mut Vec::new());
        let mut io = Io { stdin: &mut Mistaken, stdout, stderr, environment };
        let args = Args::try_parse_from(["saudit", "check", "-"]).unwrap();
        assert_eq!(run(&args, &mut io), Exit::Failure);
        assert!(stderr.is_empty(), "nothing else went wrong");
    }

    #[test]
    fn every_argument_is_explained() {
        let mut commands = vec![Args::command()];
        while let Some(command) = commands.pop() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
