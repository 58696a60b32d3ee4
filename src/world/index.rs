//! The index of all objects, and what two of them have to do with each other.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::applied::Applied;
use super::builds::Builds;
use super::deployment::Deployment;
use super::fact::{Detail, Fact, Home};
use super::folders::{folder_of, is_deep, is_within, with_parents};
use super::gated::Reaches;
use super::inputs::{Inputs, is_expectation};
use super::kustomize::Kustomization;
use super::names::{Names, Referent};
use super::resources::CustomScopes;
use super::unit::Unit;
use crate::finding::Place;
use crate::k8s::CustomResource;
use crate::k8s::names::is_placeholder;
use crate::script::{Application, Creation, TokenLookup};
use crate::span::FileId;

/// More objects than this of one name, or around one name, are too many to tell which is meant; and a file from a
/// stranger may have any number.
pub(super) const CROWD: usize = 500;

/// What was read, and what was not.
#[derive(Debug, Default)]
pub struct Read {
    /// Root-relative paths of the files, by id.
    pub paths: Vec<String>,
    /// What is remembered of the objects, in the order of the files.
    pub facts: Vec<Fact>,
    /// What objects were before they were changed or deleted.
    pub ghosts: Vec<Fact>,
    /// What commands create.
    pub creations: Vec<Creation>,
    /// Names in texts that bind roles other than by objects.
    pub bound_names: HashSet<Box<str>>,
    /// The resources that CustomResourceDefinitions bring.
    pub custom_resources: Vec<CustomResource>,
    /// Which files and folders the commands of a file apply.
    pub applications: Vec<(FileId, Application)>,
    /// Where scripts look for token Secrets that Kubernetes made before 1.24.
    pub lookups: Vec<(Place, TokenLookup)>,
    /// The charts of templates, by their folders.
    pub charts: HashMap<FileId, Arc<str>>,
    /// Files with documents that could not be read.
    pub unread: HashSet<FileId>,
    /// Files beside which there may be more that was not read.
    pub partial: HashSet<FileId>,
    /// Whether files were left out because there were too many.
    pub is_cut: bool,
    /// The namespace that objects without one are installed into, if it is known.
    pub namespace: Option<String>,
}

/// All objects that were read.
#[derive(Debug, Default)]
pub struct World {
    facts: Vec<Fact>,
    ghosts: Vec<Fact>,
    by_name: Names<Vec<usize>>,
    ghosts_by_name: Names<Vec<usize>>,
    /// Where something other than a manifest creates an object, as far as it says.
    created: Names<HashSet<Option<Box<str>>>>,
    /// How often a name is referred to.
    pub(super) mentions: Names<usize>,
    by_unit: HashMap<(Unit, Referent), Vec<usize>>,
    /// ServiceAccounts and roles by each folder that they lie in or below.
    by_folder: HashMap<(String, Referent), Vec<usize>>,
    /// How many objects of a kind each file has.
    in_file: HashMap<(FileId, Referent), usize>,
    custom_resources: Vec<CustomResource>,
    pub(super) custom_scopes: CustomScopes,
    lookups: Vec<(Place, TokenLookup)>,
    /// Names in texts that bind roles other than by objects.
    pub(super) bound_names: HashSet<Box<str>>,
    pub(super) applied: Applied,
    paths: Vec<String>,
    charts: HashMap<FileId, Arc<str>>,
    pub(super) builds: Builds,
    /// Files that are patches, generator inputs or expectations of tests.
    inputs: HashSet<FileId>,
    partial: HashSet<FileId>,
    unread: HashSet<FileId>,
    /// Folders that hold something which brings unknown objects, there or below; and charts.
    open: HashSet<String>,
    /// Namespaces into which something brings unknown objects.
    open_namespaces: HashSet<Box<str>>,
    /// Files that write one namespace, with that; `None` where they write several.
    written: HashMap<FileId, Option<Box<str>>>,
    /// The objects for which operators make ServiceAccounts.
    operated: Vec<usize>,
    /// Where each namespace is defined; `None` where it is defined more than once.
    namespaces: HashMap<Box<str>, Option<FileId>>,
    /// The ServiceAccounts, name and namespace, that pods and custom resources name.
    running: HashSet<(Box<str>, Box<str>)>,
    is_cut: bool,
    namespace: Option<String>,
    pub(super) reaches: Reaches,
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
    /// In one folder, without its subfolders.
    SameFolder,
    /// In one unit of deployment.
    SameUnit,
    /// In a folder above or below the other's.
    OneTree,
    /// Elsewhere in the input.
    Apart,
}

