//! Root-relative paths that are written in files.

/// The path that `path` is, seen from `folder`: without `.` and `..`. `None` if it leads out of the root.
pub fn joined(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<_> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_a_folder() {
        for (folder, path, expected) in [
            ("a/b", "c.yaml", Some("a/b/c.yaml")),
            ("a/b", "./../c//d/", Some("a/c/d")),
            ("", "c", Some("c")),
            ("a", "..", Some("")),
            ("a", "../../c", None),
        ] {
            assert_eq!(joined(folder, path).as_deref(), expected, "{folder} {path}");
        }
    }
}
