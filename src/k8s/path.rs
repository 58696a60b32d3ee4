//! Paths of fields inside an object, as the tables write them.

use crate::yaml::Node;

/// A path of fields such as `spec.templates[].template.spec`: `[]` stands for each item of a list, `{}` for each value
/// of a map.
#[derive(Debug)]
pub(super) struct FieldPath {
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Field(&'static str),
    Items,
    Values,
}

/// A node and the mapping or list that holds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub(super) parent: Node<'a>,
    pub(super) node: Node<'a>,
}

impl FieldPath {
    /// Reads a path; `None` if it has an empty part.
    pub(super) fn parse(path: &'static str) -> Option<Self> {
        let mut steps = Vec::new();
        for part in path.split('.') {
            let (name, list) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
            match name {
                "" => return None,
                "{}" => steps.push(Step::Values),
                _ => steps.push(Step::Field(name)),
            }
            if list {
                steps.push(Step::Items);
            }
        }
        Some(Self { steps })
    }

    /// Every node below `root` at this path. What is not written, or cannot be read for certain, is left out.
    pub(super) fn find<'a>(&self, root: Node<'a>) -> Vec<Found<'a>> {
        self.steps.iter().fold(vec![Found { parent: root, node: root }], |found, step| {
            found.into_iter().flat_map(|Found { node, .. }| step.children(node)).collect()
        })
    }
}

impl Step {
    fn children<'a>(&self, parent: Node<'a>) -> Vec<Found<'a>> {
        let found = |node| Found { parent, node };
        match self {
            Step::Field(name) => parent.get(name).value().map(found).into_iter().collect(),
            Step::Items => parent.items().map(found).collect(),
            Step::Values => parent.entries().map(|entry| found(entry.value)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_object;
    use super::FieldPath;

    #[test]
    fn lists_and_maps_are_walked() {
        let yaml = "apiVersion: v1\nkind: X\nspec:\n  a:\n  - b: x\n  - {}\n  - b: z\n  m:\n    p: {k: v}\n    q: {k: w}\n";
        let found = |path| {
            with_object(yaml, |object| {
                let path = FieldPath::parse(path).unwrap();
                let text = |node: &super::Found<'_>| node.node.as_str().map(str::to_owned);
                path.find(object.root).iter().filter_map(text).collect::<Vec<_>>()
            })
        };
        assert_eq!(found("spec.a[].b"), ["x", "z"]);
        assert_eq!(found("spec.m.{}.k"), ["v", "w"]);
        assert!(found("spec.a.b").is_empty());
        assert!(found("spec.none[].b").is_empty());
    }

    #[test]
    fn a_path_has_no_empty_part() {
        for path in ["", "spec..a", "[]"] {
            assert!(FieldPath::parse(path).is_none(), "{path}");
        }
    }
}
