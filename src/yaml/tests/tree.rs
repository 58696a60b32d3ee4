//! Trees as rules see them: aliases, merges, keys, places.

use super::{read_fast, read_full};
use crate::span::Span;
use crate::yaml::{Entry, Get, Kind, Node, Segment, Text, Tree};

fn parse(text: &str) -> Tree<'_> {
    Tree::parse(Text::slice(text, 0)).unwrap()
}

fn value<'a>(tree: &'a Tree<'a>, path: &[&str]) -> Option<&'a str> {
    path.iter().fold(Get::Found(root(tree)), |found, key| found.get(key)).value().and_then(Node::text)
}

fn root<'a>(tree: &'a Tree<'a>) -> Entry<'a> {
    let root = tree.root().unwrap();
    Entry { key: root, value: root }
}

#[test]
fn merged_mappings_are_looked_into_in_kubectls_order() {
    let tree = parse(
        "a: &a {x: 1, v: 1}\nb: &b {x: 2, z: 2}\nc: &c\n  <<: [*a, *b]\n  z: 3\nd: &d {<<: *c, w: 4}\ne: *d\n\
         f: {\"<<\": *a}\ng: {<<: *a, x: 5, x: 6}\n",
    );
    for (path, want) in [
        (["c", "x"], Some("1")),
        (["c", "v"], Some("1")),
        (["c", "z"], Some("3")),
        (["d", "x"], Some("1")),
        (["e", "w"], Some("4")),
        (["e", "z"], Some("3")),
        (["e", "q"], None),
        (["f", "x"], None),
        (["g", "x"], Some("6")),
    ] {
        assert_eq!(value(&tree, &path), want, "{path:?}");
    }
    assert!(tree.root().unwrap().get("e").get("q").is_absent());
}

#[test]
fn what_stands_behind_an_alias_says_so() {
    let text = "a: &a\n  x: 1\nb: *a\n";
    let tree = parse(text);
    let root = tree.root().unwrap();
    let direct = root.get("a").get("x").value().unwrap();
    let aliased = root.get("b").get("x").value().unwrap();
    assert_eq!(direct.span(), aliased.span());
    assert_eq!((direct.alias(), direct.is_editable()), (None, true));
    assert_eq!(text.get(aliased.alias().unwrap().range()), Some("*a"));
    assert!(!aliased.is_editable());
    assert_eq!(tree.nodes().filter(|node| node.kind() == Kind::Alias).count(), 1);
}

#[test]
fn keys_are_found_under_the_name_that_the_api_server_sees() {
    let tree = parse("y: 1\n0x10: 2\n\"n\": 3\n1.0: 4\n");
    for (name, text) in
        [("true", Some("1")), ("y", None), ("16", Some("2")), ("n", Some("3")), ("1", Some("4"))]
    {
        assert_eq!(value(&tree, &[name]), text, "{name}");
    }
    let names: Vec<_> = tree.root().unwrap().entries().filter_map(Entry::name).collect();
    assert_eq!(names, ["true", "16", "n", "1"]);
}

/// Both producers agree on places; the differential tests check it everywhere, this says which they are.
#[test]
fn places_are_what_a_person_would_mark() {
    let text = "m:\n  k: 'v' # c\n  s: |\n    x\n\n  n:\nl:\n- a\n- b\n";
    for tree in [read_fast(text).unwrap(), read_full(text).unwrap()] {
        let places: Vec<_> = tree.nodes().filter_map(|node| text.get(node.inner())).collect();
        assert_eq!(
            places,
            [
                text.trim_end(),
                "m",
                "k: 'v' # c\n  s: |\n    x\n\n  n:",
                "k",
                "'v'",
                "s",
                "|\n    x",
                "n",
                "",
                "l",
                "- a\n- b",
                "a",
                "b"
            ]
        );
        let comments: Vec<_> =
            tree.comments().iter().filter_map(|comment| text.get(comment.range())).collect();
        assert_eq!(comments, ["# c"]);
    }
}

#[test]
fn many_comments_and_long_json_keys_are_no_obstacle() {
    let comments = format!("a: &x 1\nb:\n{}  - *x\n", "  # c\n".repeat(300));
    let tree = parse(&comments);
    assert_eq!(tree.comments().len(), 300);
    assert_eq!(tree.root().unwrap().get("b").value().map(Node::kind), Some(Kind::Sequence));

    let key = "k".repeat(2000);
    assert_eq!(value(&parse(&format!("{{\"{key}\": \"v\"}}")), &[&key]), Some("v"));
    assert!(Tree::parse(Text::slice(&format!("{key}: v\n"), 0)).is_err(), "YAML has a limit of 1024");
}

/// A kubeconfig in a block scalar, say: read without its indentation, shown where it stands.
#[test]
fn pieced_text_gives_places_in_the_file() {
    let file = "data: |\n    a: 1\n    b: [2\n";
    let segment = |inner, start, end| Segment { inner, outer: Span { start, end }, exact: true };
    let text = || Text::pieced("a: 1\nb: [2\n", vec![segment(0, 12, 17), segment(5, 21, 27)]);
    let error = Tree::parse(text()).unwrap_err();
    assert_eq!(file.get(error.span.range()), Some("["));

    let text = Text::pieced("a: 1\n", vec![segment(0, 12, 17)]);
    let tree = Tree::parse(text).unwrap();
    let found = tree.root().unwrap().get("a").value().unwrap();
    assert_eq!(file.get(found.span().range()), Some("1"));
}

#[test]
fn a_node_lies_in_the_one_around_it() {
    for text in ["aa: 1\r\nb:\r\n- x\r\n- |\r\n\name:   ## h\r- \n", "b:\r- |\r\rc:   # h\r- \r"] {
        let tree = parse(text);
        let mut open: Vec<Span> = Vec::new();
        for (depth, node) in tree.walk() {
            open.truncate(depth);
            assert!(
                open.last().is_none_or(|outer| outer.contains(node.span())),
                "{text:?} {:?}",
                node.span()
            );
            open.push(node.span());
        }
    }
}

#[test]
fn nothing_stands_behind_its_colon() {
    for text in ["a\t :\nb: c\n", "a :\nb: c\n", "a:\nb: c\n"] {
        let colon = text.find(':').unwrap() + 1;
        for tree in [read_fast(text), read_full(text)] {
            let nothing = tree.as_ref().and_then(|tree| root(tree).value.get("a").value()).unwrap().inner();
            assert_eq!(nothing, colon..colon, "{text:?}");
        }
    }
}
