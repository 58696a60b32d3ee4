//! A file of the run and its three names.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::decode::Decoded;
use crate::span::FileId;

/// Where a source's bytes come from.
#[derive(Clone, Debug)]
pub enum Contents {
    /// A file, read when it is needed and, unless its text is kept, read again to show a finding.
    File(PathBuf),
    /// Standard input, or a test.
    Memory(Arc<str>),
}

/// A file of the run.
#[derive(Clone, Debug)]
pub struct Source {
    /// Relative to the root, with `/`: for JSON, SARIF and fingerprints.
    pub path: String,
    /// Relative to the working directory: for people.
    pub shown: String,
    /// Where its bytes come from.
    pub contents: Contents,
    /// The text that was audited, or what is left of it.
    pub audited: Audited,
}

impl Source {
    /// A source that was not read yet.
    pub fn new(path: impl Into<String>, shown: impl Into<String>, contents: Contents) -> Self {
        Self { path: path.into(), shown: shown.into(), contents, audited: Audited::Nothing }
    }
}

/// What is left of a text that was audited.
#[derive(Clone, Debug, Default)]
pub enum Audited {
    /// Nothing: it was not read, or nobody will ask for it.
    #[default]
    Nothing,
    /// Enough to know it again.
    Digest(Digest),
    /// All of it.
    Text(Arc<Decoded<'static>>),
}

impl Audited {
    /// Whether `text` is the one that was audited, as far as can be told.
    pub(super) fn is(&self, text: &str) -> bool {
        match self {
            Self::Nothing => true,
            Self::Digest(digest) => *digest == Digest::of(text),
            Self::Text(kept) => kept.text == text,
        }
    }

    /// The most bytes that a file with this text has: in UTF-16, two for each ASCII character and the mark.
    pub(super) fn most_bytes(&self) -> u64 {
        let length = match self {
            Self::Nothing => return u64::MAX,
            Self::Digest(digest) => digest.length,
            Self::Text(kept) => kept.text.len(),
        };
        (length as u64).saturating_mul(2).saturating_add(2)
    }
}

/// A text's length and hash: enough to see that it changed, though not against somebody who hides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    length: usize,
    hash: u64,
}

impl Digest {
    /// The digest of `text`.
    pub fn of(text: &str) -> Self {
        let hash = text.as_bytes().par_chunks(PART).with_min_len(MIN_PARTS).map(hash).collect::<Vec<_>>();
        Self { length: text.len(), hash: hash.into_iter().fold(0, step) }
    }
}

/// Texts shorter than this are soon read again; bytes.
const LARGE: usize = 1 << 20;

/// Keeps the text of one large file, so that it need not be read again: it had its memory when it was read.
#[derive(Debug, Default)]
pub struct Keeper {
    has_one: AtomicBool,
}

impl Keeper {
    /// What is left of a text that may be asked for again.
    pub fn remember(&self, read: Decoded<'_>) -> Audited {
        match read.text {
            Cow::Owned(text) if text.len() >= LARGE && !self.has_one.swap(true, Ordering::Relaxed) => {
                Audited::Text(Arc::new(Decoded { text: Cow::Owned(text), transcoded: read.transcoded }))
            }
            text => Audited::Digest(Digest::of(&text)),
        }
    }
}

/// So many bytes are hashed at a time.
const PART: usize = 64 << 10;

/// So many parts, at least, are worth another thread.
const MIN_PARTS: usize = 16;

/// The hash of a part. Each step is one to one, so no change of a single word goes unseen.
fn hash(part: &[u8]) -> u64 {
    // Four at a time: none waits for the others.
    let mut lanes = [0; 4];
    let (blocks, rest) = part.as_chunks::<32>();
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block.as_chunks::<8>().0) {
            *lane = step(*lane, u64::from_le_bytes(*word));
        }
    }
    let hash = lanes.into_iter().fold(0, step);
    rest.iter().fold(hash, |hash, byte| step(hash, u64::from(*byte)))
}

/// FxHash.
fn step(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// All files of the run; [`FileId`] is the index.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a file and names it.
    pub fn add(&mut self, source: Source) -> FileId {
        let id = FileId(crate::span::Span::new(self.0.len()..usize::MAX).start);
        self.0.push(source);
        id
    }

    /// The file, if the id is of this run.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.0.get(id.0 as usize)
    }

    /// All files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        (0..).map(FileId).zip(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_large_text_is_kept() {
        let keeper = Keeper::default();
        let remember = |text: String| keeper.remember(Decoded { text: text.into(), transcoded: false });
        let large = "a".repeat(LARGE);
        assert!(matches!(remember("a: b".to_owned()), Audited::Digest(_)));
        assert!(matches!(remember(large.clone()), Audited::Text(kept) if kept.text == large));
        assert!(matches!(remember(large.clone()), Audited::Digest(digest) if digest == Digest::of(&large)));
    }

    #[test]
    fn a_changed_text_has_another_digest() {
        let text = "kind: Secret\nname: a\n";
        assert_eq!(Digest::of(text), Digest::of(text));
        for other in ["kind: Secret\nname: b\n", "kind: secret\nname: a\n", "kind: Secret\nname: a", ""] {
            assert_ne!(Digest::of(text), Digest::of(other), "{other}");
        }
        assert_ne!(Digest::of("\0"), Digest::of("\0\0"));
    }
}
