//! Folded block scalars of YAML (`run: >-`): the lines of a paragraph are one line there.

use std::ops::Range;

use memchr::{memchr, memmem, memrchr};

/// The paragraphs of more than one line in the folded block scalars of a text, in its order, without the last newline
/// of each.
pub(super) fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut done = 0;
    for at in memmem::find_iter(text.as_bytes(), b">") {
        if at >= done
            && let Some(header) = header(text, at)
        {
            done = scalar(text, &header, &mut found);
        }
    }
    found
}

/// The paragraph that holds a place.
pub(super) fn around(paragraphs: &[Range<usize>], at: usize) -> Option<Range<usize>> {
    let before = paragraphs.partition_point(|paragraph| paragraph.start <= at).checked_sub(1)?;
    paragraphs.get(before).filter(|paragraph| at < paragraph.end).cloned()
}

/// The line that the `>` at a place ends, if it begins a block scalar there: behind a `:` or a `-`, with nothing but
/// indicators and a comment behind it (YAML 1.2, 8.1.1).
fn header(text: &str, at: usize) -> Option<Range<usize>> {
    /// Nobody writes more before it or behind it. A long line may have any number of `>`: to look for its ends each time
    /// would not be linear.
    const FAR: usize = 500;
    let before = text.get(..at)?;
    let key = before.trim_end_matches(' ');
    let is_value =
        key.len() < before.len() && (key == "-" || [":", " -", "\n-"].iter().any(|mark| key.ends_with(mark)));
    let behind = text.get(at + 1..)?.trim_start_matches(|c: char| c.is_ascii_digit() || "+-".contains(c));
    let rest = behind.trim_start_matches([' ', '\t', '\r']);
    let is_comment = rest.len() < behind.len() && rest.starts_with('#');
    if !is_value || !is_comment && !rest.starts_with('\n') {
        return None;
    }
    let far = at.saturating_sub(FAR);
    let near = before.as_bytes().get(far..)?;
    let start = memrchr(b'\n', near).map(|newline| far + newline + 1).or((far == 0).then_some(0))?;
    let near = rest.as_bytes().get(..FAR).unwrap_or(rest.as_bytes());
    Some(start..memchr(b'\n', near)? + text.len() - rest.len())
}

/// Adds the paragraphs of the scalar below a header; returns where it ends.
fn scalar(text: &str, header: &Range<usize>, found: &mut Vec<Range<usize>>) -> usize {
    let outer = indent(text.get(header.clone()).unwrap_or_default());
    let mut start = header.end + 1;
    // Of the scalar, as its first line has it.
    let mut inner = None;
    let mut paragraph: Option<Range<usize>> = None;
    let mut lines = 0;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        let content = line.trim_end();
        let own = indent(line);
        if !content.is_empty() {
            if own <= outer || inner.is_some_and(|inner| own < inner) {
                break;
            }
            let inner = *inner.get_or_insert(own);
            if own == inner {
                let end = start + content.len();
                lines = if paragraph.is_some() { lines + 1 } else { 1 };
                paragraph = Some(paragraph.map_or(start..end, |paragraph| paragraph.start..end));
            }
        }
        // An empty line ends a paragraph, and so does one that is indented further.
        if content.is_empty() || inner != Some(own) {
            found.extend(paragraph.take().filter(|_| lines > 1));
        }
        start += line.len();
    }
    found.extend(paragraph.filter(|_| lines > 1));
    start
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_paragraph_are_one() {
        for (text, expected) in [
            ("run: >-\n  a\n  b\nname: x\n", vec!["a\n  b"]),
            ("- >\n  a\n  b\n- c\n", vec!["a\n  b"]),
            ("- run: >2+ # folded\n    a\n    b\n\n    c\n    d\n", vec!["a\n    b", "c\n    d"]),
            ("a:\n  - - >\n      a\n      b", vec!["a\n      b"]),
            ("run: >\r\n  a\r\n  b\r\n", vec!["a\r\n  b"]),
            ("run: >\n  a\n    b\n  c\n  d\n", vec!["c\n  d"]),
            ("run: >\n\n  a\n  b\n c\n  d\n", vec!["a\n  b"]),
            ("run: |\n  a\n  b\n", vec![]),
            ("run: >\n  a\n", vec![]),
            ("run: >\na\nb\n", vec![]),
            ("<!-- a -->\n  a\n  b\n", vec![]),
            ("a ->\n  a\n  b\n", vec![]),
            ("run: > a\n  a\n  b\n", vec![]),
            ("run: >", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<_> =
                paragraphs(text).into_iter().map(|range| text.get(range).unwrap().trim_start()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
