//! The text that stands in a scalar, to be read by itself.

use super::node::Node;
use super::text::{Segment, Text};
use super::tree::Style;

/// Longer texts with escapes have one place; bytes.
const LONGEST_ESCAPED: usize = 1 << 20;

/// How long the escape is that `text` begins with, which stands for one character.
fn escape(text: &str, decoded: char) -> Option<usize> {
    Some(match text.chars().nth(1)? {
        'x' => 4,
        // JSON writes characters beyond U+FFFF as two.
        'u' if decoded.len_utf16() == 2 => 12,
        'u' => 6,
        'U' => 10,
        '\n' | '\r' => return None,
        _ => 2,
    })
}

impl<'a> Node<'a> {
    /// The text of a scalar, with the way from its bytes to those of the file: byte by byte in a block scalar (`|`) and
    /// wherever it stands in the file as it is; word by word in double quotes with escapes; what is folded is the whole
    /// scalar.
    pub fn inside(self) -> Option<Text<'a>> {
        let scalar = self.scalar()?;
        let literal = (scalar.style() == Style::Literal).then(|| self.lines_inside(scalar.text())).flatten();
        let segments = literal
            .or_else(|| self.verbatim(scalar.text()))
            .or_else(|| self.escaped(scalar.text()).filter(|_| scalar.style() == Style::Double));
        Some(Text::pieced(scalar.text(), segments.unwrap_or_else(|| self.as_a_whole())))
    }

    /// `text`, which was made of a scalar's, with all of it at the whole scalar.
    pub fn decoded(self, text: String) -> Text<'static> {
        Text::pieced(text, self.as_a_whole())
    }

    fn as_a_whole(self) -> Vec<Segment> {
        vec![Segment { inner: 0, outer: self.span(), exact: false }]
    }

    /// The text as it stands between quotes, or plain.
    fn verbatim(self, text: &str) -> Option<Vec<Segment>> {
        let start = self.inner().start + self.written()?.find(text)?;
        Some(vec![self.segment(0, start, text.len())])
    }

    /// A segment for each word, blank and escape of a line in double quotes. None of them may be edited: what is put there
    /// would need escapes of its own.
    fn escaped(self, text: &str) -> Option<Vec<Segment>> {
        let written = self.written().filter(|_| text.len() <= LONGEST_ESCAPED)?;
        let mut at = written.find('"')? + 1;
        let mut segments = Vec::new();
        let mut was = None;
        for (inner, decoded) in text.char_indices() {
            let rest = written.get(at..)?;
            let length = if rest.starts_with('\\') { escape(rest, decoded)? } else { decoded.len_utf8() };
            let is_itself = rest.starts_with(decoded);
            if decoded == '\n' && is_itself || length == decoded.len_utf8() && !is_itself {
                return None;
            }
            let kind = (!rest.starts_with('\\')).then(|| decoded.is_whitespace());
            let start = self.inner().start + at;
            match segments.last_mut() {
                Some(Segment { outer, .. }) if kind.is_some() && kind == was => {
                    outer.end = self.tree().text().outer(start..start + length).end;
                }
                _ => segments.push(Segment { exact: false, ..self.segment(inner, start, length) }),
            }
            (was, at) = (kind, at + length);
        }
        written.get(at..)?.starts_with('"').then_some(segments)
    }

    /// A segment for each line of a block scalar: what the line ends with is its text, the rest indentation.
    fn lines_inside(self, text: &str) -> Option<Vec<Segment>> {
        let written = self.written()?;
        let mut at = written.find('\n')? + 1;
        let mut segments = Vec::new();
        let mut inner = 0;
        for line in text.split_inclusive('\n') {
            let rest = written.get(at..)?;
            let end = rest.find('\n').unwrap_or(rest.len());
            let shown = rest.get(..end)?.trim_end_matches('\r');
            let content = line.trim_end_matches('\n').trim_end_matches('\r');
            let indent = shown.strip_suffix(content)?.len();
            segments.push(self.segment(inner, self.inner().start + at + indent, content.len()));
            inner += line.len();
            at = (at + end + 1).min(written.len());
        }
        Some(segments)
    }

    fn segment(self, inner: usize, start: usize, length: usize) -> Segment {
        let text = self.tree().text();
        let bytes = start..start + length;
        let inner = u32::try_from(inner).unwrap_or(u32::MAX);
        Segment { inner, outer: text.outer(bytes.clone()), exact: text.is_exact(bytes) }
    }

    fn written(self) -> Option<&'a str> {
        self.tree().text().as_str().get(self.inner())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Text, Tree};

    /// What the file has where `needle` stands in the text of the scalar at `a`.
    fn found(file: &str, needle: &str) -> String {
        let tree = Tree::parse(Text::slice(file, 0)).unwrap();
        let text = tree.root().unwrap().get("a").value().unwrap().inside().unwrap();
        let at = text.as_str().find(needle).unwrap();
        file.get(text.outer(at..at + needle.len()).range()).unwrap().to_owned()
    }

    #[test]
    fn what_stands_there_as_it_is_has_its_own_bytes() {
        for file in [
            "a: xyz\n",
            "a: ' xyz '\n",
            "a: \"k: xyz\"\n",
            "a: |\n  b\n\n   xyz\n\n  c\nd: e\n",
            "a: |2-\n    b\n   xyz",
            "a: |\r\n  b: c\r\n  d: xyz\r\n",
            "a: |+\n  xyz\n\n\nb: c\n",
            "a: |\n\n  xyz # |\n",
            "a: &x !!str |\n  xyz\n",
            "a: \"b\\nxyz\"\n",
            "a: &x \"{\\\"b\\\": \\\"xyz\\\"}\"\n",
            "{\"a\": \"\\ud83d\\ude00\\u00e9\\t\\/ é xyz\\n\"}",
        ] {
            assert_eq!(found(file, "xyz"), "xyz", "{file:?}");
        }
    }

    #[test]
    fn what_is_folded_is_the_whole_scalar() {
        for (file, scalar) in [
            ("a: \"b\\\n  xyz\"\n", "\"b\\\n  xyz\""),
            ("a: \"b\\t\n  xyz\"\n", "\"b\\t\n  xyz\""),
            ("a: 'it''s xyz'\n", "'it''s xyz'"),
            ("a: >\n  b\n  xyz\n", ">\n  b\n  xyz"),
            ("a: b\n  xyz\n", "b\n  xyz"),
        ] {
            assert_eq!(found(file, "xyz"), scalar, "{file:?}");
        }
    }

    #[test]
    fn what_has_escapes_is_not_edited() {
        let tree = Tree::parse(Text::slice("a: \"b: 1\\nc: xyz\"\n", 0)).unwrap();
        let text = tree.root().unwrap().get("a").value().unwrap().inside().unwrap();
        let inner = Tree::parse(text).unwrap();
        let node = inner.root().unwrap().get("c").value().unwrap();
        assert_eq!((node.span().range(), node.is_editable()), (13..16, false));
    }

    #[test]
    fn texts_in_texts_lead_to_the_file() {
        let file = "a: |\n  b: |\n    c: xyz\n";
        let tree = Tree::parse(Text::slice(file, 0)).unwrap();
        let outer = tree.root().unwrap().get("a").value().unwrap().inside().unwrap();
        let middle = Tree::parse(outer).unwrap();
        let inner = Tree::parse(middle.root().unwrap().get("b").value().unwrap().inside().unwrap()).unwrap();
        let node = inner.root().unwrap().get("c").value().unwrap();
        assert_eq!(file.get(node.span().range()), Some("xyz"));
        assert!(node.is_editable());
    }

    #[test]
    fn a_text_with_a_separator_is_read() {
        let file = "a: |\n  ---\n  b: xyz\n";
        let tree = Tree::parse(Text::slice(file, 0)).unwrap();
        let inner = Tree::parse(tree.root().unwrap().get("a").value().unwrap().inside().unwrap()).unwrap();
        assert_eq!(inner.root().unwrap().get("b").value().unwrap().as_str(), Some("xyz"));
    }
}
