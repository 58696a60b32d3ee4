//! Text for people: every finding with its source, then a summary.

use std::io;

use miette::{GraphicalReportHandler, GraphicalTheme};

use super::page::Page;
use super::snippet::Picture;
use super::summary::summary;
use super::versions::by_version;
use super::view::places;
use super::{Reporter, SourceView, Unit, Views, escape, rule_url};
use crate::engine::Run;
use crate::finding::{Applicability, Finding, Place, Related, Severity};

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// Whether to use colours.
    pub color: bool,
    /// Whether rule names are links (OSC 8). Only for a terminal.
    pub links: bool,
    /// Columns of the terminal, to wrap messages at.
    pub width: usize,
    /// How much the summary says.
    pub verbosity: Verbosity,
    /// Whether to group findings by the Kubernetes versions for which they hold.
    pub by_version: bool,
}

/// How much the summary says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Nothing: only findings are printed.
    Quiet,
    /// Two lines.
    #[default]
    Normal,
    /// Also everything that was skipped, line by line.
    Verbose,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { color: false, links: false, width: 100, verbosity: Verbosity::Normal, by_version: false }
    }
}

/// Related places at most so many lines away are drawn in one picture with the finding's own; others below it.
const ONE_PICTURE: usize = 6;

/// Narrower than this nothing is wrapped.
const NARROWEST: usize = 40;

/// Writes findings as miette draws them, and a summary.
#[derive(Debug)]
pub struct Text {
    options: TextOptions,
    handler: GraphicalReportHandler,
}

impl Reporter for Text {
    fn write(&self, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
        let places = places(&run.findings).map(|place| (place.file, place.span));
        let views = Views::locating(&run.sources, []).showing(places);
        if self.options.by_version {
            for group in by_version(&run.findings) {
                writeln!(out, "{}\n", self.styled(HEADING, &group.heading()))?;
                group.findings.iter().try_for_each(|finding| self.write_finding(finding, &views, out))?;
            }
        } else {
            run.findings.iter().try_for_each(|finding| self.write_finding(finding, &views, out))?;
        }
        if self.options.verbosity > Verbosity::Quiet {
            let is_verbose = self.options.verbosity == Verbosity::Verbose;
            out.write_all(summary(run, is_verbose).as_bytes())?;
        }
        Ok(())
    }
}

impl Text {
    /// Text that looks as `options` say.
    pub fn new(options: TextOptions) -> Self {
        let theme = if options.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        // Wrapped here, at blanks only: a break inside a word could bring `::error::` to the start of a line.
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_wrap_lines(false);
        Self { options, handler }
    }

