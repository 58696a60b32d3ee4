//! The root of the project and the working directory: what files are called.

use std::fs;
use std::path::{Path, PathBuf};

use super::source::{Contents, Source};
use crate::error::Error;

/// The root of the project and the working directory, both real (absolute and without links).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    cwd: PathBuf,
    root: PathBuf,
    is_project: bool,
}

impl Workspace {
    /// The project around `starts`: the nearest folder upward with a `.git` (a folder, or the file of a worktree or
    /// submodule), but neither `home` nor `/`; without one, the common parent of `starts`. `root` overrules both.
    ///
    /// `cwd` is real, `starts` come from [`Workspace::resolve`].
    ///
    /// # Errors
    /// If `root` is no folder, or a start is outside of it.
    pub fn around(
        starts: &[PathBuf],
        cwd: &Path,
        home: Option<&Path>,
        root: Option<&Path>,
    ) -> Result<Self, Error> {
        let (root, is_project) = if let Some(root) = root {
            let root = real_folder(&cwd.join(root)).ok_or_else(|| Error::NoSuchRoot { path: root.into() })?;
            (root, true)
        } else {
            let shared = common_parent(starts).unwrap_or_else(|| cwd.to_owned());
            let repository = repository(&shared, home).map(Path::to_owned);
            (repository.clone().unwrap_or(shared), repository.is_some())
        };
        match starts.iter().find(|start| !start.starts_with(&root)) {
            Some(path) => Err(Error::OutsideRoot { path: path.clone(), root }),
            None => Ok(Self { cwd: cwd.to_owned(), root, is_project }),
        }
    }

    /// The real path of a path on the command line. A link to a folder is resolved; a file keeps its own name, so
    /// that a link that leads out of the project is seen as one.
    ///
    /// # Errors
    /// If there is nothing, or it cannot be looked at.
    pub fn resolve(cwd: &Path, path: &Path) -> Result<PathBuf, Error> {
        let unreadable = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::NotFound => Error::NoSuchPath { path: path.to_owned() },
            _ => Error::UnreadablePath { path: path.to_owned(), source },
        };
        let full = cwd.join(path);
        let metadata = fs::symlink_metadata(&full).map_err(unreadable)?;
        match (full.parent(), full.file_name()) {
            (Some(parent), Some(name)) if !metadata.is_dir() && real_folder(&full).is_none() => {
                Ok(fs::canonicalize(parent).map_err(unreadable)?.join(name))
            }
            _ => fs::canonicalize(&full).map_err(unreadable),
        }
    }

    /// The root of the project.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the root was found or given, rather than made up of the paths.
    pub fn is_project(&self) -> bool {
        self.is_project
    }

    /// The working directory.
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The path relative to the root, with `/`. What lies outside keeps its absolute path.
    pub fn relative(&self, path: &Path) -> String {
        with_slashes(path.strip_prefix(&self.root).unwrap_or(path))
    }

    /// The path as people see it: relative to the working directory if that is inside the project.
    pub fn shown(&self, path: &Path) -> String {
        if let Ok(below) = path.strip_prefix(&self.cwd) {
            return if below.as_os_str().is_empty() { ".".to_owned() } else { with_slashes(below) };
        }
        if !self.cwd.starts_with(&self.root) || !path.starts_with(&self.root) {
            return with_slashes(path);
        }
        let mut up = PathBuf::from("..");
        for folder in self.cwd.ancestors().skip(1) {
            if let Ok(below) = path.strip_prefix(folder) {
                return with_slashes(&up.join(below));
            }
            up.push("..");
        }
        with_slashes(path)
    }

    /// The file at a real path, with its names.
    pub fn source(&self, path: PathBuf) -> Source {
        let relative = self.relative(&path);
        let shown = if self.cwd == self.root { relative.clone() } else { self.shown(&path) };
        Source::new(relative, shown, Contents::File(path))
    }

    /// Text that is not in a file, under the name of one. Without a name it is `<stdin>`.
    pub fn source_in_memory(&self, text: &str, name: Option<&Path>) -> Source {
        let contents = Contents::Memory(text.into());
        match name.map(|name| self.cwd.join(name)) {
            Some(path) => Source::new(self.relative(&path), self.shown(&path), contents),
            None => Source::new("<stdin>", "<stdin>", contents),
        }
    }
}

/// The folder's real path, if it is one (or a link to one).
fn real_folder(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().filter(|path| path.is_dir())
}

