use proptest::prelude::*;

use super::*;

const VECTORS: &str = include_str!("../../../tests/data/semver-vectors.csv");

/// The rows of a CSV file with quoted fields that may hold commas and line breaks.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            c => field.push(c),
        }
    }
    rows
}

fn answer(constraint: &str, version: &str, mode: Mode) -> &'static str {
    match (Constraint::parse(constraint), Version::parse(version)) {
        (Ok(constraint), Ok(version)) if constraint.allows(&version, mode) => "true",
        (Ok(_), Ok(_)) => "false",
        _ => "error",
    }
}

fn allows(constraint: &str, version: &str) -> [bool; 2] {
    let (constraint, version) = (Constraint::parse(constraint).unwrap(), Version::parse(version).unwrap());
    Mode::ALL.map(|mode| constraint.allows(&version, mode))
}

#[test]
fn answers_as_helm_does() {
    let mut rows = rows(VECTORS).into_iter();
    assert_eq!(rows.next().unwrap(), ["constraint", "version", "expected", "source"]);
    let mut count = 0;
    for row in rows {
        let [constraint, version, expected, source] = <[String; 4]>::try_from(row).unwrap();
        let older = source.split("; ").find_map(|note| note.strip_prefix("helm3.16-3.18="));
        let title = format!("{constraint:?} {version:?}");
        assert_eq!(answer(&constraint, &version, Mode::Since319), expected, "{title} since Helm 3.19");
        let older = older.unwrap_or(&expected);
        assert_eq!(answer(&constraint, &version, Mode::UpTo318), older, "{title} up to Helm 3.18");
        count += 1;
    }
    assert_eq!(count, 290);
}

#[test]
fn an_error_says_what_a_person_did() {
    let table = [
        ("", "a comparison is missing"),
        (" ", "a comparison is missing"),
        (">=1.24-0 ||", "a comparison is missing"),
        ("==1.24", "`==` is not an operator: write `=` or nothing"),
        (">=1.24 && <1.30", "`&` is not an operator: a blank or a comma means `and`"),
        (">=1.24 & <1.30", "`&` is not an operator: a blank or a comma means `and`"),
        (">=1.24-0|<1.10", "`|` is not an operator: write `||`"),
        (">=1.24,", "a comma without a comparison on both sides"),
        (",>=1.24", "a comma without a comparison on both sides"),
        (">=1.24,,<1.30", "a comma without a comparison on both sides"),
        (">=1.24.0.0", "`1.24.0.0` has more than three numbers"),
        (">=1.24<1.30", "a blank or a comma is missing between the comparisons in `1.24<1.30`"),
        (">=1.24-00", "`1.24-00` has a number with a leading zero in its pre-release"),
        (">=1.24+", "`1.24+` is not a version"),
        (">= bar", "`bar` is not a version"),
        (">=V1.24", "`V1.24` is not a version"),
        ("1.19 -1.23", "`-1.23` is not a version"),
    ];
    for (constraint, message) in table {
        assert_eq!(Constraint::parse(constraint).unwrap_err().to_string(), message, "{constraint}");
    }
    assert_eq!(Constraint::parse(&"1".repeat(600)), Err(ConstraintError::TooLong));
}

/// Measured with Helm 3.17.1 and 4.1.4, which agree.
#[test]
fn answers_as_measured_on_kubernetes() {
    let versions = [
        "v1.23.0",
        "v1.23.17",
        "v1.23.17-eks-1",
        "v1.24.0",
        "v1.24.0-gke.1",
        "v1.24.3-gke.1",
        "v1.24.3+k3s1",
        "v1.30.1",
        "v1.30.1-eks-1",
        "v1.100.0",
    ];
    let table: &[(&[&str], &str)] = &[
        (&[">=1.24", ">= 1.24", ">=1.24.0", ">=1.24.x", "^1.24"], "FFFTFFTTFT"),
        (&[">=1.24-0", ">=1.24.0-0", ">=v1.24.0-0", "^1.24-0", ">1.23-0"], "FFFTTTTTTT"),
        (&[">1.23"], "FFFTFFTTFT"),
        (&[">1.23.0"], "FTFTFFTTFT"),
        (&[">1.24"], "FFFFFFFTFT"),
        (&[">1.24.0"], "FFFFFFTTFT"),
        (&["<1.24", "<=1.23"], "TTFFFFFFFF"),
        (&["<1.24-0", "<1.24.0-0", "<=1.23-0"], "TTTFFFFFFF"),
        (&["<=1.23.0"], "TFFFFFFFFF"),
        (&["~1.24", "1.24"], "FFFTFFTFFF"),
    ];
    for (constraints, expected) in table {
        for (constraint, mode) in constraints.iter().flat_map(|it| Mode::ALL.map(|mode| (it, mode))) {
            let answers: String = versions
                .iter()
                .map(|version| if answer(constraint, version, mode) == "true" { 'T' } else { 'F' })
                .collect();
            assert_eq!(answers, *expected, "{constraint} {mode:?}");
        }
    }
}

/// What helm 4.3.1 answered; these are not among Masterminds' own tests.
#[test]
fn corners_are_as_in_helm() {
    for (constraint, version, expected) in CORNERS {
        assert_eq!(answer(constraint, version, Mode::Since319), *expected, "{constraint:?} {version:?}");
    }
}

