//! The fast path and the full parser read alike, and as libyaml does.
//!
//! Of two kinds of difference only one is a mistake everywhere: what is read must be what libyaml reads. Where saudit
//! reads what libyaml refuses, the odd forms that nobody could mistake are left out (`is_harmless`); refusing more than
//! libyaml is told by `invalid-yaml` with a place, and not looked at.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saudit::yaml::producers::{read_fast, read_full};
use saudit::yaml::{Kind, Node, Tree, split};
use saudit_fuzz::referee::{events, judge};
use saudit_fuzz::text;

fuzz_target!(|data: &[u8]| {
    let Some(text) = text(data) else { return };
    // libyaml's work grows with the square of the nesting.
    if text.matches(['[', '{']).count() > 1000 {
        return;
    }
    for chunk in split(&text) {
        compare(&text[chunk.bytes]);
    }
});

fn compare(source: &str) {
    let (fast, full) = (read_fast(source), read_full(source));
    if let (Some(fast), Some(full)) = (&fast, &full) {
        same(fast, full);
    }
    if is_cut_or_broken(source) {
        return;
    }
    let judged = judge(source);
    for tree in [fast, full].iter().flatten().filter(|tree| !is_scalar(tree)) {
        match &judged {
            Some(judged) => assert_eq!(&events(tree), judged, "{source:?}"),
            None => assert!(is_harmless(source), "libyaml refuses {source:?}"),
        }
    }
}

/// Kind, style, place and value of every node, and the comments.
fn same(fast: &Tree<'_>, full: &Tree<'_>) {
    let parts = |node: Node<'_>| {
        let scalar = node.scalar().map(|scalar| (scalar.style(), scalar.text().to_owned()));
        (node.kind(), node.inner(), scalar)
    };
    let (one, two): (Vec<_>, Vec<_>) = (fast.nodes().map(parts).collect(), full.nodes().map(parts).collect());
    assert_eq!(one, two, "{:?}", fast.text().as_str());
    assert_eq!(fast.comments(), full.comments());
}

/// What follows `...` is cut off before a document is parsed, and line breaks that nobody sees move only blanks.
fn is_cut_or_broken(source: &str) -> bool {
    source.contains("...")
        || source.contains(['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'])
        || source.replace("\r\n", "").contains('\r')
}

/// A document that is a single scalar is no manifest, and libyaml wants a blank where others do not.
fn is_scalar(tree: &Tree<'_>) -> bool {
    tree.root().is_some_and(|root| root.kind() == Kind::Scalar)
}

/// Accepted though libyaml refuses: kubectl has a decoder of its own for JSON; odd tabs, colons and tags in brackets have
/// no meaning that anybody could mistake.
fn is_harmless(source: &str) -> bool {
    let colon = [":,", ":]", ":}", ":[", ":{", ":?"].iter().any(|colon| source.contains(colon));
    let is_odd = |line: &str| line.starts_with('\t') || line.trim_start().starts_with(':');
    let folded = source.contains(['[', '{']) && source.lines().skip(1).any(is_odd);
    colon || folded || source.contains('!') || source.trim_start().starts_with('{')
}
