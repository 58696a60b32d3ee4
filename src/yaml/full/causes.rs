//! What is wrong, in words that a person understands and at the place where it went wrong.

use std::ops::Range;

use granit_parser::{ErrorKind as Kind, ScanError};

use super::MAX_DEPTH;
use crate::yaml::document::Problem;
use crate::yaml::tree::TreeBuilder;

/// Turns the parser's error into a problem. `read` is what was understood before it.
pub(super) fn explain(error: &ScanError, source: &str, read: &TreeBuilder) -> Problem {
    let at = error.marker().byte_offset().unwrap_or(0).min(source.len());
    match error.kind() {
        Kind::UnclosedQuotedScalar
        | Kind::InvalidQuotedScalarIndent
        | Kind::DocumentIndicatorInQuotedScalar => quote(source, read, at),
        Kind::InvalidTrailingSingleQuotedScalar => {
            Problem::new(character(source, at), "text after the closing quote")
                .help("inside single quotes write a quote as ''")
        }
        Kind::InvalidTrailingDoubleQuotedScalar => {
            Problem::new(character(source, at), "text after the closing quote")
                .help(r#"inside double quotes write a quote as \""#)
        }
        Kind::MappingValueNotAllowed | Kind::InvalidColonPlacement => colon(source, read, at),
        Kind::RecursionLimitExceeded => too_deep(character(source, at)),
        Kind::UnexpectedCharacter { character: odd } => {
            Problem::new(character(source, at), format!("an unquoted value cannot start with `{odd}`"))
                .help("put the value in quotes")
        }
        Kind::UnknownAnchor => {
            Problem::new(word(source, at), "this alias names no anchor of the same document")
                .help("define it before with `&`; anchors of other documents do not count")
        }
        Kind::ExpectedDocumentStart | Kind::MissingDocumentEndBeforeDirective => {
            second_root(source, read.last_end())
        }
        Kind::ExpectedBlockMappingKey if follows_a_bracket(source, at) => {
            Problem::new(character(source, at), "text after the closing bracket")
                .help("if all of it is text, put it in quotes")
        }
        kind => {
            let (message, help) = plain_words(kind);
            let problem = Problem::new(character(source, at), message);
            if help.is_empty() { problem } else { problem.help(help) }
        }
    }
}

/// Whether a list or mapping in brackets ends right before `at`, on the same line.
fn follows_a_bracket(source: &str, at: usize) -> bool {
    source.get(..at).is_some_and(|before| before.trim_end_matches(' ').ends_with([']', '}']))
}

/// The problem that a collection at `bytes` lies too deep.
pub(super) fn too_deep(bytes: Range<usize>) -> Problem {
    Problem::new(bytes, format!("nested deeper than {MAX_DEPTH} levels"))
}

/// The problem that something follows what should have been the whole document, which ends at `end`.
pub(super) fn second_root(source: &str, end: usize) -> Problem {
    let rest = source.get(end..).unwrap_or_default();
    let lines = rest.split_inclusive('\n').scan(end, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    });
    let text = |(_, line): &(usize, &str)| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    // What stands on the line of the end still belongs to it.
    let (start, line) = lines.skip(1).find(text).unwrap_or((end, ""));
    let indent = line.len() - line.trim_start().len();
    Problem::new(
        start + indent..start + line.trim_end().len().max(indent),
        "this line belongs to nothing above it",
    )
    .help("indent it as the first line of the document; kubectl drops it and what follows")
}

/// Message and help for errors that need nothing but words.
fn plain_words(kind: &Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::UnexpectedEofFlowSequence
        | Kind::UnexpectedEofFlowMapping
        | Kind::UnexpectedEofImplicitFlowMapping
        | Kind::UnclosedFlowCollection { .. } => ("a bracket that opens here is never closed", ""),
        Kind::MismatchedFlowCollectionEnd { .. } => ("this bracket is closed by one of another kind", ""),
        Kind::MisplacedFlowCollectionEnd => ("this closing bracket has no opening one", ""),
        Kind::ExpectedFlowMappingSeparator => {
            ("`,` or `}` is missing before this", "if the value is text, put it in quotes")
        }
        Kind::ExpectedFlowSequenceSeparator => {
            ("`,` or `]` is missing before this", "if the value is text, put it in quotes")
        }
        Kind::BlockEntryInFlowCollection => {
            ("a list item with `-` inside brackets", "inside brackets only commas separate")
        }
        Kind::ExpectedBlockMappingKey | Kind::InvalidIndentation => {
            ("the indentation of this line fits nothing above it", "indent it as the lines it belongs to")
        }
        Kind::ExpectedBlockSequenceEntry => (
            "a list goes on here, but the line is no list item",
            "start it with `-`, or indent it differently",
        ),
        Kind::BlockSequenceEntryNotAllowed => {
            ("a list cannot start on the line of its key", "put the `-` on the next line, indented")
        }
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => (
            "a key without a value: `:` is missing after it",
            "write `key: value`, with a space after the colon",
        ),
        kind => plain_words_inside_lines(kind),
    }
}

