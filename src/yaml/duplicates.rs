//! Keys that a mapping has more than once. kubectl takes the last one and says nothing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use super::node::{Entry, Node};
use super::tree::{Kind, Tree};

/// Up to so many keys are compared with each other; above, a table is made.
const FEW: usize = 12;

/// A key that stands more than once in its mapping.
#[derive(Clone, Copy, Debug)]
pub struct Duplicate<'a> {
    /// Where it stands first.
    pub first: Entry<'a>,
    /// Where it stands last: this one counts.
    pub last: Entry<'a>,
}

impl Tree<'_> {
    /// The repeated keys of all mappings, in the order of the text. None in a template: there they are alternatives.
    pub fn duplicates(&self) -> impl Iterator<Item = Duplicate<'_>> {
        let is_plain = self.marks().is_none();
        let mappings = self.nodes().filter(move |node| is_plain && node.kind() == Kind::Mapping);
        mappings.flat_map(Node::duplicates)
    }
}

impl<'a> Node<'a> {
    /// The repeated keys of a mapping, each once. Keys are compared as the API server sees them (`yes` is `true`);
    /// merge keys (`<<`) are no keys.
    pub fn duplicates(self) -> Vec<Duplicate<'a>> {
        if self.keys().nth(1).is_none() || self.has_few_plain_keys() {
            return Vec::new();
        }
        collect(self.entries_unresolved().filter(|entry| !entry.is_merge()))
    }

    /// Whether its keys are few, all different, and none is read as another text.
    fn has_few_plain_keys(self) -> bool {
        let mut seen = [0; FEW];
        for (count, key) in self.literal_keys().enumerate() {
            let Some(key) = key.map(fingerprint) else { return false };
            let is_new = seen.iter().take(count).all(|other| *other != key);
            match seen.get_mut(count) {
                Some(slot) if is_new => *slot = key,
                _ => return false,
            }
        }
        true
    }
}

/// A number that equal keys share, and hardly any others.
fn fingerprint(key: &str) -> u64 {
    let length = key.len() as u64;
    match (key.as_bytes().first_chunk(), key.as_bytes().last_chunk()) {
        (Some(first), Some(last)) => {
            u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(31) ^ length
        }
        _ => key.bytes().fold(length, |number, byte| number << 8 | u64::from(byte)),
    }
}

fn collect<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Vec<Duplicate<'a>> {
    let mut seen: HashMap<Cow<'a, str>, (Entry<'a>, Option<usize>)> = HashMap::new();
    let mut duplicates: Vec<Duplicate<'a>> = Vec::new();
    for entry in entries {
        let Some(name) = entry.name() else { continue };
        match seen.entry(name) {
            Slot::Vacant(slot) => {
                slot.insert((entry, None));
            }
            Slot::Occupied(mut slot) => {
                let (first, known) = slot.get_mut();
                if let Some(duplicate) = known.and_then(|index| duplicates.get_mut(index)) {
                    duplicate.last = entry;
                } else {
                    *known = Some(duplicates.len());
                    duplicates.push(Duplicate { first: *first, last: entry });
                }
            }
        }
    }
    duplicates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Text;

    fn duplicates(text: &str) -> Vec<(usize, usize)> {
        let tree = Tree::parse(Text::slice(text, 0)).unwrap();
        tree.duplicates().map(|pair| (pair.first.key.inner().start, pair.last.key.inner().start)).collect()
    }

    #[test]
    fn repeated_keys_are_found_first_and_last() {
        for (text, found) in [
            ("a: 1\nb: 2\na: 3\na: 4\n", vec![(0, 15)]),
            ("x:\n  a: 1\n  \"a\": 2\ny: {b: 1, b: 2}\n", vec![(5, 12), (23, 29)]),
            ("yes: 1\n\"true\": 2\n", vec![(0, 7)]),
            ("a: 1\nA: 2\nb: {a: 1}\n", vec![]),
            ("- a: 1\n- a: 2\n", vec![]),
            ("x: &x {k: 1}\ny: &y {k: 1}\nz:\n  <<: *x\n  <<: *y\n", vec![]),
        ] {
            assert_eq!(duplicates(text), found, "{text}");
        }
    }

    #[test]
    fn large_mappings_are_searched_too() {
        let lines: Vec<_> = (0..1000).map(|at| format!("key{}: 1\n", at % 999)).collect();
        let text = lines.concat();
        assert_eq!(duplicates(&text), [(0, text.rfind("key0:").unwrap())]);
    }
}
