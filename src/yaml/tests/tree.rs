//! Trees as rules see them: aliases, merges, keys, places.

use super::{read_fast, read_full};
use crate::yaml::{Get, Kind, Node, Text, Tree};

fn parse(text: &str) -> Tree<'_> {
    Tree::parse(Text::slice(text, 0)).unwrap()
}

fn value<'a>(tree: &'a Tree<'a>, path: &[&str]) -> Option<&'a str> {
    path.iter().fold(Get::Found(root(tree)), |found, key| found.get(key)).value().and_then(Node::text)
}

fn root<'a>(tree: &'a Tree<'a>) -> crate::yaml::Entry<'a> {
    let root = tree.root().unwrap();
    crate::yaml::Entry { key: root, value: root }
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
    let names: Vec<_> = tree.root().unwrap().entries().filter_map(crate::yaml::Entry::name).collect();
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
