//! What each kustomization builds on, through other kustomizations too.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::deployment::Deployment;
use super::inputs::Inputs;
use super::kustomize::Kustomization;
use crate::finding::Place;
use crate::span::FileId;

/// More files than this, counted once for each kustomization that builds on them, are too many to follow; a stranger may
/// have chained kustomizations without end.
const MOST_MEMBERS: usize = 2_000_000;

/// Kustomizations that build on each other deeper than this are not followed.
const DEEPEST: usize = 64;

/// A kustomization's place among all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct BuildId(u32);

/// All kustomizations, and the files that each builds on.
#[derive(Debug, Default)]
pub(super) struct Builds {
    all: Vec<Build>,
    /// Their folders.
    folders: HashSet<String>,
    /// The kustomizations that build on a file, in order.
    of_file: HashMap<FileId, Vec<Member>>,
    /// Files in folders that something in a cluster builds.
    deployed: HashMap<FileId, Vec<Arc<Deployed>>>,
    /// Whether there was too much to follow.
    pub(super) is_cut: bool,
}

/// One kustomization with all that it builds on.
#[derive(Debug, Default)]
struct Build {
    moves: bool,
    is_open: bool,
    mends: bool,
    affix: Option<Place>,
    files: Vec<FileId>,
}

/// A file as a member of a build. One that is reached on two ways is there twice.
#[derive(Debug)]
pub(super) struct Member {
    /// The build.
    pub(super) build: BuildId,
    /// How it came there.
    pub(super) way: Arc<Way>,
}

/// What kustomizations do to what is built on, on the way from a file to the outermost of them.
#[derive(Debug, Default)]
pub(super) struct Way {
    prefix: String,
    suffix: String,
    /// The namespace that is set.
    pub(super) namespace: Option<String>,
    /// The innermost kustomization that changes names.
    renamer: Option<BuildId>,
}

/// What something in a cluster does to a folder.
#[derive(Debug)]
struct Deployed {
    sets_namespace: bool,
    changes_names: bool,
    prefix: String,
    suffix: String,
}

impl Way {
    /// A name as it is changed.
    pub(super) fn rename(&self, name: &str) -> String {
        format!("{}{name}{}", self.prefix, self.suffix)
    }

    /// What comes of what `kustomization` builds on.
    fn through(&self, id: BuildId, kustomization: &Kustomization, known: &Known<'_>) -> Way {
        // Components change what stands beside them.
        let components = kustomization.resources.iter().filter_map(|path| known.component(path));
        let own = [kustomization.namespace.as_ref()].into_iter();
        let namespaces = own.chain(components.map(|component| component.namespace.as_ref()));
        Way {
            prefix: format!("{}{}", self.prefix, kustomization.name_prefix),
            suffix: format!("{}{}", kustomization.name_suffix, self.suffix),
            namespace: self.namespace.clone().or_else(|| namespaces.flatten().next().cloned()),
            renamer: if kustomization.renames() { Some(id) } else { self.renamer },
        }
    }
}

impl Builds {
    /// Follows all `kustomizations`; where two claim one folder, the first. `files` are the files by their root-relative
    /// paths.
    pub(super) fn new(
        kustomizations: &[&Kustomization],
        deployments: &[&Deployment],
        files: &HashMap<&str, FileId>,
        inputs: &Inputs<'_>,
    ) -> Self {
        let mut by_folder = HashMap::new();
        for (index, kustomization) in (0..).zip(kustomizations) {
            by_folder.entry(kustomization.folder.as_str()).or_insert((BuildId(index), *kustomization));
        }
        let known = Known { by_folder: &by_folder, files, inputs };
        let (sorted_files, sorted_folders) = (sorted(files), sorted(&by_folder));
        let folders = by_folder.keys().map(|&folder| folder.to_owned()).collect();
        let mut builds = Self { folders, ..Self::default() };
        let mut budget = MOST_MEMBERS;
        for (index, kustomization) in (0..).map(BuildId).zip(kustomizations) {
            let is_first = by_folder.get(kustomization.folder.as_str()).is_some_and(|(id, _)| *id == index);
            let (build, ways) =
                if is_first { follow(index, kustomization, &known, &mut budget) } else { Default::default() };
            for (file, way) in build.files.iter().zip(ways) {
                builds.of_file.entry(*file).or_default().push(Member { build: index, way });
            }
            builds.all.push(build);
        }
        for deployment in deployments {
            let files = below(&sorted_files, &deployment.folder).iter().map(|(_, file)| *file);
            let inner = below(&sorted_folders, &deployment.folder).iter().map(|(_, (id, _))| *id);
            let own = by_folder.get(deployment.folder.as_str()).map(|(id, _)| *id);
            let folders: Vec<_> = own.into_iter().chain(inner).collect();
            builds.deploy(deployment, files, &folders, &mut budget);
        }
        builds.is_cut = budget == 0;
        builds
    }

