//! Which file a `# Source:` path means.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::input::joined;
use crate::yaml::{self, Document, Node, Tree};

/// What a Chart.yaml says about names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Metadata {
    name: Option<String>,
    is_library: bool,
    /// By what they are called in this chart.
    dependencies: HashMap<String, Dependency>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Dependency {
    name: String,
    /// The path of a repository `file://…`.
    path: Option<String>,
}

impl Metadata {
    /// Reads the text of a Chart.yaml.
    pub(in super::super) fn read(text: &str) -> Self {
        let Some(chunk) = yaml::split(text).into_iter().next() else { return Self::default() };
        let document = Document::read(text, &chunk);
        let Some(root) = document.tree().and_then(Tree::root) else { return Self::default() };
        let string = |node: Node<'_>, key| node.get(key).value().and_then(Node::text).map(str::to_owned);
        let dependency = |node: Node<'_>| {
            let path = string(node, "repository");
            let path = path.and_then(|path| Some(path.strip_prefix("file://")?.to_owned()));
            let name = string(node, "name")?;
            Some((string(node, "alias").unwrap_or_else(|| name.clone()), Dependency { name, path }))
        };
        let dependencies = root.get("dependencies").value().into_iter().flat_map(Node::items);
        Self {
            name: string(root, "name"),
            is_library: string(root, "type").is_some_and(|kind| kind == "library"),
            dependencies: dependencies.filter_map(dependency).collect(),
        }
    }
}

/// More charts of one name are too many to tell which is meant.
const CROWD: usize = 64;

/// Charts in charts are not followed deeper than this.
const MAX_DEPTH: usize = 16;

/// The charts among some files.
#[derive(Debug, Default)]
pub(in super::super) struct Charts<'p> {
    /// By their folders.
    folders: BTreeMap<&'p str, Metadata>,
    files: HashSet<&'p str>,
    /// Folders by the names of their charts.
    by_name: HashMap<String, BTreeSet<&'p str>>,
    /// Charts in the `charts/` of a folder by their names; none where several are called so.
    parts: HashMap<&'p str, HashMap<String, Option<&'p str>>>,
    /// Folders with a `templates/` by their own names.
    by_folder_name: HashMap<&'p str, BTreeSet<&'p str>>,
}

impl<'p> Charts<'p> {
    /// The charts among the files `paths`; `metadata` has what the Chart.yaml of each folder says.
    pub(in super::super) fn new(
        paths: impl IntoIterator<Item = &'p str>,
        metadata: impl IntoIterator<Item = (&'p str, Metadata)>,
    ) -> Self {
        let mut charts = Self {
            folders: metadata.into_iter().collect(),
            files: paths.into_iter().collect(),
            ..Self::default()
        };
        for (folder, metadata) in &charts.folders {
            if let Some(name) = metadata.name.clone() {
                if let Some(outer) = outer_chart(folder) {
                    let part = charts.parts.entry(outer).or_default().entry(name.clone());
                    part.and_modify(|only| *only = None).or_insert(Some(folder));
                }
                charts.by_name.entry(name).or_default().insert(folder);
            }
        }
        for path in &charts.files {
            if let Some((folder, _)) = path.split_once("/templates/") {
                let name = folder.rsplit_once('/').map_or(folder, |(_, name)| name);
                charts.by_folder_name.entry(name).or_default().insert(folder);
            }
        }
        charts
    }

    /// The file that `# Source: <source>` names, if there is exactly one.
    pub(in super::super) fn resolve(&self, source: &str) -> Option<&'p str> {
        let (chart, rest) = source.split_once('/')?;
        let among = |folders: Option<&BTreeSet<&'p str>>| {
            let folders = folders.filter(|folders| folders.len() <= CROWD);
            let files =
                folders.into_iter().flatten().filter_map(|folder| Some((*folder, self.file(folder, rest)?)));
            files.collect::<Vec<_>>()
        };
        let named = among(self.by_name.get(chart));
        let found = if named.is_empty() { among(self.by_folder_name.get(chart)) } else { named };
        // A chart that is part of another is rarely rendered by itself.
        let is_whole = |(folder, file): &(&str, &'p str)| (!self.is_part(folder)).then_some(*file);
        let whole: Vec<_> = found.iter().filter_map(is_whole).collect();
        match (found.as_slice(), whole.as_slice()) {
            ([(_, one)], _) | (_, [one]) => Some(*one),
            _ => None,
        }
    }

    /// The file at `rest` of the chart in `folder`.
    pub(in super::super) fn file(&self, folder: &str, rest: &str) -> Option<&'p str> {
        let (mut folder, mut rest) = (folder.to_owned(), rest);
        let mut depth = 0;
        while let Some((part, behind)) = rest.strip_prefix("charts/").and_then(|rest| rest.split_once('/')) {
            (folder, rest) = (self.part(&folder, part)?, behind);
            depth += 1;
            if depth > MAX_DEPTH {
                return None;
            }
        }
        self.files.get(join(&folder, rest).as_str()).copied()
    }

    /// The folder of the chart that is called `part` in the chart in `folder`.
    fn part(&self, folder: &str, part: &str) -> Option<String> {
        let dependency = self.folders.get(folder).and_then(|metadata| metadata.dependencies.get(part));
        let name = dependency.map_or(part, |it| &it.name);
        let own = join(folder, &format!("charts/{name}"));
        if self.folders.contains_key(own.as_str()) {
            return Some(own);
        }
        match self.parts.get(folder).and_then(|parts| parts.get(name)) {
            Some(Some(only)) => Some((*only).to_owned()),
            _ => match dependency.and_then(|it| it.path.as_deref()) {
                Some(path) => joined(folder, path),
                None => Some(own),
            },
        }
    }

    /// The folders of the charts that are released by themselves: not libraries, and not parts of others.
    pub(in super::super) fn releasable(&self) -> impl Iterator<Item = &'p str> {
        let is_one =
            |(folder, metadata): &(&&'p str, &Metadata)| !metadata.is_library && !self.is_part(folder);
        self.folders.iter().filter(is_one).map(|(folder, _)| *folder)
    }

    /// Whether a folder lies in the `charts/` of a chart.
    fn is_part(&self, folder: &str) -> bool {
        let mut outward = folder.match_indices("charts/").filter_map(|(at, _)| folder.get(..at));
        outward.any(|outer| self.folders.contains_key(outer.trim_end_matches('/')))
    }
}

/// The folder of the chart in whose `charts/` a folder lies.
fn outer_chart(folder: &str) -> Option<&str> {
    let (beside, _) = folder.rsplit_once('/')?;
    if beside == "charts" { Some("") } else { beside.strip_suffix("/charts") }
}

fn join(folder: &str, rest: &str) -> String {
    if folder.is_empty() { rest.to_owned() } else { format!("{folder}/{rest}") }
}
