//! Tokens that are made here. Their signatures are noise of the right length: nothing checks them.

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(ALPHABET[bits >> (18 - 6 * place) & 63]));
        }
    }
    text
}

fn signature(bytes: usize) -> String {
    let noise: Vec<u8> = (0..bytes).map(|at| u8::try_from(at * 37 % 251).unwrap()).collect();
    encode(&noise)
}

fn signed(algorithm: &str, claims: &Value, signature: &str) -> String {
    let header = json!({"alg": algorithm, "kid": ""}).to_string();
    format!("{}.{}.{signature}", encode(header.as_bytes()), encode(claims.to_string().as_bytes()))
}

fn token(claims: &Value) -> String {
    signed("RS256", claims, &signature(256))
}

fn legacy() -> Value {
    json!({
        "iss": "kubernetes/serviceaccount",
        "sub": "system:serviceaccount:ci:robot",
        "kubernetes.io/serviceaccount/namespace": "ci",
        "kubernetes.io/serviceaccount/secret.name": "robot-token",
        "kubernetes.io/serviceaccount/service-account.name": "robot",
        "kubernetes.io/serviceaccount/service-account.uid": "2f1c",
    })
}

fn bound() -> Value {
    json!({
        "iss": "https://oidc.acme.io",
        "sub": "system:serviceaccount:ci:robot",
        "aud": ["https://oidc.acme.io", "vault"],
        "iat": 1_700_000_000,
        "exp": 1_731_536_000.5,
        "kubernetes.io": {
            "namespace": "ci",
            "serviceaccount": {"name": "robot", "uid": "2f1c"},
            "pod": {"name": "robot-0", "uid": "2f1d"},
            "node": {"name": "node-1", "uid": "2f1e"},
            "warnafter": 1_700_003_607,
        },
    })
}

/// `claims` with others at a JSON pointer.
fn with(mut claims: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    claims.pointer_mut(parent).unwrap()[key.replace("~1", "/")] = value;
    claims
}

fn account(claims: &Value) -> Option<ServiceAccountToken> {
    match parse(&token(claims))? {
        Jwt::ServiceAccount(token) => Some(token),
        Jwt::Other(_) => None,
    }
}

#[test]
fn a_legacy_token_never_expires() {
    let token = account(&legacy()).unwrap();
    assert_eq!((token.to_string().as_str(), token.expires, token.issued), ("ci/robot", None, None));
    assert_eq!(token.class, TokenClass::Legacy { secret: "robot-token".into() });
    assert!(!token.is_expired(date(9999, 1, 1)));
    assert_eq!(token.request(), "kubectl create token robot --namespace ci");
}

#[test]
fn a_bound_token_has_an_audience_an_end_and_an_object() {
    let token = account(&bound()).unwrap();
    let TokenClass::Bound { audiences, object, warn_after } = &token.class else { panic!("bound") };
    assert_eq!(audiences.len(), 2);
    assert_eq!(*object, Some(BoundObject { kind: "Pod", name: "robot-0".into() }));
    assert_eq!(warn_after.unwrap().as_second(), 1_700_003_607);
    assert_eq!(token.expires.unwrap().as_second(), 1_731_536_000);
    assert!(!token.is_expired(date(2024, 11, 13)), "it expires on that day");
    assert!(token.is_expired(date(2024, 11, 14)));
    assert_eq!(token.request(), "kubectl create token robot --namespace ci --audience vault");
}

#[test]
fn bound_to_what() {
    let object = |key: &str, node: Value| {
        let claims = with(bound(), "/kubernetes.io/pod", Value::Null);
        let token = account(&with(with(claims, "/kubernetes.io/node", node), key, json!({"name": "x"})));
        match token?.class {
            TokenClass::Bound { object, .. } => object.map(|object| object.kind),
            TokenClass::Legacy { .. } => None,
        }
    };
    assert_eq!(object("/kubernetes.io/secret", Value::Null), Some("Secret"));
    assert_eq!(object("/kubernetes.io/unknown", json!({"name": "node-1"})), Some("Node"));
    assert_eq!(object("/kubernetes.io/unknown", Value::Null), None);
}

#[test]
fn a_single_audience_may_be_a_string() {
    let claims = with(bound(), "/aud", json!("vault"));
    assert_eq!(
        account(&claims).unwrap().request(),
        "kubectl create token robot --namespace ci --audience vault"
    );
}

/// A suggested command is copied into a shell.
#[test]
fn audiences_cannot_do_harm() {
    for audience in ["a; rm -rf /", "$(id)", "`id`", "-x", "a b", "\n", "'"] {
        let command = account(&with(bound(), "/aud", json!([audience]))).unwrap().request();
        assert_eq!(command, "kubectl create token robot --namespace ci", "{audience:?}");
    }
}