    /// Marks what a deployment changes: the `files` below its folder, and what the kustomizations there build on.
    fn deploy(
        &mut self,
        deployment: &Deployment,
        files: impl Iterator<Item = FileId>,
        kustomizations: &[BuildId],
        budget: &mut usize,
    ) {
        let Deployment { sets_namespace, name_prefix, name_suffix, changes_names, .. } = deployment;
        let deployed = Arc::new(Deployed {
            sets_namespace: *sets_namespace,
            changes_names: *changes_names,
            prefix: name_prefix.clone(),
            suffix: name_suffix.clone(),
        });
        if !(*sets_namespace || *changes_names || deployed.renames()) {
            return;
        }
        let built = kustomizations.iter().filter_map(|id| self.get(*id)).flat_map(|build| &build.files);
        let all: Vec<FileId> = files.chain(built.copied()).take(*budget).collect();
        *budget -= all.len();
        for file in all.into_iter().collect::<HashSet<_>>() {
            self.deployed.entry(file).or_default().push(Arc::clone(&deployed));
        }
    }

    /// The kustomizations that build on a file, in order.
    pub(super) fn of(&self, file: FileId) -> &[Member] {
        self.of_file.get(&file).map_or(&[], Vec::as_slice)
    }

    /// The ways on which a file comes into a build.
    pub(super) fn ways(&self, file: FileId, build: BuildId) -> impl Iterator<Item = &Way> {
        let members = self.of(file);
        let first = members.partition_point(|member| member.build < build);
        members.iter().skip(first).take_while(move |member| member.build == build).map(|member| &*member.way)
    }

    /// Whether there is a kustomization in `folder`.
    pub(super) fn is_in(&self, folder: &str) -> bool {
        self.folders.contains(folder)
    }

    /// Whether one kustomization builds on both files.
    pub(super) fn join(&self, a: FileId, b: FileId) -> bool {
        let (a, b) = (self.of(a), self.of(b));
        let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
        few.iter().any(|member| many.binary_search_by_key(&member.build, |other| other.build).is_ok())
    }

    /// Whether something sets the namespace of what is in a file.
    pub(super) fn set_namespace(&self, file: FileId) -> bool {
        let moves = |member: &Member| {
            member.way.namespace.is_some() || self.get(member.build).is_some_and(|build| build.moves)
        };
        self.of(file).iter().any(moves) || self.deployed(file).any(|deployed| deployed.sets_namespace)
    }

    /// Whether something is built together with the file that cannot be read, or patched into it.
    pub(super) fn is_open(&self, file: FileId) -> bool {
        self.of(file).iter().filter_map(|member| self.get(member.build)).any(|build| build.is_open)
            || self.deployed(file).any(|deployed| deployed.changes_names)
    }

    /// Whether some build on the file may change references in ways that are not looked at.
    pub(super) fn mend(&self, file: FileId) -> bool {
        self.of(file)
            .iter()
            .filter_map(|member| self.get(member.build))
            .any(|build| build.mends || build.moves)
            || self.deployed(file).any(|deployed| deployed.changes_names)
    }

    /// The `namePrefix` or `nameSuffix` that a name meets first on its way.
    pub(super) fn affix(&self, way: &Way) -> Option<&Place> {
        self.get(way.renamer?)?.affix.as_ref()
    }

    /// What is put before and behind the names in each file.
    pub(super) fn affixes(&self) -> impl Iterator<Item = (FileId, &str, &str)> {
        let built = self.of_file.iter().flat_map(|(file, members)| {
            members.iter().map(|member| (*file, &*member.way.prefix, &*member.way.suffix))
        });
        let deployed = self
            .deployed
            .iter()
            .flat_map(|(file, all)| all.iter().map(|deployed| (*file, &*deployed.prefix, &*deployed.suffix)));
        built.chain(deployed).filter(|(_, prefix, suffix)| !(prefix.is_empty() && suffix.is_empty()))
    }

    fn deployed(&self, file: FileId) -> impl Iterator<Item = &Deployed> {
        self.deployed.get(&file).into_iter().flatten().map(|deployed| &**deployed)
    }

