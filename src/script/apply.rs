//! Which files `kubectl apply -f` and `kubectl create -f` send.

use std::sync::LazyLock;

use super::arguments::is_eksctl;
use super::command;
use super::lines::{Needles, needles};
use super::variables::Variables;
use crate::span::Span;

/// As many of one file are remembered.
const MAX_APPLICATIONS: usize = 1000;

static NEEDLES: Needles = LazyLock::new(|| needles(&["apply -", "apply \\", "create -"]));

/// A file or a folder that a command sends to a cluster, in the order of its documents. Kustomizations (`-k`) are not
/// among them: kustomize sorts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// As it is written, perhaps with variables; relative to a folder that is not known.
    pub path: Box<str>,
    /// Whether folders in the folder count, too (`-R`).
    pub is_recursive: bool,
    /// Where the argument is written, in bytes of the text.
    pub span: Span,
}

/// What the commands of a text apply, in their order.
pub fn applications(text: &str) -> Vec<Application> {
    let commands = command::all(text, &NEEDLES, &Variables::of(text));
    let commands = commands.iter().filter(|command| {
        ["apply", "create"].contains(&command.word(0)) && command.count() == 1 && !is_eksctl(command.tool())
    });
    let applied = commands.flat_map(|command| {
        let is_recursive = ["-R", "--recursive"].iter().any(|flag| command.has_flag(flag));
        command.files().flat_map(move |value| {
            let paths = value.text.split(',').filter(|path| !["", "-"].contains(path));
            paths.map(move |path| Application { path: path.into(), is_recursive, span: value.span() })
        })
    });
    applied.take(MAX_APPLICATIONS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_apply_and_create() {
        for (text, expected) in [
            ("kubectl apply -f sa.yaml", "sa.yaml"),
            ("kubectl -n ci apply --server-side -f ./deploy/", "./deploy/"),
            ("kubectl apply -f a.yaml -f b.yaml", "a.yaml b.yaml"),
            ("kubectl apply --filename=a.yaml,b.yaml -n ci", "a.yaml b.yaml"),
            ("kubectl create -f \"$DIR/sa.yaml\"", "$DIR/sa.yaml"),
            ("oc apply -R -f deploy", "deploy+"),
            ("kubectl apply -f deploy --recursive", "deploy+"),
            ("kubectl apply \\\n  -f sa.yaml", "sa.yaml"),
            ("cat a | kubectl apply -f -", ""),
            ("kubectl apply -k deploy", ""),
            ("kubectl delete -f sa.yaml", ""),
            ("kubectl create sa x -f", ""),
            ("docker build -f Dockerfile .", ""),
        ] {
            let found = applications(text);
            let shown: Vec<_> = found
                .iter()
                .map(|found| format!("{}{}", found.path, if found.is_recursive { "+" } else { "" }))
                .collect();
            assert_eq!(shown.join(" "), expected, "{text}");
            assert!(found.iter().all(|found| text.get(found.span.range()).is_some()), "{text}");
        }
    }
}
