//! What a scalar of a template may become.

use super::likeness::Budget;
use crate::yaml::{Expression, Node};

/// How many bytes of an expression are looked at in one step.
const BYTES_A_STEP: usize = 4;

/// How well a rendered text fits a scalar of a template. Orders from worse to better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It cannot come from there.
    Not,
    /// Anything may come from there.
    Loose,
    /// So many letters and digits of it are written there.
    Partly(usize),
    /// It is written there.
    Same,
}

/// How well a rendered text fits a node of a template; it does not once the budget is used up.
pub(super) fn fit(template: Node<'_>, text: &str, budget: &Budget) -> Fit {
    let bytes = if template.text().is_some() { 0 } else { template.span().len() as usize };
    let shape = budget.steps(bytes / BYTES_A_STEP).map(|()| Shape::of(template));
    shape.map_or(Fit::Not, |shape| shape.fit(text, budget))
}

/// What a scalar of a template may become.
#[derive(Debug)]
pub(super) enum Shape<'t> {
    /// This text.
    Literal(&'t str),
    /// A text that has what is written around the expressions `{{ … }}`, in the same order.
    Mixed(String),
    Anything,
    Nothing,
}

impl<'t> Shape<'t> {
    pub(super) fn of(template: Node<'t>) -> Self {
        if let Some(literal) = template.text() {
            return Self::Literal(literal);
        }
        match template.expression() {
            Some(Expression { is_whole: false, text, .. }) => Self::Mixed(text),
            Some(_) => Self::Anything,
            None if template.is_unknown() => Self::Anything,
            None => Self::Nothing,
        }
    }

    /// The text, where it is written out.
    pub(super) fn literal(&self) -> Option<&'t str> {
        if let Self::Literal(text) = self { Some(text) } else { None }
    }

    /// How well a rendered text fits; it does not once the budget is used up.
    pub(super) fn fit(&self, text: &str, budget: &Budget) -> Fit {
        let bytes = if let Self::Mixed(mixed) = self { mixed.len() + text.len() } else { 0 };
        if budget.steps(1 + bytes / BYTES_A_STEP).is_none() {
            return Fit::Not;
        }
        match self {
            Self::Literal(literal) if *literal == text => Fit::Same,
            Self::Literal(_) | Self::Nothing => Fit::Not,
            Self::Mixed(mixed) => fit_mixed(mixed, text),
            Self::Anything => Fit::Loose,
        }
    }
}

/// `mixed` has expressions in `{{ … }}`; what is around them must be there in the same order.
fn fit_mixed(mixed: &str, text: &str) -> Fit {
    let mut parts = mixed.split("{{ ").enumerate().map(|(at, part)| match part.rsplit_once(" }}") {
        Some((_, literal)) if at > 0 => literal,
        _ => part,
    });
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return Fit::Not };
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let mut written = text.strip_suffix(rest).map_or(0, letters);
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let found = if parts.peek().is_some() {
            rest.find(part).and_then(|at| rest.get(at + part.len()..))
        } else {
            rest.strip_suffix(part)
        };
        let Some(behind) = found else { return Fit::Not };
        (rest, written) = (behind, written + letters(part));
    }
    if written > 0 { Fit::Partly(written) } else { Fit::Loose }
}