impl World {
    /// Indexes what was read.
    pub fn new(read: Read) -> Self {
        let Read { paths, facts, ghosts, custom_resources, creations, applications, lookups, .. } = read;
        let Read { charts, unread, partial, is_cut, namespace, bound_names, .. } = read;
        let applied = Applied::new(applications, &paths);
        let custom_scopes = CustomScopes::new(&custom_resources);
        let known =
            Self { custom_resources, custom_scopes, lookups, applied, paths, charts, ..Self::default() };
        let mut world = Self { bound_names, partial, is_cut, namespace, ..known };
        let kustomizations: Vec<_> = facts.iter().filter_map(kustomization).collect();
        let files = world.paths.iter().map(String::as_str).zip((0..).map(FileId)).collect();
        let deployments: Vec<_> = facts.iter().flat_map(deployments).collect();
        let inputs = Inputs::new(&facts, &world.paths);
        let mut objects: HashMap<FileId, usize> = HashMap::new();
        for fact in &facts {
            *objects.entry(fact.file()).or_default() += 1;
        }
        world.builds = Builds::new(&kustomizations, &deployments, &files, &objects, &inputs);
        world.is_cut |= world.builds.is_cut;
        let expectations = files.iter().filter(|(path, _)| is_expectation(path)).map(|(_, id)| *id);
        let inputs = kustomizations.iter().flat_map(|kustomization| &kustomization.inputs);
        let inputs = inputs.filter_map(|path| files.get(path.as_str()).copied());
        // What is built on is an object, whatever else it serves for.
        let inputs = inputs.filter(|file| world.builds.of(*file).is_empty());
        world.inputs = expectations.chain(inputs).collect();
        world.open_unread(&unread);
        world.unread = unread;
        world.facts = facts.into_iter().filter(|fact| !world.inputs.contains(&fact.file())).collect();
        world.ghosts = ghosts;
        for Creation { kind, name, namespace, .. } in creations {
            if name.is_empty() {
                world.open_namespaces.extend(namespace);
            } else {
                world.created.entry(kind.into(), &name).insert(namespace);
            }
        }
        let facts = std::mem::take(&mut world.facts);
        for (index, fact) in facts.iter().enumerate() {
            world.index(index, fact);
        }
        world.index_affixes(&facts);
        world.facts = facts;
        for (index, ghost) in world.ghosts.iter().enumerate() {
            if let Some(referent) = Referent::of(ghost) {
                world.ghosts_by_name.entry(referent, &ghost.object.name).push(index);
            }
        }
        world
    }

    fn open_unread(&mut self, unread: &HashSet<FileId>) {
        for file in unread {
            let folder = match self.charts.get(file) {
                Some(chart) => chart.to_string(),
                None => folder_of(self.path(*file)).to_owned(),
            };
            self.open.insert(folder);
        }
    }

