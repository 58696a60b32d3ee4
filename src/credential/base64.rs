//! Base64 as Secrets and JSON Web Tokens have it.

/// What `text` encodes, in the alphabet of RFC 4648 §4 or §5, padded or not. Line ends are left out, as Go's
/// decoder does. `None` if it is not base64.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches(['\n', '\r']).trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
        bits = bits << 6 | u32::from(value(byte)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            let [byte, ..] = (bits >> count).to_le_bytes();
            bytes.push(byte);
            bits &= (1 << count) - 1;
        }
    }
    // A single character left over holds no byte.
    (count < 6).then_some(bytes)
}

/// The same, if it encodes text.
pub(super) fn decode_text(text: &str) -> Option<String> {
    String::from_utf8(decode(text)?).ok()
}

/// Whether `byte` is of the alphabet of RFC 4648 §5, that of JSON Web Tokens.
pub(super) fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Whether `byte` may stand in base64 of any kind.
pub(super) fn is_base64(byte: u8) -> bool {
    is_url_safe(byte) || matches!(byte, b'+' | b'/' | b'=')
}

fn value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_rfc_4648() {
        for (text, decoded) in [
            ("", Some("")),
            ("Zg==", Some("f")),
            ("Zm8=", Some("fo")),
            ("Zm8", Some("fo")),
            ("Zm9v", Some("foo")),
            ("Zm9vYg==", Some("foob")),
            ("Zm9v\nYmFy\n", Some("foobar")),
            ("Zm9v\r\nYmE=\r\n", Some("fooba")),
            ("Pz8_", Some("???")),
            ("Pz8/", Some("???")),
            ("Z", None),
            ("Zm9vY", None),
            ("Zm9v Ymc", None),
            ("Zg==Zg", None),
            ("é", None),
        ] {
            assert_eq!(decode_text(text).as_deref(), decoded, "{text:?}");
        }
        assert_eq!(decode("_-8="), Some(vec![0xff, 0xef]));
    }
}