    fn get(&self, id: BuildId) -> Option<&Build> {
        self.all.get(id.0 as usize)
    }
}

impl Deployed {
    fn renames(&self) -> bool {
        !(self.prefix.is_empty() && self.suffix.is_empty())
    }
}

/// By path.
fn sorted<'k, T: Copy>(by_path: &HashMap<&'k str, T>) -> Vec<(&'k str, T)> {
    let mut sorted: Vec<_> = by_path.iter().map(|(path, what)| (*path, *what)).collect();
    sorted.sort_unstable_by_key(|(path, _)| *path);
    sorted
}

/// Those of `sorted` that lie in a folder, however deep.
fn below<'s, T>(sorted: &'s [(&str, T)], folder: &str) -> &'s [(&'s str, T)] {
    let within = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let first = sorted.partition_point(|(path, _)| *path < within.as_str());
    let rest = sorted.get(first..).unwrap_or_default();
    let end = rest.partition_point(|(path, _)| path.starts_with(&within));
    rest.get(..end).unwrap_or_default()
}

/// What a path may lead to.
struct Known<'k> {
    by_folder: &'k HashMap<&'k str, (BuildId, &'k Kustomization)>,
    files: &'k HashMap<&'k str, FileId>,
    inputs: &'k Inputs<'k>,
}

impl Known<'_> {
    fn component(&self, path: &str) -> Option<&Kustomization> {
        let (_, kustomization) = self.by_folder.get(path)?;
        kustomization.is_component.then_some(kustomization)
    }
}

/// A step on the way from a kustomization to its files.
struct Step<'k> {
    id: BuildId,
    kustomization: &'k Kustomization,
    /// What the kustomizations do that build on this one.
    outer: Arc<Way>,
    depth: usize,
}

/// The files of one kustomization, its own and those of the kustomizations that it builds on, and how they come there.
fn follow<'k>(
    id: BuildId,
    kustomization: &'k Kustomization,
    known: &Known<'k>,
    budget: &mut usize,
) -> (Build, Vec<Arc<Way>>) {
    let mut build = Build { affix: kustomization.affix.clone(), ..Build::default() };
    let mut ways = Vec::new();
    let mut seen = HashSet::new();
    let mut above: Vec<BuildId> = Vec::new();
    let mut open = vec![Step { id, kustomization, outer: Arc::default(), depth: 0 }];
    while let Some(Step { id, kustomization, outer, depth }) = open.pop() {
        above.truncate(depth);
        above.push(id);
        build.add(kustomization, known);
        let way = Arc::new(outer.through(id, kustomization, known));
        for resource in &kustomization.resources {
            if *budget == 0 {
                build.is_open = true;
                return (build, ways);
            }
            *budget -= 1;
            if let Some((next, kustomization)) = known.by_folder.get(resource.as_str()) {
                // A base may be built on twice, if its names are changed in two ways.
                let is_new = seen.insert((*next, way.prefix.clone(), way.suffix.clone()));
                if is_new && !above.contains(next) && depth < DEEPEST {
                    open.push(Step { id: *next, kustomization, outer: Arc::clone(&way), depth: depth + 1 });
                }
            } else if let Some(file) = known.files.get(resource.as_str()) {
                build.files.push(*file);
                ways.push(Arc::clone(&way));
            } else {
                // Remote, generated, or left out of what is read.
                build.is_open = true;
            }
        }
    }
    (build, ways)
}

