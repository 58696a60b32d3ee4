//! What each kustomization builds on, through other kustomizations too.

use std::collections::{HashMap, HashSet};

use super::kustomize::Kustomization;
use crate::span::FileId;

/// More files than this, counted once for each kustomization that builds on them, are too many to follow; a stranger may
/// have chained kustomizations without end.
const MOST_MEMBERS: usize = 2_000_000;

/// A kustomization's place among all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct BuildId(u32);

/// All kustomizations, and the files that each builds on.
#[derive(Debug, Default)]
pub(super) struct Builds {
    all: Vec<Build>,
    by_folder: HashMap<String, BuildId>,
    /// The kustomizations that build on a file, in order.
    of_file: HashMap<FileId, Vec<BuildId>>,
    /// Whether there was too much to follow.
    pub(super) is_cut: bool,
}

/// One kustomization with all that it builds on.
#[derive(Debug, Default)]
struct Build {
    sets_namespace: bool,
    is_open: bool,
    members: Vec<Member>,
}

/// A file that a kustomization builds on.
#[derive(Debug)]
struct Member {
    file: FileId,
    prefix: String,
    suffix: String,
}

/// A step on the way from a kustomization to its files.
struct Step<'k> {
    kustomization: &'k Kustomization,
    prefix: String,
    suffix: String,
}

impl Builds {
    /// Follows all `kustomizations`. `files` are the files by their root-relative paths; in the folders `patched`
    /// patches change names.
    pub(super) fn new(
        kustomizations: &[&Kustomization],
        files: &HashMap<&str, FileId>,
        patched: &HashSet<String>,
    ) -> Self {
        let by_folder: HashMap<&str, &Kustomization> = kustomizations
            .iter()
            .map(|kustomization| (kustomization.folder.as_str(), *kustomization))
            .collect();
        let mut builds = Self::default();
        let mut budget = MOST_MEMBERS;
        for (index, kustomization) in (0..).zip(kustomizations) {
            let build = follow(kustomization, &Known { by_folder: &by_folder, files, patched }, &mut budget);
            for member in &build.members {
                let of_file = builds.of_file.entry(member.file).or_default();
                if of_file.last() != Some(&BuildId(index)) {
                    of_file.push(BuildId(index));
                }
            }
            builds.by_folder.insert(kustomization.folder.clone(), BuildId(index));
            builds.all.push(build);
        }
        builds.is_cut = budget == 0;
        builds
    }

    /// The kustomizations that build on a file.
    pub(super) fn of(&self, file: FileId) -> &[BuildId] {
        self.of_file.get(&file).map_or(&[], Vec::as_slice)
    }

    /// The files that the kustomization in `folder` builds on.
    pub(super) fn files(&self, folder: &str) -> impl Iterator<Item = FileId> {
        let build = self.by_folder.get(folder).and_then(|id| self.get(*id));
        build.into_iter().flat_map(|build| build.members.iter().map(|member| member.file))
    }

    /// Whether one kustomization builds on both files.
    pub(super) fn join(&self, a: FileId, b: FileId) -> bool {
        let (a, b) = (self.of(a), self.of(b));
        let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
        few.iter().any(|build| many.binary_search(build).is_ok())
    }

    /// Whether some kustomization sets the namespace of what is in a file.
    pub(super) fn set_namespace(&self, file: FileId) -> bool {
        self.of(file).iter().filter_map(|id| self.get(*id)).any(|build| build.sets_namespace)
    }

    /// Whether something is built together with the file that cannot be read, or patched into it.
    pub(super) fn is_open(&self, file: FileId) -> bool {
        self.of(file).iter().filter_map(|id| self.get(*id)).any(|build| build.is_open)
    }

    /// What kustomizations put before and behind the names in each file.
    pub(super) fn affixes(&self) -> impl Iterator<Item = (FileId, &str, &str)> {
        let members = self.all.iter().flat_map(|build| &build.members);
        members
            .filter(|member| !(member.prefix.is_empty() && member.suffix.is_empty()))
            .map(|member| (member.file, member.prefix.as_str(), member.suffix.as_str()))
    }

    fn get(&self, id: BuildId) -> Option<&Build> {
        self.all.get(id.0 as usize)
    }
}

/// What a path may lead to.
struct Known<'k> {
    by_folder: &'k HashMap<&'k str, &'k Kustomization>,
    files: &'k HashMap<&'k str, FileId>,
    patched: &'k HashSet<String>,
}

/// The files of one kustomization: its own and those of the kustomizations that it builds on.
fn follow(kustomization: &Kustomization, known: &Known<'_>, budget: &mut usize) -> Build {
    let mut build = Build { sets_namespace: kustomization.sets_namespace, ..Build::default() };
    let mut seen = HashSet::from([kustomization.folder.as_str()]);
    let mut open = vec![Step { kustomization, prefix: String::new(), suffix: String::new() }];
    while let Some(Step { kustomization, prefix, suffix }) = open.pop() {
        build.is_open |= kustomization.is_open || known.patched.contains(&kustomization.folder);
        let prefix = prefix + &kustomization.name_prefix;
        let suffix = kustomization.name_suffix.clone() + &suffix;
        for resource in &kustomization.resources {
            if *budget == 0 {
                build.is_open = true;
                return build;
            }
            *budget -= 1;
            if let Some(next) = known.by_folder.get(resource.as_str()) {
                if seen.insert(&next.folder) {
                    open.push(Step { kustomization: next, prefix: prefix.clone(), suffix: suffix.clone() });
                }
            } else if let Some(file) = known.files.get(resource.as_str()) {
                build.members.push(Member { file: *file, prefix: prefix.clone(), suffix: suffix.clone() });
            } else {
                // Remote, generated, or left out of what is read.
                build.is_open = true;
            }
        }
    }
    build
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

    #[test]
    fn overlays_see_their_bases_but_not_each_other() {
        let base = kustomization("base", &["base/sa.yaml"]);
        let blue = Kustomization {
            name_prefix: "blue-".into(),
            ..kustomization("blue", &["base", "blue/job.yaml"])
        };
        let green =
            Kustomization { sets_namespace: true, ..kustomization("green", &["base", "green/job.yaml"]) };
        let files = HashMap::from([
            ("base/sa.yaml", FileId(0)),
            ("blue/job.yaml", FileId(1)),
            ("green/job.yaml", FileId(2)),
        ]);
        let builds = Builds::new(&[&base, &blue, &green], &files, &HashSet::new());
        assert!(builds.join(FileId(0), FileId(1)) && builds.join(FileId(0), FileId(2)));
        assert!(!builds.join(FileId(1), FileId(2)));
        assert!(builds.set_namespace(FileId(0)) && !builds.set_namespace(FileId(1)));
        let affixes: Vec<_> = builds.affixes().collect();
        assert_eq!(affixes, [(FileId(1), "blue-", ""), (FileId(0), "blue-", "")]);
        assert!(!builds.is_open(FileId(0)));
    }

    #[test]
    fn what_is_not_there_and_what_turns_in_circles() {
        let a = kustomization("a", &["b", "a/x.yaml"]);
        let b = kustomization("b", &["a", "b/gone.yaml"]);
        let builds = Builds::new(&[&a, &b], &HashMap::from([("a/x.yaml", FileId(0))]), &HashSet::new());
        assert!(builds.is_open(FileId(0)), "b builds on something that was not read");
        assert_eq!(builds.of(FileId(0)).len(), 2);
    }
}
