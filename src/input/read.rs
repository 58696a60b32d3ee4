//! Reads a file, with an eye on what is no file at all.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::decode::{DecodeError, Decoded, decode};
use super::source::{Audited, Contents, Source};

/// Larger files are skipped unless the user says otherwise; bytes.
pub const MAX_FILE_SIZE: u64 = 32 << 20;

/// Positions have 32 bits, and what is UTF-16 grows by half.
const MOST: u64 = 2 << 30;

/// A file that was not read. Prints as the reason that the summary gives.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Larger than allowed, in bytes.
    #[error("larger than {}", in_words(*.0))]
    TooLarge(u64),
    /// Binary or wrongly encoded.
    #[error(transparent)]
    NoText(#[from] DecodeError),
    /// A folder, socket, device or pipe: opening one may never return.
    #[error("not a regular file")]
    NoFile,
    /// There when the walk saw it, gone when it was read.
    #[error("vanished while saudit ran")]
    Vanished,
    /// Not readable for this user.
    #[error("permission denied")]
    Denied,
    /// Anything else.
    #[error("{0}")]
    Io(io::Error),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Vanished,
            io::ErrorKind::PermissionDenied => Self::Denied,
            _ => Self::Io(error),
        }
    }
}

impl Source {
    /// Its text, if it is not larger than `max` bytes.
    ///
    /// # Errors
    /// If it is too large, no text, no regular file, or not readable.
    pub fn read(&self, max: u64) -> Result<Decoded<'_>, ReadError> {
        match &self.contents {
            Contents::Memory(text) => Ok(Decoded { text: Cow::Borrowed(text), transcoded: false }),
            Contents::File(path) => Ok(decode(read_file(path, max.min(MOST))?)?),
        }
    }

    /// The text that was audited, if need be read again; `None` if it changed meanwhile or cannot be read any more.
    pub fn text(&self) -> Option<Decoded<'_>> {
        match &self.audited {
            Audited::Text(kept) => {
                Some(Decoded { text: Cow::Borrowed(&kept.text), transcoded: kept.transcoded })
            }
            _ => self.read_again(),
        }
    }

    /// The text that was audited, read again; `None` if it changed meanwhile or cannot be read any more.
    pub fn read_again(&self) -> Option<Decoded<'_>> {
        let decoded = self.read(self.audited.most_bytes()).ok()?;
        self.audited.is(&decoded.text).then_some(decoded)
    }
}

/// Standard input as text, if it is not larger than `max` bytes.
///
/// # Errors
/// If it is too large, no text, or not readable.
pub fn read_stdin(stdin: &mut dyn Read, max: u64) -> Result<String, ReadError> {
    Ok(decode(read_at_most(stdin, Vec::new(), max.min(MOST))?)?.text.into_owned())
}

fn read_file(path: &Path, max: u64) -> Result<Vec<u8>, ReadError> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(ReadError::NoFile);
    }
    if metadata.len() > max {
        return Err(ReadError::TooLarge(max));
    }
    let mut bytes = Vec::new();
    let expected = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    // Memory that is not there is an error like any other.
    bytes.try_reserve_exact(expected.saturating_add(1)).map_err(io::Error::from)?;
    read_at_most(&mut File::open(path)?, bytes, max)
}

/// The size that a file says it has may be wrong (`/proc`, a file that grows), so what is read is limited too.
fn read_at_most(from: &mut dyn Read, mut bytes: Vec<u8>, max: u64) -> Result<Vec<u8>, ReadError> {
    from.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max { Err(ReadError::TooLarge(max)) } else { Ok(bytes) }
}

/// A number of bytes as people say it: "32 MiB", "100 bytes".
fn in_words(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::source::Digest;
    use super::*;

    fn source(path: &Path) -> Source {
        let name = path.to_string_lossy().into_owned();
        Source::new(name.clone(), name, Contents::File(path.to_owned()))
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sa.yaml");
        fs::write(&path, "kind: Secret").unwrap();
        assert_eq!(source(&path).read(12).unwrap().text, "kind: Secret");
        assert_eq!(source(&path).read(11).unwrap_err().to_string(), "larger than 11 bytes");
    }

    #[test]
    fn what_has_more_bytes_than_positions_is_too_large_whatever_is_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sa.yaml");
        // It takes no room: all of it is a hole.
        File::create(&path).unwrap().set_len(10 << 30).unwrap();
        assert_eq!(source(&path).read(u64::MAX).unwrap_err().to_string(), "larger than 2 GiB");
    }

    #[test]
    fn only_what_was_audited_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sa.yaml");
        let utf16: Vec<_> = "\u{feff}a: b".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let kept = Arc::new(decode(b"a: b".to_vec()).unwrap());
        for audited in [Audited::Digest(Digest::of("a: b")), Audited::Text(kept)] {
            let is_kept = matches!(audited, Audited::Text(_));
            let source = Source { audited, ..source(&path) };
            let text = || source.text().map(|decoded| decoded.text);
            for bytes in [&b"a: b"[..], &utf16] {
                fs::write(&path, bytes).unwrap();
                assert_eq!(source.read_again().unwrap().text, "a: b");
                for other in ["a: c", "a: b\n", "", &"a: b".repeat(100)] {
                    fs::write(&path, other).unwrap();
                    assert_eq!(source.read_again(), None, "{other}");
                    assert_eq!(text().is_some_and(|text| text == "a: b"), is_kept, "{other}");
                }
                fs::remove_file(&path).unwrap();
                assert_eq!(source.read_again(), None);
            }
        }
    }

    #[test]
    fn what_is_no_file_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(source(folder.path()).read(10), Err(ReadError::NoFile)));
        assert!(matches!(source(&folder.path().join("gone.yaml")).read(10), Err(ReadError::Vanished)));
    }

    #[test]
    fn standard_input_is_limited_too() {
        assert_eq!(read_stdin(&mut "a: b".as_bytes(), 4).unwrap(), "a: b");
        assert!(matches!(read_stdin(&mut io::repeat(b'a'), 1 << 10), Err(ReadError::TooLarge(_))));
        assert!(matches!(read_stdin(&mut &b"\xff"[..], 4), Err(ReadError::NoText(DecodeError::Utf8(0)))));
    }

    #[test]
    fn sizes_read_well() {
        for (bytes, words) in
            [(32 << 20, "32 MiB"), (1 << 10, "1 KiB"), (3 << 30, "3 GiB"), (1500, "1500 bytes")]
        {
            assert_eq!(in_words(bytes), words);
        }
    }
}
