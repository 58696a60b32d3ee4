//! Bytes to text: UTF-8, or UTF-16 with a byte order mark, as kubectl's YAML reader takes them.

use std::borrow::Cow;
use std::fmt;
use std::string::FromUtf8Error;

/// The text of a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded<'t> {
    /// The text. A byte order mark in UTF-8 is kept, so that offsets are those of the file.
    pub text: Cow<'t, str>,
    /// The file is UTF-16: offsets are not those of the file, and no fix can be written.
    pub transcoded: bool,
}

/// Without the text: it may hold tokens.
impl fmt::Debug for Decoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded").field("transcoded", &self.transcoded).finish_non_exhaustive()
    }
}

/// Bytes that are not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A NUL byte: no text file has one.
    #[error("binary (NUL at byte {0})")]
    Binary(usize),
    /// Not UTF-8.
    #[error("not UTF-8 (byte {0})")]
    Utf8(usize),
    /// A byte order mark of UTF-16, and then half a character.
    #[error("not UTF-16 (byte {0})")]
    Utf16(usize),
}

/// Reads the bytes of a file as text.
///
/// # Errors
/// If they are binary or wrongly encoded; the error has the offset of the first such byte.
pub fn decode(bytes: Vec<u8>) -> Result<Decoded<'static>, DecodeError> {
    let decoded = match bytes.get(..2) {
        Some([0xFF, 0xFE]) => from_utf16(&bytes, u16::from_le_bytes)?,
        Some([0xFE, 0xFF]) => from_utf16(&bytes, u16::from_be_bytes)?,
        _ => from_utf8(bytes)?,
    };
    match memchr::memchr(0, decoded.text.as_bytes()) {
        Some(at) => Err(DecodeError::Binary(at)),
        None => Ok(decoded),
    }
}

fn from_utf8(bytes: Vec<u8>) -> Result<Decoded<'static>, DecodeError> {
    let text = String::from_utf8(bytes).map_err(|error| wrong_utf8(&error))?;
    Ok(Decoded { text: text.into(), transcoded: false })
}

fn wrong_utf8(error: &FromUtf8Error) -> DecodeError {
    // Executables and archives are rarely UTF-8 either; "binary" says more.
    match memchr::memchr(0, error.as_bytes()) {
        Some(at) => DecodeError::Binary(at),
        None => DecodeError::Utf8(error.utf8_error().valid_up_to()),
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Decoded<'static>, DecodeError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut at = 2;
    for decoded in char::decode_utf16(pairs.iter().skip(1).map(|pair| unit(*pair))) {
        let character = decoded.map_err(|_| DecodeError::Utf16(at))?;
        at += character.len_utf16() * 2;
        text.push(character);
    }
    if rest.is_empty() {
        Ok(Decoded { text: text.into(), transcoded: true })
    } else {
        Err(DecodeError::Utf16(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf8_stays_as_it_is() {
        for text in ["", "a", "kind: Secret\n", "name: é😀\r\n", "\u{feff}kind: Secret"] {
            let decoded = decode(text.into()).unwrap();
            assert_eq!((&*decoded.text, decoded.transcoded), (text, false));
        }
    }

    #[test]
    fn utf16_is_transcoded_without_its_mark() {
        for bytes in [utf16("a: é😀\n", u16::to_le_bytes), utf16("a: é😀\n", u16::to_be_bytes)] {
            let decoded = decode(bytes).unwrap();
            assert_eq!((&*decoded.text, decoded.transcoded), ("a: é😀\n", true));
        }
    }

    #[test]
    fn what_is_no_text_is_named_with_its_offset() {
        let mut odd = utf16("ab", u16::to_le_bytes);
        odd.push(b'c');
        let lone_surrogate = vec![0xFF, 0xFE, b'a', 0, 0x00, 0xD8, b'b', 0];
        let utf32 = vec![0xFF, 0xFE, 0, 0, b'a', 0, 0, 0];
        for (bytes, message) in [
            (b"a\0b".to_vec(), "binary (NUL at byte 1)"),
            (b"\x7fELF\x80\0".to_vec(), "binary (NUL at byte 5)"),
            (b"name: \xff".to_vec(), "not UTF-8 (byte 6)"),
            (b"a: \xe2\x82".to_vec(), "not UTF-8 (byte 3)"),
            (odd, "not UTF-16 (byte 6)"),
            (lone_surrogate, "not UTF-16 (byte 4)"),
            (utf32, "binary (NUL at byte 0)"),
        ] {
            assert_eq!(decode(bytes).unwrap_err().to_string(), message);
        }
    }
}
