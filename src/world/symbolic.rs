//! Names in templates that are expressions: equal ones of one chart mean the same object.
//!
//! Whether an expression says the same wherever it stands was decided when it was read; an expression that leads nowhere
//! tells nothing, as values may give it any name.

use super::fact::Fact;
use super::index::{CROWD, Namespaces, World};
use super::resolve::{Resolution, Sought};

/// The folder of a chart's templates.
const TEMPLATES: &str = "/templates/";

impl Fact {
    /// Whether a name that it writes is an expression of its template.
    pub(super) fn is_symbolic(&self, name: &str) -> bool {
        self.is_template && name.contains("{{")
    }
}

impl World {
    /// What an expression leads to.
    pub(super) fn symbolic<'w>(&'w self, sought: Sought<'w>) -> Resolution<'w> {
        let Sought { from, referent, name, .. } = sought;
        let mut named = self.named(referent, &name.text).take(CROWD).filter(|fact| self.can_mean(from, fact));
        let found = named.find(|fact| self.compare(sought, fact) != Namespaces::Different);
        found.map_or(Resolution::Unnamed, Resolution::Found)
    }

    /// Whether `from` can mean `fact` by its name: an expression says the same in one chart only.
    pub(super) fn can_mean(&self, from: &Fact, fact: &Fact) -> bool {
        !fact.is_symbolic(&fact.object.name)
            || from.is_template && self.own_chart(from).is_some_and(|own| self.own_chart(fact) == Some(own))
    }

    /// The folder of the innermost chart around a template.
    fn own_chart(&self, fact: &Fact) -> Option<&str> {
        let path = self.path(fact.file());
        match path.rfind(TEMPLATES) {
            Some(at) => path.get(..at),
            None => path.starts_with(TEMPLATES.trim_start_matches('/')).then_some(""),
        }
    }
}
