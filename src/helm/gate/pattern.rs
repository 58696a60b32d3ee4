//! Regular expressions as charts use them on version strings: literals, classes, groups, alternatives and greedy
//! repetition, matched as Go's do (the leftmost match, the first alternative that fits). What else a pattern may hold is
//! not read, and neither is a match that takes long: the answer is then unknown.

use std::ops::Range;

/// A pattern that we can match.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern {
    alternatives: Vec<Vec<Item>>,
    groups: usize,
}

#[derive(Debug, Clone, PartialEq)]
struct Item {
    atom: Atom,
    least: usize,
    most: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Atom {
    Set { ranges: Vec<(char, char)>, is_negated: bool },
    Group { number: Option<usize>, alternatives: Vec<Vec<Item>> },
    Start,
    End,
}

/// A pattern that we do not read, or whose match takes too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclear;

/// Where a pattern and its groups matched; the first is the whole.
pub(super) type Match = Vec<Option<Range<usize>>>;

/// Steps for one text. Real patterns on a version take some hundred.
const MAX_STEPS: usize = 20_000;
const MAX_DEPTH: usize = 8;
const MAX_LENGTH: usize = 128;

impl Pattern {
    /// Reads a pattern.
    pub(super) fn parse(text: &str) -> Result<Self, Unclear> {
        Self::read(text).ok_or(Unclear)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parser = Parser { chars: text.chars().collect(), at: 0, groups: 0 };
        let is_short = parser.chars.len() <= MAX_LENGTH;
        let alternatives = if is_short { parser.alternatives(0)? } else { return None };
        (parser.at == parser.chars.len()).then_some(Self { alternatives, groups: parser.groups })
    }

    /// The first match in `text` at or after `from`, in characters.
    pub(super) fn find(&self, text: &[char], from: usize) -> Result<Option<Match>, Unclear> {
        let mut matcher = Matcher { text, steps: 0, groups: vec![None; self.groups + 1] };
        for start in from..=text.len() {
            matcher.groups.fill(None);
            let end = matcher.alternatives(&self.alternatives, start, &mut |_, end| Some(end));
            if matcher.steps > MAX_STEPS {
                return Err(Unclear);
            }
            if let Some(end) = end {
                if let Some(whole) = matcher.groups.first_mut() {
                    *whole = Some(start..end);
                }
                return Ok(Some(matcher.groups));
            }
        }
        Ok(None)
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    groups: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn take_if(&mut self, wanted: char) -> bool {
        let is_it = self.peek() == Some(wanted);
        self.at += usize::from(is_it);
        is_it
    }

    fn alternatives(&mut self, depth: usize) -> Option<Vec<Vec<Item>>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut alternatives = vec![self.sequence(depth)?];
        while self.take_if('|') {
            alternatives.push(self.sequence(depth)?);
        }
        Some(alternatives)
    }

    fn sequence(&mut self, depth: usize) -> Option<Vec<Item>> {
        let mut items = Vec::new();
        while let Some(next) = self.peek()
            && !matches!(next, '|' | ')')
        {
            let atom = self.atom(depth)?;
            let (least, most) = self.repetition()?;
            items.push(Item { atom, least, most });
        }
        Some(items)
    }

    fn atom(&mut self, depth: usize) -> Option<Atom> {
        let set = |ranges| Some(Atom::Set { ranges, is_negated: false });
        match self.take()? {
            '^' => Some(Atom::Start),
            '$' => Some(Atom::End),
            '.' => Some(Atom::Set { ranges: vec![('\n', '\n')], is_negated: true }),
            '[' => self.class(),
            '(' => self.group(depth),
            '\\' => set(self.escaped()?),
            '*' | '+' | '?' | '{' => None,
            literal => set(vec![(literal, literal)]),
        }
    }

    fn group(&mut self, depth: usize) -> Option<Atom> {
        let number = if self.take_if('?') {
            self.take_if(':').then_some(())?;
            None
        } else {
            self.groups += 1;
            Some(self.groups)
        };
        let alternatives = self.alternatives(depth + 1)?;
        self.take_if(')').then_some(Atom::Group { number, alternatives })
    }

    fn class(&mut self) -> Option<Atom> {
        let is_negated = self.take_if('^');
        let mut ranges = Vec::new();
        loop {
            match self.take()? {
                ']' if !ranges.is_empty() => return Some(Atom::Set { ranges, is_negated }),
                '\\' => ranges.extend(self.escaped()?),
                '[' if self.peek() == Some(':') => return None,
                from => {
                    let is_range =
                        self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']');
                    let to = if is_range { self.take().and(self.take())? } else { from };
                    (to != '\\' && from <= to).then_some(())?;
                    ranges.push((from, to));
                }
            }
        }
    }

    fn escaped(&mut self) -> Option<Vec<(char, char)>> {
        Some(match self.take()? {
            'd' => vec![('0', '9')],
            'w' => vec![('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')],
            's' => [' ', '\t', '\n', '\r', '\x0c'].map(|c| (c, c)).to_vec(),
            c if c.is_ascii_punctuation() => vec![(c, c)],
            _ => return None,
        })
    }

