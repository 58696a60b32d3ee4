//! Suppressions in text that is not read as YAML: scripts, documentation, and what stands in scalars.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::below::Below;
use super::{Directive, Place, Span, Suppression, WHOLE_FILE, collect, without_mark};
use crate::engine::scripts::reads_samples;
use crate::k8s::Manifest;
use crate::rules::{self, Rule};
use crate::script::{Language, Script};

const MARK: &str = "saudit:";

static FINDER: LazyLock<memmem::Finder<'_>> = LazyLock::new(|| memmem::Finder::new(MARK));

/// Adds what comments of a script say. In Markdown those are the ones of HTML, and those of the code in its blocks.
pub(in super::super) fn add_from_script(script: &Script<'_>, found: &mut Vec<Suppression>) {
    add_from_text(script, |_| true, found);
}

/// Adds what comments inside the scalars of a document say about rules that look there.
pub(in super::super) fn add_from_document(script: &Script<'_>, found: &mut Vec<Suppression>) {
    add_from_text(script, |rule| rule.speaks_of_scripts() || reads_samples(rule), found);
}

/// Adds what comments and annotations of a manifest in a script say, as if it stood in a file of its own.
pub(in super::super) fn add_from_sample(
    script: &Script<'_>,
    manifest: &Manifest<'_>,
    text: &str,
    found: &mut Vec<Suppression>,
) {
    if !text.get(manifest.document.span.range()).is_some_and(|text| text.contains("saudit")) {
        return;
    }
    let is_sample = script.language.is_documentation();
    found.extend(collect(manifest, text, None).into_iter().map(|suppression| {
        let whole_file = is_sample && suppression.scope == WHOLE_FILE;
        let scope = if whole_file { manifest.document.span } else { suppression.scope };
        // The text around it has a syntax of its own, which an edit might break.
        Suppression { scope, is_sample, removal: None, ..suppression }
    }));
}

/// Adds what comments say about the rules that are `wanted`. A comment covers its line, or
/// where it is alone on it, also what stands below.
fn add_from_text(script: &Script<'_>, wanted: impl Fn(&'static Rule) -> bool, found: &mut Vec<Suppression>) {
    let text = script.text.as_str();
    if FINDER.find(text.as_bytes()).is_none() {
        return;
    }
    let known: HashSet<Span> = found.iter().map(|suppression| suppression.place.span).collect();
    let mut below = Below::new(script);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let block = || script.code_block(start).map(|block| block.range.clone());
        if let Some(((comment, is_alone), block)) = comment_in(line).map(|comment| (comment, block()))
            && is_comment(script, line, block.as_ref())
        {
            let until = if is_alone { below.end(end) } else { end };
            let written = Written {
                comment: start + comment.start..start + comment.end,
                scope: start..until.min(block.as_ref().map_or(until, |block| block.end)),
                block,
            };
            let added = written.read(script, &wanted);
            found.extend(added.filter(|suppression| !known.contains(&suppression.place.span)));
        }
        start = end;
    }
}

/// Whether what looks like one is a comment: outside of code Markdown has only those of HTML and MDX.
fn is_comment(script: &Script<'_>, line: &str, block: Option<&Range<usize>>) -> bool {
    let is_behind =
        |open: &&str| line.find(*open).zip(line.find(MARK)).is_some_and(|(open, mark)| open < mark);
    script.language != Language::Markdown || block.is_some() || ["<!--", "/*"].iter().any(is_behind)
}

/// A comment for saudit, in bytes of a script's text.
struct Written {
    comment: Range<usize>,
    scope: Range<usize>,
    /// The block of code of documentation around it.
    block: Option<Range<usize>>,
}

impl Written {
    /// What it says about the rules that are wanted.
    fn read<'w>(
        self,
        script: &'w Script<'_>,
        wanted: &'w impl Fn(&'static Rule) -> bool,
    ) -> impl Iterator<Item = Suppression> + 'w {
        let directive = script.text.as_str().get(self.comment.clone()).and_then(Directive::parse);
        directive.into_iter().flat_map(move |directive| {
            let Directive { whole_file, until, has_reason, .. } = directive;
            let scope = match &self.block {
                _ if !whole_file => script.text.outer(self.scope.clone()),
                None => WHOLE_FILE,
                Some(block) => script.text.outer(block.clone()),
            };
            let (start, is_sample) = (self.comment.start, self.block.is_some());
            directive.ids.into_iter().filter_map(move |id| {
                let id = start + id.start..start + id.end;
                let rule = script.text.as_str().get(id.clone())?.to_owned();
                let is_wanted = rules::find(&rule).is_some_and(wanted);
                let span = script.text.outer(id);
                let place = Place { file: script.file, span, path: format!("#{rule}"), object: None };
                is_wanted.then_some(Suppression {
                    rule,
                    scope,
                    place,
                    removal: None,
                    until,
                    has_reason,
                    in_template: false,
                    is_sample,
                    used: false,
                })
            })
        })
    }
}

