//! Words about the version of Kubernetes since which ServiceAccounts have no token Secrets.

use memchr::memmem;

/// Whether a condition asks for a version of Kubernetes. `knows_version` says that the text asks the cluster for its
/// version, so that a plain `$VERSION` is that one.
pub(super) fn asks_version(condition: &str, knows_version: bool) -> bool {
    const ALWAYS: [&str; 4] = ["minor", "semver", "capabilities", "gitversion"];
    const WHOSE: [&str; 4] = ["k8s", "kube", "server", "cluster"];
    let condition = condition.to_ascii_lowercase();
    let is_version = ["version", "$ver", "{ver", "_ver"].iter().any(|word| condition.contains(word));
    ALWAYS.iter().any(|word| condition.contains(word))
        || is_version && (knows_version || WHOSE.iter().any(|word| condition.contains(word)))
        || names_change(condition.as_bytes())
        || ["23", "24", "25"].iter().any(|minor| has_number(condition.as_bytes(), minor))
}

/// Whether a text asks a cluster for its version.
pub(super) fn knows_version(text: &str) -> bool {
    ["kubectl version", "oc version", "erverVersion", "gitVersion", "KubeVersion", "/version"]
        .iter()
        .any(|words| memmem::find(text.as_bytes(), words.as_bytes()).is_some())
}

/// Whether the lines before a place speak of a version of Kubernetes about the change, as documentation and comments do:
/// "up to Kubernetes 1.23, do …".
pub(super) fn speaks_of_version(before: &str, is_documentation: bool) -> bool {
    /// So far above the command it is announced, in lines and in bytes.
    const LINES: usize = 5;
    const BYTES: usize = 1000;
    let near = before.as_bytes().get(before.len().saturating_sub(BYTES)..).unwrap_or_default();
    let lines = near.rsplit(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| line.len() > 3);
    let is_said = |line: &&[u8]| {
        let is_text = is_documentation || line.starts_with(b"#") || line.starts_with(b"//");
        is_text && memmem::find(line, b"saudit:").is_none() && memmem::find(line, b"{{").is_none()
    };
    lines.take(LINES).filter(is_said).any(names_change)
}

/// Whether a line names a version about the change: 1.20 to 1.25.
pub(super) fn names_change(line: &[u8]) -> bool {
    memmem::find_iter(line, "1.2").any(|at| {
        let minor = line.get(at + 3).is_some_and(|digit| (b'0'..=b'5').contains(digit));
        minor && !is_digit(line, at + 4) && !at.checked_sub(1).is_some_and(|at| is_digit(line, at))
    })
}

/// Whether a number stands alone in a line, as no part of a name.
fn has_number(line: &[u8], number: &str) -> bool {
    memmem::find_iter(line, number).any(|at| {
        let is_part = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"._:/".contains(byte))
        };
        let before = at.checked_sub(1).and_then(|at| line.get(at));
        !is_part(before) && !is_part(line.get(at + number.len()))
    })
}

fn is_digit(line: &[u8], at: usize) -> bool {
    line.get(at).is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_that_ask_for_the_version_of_kubernetes() {
        for (condition, knows_version, expected) in [
            ("if [ \"$MINOR\" -lt 24 ]; then", false, true),
            ("if [ \"$KUBE_VERSION\" = \"$OLD\" ]; then", false, true),
            ("if [ \"$VERSION\" = 1.23 ]; then", false, true),
            ("if [ $V -ge 24 ]; then", false, true),
            ("if: matrix.k8s == '1.23'", false, true),
            ("if [ \"$VERSION\" = \"$OLD\" ]; then", true, true),
            ("if [ \"$VERSION\" = v2 ]; then", false, false),
            ("if [ \"$VERSION\" = 1.3 ]; then", false, false),
            ("if [ \"$COUNT\" -lt 240 ]; then", false, false),
            ("if [ \"$IP\" = 10.0.0.24 ]; then", false, false),
            ("if [ -n \"$OVERRIDE\" ]; then", true, false),
        ] {
            assert_eq!(asks_version(condition, knows_version), expected, "{condition}");
        }
    }

    #[test]
    fn versions_that_are_announced() {
        for (before, expected) in [
            ("Up to Kubernetes 1.23:\n\n", true),
            ("For v1.24+ do something else.\n```sh\n", true),
            ("### Kubernetes < 1.24.0\n", true),
            ("Kubernetes 1.2 or 1.30\n", false),
            ("chart 11.24\n", false),
            ("Up to 1.23:\na line\nb line\nc line\nd line\ne line\nf line\n", false),
            ("", false),
        ] {
            assert_eq!(speaks_of_version(before, true), expected, "{before}");
        }
        for (before, expected) in [
            ("# up to 1.23\n", true),
            ("VERSION=1.23\n", false),
            ("# saudit: ignore[x] still on 1.22\n", false),
            ("{{ if semverCompare \"<1.24-0\" .x }}\n", false),
        ] {
            assert_eq!(speaks_of_version(before, false), expected, "{before}");
        }
    }
}
