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

    fn visit_none<E>(self) -> Result<Judged, E> {
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
        Judged::Typed => node.scalar().is_some_and(Scalar::is_plain),
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

/// Accepted though libyaml refuses. The referee is libyaml, not kubectl, which has a decoder of its own for JSON; a
/// document that is a single scalar is no manifest; and odd tabs, colons and tags in brackets have no meaning that anybody
/// could mistake.
fn is_harmless(source: &str, tree: &Tree<'_>) -> bool {
    let colon = [":,", ":]", ":}", ":[", ":{", ":?"].iter().any(|colon| source.contains(colon));
    let tag = source.contains('!');
    let folded =
        source.contains(['[', '{']) && ["\n\t", "\n:", "\n :"].iter().any(|odd| source.contains(odd));
    is_scalar(tree) || colon || tag || folded || source.trim_start().starts_with('{')
}

fn is_scalar(tree: &Tree<'_>) -> bool {
    tree.root().is_some_and(|root| root.kind() == Kind::Scalar)
}

/// Keys that JSON cannot have are refused after libyaml took them; `<<` must have a mapping.
fn has_odd_key(judged: &Judged) -> bool {
    match judged {
        Judged::List(list) => list.iter().any(has_odd_key),
        Judged::Map(map) => map
            .iter()
            .any(|(key, value)| !matches!(key, Judged::Text(text) if text != "<<") || has_odd_key(value)),
        Judged::Text(_) | Judged::Typed | Judged::Tagged => false,
    }
}

/// How `source` is read.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// As libyaml reads it.
    Same,
    /// Refused, though libyaml takes it.
    Refused,
    /// Otherwise.
    Wrong(String),
}

fn outcome(source: &str) -> Outcome {
    let fast = read_fast(source);
    let full = read_full(source);
    let referee = judge(source);
    // The referee's own limit, which it also meets where an anchor is defined again.
    if referee.as_ref().is_err_and(|error| error.contains("recursion limit")) {
        return Outcome::Same;
    }
    if let (Some(fast), Some(full)) = (&fast, &full) {
        let (fast, full) = (dump(fast), dump(full));
        if fast != full {
            return Outcome::Wrong(format!("{source:?}\n fast {fast:?}\n full {full:?}"));
        }
    }
    for (name, tree) in [("fast", &fast), ("full", &full)] {
        let fair = match (tree, &referee) {
            (Some(tree), Ok(judged)) => tree_agrees(tree, judged) || is_scalar(tree),
            (Some(tree), Err(_)) => is_harmless(source, tree),
            (None, _) => true,
        };
        if !fair {
            let tree = tree.as_ref().map(dump);
            return Outcome::Wrong(format!("{source:?}\n {name} {tree:?}\n libyaml {referee:?}"));
        }
    }
    match referee {
        Ok(judged) if fast.is_none() && full.is_none() && !has_odd_key(&judged) => Outcome::Refused,
        _ => Outcome::Same,
    }
}

/// Checks that nothing is read wrongly, and gives what is refused without need.
fn check(sources: &[String]) -> Vec<&String> {
    let outcomes: Vec<_> = sources.iter().map(|source| (source, outcome(source))).collect();
    let wrong: Vec<_> = outcomes
        .iter()
        .filter_map(|(_, outcome)| match outcome {
            Outcome::Wrong(report) => Some(report.as_str()),
            _ => None,
        })
        .collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    outcomes
        .into_iter()
        .filter(|(_, outcome)| *outcome == Outcome::Refused)
        .map(|(source, _)| source)
        .collect()
}

#[test]
fn snippets_are_read_as_libyaml_reads_them() {
    let snippets: Vec<_> = SNIPPETS.iter().map(ToString::to_string).collect();
    assert_eq!(check(&snippets), [""; 0]);
}

/// The documents of `fixtures/_yaml`.
fn torture() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_yaml");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| documents(&std::fs::read_to_string(file).unwrap())).collect()
}

fn documents(text: &str) -> Vec<String> {
    split(text).into_iter().map(|chunk| text.get(chunk.bytes).unwrap().to_owned()).collect()
}

#[test]
fn torture_files_are_read_as_libyaml_reads_them() {
    let documents = torture();
    assert!(documents.len() > 10, "{}", documents.len());
    assert_eq!(check(&documents), [""; 0]);
    for document in documents {
        // Aliases and odd tabs are for the full parser.
        assert!(read_fast(&document).is_some() || document.contains(['*', '\t']), "{document:?}");
    }
}

/// `SAUDIT_MUTATIONS=1000000 cargo test --release mutated` looks further.
#[test]
fn mutated_snippets_are_read_as_libyaml_reads_them() {
    let count = std::env::var("SAUDIT_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(5_000);
    let mut random = Random(0x5eed);
    let torture = torture();
    let sources: Vec<_> = SNIPPETS.iter().copied().chain(torture.iter().map(String::as_str)).collect();
    let mutants: Vec<_> = (0..count)
        .map(|_| mutate(sources[random.below(sources.len())], &mut random))
        // Line breaks that nobody sees move only blanks, and what follows `...` is cut off before.
        .filter(|mutant| !["\u{2028}", "\u{85}", "..."].iter().any(|odd| mutant.contains(odd)))
        .filter(|mutant| !mutant.replace("\r\n", "").contains('\r'))
        .flat_map(|mutant| documents(&mutant))
        .collect();
    let refused = check(&mutants);
    assert!(refused.len() * 150 < mutants.len(), "{} of {}: {refused:#?}", refused.len(), mutants.len());
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
