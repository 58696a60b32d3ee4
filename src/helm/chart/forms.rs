//! What is remembered of the conditions of a template because of what they give, and not of what they ask alone.

use super::super::template::{ActionKind, Template};
use super::body::Bodies;
use super::choice::ApiChoice;
use super::lookup::{LookupGuard, Lookups};
use super::pairs::Pairs;

/// Conditions with what stands in their branches.
#[derive(Debug, Default)]
pub(super) struct Forms {
    pub(super) pairs: Pairs,
    pub(super) choices: Vec<ApiChoice>,
    pub(super) lookups: Vec<LookupGuard>,
}

impl Forms {
    pub(super) fn of(template: &Template<'_>, text: &str) -> Self {
        let mut bodies = Bodies::new(text);
        let mut forms = Self { pairs: Pairs::of(template, &mut bodies), ..Self::default() };
        let mut lookups = Lookups::default();
        for (index, action) in template.actions().iter().enumerate() {
            match action.kind {
                ActionKind::Assignment => lookups.assign(action.pipeline),
                ActionKind::If => {
                    forms.choices.extend(ApiChoice::read(template, index, &mut bodies));
                    forms.lookups.extend(lookups.guard(template, index, &mut bodies));
                }
                _ => {}
            }
        }
        forms
    }

    /// Pairs are of gates, which are remembered in any case.
    pub(super) fn is_empty(&self) -> bool {
        self.choices.is_empty() && self.lookups.is_empty()
    }
}
