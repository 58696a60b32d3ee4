//! Links in a chart, which helm follows.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The first link found in the folder `chart`, or in what its links lead to, that leads out of the real folder `root`. Helm
/// would read what is there, and a chart may show it as the name of something (`internal/sympath/walk.go` of helm/helm).
pub fn link_out(chart: &Path, root: &Path) -> Option<PathBuf> {
    let (mut seen, mut ahead) = (HashSet::new(), vec![chart.to_owned()]);
    while let Some(folder) = ahead.pop() {
        // Where a link leads nowhere, or a folder cannot be read, helm does not get on either.
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => ahead.push(path),
                Ok(kind) if kind.is_symlink() => {
                    let Ok(real) = fs::canonicalize(&path) else { continue };
                    if !real.starts_with(root) {
                        return Some(path);
                    }
                    if seen.insert(real.clone()) {
                        ahead.push(real);
                    }
                }
                _ => {}
            }
        }
    }
    None
}
