//! Lines that belong together: none of them can be had without the others, and no comment may come between.

use std::ops::Range;

use super::lines::is_continued;
use super::shell::Shell;

/// The ranges of several lines that belong together, in their order, less those of one line: lines that continue one
/// another, here-documents with the command that reads them, and in a shell script strings over several lines.
pub(super) fn of(text: &str, heredocs: &[Range<usize>], has_quotes: bool) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut heredocs = heredocs.iter().peekable();
    let mut start = 0;
    let mut shell = Shell::new(text, 0);
    let mut group = None;
    // Up to here a here-document goes, with its last line.
    let mut body_end = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let opens = heredocs.next_if(|body| body.start <= end);
        let is_in_body = end <= body_end;
        if let Some(body) = opens {
            body_end = line_end(text, body.end);
        } else if !is_in_body && has_quotes {
            shell.read_to(end);
        }
        let is_open = end < body_end || !is_in_body && (is_continued(line.as_bytes()) || !shell.is_level());
        let from = *group.get_or_insert(start);
        if !is_open {
            if from < start {
                groups.push(from..end);
            }
            (group, shell) = (None, Shell::new(text, end));
        }
        start = end;
    }
    // What is not closed up to the end was no quote.
    groups
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::embedded::heredocs;

    #[test]
    fn lines_that_belong_together() {
        for (text, expected) in [
            ("a\nb \\\n c\nd\n", vec!["b \\\n c\n"]),
            ("a\ncat <<EOF | x \\\n y\nEOF\nb\n", vec!["cat <<EOF | x \\\n y\nEOF\n"]),
            ("cat <<EOF\nit's\nEOF\nb\nc\n", vec!["cat <<EOF\nit's\nEOF\n"]),
            ("a 'b\nc'\nd\n", vec!["a 'b\nc'\n"]),
            ("x=\"$(a \"b\nc\")\"\nd\n", vec!["x=\"$(a \"b\nc\")\"\n"]),
            ("a # it's\nb\n# don't\nc\n", vec![]),
            ("a 'b\nc\nd", vec![]),
            ("a: |\n b\nc\n", vec![]),
            ("a b |\n b\nc\n", vec!["a b |\n b\n"]),
        ] {
            let groups = of(text, &heredocs(text), true);
            let found: Vec<_> = groups.into_iter().map(|range| text.get(range).unwrap()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
