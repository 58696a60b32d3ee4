//! Escapes in double quotes.

use super::{Outcome, Unusual};

/// Appends `text` to `out`, escapes resolved. Surrogate pairs are JSON only: kubectl's YAML parser refuses them.
pub(super) fn unescape(text: &str, json: bool, out: &mut String) -> Outcome {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (character, after) = escape(after, json)?;
        out.push(character);
        rest = after;
    }
    out.push_str(rest);
    Ok(())
}

/// The character that the escape at the start of `text` (after its backslash) stands for, and the text after it.
fn escape(text: &str, json: bool) -> Outcome<(char, &str)> {
    let mut rest = text.chars();
    let character = match rest.next().ok_or(Unusual)? {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0b',
        'f' => '\x0c',
        'r' => '\r',
        'e' => '\x1b',
        same @ (' ' | '"' | '/' | '\\') => same,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return hexadecimal(rest.as_str(), 2),
        'u' if json => return utf16(rest.as_str()),
        'u' => return hexadecimal(rest.as_str(), 4),
        'U' => return hexadecimal(rest.as_str(), 8),
        _ => return Err(Unusual),
    };
    Ok((character, rest.as_str()))
}

fn hexadecimal(text: &str, digits: usize) -> Outcome<(char, &str)> {
    let (value, rest) = code_unit(text, digits)?;
    Ok((char::from_u32(value).ok_or(Unusual)?, rest))
}

fn code_unit(text: &str, digits: usize) -> Outcome<(u32, &str)> {
    let (number, rest) = text.split_at_checked(digits).ok_or(Unusual)?;
    // `from_str_radix` would take a sign.
    if !number.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Unusual);
    }
    Ok((u32::from_str_radix(number, 16).map_err(|_| Unusual)?, rest))
}

/// `\u` as JSON has it: two of them may make one character.
fn utf16(text: &str) -> Outcome<(char, &str)> {
    let (first, rest) = code_unit(text, 4)?;
    if let Some(character) = char::from_u32(first) {
        return Ok((character, rest));
    }
    let (second, rest) = code_unit(rest.strip_prefix("\\u").ok_or(Unusual)?, 4)?;
    let units = [first, second].map(|unit| u16::try_from(unit).unwrap_or_default());
    let character = char::decode_utf16(units).next().and_then(Result::ok).ok_or(Unusual)?;
    Ok((character, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_as_yaml_and_json_have_them() {
        for (text, yaml, json) in [
            (r"a\n\t\\\x41\u00e9", Some("a\n\t\\Aé"), Some("a\n\t\\Aé")),
            (r"\U0001F553\e\_", Some("\u{1f553}\x1b\u{a0}"), Some("\u{1f553}\x1b\u{a0}")),
            (r"\ud83d\ude00!", None, Some("😀!")),
            (r"\ud83d", None, None),
            (r"\ude00\ud83d", None, None),
            (r"\u+123", None, None),
            (r"\u00e", None, None),
            (r"\q", None, None),
        ] {
            for (json, want) in [(false, yaml), (true, json)] {
                let mut out = String::new();
                let read = unescape(text, json, &mut out).ok().map(|()| out.as_str());
                assert_eq!(read, want, "{text} json: {json}");
            }
        }
    }
}
