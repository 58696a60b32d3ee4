//! The conditions of steps and jobs in YAML, by the columns of their keys.

/// So much before and behind a place is looked at; bytes.
const FAR: usize = 8192;

/// Keys whose value says when a step, a job or a task runs.
const GUARDS: [&str; 6] = ["if", "when", "rules", "condition", "only", "unless"];

/// A line of YAML.
#[derive(Clone, Copy)]
struct Line<'t> {
    /// Where its dash or its key stands.
    outer: usize,
    /// Where its key stands.
    inner: usize,
    content: &'t str,
}

impl<'t> Line<'t> {
    fn of(line: &'t str) -> Option<Self> {
        let content = line.trim_start_matches([' ', '-']);
        let outer = line.len() - line.trim_start().len();
        let is_item = line.trim_start().starts_with("- ");
        let inner = if is_item { line.len() - content.len() } else { outer };
        (!content.trim().is_empty()).then_some(Self { outer, inner, content })
    }

    fn is_item(self) -> bool {
        self.outer < self.inner
    }

    fn key(self) -> &'t str {
        self.content.split_once(':').map_or("", |(key, _)| key.trim_matches(['"', '\'', ' ']))
    }
}

/// The conditions of the step and the job around a place, each with the lines of its value.
pub(super) fn conditions(text: &str, at: usize) -> Vec<String> {
    let line_start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let from = text.floor_char_boundary(line_start.saturating_sub(FAR));
    let to = text.ceil_char_boundary(at.saturating_add(FAR).min(text.len()));
    let above: Vec<_> = text.get(from..line_start).unwrap_or_default().lines().filter_map(Line::of).collect();
    let below: Vec<_> = text.get(line_start..to).unwrap_or_default().lines().filter_map(Line::of).collect();
    let Some((own, below)) = below.split_first() else { return Vec::new() };
    let (mut found, columns) = look_above(*own, &above);
    let mut columns = columns.as_slice();
    for (index, line) in below.iter().enumerate() {
        // What a line leaves, does not come back.
        while let Some((innermost, rest)) = columns.split_first()
            && (line.inner < *innermost || line.is_item() && line.inner == *innermost)
        {
            columns = rest;
        }
        let rest = below.get(index + 1..).unwrap_or_default();
        found.extend(
            condition(*line, rest).filter(|_| columns.first() == Some(&line.inner) && !line.is_item()),
        );
    }
    found
}

/// The conditions above a line, and the columns of the keys around it, the innermost first.
fn look_above(own: Line<'_>, above: &[Line<'_>]) -> (Vec<String>, Vec<usize>) {
    let mut found = Vec::new();
    let mut columns = vec![own.inner];
    // Lines beyond this column, and other items of its list, are not around it.
    let mut limit = own.outer;
    for (index, line) in above.iter().enumerate().rev() {
        if line.inner > limit || line.is_item() && line.outer >= limit {
            continue;
        }
        if columns.last().is_some_and(|column| line.inner < *column) {
            columns.push(line.inner);
        }
        let rest = above.get(index + 1..).unwrap_or_default();
        found.extend(condition(*line, rest));
        limit = line.outer;
    }
    (found, columns)
}

/// The condition that a line is, with the lines below it that belong to its value.
fn condition(line: Line<'_>, below: &[Line<'_>]) -> Option<String> {
    const LINES: usize = 10;
    if !GUARDS.contains(&line.key()) {
        return None;
    }
    let is_part = |next: &&Line<'_>| next.outer > line.inner || next.is_item() && next.outer == line.inner;
    let lines = below.iter().take(LINES).take_while(is_part).map(|line| line.content);
    Some(std::iter::once(line.content).chain(lines).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_of_steps_and_jobs() {
        for (text, expected) in [
            ("- if: a\n  run: |\n    x\n    HERE\n- if: b\n  run: y\n", vec!["if: a"]),
            ("- run: HERE\n  if: a\n- if: b\n  run: y\n", vec!["if: a"]),
            ("- if: b\n  run: y\n- run: HERE\n- run: z\n  if: c\n", vec![]),
            (
                "job:\n  if: a\n  steps:\n  - if: b\n    run: y\n  - run: HERE\nother:\n  if: c\n",
                vec!["if: a"],
            ),
            (
                "job:\n  script:\n    - HERE\n  rules:\n    - if: $A\n      when: b\n",
                vec!["rules: if: $A when: b"],
            ),
            ("job:\n  rules:\n  - if: $A\n  script: |\n    HERE\n", vec!["rules: if: $A"]),
            ("if: a\nrun: HERE\n", vec!["if: a"]),
        ] {
            assert_eq!(conditions(text, text.find("HERE").unwrap()), expected, "{text}");
        }
    }
}