    fn index(&mut self, index: usize, fact: &Fact) {
        if let Some(referent) = Referent::of(fact) {
            self.by_name.entry(referent, &fact.object.name).push(index);
            *self.in_file.entry((fact.file(), referent)).or_default() += 1;
            for unit in self.units(fact) {
                self.by_unit.entry((unit, referent)).or_default().push(index);
            }
            let path = self.paths.get(fact.file().0 as usize).map_or("", String::as_str);
            for folder in with_parents(folder_of(path)) {
                self.by_folder.entry((folder.to_owned(), referent)).or_default().push(index);
            }
        }
        let namespace = fact.object.namespace.as_str();
        if !namespace.is_empty() {
            let written = self.written.entry(fact.file()).or_insert_with(|| Some(namespace.into()));
            if written.as_deref() != Some(namespace) {
                *written = None;
            }
        }
        for account in fact.pods.iter().filter_map(|pod| pod.account.as_ref()).chain(&fact.fields) {
            if let Some(namespace) = self.namespace_of(fact, &account.home).map(Box::from) {
                self.running.insert((account.name.text.clone(), namespace));
            }
        }
        for reference in fact.accounts() {
            *self.mentions.entry(Referent::ServiceAccount, &reference.name.text) += 1;
        }
        if let Some(role) = fact.binding().and_then(|binding| binding.role.as_ref()) {
            *self.mentions.entry(role.referent(), &role.name.text) += 1;
        }
        for created in &fact.creates {
            let namespace = match &created.home {
                Home::Named(namespace) => Some(namespace.clone()),
                Home::Own => self.namespace(fact).map(Box::from),
                Home::Elsewhere => None,
            };
            self.created.entry(Referent::ServiceAccount, &created.name.text).insert(namespace);
        }
        match &fact.detail {
            Detail::Namespace => {
                let known = self.namespaces.entry(fact.object.name.as_str().into());
                known.and_modify(|file| *file = None).or_insert(Some(fact.file()));
            }
            Detail::Opens(opening) => {
                self.open.insert(self.folder(fact).to_owned());
                self.open_namespaces.extend(opening.namespace.clone());
            }
            Detail::Operated if self.operated.len() < CROWD => self.operated.push(index),
            Detail::Kustomization(kustomization) => {
                for secret in &kustomization.secrets {
                    self.created.entry(Referent::Secret, &kustomization.rename(secret)).insert(None);
                    self.created.entry(Referent::Secret, secret).insert(None);
                }
            }
            _ => {}
        }
    }

    /// Objects whose names a kustomization changes are known by those, too.
    fn index_affixes(&mut self, facts: &[Fact]) {
        let mut by_file: HashMap<FileId, Vec<usize>> = HashMap::new();
        for (index, fact) in facts.iter().enumerate().filter(|(_, fact)| Referent::of(fact).is_some()) {
            by_file.entry(fact.file()).or_default().push(index);
        }
        for (file, prefix, suffix) in self.builds.affixes() {
            for index in by_file.get(&file).into_iter().flatten() {
                if let Some((fact, referent)) =
                    facts.get(*index).and_then(|fact| Some((fact, Referent::of(fact)?)))
                {
                    let name = format!("{prefix}{}{suffix}", fact.object.name);
                    self.by_name.entry(referent, &name).push(*index);
                }
            }
        }
    }

    /// Whether a file is a patch, a generator's input or an expectation of a test, so that what stands in it is no object.
    pub fn is_input(&self, file: FileId) -> bool {
        self.inputs.contains(&file)
    }

    /// Files with Kubernetes documents that could not be read, in any order.
    pub fn unread(&self) -> impl Iterator<Item = FileId> {
        self.unread.iter().copied()
    }