/// The same for what is wrong inside a line rather than with the lines around it.
fn plain_words_inside_lines(kind: &Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::UnknownQuotedScalarEscape
        | Kind::InvalidQuotedScalarHexEscape
        | Kind::InvalidLowSurrogateHexEscape
        | Kind::InvalidLowSurrogate
        | Kind::MissingLowSurrogate
        | Kind::UnpairedLowSurrogate
        | Kind::InvalidUnicodeEscape => (
            "an escape in double quotes that YAML does not know",
            r"write a backslash as \\, or use single quotes",
        ),
        Kind::MissingAnchorOrAliasName => {
            ("an unquoted value cannot start with this character", "put the value in quotes")
        }
        Kind::UndeclaredTagHandle => {
            ("a tag that is not declared", "put the value in quotes if the `!` is part of it")
        }
        Kind::DirectiveDisallowed | Kind::InvalidDirectiveName | Kind::MissingDirectiveName => {
            ("kubectl does not read YAML directives", "remove the line; everything works without it")
        }
        Kind::InvalidBlockScalarHeader | Kind::ZeroBlockScalarIndent => (
            "after `|` or `>` only an indentation, `-` or `+` may stand",
            "start the text on the next line, or put the value in quotes",
        ),
        Kind::InvalidBlockScalarIndent => ("this line is indented less than the text it belongs to", ""),
        Kind::CommentInterceptedScalar => {
            ("a comment stands inside this value", "end the value before the comment")
        }
        Kind::CommentNotSeparated => ("a comment needs a space before its `#`", ""),
        Kind::MappingKeyNotAllowed => ("a key cannot stand here", "if the `?` is text, put it in quotes"),
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabAtBlockScalarStart
        | Kind::TabInPlainScalar
        | Kind::InvalidBlockEntryWhitespace
        | Kind::InvalidMappingValueWhitespace => ("a tab stands where YAML allows only spaces", "use spaces"),
        _ => ("this is not YAML", ""),
    }
}

/// A quoted scalar that does not end where it should.
fn quote(source: &str, read: &TreeBuilder, at: usize) -> Problem {
    let from = read.last_end().min(at);
    let open = source.get(from..).and_then(|rest| rest.find(['"', '\''])).map_or(at, |found| from + found);
    Problem::new(character(source, open), "this quote is never closed").help("close it on the same line")
}

/// A colon where no value may start.
fn colon(source: &str, read: &TreeBuilder, at: usize) -> Problem {
    let before = source.get(..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let last = read.nodes().last().map_or(0..0, |node| node.start as usize..node.end as usize);
    // The colon follows a value that began on an earlier line: its own line is indented too far.
    if last.start < line && line < last.end {
        let key = before.get(line..).map_or(line, |text| at - text.trim_start().len());
        return Problem::new(key..at, "this line is indented deeper than the value above it allows").help(
            "a key that has a value of its own cannot hold further keys; align it with the line above",
        );
    }
    Problem::new(character(source, at), "`: ` inside an unquoted value").help("put the value in quotes")
}

/// The character at `at`.
pub(super) fn character(source: &str, at: usize) -> Range<usize> {
    let len = source
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .filter(|c| *c != '\n')
        .map_or(0, char::len_utf8);
    at..at + len
}

/// From `at` to the next blank.
fn word(source: &str, at: usize) -> Range<usize> {
    let rest = source.get(at..).unwrap_or_default();
    at..at + rest.find(|c: char| c.is_whitespace() || ",]}".contains(c)).unwrap_or(rest.len())
}
