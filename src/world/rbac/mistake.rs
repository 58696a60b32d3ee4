//! Words of a rule that match nothing, though they look as if they did: the authorizer compares text.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::policy::{ANY, PolicyRule, Word, has_any};
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
        let known = Known::of(self);
        let wrong_verb = |word| Some(Mistake { word, kind: known.wrong_verb(word)? });
        let wrong_resource = |word| Some(Mistake { word, kind: known.wrong_resource(word, world)? });
        let verbs = if has_any(&self.verbs) { &[] } else { self.verbs.as_slice() };
        let verbs = verbs.iter().filter_map(wrong_verb);
        let resources = self.resources.iter().filter_map(wrong_resource);
        verbs.chain(resources).collect()
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
}

/// What is known of a rule, so that each of its words is looked at once.
struct Known<'r> {
    rule: &'r PolicyRule,
    /// The API groups of Kubernetes that it names, and parts of their names.
    groups: HashSet<&'r str>,
    /// Whether it names a group that others define.
    has_other_group: bool,
    has_all_resources: bool,
    /// The subresources of the resources of Kubernetes that it names.
    subresources: HashSet<&'static str>,
}

impl<'r> Known<'r> {
    fn of(rule: &'r PolicyRule) -> Self {
        let is_nobodys = |group: &str| group.contains('/') || ["core", "v1"].contains(&group);
        let (groups, others): (HashSet<_>, HashSet<_>) =
            rule.api_groups.iter().map(|group| &*group.text).partition(|group| is_known_or_part(group));
        let known = |word: &'r Word| groups.iter().filter_map(|group| Resource::of(group, &word.text));
        let subresources = rule.resources.iter().flat_map(known).flat_map(|known| known.subresources.iter());
        Self {
            rule,
            subresources: subresources.copied().collect(),
            has_other_group: others.iter().any(|group| !is_nobodys(group)),
            has_all_resources: has_any(&rule.resources),
            groups,
        }
    }

    fn wrong_verb(&self, word: &Word) -> Option<MistakeKind> {
        let verb = &*word.text;
        if RESOURCE_VERBS.contains(&verb) || verb == PROXY {
            return None;
        }
        if is_joined(verb) {
            return Some(MistakeKind::Joined);
        }
        if RESOURCE_VERBS.contains(&&*verb.to_ascii_lowercase()) {
            return Some(MistakeKind::VerbCase);
        }
        self.subresources.contains(verb).then_some(MistakeKind::VerbIsSubresource)
    }

    fn wrong_resource(&self, written: &Word, world: &World) -> Option<MistakeKind> {
        let (name, subresource) = written.text.split_once('/').unwrap_or((&written.text, ""));
        if self.has_all_resources {
            return None;
        }
        if is_joined(&written.text) {
            return Some(MistakeKind::Joined);
        }
        if subresource == ANY {
            return Some(MistakeKind::SubresourceWildcard);
        }
        // `deployments.apps` is for kubectl to understand, and was once a name.
        if name == ANY || name.contains('.') || self.rule.is_partial || !self.is_elsewhere(name, world) {
            return None;
        }
        if let Some(right) = resources().iter().find(|resource| resource.name == name) {
            return Some(MistakeKind::OtherGroup(right.group));
        }
        let mut called = named(name).filter(|resource| self.groups.contains(resource.group));
        called.next().map(|right| MistakeKind::ResourceName(right.name))
    }

    /// Whether no group that the rule names has a resource.
    fn is_elsewhere(&self, name: &str, world: &World) -> bool {
        !self.rule.api_groups.is_empty()
            && !self.has_other_group
            && self.groups.iter().all(|group| lacks(group, name, world))
    }
}

/// Whether it is an API group of Kubernetes, or the first words of one.
fn is_known_or_part(group: &str) -> bool {
    let rest_of =
        |known: &&str| known.strip_prefix(group).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    GROUPS.iter().any(rest_of)
}

/// Whether it is several words. No verb or resource has a comma or a blank.
fn is_joined(text: &str) -> bool {
    text.contains([',', ' '])
}

/// Whether an API group certainly does not have a resource. Of groups that are not Kubernetes' own nothing is certain, but
/// that none has a version in it, or is a part of the group that has the resource.
fn lacks(group: &str, name: &str, world: &World) -> bool {
    let is_custom = || world.has_custom_resource(group, name);
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
