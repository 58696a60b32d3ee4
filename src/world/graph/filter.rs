//! Parts of a graph.

use super::{Graph, Node, Part, Site};
use crate::k8s::names::service_account_of_user;

impl Node<'_> {
    /// Whether it is an identity that somebody calls `text`: `builder`, `ci/builder`, `system:serviceaccount:ci:builder`, or
    /// the name of a user or group.
    pub fn is_called(&self, text: &str) -> bool {
        match self.part {
            Part::User | Part::Group => self.name == text,
            Part::Account => match service_account_of_user(text).or_else(|| text.split_once('/')) {
                Some((namespace, name)) => self.name == name && self.site == Site::Namespace(Some(namespace)),
                None => self.name == text,
            },
            _ => false,
        }
    }
}

impl Graph<'_> {
    /// What `is_wanted` wants, all that leads there, and all that it leads to: for a ServiceAccount what runs as it, who
    /// holds its tokens, and what it is given, but not who else is given that.
    #[must_use]
    pub fn around(self, is_wanted: impl Fn(&Node<'_>) -> bool) -> Self {
        let wanted: Vec<_> = self.nodes.iter().map(is_wanted).collect();
        let before = self.reach(&wanted, |edge| (edge.1, edge.0));
        let after = self.reach(&wanted, |edge| edge);
        let keeps: Vec<_> = before.into_iter().zip(after).map(|(before, after)| before || after).collect();
        self.only(&keeps)
    }

    /// What can be reached from `starts`, themselves included; `direct` turns an edge.
    fn reach(&self, starts: &[bool], direct: impl Fn((usize, usize)) -> (usize, usize)) -> Vec<bool> {
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for edge in &self.edges {
            let (from, to) = direct((edge.from, edge.to));
            if let Some(next) = next.get_mut(from) {
                next.push(to);
            }
        }
        let mut reached = starts.to_vec();
        let mut open: Vec<_> = (0..).zip(starts).filter(|(_, is)| **is).map(|(index, _)| index).collect();
        while let Some(index) = open.pop() {
            for to in next.get(index).into_iter().flatten() {
                if let Some(reached) = reached.get_mut(*to).filter(|reached| !**reached) {
                    *reached = true;
                    open.push(*to);
                }
            }
        }
        reached
    }

    /// The nodes that are to be kept, and the edges between those.
    fn only(self, keeps: &[bool]) -> Self {
        let mut places = Vec::with_capacity(keeps.len());
        let mut count = 0;
        for keep in keeps {
            places.push(keep.then_some(count));
            count += usize::from(*keep);
        }
        let place = |index: usize| places.get(index).copied().flatten();
        let edges = self.edges.into_iter().filter_map(|mut edge| {
            (edge.from, edge.to) = (place(edge.from)?, place(edge.to)?);
            Some(edge)
        });
        let nodes = self.nodes.into_iter().zip(keeps).filter(|(_, keep)| **keep).map(|(node, _)| node);
        Self { edges: edges.collect(), nodes: nodes.collect() }
    }
}