    fn repetition(&mut self) -> Option<(usize, usize)> {
        let bounds = match self.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => return None,
            _ => return Some((1, 1)),
        };
        self.at += 1;
        // Lazy repetition, and a repetition of a repetition, which Go refuses.
        let is_plain = !matches!(self.peek(), Some('?' | '*' | '+' | '{'));
        is_plain.then_some(bounds)
    }
}

struct Matcher<'a> {
    text: &'a [char],
    steps: usize,
    groups: Match,
}

/// What must match after the piece at hand.
type Then<'t> = &'t mut dyn FnMut(&mut Matcher<'_>, usize) -> Option<usize>;

impl Matcher<'_> {
    fn alternatives(&mut self, alternatives: &[Vec<Item>], at: usize, then: Then<'_>) -> Option<usize> {
        alternatives.iter().find_map(|items| self.sequence(items, at, then))
    }

    fn sequence(&mut self, items: &[Item], at: usize, then: Then<'_>) -> Option<usize> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return None;
        }
        let Some((item, rest)) = items.split_first() else { return then(self, at) };
        match &item.atom {
            Atom::Start => (at == 0).then(|| self.sequence(rest, at, then)).flatten(),
            Atom::End => (at == self.text.len()).then(|| self.sequence(rest, at, then)).flatten(),
            Atom::Set { ranges, is_negated } => {
                let fits = |c: &&char| ranges.iter().any(|(from, to)| (from..=to).contains(c)) != *is_negated;
                let available = self.text.iter().skip(at).take(item.most).take_while(fits).count();
                (item.least..=available).rev().find_map(|count| self.sequence(rest, at + count, then))
            }
            Atom::Group { number, alternatives } => {
                self.group(item, *number, alternatives, at, &mut |matcher, end| {
                    matcher.sequence(rest, end, then)
                })
            }
        }
    }

    /// A group, once or not at all; one that may repeat is not read further than that, so it counts as too long.
    fn group(
        &mut self,
        item: &Item,
        number: Option<usize>,
        alternatives: &[Vec<Item>],
        at: usize,
        then: Then<'_>,
    ) -> Option<usize> {
        if item.most > 1 {
            self.steps = MAX_STEPS + 1;
            return None;
        }
        let once = self.alternatives(alternatives, at, &mut |matcher, end| {
            let before = matcher.capture(number, Some(at..end));
            then(matcher, end).or_else(|| {
                matcher.capture(number, before.clone());
                None
            })
        });
        once.or_else(|| (item.least == 0).then(|| then(self, at)).flatten())
    }

    fn capture(&mut self, number: Option<usize>, range: Option<Range<usize>>) -> Option<Range<usize>> {
        let group = self.groups.get_mut(number?)?;
        std::mem::replace(group, range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &str, text: &str) -> Result<Option<Vec<String>>, Unclear> {
        let chars: Vec<char> = text.chars().collect();
        let found = Pattern::parse(pattern)?.find(&chars, 0)?;
        let text = |range: &Range<usize>| chars[range.clone()].iter().collect::<String>();
        Ok(found.map(|groups| groups.iter().map(|it| it.as_ref().map(text).unwrap_or_default()).collect()))
    }

    #[test]
    fn finds_what_go_finds() {
        let table: &[(&str, &str, Option<&[&str]>)] = &[
            (r"v[0-9]+\.[0-9]+\.[0-9]+", "v1.24.3-gke.100", Some(&["v1.24.3"])),
            (r"\d+\.\d+", "v1.24.3", Some(&["1.24"])),
            (r"^v\d+\.\d+$", "v1.24.3", None),
            (r"^v?([0-9]+)\.([0-9]+).*$", "1.24.3", Some(&["1.24.3", "1", "24"])),
            (r"(?:-|\+)([a-z]+|[0-9]+)", "v1.24.3+k3s1", Some(&["+k", "k"])),
            (r"[^0-9.]", "1.2v", Some(&["v"])),
            ("a|ab", "ab", Some(&["a"])),
            ("(a|ab)(c|bcd)?$", "abcd", Some(&["abcd", "a", "bcd"])),
            ("[a-]+", "b-a-", Some(&["-a-"])),
            ("", "x", Some(&[""])),
        ];
        for (pattern, text, expected) in table {
            let expected = expected.map(|it| it.iter().map(ToString::to_string).collect());
            assert_eq!(find(pattern, text), Ok(expected), "{pattern} on {text}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for pattern in ["a{2}", "a*?", "(?i)a", "[[:alpha:]]", r"\bx", "(", "[a", "*", "(ab)+", ")"] {
            assert_eq!(find(pattern, "abab"), Err(Unclear), "{pattern}");
        }
        let slow = format!("{}c", "a*".repeat(30));
        assert_eq!(find(&slow, &"a".repeat(200)), Err(Unclear));
    }
}
