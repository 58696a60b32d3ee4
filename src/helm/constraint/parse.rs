//! Reading constraints.

use std::borrow::Cow;

use super::super::version::{Parts, Version, is_number_byte, is_word_byte};
use super::{Comparison, Constraint, ConstraintError, Operator, Precision};

/// Real constraints have some 10 to 60 bytes.
const MAX_LENGTH: usize = 512;

/// The blanks of Go's `\s`.
const BLANKS: [char; 5] = [' ', '\t', '\n', '\r', '\x0c'];

pub(super) fn constraint(text: &str) -> Result<Constraint, ConstraintError> {
    if text.len() > MAX_LENGTH {
        return Err(ConstraintError::TooLong);
    }
    let written = spell_out_ranges(text);
    let is_verbatim = matches!(written, Cow::Borrowed(_));
    let mut groups = Vec::new();
    let mut start = 0;
    for part in written.split("||") {
        let mut reader = Reader { rest: part, offset: start, is_verbatim };
        groups.push(reader.group()?);
        start += part.len() + "||".len();
    }
    Ok(Constraint { groups })
}

/// Reads one group; `offset` is where `rest` begins in the constraint.
struct Reader<'a> {
    rest: &'a str,
    offset: usize,
    is_verbatim: bool,
}

impl<'a> Reader<'a> {
    fn group(&mut self) -> Result<Vec<Comparison>, ConstraintError> {
        self.skip_blanks();
        if self.rest.is_empty() {
            return Err(ConstraintError::Empty);
        }
        let mut comparisons = vec![self.comparison()?];
        loop {
            self.skip_blanks();
            if self.rest.starts_with(',') {
                self.take(",".len());
                self.skip_blanks();
                if self.rest.is_empty() {
                    return Err(ConstraintError::StrayComma);
                }
            }
            if self.rest.is_empty() {
                return Ok(comparisons);
            }
            comparisons.push(self.comparison()?);
        }
    }

    fn comparison(&mut self) -> Result<Comparison, ConstraintError> {
        let (operator, length) = operator(self.rest);
        let after_equals = self.rest.starts_with('=');
        self.take(length);
        self.skip_blanks();
        let start = self.offset;
        let token = self.take(self.rest.find(|c| c == ',' || BLANKS.contains(&c)).unwrap_or(self.rest.len()));
        if token.is_empty() && length == 0 && self.rest.starts_with(',') {
            return Err(ConstraintError::StrayComma);
        }
        let (version, precision, core_length) =
            version(token).ok_or_else(|| ConstraintError::of_token(token, after_equals))?;
        let core_end = self.is_verbatim.then_some(start + core_length);
        Ok(Comparison { operator, version, precision, core_end })
    }

    fn skip_blanks(&mut self) {
        let text = self.rest.trim_start_matches(BLANKS);
        self.take(self.rest.len() - text.len());
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.offset += taken.len();
        taken
    }
}

/// The operator at the start of `text`, with its length.
fn operator(text: &str) -> (Operator, usize) {
    const OPERATORS: [(&str, Operator); 11] = [
        ("!=", Operator::NotEqual),
        (">=", Operator::GreaterOrEqual),
        ("=>", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        ("=<", Operator::LessOrEqual),
        ("~>", Operator::Tilde),
        ("=", Operator::Equal),
        (">", Operator::Greater),
        ("<", Operator::Less),
        ("~", Operator::Tilde),
        ("^", Operator::Caret),
    ];
    OPERATORS
        .iter()
        .find(|(symbol, _)| text.starts_with(symbol))
        .map_or((Operator::Equal, 0), |(symbol, operator)| (*operator, symbol.len()))
}

/// A version in a constraint, how much of it is written, and the length of its numbers. What stands after a wildcard is
/// read over.
fn version(token: &str) -> Option<(Version, Precision, usize)> {
    let parts = Parts::split(token)?;
    let is_wild = |index: usize| parts.numbers.get(index).is_none_or(|n| matches!(*n, "x" | "X" | "*"));
    let precision = match (is_wild(0), is_wild(1), is_wild(2)) {
        (true, ..) => Precision::Nothing,
        (_, true, _) => Precision::Major,
        (.., true) => Precision::Minor,
        _ => Precision::Full,
    };
    let written = match precision {
        Precision::Nothing => 0,
        Precision::Major => 1,
        Precision::Minor => 2,
        Precision::Full => 3,
    };
    let number = |index: usize| match parts.numbers.get(index) {
        Some(digits) if index < written => digits.parse::<u64>().ok(),
        _ => Some(0),
    };
    let version = Version::new(number(0)?, number(1)?, number(2)?, parts.pre_release)?;
    Some((version, precision, parts.core_length))
}

/// Writes each `A - B` as `>= A, <= B `. Masterminds does so before anything else and finds the versions wherever they
/// begin, with `|` as a character of a number, so that `2||1 - 3` becomes `>= 2||1, <= 3 `: that is kept here.
fn spell_out_ranges(text: &str) -> Cow<'_, str> {
    let mut written = String::new();
    let mut rest = text;
    while let Some(range) = Range::find(rest) {
        written.extend([range.before, ">= ", range.from, ", <= ", range.to, " "]);
        rest = range.after;
    }
    if written.is_empty() {
        return Cow::Borrowed(text);
    }
    written.push_str(rest);
    Cow::Owned(written)
}

/// The first `A - B` of a text.
struct Range<'a> {
    before: &'a str,
    from: &'a str,
    to: &'a str,
    after: &'a str,
}

impl<'a> Range<'a> {
    fn find(text: &'a str) -> Option<Self> {
        // Nearly no constraint has a range.
        text.split(BLANKS).skip(1).any(|word| word.starts_with('-')).then_some(())?;
        text.char_indices().find_map(|(start, _)| Self::at(text, start))
    }

    fn at(text: &'a str, start: usize) -> Option<Self> {
        let (before, rest) = text.split_at_checked(start)?;
        let (from, rest) = rest.split_at_checked(version_length(rest)?)?;
        let rest = skip_some_blanks(rest)?.strip_prefix('-')?;
        let rest = skip_some_blanks(rest)?;
        let (to, after) = rest.split_at_checked(version_length(rest)?)?;
        let before = before.trim_end_matches(BLANKS);
        Some(Self { before, from, to, after: after.trim_start_matches(BLANKS) })
    }
}

fn skip_some_blanks(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(BLANKS);
    (rest.len() < text.len()).then_some(rest)
}

/// The length of the longest version at the start of `text`.
fn version_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let run =
        |from: usize, takes: fn(u8) -> bool| bytes.iter().skip(from).take_while(|byte| takes(**byte)).count();
    let mut end = usize::from(text.starts_with('v'));
    match run(end, is_number_byte) {
        0 => return None,
        length => end += length,
    }
    for _ in 0..2 {
        if bytes.get(end) == Some(&b'.') && run(end + 1, is_number_byte) > 0 {
            end += 1 + run(end + 1, is_number_byte);
        } else {
            break;
        }
    }
    for mark in [b'-', b'+'] {
        if bytes.get(end) == Some(&mark) && run(end + 1, is_word_byte) > 0 {
            end += 1 + run(end + 1, is_word_byte);
            while bytes.get(end) == Some(&b'.') && run(end + 1, is_word_byte) > 0 {
                end += 1 + run(end + 1, is_word_byte);
            }
        }
    }
    Some(end)
}
