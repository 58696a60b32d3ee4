//! Replacing bytes of a text: everything outside the edits stays as it is, comments and all.

use crate::span::Edit;

/// Why edits cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Two edits change the same bytes.
    #[error("two edits overlap at byte {0}")]
    Overlap(u32),
    /// An edit lies outside of the text, or cuts a character in two.
    #[error("an edit does not fit the text at byte {0}")]
    Misplaced(u32),
}

/// `text` with all `edits` made. They may come in any order; insertions at the same place are made in the order given.
///
/// # Errors
/// If two edits overlap, or one does not fit the text.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut result = String::with_capacity(text.len() + added);
    let mut at = 0;
    for edit in sorted {
        let span = edit.span.range();
        if span.start < at {
            return Err(EditError::Overlap(edit.span.start));
        }
        if text.get(span.clone()).is_none() {
            return Err(EditError::Misplaced(edit.span.start));
        }
        result.push_str(text.get(at..span.start).unwrap_or_default());
        result.push_str(&edit.text);
        at = span.end;
    }
    result.push_str(text.get(at..).unwrap_or_default());
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit::replace(Span { start, end }, text)
    }

    #[test]
    fn edits_are_made_wherever_they_stand_in_the_list() {
        let edits = [edit(3, 4, "2"), edit(0, 1, "key"), edit(4, 4, " # one"), edit(4, 4, ", two")];
        assert_eq!(apply("a: 1\n", &edits).as_deref(), Ok("key: 2 # one, two\n"));
        assert_eq!(apply("a", &[]).as_deref(), Ok("a"));
    }

    #[test]
    fn edits_that_do_not_fit_are_refused() {
        for (edits, error) in [
            (vec![edit(0, 2, ""), edit(1, 3, "")], EditError::Overlap(1)),
            (vec![edit(2, 9, "")], EditError::Misplaced(2)),
            (vec![edit(1, 2, "")], EditError::Misplaced(1)),
        ] {
            assert_eq!(apply("é: 1", &edits), Err(error));
        }
    }
}
