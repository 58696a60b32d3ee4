//! The fast path against the full parser, and both against libyaml: go-yaml v2, kubectl's parser, is a port of it.
//! The referee is reached through `serde_yaml`, which reads with libyaml.

use serde::de::{EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::snippets::SNIPPETS;
use super::{Random, dump, read_fast, read_full};
use crate::yaml::{Kind, Node, Scalar, Tree, split};

/// What libyaml says.
#[derive(Debug)]
enum Judged {
    Text(String),
    /// A plain scalar that the referee reads as number, bool or null.
    Typed,
    List(Vec<Judged>),
    Map(Vec<(Judged, Judged)>),
    /// Behind a tag.
    Tagged,
}

struct JudgedVisitor;

macro_rules! typed {
    ($($method:ident: $type:ty),*) => {$(
        fn $method<E>(self, _: $type) -> Result<Judged, E> {
            Ok(Judged::Typed)
        }
    )*};
}

impl<'de> Visitor<'de> for JudgedVisitor {
    type Value = Judged;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("anything")
    }

    typed!(visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_u128: u128, visit_i128: i128, visit_f64: f64);

    fn visit_unit<E>(self) -> Result<Judged, E> {
        Ok(Judged::Typed)
    }

    fn visit_str<E>(self, text: &str) -> Result<Judged, E> {
        Ok(Judged::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Judged, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Judged::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Judged, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Judged::Map(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Judged, A::Error> {
        let (_, content): (String, _) = data.variant()?;
        content.newtype_variant::<Judged>()?;
        Ok(Judged::Tagged)
    }
}

impl<'de> Deserialize<'de> for Judged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JudgedVisitor)
    }
}

fn judge(source: &str) -> Result<Judged, String> {
    // As kubectl's line reader hands it over.
    let lines = source.replace("\r\n", "\n");
    let complete = if lines.ends_with('\n') { lines } else { lines + "\n" };
    let mut documents = serde_yaml::Deserializer::from_str(&complete);
    let Some(first) = documents.next() else { return Ok(Judged::Typed) };
    let judged = Judged::deserialize(first).map_err(|error| error.to_string())?;
    match documents.next() {
        Some(_) => Err("a second document".to_owned()),
        None => Ok(judged),
    }
}

fn agrees(node: Node<'_>, judged: &Judged) -> bool {
    match judged {
        Judged::Text(text) => node.text() == Some(text),
        Judged::Typed => node.scalar().is_some_and(|scalar| scalar.is_plain()),
        Judged::Tagged => true,
        Judged::List(list) => {
            node.kind() == Kind::Sequence
                && node.items().count() == list.len()
                && node.items().zip(list).all(|(item, judged)| agrees(item, judged))
        }
        Judged::Map(map) => {
            node.kind() == Kind::Mapping
                && node.entries().count() == map.len()
                && node
                    .entries()
                    .zip(map)
                    .all(|(entry, (key, value))| agrees(entry.key, key) && agrees(entry.value, value))
        }
    }
}

fn tree_agrees(tree: &Tree<'_>, judged: &Judged) -> bool {
    match tree.root() {
        Some(root) => agrees(root, judged),
        None => matches!(judged, Judged::Typed),
    }
}

/// Differences that are known and wanted. The referee is libyaml, not kubectl: JSON has its own decoder there, and
/// keys that JSON cannot have are refused after libyaml took them.
fn is_excused(source: &str, referee: &Result<Judged, String>) -> bool {
    match referee {
        Err(_) => source.trim_start().starts_with('{'),
        Ok(judged) => has_odd_key(judged),
    }
}

fn has_odd_key(judged: &Judged) -> bool {
    match judged {
        Judged::List(list) => list.iter().any(has_odd_key),
        Judged::Map(map) => map
            .iter()
            .any(|(key, value)| !matches!(key, Judged::Text(text) if text != "<<") || has_odd_key(value)),
        Judged::Text(_) | Judged::Typed | Judged::Tagged => false,
    }
}

/// What is wrong with how `source` is read, if anything.
fn difference(source: &str) -> Option<String> {
    let fast = read_fast(source);
    let full = read_full(source);
    let referee = judge(source);
    if let (Some(fast), Some(full)) = (&fast, &full) {
        let (fast, full) = (dump(fast), dump(full));
        if fast != full {
            return Some(format!("{source:?}\n fast {fast:?}\n full {full:?}"));
        }
    }
    for (name, tree) in [("fast", &fast), ("full", &full)] {
        let fair = match (tree, &referee) {
            (Some(tree), Ok(judged)) => tree_agrees(tree, judged),
            (Some(_), Err(_)) => is_excused(source, &referee),
            (None, Ok(_)) => name == "fast" || fast.is_some() || is_excused(source, &referee),
            (None, Err(_)) => true,
        };
        if !fair {
            let tree = tree.as_ref().map(dump);
            return Some(format!("{source:?}\n {name} {tree:?}\n libyaml {referee:?}"));
        }
    }
    None
}

fn check(sources: impl Iterator<Item = String>) {
    let differences: Vec<_> = sources.filter_map(|source| difference(&source)).collect();
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn snippets_are_read_as_libyaml_reads_them() {
    check(SNIPPETS.iter().map(ToString::to_string));
}

#[test]
fn mutated_snippets_are_read_as_libyaml_reads_them() {
    let mut random = Random(0x5eed);
    let count = std::env::var("SAUDIT_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(5_000);
    let mutants = (0..count).map(|_| {
        let snippet = SNIPPETS[random.below(SNIPPETS.len())];
        mutate(snippet, &mut random)
    });
    check(mutants.flat_map(|mutant| {
        split(&mutant).into_iter().map(|chunk| mutant[chunk.bytes].to_owned()).collect::<Vec<_>>()
    }));
}

fn mutate(source: &str, random: &mut Random) -> String {
    const PIECES: &[&str] = &[
        " ", "  ", "\n", "\t", ":", ": ", "- ", "#", " #", "\"", "'", "\\", "[", "]", "{", "}", ",", "a",
        "1", "|", ">", "&x ", "*x", "!", "? ", "%", "-", "\r\n", "é", "|-", "<<",
    ];
    let mut text: Vec<char> = source.chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(text.len() + 1);
        let end = (at + 1 + random.below(3)).min(text.len());
        match random.below(3) {
            0 => drop(text.drain(at..end)),
            1 => drop(text.splice(at..at, PIECES[random.below(PIECES.len())].chars())),
            _ => drop(text.splice(at..end, PIECES[random.below(PIECES.len())].chars())),
        }
    }
    text.into_iter().collect()
}

#[test]
fn the_referee_sees_scalars_as_they_are() {
    let judged = judge("a: 'x'\nb: 1\n").unwrap();
    let tree = read_fast("a: 'x'\nb: 1\n").unwrap();
    assert!(tree_agrees(&tree, &judged));
    assert!(!tree_agrees(&read_fast("a: 'y'\nb: 1\n").unwrap(), &judged));
    assert_eq!(tree.root().unwrap().get("b").value().and_then(Node::scalar).map(Scalar::text), Some("1"));
}
