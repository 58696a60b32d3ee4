//! The index of all objects, and what two of them have to do with each other.

use std::collections::{HashMap, HashSet};

use super::fact::{Detail, Fact, Token, Unit, folder_of};
use super::kustomize::Kustomization;
use crate::input::Sources;
use crate::span::FileId;

/// More objects than this of one name, or around one name, are too many to tell which is meant; and a file from a
/// stranger may have any number.
pub(super) const CROWD: usize = 500;

/// All objects that were read.
#[derive(Debug, Default)]
pub struct World {
    facts: Vec<Fact>,
    /// Facts by kind and name: "ServiceAccount/builder".
    by_name: HashMap<String, Vec<usize>>,
    /// ServiceAccounts by their unit.
    accounts_of: HashMap<Unit, Vec<usize>>,
    /// ServiceAccounts by each folder that they lie in or below.
    accounts_below: HashMap<String, Vec<usize>>,
    /// How many token Secrets name a ServiceAccount.
    token_secrets_for: HashMap<Box<str>, usize>,
    /// How many of them each file has.
    accounts_in: HashMap<FileId, usize>,
    /// Root-relative paths of the files, by id.
    paths: Vec<String>,
    /// Files that are patches, generator inputs or expectations of tests.
    inputs: HashSet<FileId>,
    /// Files and folders that some kustomization builds on.
    kustomized: HashSet<String>,
    /// Files and folders whose objects some kustomization moves into a namespace.
    renamespaced: HashSet<String>,
    /// Files beside which there is more that was not read.
    partial: HashSet<FileId>,
    /// Folders that hold something which brings unknown objects, there or below.
    open: HashSet<String>,
    /// Namespaces into which something brings unknown objects.
    open_namespaces: HashSet<Box<str>>,
    /// What creates ServiceAccounts of a name, other than manifests of them.
    creators: HashMap<Box<str>, Vec<usize>>,
    namespace: Option<String>,
}

/// How the namespaces of two objects compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespaces {
    /// The same, or both not written.
    Same,
    /// Both written, and not the same.
    Different,
    /// One is not written, or a kustomization sets it.
    Unknown,
}

/// How far apart two objects stand: the closer one is the one that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    /// In one file.
    SameFile,
    /// In one unit of deployment.
    SameUnit,
    /// In a folder above or below the other's.
    OneTree,
    /// Elsewhere in the input.
    Apart,
}

impl World {
    /// Indexes `facts`, which are in the order of the files. `namespace` is the one that objects without a namespace
    /// are installed into, if it is known.
    /// Beside the files in `partial` there is more that was not read.
    pub fn new(
        facts: Vec<Fact>,
        sources: &Sources,
        partial: HashSet<FileId>,
        namespace: Option<&str>,
    ) -> Self {
        let paths: Vec<_> = sources.iter().map(|(_, source)| source.path.clone()).collect();
        let mut world = Self { paths, partial, namespace: namespace.map(str::to_owned), ..Self::default() };
        let expectations = world.paths.iter().zip((0..).map(FileId)).filter(|(path, _)| is_expectation(path));
        world.inputs = expectations.map(|(_, id)| id).collect();
        world.read_kustomizations(&facts);
        world.facts = facts.into_iter().filter(|fact| !world.inputs.contains(&fact.file())).collect();
        for (index, fact) in world.facts.iter().enumerate() {
            let key = format!("{}/{}", fact.object.kind, fact.object.name);
            world.by_name.entry(key).or_default().push(index);
            match &fact.detail {
                Detail::ServiceAccount { .. } => {
                    *world.accounts_in.entry(fact.file()).or_default() += 1;
                    world.accounts_of.entry(fact.unit.clone()).or_default().push(index);
                    for folder in with_parents(
                        world.paths.get(fact.file().0 as usize).map_or("", |path| folder_of(path)),
                    ) {
                        world.accounts_below.entry(folder.to_owned()).or_default().push(index);
                    }
                }
                Detail::Secret { token: Some(Token { account: Some(name), .. }) } => {
                    *world.token_secrets_for.entry(name.text.clone()).or_default() += 1;
                }
                Detail::Opens { namespace } => {
                    world.open.insert(world.folder(fact).to_owned());
                    world.open_namespaces.extend(namespace.clone());
                }
                Detail::Creates { accounts } => {
                    for account in accounts {
                        world.creators.entry(account.clone()).or_default().push(index);
                    }
                }
                _ => {}
            }
        }
        world
    }

    fn read_kustomizations(&mut self, facts: &[Fact]) {
        let ids: HashMap<&str, FileId> =
            self.paths.iter().map(String::as_str).zip((0..).map(FileId)).collect();
        let mut by_folder: HashMap<&str, &Kustomization> = HashMap::new();
        for fact in facts {
            if let (Detail::Kustomization(kustomization), Unit::Folder(folder)) = (&fact.detail, &fact.unit) {
                by_folder.insert(folder, kustomization);
                self.kustomized.extend(kustomization.resources.iter().cloned());
                self.inputs.extend(kustomization.inputs.iter().filter_map(|path| ids.get(path.as_str())));
                if kustomization.is_open {
                    self.open.insert(folder.to_string());
                }
            }
        }
        // A namespace reaches everything that a kustomization builds on, through other kustomizations too.
        let mut reached: Vec<String> = by_folder
            .iter()
            .filter(|(_, k)| k.sets_namespace)
            .map(|(folder, _)| (*folder).to_owned())
            .collect();
        while let Some(path) = reached.pop() {
            if let Some(kustomization) = by_folder.get(path.as_str())
                && !self.renamespaced.contains(&path)
            {
                reached.extend(kustomization.resources.iter().cloned());
            }
            self.renamespaced.insert(path);
        }
    }

