//! Folders of root-relative paths.

/// A folder in more folders than this is deep.
const DEEPEST_FOLDER: usize = 64;

/// The folder of a root-relative path; the empty string for the root.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A folder and those above it, up to the root; of a deep one only itself.
pub(super) fn with_parents(folder: &str) -> impl Iterator<Item = &str> {
    let most = if is_deep(folder) { 1 } else { usize::MAX };
    std::iter::successors(Some(folder), |folder| (!folder.is_empty()).then(|| folder_of(folder))).take(most)
}

/// Whether a folder lies deeper than anybody would put it, so that it is not told what lies around it.
pub(super) fn is_deep(folder: &str) -> bool {
    folder.bytes().filter(|byte| *byte == b'/').nth(DEEPEST_FOLDER).is_some()
}

/// Whether a folder is `outer` or lies below it.
pub(super) fn is_within(folder: &str, outer: &str) -> bool {
    outer.is_empty()
        || folder == outer
        || folder.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_deep_folders_the_parents_are_not_looked_at() {
        let folder = |depth| vec!["d"; depth].join("/");
        assert_eq!(with_parents(&folder(3)).collect::<Vec<_>>(), ["d/d/d", "d/d", "d", ""]);
        assert_eq!(with_parents(&folder(2_000)).count(), 1);
        assert!(is_deep(&folder(2_000)) && !is_deep(&folder(DEEPEST_FOLDER)));
    }

    #[test]
    fn folders_hold_their_subfolders() {
        assert!(is_within("a/b", "a"));
        assert!(is_within("a", ""));
        assert!(!is_within("ab", "a"));
        assert!(!is_within("a", "a/b"));
    }
}
