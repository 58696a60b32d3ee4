//! `saudit can-i`: what somebody may do.

use clap::Args;

use super::io::unless_closed;
use super::question::{self, ScopeArgs, SourceArgs, Understood, rights, understand};
use super::{Exit, Io, inputs};
use crate::config::Settings;
use crate::engine::Survey;
use crate::error::Error;
use crate::report::{Answer, Asked, Question, RightsFormat, RightsReport};
use crate::world::Referent;
use crate::world::rbac::{
    Decision, Granter, Held, MASTERS, Request, Requester, Rights, RoleGrant, Scope, Subject,
};

/// Bindings that allow something elsewhere: more are not named.
const MANY: usize = 3;

const EXAMPLES: &str = "\
Examples:
  saudit can-i get secrets --as system:serviceaccount:ci:builder
  saudit can-i create pods --subresource exec --as system:serviceaccount:ci:builder -n prod
  saudit can-i list deployments.apps -A --as jane --as-group devs -f deploy/
  saudit can-i get configmaps/settings --as system:serviceaccount:ci:builder
  helm template . | saudit can-i get /metrics --as system:serviceaccount:ci:builder -f -
  saudit can-i --list --as system:serviceaccount:ci:builder
                                                 all that it may do, and where

Exit status:
  0  yes; with --list, the rights are printed
  1  no
  2  wrong arguments or configuration, or something named that cannot be read
  3  no, but a role that is bound is not in the input, or no Kubernetes object is";

/// Say whether a ServiceAccount, user or group may do something, and which binding and rule allow it.
///
/// Bindings are read from the files that -f names; roles that these do not hold are looked up in the rest of the repository,
/// and what every cluster has by itself is known. Types are written as for `kubectl auth
/// can-i`: pods, po, deployments.apps, jobs.batch/nightly, /metrics. Without -n the question is about the namespace of the
/// ServiceAccount, else about `default`.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CanIArgs {
    /// get, list, watch, create, update, patch, delete, impersonate, bind … or `*`.
    #[arg(value_name = "VERB", required_unless_present = "list")]
    verb: Option<String>,
    /// What to do it with: TYPE[.GROUP][/NAME] or a path such as /metrics.
    #[arg(value_name = "TYPE", required_unless_present = "list")]
    what: Option<String>,
    /// Who asks: system:serviceaccount:NAMESPACE:NAME, or a user.
    #[arg(long = "as", value_name = "USER")]
    user: String,
    /// A group of theirs, besides those that Kubernetes puts them in; may be repeated.
    #[arg(long = "as-group", value_name = "GROUP")]
    groups: Vec<String>,
    #[command(flatten)]
    scope: ScopeArgs,
    /// List all that they may do; with -n, in that namespace and with what has none.
    #[arg(long, conflicts_with_all = ["verb", "what", "quiet", "all_namespaces", "subresource"])]
    list: bool,
    /// Print no header above the list.
    #[arg(long, conflicts_with_all = ["verb", "what"])]
    no_headers: bool,
    /// Print nothing: the exit status says it.
    #[arg(short, long)]
    quiet: bool,
    /// How to print the answer.
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    output: RightsFormat,
    #[command(flatten)]
    source: SourceArgs,
}

impl CanIArgs {
    pub(super) fn run(&self, io: &mut Io<'_>) -> Result<Exit, Error> {
        let (survey, settings) = self.source.survey(io)?;
        let rights = rights(&survey, &settings);
        let requester = Requester::user(&self.user, self.groups.iter().map(String::as_str));
        let exit = match (&self.verb, &self.what) {
            (Some(verb), Some(what)) => {
                let home = requester.account.as_ref().and_then(|account| account.namespace.as_deref());
                let chosen = home.or(settings.namespace.as_deref()).unwrap_or("default");
                let understood = understand(verb, what, &self.scope, Some(chosen), &rights)?;
                self.answer(&understood, &requester, &rights, &survey, io)?
            }
            _ => self.list(&requester, &rights, &survey, io)?,
        };
        inputs::say_skipped(&survey.summary, false, io)?;
        Ok(conclude(exit, &survey, &settings))
    }

