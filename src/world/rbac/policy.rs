//! One rule of a role, and what it allows: `plugin/pkg/auth/authorizer/rbac/rbac.go` and
//! `pkg/apis/rbac/v1/evaluation_helpers.go`, which compare text and know no resource.

use std::borrow::Cow;

use super::request::{Request, ResourceRequest};
use crate::finding::Place;
use crate::k8s;
use crate::span::Span;
use crate::yaml::Node;

/// What stands for every verb, group or resource.
pub const ANY: &str = "*";

/// A name that only values of a chart tell: the rule is restricted, whatever it is.
const UNTOLD: &str = "{{ … }}";

/// A word that a rule writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: Box<str>,
    /// Where it stands in the rule's file; empty for what a cluster has by itself.
    pub span: Span,
}

/// A rule of a role.
#[derive(Clone, Debug, Default)]
pub struct PolicyRule {
    /// `verbs`.
    pub verbs: Vec<Word>,
    /// `apiGroups`; the core group is the empty string.
    pub api_groups: Vec<Word>,
    /// `resources`, with subresources: `pods/log`.
    pub resources: Vec<Word>,
    /// `resourceNames`; none allow any name. What only values of a chart tell stands as a text that is nobody's name.
    pub resource_names: Vec<Word>,
    /// `nonResourceURLs`.
    pub urls: Vec<Word>,
    /// Where it stands; `None` for what a cluster has by itself.
    pub place: Option<Place>,
    /// Whether it has words that only values of a chart tell, so that it may allow more.
    pub is_partial: bool,
}

impl PolicyRule {
    /// Reads a rule that stands at `place`.
    pub fn read(rule: k8s::PolicyRule<'_>, place: Place) -> Self {
        let mut is_partial = false;
        let mut words = |key| words(rule.node, key, &mut is_partial);
        let resource_names = names_with_untold(rule.node, words("resourceNames"));
        Self {
            verbs: words("verbs"),
            api_groups: words("apiGroups"),
            resources: words("resources"),
            resource_names,
            urls: words("nonResourceURLs"),
            place: Some(place),
            is_partial,
        }
    }

    /// Whether it allows `request`, wherever the role is bound.
    pub fn allows(&self, request: &Request<'_>) -> bool {
        self.has_verb(request.verb())
            && match request {
                Request::Resource(request) => self.reaches(request),
                Request::Url { path, .. } => self.has_url(path),
            }
    }

    fn reaches(&self, request: &ResourceRequest<'_>) -> bool {
        self.has_group(&request.group)
            && self.has_resource(&request.resource, &request.subresource)
            && self.has_name(&request.name)
    }

    /// Whether it allows a verb.
    pub fn has_verb(&self, verb: &str) -> bool {
        has(&self.verbs, verb)
    }

    /// Whether it speaks of an API group.
    pub fn has_group(&self, group: &str) -> bool {
        has(&self.api_groups, group)
    }

    /// Whether it speaks of a resource; or of its subresource, unless that is empty. `*` has all subresources, `*/scale`
    /// those of all resources; `pods` has none, and `pods/*` means nothing.
    pub fn has_resource(&self, resource: &str, subresource: &str) -> bool {
        self.resource_word(resource, subresource).is_some()
    }

    /// What makes it speak of a resource or its subresource.
    pub fn resource_word(&self, resource: &str, subresource: &str) -> Option<&Word> {
        self.resources.iter().find(|word| match (&*word.text, subresource) {
            (ANY, _) => true,
            (text, "") => text == resource,
            (text, _) => {
                let parts = text.split_once('/');
                parts.is_some_and(|(of, sub)| sub == subresource && (of == resource || of == ANY))
            }
        })
    }

    /// What makes it allow a verb.
    pub fn verb_word(&self, verb: &str) -> Option<&Word> {
        self.verbs.iter().find(|word| *word.text == *ANY || *word.text == *verb)
    }

    /// Whether it speaks of an object: of any if it names none. The name of what is created, listed or deleted as a
    /// collection is empty.
    pub fn has_name(&self, name: &str) -> bool {
        self.resource_names.is_empty() || self.resource_names.iter().any(|word| *word.text == *name)
    }

    /// Whether it speaks of a path that is no resource. `*` at the end stands for anything.
    pub fn has_url(&self, path: &str) -> bool {
        self.urls.iter().any(|word| match &*word.text {
            ANY => true,
            text if text == path => true,
            text => text.ends_with('*') && path.starts_with(text.trim_end_matches('*')),
        })
    }

    /// Whether it allows everything: `*` for verbs, groups and resources, without names.
    pub fn is_everything(&self) -> bool {
        let lists = [&self.verbs, &self.api_groups, &self.resources];
        lists.into_iter().all(|words| has_any(words)) && self.resource_names.is_empty()
    }

    /// The first wildcard among its verbs, groups and resources.
    pub fn wildcard(&self) -> Option<&Word> {
        let words = self.verbs.iter().chain(&self.resources).chain(&self.api_groups);
        words.into_iter().find(|word| *word.text == *ANY)
    }

    /// Where one of its verbs, groups or resources stands.
    pub fn at(&self, word: &Word) -> Option<Place> {
        let place = self.place.clone()?;
        let lists = [("verbs", &self.verbs), ("apiGroups", &self.api_groups), ("resources", &self.resources)];
        let path = lists.into_iter().find_map(|(key, words)| {
            let index = words.element_offset(word)?;
            Some(format!("{}.{key}[{index}]", place.path))
        });
        Some(Place { span: word.span, path: path.unwrap_or_else(|| place.path.clone()), ..place })
    }
}

fn has(words: &[Word], text: &str) -> bool {
    words.iter().any(|word| *word.text == *ANY || *word.text == *text)
}

/// Whether there is a wildcard among them.
pub(super) fn has_any(words: &[Word]) -> bool {
    words.iter().any(|word| *word.text == *ANY)
}

/// The texts under `key`; what a template puts there is left out, and makes the rule partial.
fn words(rule: Node<'_>, key: &str, is_partial: &mut bool) -> Vec<Word> {
    let value = rule.get(key);
    *is_partial |= !value.is_absent() && value.value().is_none();
    let Some(list) = value.value() else { return Vec::new() };
    let told = |item: Node<'_>| -> Option<Word> {
        let text: Cow<'_, str> = item.told().filter(|text| !text.contains("{{"))?;
        Some(Word { text: text.into(), span: item.span() })
    };
    let (mut words, mut count) = (Vec::new(), 0_usize);
    for item in list.items() {
        count += 1;
        words.extend(told(item));
    }
    *is_partial |= words.len() < count || list.is_unknown();
    words
}

/// `names`, the told ones of `resourceNames`; if there are others only, what stands for those.
fn names_with_untold(rule: Node<'_>, mut names: Vec<Word>) -> Vec<Word> {
    let written = rule.get("resourceNames");
    let is_empty =
        written.value().is_some_and(|list| list.items().next().is_none() && list.expression().is_none());
    if names.is_empty() && !written.is_absent() && !is_empty {
        names.push(Word { text: UNTOLD.into(), span: rule.span() });
    }
    names
}