const CORNERS: &[(&str, &str, &str)] = &[
    ("1.19 - 1.23", "1.22.0", "true"),
    (">=1.0 - 2.0", "1.5.0", "error"),
    ("1.0.0 - 2.0.0<3", "1.5.0", "true"),
    ("3||1.0 - 2.0", "1.5.0", "false"),
    ("2.0||1.0 - 1.5", "2.1.0", "true"),
    ("2.0||1.0 - 1.5", "1.2.0", "false"),
    (">3 ||1.0 - 2.0", "1.5.0", "error"),
    (">3 || 1.0 - 2.0", "1.5.0", "true"),
    ("1.0 1.1 - 2.0", "1.5.0", "error"),
    ("1.0, 1.1 - 2.0", "1.0.0", "false"),
    ("1.0 - 2.0||3", "3.1.0", "true"),
    ("1.2.3.4 - 2.0", "1.5.0", "error"),
    ("1 - 2 - 3", "1.5.0", "error"),
    ("1.0 - 2.0 <3", "1.5.0", "true"),
    ("1.0\t-\n2.0", "1.5.0", "true"),
    ("foo 1.0 - 2.0", "1.5.0", "error"),
    ("1|2", "1.5.0", "error"),
    ("xx", "1.5.0", "error"),
    ("x.|", "1.5.0", "true"),
    ("1.x.|", "1.5.0", "true"),
    ("1.0\u{b}", "1.0.0", "error"),
    ("1.0\u{a0}", "1.0.0", "error"),
    ("x-0 || 1.x-alpha.x", "1.2.3-alpha", "true"),
    ("*.5.5", "1.9.9", "true"),
    ("!=*", "1.0.0", "true"),
    ("!=*", "0.0.0", "false"),
    ("!=*-0", "0.0.0-0", "false"),
    ("<=*", "1.0.0", "false"),
    ("<=*", "0.0.9", "true"),
    (">*", "0.0.1", "true"),
    ("^*", "1.0.0", "false"),
    ("^*", "0.0.0", "true"),
    ("<*", "1.0.0", "false"),
    ("18446744073709551616", "1.0.0", "error"),
    ("*-0", "18446744073709551616.0.0", "error"),
    ("*-0", "18446744073709551615.0.0", "true"),
];

#[test]
fn a_pre_release_marker_is_added_where_plain_versions_do_not_notice() {
    let table = [
        (">=1.24", Some(">=1.24-0")),
        (">= 1.24.0", Some(">= 1.24.0-0")),
        (">=v1.24.x", Some(">=v1.24.x-0")),
        (">=1.24+meta", Some(">=1.24-0+meta")),
        ("<1.24", Some("<1.24-0")),
        ("^1.24", Some("^1.24-0")),
        ("~1.24", Some("~1.24-0")),
        ("1.24", Some("1.24-0")),
        (">1.23", Some(">1.23-0")),
        ("<=1.23", Some("<=1.23-0")),
        (">=1.24-0 <1.30", Some(">=1.24-0 <1.30-0")),
        (">=1.24, <1.30 || >= 1.32", Some(">=1.24-0, <1.30-0 || >= 1.32-0")),
        ("*", Some("*-0")),
        (">=1.24-0", None),
        (">1.23.0", None),
        (">1.23.5", None),
        ("<=1.23.0", None),
        ("=1.24.3", None),
        ("1.24.3", None),
        ("!=1.24.3", None),
        ("!=1.24", None),
        (">=1.24 !=1.25.1", None),
        ("1.24 - 1.30", None),
    ];
    for (constraint, expected) in table {
        let rewritten = Constraint::parse(constraint).unwrap().with_pre_releases(constraint);
        assert_eq!(rewritten.as_deref(), expected, "{constraint}");
    }
}

fn constraints() -> impl Strategy<Value = String> {
    let comparison = "(|=|!=|<|>|<=|>=|~|\\^) ?v?[0-2](\\.[0-3x*]){0,2}(-[0a]|-gke\\.1)?";
    let group = proptest::collection::vec(comparison, 1..4).prop_map(|it| it.join(", "));
    proptest::collection::vec(group, 1..3).prop_map(|it| it.join(" || "))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in any::<String>(), near in "[-0-9vxX*.|&<>=~^!, +a]{0,40}") {
        for text in [text, near] {
            let _ = Constraint::parse(&text).map(|it| it.with_pre_releases(&text));
            let _ = Version::parse(&text);
        }
    }

    #[test]
    fn modes_differ_only_about_pre_releases(constraint in constraints(), version in "[0-2]\\.[0-3]\\.[0-2](-[0a])?") {
        let [older, newer] = allows(&constraint, &version);
        prop_assert!(older == newer || version.contains('-'));
        prop_assert!(older == newer || constraint.contains([',', '!']), "one comparison, one way");
    }

    #[test]
    fn a_marker_never_moves_a_plain_version(minor in 0..64_u8, at in 0..64_u8, patch in 0..30_u8) {
        let version = format!("v1.{at}.{patch}");
        for (plain, marked) in [
            (format!(">=1.{minor}"), format!(">=1.{minor}-0")),
            (format!(">=1.{minor}.{patch}"), format!(">=1.{minor}.{patch}-0")),
            (format!("<1.{minor}"), format!("<1.{minor}-0")),
        ] {
            prop_assert_eq!(allows(&plain, &version), allows(&marked, &version));
        }
    }

    #[test]
    fn a_rewritten_constraint_says_the_same_of_plain_versions(
        constraint in constraints(), version in "1\\.[0-9]{1,2}\\.[0-9]{1,2}"
    ) {
        if let Some(rewritten) = Constraint::parse(&constraint).unwrap().with_pre_releases(&constraint) {
            prop_assert_eq!(allows(&constraint, &version), allows(&rewritten, &version), "{}", rewritten);
        }
    }
}