/// The comment for saudit in a line, from its mark (`#`, `//`, `/*`, `<!--`, `..`) to its end, and whether nothing stands before
/// it.
pub(super) fn comment_in(line: &str) -> Option<(Range<usize>, bool)> {
    let marker = line.find(MARK)?;
    let (before, rest) = line.split_at_checked(marker)?;
    let rest = rest.trim_end();
    let until = |end: &str| rest.find(end).unwrap_or(rest.len());
    let (start, length) = if let Some(start) = before.rfind("<!--") {
        (start, until("-->"))
    } else if let Some(start) = before.rfind("/*") {
        (start, until("*/"))
    } else if before.trim() == ".." {
        (before.find("..")?, rest.len())
    } else {
        (before.rfind('#').or_else(|| before.rfind("//"))?, rest.len())
    };
    let before = without_mark(before.get(..start)?).trim();
    let is_alone = ["", "{{-", "{{", "{", ">", ">>", ".."].contains(&before);
    Some((start..marker + length, is_alone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileId;
    use crate::yaml::Text;

    const ID: &str = "helm-gate-string-compare";

    /// What the one comment of a file covers.
    fn covered(path: &str, file: &str) -> Option<String> {
        let text = Text::slice(file, 0);
        let script = Script::new(FileId(0), path, &text);
        let mut found = Vec::new();
        add_from_text(&script, |rule| rule.id == ID, &mut found);
        let scope = found.first().and_then(|suppression| file.get(suppression.scope.range()));
        let again = found.len();
        add_from_text(&script, |rule| rule.id == ID, &mut found);
        assert_eq!(found.len(), again, "what is known is not added");
        scope.map(|scope| scope.replace(ID, "ID"))
    }

    #[test]
    fn a_comment_covers_its_line_or_the_next() {
        for (text, expected) in [
            ("a\n{{ if .x }} # saudit: ignore[ID]\nb\n", Some("{{ if .x }} # saudit: ignore[ID]\n")),
            ("{{- /* saudit: ignore[ID] */ -}}\nb\nc\n", Some("{{- /* saudit: ignore[ID] */ -}}\nb\n")),
            ("a\n  # saudit: ignore[ID]\n  b\nc", Some("  # saudit: ignore[ID]\n  b\n")),
            ("b {{/* saudit: ignore[ID] */}}", Some("b {{/* saudit: ignore[ID] */}}")),
            ("saudit: ignore[ID]\nb\n", None),
            ("// saudit: ignore[ID]\nb\nc", Some("// saudit: ignore[ID]\nb\n")),
            ("# saudit: ignore[ID]\nb \\\n  c\nd", Some("# saudit: ignore[ID]\nb \\\n  c\n")),
            ("# saudit: ignore[ID]\nb <<E\nc\nE\nd", Some("# saudit: ignore[ID]\nb <<E\nc\nE\n")),
            ("# saudit: ignore[ID]\nb 'c\nd'\ne", Some("# saudit: ignore[ID]\nb 'c\nd'\n")),
            (
                "# saudit: ignore[ID]\n# saudit: ignore[x]\nb\nc",
                Some("# saudit: ignore[ID]\n# saudit: ignore[x]\nb\n"),
            ),
            ("# saudit: ignore[wrong-type]\nb\n", None),
        ] {
            let found = covered("a.sh", &text.replace("ID", ID));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_comment_in_documentation_covers_the_block_below() {
        for (path, text, expected) in [
            ("a.md", "<!-- saudit: ignore[ID] -->\nb\nc", Some("<!-- saudit: ignore[ID] -->\nb\n")),
            (
                "a.md",
                "<!-- saudit: ignore[ID] -->\n\n```sh\nb\n```\nc",
                Some("<!-- saudit: ignore[ID] -->\n\n```sh\nb\n```\n"),
            ),
            (
                "a.md",
                "<!-- saudit: ignore[ID] -->\n\n    b\n\n    c\nd",
                Some("<!-- saudit: ignore[ID] -->\n\n    b\n\n    c\n"),
            ),
            (
                "a.mdx",
                "{/* saudit: ignore[ID] */}\n```\nb\n```\nc",
                Some("{/* saudit: ignore[ID] */}\n```\nb\n```\n"),
            ),
            ("a.md", "# saudit: ignore[ID]\nb\n", None),
            ("a.md", "```sh\n# saudit: ignore[ID]\nb\nc\n```\n", Some("# saudit: ignore[ID]\nb\n")),
            ("a.md", "```sh\nb # saudit: ignore[ID]\n```\nc\n", Some("b # saudit: ignore[ID]\n")),
            ("a.md", "```sh\n# saudit: ignore[ID]\n```\nc\n", Some("# saudit: ignore[ID]\n")),
            ("a.md", "```sh\nb\n# saudit: file-ignore[ID]\n```\nc\n", Some("b\n# saudit: file-ignore[ID]\n")),
            (
                "a.adoc",
                "// saudit: ignore[ID]\n.Title\n[source,sh]\n----\nb\n\nc\n----\nd\n",
                Some("// saudit: ignore[ID]\n.Title\n[source,sh]\n----\nb\n\nc\n----\n"),
            ),
            ("a.adoc", "// saudit: ignore[ID]\n....\nb\n", Some("// saudit: ignore[ID]\n....\nb\n")),
            ("a.adoc", "// saudit: ignore[ID]\nb\nc\n", Some("// saudit: ignore[ID]\nb\n")),
            (
                "a.rst",
                ".. saudit: ignore[ID]\n\n.. code-block:: sh\n\n   b\n\n   c\nd\n",
                Some(".. saudit: ignore[ID]\n\n.. code-block:: sh\n\n   b\n\n   c\n"),
            ),
        ] {
            let found = covered(path, &text.replace("ID", ID));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_end_of_a_comment_is_no_reason() {
        for (line, has_reason) in
            [("{{/* saudit: ignore[r] */}}", false), ("{{/* saudit: ignore[r] old */}}", true)]
        {
            let (comment, _) = comment_in(line).unwrap();
            let directive = Directive::parse(line.get(comment).unwrap()).unwrap();
            assert_eq!(directive.has_reason, has_reason, "{line}");
        }
    }
}
