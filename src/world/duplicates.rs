//! Two definitions of one object that do not say the same.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ptr;

use super::builds::BuildId;
use super::fact::Fact;
use super::index::World;
use crate::k8s::names::is_placeholder;
use crate::span::FileId;

/// Where two definitions meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Together {
    /// In one file, which is applied as a whole.
    File,
    /// In what a kustomization builds.
    Build,
}

/// An object that is defined twice.
#[derive(Clone, Copy, Debug)]
pub struct Duplicate<'w> {
    /// The earlier definition.
    pub first: &'w Fact,
    /// The later one.
    pub later: &'w Fact,
    /// Where both meet.
    pub together: Together,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Scope {
    File(FileId),
    Build(BuildId),
}

/// What tells objects of one scope apart.
#[derive(PartialEq, Eq, Hash)]
struct Key<'w> {
    scope: Scope,
    kind: &'w str,
    namespace: &'w str,
    name: Cow<'w, str>,
}

impl World {
    /// ServiceAccounts, Secrets, roles and bindings that are defined twice in one file or in one build, with different
    /// content. Each later definition is there once.
    pub fn duplicates(&self) -> Vec<Duplicate<'_>> {
        let mut first: HashMap<Key<'_>, &Fact> = HashMap::new();
        let mut found = Vec::new();
        for fact in self.facts().filter(|fact| is_definition(fact)) {
            let mut duplicate = None;
            for key in self.keys(fact) {
                let together = match key.scope {
                    Scope::File(_) => Together::File,
                    Scope::Build(_) => Together::Build,
                };
                let first = *first.entry(key).or_insert(fact);
                if !ptr::eq(first, fact) && first.hash != fact.hash {
                    duplicate.get_or_insert(Duplicate { first, later: fact, together });
                }
            }
            found.extend(duplicate);
        }
        found
    }

    /// What `fact` is called in its file, and in all builds.
    fn keys<'w>(&'w self, fact: &'w Fact) -> impl Iterator<Item = Key<'w>> {
        let key = |scope, namespace, name| Key { scope, kind: &fact.object.kind, namespace, name };
        let own = key(Scope::File(fact.file()), &fact.object.namespace, Cow::Borrowed(&*fact.object.name));
        let members = self.builds.of(fact.file()).iter();
        let built = members.filter(|_| !self.builds.mend(fact.file())).map(move |member| {
            let namespace = member.way.namespace.as_deref().unwrap_or(&fact.object.namespace);
            key(Scope::Build(member.build), namespace, Cow::Owned(member.way.rename(&fact.object.name)))
        });
        built.chain(std::iter::once(own))
    }
}

/// Whether it is known for certain what is defined.
fn is_definition(fact: &Fact) -> bool {
    let object = &fact.object;
    fact.hash.is_some()
        && !fact.is_template
        && !object.name.is_empty()
        && ![&object.name, &object.namespace].into_iter().any(|text| is_placeholder(text))
}