#[test]
fn what_no_cluster_made_is_no_token_of_a_service_account() {
    let role = "/kubernetes.io~1serviceaccount~1namespace";
    for (claims, why) in [
        (with(legacy(), "/iss", json!("https://example.com")), "issuer"),
        (with(legacy(), "/sub", json!("system:serviceaccount:ci:other")), "subject"),
        (with(legacy(), role, json!("other")), "namespace"),
        (with(legacy(), role, json!("${NAMESPACE}")), "placeholder"),
        (with(bound(), "/kubernetes.io/namespace", json!("other")), "namespace"),
        (with(bound(), "/sub", json!("robot")), "subject"),
        (json!({"iss": "https://accounts.example.com", "sub": "ada", "aud": "web"}), "another issuer"),
    ] {
        assert_eq!(account(&claims), None, "{why}");
    }
}

#[test]
fn only_whole_tokens_with_a_possible_signature_are_tokens() {
    let is_token = |text: &str| matches!(parse(text), Some(Jwt::ServiceAccount(_)));
    for (algorithm, bytes) in
        [("RS256", 256), ("RS256", 384), ("RS512", 512), ("ES256", 64), ("ES384", 96), ("ES512", 132)]
    {
        assert!(is_token(&signed(algorithm, &legacy(), &signature(bytes))), "{algorithm} {bytes}");
    }
    for (algorithm, bytes) in
        [("RS256", 255), ("RS256", 64), ("ES256", 63), ("HS256", 32), ("none", 0), ("none", 64)]
    {
        assert!(!is_token(&signed(algorithm, &legacy(), &signature(bytes))), "{algorithm} {bytes}");
    }
    assert!(!is_token(&signed("RS256", &legacy(), &"A".repeat(342))), "made up");
    let whole = token(&legacy());
    for end in [10, 100, whole.len() - 1, whole.len() - 50] {
        assert!(!is_token(whole.get(..end).unwrap()), "cut off");
    }
    assert!(!is_token(&format!("{whole}.x")));
    assert!(!is_token(&whole.replace('.', " ")));
}

#[test]
fn tokens_are_found_where_they_stand() {
    let token = token(&legacy());
    let encoded = encode(token.as_bytes());
    for (before, text, after) in [
        ("", &token, ""),
        ("Bearer ", &token, "\n"),
        ("--token=", &token, " --x"),
        ("{\"token\":\"", &token, "\"}"),
        ("\"a\\n", &token, "\\n\""),
        ("see ", &token, "."),
        ("é", &token, "é"),
        ("token: ", &encoded, "\n"),
    ] {
        let whole = format!("{before}{text}{after}");
        let found = find(&whole);
        assert_eq!(found.len(), 1, "{before}…{after}");
        assert_eq!(found[0].0, before.len()..before.len() + text.len(), "{before}…{after}");
    }
    for (before, after) in [("x", ""), ("x/", ""), ("eyJx", ""), ("\\x", "y"), ("", ".c2ln.c2ln")] {
        assert!(find(&format!("{before}{token}{after}")).is_empty(), "{before}…{after}");
    }
    assert_eq!(find(&format!("{token} {encoded} {token}")).len(), 3);
}

#[test]
fn nothing_remembers_the_token() {
    let token = token(&bound());
    let shown = format!("{:?} {:?}", parse(&token), held(&token));
    for part in token.split('.') {
        assert!(!shown.contains(part), "{shown}");
    }
}

#[test]
fn claims_of_odd_types_and_sizes_do_no_harm() {
    for (pointer, value) in [
        ("/exp", json!(1e300)),
        ("/exp", json!(-1e300)),
        ("/iat", json!(253_402_300_800_i64)),
        ("/iss", json!("x".repeat(100_000))),
        ("/aud", json!(["é".repeat(1000)])),
    ] {
        assert!(account(&with(bound(), pointer, value)).is_some(), "{pointer}");
    }
    for (pointer, value) in [("/exp", json!("soon")), ("/aud", json!(7)), ("/kubernetes.io", json!([]))] {
        assert!(account(&with(bound(), pointer, value)).is_none(), "{pointer}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_search(text in "(eyJ|ZXlK|[A-Za-z0-9_.=-]|[\\n\\\\ é]){0,200}") {
        for (range, _) in find(&text) {
            prop_assert!(text.get(range).is_some());
        }
        held(&text);
    }

    #[test]
    fn no_bytes_break_the_certificate(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let pem = |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        Certificate::from_pem(&pem(&encode(&bytes)));
    }
}
