//! What a role says: its rules, and which other ClusterRoles it takes rules from.

use super::policy::{PolicyRule, Word};
use crate::finding::Place;
use crate::k8s::{self, Object};
use crate::yaml::{Get, Node};

/// A Role or ClusterRole.
#[derive(Debug, Default)]
pub struct Role {
    /// Its own `rules`; in a ClusterRole with an aggregation rule they are overwritten
    /// (`pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go`).
    pub rules: Vec<PolicyRule>,
    /// Which ClusterRoles it takes its rules from, if it has an `aggregationRule`: those that one of these selects.
    pub aggregation: Option<Vec<LabelSelector>>,
    /// Its labels, by which others aggregate it.
    pub labels: Vec<(Word, Box<str>)>,
    /// The key of its `rules`, to point at.
    pub rules_place: Option<Place>,
    /// Whether it has rules or selectors that only values of a chart tell.
    pub is_partial: bool,
}

/// Selects ClusterRoles by their labels: those that meet everything (`apimachinery pkg/apis/meta/v1/helpers.go`).
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub struct LabelSelector {
    labels: Vec<(Box<str>, Box<str>)>,
    requirements: Vec<Requirement>,
    /// Whether it asks for something that cannot be read; then it is not known what it selects.
    is_unknown: bool,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Requirement {
    key: Box<str>,
    operator: Operator,
    values: Vec<Box<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

impl Role {
    /// Reads a role.
    pub(in crate::world) fn read(object: &Object<'_>, role: k8s::Role<'_>) -> Self {
        let rules = role.rules().map(|rule| PolicyRule::read(rule, object.place(rule.node))).collect();
        let aggregation = role.aggregation_rule();
        let selectors = aggregation.get("clusterRoleSelectors");
        let written = object.root.get("rules");
        let aggregation: Option<Vec<_>> = aggregation
            .value()
            .map(|_| selectors.value().into_iter().flat_map(Node::items).map(selector).collect());
        let is_unknown = aggregation.iter().flatten().any(|selector| selector.is_unknown);
        Self {
            rules,
            aggregation,
            labels: labels(object),
            rules_place: written.found().map(|entry| object.place(entry.key)),
            is_partial: is_unknown || matches!(written, Get::Unknown) || matches!(selectors, Get::Unknown),
        }
    }
}

impl Role {
    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(own, _)| *own.text == *key).map(|(_, value)| &**value)
    }
}

fn labels(object: &Object<'_>) -> Vec<(Word, Box<str>)> {
    let labels = object.at_path(&["metadata", "labels"]).value().into_iter().flat_map(Node::entries);
    labels
        .filter_map(|entry| {
            let key = Word { text: entry.key.text()?.into(), span: entry.key.span() };
            Some((key, entry.value.text()?.into()))
        })
        .collect()
}

fn selector(node: Node<'_>) -> LabelSelector {
    let mut selector = LabelSelector { is_unknown: node.is_unknown(), ..LabelSelector::default() };
    if let Some(labels) = list(node.get("matchLabels"), &mut selector.is_unknown) {
        for entry in labels.entries() {
            match (entry.key.text(), entry.value.text()) {
                (Some(key), Some(value)) => selector.labels.push((key.into(), value.into())),
                _ => selector.is_unknown = true,
            }
        }
    }
    if let Some(requirements) = list(node.get("matchExpressions"), &mut selector.is_unknown) {
        for item in requirements.items() {
            match requirement(item) {
                Some(requirement) => selector.requirements.push(requirement),
                None => selector.is_unknown = true,
            }
        }
    }
    selector
}

/// A part of a selector, if it is written.
fn list<'a>(part: Get<'a>, is_unknown: &mut bool) -> Option<Node<'a>> {
    *is_unknown |= match part {
        Get::Found(entry) => entry.value.is_unknown(),
        Get::Absent => false,
        Get::Unknown => true,
    };
    part.value()
}

fn requirement(node: Node<'_>) -> Option<Requirement> {
    let operator = match node.get("operator").value()?.text()? {
        "In" => Operator::In,
        "NotIn" => Operator::NotIn,
        "Exists" => Operator::Exists,
        "DoesNotExist" => Operator::DoesNotExist,
        _ => return None,
    };
    let values = node.get("values").value().into_iter().flat_map(Node::items);
    Some(Requirement {
        key: node.get("key").value()?.text()?.into(),
        operator,
        values: values.filter_map(Node::text).map(Box::from).collect(),
    })
}

impl LabelSelector {
    /// A label that it asks for, by which what it selects can be looked up.
    pub(super) fn first_label(&self) -> Option<(&str, &str)> {
        self.labels.first().map(|(key, value)| (&**key, &**value))
    }

    /// A selector of what has one label.
    pub fn of_label(key: &str, value: &str) -> Self {
        Self { labels: vec![(key.into(), value.into())], ..Self::default() }
    }

    /// Whether it selects what has the labels that `label` looks up. An empty selector selects everything.
    pub fn selects<'l>(&self, label: impl Fn(&str) -> Option<&'l str>) -> bool {
        !self.is_unknown
            && self.labels.iter().all(|(key, value)| label(key) == Some(value))
            && self.requirements.iter().all(|requirement| requirement.is_met(label(&requirement.key)))
    }
}

impl Requirement {
    fn is_met(&self, value: Option<&str>) -> bool {
        let is_listed = || value.is_some_and(|value| self.values.iter().any(|own| **own == *value));
        match self.operator {
            Operator::In => is_listed(),
            Operator::NotIn => !is_listed(),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}
