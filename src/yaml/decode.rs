//! From bytes to text: UTF-8, and UTF-16 with a byte order mark, as kubectl reads them.

use std::borrow::Cow;

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// There is a NUL in it.
    #[error("binary (NUL at byte {0})")]
    Binary(usize),
    /// Not UTF-8 from this byte on.
    #[error("not UTF-8 (byte {0})")]
    NotUtf8(usize),
    /// The byte order mark says UTF-16, but from this byte on it is not.
    #[error("not UTF-16 (byte {0})")]
    NotUtf16(usize),
}

/// The text that `bytes` are. A UTF-8 byte order mark stays, so that offsets are those of the file; UTF-16 is rewritten
/// as UTF-8 and loses it.
///
/// # Errors
/// If they are binary or in another encoding; the error tells the first byte that is wrong.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, DecodeError> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        _ => {
            if let Some(at) = memchr::memchr(0, bytes) {
                return Err(DecodeError::Binary(at));
            }
            let text = str::from_utf8(bytes).map_err(|error| DecodeError::NotUtf8(error.valid_up_to()))?;
            Cow::Borrowed(text)
        }
    };
    Ok(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, DecodeError> {
    // The byte order mark stands before these bytes.
    let mut at = 2;
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match character {
            Ok('\0') => return Err(DecodeError::Binary(at)),
            Ok(character) => {
                at += character.len_utf16() * 2;
                text.push(character);
            }
            Err(_) => return Err(DecodeError::NotUtf16(at)),
        }
    }
    if rest.is_empty() { Ok(text) } else { Err(DecodeError::NotUtf16(at)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_and_everything_else_named() {
        for (bytes, text) in [
            (&b"a: \xc3\xa9"[..], Ok("a: é")),
            (b"\xef\xbb\xbfa", Ok("\u{feff}a")),
            (b"\xff\xfea\0\x3d\xd8\x00\xde", Ok("a😀")),
            (b"\xfe\xff\0a", Ok("a")),
            (b"", Ok("")),
            (b"ab\0c\xff", Err(DecodeError::Binary(2))),
            (b"ab\xe9c", Err(DecodeError::NotUtf8(2))),
            (b"\xff\xfea\0\0\0", Err(DecodeError::Binary(4))),
            (b"\xff\xfea\0\x3d\xd8", Err(DecodeError::NotUtf16(4))),
            (b"\xff\xfea\0b", Err(DecodeError::NotUtf16(4))),
        ] {
            assert_eq!(decode(bytes).as_deref(), text.as_ref().map(|text| *text), "{bytes:?}");
        }
    }

    #[test]
    fn errors_name_the_byte() {
        assert_eq!(DecodeError::NotUtf8(17).to_string(), "not UTF-8 (byte 17)");
    }
}
