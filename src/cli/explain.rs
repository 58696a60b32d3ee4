//! `saudit explain`: a rule's page.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use clap::Args;
use termimad::MadSkin;

use super::{ColorChoice, Environment, Exit, Io};
use crate::config::rule_named;
use crate::error::Error;
use crate::rules::Meta;

/// Lines longer than this are hard to read.
const WIDEST: usize = 100;

/// Explain a rule: what it reports, why it matters and what to do.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:\n  saudit explain long-lived-token-secret\n\n\
    On a terminal the page is shown in $PAGER, or less.")]
pub struct ExplainArgs {
    /// The rule's id, or a former id.
    #[arg(value_name = "RULE")]
    rule: String,
}

impl ExplainArgs {
    pub(super) fn run(&self, color: ColorChoice, io: &mut Io<'_>) -> Result<Exit, Error> {
        let page = page(rule_named(&self.rule)?.meta());
        if !io.environment.stdout_is_terminal && color != ColorChoice::Always {
            io.print(&page)?;
            return Ok(Exit::Clean);
        }
        let text = render(&page, io.environment.colors_stdout(color));
        if !io.environment.stdout_is_terminal || show_in_pager(&text, &io.environment).is_none() {
            io.print(&text)?;
        }
        Ok(Exit::Clean)
    }
}

/// The page as Markdown, with what its front matter says on top.
fn page(meta: &Meta) -> String {
    let mut text = format!("# {}\n\n{}\n\n", meta.id, meta.title);
    let fix = meta.fix.map_or("none".to_owned(), |fix| fix.to_string());
    let _ = writeln!(text, "- group {} · severity {} · for {}", meta.group, meta.severity, meta.persona);
    let _ = writeln!(text, "- confidence {} · fix {fix} · since {}", meta.confidence, meta.since);
    let _ = writeln!(text, "- Kubernetes {}", meta.kubernetes);
    if !meta.aliases.is_empty() {
        let _ = writeln!(text, "- formerly {}", meta.aliases.join(", "));
    }
    let standards = standards(meta);
    if !standards.is_empty() {
        let _ = writeln!(text, "- {}", standards.join(" · "));
    }
    let _ = writeln!(text, "\n{}", meta.body);
    text
}

fn standards(meta: &Meta) -> Vec<String> {
    let cwe = meta.cwe.iter().map(|number| format!("CWE-{number}"));
    let cis = meta.cis.iter().map(|control| format!("CIS {control}"));
    let owasp = meta.owasp.iter().map(|entry| format!("OWASP {entry}"));
    let mitre = meta.mitre.iter().map(|technique| format!("ATT&CK {technique}"));
    cwe.chain(cis).chain(owasp).chain(mitre).collect()
}

fn render(markdown: &str, color: bool) -> String {
    let skin = if color { MadSkin::default() } else { MadSkin::no_style() };
    let width = usize::from(termimad::terminal_size().0).min(WIDEST);
    skin.text(markdown, Some(width)).to_string()
}

/// Shows text in the user's pager. `None` if there is none that works; then nothing was shown.
fn show_in_pager(text: &str, environment: &Environment) -> Option<()> {
    let pager = environment.pager.as_deref().unwrap_or("less -FRX");
    let mut words = pager.split_whitespace();
    let mut child = Command::new(words.next()?).args(words).stdin(Stdio::piped()).spawn().ok()?;
    // Whoever leaves the pager early has read enough.
    let _ = child.stdin.take()?.write_all(text.as_bytes());
    child.wait().ok().map(|_| ())
}