    /// Whether a file is a patch, a generator's input or an expectation of a test, so that what stands in it is no object.
    pub fn is_input(&self, file: FileId) -> bool {
        self.inputs.contains(&file)
    }

    /// All facts, in the order of the files.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter()
    }

    /// The objects of a core kind with this name, in any namespace.
    pub fn named(&self, kind: &str, name: &str) -> impl Iterator<Item = &Fact> {
        self.at(self.by_name.get(&format!("{kind}/{name}")))
    }

    /// Whether so many objects of a kind have this name that it cannot be told which is meant.
    pub fn is_crowded(&self, kind: &str, name: &str) -> bool {
        self.by_name.get(&format!("{kind}/{name}")).is_some_and(|indices| indices.len() > CROWD)
    }

    /// The ServiceAccounts of a unit.
    pub fn accounts_of(&self, unit: &Unit) -> impl Iterator<Item = &Fact> {
        self.at(self.accounts_of.get(unit))
    }

    /// The ServiceAccounts in a folder and below it.
    pub fn accounts_below(&self, folder: &str) -> impl Iterator<Item = &Fact> {
        self.at(self.accounts_below.get(folder))
    }

    fn at<'w>(&'w self, indices: Option<&'w Vec<usize>>) -> impl Iterator<Item = &'w Fact> {
        indices.into_iter().flatten().filter_map(|index| self.facts.get(*index))
    }

    /// How many token Secrets name a ServiceAccount so.
    pub fn token_secrets_for(&self, name: &str) -> usize {
        self.token_secrets_for.get(name).copied().unwrap_or(0)
    }

    /// Whether an object of a core kind with this name stands anywhere in the input.
    pub fn defines(&self, kind: &str, name: &str) -> bool {
        self.by_name.contains_key(&format!("{kind}/{name}"))
    }

    /// How many ServiceAccounts a file has.
    pub fn accounts_in(&self, file: FileId) -> usize {
        self.accounts_in.get(&file).copied().unwrap_or(0)
    }

    /// The root-relative folder of a fact's file.
    pub fn folder(&self, fact: &Fact) -> &str {
        self.paths.get(fact.file().0 as usize).map_or("", |path| folder_of(path))
    }

    /// Whether objects may exist beside `fact` that were not read.
    pub fn is_open(&self, fact: &Fact) -> bool {
        self.partial.contains(&fact.file())
            || with_parents(self.folder(fact)).any(|folder| self.open.contains(folder))
            || self.namespace(fact).is_some_and(|namespace| self.open_namespaces.contains(namespace))
    }

    /// Whether something that was read creates a ServiceAccount of this name where `fact` could use it.
    pub fn has_creator(&self, fact: &Fact, name: &str) -> bool {
        self.at(self.creators.get(name))
            .any(|creator| self.compare_namespaces(fact, creator) != Namespaces::Different)
    }

    /// Whether a kustomization builds on the fact's file.
    pub fn is_kustomized(&self, fact: &Fact) -> bool {
        let path = self.paths.get(fact.file().0 as usize).map_or("", String::as_str);
        self.kustomized.contains(path)
    }

    /// How far apart two objects stand.
    pub fn distance(&self, a: &Fact, b: &Fact) -> Distance {
        let (folder_a, folder_b) = (self.folder(a), self.folder(b));
        if a.file() == b.file() {
            Distance::SameFile
        } else if a.unit == b.unit {
            Distance::SameUnit
        } else if is_within(folder_a, folder_b) || is_within(folder_b, folder_a) {
            Distance::OneTree
        } else {
            Distance::Apart
        }
    }

    /// The namespace of an object, if it is known.
    fn namespace<'a>(&'a self, fact: &'a Fact) -> Option<&'a str> {
        let path = self.paths.get(fact.file().0 as usize)?;
        if self.renamespaced.contains(path) || self.renamespaced.contains(folder_of(path)) {
            return None;
        }
        let written = Some(fact.object.namespace.as_str()).filter(|namespace| !namespace.is_empty());
        written.or(self.namespace.as_deref())
    }

    /// How the namespaces of two objects compare.
    pub fn compare_namespaces(&self, a: &Fact, b: &Fact) -> Namespaces {
        match (self.namespace(a), self.namespace(b)) {
            (None, None) => Namespaces::Same,
            (Some(a), Some(b)) if a == b => Namespaces::Same,
            (Some(_), Some(_)) => Namespaces::Different,
            _ => Namespaces::Unknown,
        }
    }
}

/// Whether a file says what a test expects (`01-assert.yaml`, `02-errors.yaml` of kuttl and Chainsaw): parts of objects,
/// with expressions in them.
fn is_expectation(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let what = name.trim_start_matches(|c: char| c.is_ascii_digit());
    what.len() < name.len() && ["-assert.yaml", "-assert.yml", "-errors.yaml", "-errors.yml"].contains(&what)
}

/// A folder and those above it, up to the root.
fn with_parents(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| (!folder.is_empty()).then(|| folder_of(folder)))
}

fn is_within(folder: &str, outer: &str) -> bool {
    outer.is_empty()
        || folder == outer
        || folder.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_are_known_by_their_names() {
        assert!(is_expectation("tests/smoke/00-assert.yaml") && is_expectation("01-errors.yml"));
        assert!(!is_expectation("00-install.yaml") && !is_expectation("deploy-assert.yaml"));
    }

    #[test]
    fn folders_hold_their_subfolders() {
        assert!(is_within("a/b", "a"));
        assert!(is_within("a", ""));
        assert!(!is_within("ab", "a"));
        assert!(!is_within("a", "a/b"));
    }
}
