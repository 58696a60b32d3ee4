use std::fs;

use super::*;

const RULE: &str = "pinned-token-uid";

const FLAGS: RunFlags = RunFlags {
    threads: None,
    strict: false,
    exit_zero: false,
    allow_empty: false,
    no_ignores: false,
    today: Date::constant(2026, 1, 1),
};

/// Settings of a project whose `saudit.yaml` has this text.
fn resolve(config: &str, command_line: ConfigFile) -> Result<Settings, Error> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::write(root.join("saudit.yaml"), config).unwrap();
    let workspace = Workspace::around(std::slice::from_ref(&root), &root, None, Some(&root)).unwrap();
    let config = Settings::locate(&workspace, None).unwrap();
    Settings::resolve(&workspace, config, command_line, FLAGS)
}

fn meta() -> &'static Meta {
    rules::find(RULE).unwrap().meta()
}

#[test]
fn defaults_show_what_is_for_everyone() {
    let settings = resolve("", ConfigFile::default()).unwrap();
    assert_eq!(*settings.view("a.yaml"), View::default());
    assert_eq!((settings.fail_on, settings.targets), (Some(Severity::Medium), SUPPORTED));
    assert_eq!(settings.max_file_size, 32 << 20);
}

#[test]
fn the_command_line_overrules_the_configuration() {
    let config =
        "min-severity: high\npersona: auditor\nfail-on: never\nnamespace: prod\nkube-version: 1.30\n";
    let stronger = ConfigFile {
        min_severity: Some(Severity::Low),
        fail_on: Some(FailOn::Critical),
        ..ConfigFile::default()
    };
    let settings = resolve(config, stronger).unwrap();
    let view = settings.view("a.yaml");
    assert_eq!((view.min_severity, view.persona), (Severity::Low, Persona::Auditor));
    assert_eq!(settings.fail_on, Some(Severity::Critical));
    assert_eq!(settings.namespace.as_deref(), Some("prod"));
    assert_eq!(settings.targets, KubeVersions::range(30..=30));
}

#[test]
fn overrides_hold_for_their_paths_and_the_command_line_overrules_them_too() {
    let config = "
overrides:
- {paths: [test/], min-severity: critical, persona: pedantic}
- {paths: [test/old/], min-severity: high, disable: [pinned-token-uid]}
";
    let settings = resolve(config, ConfigFile::default()).unwrap();
    for (path, severity, persona, decision) in [
        ("a.yaml", Severity::Info, Persona::Regular, Decision::On),
        ("test/a.yaml", Severity::Critical, Persona::Pedantic, Decision::On),
        ("test/old/a.yaml", Severity::High, Persona::Pedantic, Decision::Off),
    ] {
        let view = settings.view(path);
        let found = (view.min_severity, view.persona, view.selection.decides(meta()));
        assert_eq!(found, (severity, persona, decision), "{path}");
    }
    let stronger = ConfigFile {
        min_severity: Some(Severity::Low),
        select: Some(vec![RULE.to_owned()]),
        ..ConfigFile::default()
    };
    let settings = resolve(config, stronger).unwrap();
    let view = settings.view("test/old/a.yaml");
    assert_eq!((view.min_severity, view.selection.decides(meta())), (Severity::Low, Decision::Named));
}

#[test]
fn a_rule_runs_if_it_is_on_anywhere() {
    let config = "disable: [token]\noverrides: [{paths: [a/], select: [pinned-token-uid]}]\n";
    assert!(resolve(config, ConfigFile::default()).unwrap().runs(meta()));
    assert!(!resolve("disable: [token]", ConfigFile::default()).unwrap().runs(meta()));
}

#[test]
fn a_rule_that_is_named_is_shown_to_everyone() {
    let (auditor, sure) = (Persona::Auditor, Confidence::High);
    for (select, shown) in [(None, false), (Some("token"), false), (Some(RULE), true)] {
        let select = select.map(|name: &str| vec![name.to_owned()]);
        let settings = resolve("", ConfigFile { select, ..ConfigFile::default() }).unwrap();
        assert_eq!(settings.view("a.yaml").shows(meta(), sure, auditor), shown);
    }
}

#[test]
fn thresholds_hide() {
    let view = View { min_confidence: Confidence::Medium, min_severity: Severity::High, ..View::default() };
    assert!(view.shows(meta(), Confidence::Medium, Persona::Regular));
    assert!(!view.shows(meta(), Confidence::Low, Persona::Regular));
    assert!(!view.shows(meta(), Confidence::High, Persona::Pedantic));
    let view = View { min_severity: Severity::Critical, ..view };
    assert!(!view.shows(meta(), Confidence::High, Persona::Regular), "it is only {}", meta().severity);
}

#[test]
fn what_is_shown_can_be_used_as_configuration() {
    let config = "exclude: [legacy/]\nignore: [{rule: pinned-token-uid, reason: old}]\n";
    let settings = resolve(config, ConfigFile::default()).unwrap();
    let yaml = settings.to_yaml();
    assert!(yaml.contains(&format!("# - {RULE}\n")), "{yaml}");
    let again = resolve(&yaml, ConfigFile::default()).unwrap();
    assert_eq!(again.to_yaml(), yaml);
    assert_eq!((again.targets, again.fail_on), (settings.targets, settings.fail_on));
}

#[test]
fn mistakes_are_errors() {
    for config in [
        "select: [nothing]",
        "disable: [nothing]",
        "ignore: [{rule: nothing}]",
        "kube-version: latest",
        "exclude: ['a{']",
    ] {
        assert!(resolve(config, ConfigFile::default()).is_err(), "{config}");
    }
}

#[test]
fn a_configuration_that_is_named_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let workspace = Workspace::around(std::slice::from_ref(&root), &root, None, Some(&root)).unwrap();
    let given = PathBuf::from("other.yaml");
    assert!(matches!(Settings::locate(&workspace, Some(&given)), Err(Error::UnreadableConfig { .. })));
    assert_eq!(Settings::locate(&workspace, None).unwrap(), None);
}
