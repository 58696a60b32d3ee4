use std::collections::HashMap;

use proptest::prelude::*;

use super::super::constraint::{Constraint, Mode};
use super::*;
use crate::k8s::KubeVersions;

#[derive(Default)]
struct Names {
    variables: HashMap<String, Expression>,
    helpers: HashMap<String, Helper>,
}

impl Names {
    fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), Expression::parse(value).unwrap());
        self
    }

    /// `body` with `«` and `»` around actions.
    fn with_helper(mut self, name: &str, body: &str) -> Self {
        let pieces = body.split('«').flat_map(|piece| match piece.split_once('»') {
            Some((action, text)) => vec![Piece::Action(action), Piece::Text(text)],
            None => vec![Piece::Text(piece)],
        });
        self.helpers.insert(name.to_owned(), Helper::parse(pieces));
        self
    }
}

impl Scope for Names {
    fn variable(&self, name: &str) -> Option<&Expression> {
        self.variables.get(name)
    }

    fn helper(&self, name: &str) -> Option<&Helper> {
        self.helpers.get(name)
    }
}

fn gate(condition: &str) -> GateSet {
    gate_in(condition, &())
}

fn gate_in(condition: &str, scope: &dyn Scope) -> GateSet {
    Evaluator::default().gate(&Expression::parse(condition).unwrap(), scope)
}

fn flavour(patch: Patch, build: Build) -> Flavour {
    Flavour { patch, build, helm: Mode::Since319 }
}

const PLAIN: Flavour = Flavour { patch: Patch::Later, build: Build::Plain, helm: Mode::Since319 };
const VENDOR: Flavour = Flavour { patch: Patch::Later, build: Build::Vendor, helm: Mode::Since319 };
const PLUS: Flavour = Flavour { patch: Patch::Later, build: Build::VendorWithPlus, helm: Mode::Since319 };