    /// All facts, in the order of the files.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter()
    }

    /// Where scripts look for token Secrets that Kubernetes made before 1.24, in the order of the files.
    pub fn token_lookups(&self) -> impl Iterator<Item = &(Place, TokenLookup)> {
        self.lookups.iter()
    }

    /// The resources that CustomResourceDefinitions bring, in the order of the files.
    pub(super) fn custom_resources(&self) -> &[CustomResource] {
        &self.custom_resources
    }

    /// The objects with this name, in any namespace.
    pub fn named(&self, referent: Referent, name: &str) -> impl Iterator<Item = &Fact> {
        self.at(self.by_name.get(referent, name))
    }

    /// What had this name before it was changed or deleted.
    pub(super) fn ghosts(&self, referent: Referent, name: &str) -> impl Iterator<Item = &Fact> {
        let indices = self.ghosts_by_name.get(referent, name).into_iter().flatten();
        indices.filter_map(|index| self.ghosts.get(*index))
    }

    /// Whether so many objects of a kind have this name that it cannot be told which is meant.
    pub(super) fn is_crowded(&self, referent: Referent, name: &str) -> bool {
        self.by_name.get(referent, name).is_some_and(|indices| indices.len() > CROWD)
    }

    /// The objects of a kind in a unit.
    pub(super) fn of_unit(&self, unit: Unit, referent: Referent) -> impl Iterator<Item = &Fact> {
        self.at(self.by_unit.get(&(unit, referent)))
    }

    /// The objects of a kind in a folder and below it.
    pub(super) fn below(&self, folder: &str, referent: Referent) -> impl Iterator<Item = &Fact> {
        self.at(self.by_folder.get(&(folder.to_owned(), referent)))
    }

    fn at<'w>(&'w self, indices: Option<&'w Vec<usize>>) -> impl Iterator<Item = &'w Fact> {
        indices.into_iter().flatten().filter_map(|index| self.facts.get(*index))
    }

    /// Whether an object with this name stands anywhere in the input, or is created by something there.
    pub fn defines(&self, referent: Referent, name: &str) -> bool {
        self.by_name.get(referent, name).is_some() || self.created.get(referent, name).is_some()
    }

    /// How many objects of a kind a file has.
    pub(super) fn count_in(&self, file: FileId, referent: Referent) -> usize {
        self.in_file.get(&(file, referent)).copied().unwrap_or(0)
    }

    /// The folder of the outermost chart of which a file is a template.
    pub fn chart(&self, file: FileId) -> Option<&Arc<str>> {
        self.charts.get(&file)
    }

    /// The root-relative path of a file.
    pub(super) fn path(&self, file: FileId) -> &str {
        self.paths.get(file.0 as usize).map_or("", String::as_str)
    }

    /// The root-relative folder of a fact's file.
    pub fn folder(&self, fact: &Fact) -> &str {
        folder_of(self.path(fact.file()))
    }

    /// Whether objects may exist beside `fact` that were not read.
    pub(super) fn is_open(&self, fact: &Fact) -> bool {
        self.is_cut
            || self.partial.contains(&fact.file())
            || self.builds.is_open(fact.file())
            || is_deep(self.folder(fact))
            || with_parents(self.folder(fact)).any(|folder| self.open.contains(folder))
    }

    /// Whether objects may exist in a namespace that were not read.
    pub(super) fn is_open_namespace(&self, namespace: Option<&str>) -> bool {
        namespace.is_some_and(|namespace| self.open_namespaces.contains(namespace))
    }

    /// The objects for which operators make ServiceAccounts; of more than a crowd, the first.
    pub(super) fn operated(&self) -> impl Iterator<Item = &Fact> {
        self.operated.iter().filter_map(|index| self.facts.get(*index))
    }

    /// Whether a namespace is defined near `fact`, and nowhere else: of several, each may be that of another cluster, and
    /// one in another tree may be that of another example.
    pub(super) fn has_whole(&self, namespace: &str, fact: &Fact) -> bool {
        let Some(Some(file)) = self.namespaces.get(namespace) else { return false };
        let (folder, own) = (folder_of(self.path(*file)), self.folder(fact));
        is_within(folder, own) || is_within(own, folder) || self.builds.join(*file, fact.file())
    }

    /// Whether the objects in a file write one namespace only.
    pub(super) fn has_one_namespace(&self, file: FileId) -> bool {
        matches!(self.written.get(&file), Some(Some(_)))
    }

    /// Whether something in the namespace of the ServiceAccount `fact` runs as it.
    pub(super) fn runs_something(&self, fact: &Fact) -> bool {
        self.namespace(fact).is_some_and(|namespace| {
            self.running.contains(&(fact.object.name.as_str().into(), namespace.into()))
        })
    }

    /// Whether a chart, a stream or a kustomization holds both objects.
    pub(super) fn are_built_together(&self, a: &Fact, b: &Fact) -> bool {
        self.distance(a, b) <= Distance::SameUnit
            && (!self.is_plain(a) || self.builds.join(a.file(), b.file()))
    }

    /// Whether something other than a manifest creates an object of this name in `namespace`, as far as both are known.
    pub(super) fn is_created(&self, referent: Referent, name: &str, namespace: Option<&str>) -> bool {
        self.created.get(referent, name).is_some_and(|namespaces| {
            namespace.is_none_or(|namespace| {
                namespaces.contains(&None) || namespaces.contains(&Some(namespace.into()))
            })
        })
    }

    /// Whether a kustomization builds on the fact's file.
    pub fn is_kustomized(&self, fact: &Fact) -> bool {
        !self.builds.of(fact.file()).is_empty()
    }

    /// Whether a kustomization stands in the fact's folder, whether it builds on the fact's file or not.
    pub fn is_beside_kustomization(&self, fact: &Fact) -> bool {
        self.builds.is_in(self.folder(fact))
    }

    /// Whether it stands in plain manifests rather than in rendered ones or in a chart.
    pub fn is_plain(&self, fact: &Fact) -> bool {
        !fact.is_rendered && !self.charts.contains_key(&fact.file())
    }

    /// How far apart two objects stand.
    pub fn distance(&self, a: &Fact, b: &Fact) -> Distance {
        if a.file() == b.file() {
            return Distance::SameFile;
        }
        let (folder_a, folder_b) = (self.folder(a), self.folder(b));
        let chart = |fact: &Fact| self.charts.get(&fact.file());
        let in_one_chart = chart(a).is_some() && chart(a) == chart(b);
        let are_plain = self.is_plain(a) && self.is_plain(b);
        if folder_a == folder_b && (in_one_chart || are_plain) {
            Distance::SameFolder
        } else if in_one_chart || self.builds.join(a.file(), b.file()) {
            Distance::SameUnit
        } else if is_within(folder_a, folder_b) || is_within(folder_b, folder_a) {
            Distance::OneTree
        } else {
            Distance::Apart
        }
    }

    /// The namespace of an object, if it is known.
    pub fn namespace<'a>(&'a self, fact: &'a Fact) -> Option<&'a str> {
        if self.builds.set_namespace(fact.file()) {
            return None;
        }
        let written = Some(fact.object.namespace.as_str()).filter(|namespace| !namespace.is_empty());
        written.or(self.namespace.as_deref())
    }

    /// The namespace in which `fact` looks a name up, if it is known.
    pub fn namespace_of<'a>(&'a self, fact: &'a Fact, home: &'a Home) -> Option<&'a str> {
        match home {
            Home::Own => self.namespace(fact),
            Home::Named(_) if self.builds.set_namespace(fact.file()) => None,
            Home::Named(namespace) => Some(namespace),
            Home::Elsewhere => None,
        }
    }

    /// How the namespaces of two objects compare.
    pub fn compare_namespaces(&self, a: &Fact, b: &Fact) -> Namespaces {
        compare(self.namespace(a), self.namespace(b))
    }
}

/// How two namespaces compare; `None` is not written.
pub(super) fn compare(a: Option<&str>, b: Option<&str>) -> Namespaces {
    match (a, b) {
        (None, None) => Namespaces::Same,
        (Some(a), Some(b)) if a == b => Namespaces::Same,
        (Some(a), Some(b)) if !is_placeholder(a) && !is_placeholder(b) => Namespaces::Different,
        _ => Namespaces::Unknown,
    }
}

fn kustomization(fact: &Fact) -> Option<&Kustomization> {
    match &fact.detail {
        Detail::Kustomization(kustomization) => Some(kustomization),
        _ => None,
    }
}

fn deployments(fact: &Fact) -> &[Deployment] {
    match &fact.detail {
        Detail::Opens(opening) => &opening.deployments,
        _ => &[],
    }
}
