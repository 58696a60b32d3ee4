//! Broken documents: the cause in words, the place, and what can be mended.

use crate::yaml::{Content, Document, SyntaxError, Text, Tree, apply, split};

fn error(source: &str) -> SyntaxError {
    Tree::parse(Text::slice(source, 0)).expect_err(source)
}

/// The text of `source` with the error's span in `«»`, and the message.
fn shown(source: &str) -> (String, String) {
    let error = error(source);
    let (before, rest) = source.split_at(error.span.start as usize);
    let (marked, after) = rest.split_at(error.span.len() as usize);
    (format!("{before}«{marked}»{after}"), error.message)
}

#[test]
fn causes_are_named_where_they_lie() {
    for (marked, cause) in [
        ("a:\n«\t»b: 1\n", "a tab indents this line"),
        ("a:\n    «\t»b: 1\n", "a tab indents this line"),
        ("a:\n  b: 1\n«\t»\nc: 1\n", "a tab indents this line"),
        ("-«\t»a: 1\n", "a tab stands where YAML allows only spaces"),
        ("a: «\"»x\nb: 1\n", "this quote is never closed"),
        ("a: b\nc: «'»x\nd: 1\n", "this quote is never closed"),
        ("a: \"x\" «y»\n", "text after the closing quote"),
        ("a: 'it's» later'\n", "text after the closing quote"),
        ("a: «[»1, 2\n", "a bracket that opens here is never closed"),
        ("a: «[»1}\n", "this bracket is closed by one of another kind"),
        ("a: [1]«]»\n", "this closing bracket has no opening one"),
        ("a: [1]«-»b\n", "text after the closing bracket"),
        ("a: {b: 1} «c»\n", "text after the closing bracket"),
        ("a: b«:» c\n", "`: ` inside an unquoted value"),
        ("a: 1\n  «b»: 2\n", "this line is indented deeper than the value above it allows"),
        ("a:\n   b: 1\n  «c»: 2\n", "the indentation of this line fits nothing above it"),
        ("a: 1\n«b»\nc: 2\n", "a key without a value"),
        ("a: «-» b\n", "a list cannot start on the line of its key"),
        ("- a\n«b»: 1\n", "a list goes on here"),
        ("a: «@»x\n", "an unquoted value cannot start with `@`"),
        ("a: «`»x`\n", "an unquoted value cannot start with ``"),
        ("a: «%»x\n", "an unquoted value cannot start with `%`"),
        ("a: «*x»\n", "this alias names no anchor"),
        ("a: &x [«*x»]\n", "this alias stands inside what it stands for"),
        ("a: «&x.y» 1\n", "an anchor's name has only"),
        ("a: {«{b}»}\n", "a mapping cannot be a key"),
        ("«[a]»: 1\n", "a list cannot be a key"),
        ("«~»: 1\n", "a value without a key"),
        ("<<: «3»\n", "`<<` merges mappings"),
        ("«%»YAML 1.1\n", "kubectl does not read YAML directives"),
        ("a: x«\u{1b}»\n", "control character U+001B"),
        ("a: x«\u{2028}»b\n", "the character U+2028 is a line break to kubectl"),
        ("a: \"«\\ud83d»\\ude00\"\n", "half of a character"),
        ("  a: 1\n «b: 2»\n", "this line belongs to nothing above it"),
        ("a: «|»x\n", "after `|` or `>` only"),
        ("a: b «#»c\n  d\n", "a comment stands inside this value"),
    ] {
        let source = marked.replace(['«', '»'], "");
        let (place, message) = shown(&source);
        assert!(message.starts_with(cause), "{source:?}: {message}");
        if marked.contains('«') {
            assert_eq!(place, marked, "{message}");
        }
    }
}

#[test]
fn messages_read_like_a_finding() {
    for source in [
        "a:\n\tb",
        "a: b: c",
        "a: [",
        "a: \"",
        "%YAML",
        "? [a]\n: b",
        "a: @x",
        "a: 1\nb\n",
        "a: !x!y z",
        "- a\nb",
    ] {
        let message = error(source).message;
        assert!(message.len() <= 100 && !message.ends_with('.'), "{message}");
        assert!(message.starts_with(|c: char| !c.is_uppercase()), "{message}");
    }
}

/// The last example of a widely copied article: two lines of a volume are indented with four spaces and a tab.
const TABBED: &str =
    "spec:\n  volumes:\n  - name: token\n    secret:\n    \tdefaultMode: 420\n    \tsecretName: x\n";

#[test]
fn tabs_are_mended_where_there_is_one_reading() {
    let repair = error(TABBED).repair;
    let mended = apply(TABBED, &repair).unwrap();
    assert_eq!(mended, TABBED.replace('\t', "  "));
    Tree::parse(Text::slice(&mended, 0)).unwrap();
    let visible = |text: &str| text.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
    assert_eq!(visible(TABBED), visible(&mended));
}

#[test]
fn tabs_are_left_alone_where_they_may_mean_something_else() {
    for source in [
        // Two spaces and eight put `c` in different places.
        "a:\n\tb:\n    c: 1\n",
        // A tab inside a value, and one in a script.
        "a:\n\tb: x\ty\n",
        "a: |\n  all:\n  \techo\nb:\n\tc: 1\n",
        // Something else is wrong too.
        "a:\n\tb: 1\nc: [\n",
    ] {
        let error = error(source);
        assert!(error.message.contains("tab"), "{source:?}: {}", error.message);
        assert_eq!(error.repair, [], "{source:?}");
    }
}

#[test]
fn a_broken_document_leaves_the_others_readable() {
    let text = "a: 1\n---\nb: [\n---\nc: 3\n";
    let kinds: Vec<_> = split(text)
        .iter()
        .map(|chunk| match Document::read(text, chunk).content {
            Content::Empty => "empty",
            Content::Tree(_) => "tree",
            Content::Broken(error) => {
                assert_eq!(text.get(error.span.range()), Some("["));
                "broken"
            }
        })
        .collect();
    assert_eq!(kinds, ["tree", "broken", "tree"]);
}

#[test]
fn debug_output_keeps_the_secrets() {
    let text = "password: hunter2\n...\ntoken: hunter2\n";
    for chunk in split(text) {
        let shown = format!("{:?}", Document::read(text, &chunk));
        assert!(shown.contains("nodes") && !shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn ignored_text_is_kept_for_the_rules() {
    for (text, ignored) in [
        ("a: 1\n...\nb: 2\n", vec!["b: 2"]),
        ("a: 1\n... x\n", vec!["x"]),
        ("a: 1\n...\n# only a comment\n", vec![]),
        ("# c\n...\na: 1\n", vec![]),
        ("a: 1\nb: ...\nc: x...\n", vec![]),
        ("a: 1\n--- {b: 2}\nc: 3\n", vec!["--- {b: 2}"]),
    ] {
        let found: Vec<_> = split(text)
            .iter()
            .flat_map(|chunk| Document::read(text, chunk).ignored)
            .filter_map(|ignored| text.get(ignored.span.range()))
            .collect();
        assert_eq!(found, ignored, "{text:?}");
    }
}
