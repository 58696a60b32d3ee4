//! Makes text from manifests harmless where people and CI systems read it.
//!
//! Manifests come from strangers: a name may hold terminal sequences, characters that turn text around, commands for
//! the CI runner (`::error::`, `##[error]`, `##vso[…]`) or a link.

use std::borrow::Cow;
use std::fmt::Write as _;

use memchr::memmem;

use super::merged::merged;
use super::shapes;

/// Text for one line of output: credentials masked, control characters and commands neutralised, line ends to blanks.
pub(crate) fn line(text: &str) -> String {
    let text = shapes::mask(text);
    let blanked: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    neutral(&blanked).into_owned()
}

/// Neutralises everything but line ends and tabs. Every character is replaced by one of as many bytes, so that offsets
/// stay what they are.
pub(crate) fn neutral(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    for at in suspects(text.as_bytes()) {
        let (before, rest) = text.split_at_checked(at).unwrap_or_default();
        let Some(c) = rest.chars().next() else { continue };
        let Some(harmless) = harmless(before, c, rest.get(c.len_utf8()..).unwrap_or_default()) else {
            continue;
        };
        if done == 0 {
            out.reserve_exact(text.len());
        }
        out.push_str(text.get(done..at).unwrap_or_default());
        out.push(harmless);
        done = at + c.len_utf8();
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// Bytes that are looked at together, because most texts have nothing that is odd.
const BLOCK: usize = 64;

/// The bytes at which something may start that is to be neutralised, in order.
fn suspects(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let is_odd = |byte: &u8| !(b' '..=b'~').contains(byte) && *byte != b'\n' && *byte != b'\t';
    // Of other characters, `is_control` knows only some that start so.
    let may_start =
        move |byte: &u8| is_odd(byte) && matches!(byte, ..0x80 | 0xc2 | 0xd8 | 0xe2 | 0xef | 0xf3);
    // Without an early end the compiler looks at many bytes at a time.
    let is_suspect = move |block: &[u8]| block.iter().fold(false, |is, byte| is | is_odd(byte));
    let blocks = text.chunks(BLOCK).zip((0..).step_by(BLOCK)).filter(move |(block, _)| is_suspect(block));
    let odd = blocks.flat_map(move |(block, start)| {
        block.iter().zip(start..).filter(move |(byte, _)| may_start(byte)).map(|(_, at)| at)
    });
    let [colons, bracket, vso] = ["::", "#[", "#vso["].map(|command| memmem::find_iter(text, command));
    merged(odd, merged(colons, merged(bracket, vso)))
}

/// What stands for `c` between what is before and after it; `None` for itself.
fn harmless(before: &str, c: char, after: &str) -> Option<char> {
    let is_start = || {
        before.is_empty()
            || before.ends_with(|c: char| c.is_whitespace() && (!is_control(c) || "\n\t".contains(c)))
    };
    match c {
        '\n' | '\t' => None,
        '\r' if after.starts_with('\n') => None,
        '#' if before.ends_with('#') && (after.starts_with('[') || after.starts_with("vso[")) => Some(' '),
        ':' if after.starts_with(':') && is_start() => Some('.'),
        c => is_control(c).then(|| replacement(c)),
    }
}

/// Characters that move the cursor, turn text around, end lines unseen or are not seen at all.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}')
}

fn replacement(c: char) -> char {
    match c.len_utf8() {
        1 => '?',
        2 => '¿',
        3 => '\u{fffd}',
        _ => '🯄',
    }
}

/// Finished JSON, with the same meaning and nothing in it that a terminal or a CI runner acts on: outside of ASCII
/// such characters, and the first of `##[`, can only stand in strings.
pub(super) fn json(json: &str) -> Cow<'_, str> {
    if !json.contains("##") && !json.chars().any(|c| c != '\n' && is_control(c)) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 64);
    for (at, c) in json.char_indices() {
        let is_command = || {
            let after = json.get(at + 1..).unwrap_or_default();
            c == '#' && (after.starts_with("#[") || after.starts_with("#vso["))
        };
        if (c != '\n' && is_control(c)) || is_command() {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Text for a SARIF message, where `[text](target)` is a link (SARIF 2.1.0 §3.11.6).
pub(super) fn sarif_message(text: &str) -> String {
    escape_with(&line(text), |c| matches!(c, '[' | ']' | '\\').then(|| format!("\\{c}")))
}

/// The message of a GitHub workflow command (actions/toolkit, `command.ts`).
pub(super) fn github_data(text: &str) -> String {
    escape_with(text, |c| match c {
        '%' => Some("%25".to_owned()),
        '\r' => Some("%0D".to_owned()),
        '\n' => Some("%0A".to_owned()),
        _ => None,
    })
}

/// A property of a GitHub workflow command.
pub(super) fn github_property(text: &str) -> String {
    escape_with(&github_data(text), |c| match c {
        ':' => Some("%3A".to_owned()),
        ',' => Some("%2C".to_owned()),
        _ => None,
    })
}

/// A relative path as a URI: everything but unreserved characters and `/` percent-encoded (RFC 3986).
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn escape_with(text: &str, escape: impl Fn(char) -> Option<String>) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match escape(c) {
            Some(escaped) => out.push_str(&escaped),
            None => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, character by character.
    fn slow_neutral(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            let after = rest.as_str();
            out.push(match c {
                '\n' | '\t' => c,
                '\r' if after.starts_with('\n') => c,
                '#' if out.ends_with('#') && (after.starts_with('[') || after.starts_with("vso[")) => ' ',
                ':' if after.starts_with(':') && (out.is_empty() || out.ends_with(char::is_whitespace)) => {
                    '.'
                }
                c if is_control(c) => replacement(c),
                c => c,
            });
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_that_acts_is_left_out(text in r"([#:\[ \n\r\t\x0b\x85\u{a0}\u{2028}\u{3000}]|vso\[|[[:ascii:]]|.|\u{1b}|\u{61c}|\u{feff}|\u{e0041}){0,24}") {
            prop_assert_eq!(neutral(&text), slow_neutral(&text));
        }
    }

    #[test]
    fn the_first_bytes_of_all_controls_are_known() {
        for c in (char::MIN..=char::MAX).filter(|c| is_control(*c) && !"\n\t".contains(*c)) {
            let mut bytes = [0; 4];
            assert_eq!(suspects(c.encode_utf8(&mut bytes).as_bytes()).next(), Some(0), "{c:?}");
        }
    }

    #[test]
    fn hostile_text_becomes_harmless() {
        for (hostile, shown) in [
            ("web", "web"),
            ("\u{1b}[31mred", "?[31mred"),
            ("a\nb\tc\rd", "a b c d"),
            ("\u{9b}31m", "¿31m"),
            ("\u{202e}txt", "\u{fffd}txt"),
            ("x ##[error]y", "x # [error]y"),
            ("##vso[task.complete]", "# vso[task.complete]"),
            ("###[group]", "## [group]"),
            ("::error::x", ".:error::x"),
            ("x\n::error::y", "x .:error::y"),
            ("arn:aws:iam::123:role/web", "arn:aws:iam::123:role/web"),
            ("token eyJhbGciOiJSUzI1.eyJzdWIi.c2ln", "token ******************************"),
        ] {
            assert_eq!(line(hostile), shown, "{hostile:?}");
        }
    }

    #[test]
    fn neutral_text_has_the_same_offsets() {
        let hostile = "a\u{1b}\u{9b}\u{202e}\u{e0041}##[x]\r\n\tb\r";
        let neutral = neutral(hostile);
        assert_eq!(neutral.len(), hostile.len());
        assert!(neutral.contains("\r\n\tb?"), "{neutral:?}");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let value = serde_json::json!({"name": "\\##[error]\u{202e}\u{9b}\u{e0041}\u{1b}::x##vso[y"});
        let written = serde_json::to_string_pretty(&value).unwrap();
        let harmless = json(&written);
        assert!(
            !harmless.contains("##") && !harmless.contains(['\u{202e}', '\u{9b}', '\u{e0041}']),
            "{harmless}"
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&harmless).unwrap(), value);
    }

    #[test]
    fn every_syntax_has_its_escapes() {
        assert_eq!(sarif_message(r"[x](1) \"), r"\[x\](1) \\");
        assert_eq!(github_data("50%\r\n"), "50%25%0D%0A");
        assert_eq!(github_property("a:b,c%"), "a%3Ab%2Cc%25");
        assert_eq!(uri("web app/é#1.yaml"), "web%20app/%C3%A9%231.yaml");
    }
}
