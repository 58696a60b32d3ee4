//! Tabs in indentation: the mistake that is found most and seen least.

use std::ops::Range;

use super::document::{Problem, SyntaxError, read};
use super::text::Text;
use super::tree::{Kind, Style, Tree};
use crate::span::Edit;

/// How many spaces a tab may stand for, besides the step of the file itself.
const WIDTHS: [usize; 3] = [2, 4, 8];

/// Documents with more tabs are not mended.
const MOST_TABS: usize = 10_000;

/// The error for a document that cannot be read. If it can be once its leading tabs are spaces, they are the cause.
pub(super) fn explain(text: &Text<'_>, problem: Problem) -> SyntaxError {
    let source = text.as_str();
    let tabs: Vec<_> = leading_tabs(source).take(MOST_TABS).collect();
    let Some(first) = tabs.first().cloned() else { return problem.into_error(text) };
    let widths = widths(source).filter(|_| tabs.len() < MOST_TABS);
    let candidates: Vec<_> = widths.filter_map(|width| Candidate::new(source, &tabs, width)).collect();
    let named = Problem::new(first, "a tab indents this line; YAML allows only spaces");
    let Some(chosen) = candidates.first() else {
        // Something else is wrong as well; what comes first is said.
        let earlier = problem.bytes.start < named.bytes.start;
        return if earlier { problem.into_error(text) } else { named.into_error(text) };
    };
    let mut error = named.help("replace the tabs with spaces").into_error(text);
    let only_leading =
        source.bytes().filter(|byte| *byte == b'\t').count() == tabs.iter().map(Range::len).sum::<usize>();
    let same = candidates.iter().all(|candidate| candidate.tree.is_same(&chosen.tree));
    let exact = tabs.iter().all(|tab| text.is_exact(tab.clone()));
    if only_leading && same && exact && !chosen.changes_values(&tabs) {
        let edit =
            |tab: &Range<usize>| Edit::replace(text.outer(tab.clone()), " ".repeat(tab.len() * chosen.width));
        error.repair = tabs.iter().map(edit).collect();
    }
    error
}

/// The document with spaces for tabs.
struct Candidate {
    width: usize,
    tree: Tree<'static>,
}

impl Candidate {
    fn new(source: &str, tabs: &[Range<usize>], width: usize) -> Option<Self> {
        let mut mended = String::with_capacity(source.len() + tabs.len() * width);
        let mut from = 0;
        for tab in tabs {
            mended.push_str(source.get(from..tab.start)?);
            mended.extend(std::iter::repeat_n(' ', tab.len() * width));
            from = tab.end;
        }
        mended.push_str(source.get(from..)?);
        let tree = read(&mended).ok()?.finish(Text::pieced(mended, Vec::new()));
        Some(Self { width, tree })
    }

    /// Whether one of the tabs is part of a text (a script in a block scalar): there it may be meant.
    fn changes_values(&self, tabs: &[Range<usize>]) -> bool {
        let mut grown = 0;
        let mut texts = self.tree.nodes().filter(|node| {
            node.kind() == Kind::Scalar && node.scalar().is_some_and(|scalar| scalar.style() != Style::Plain)
        });
        let mut text = texts.next();
        tabs.iter().any(|tab| {
            let at = tab.start + grown;
            grown += tab.len() * (self.width - 1);
            while text.is_some_and(|text| text.inner().end <= at) {
                text = texts.next();
            }
            text.is_some_and(|text| text.inner().start < at)
        })
    }
}

/// The runs of tabs in the indentation of lines, blank lines included.
fn leading_tabs(source: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    source.split_inclusive('\n').flat_map(move |line| {
        let from = start;
        start += line.len();
        let blank = line.trim_start_matches([' ', '\t']);
        let leading = line.get(..line.len() - blank.len()).unwrap_or_default();
        tab_runs(leading).map(move |run| from + run.start..from + run.end)
    })
}

fn tab_runs(leading: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + leading.get(at..)?.find('\t')?;
        let rest = leading.get(start..)?;
        at = start + rest.find(' ').unwrap_or(rest.len());
        Some(start..at)
    })
}

/// The widths to try, the file's own step first.
fn widths(source: &str) -> impl Iterator<Item = usize> {
    let own =
        source.lines().map(|line| line.len() - line.trim_start_matches(' ').len()).find(|step| *step > 0);
    let own = own.filter(|step| *step <= 8);
    own.into_iter().chain(WIDTHS.into_iter().filter(move |width| Some(*width) != own))
}