/// The table of measured gates: 1.23.0, 1.23.17, 1.23.17-eks-1, 1.24.0, 1.24.0-gke.1, 1.24.3-gke.1, 1.24.3+k3s1, 1.30.1, 1.30.1-eks-1.
#[test]
fn gates_answer_as_measured() {
    let clusters = [
        (23, flavour(Patch::First, Build::Plain)),
        (23, PLAIN),
        (23, VENDOR),
        (24, flavour(Patch::First, Build::Plain)),
        (24, flavour(Patch::First, Build::Vendor)),
        (24, VENDOR),
        (24, PLAIN),
        (30, PLAIN),
        (30, VENDOR),
    ];
    let constraints: &[(&[&str], &str)] = &[
        (&[">=1.24", ">= 1.24", ">=1.24.0", ">=1.24.x", "^1.24"], "FFFTFFTTF"),
        (&[">=1.24-0", ">=1.24.0-0", ">=v1.24.0-0", "^1.24-0", ">1.23-0"], "FFFTTTTTT"),
        (&[">1.23"], "FFFTFFTTF"),
        (&[">1.23.0"], "FTFTFFTTF"),
        (&[">1.24"], "FFFFFFFTF"),
        (&[">1.24.0"], "FFFFFFTTF"),
        (&["<1.24", "<=1.23"], "TTFFFFFFF"),
        (&["<1.24-0", "<1.24.0-0", "<=1.23-0"], "TTTFFFFFF"),
        (&["<=1.23.0"], "TFFFFFFFF"),
        (&["~1.24", "1.24"], "FFFTFFTFF"),
    ];
    let check = |condition: &str, expected: &str| {
        let set = gate(condition);
        for helm in Mode::ALL {
            let answers: String = clusters
                .iter()
                .map(|(minor, flavour)| match set.verdict(*minor, Flavour { helm, ..*flavour }) {
                    Verdict::True => 'T',
                    Verdict::False => 'F',
                    Verdict::Unknown => '?',
                    Verdict::Aborts => '!',
                })
                .collect();
            assert_eq!(answers, expected, "{condition} {helm:?}");
        }
    };
    for (constraints, expected) in constraints {
        for constraint in *constraints {
            for version in [".Capabilities.KubeVersion.Version", "$.Capabilities.KubeVersion.GitVersion"] {
                check(&format!("semverCompare {constraint:?} {version}"), expected);
            }
        }
    }
    check("ge (int .Capabilities.KubeVersion.Minor) 24", "FFFTTTTTT");
    check(r#"ge .Capabilities.KubeVersion.Minor "24""#, "FFFTTTTTT");
}

#[test]
fn the_minor_is_a_text_that_may_have_a_plus() {
    let since_24 = |flavour: Flavour, condition: &str| gate(condition).holds(flavour);
    let minor = ".Capabilities.KubeVersion.Minor";
    let right = KubeVersions::since(24);
    for condition in [
        format!("ge (int (trimSuffix \"+\" {minor})) 24"),
        format!("ge ({minor} | trimSuffix \"+\" | int) 24"),
        format!("ge (atoi ({minor} | replace \"+\" \"\")) 24"),
        format!("{minor} | replace `+` `` | int64 | le 24"),
        format!("ge (regexReplaceAll `[^0-9]` {minor} `` | int) 24"),
        "ge (semver .Capabilities.KubeVersion.Version).Minor 24".to_owned(),
        "semverCompare `>=1.24-0` .Capabilities.KubeVersion.Version".to_owned(),
    ] {
        for flavour in Flavour::all() {
            assert_eq!(since_24(flavour, &condition), right, "{condition} {flavour:?}");
            assert_eq!(gate(&condition).fails(flavour), KubeVersions::before(24), "{condition} {flavour:?}");
        }
    }
    for number in ["int", "int64", "atoi", "float64"] {
        let limit = if number == "float64" { "24.0" } else { "24" };
        let condition = format!("ge ({number} {minor}) {limit}");
        assert_eq!(since_24(VENDOR, &condition), right, "{condition}");
        assert_eq!(since_24(PLUS, &condition), KubeVersions::NONE, "{number} of 24+ is 0");
    }
    let by_text = gate(&format!("ge {minor} \"24\""));
    assert_eq!(by_text.verdict(24, PLUS), Verdict::True);
    assert_eq!(by_text.verdict(9, PLAIN), Verdict::True, "9 is after 24");
    assert_eq!(gate(&format!("gt {minor} \"24\"")).verdict(24, PLUS), Verdict::True, "24+ is after 24");
    assert_eq!(gate(&format!("eq {minor} \"24\"")).holds(PLUS), KubeVersions::NONE);
    assert_eq!(gate(&format!("lt {minor} \"25\"")).verdict(24, PLUS), Verdict::True);
}

/// What helm 4.3.1 answered.
#[test]
fn functions_answer_as_in_helm() {
    for condition in [
        "eq (int \"24+\") 0",
        "eq (atoi \"24+\") 0",
        "eq (int64 \"24+\") 0",
        "eq (float64 \"24+\") 0.0",
        "eq (int \"24.0\") 24",
        "eq (int \"024\") 20",
        "eq (int \"0x18\") 24",
        "eq (int \" 24\") 0",
        "eq (int \"-5\") -5",
        "eq (atoi \"024\") 24",
        "eq (atoi \"+5\") 5",
        "eq 024 20",
        "eq 0x18 24",
        "eq 1_000 1000",
        "eq 1e3 1000.0",
        "eq 'a' 97",
        "eq \"b\" \"a\" \"b\"",
        "gt \"24+\" \"24\"",
        "lt \"24+\" \"25\"",
        "not (eq \"24+\" \"24\")",
        "eq (dict \"a\" \"b\").a \"b\"",
        "(list \"a\" \"b\" | last) | eq \"b\"",
        "eq (quote \"a\") \"\\\"a\\\"\"",
        "eq (trimAll \"v-\" \"v1-\") \"1\"",
        "eq (substr 0 100 \"abc\") \"abc\"",
        "eq (index (splitList \".\" \"1.24\") 1) \"24\"",
        "eq (split \".\" \"1.24\")._1 \"24\"",
        "eq (coalesce \"\" nil \"x\") \"x\"",
        "eq (printf \"%s-%d%%\" \"a\" 1) \"a-1%\"",
        "eq (regexReplaceAll \"^v?([0-9]+\\\\.[0-9]+).*$\" \"v1.24.3\" \"${1}\") \"1.24\"",
        "and true \"x\"",
        "or false (not nil)",
    ] {
        assert_eq!(gate(condition), GateSet::ALWAYS, "{condition}");
    }
    for condition in
        ["eq 1 1.0", "eq \"a\" 1", "fail \"x\"", "semver \"1.24+\"", "semverCompare \">=1.24\" \"1.24+\""]
    {
        assert_eq!(gate(condition), GateSet::ABORTS, "{condition}");
    }
}

#[test]
fn errors_are_neither_true_nor_false() {
    for condition in [
        "semverCompare `==1.24` .Capabilities.KubeVersion.Version",
        "semverCompare .Capabilities.KubeVersion.Version `>=1.24`",
        "semverCompare `>=1.24` .Capabilities.KubeVersion",
        "ge .Capabilities.KubeVersion.Minor 24",
        ".Capabilities.KubeVersion.gitVersion",
    ] {
        assert_eq!(gate(condition), GateSet::ABORTS, "{condition}");
    }
    let joined = gate(
        "semverCompare `>=1.24-0` (printf `%s.%s` .Capabilities.KubeVersion.Major .Capabilities.KubeVersion.Minor)",
    );
    assert_eq!(joined.holds(VENDOR), KubeVersions::since(24));
    assert_eq!(joined.aborts(PLUS), KubeVersions::ALL);
    let guarded =
        gate("and (semverCompare `<1.20-0` .Capabilities.KubeVersion.Version) (semverCompare `` `1`)");
    assert_eq!(
        guarded.fails(PLAIN),
        KubeVersions::since(20),
        "what comes after a false one is not looked at"
    );
    assert_eq!(guarded.aborts(PLAIN), KubeVersions::before(20));
}

#[test]
fn values_are_unknown_and_conditions_three_valued() {
    let since = "(semverCompare `>=1.24-0` .Capabilities.KubeVersion.Version)";
    for unknown in [
        ".Values.x",
        "not .Values.x",
        "eq .Values.x `y`",
        ".Capabilities.APIVersions.Has `batch/v1`",
        "semverCompare `>=1.0` .Values.image.tag",
        "lookup `v1` `Secret` `` `x`",
        "include `nobody.knows` .",
        "semverCompare .Values.range .Capabilities.KubeVersion.Version",
    ] {
        assert!(gate(unknown).is_unknown(), "{unknown}");
        assert_eq!(
            gate(&format!("and ({unknown}) {since}")).possible(),
            KubeVersions::since(24),
            "{unknown}"
        );
        assert_eq!(gate(&format!("or {since} ({unknown})")).certain(), KubeVersions::since(24), "{unknown}");
        let both = gate(&format!("and ({unknown}) {since}"));
        assert_eq!(both, gate(unknown).and(gate(since)), "sets and conditions agree");
        let either = gate(&format!("or ({unknown}) (not {since})"));
        assert_eq!(either, gate(unknown).or(gate(since).negate()), "sets and conditions agree");
    }
    for (constant, set) in
        [("true", GateSet::ALWAYS), ("``", GateSet::NEVER), ("not (eq 1 1)", GateSet::NEVER)]
    {
        assert_eq!(gate(constant), set, "{constant}");
    }
    assert_eq!(gate(&format!("{since}.x")).constant_over(KubeVersions::since(24)), None);
    assert_eq!(gate(since).constant_over(KubeVersions::since(30)), Some(true));
    assert_eq!(gate(since).constant_over(KubeVersions::before(24)), Some(false));
    assert_eq!(gate(since).constant_over(KubeVersions::ALL), None);
    assert_eq!(gate(since).constant_over(KubeVersions::NONE), None);
}

#[test]
fn names_are_followed() {
    let stripped = r#"default .Capabilities.KubeVersion.Version (regexFind "v[0-9]+\\.[0-9]+\\.[0-9]+" .Capabilities.KubeVersion.Version)"#;
    let names = Names::default()
        .with_variable("target", "default .Capabilities.KubeVersion.GitVersion .Values.kubeTargetVersionOverride")
        .with_variable("minor", ".Capabilities.KubeVersion.Minor | replace \"+\" \"\"")
        .with_variable("kube", "$.Capabilities.KubeVersion")
        .with_variable("loop", "$loop")
        .with_helper("common.capabilities.kubeVersion", "«default (default .Capabilities.KubeVersion.Version .Values.kubeVersion) ((.Values.global).kubeVersion)»")
        .with_helper("stripped", &format!("«{stripped}»"))
        .with_helper("older", "«if .Values.global»«if .Values.global.kubeVersion»«.Values.global.kubeVersion»«else»«default .Capabilities.KubeVersion.Version .Values.kubeVersion»«end»«else»«default .Capabilities.KubeVersion.Version .Values.kubeVersion»«end»")
        .with_helper("api", "«if semverCompare `<1.24-0` (include \"older\" .)»v1beta1«else if .Capabilities.KubeVersion»v1«else»«fail `no`»«end»")
        .with_helper("is", "«$v := include \"older\" .»«semverCompare `>=1.24-0` $v»")
        .with_helper("ask", "«$c := index . 1»«if semverCompare $c (include \"older\" (index . 0))»«print `yes`»«else»no«end»")
        .with_helper("endless", "«include \"endless\" .»");
    for condition in [
        "semverCompare `>=1.24-0` $target",
        "semverCompare `>=1.24-0` $kube.Version",
        "ge (int $minor) 24",
        "semverCompare `>=1.24-0` (include \"common.capabilities.kubeVersion\" .)",
        "semverCompare `>=1.24` (include \"stripped\" .)",
        "include \"older\" $ | semverCompare `>=1.24-0`",
        "eq (include \"api\" .) \"v1\"",
        "eq \"true\" (include \"is\" .)",
        "eq `yes` (include `ask` (list $ `>=1.24-0`))",
        "hasPrefix `v1.2` .Capabilities.KubeVersion.Version | and (ge (int $minor) 24) (lt (int $minor) 30) | or (ge (int $minor) 24)",
    ] {
        let set = gate_in(condition, &names);
        for flavour in Flavour::all() {
            assert_eq!(set.holds(flavour), KubeVersions::since(24), "{condition} {flavour:?}");
            assert_eq!(set.fails(flavour), KubeVersions::before(24), "{condition} {flavour:?}");
        }
    }
    assert!(gate_in("semverCompare `>=1.24-0` $loop", &names).is_unknown());
    assert!(gate_in("include `endless` .", &names).is_unknown());
}

#[test]
fn vendors_differ_among_themselves() {
    let gke = gate("contains \"-gke\" .Capabilities.KubeVersion.GitVersion");
    assert_eq!(gke.fails(PLAIN), KubeVersions::ALL);
    assert_eq!(gke.unknown(VENDOR), KubeVersions::ALL);
    assert_eq!(gate("contains \"k3s\" .Capabilities.KubeVersion.Version").fails(VENDOR), KubeVersions::ALL);
    let late = gate("semverCompare `>=1.24.10-0` .Capabilities.KubeVersion.Version");
    assert_eq!(late.verdict(24, PLAIN), Verdict::Unknown, "some patches");
    assert_eq!(late.holds(PLAIN), KubeVersions::since(25));
}

#[test]
fn a_gate_that_forgets_vendors() {
    let condition = "and .Values.x (semverCompare \">=1.24\" .Capabilities.KubeVersion.Version) (semverCompare \"<1.30-0 || ==2\" $v)";
    let pipeline = Expression::parse(condition).unwrap();
    let gates = VersionGate::all(&pipeline, &(), &mut Evaluator::default());
    let [first, second] = gates.as_slice() else { panic!("{gates:?}") };
    assert_eq!(condition.get(first.at.clone()), Some("\">=1.24\""));
    assert_eq!(ignores_vendors(&first.set), KubeVersions::since(24));
    assert_eq!(first.rewritten().as_deref(), Some(">=1.24-0"));
    assert_eq!(first.error(), None);
    assert_eq!(second.error().unwrap().to_string(), "`==` is not an operator: write `=` or nothing");
    let chart = GateSet::of(&Constraint::parse(">=1.22.0").unwrap());
    assert_eq!(chart.possible(), KubeVersions::since(22));
    assert_eq!(ignores_vendors(&chart), KubeVersions::since(22));
    let stripped =
        "semverCompare `>=1.24` (regexFind `v[0-9]+.[0-9]+.[0-9]+` .Capabilities.KubeVersion.Version)";
    for silent in [
        stripped,
        "semverCompare `>=1.24-0` .Capabilities.KubeVersion.Version",
        "semverCompare `>=1.24` .Values.tag",
    ] {
        assert!(ignores_vendors(&gate(silent)).is_empty(), "{silent}");
    }
    let by_mode = gate("semverCompare `>=1.24-0 <1.30` .Capabilities.KubeVersion.Version");
    assert_eq!(by_mode.holds(Flavour { helm: Mode::UpTo318, ..VENDOR }), KubeVersions::NONE);
    assert_eq!(by_mode.holds(VENDOR), KubeVersions::range(24..=29));
    let first = flavour(Patch::First, Build::Vendor);
    assert_eq!(by_mode.verdict(30, first), Verdict::True, "1.30.0-gke.100 is before 1.30.0");
    assert_eq!(ignores_vendors(&by_mode), KubeVersions::range(24..=30));
}

#[test]
fn twin_gates() {
    let of =
        |constraint: &str| gate(&format!("semverCompare `{constraint}` .Capabilities.KubeVersion.Version"));
    let range = KubeVersions::range(16..=37);
    assert_eq!(disagreements(&of(">=1.24-0"), &of("<1.24-0"), range), []);
    let gaps = disagreements(&of(">=1.17.0"), &of("<1.17.0"), range);
    assert!(
        gaps.iter().all(|it| it.flavour.build != Build::Plain && it.neither == range && it.both.is_empty())
    );
    assert_eq!(gaps.len(), 8, "both patches and Helms of both vendors' ways");
    let overlaps = disagreements(&of(">=1.24-0"), &of("<=1.24-0"), range);
    assert_eq!(overlaps.len(), 12);
    assert!(overlaps.iter().all(|it| it.neither.is_empty() && it.both == KubeVersions::range(24..=24)));
    let unknown = disagreements(&of(">=1.24-0"), &GateSet::UNKNOWN, range);
    assert_eq!(unknown, []);
}

#[test]
fn ways_to_misread_the_minor() {
    let names = Names::default()
        .with_variable("minor", ".Capabilities.KubeVersion.Minor")
        .with_variable("trimmed", "$minor | trimSuffix \"+\"")
        .with_variable("kube", ".Capabilities.KubeVersion");
    let table: &[(&str, &[(MisuseKind, &str)])] = &[
        (
            "and .x (ge .Capabilities.KubeVersion.Minor \"24\")",
            &[(MisuseKind::TextOrder, "ge .Capabilities.KubeVersion.Minor \"24\"")],
        ),
        ("lt $trimmed \"33\"", &[(MisuseKind::TextOrder, "lt $trimmed \"33\"")]),
        ("eq $kube.Minor \"24\"", &[(MisuseKind::TextEquality, "eq $kube.Minor \"24\"")]),
        ("eq $trimmed \"24\"", &[]),
        ("ge (.Capabilities.KubeVersion.Minor | int) 20", &[(MisuseKind::UntrimmedNumber, "int")]),
        ("ge (int $minor) 20", &[(MisuseKind::UntrimmedNumber, "int $minor")]),
        ("ge (int $trimmed) 20", &[]),
        ("ge ($.Capabilities.KubeVersion.Minor | replace \"+\" \"\" | atoi) 20", &[]),
        ("eq .Capabilities.KubeVersion.Major \"1\"", &[]),
        ("ge .Values.Minor \"24\"", &[]),
        (
            "ge (float64 (printf \"%s.%s\" $kube.Major $trimmed)) 1.24",
            &[(MisuseKind::Fraction, "float64 (printf \"%s.%s\" $kube.Major $trimmed)")],
        ),
        (
            "semverCompare \">=1.24\" (printf \"%s.%s\" $kube.Major $minor)",
            &[(
                MisuseKind::UntrimmedVersion,
                "semverCompare \">=1.24\" (printf \"%s.%s\" $kube.Major $minor)",
            )],
        ),
        ("semverCompare \">=1.24\" (printf \"%s.%s\" $kube.Major $trimmed)", &[]),
    ];
    for (condition, expected) in table {
        let found = minor_misuses(&Expression::parse(condition).unwrap(), &names);
        let found: Vec<_> = found.into_iter().map(|it| (it.kind, condition.get(it.at).unwrap())).collect();
        assert_eq!(found, *expected, "{condition}");
    }
}

#[test]
fn what_is_no_pipeline() {
    for text in ["", "(", ")", "| a", "\"x", "`x", "a @", "1x", "(a", "a)", "x := y z )", "\"\\q\""] {
        assert!(Expression::parse(text).is_err(), "{text}");
    }
    assert_eq!(Expression::parse("(a |)"), Expression::parse("(a)"), "Go reads a pipe that leads nowhere");
    assert_eq!(Expression::parse("a | b |"), Expression::parse("a | b"));
    assert_eq!(Expression::parse(&"(".repeat(5000)), Err(ExpressionError::TooDeep));
}

#[test]
fn actions() {
    let output = |text: &str| Action::Output(Expression::parse(text).unwrap());
    let value = || Expression::parse(".x").unwrap();
    for (text, action) in [
        (" if .x ", Action::If(value())),
        ("if(.x)", Action::If(value())),
        ("else if .x", Action::ElseIf(value())),
        ("else", Action::Else),
        ("end", Action::End),
        ("range .x", Action::Open),
        ("/* if */", Action::Nothing),
        ("$y := .x", Action::Assign { variable: "y".to_owned(), value: value() }),
        ("$y = .x", Action::Assign { variable: "y".to_owned(), value: value() }),
        (".x", output(".x")),
        ("iffy .x", output("iffy .x")),
    ] {
        assert_eq!(Action::parse(text).unwrap(), action, "{text}");
    }
}

/// Each variable twice as long as the one before, each helper calling itself twice: unknown, and soon.
#[test]
fn nothing_grows_without_end() {
    let mut names = Names::default()
        .with_variable("v0", "print .Capabilities.KubeVersion.Version .Capabilities.KubeVersion.Version")
        .with_helper("twice", "«include \"twice\" .»«include \"twice\" .».Capabilities.KubeVersion.Minor");
    for n in 1..60 {
        names = names.with_variable(&format!("v{n}"), &format!("list $v{0} $v{0} $v{0}", n - 1));
    }
    let grown =
        (0..100).fold(".Capabilities.KubeVersion.Version".to_owned(), |text, _| text + " | replace `1` `11`");
    let long = format!("eq `{}` .Capabilities.KubeVersion.Version", "x".repeat(100_000));
    for condition in ["$v59", "include `twice` .", &grown, &long] {
        assert!(gate_in(&format!("eq ({condition}) `x`"), &names).is_unknown());
    }
}

#[test]
fn sets_follow_the_rules_of_conditions() {
    use Verdict::{Aborts, False, True, Unknown};
    let sets = [
        (True, GateSet::ALWAYS),
        (False, GateSet::NEVER),
        (Unknown, GateSet::UNKNOWN),
        (Aborts, GateSet::ABORTS),
    ];
    let verdict = |set: GateSet| set.verdict(24, PLAIN);
    let table = [
        (True, [True, False, Unknown, Aborts]),
        (False, [False; 4]),
        (Unknown, [Unknown, False, Unknown, False]),
        (Aborts, [Aborts; 4]),
    ];
    for ((left, expected), (same, set)) in table.into_iter().zip(sets) {
        assert_eq!(left, same);
        for (right, expected) in sets.into_iter().zip(expected) {
            assert_eq!(verdict(set.and(right.1)), expected, "{left:?} and {:?}", right.0);
            let dual = set.negate().or(right.1.negate()).negate();
            assert_eq!(verdict(dual), expected, "not ((not {left:?}) or (not {:?}))", right.0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in any::<String>(), near in "[-a-z0-9.$(){}|:=\"`'\\\\ +,_%]{0,60}") {
        for text in [text, near] {
            if let Ok(Action::Output(it) | Action::If(it)) = Action::parse(&text) {
                let _ = Evaluator::default().gate(&it, &());
                let _ = minor_misuses(&it, &());
            }
        }
    }

    #[test]
    fn no_helper_panics(pieces in proptest::collection::vec("(if .x|else|else if \\$x|end|range|\\$x := 1|.Capabilities.KubeVersion.Minor|\\$x)", 0..20)) {
        let helper = Helper::parse(pieces.iter().map(|it| Piece::Action(it)));
        let names = Names { helpers: HashMap::from([("h".to_owned(), helper)]), ..Names::default() };
        let _ = gate_in("include \"h\" .", &names);
    }
}
