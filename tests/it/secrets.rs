//! No format prints a token, key or password of a fixture, whatever is found around it.

use clap::ValueEnum;
use saudit::engine::Run;
use saudit::report::{self, Format, TextOptions, Verbosity};
use saudit::rules;

use crate::project::Project;
use crate::support::{self, Case};

/// Runs of these characters are tokens, keys and what is made of them.
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.+/=".contains(c)
}

/// How credentials in fixtures begin: tokens, their base64, and keys in base64.
const SHAPES: [&str; 3] = ["eyJ", "ZXlK", "LS0tLS1CRUdJTiBF"];
/// The others, of no shape.
const OPAQUE: [&str; 5] = [
    "hu9Kx!rt2m",
    "31ada4fd-aded-460c-809a-b1bf34e8a2c9",
    "q8Zt-4vKx_2mWb7Rp9Lc",
    "cThadC00dkt4XzJtV2I3UnA5TGM=",
    "8f6b2c9d1e4a7053",
];
/// So much of a credential is too much.
const PIECE: usize = 24;

/// What must not be printed of a text: the start, middle and end of each credential in it.
fn secrets(text: &str) -> Vec<&str> {
    let runs = text.split(|c| !is_token(c)).filter_map(|run| {
        let start = SHAPES.iter().filter_map(|shape| run.find(shape)).min()?;
        run.get(start..).filter(|run| run.len() > 4 * PIECE)
    });
    let pieces = runs.flat_map(|run| {
        [0, run.len() / 2, run.len() - PIECE].map(|start| run.get(start..start + PIECE).unwrap())
    });
    pieces.chain(OPAQUE.into_iter().filter(|secret| text.contains(secret))).collect()
}

fn outputs(run: &Run) -> Vec<(String, String)> {
    let write = |format: Format| {
        let options = TextOptions { verbosity: Verbosity::Verbose, ..TextOptions::default() };
        let mut out = Vec::new();
        report::reporter(format, options).write(run, &mut out).unwrap();
        (format.to_string(), String::from_utf8(out).unwrap())
    };
    let mut outputs: Vec<_> = Format::value_variants().iter().map(|format| write(*format)).collect();
    // But for the rule: its page has made-up credentials of its own.
    let parts =
        run.findings.iter().map(|f| (&f.place, &f.message, &f.help, &f.related, &f.fix, &f.fingerprint));
    outputs.push(("Debug".to_owned(), format!("{:?}", parts.collect::<Vec<_>>())));
    outputs
}

fn cases() -> impl Iterator<Item = (Case, Vec<String>)> {
    support::cases().into_iter().filter_map(|case| {
        let secrets =
            case.files.iter().flat_map(|(_, text)| secrets(text)).map(str::to_owned).collect::<Vec<_>>();
        (!secrets.is_empty()).then_some((case, secrets))
    })
}

#[test]
fn no_format_prints_a_credential_of_a_fixture() {
    let mut checked = 0;
    for (case, secrets) in cases() {
        let run = support::run(&case.files, &case.options());
        for (format, output) in outputs(&run) {
            assert!(!output.contains("Failed to read"), "{}: {format} cannot draw a credential", case.name);
            for secret in &secrets {
                assert!(!output.contains(secret.as_str()), "{}: {format} prints {secret}", case.name);
                checked += 1;
            }
        }
    }
    assert!(checked > 1000, "credentials in fixtures: {checked}");
}

#[test]
fn no_difference_prints_a_credential_of_a_fixture() {
    for (case, secrets) in cases() {
        let files: Vec<_> = case.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let shown =
            Project::new(&files).run(&["check", "--diff", "--unsafe-fixes", "--persona", "auditor", "-v"]);
        for secret in secrets {
            let is_shown = shown.stdout.contains(&secret) || shown.stderr.contains(&secret);
            assert!(!is_shown, "{}: {secret}", case.name);
        }
    }
}

/// A fingerprint that depends on a token gives it away to whoever can guess, and changes with it.
#[test]
fn fingerprints_know_nothing_of_credentials() {
    let page = rules::find("committed-token").unwrap().meta().body;
    let (_, from) = page.split_at(page.find("eyJ").unwrap());
    let token: String = from.chars().take_while(|c| is_token(*c)).collect();
    let fingerprints = |text: String| {
        let run = support::run(&[("a.yaml".to_owned(), text)], &support::options());
        run.findings.iter().map(|finding| (finding.rule.id, finding.fingerprint.clone())).collect::<Vec<_>>()
    };
    let other = format!(
        "{}{}",
        token.get(..token.len() - 2).unwrap(),
        if token.ends_with("AA") { "QQ" } else { "AA" }
    );
    for shape in
        ["token: TOKEN\n", "apiVersion: v1\nkind: Config\nusers: [{name: a, user: {token: TOKEN}}]\n"]
    {
        let before = fingerprints(shape.replace("TOKEN", &token));
        assert_eq!(before.len(), 1);
        assert_eq!(before, fingerprints(shape.replace("TOKEN", &other)));
    }
}

/// What stands beside a finding, under names that say nothing, and in a file's name.
#[test]
fn no_format_prints_what_stands_around_a_finding() {
    let page = rules::find("committed-token").unwrap().meta().body;
    let (_, from) = page.split_at(page.find("eyJ").unwrap());
    let token: String = from.chars().take_while(|c| is_token(*c)).collect();
    let (head, tail) = token.split_at(token.len() / 2);
    let lookup = "kubectl get sa robot -o jsonpath='{.secrets[0].name}'";
    let name = format!("{token}.sh");
    for (path, text, secret) in [
        ("a.sh", format!("X=hunter-horse\n{lookup}\nY=1\n"), "hunter-horse"),
        ("a.sh", format!("X=s3cr3tvalue; {lookup}\n"), "s3cr3tvalue"),
        ("a.sh", format!("T=\"{head}\"\\\n\"{tail}\"\n{lookup}\n"), tail),
        ("ci.yml", format!("env:\n  X: hunter-horse\nrun: {lookup}\n"), "hunter-horse"),
        ("ci.yml", format!("run: |\n  X=hunter-horse\n  {lookup}\n"), "hunter-horse"),
        (&*name, format!("{lookup}\n"), &*token),
    ] {
        let run = support::run(&[(path.to_owned(), text.clone())], &support::options());
        assert!(!run.findings.is_empty(), "{text}");
        let outputs = outputs(&run).into_iter().filter(|(format, _)| format != "Debug");
        for (format, output) in outputs {
            assert!(!output.contains(secret), "{format} prints {secret}: {output}");
        }
    }
}