    fn answer(
        &self,
        Understood { question, warnings }: &Understood,
        requester: &Requester<'_>,
        rights: &Rights<'_>,
        survey: &Survey,
        io: &mut Io<'_>,
    ) -> Result<Exit, Error> {
        let (is_master, unknown, exit) = match rights.decide(requester, &question.request) {
            Decision::Master => (true, Vec::new(), Exit::Clean),
            Decision::Allowed(_) => (false, Vec::new(), Exit::Clean),
            Decision::Denied { unknown } if unknown.is_empty() && !survey.has_unread() => {
                (false, unknown, Exit::Findings)
            }
            Decision::Denied { unknown } => (false, unknown, Exit::Nothing),
        };
        if self.quiet {
            return Ok(exit);
        }
        question::warn(warnings, io)?;
        let chains = rights.chains(requester, &question.request);
        let has_unread = survey.has_unread();
        let mut notes = match exit {
            Exit::Clean => Vec::new(),
            _ => notes(requester, question, rights),
        };
        if has_unread && exit != Exit::Clean {
            notes.push("a document could not be read, and may say otherwise: see `saudit check`".to_owned());
        }
        let answer = Answer::CanI { question, requester, chains, unknown, is_master, has_unread };
        let report = RightsReport { answer, notes, sources: &survey.sources, summary: &survey.summary };
        unless_closed(report.write(self.output, io.stdout))?;
        Ok(exit)
    }

    fn list(
        &self,
        requester: &Requester<'_>,
        rights: &Rights<'_>,
        survey: &Survey,
        io: &mut Io<'_>,
    ) -> Result<Exit, Error> {
        let namespace = self.scope.namespace.as_deref();
        let list = rights.list(requester, namespace);
        let mut warnings: Vec<_> = list.unknown.iter().map(|grant| incomplete(grant)).collect();
        warnings.extend(list.is_cut.then(|| "the list is cut: there is more than can be listed".to_owned()));
        warnings.extend(nobody(requester, rights));
        question::warn(&warnings, io)?;
        let answer = Answer::List { requester, namespace, list, has_header: !self.no_headers };
        let (sources, summary) = (&survey.sources, &survey.summary);
        unless_closed(
            RightsReport { answer, notes: Vec::new(), sources, summary }.write(self.output, io.stdout),
        )?;
        Ok(Exit::Clean)
    }
}

/// How the command ends: what cannot be read weighs more than the answer, and a no says little if nothing was read.
fn conclude(answer: Exit, survey: &Survey, settings: &Settings) -> Exit {
    match inputs::exit(&survey.summary, &settings.flags) {
        Exit::Failure => Exit::Failure,
        Exit::Nothing if answer != Exit::Clean => Exit::Nothing,
        _ => answer,
    }
}

fn incomplete(grant: &RoleGrant<'_>) -> String {
    let (kind, name) = (grant.role.kind(), grant.role.name);
    let why = if grant.role.is_missing() { "is not in the input" } else { "was read in part" };
    format!("the list may be incomplete: {kind} {name} {why}")
}

/// What may explain a no.
fn notes(requester: &Requester<'_>, question: &Question, rights: &Rights<'_>) -> Vec<String> {
    let held = rights.held_by(requester);
    let elsewhere = held.iter().filter(|held| held.grant.rule_for(&question.request).is_some());
    let places: Vec<_> = elsewhere.filter_map(|held| only_in(held, requester, question)).collect();
    nobody(requester, rights).into_iter().chain(places.into_iter().take(MANY)).collect()
}

/// Where a binding allows what is asked about, if not there.
fn only_in(held: &Held<'_, '_>, requester: &Requester<'_>, question: &Question) -> Option<String> {
    let Granter::Written(binding) = held.grant.binding else { return None };
    let Scope::Namespace(namespace) = held.scope(requester) else { return None };
    let binding = format!("{}/{}", binding.object.kind, binding.object.name);
    match &question.request {
        Request::Url { .. } => {
            return Some(format!("{binding} does not allow it: paths are for ClusterRoleBindings only"));
        }
        Request::Resource(request) if question.place == Asked::Cluster => {
            let resource = &request.resource;
            return Some(format!(
                "{binding} does not allow it: {resource} have no namespace, and it is for one"
            ));
        }
        Request::Resource(_) => {}
    }
    let namespace = namespace?;
    Some(match held.grant.scope {
        Scope::Namespace(None) => {
            format!(
                "{binding} allows it only in its namespace, which it does not write; taken for {namespace}"
            )
        }
        _ => format!("{binding} allows it only in namespace {namespace}"),
    })
}

/// Whether nothing in the input has to do with who asks, but for groups that all are in.
fn nobody(requester: &Requester<'_>, rights: &Rights<'_>) -> Option<String> {
    let is_own = |held: &Held<'_, '_>| match held.subject {
        Subject::Account(_) => true,
        Subject::Principal(principal) => !(principal.is_group && principal.name.text.starts_with("system:")),
        Subject::BuiltIn(binding) => binding.subject_kind != "Group",
    };
    let account = requester.account.as_ref();
    let is_defined = account.is_some_and(|it| rights.world.defines(Referent::ServiceAccount, &it.name));
    let is_known = is_defined || requester.is_in(MASTERS) || rights.held_by(requester).iter().any(is_own);
    (!is_known).then(|| format!("nothing in the input has to do with {}", requester.user))
}
