//! Words of a rule that match nothing, though they look as if they did: the authorizer compares text.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::policy::{ANY, PolicyRule, Word};
use crate::k8s::resources::{RESOURCE_VERBS, Resource, named, resources};
use crate::world::index::World;

/// A word that no request has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mistake<'r> {
    /// The word.
    pub word: &'r Word,
    /// Why nothing has it.
    pub kind: MistakeKind,
}

/// Why nothing matches a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// `get,list`: several words in one.
    Joined,
    /// `Get`: an upper-case letter in a verb.
    VerbCase,
    /// `exec` among the verbs: a subresource.
    VerbIsSubresource,
    /// `pods/*`.
    SubresourceWildcard,
    /// `Pod`, `pod` or `po` for what is called so in rules.
    ResourceName(&'static str),
    /// None of the groups that the rule lists has it, but this one has; the core group is the empty string.
    OtherGroup(&'static str),
}

/// A verb of Kubernetes before 1.10, and a subresource.
const PROXY: &str = "proxy";

/// What the group `extensions` had before Kubernetes 1.6; people keep it in their rules.
const OLD_EXTENSIONS: [&str; 2] = ["horizontalpodautoscalers", "jobs"];

/// The API groups of Kubernetes, in which nobody else defines resources.
static GROUPS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| resources().iter().map(|resource| resource.group).collect());

impl PolicyRule {
    /// Its words that match nothing.
    pub fn mistakes<'r>(&'r self, world: &World) -> Vec<Mistake<'r>> {
        let verbs = self.verbs.iter().filter_map(|word| Some(Mistake { word, kind: self.wrong_verb(word)? }));
        let resources = self
            .resources
            .iter()
            .filter_map(|word| Some(Mistake { word, kind: self.wrong_resource(word, world)? }));
        verbs.chain(resources).collect()
    }

    fn wrong_verb(&self, word: &Word) -> Option<MistakeKind> {
        let verb = &*word.text;
        let lower = verb.to_ascii_lowercase();
        if RESOURCE_VERBS.contains(&verb) || verb == PROXY || self.verbs.iter().any(|word| *word.text == *ANY)
        {
            return None;
        }
        if is_joined(verb) {
            return Some(MistakeKind::Joined);
        }
        if RESOURCE_VERBS.contains(&&*lower) {
            return Some(MistakeKind::VerbCase);
        }
        let is_of =
            |resource: &Word| self.known(&resource.text).any(|known| known.subresources.contains(&verb));
        self.resources.iter().any(is_of).then_some(MistakeKind::VerbIsSubresource)
    }

    /// The resources of Kubernetes that a word of the rule names.
    fn known(&self, resource: &str) -> impl Iterator<Item = &'static Resource> {
        self.api_groups.iter().filter_map(move |group| Resource::of(&group.text, resource))
    }

    /// Whether it allows some of what `other` does on a resource that is written there in a wrong group.
    pub fn has_right_for(&self, other: &PolicyRule, mistake: Mistake<'_>) -> bool {
        let MistakeKind::OtherGroup(_) = mistake.kind else { return false };
        let (name, subresource) = mistake.word.text.split_once('/').unwrap_or((&mistake.word.text, ""));
        let mut groups =
            resources().iter().filter(|resource| resource.name == name).map(|resource| resource.group);
        self.has_resource(name, subresource)
            && groups.any(|group| self.has_group(group))
            && other.verbs.iter().any(|verb| self.has_verb(&verb.text))
    }

    fn wrong_resource(&self, written: &Word, world: &World) -> Option<MistakeKind> {
        let (name, subresource) = written.text.split_once('/').unwrap_or((&written.text, ""));
        let has_all = self.resources.iter().any(|word| *word.text == *ANY);
        if has_all {
            return None;
        }
        if is_joined(&written.text) {
            return Some(MistakeKind::Joined);
        }
        if subresource == ANY {
            return Some(MistakeKind::SubresourceWildcard);
        }
        let is_elsewhere = !self.api_groups.is_empty()
            && self.api_groups.iter().all(|group| lacks(&group.text, name, world));
        // `deployments.apps` is for kubectl to understand, and was once a name.
        if name == ANY || name.contains('.') || self.is_partial || !is_elsewhere {
            return None;
        }
        let mut called =
            named(name).filter(|resource| self.api_groups.iter().any(|group| *group.text == *resource.group));
        match resources().iter().find(|resource| resource.name == name) {
            Some(right) => Some(MistakeKind::OtherGroup(right.group)),
            None => called.next().map(|right| MistakeKind::ResourceName(right.name)),
        }
    }
}

/// Whether it is several words. No verb or resource has a comma or a blank.
fn is_joined(text: &str) -> bool {
    text.contains([',', ' '])
}

/// Whether an API group certainly does not have a resource. Of groups that are not Kubernetes' own nothing is certain, but
/// that none has a version in it, or is a part of the group that has the resource.
fn lacks(group: &str, name: &str, world: &World) -> bool {
    let is_custom = || world.custom_resources().iter().any(|it| *it.group == *group && *it.name == *name);
    let is_part = |resource: &&Resource| {
        resource.name == name && resource.group.strip_prefix(group).is_some_and(|rest| rest.starts_with('.'))
    };
    if GROUPS.contains(group) {
        let is_old = group == "extensions" && OLD_EXTENSIONS.contains(&name);
        return Resource::of(group, name).is_none() && !is_old && !is_custom();
    }
    group != ANY
        && (group.contains('/')
            || ["core", "v1"].contains(&group)
            || resources().iter().any(|it| is_part(&it)))
}
