//! Replaces bytes of a text.

use crate::span::Edit;

/// Edits that do not fit the text, or each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the edit at byte {at} does not fit")]
pub struct EditError {
    at: u32,
}

/// The text with every edit applied. Spans are those of the text before.
///
/// # Errors
/// If edits overlap, lie outside of the text, or cut a character in two.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span);
    let mut edited = String::with_capacity(text.len());
    let mut done = 0;
    for edit in sorted {
        let error = EditError { at: edit.span.start };
        let range = edit.span.range();
        edited.push_str(text.get(done..range.start).ok_or_else(|| error.clone())?);
        text.get(range.clone()).ok_or(error)?;
        edited.push_str(&edit.text);
        done = range.end;
    }
    edited.push_str(text.get(done..).unwrap_or_default());
    Ok(edited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn edit(range: std::ops::Range<usize>, text: &str) -> Edit {
        Edit::replace(Span::new(range), text)
    }

    #[test]
    fn edits_apply_in_any_order() {
        let edits = [edit(4..5, "Z"), edit(0..1, ""), edit(2..2, "++")];
        assert_eq!(apply("abcde", &edits).unwrap(), "b++cdZ");
    }

    #[test]
    fn edits_that_do_not_fit_are_refused() {
        assert!(apply("abc", &[edit(0..2, "x"), edit(1..3, "y")]).is_err(), "they overlap");
        assert!(apply("abc", &[edit(2..9, "x")]).is_err(), "outside");
        assert!(apply("é", &[edit(1..2, "x")]).is_err(), "half a character");
    }
}
