//! Input made to hurt. Each is large enough that quadratic work would show as minutes, and no nesting may overflow the
//! stack.

use crate::yaml::{Content, Document, Get, Kind, Node, Text, Tree, split};

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().concat()
}

/// Reads all documents; what is refused has its place. Gives the number of nodes and of repeated keys.
fn read(name: &str, text: &str) -> usize {
    let mut nodes = 0;
    for chunk in split(text) {
        match &Document::read(text, &chunk).content {
            Content::Empty => {}
            Content::Tree(tree) => nodes += tree.nodes().count() + tree.duplicates().count(),
            Content::Broken(error) => {
                assert!(text.get(error.span.range()).is_some(), "{name}: {:?}", error.span);
            }
        }
    }
    nodes
}

#[test]
fn hostile_input_is_read_or_refused() {
    const N: usize = 40_000;
    for (name, text) in [
        ("nested brackets", "[".repeat(N)),
        ("nested and closed", "[".repeat(N) + &"]".repeat(N)),
        ("nested mappings", "{a: ".repeat(N)),
        ("nested items", "- ".repeat(N)),
        ("nested keys", "? ".repeat(N / 2)),
        ("block nesting", lines(1000, |depth| format!("{}a:\n", " ".repeat(depth)))),
        ("documents", "---\n".repeat(N)),
        ("end markers", "...\n".repeat(N)),
        ("blank lines", "a: b\n".to_owned() + &"\n".repeat(N) + "c: d\n"),
        ("blank lines in blocks", "a: |\n".to_owned() + &"\n".repeat(N) + "b: 1\n"),
        ("many blocks", "a: |\n\n\n".repeat(N / 10)),
        ("comments", "# c\n".repeat(N) + "a: 1\n"),
        ("comments after an anchor", "a: &x 1\n".to_owned() + &"# c\n".repeat(N) + "b: *x\n"),
        ("indent", " ".repeat(N) + "a: 1\n"),
        ("colons", ":".repeat(N)),
        ("colons and blanks", "a: ".repeat(N)),
        ("tabs", "\t".repeat(N)),
        ("tab lines", "\t\n".repeat(N)),
        ("tabs after anchors", "a: &x |\n".to_owned() + &"  x\n  \ty\n".repeat(N / 10)),
        ("leading tabs", "a:\n".to_owned() + &"\tb: 1\n".repeat(N / 10)),
        ("quotes", "\"".repeat(N)),
        ("open quote", "a: \"".to_owned() + &"x\n  ".repeat(N)),
        ("quoted items in one line", format!("[{}]", "\"\",".repeat(N))),
        ("plain items in one line", format!("[{}]", "1,".repeat(N))),
        ("keys in one line", format!("{{{}}}", lines(N / 4, |key| format!("k{key}: 1,")))),
        ("keys", lines(N / 4, |key| format!("k{key}: 1\n"))),
        ("equal keys", "k: 1\n".repeat(N / 4)),
        ("objects", "{}".repeat(N)),
        ("long plain", "a: ".to_owned() + &"x\n  ".repeat(N)),
        ("anchors", lines(N / 4, |key| format!("k{key}: &a{key} 1\n"))),
        (
            "merges of a long list",
            format!("b: &b {{}}\nl: &l [{}]\n", "*b,".repeat(N / 4)) + "m:\n" + &"- {<<: *l}\n".repeat(N / 4),
        ),
        ("nulls", "&a k:\n".to_owned() + &"- \n".repeat(N / 4)),
        ("bad bytes", "a: \u{85}\r\r".repeat(N / 10)),
    ] {
        read(name, &text);
    }
}

#[test]
fn nesting_has_a_limit_that_is_named() {
    for text in ["[".repeat(600) + &"]".repeat(600), "- ".repeat(600) + "a"] {
        let error = Tree::parse(Text::slice(&text, 0)).unwrap_err();
        assert!(error.message.contains("nested deeper than 512 levels"), "{}", error.message);
    }
    let deep = "[".repeat(400) + &"]".repeat(400);
    assert_eq!(read("deep", &deep), 400);
}

fn walk(node: Node<'_>, steps: &mut usize) {
    *steps += 1;
    node.items().for_each(|item| walk(item, steps));
    node.entries().for_each(|entry| walk(entry.value, steps));
}

#[test]
fn alias_bombs_end() {
    let levels = lines(12, |level| match level.checked_sub(1) {
        None => "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(),
        Some(below) => {
            let aliases = vec![format!("*a{below}"); 9].join(", ");
            format!("a{level}: &a{level} [{aliases}]\n")
        }
    });
    let tree = Tree::parse(Text::slice(&levels, 0)).unwrap();
    let mut steps = 0;
    walk(tree.root().unwrap(), &mut steps);
    assert!(tree.is_exhausted());
    assert!(steps < 100_000_000, "{steps}");
    let last = tree.root().unwrap().get("a11").value().unwrap();
    assert!(last.items().all(|item| item.kind() == Kind::Alias && matches!(item.get("x"), Get::Unknown)));
}

#[test]
fn chains_of_merges_do_not_overflow_the_stack() {
    let chain = lines(20_000, |level| match level.checked_sub(1) {
        None => "m0: &m0 {deep: 1}\n".to_owned(),
        Some(below) => format!("m{level}: &m{level}\n  <<: *m{below}\n"),
    });
    let tree = Tree::parse(Text::slice(&chain, 0)).unwrap();
    let get = |key: &str| tree.root().unwrap().get(key).get("deep");
    assert!(get("m10").found().is_some());
    assert!(matches!(get("m19999"), Get::Unknown));
    assert!(get("m10").get("x").is_absent());
}
