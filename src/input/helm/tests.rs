use std::os::unix::fs::symlink;

use super::*;

/// A folder with a `helm` that is a shell script.
fn fake(script: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    // A program of its own writes it: while this one has it open, other tests may start a child that then has it, too,
    // and what is open cannot be run.
    let write = "printf '#!/bin/sh\n%s\n' \"$1\" > \"$0\" && chmod +x \"$0\"";
    let path = folder.path().join("helm");
    assert!(Command::new("/bin/sh").args(["-c", write]).arg(path).arg(script).status().unwrap().success());
    folder
}

fn find(folder: &TempDir, limits: Limits) -> Result<Helm, HelmError> {
    Helm::find(Path::new("helm"), Some(folder.path().as_os_str()), limits)
}

fn render(script: &str, limits: Limits) -> Result<String, String> {
    let folder = fake(&format!("[ \"$1\" = version ] && echo v4.3.1 && exit\n{script}"));
    find(&folder, limits).unwrap().render(Path::new("/chart"), "v1.30.9", Some("ns"))
}

const SHORT: Limits = Limits { time: Duration::from_millis(300), output: 1000 };

#[test]
fn versions_are_read_and_the_suffix_is_known_to_be_lost() {
    for (said, keeps_suffix) in [
        ("v3.18.6+gb76a950", true),
        ("v3.19.0", false),
        ("v3.21.1+g1", false),
        ("v4.0.5", false),
        ("v4.1.0", true),
    ] {
        let helm = find(&fake(&format!("echo {said}")), Limits::default()).unwrap();
        assert_eq!(helm.keeps_suffix(), keeps_suffix, "{said}");
    }
    for script in ["echo hello", "exit 1", "true"] {
        assert!(
            matches!(find(&fake(script), Limits::default()), Err(HelmError::Unusable { .. })),
            "{script}"
        );
    }
}

#[test]
fn only_absolute_folders_of_the_path_are_searched() {
    for path in ["", ".", "bin:."] {
        let found = Helm::find(Path::new("helm"), Some(OsStr::new(path)), Limits::default());
        assert!(matches!(found, Err(HelmError::NotFound)), "{path}");
    }
}

#[test]
fn it_gets_nothing_but_what_it_needs() {
    let said = render(
        "echo \"$@\"; echo \"$KUBECONFIG $HELM_NO_PLUGINS $HTTPS_PROXY\"; /usr/bin/env",
        Limits::default(),
    );
    let said = said.unwrap();
    let mut lines = said.lines();
    let arguments =
        "template release --skip-schema-validation --kube-version v1.30.9 --namespace ns -- /chart";
    assert_eq!(lines.next(), Some(arguments));
    assert_eq!(lines.next(), Some("/dev/null 1 http://127.0.0.1:9"));
    let known = [
        "HELM_",
        "XDG_",
        "HOME=",
        "TMP",
        "TEMP=",
        "USERPROFILE=",
        "KUBECONFIG=",
        "HTTP",
        "http",
        "PWD=",
        "_=",
        "SHLVL=",
        "OLDPWD=",
    ];
    for line in lines {
        assert!(known.iter().any(|known| line.starts_with(known)), "{line}");
    }
}

#[test]
fn what_goes_wrong_is_said_in_one_line() {
    for (script, expected) in [
        (
            "echo 'WARNING: old' >&2; echo 'Error: no \u{1b}[31mvalues' >&2; echo more >&2; exit 1",
            "no \u{fffd}[31mvalues",
        ),
        ("echo 'level=WARN msg=x' >&2; echo 'bad chart' >&2; exit 3", "bad chart"),
        ("exit 1", "it gave no reason"),
        ("printf '\\377'", "what it printed is not UTF-8"),
        ("while :; do :; done", "it took longer than 0.3 s"),
        ("/bin/sleep 3 &", "something that it started still runs"),
        ("while :; do echo flood; done", "it printed more than 0 MiB"),
    ] {
        assert_eq!(render(script, SHORT), Err(expected.to_owned()), "{script}");
    }
}

#[test]
fn links_are_followed_as_helm_follows_them() {
    let folder = TempDir::new().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap().join("project");
    for folder in ["chart/templates", "chart/charts", "shared", "../outside"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    let chart = root.join("chart");
    let link = |target: &str, link: &str| symlink(target, root.join(link)).unwrap();
    link("../shared", "chart/charts/shared");
    link("..", "chart/loop");
    link("nothing", "chart/gone");
    assert_eq!(link_out(&chart, &root), None);
    link("../../outside", "shared/out");
    let found = link_out(&chart, &root).unwrap();
    assert_eq!(found.file_name(), Some(OsStr::new("out")));
    fs::remove_file(root.join("shared/out")).unwrap();
    link("/dev/null", "chart/templates/x.yaml");
    assert_eq!(link_out(&chart, &root), Some(chart.join("templates/x.yaml")));
}

#[test]
fn its_folder_is_deleted() {
    let helm = find(&fake("echo v4.3.1"), Limits::default()).unwrap();
    let home = helm.home.path().to_owned();
    assert!(home.is_dir());
    drop(helm);
    assert!(!home.exists());
}
