//! Patterns for paths, in the language of `.gitignore`, written in the configuration.

use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Patterns for paths, in the language of `.gitignore`, relative to the folder of the file that holds them.
#[derive(Clone, Debug)]
pub struct PathGlobs {
    folder: String,
    patterns: Vec<String>,
    globs: Gitignore,
}

/// A pattern that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a pattern for paths: {reason}")]
pub struct GlobError {
    pattern: String,
    reason: String,
}

impl Default for PathGlobs {
    fn default() -> Self {
        Self { folder: String::new(), patterns: Vec::new(), globs: Gitignore::empty() }
    }
}

impl PathGlobs {
    /// Reads `patterns`, relative to `folder`, which is relative to the root (with `/`, empty for the root itself).
    ///
    /// # Errors
    /// On a pattern that cannot be understood.
    pub fn new(folder: &str, patterns: &[String]) -> Result<Self, GlobError> {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            builder.add_line(None, pattern).map_err(|error| glob_error(pattern, &error))?;
        }
        let globs = builder.build().map_err(|error| glob_error(&patterns.join(", "), &error))?;
        Ok(Self { folder: folder.to_owned(), patterns: patterns.to_vec(), globs })
    }

    /// The patterns as written.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// Whether the file, or a folder that it is in, matches. `path` is relative to the root.
    pub fn contains(&self, path: &str) -> bool {
        self.inside(path).is_some_and(|path| self.globs.matched_path_or_any_parents(path, false).is_ignore())
    }

    /// What the patterns say about this very file or folder: yes, expressly no (`!pattern`), or nothing.
    pub(super) fn decide(&self, path: &str, is_folder: bool) -> Option<bool> {
        match self.globs.matched(self.inside(path)?, is_folder) {
            Match::None => None,
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
        }
    }

    /// The path relative to the patterns' folder, if it is inside.
    fn inside<'p>(&self, path: &'p str) -> Option<&'p Path> {
        let inside = Path::new(path).strip_prefix(&self.folder).ok()?;
        (!inside.has_root()).then_some(inside)
    }
}

fn glob_error(pattern: &str, error: &ignore::Error) -> GlobError {
    GlobError { pattern: pattern.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globs(folder: &str, patterns: &[&str]) -> PathGlobs {
        let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
        PathGlobs::new(folder, &patterns).unwrap()
    }

    #[test]
    fn patterns_are_those_of_gitignore() {
        for (pattern, path, matches) in [
            ("legacy/", "legacy/sa.yaml", true),
            ("legacy/", "apps/legacy/sa.yaml", true),
            ("/legacy", "apps/legacy/sa.yaml", false),
            ("apps/*/sa.yaml", "apps/a/sa.yaml", true),
            ("apps/*/sa.yaml", "apps/a/b/sa.yaml", false),
            ("apps/**/sa.yaml", "apps/a/b/sa.yaml", true),
            ("*.json", "apps/list.json", true),
            ("*.json", "apps/list.yaml", false),
        ] {
            assert_eq!(globs("", &[pattern]).contains(path), matches, "{pattern} {path}");
        }
        assert!(!globs("", &["*.json", "!keep.json"]).contains("keep.json"));
        assert!(!PathGlobs::default().contains("sa.yaml"));
    }

    #[test]
    fn patterns_are_relative_to_their_folder() {
        let globs = globs("deploy", &["/legacy"]);
        assert!(globs.contains("deploy/legacy/sa.yaml"));
        assert!(!globs.contains("legacy/sa.yaml"));
        assert!(!globs.contains("deployment/legacy/sa.yaml"));
    }

    #[test]
    fn a_bad_pattern_is_named() {
        let error = PathGlobs::new("", &["a{b".to_owned()]).unwrap_err();
        assert!(error.to_string().starts_with("`a{b` is not a pattern for paths: "), "{error}");
    }

    #[test]
    fn absolute_paths_match_nothing() {
        assert!(!globs("", &["sa.yaml"]).contains("/sa.yaml"));
    }
}
