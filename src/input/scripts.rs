//! Which files are read for the commands in them, by their names.

use std::path::Path;

use super::names::is_read_by_default;

/// Files that are known by their whole name.
const NAMES: [&str; 13] = [
    "Makefile",
    "GNUmakefile",
    "makefile",
    "justfile",
    "Justfile",
    "Dockerfile",
    "Containerfile",
    "Jenkinsfile",
    "Tiltfile",
    "Vagrantfile",
    "Earthfile",
    "NOTES.txt",
    "README.txt",
];

/// `Makefile.common`, `Dockerfile.ci`.
const STEMS: [&str; 3] = ["Makefile.", "Dockerfile.", "Jenkinsfile."];

const EXTENSIONS: [&str; 21] = [
    "sh",
    "bash",
    "zsh",
    "ksh",
    "bats",
    "ps1",
    "mk",
    "dockerfile",
    "groovy",
    "tf",
    "tftpl",
    "tofu",
    "hcl",
    "md",
    "markdown",
    "mdx",
    "adoc",
    "asciidoc",
    "rst",
    "justfile",
    "just",
];

/// Whether a walk reads the file for the commands in it: scripts, Makefiles, Dockerfiles, pipelines, documentation,
/// Terraform. CI files in YAML are read as YAML, with the commands in them, and are not meant here.
pub fn is_script(path: &Path) -> bool {
    !is_read_by_default(path) && has_script_name(path)
}

fn has_script_name(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    NAMES.contains(&name)
        || STEMS.iter().any(|stem| name.starts_with(stem))
        || path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_by_name() {
        for (path, expected) in [
            ("deploy.sh", true),
            ("a/b/Makefile", true),
            ("Makefile.common", true),
            ("rules.mk", true),
            ("Dockerfile", true),
            ("Dockerfile.ci", true),
            ("ci.dockerfile", true),
            ("Jenkinsfile", true),
            ("main.tf", true),
            ("templates/account.yaml.tftpl", true),
            ("README.md", true),
            ("templates/NOTES.txt", true),
            ("docs/README.txt", true),
            ("Taskfile.yml", false),
            ("justfile", true),
            ("requirements.txt", false),
            ("deploy.yaml", false),
            ("main.go", false),
            ("main.py", false),
            ("sh", false),
            ("Makefiles", false),
            ("", false),
        ] {
            assert_eq!(is_script(Path::new(path)), expected, "{path}");
        }
    }
}
