//! Characters that YAML as kubectl reads it refuses or reads as line breaks.
//!
//! Source: go-yaml v2 `readerc.go` (what may stand in a stream) and `yamlprivateh.go` (`is_break`).

/// A character that needs a closer look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// kubectl stops with "control characters are not allowed".
    Control,
    /// A line break to kubectl, though not to people: NEL, LS, PS.
    LineBreak,
    /// A carriage return without a line feed: a line break too.
    CarriageReturn,
    /// A byte order mark that is not at the start.
    ByteOrderMark,
}

/// How many bytes are looked at in one go before an odd one is searched for.
const BLOCK: usize = 512;

/// The odd characters of `text` with their offsets, in order.
pub(super) fn oddities(text: &str) -> impl Iterator<Item = (usize, char, Oddity)> + '_ {
    let bytes = text.as_bytes();
    let blocks = bytes.chunks(BLOCK).enumerate().filter(|(_, block)| is_suspicious(block));
    blocks.flat_map(move |(index, block)| {
        let start = index * BLOCK;
        (start..start + block.len()).filter_map(move |at| {
            let oddity = judge(bytes.get(at..)?)?;
            Some((at, text.get(at..)?.chars().next()?, oddity))
        })
    })
}

/// Whether one of the bytes may begin an odd character.
#[expect(clippy::needless_bitwise_bool, reason = "without branches it runs on many bytes at a time")]
fn is_suspicious(block: &[u8]) -> bool {
    block.iter().fold(false, |found, &byte| {
        let control = (byte < 0x20) & (byte != b'\n') & (byte != b'\t');
        found | control | (byte == 0x7f) | (byte == 0xc2) | (byte == 0xe2) | (byte == 0xef)
    })
}

fn judge(bytes: &[u8]) -> Option<Oddity> {
    match bytes {
        [b'\r', b'\n', ..] | [b'\n' | b'\t' | 0x20..=0x7e, ..] => None,
        [b'\r', ..] => Some(Oddity::CarriageReturn),
        [0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..] => Some(Oddity::LineBreak),
        [0..=0x1f | 0x7f, ..] | [0xc2, 0x80..=0x9f, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => {
            Some(Oddity::Control)
        }
        [0xef, 0xbb, 0xbf, ..] => Some(Oddity::ByteOrderMark),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_kubectl_minds_is_odd() {
        let long = "é— \u{e000}\u{10ffff}".repeat(BLOCK);
        assert_eq!(oddities(&format!("a: b\r\n\tc {long}")).count(), 0);
        for (text, oddity) in [
            ("\0", Oddity::Control),
            ("\u{1b}", Oddity::Control),
            ("\u{7f}", Oddity::Control),
            ("\u{80}", Oddity::Control),
            ("\u{ffff}", Oddity::Control),
            ("\u{85}", Oddity::LineBreak),
            ("\u{2028}", Oddity::LineBreak),
            ("\u{2029}", Oddity::LineBreak),
            ("\rx", Oddity::CarriageReturn),
            ("\u{feff}", Oddity::ByteOrderMark),
        ] {
            let found: Vec<_> =
                oddities(&format!("{long}{text}")).map(|(at, _, oddity)| (at, oddity)).collect();
            assert_eq!(found, [(long.len(), oddity)], "{text:?}");
        }
    }
}