/// The folder that all paths are in or are.
fn common_parent(paths: &[PathBuf]) -> Option<PathBuf> {
    let folder = |path: &PathBuf| {
        if path.is_dir() { path.clone() } else { path.parent().unwrap_or(path).to_owned() }
    };
    paths.iter().map(folder).reduce(|shared, next| {
        let both = |ancestor: &&Path| next.starts_with(ancestor);
        shared.ancestors().find(both).unwrap_or(Path::new("/")).to_owned()
    })
}

/// The repository that `folder` is in.
fn repository<'p>(folder: &'p Path, home: Option<&Path>) -> Option<&'p Path> {
    folder.ancestors().find(|candidate| {
        candidate.parent().is_some() && Some(*candidate) != home && candidate.join(".git").exists()
    })
}

fn with_slashes(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `home/.git`, `home/repo/.git`, `home/repo/a/b`, `home/loose/c`, `home/loose/d/sa.yaml`
    fn tree() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap();
        for path in [".git", "repo/.git", "repo/a/b", "loose/c", "loose/d"] {
            fs::create_dir_all(home.join(path)).unwrap();
        }
        fs::write(home.join("loose/d/sa.yaml"), "").unwrap();
        (folder, home)
    }

    fn root(home: &Path, cwd: &str, paths: &[&str]) -> PathBuf {
        let cwd = home.join(cwd);
        let starts: Vec<_> =
            paths.iter().map(|path| Workspace::resolve(&cwd, Path::new(path)).unwrap()).collect();
        Workspace::around(&starts, &cwd, Some(home), None).unwrap().root
    }

    #[test]
    fn the_root_is_the_repository_or_the_common_parent() {
        let (_folder, home) = tree();
        for (cwd, paths, expected) in [
            ("repo/a/b", &["."][..], "repo"),
            ("repo/a/b", &[], "repo"),
            ("loose", &["../repo/a"], "repo"),
            ("loose", &["."], "loose"),
            ("loose", &["c", "d"], "loose"),
            ("loose", &["d/sa.yaml"], "loose/d"),
            ("loose", &["c", "../repo"], ""),
        ] {
            assert_eq!(root(&home, cwd, paths), home.join(expected), "{cwd} {paths:?}");
        }
    }

    #[test]
    fn a_git_file_marks_a_worktree() {
        let (_folder, home) = tree();
        fs::write(home.join("loose/.git"), "gitdir: elsewhere").unwrap();
        assert_eq!(root(&home, "loose/c", &["."]), home.join("loose"));
    }

    #[test]
    fn a_given_root_holds_all_paths() {
        let (_folder, home) = tree();
        let around = |root: &str, path: &str| {
            Workspace::around(&[home.join(path)], &home, None, Some(Path::new(root))).map(|found| found.root)
        };
        assert_eq!(around("repo", "repo/a").unwrap(), home.join("repo"));
        assert!(matches!(around("repo", "loose"), Err(Error::OutsideRoot { .. })));
        assert!(matches!(around("nowhere", "loose"), Err(Error::NoSuchRoot { .. })));
        assert!(matches!(around("loose/d/sa.yaml", "loose"), Err(Error::NoSuchRoot { .. })));
    }

    #[test]
    fn names_are_relative_to_root_and_working_directory() {
        let workspace = Workspace { cwd: "/repo/deploy".into(), root: "/repo".into(), is_project: true };
        for (path, relative, shown) in [
            ("/repo/deploy/sa.yaml", "deploy/sa.yaml", "sa.yaml"),
            ("/repo/rbac/sa.yaml", "rbac/sa.yaml", "../rbac/sa.yaml"),
            ("/repo/deployment/sa.yaml", "deployment/sa.yaml", "../deployment/sa.yaml"),
            ("/elsewhere/sa.yaml", "/elsewhere/sa.yaml", "/elsewhere/sa.yaml"),
            ("/repo/deploy", "deploy", "."),
        ] {
            assert_eq!(
                (workspace.relative(Path::new(path)), workspace.shown(Path::new(path))),
                (relative.to_owned(), shown.to_owned())
            );
        }
        let outside = Workspace { cwd: "/home/user".into(), root: "/repo".into(), is_project: true };
        assert_eq!(outside.shown(Path::new("/repo/sa.yaml")), "/repo/sa.yaml");
    }

    #[test]
    fn paths_that_are_not_there_are_said() {
        let (_folder, home) = tree();
        assert!(matches!(Workspace::resolve(&home, Path::new("gone")), Err(Error::NoSuchPath { .. })));
    }
}