    fn write_finding(&self, finding: &Finding, views: &Views<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self.finding(finding, views)?.as_bytes())
    }

    fn finding(&self, finding: &Finding, views: &Views<'_>) -> io::Result<String> {
        let view = views.get(finding.place.file);
        let line = |place: &Place| view.region(place.span, Unit::Chars).line;
        let page = |place: &Place| view.page(place.span).map(Page::range);
        let is_near = |related: &&Related| {
            related.place.file == finding.place.file
                && page(&related.place) == page(&finding.place)
                && line(&related.place).abs_diff(line(&finding.place)) <= ONE_PICTURE
        };
        let (here, elsewhere): (Vec<_>, Vec<_>) = finding.related.iter().partition(is_near);
        let mut text = self.draw(&self.primary(finding, &view, &here))?;
        for related in elsewhere {
            text.push_str(&self.related(related, views)?);
        }
        for note in self.notes(finding) {
            text.extend(["  ", &self.styled(NOTE, "note: "), &note, "\n"]);
        }
        text.push('\n');
        Ok(text)
    }

    /// What is worth a line below the finding.
    fn notes(&self, finding: &Finding) -> impl Iterator<Item = String> {
        // In a group, its heading says so.
        let is_said = self.options.by_version || !finding.partial;
        let versions = (!is_said).then(|| format!("on Kubernetes {}", finding.kubernetes));
        let fix = finding.fix.as_ref().map(|fix| match fix.applicability {
            Applicability::Safe => "--fix mends it".to_owned(),
            Applicability::Unsafe => "--unsafe-fixes mends it; look at the result".to_owned(),
        });
        versions.into_iter().chain(fix)
    }

    fn primary<'v>(&self, finding: &Finding, view: &'v SourceView<'_>, here: &[&Related]) -> Picture<'v> {
        let mut headline = self.headline(finding);
        if view.text(finding.place.span).is_none() {
            headline.extend(["\nin ", &view.shown(), ", which cannot be read again"]);
        }
        let help = finding.help.as_ref().map(|help| self.wrap(&escape::line(help), "  help: ".len()));
        let mut picture =
            Picture::new(headline, look(finding.severity())).primary(view, finding.place.span).help(help);
        for related in here {
            picture.label(view, related.place.span, escape::line(&related.message));
        }
        picture
    }

    fn related(&self, related: &Related, views: &Views<'_>) -> io::Result<String> {
        let view = views.get(related.place.file);
        let message = self.wrap(&escape::line(&related.message), "  × ".len());
        self.draw(&Picture::new(message, miette::Severity::Advice).primary(&view, related.place.span))
    }

    /// `high[pinned-token-uid]: message`
    fn headline(&self, finding: &Finding) -> String {
        let id = finding.rule.id;
        let plain = format!("{}[{id}]: ", finding.severity());
        let wrapped = self.wrap(&format!("{plain}{}", escape::line(&finding.message)), "  × ".len());
        let name = if self.options.links {
            format!("\u{1b}]8;;{}\u{1b}\\{id}\u{1b}]8;;\u{1b}\\", rule_url(id))
        } else {
            id.to_owned()
        };
        let prefix = format!("{}[{name}]:", finding.severity());
        let message = wrapped.strip_prefix(plain.trim_end()).unwrap_or_default();
        format!("{}{message}", self.styled(color_of(finding.severity()), &prefix))
    }

    fn draw(&self, picture: &Picture<'_>) -> io::Result<String> {
        let mut text = String::new();
        self.handler.render_report(&mut text, picture).map_err(io::Error::other)?;
        Ok(text)
    }

    fn styled(&self, style: &str, text: &str) -> String {
        if self.options.color { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Breaks `text` at blanks so that it fits beside `indent` columns.
    fn wrap(&self, text: &str, indent: usize) -> String {
        let width = self.options.width.saturating_sub(indent).max(NARROWEST);
        let (mut wrapped, mut column) = (String::with_capacity(text.len()), 0);
        for word in text.split(' ') {
            let length = word.chars().count();
            if column > 0 {
                let is_full = column + 1 + length > width;
                wrapped.push(if is_full { '\n' } else { ' ' });
                column = if is_full { 0 } else { column + 1 };
            }
            wrapped.push_str(word);
            column += length;
        }
        wrapped
    }
}

fn look(severity: Severity) -> miette::Severity {
    match severity {
        Severity::Critical | Severity::High => miette::Severity::Error,
        Severity::Medium => miette::Severity::Warning,
        Severity::Low | Severity::Info => miette::Severity::Advice,
    }
}

/// Bold.
const HEADING: &str = "1";

/// Cyan, as miette's `help:`.
const NOTE: &str = "36";

/// Bold in the colour that miette gives the icon.
fn color_of(severity: Severity) -> &'static str {
    match look(severity) {
        miette::Severity::Error => "1;31",
        miette::Severity::Warning => "1;33",
        miette::Severity::Advice => "1;36",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    const QUIET: TextOptions = TextOptions {
        color: false,
        links: false,
        width: 100,
        verbosity: Verbosity::Quiet,
        by_version: false,
    };

    #[test]
    fn a_finding_is_drawn_with_its_places_and_notes() {
        let mut run = testing::run();
        run.findings.truncate(1);
        let drawn = "  × high[pinned-token-uid]: this token Secret pins the UID of its ServiceAccount
   ╭─[deploy/secret.yaml:8:5]
 6 │   annotations:
 7 │     kubernetes.io/service-account.name: web
   ·     ─────────────────┬────────────────
   ·                      ╰── this names the ServiceAccount
 8 │     kubernetes.io/service-account.uid: 11111111-2222-3333-4444-555555555555
   ·     ─────────────────────────────────
 9 │ type: kubernetes.io/service-account-token
   ╰────
  help: remove the annotation; the token controller writes it
  ☞ ServiceAccount web is defined here
   ╭─[deploy/other.yaml:4:3]
 4 │   name: web
   ·   ─────────
   ╰────
  note: on Kubernetes 1.24 and later
  note: --fix mends it

";
        assert_eq!(testing::report(&Text::new(QUIET), &run), drawn);
    }

    #[test]
    fn a_heading_says_the_versions_once() {
        let mut run = testing::run();
        run.findings.truncate(1);
        let grouped = testing::report(&Text::new(TextOptions { by_version: true, ..QUIET }), &run);
        let plain = testing::report(&Text::new(QUIET), &run);
        let rest = grouped.strip_prefix("Kubernetes 1.24 and later: 1 finding\n\n").unwrap();
        assert_eq!(rest, plain.replace("  note: on Kubernetes 1.24 and later\n", ""));
    }

    #[test]
    fn links_and_colours_only_when_asked_for() {
        let run = testing::run();
        assert!(!testing::report(&Text::new(QUIET), &run).contains('\u{1b}'));
        let linked = testing::report(&Text::new(TextOptions { links: true, ..QUIET }), &run);
        let link =
            format!("\u{1b}]8;;{}\u{1b}\\pinned-token-uid\u{1b}]8;;\u{1b}\\", rule_url("pinned-token-uid"));
        assert!(linked.contains(&link) && !linked.contains("\u{1b}["), "{linked:?}");
        let colored = testing::report(&Text::new(TextOptions { color: true, ..QUIET }), &run);
        assert!(colored.contains("\u{1b}[1;31mhigh[pinned-token-uid]:\u{1b}[0m"), "{colored:?}");
    }

    #[test]
    fn messages_are_wrapped_at_blanks() {
        let text = Text::new(TextOptions { width: 44, ..QUIET });
        let long = "x".repeat(50);
        for (written, wrapped) in [
            ("one two", "one two".to_owned()),
            (&*format!("one {long} two"), format!("one\n{long}\ntwo")),
            (&*"four ".repeat(9), format!("{}\n{} ", ["four"; 8].join(" "), "four")),
        ] {
            assert_eq!(text.wrap(written, 4), wrapped);
        }
    }
}