impl Build {
    /// Takes in what a kustomization says of all that it builds on. How components change names is not followed.
    fn add(&mut self, kustomization: &Kustomization, known: &Known<'_>) {
        let changes_names =
            known.inputs.change_names(kustomization) || kustomization.is_component && kustomization.renames();
        self.is_open |= kustomization.is_open || changes_names;
        self.mends |= changes_names || known.inputs.know_references(kustomization);
        self.moves |= known.inputs.change_namespaces(kustomization);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kustomization(folder: &str, resources: &[&str]) -> Kustomization {
        Kustomization {
            folder: folder.to_owned(),
            resources: resources.iter().map(|&path| path.to_owned()).collect(),
            ..Kustomization::default()
        }
    }

    fn build(kustomizations: &[&Kustomization], deployments: &[&Deployment], files: &[&str]) -> Builds {
        let files = files.iter().copied().zip((0..).map(FileId)).collect();
        Builds::new(kustomizations, deployments, &files, &Inputs::default())
    }

    #[test]
    fn overlays_see_their_bases_but_not_each_other() {
        let base = kustomization("base", &["base/sa.yaml"]);
        let blue = Kustomization {
            name_prefix: "blue-".into(),
            ..kustomization("blue", &["base", "blue/job.yaml"])
        };
        let green = Kustomization {
            namespace: Some("green".into()),
            ..kustomization("green", &["base", "green/job.yaml"])
        };
        let builds =
            build(&[&base, &blue, &green], &[], &["base/sa.yaml", "blue/job.yaml", "green/job.yaml"]);
        assert!(builds.join(FileId(0), FileId(1)) && builds.join(FileId(0), FileId(2)));
        assert!(!builds.join(FileId(1), FileId(2)));
        assert!(builds.set_namespace(FileId(0)) && !builds.set_namespace(FileId(1)));
        let mut affixes: Vec<_> = builds.affixes().collect();
        affixes.sort();
        assert_eq!(affixes, [(FileId(0), "blue-", ""), (FileId(1), "blue-", "")]);
        assert!(!builds.is_open(FileId(0)));
    }

    #[test]
    fn a_base_may_come_in_on_two_ways() {
        let base = kustomization("base", &["base/sa.yaml"]);
        let blue = Kustomization { name_prefix: "blue-".into(), ..kustomization("blue", &["base"]) };
        let green = Kustomization { name_suffix: "-green".into(), ..kustomization("green", &["base"]) };
        let all =
            Kustomization { name_prefix: "all-".into(), ..kustomization("all", &["blue", "green", "base"]) };
        let builds = build(&[&base, &blue, &green, &all], &[], &["base/sa.yaml"]);
        let mut names: Vec<_> = builds.ways(FileId(0), BuildId(3)).map(|way| way.rename("sa")).collect();
        names.sort();
        assert_eq!(names, ["all-blue-sa", "all-sa", "all-sa-green"]);
    }

    #[test]
    fn the_outer_namespace_wins() {
        let base =
            Kustomization { namespace: Some("inner".into()), ..kustomization("base", &["base/sa.yaml"]) };
        let outer = Kustomization { namespace: Some("outer".into()), ..kustomization("outer", &["base"]) };
        let builds = build(&[&base, &outer], &[], &["base/sa.yaml"]);
        let namespaces: Vec<_> =
            builds.of(FileId(0)).iter().map(|member| member.way.namespace.as_deref()).collect();
        assert_eq!(namespaces, [Some("inner"), Some("outer")]);
    }

    #[test]
    fn components_change_what_stands_beside_them() {
        let part = Kustomization {
            is_component: true,
            namespace: Some("x".into()),
            ..kustomization("part", &["part/sa.yaml"])
        };
        let app = kustomization("app", &["app/job.yaml", "part"]);
        let builds = build(&[&part, &app], &[], &["part/sa.yaml", "app/job.yaml"]);
        assert!(builds.join(FileId(0), FileId(1)) && builds.set_namespace(FileId(1)));
        assert!(!builds.is_open(FileId(1)));
        let renaming = Kustomization { name_prefix: "x-".into(), ..part };
        assert!(build(&[&renaming, &app], &[], &["part/sa.yaml", "app/job.yaml"]).is_open(FileId(1)));
    }

    #[test]
    fn what_is_not_there_and_what_turns_in_circles() {
        let a = Kustomization { name_prefix: "x".into(), ..kustomization("a", &["b", "a/x.yaml"]) };
        let b = kustomization("b", &["a", "b/gone.yaml"]);
        let builds = build(&[&a, &b], &[], &["a/x.yaml"]);
        assert!(builds.is_open(FileId(0)), "b builds on something that was not read");
        assert_eq!(builds.of(FileId(0)).len(), 2);
    }

    #[test]
    fn what_a_cluster_makes_of_a_folder_reaches_its_bases() {
        let base = kustomization("base", &["base/sa.yaml"]);
        let app = kustomization("apps/x/prod", &["base"]);
        let deployment =
            Deployment { folder: "apps/x".into(), sets_namespace: true, ..Deployment::default() };
        let files = ["base/sa.yaml", "apps/x/plain.yaml", "apps/xy.yaml"];
        let builds = build(&[&base, &app], &[&deployment], &files);
        assert!(builds.set_namespace(FileId(0)) && builds.set_namespace(FileId(1)));
        assert!(!builds.set_namespace(FileId(2)));
    }
}
