//! Every line of what the RBAC authorizer compares (`pkg/apis/rbac/v1/evaluation_helpers.go`).

use proptest::prelude::*;

use super::{PolicyRule, Request, ResourceRequest, Role, Word};
use crate::span::Span;

/// A rule from lists of words: verbs, groups, resources, names, URLs.
fn rule([verbs, groups, resources, names, urls]: [&[&str]; 5]) -> PolicyRule {
    let words = |texts: &[&str]| -> Vec<Word> {
        texts.iter().map(|text| Word { text: (*text).into(), span: Span::default() }).collect()
    };
    PolicyRule {
        verbs: words(verbs),
        api_groups: words(groups),
        resources: words(resources),
        resource_names: words(names),
        urls: words(urls),
        place: None,
        is_partial: false,
    }
}

fn request(verb: &str, group: &str, resource: &str, name: &str) -> Request<'static> {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    Request::Resource(ResourceRequest {
        verb: verb.to_owned().into(),
        group: group.to_owned().into(),
        resource: resource.to_owned().into(),
        subresource: subresource.to_owned().into(),
        namespace: None,
        name: name.to_owned().into(),
    })
}

#[test]
fn resources_are_compared_as_text() {
    // Resources of the rule, resource asked for, whether it is allowed.
    let cases = [
        ("pods", "pods", true),
        ("pods", "Pods", false),
        ("pods", "pods/log", false),
        ("pods", "pods/exec", false),
        ("pods/log", "pods/log", true),
        ("pods/log", "pods", false),
        ("serviceaccounts", "serviceaccounts/token", false),
        ("*", "pods", true),
        ("*", "pods/exec", true),
        ("*", "serviceaccounts/token", true),
        ("*/scale", "deployments/scale", true),
        ("*/scale", "deployments", false),
        ("*/scale", "deployments/status", false),
        ("pods/*", "pods", false),
        ("pods/*", "pods/log", false),
        ("pods/*", "pods/*", true),
        ("*/*", "pods/log", false),
    ];
    for (written, asked, expected) in cases {
        let rule = rule([&["get"], &[""], &[written], &[], &[]]);
        assert_eq!(rule.allows(&request("get", "", asked, "")), expected, "{written} for {asked}");
    }
}

#[test]
fn verbs_and_groups_are_compared_as_text() {
    let cases = [
        (["get", "apps"], ["get", "apps"], true),
        (["*", "apps"], ["impersonate", "apps"], true),
        (["get", "*"], ["get", ""], true),
        (["get", ""], ["get", "apps"], false),
        (["get", "apps"], ["get", ""], false),
        (["get", "apps"], ["list", "apps"], false),
        (["Get", "apps"], ["get", "apps"], false),
        (["get", "*.k8s.io"], ["get", "apps.k8s.io"], false),
    ];
    for ([verb, group], [asked_verb, asked_group], expected) in cases {
        let rule = rule([&[verb], &[group], &["deployments"], &[], &[]]);
        let asked = request(asked_verb, asked_group, "deployments", "");
        assert_eq!(rule.allows(&asked), expected, "{verb} {group} for {asked_verb} {asked_group}");
    }
}

#[test]
fn names_restrict_and_what_is_created_has_none() {
    let named = rule([&["*"], &[""], &["*"], &["builder"], &[]]);
    assert!(named.allows(&request("get", "", "secrets", "builder")));
    assert!(!named.allows(&request("get", "", "secrets", "other")));
    assert!(!named.allows(&request("list", "", "secrets", "")));
    assert!(!named.allows(&request("create", "", "secrets", "")));
    assert!(!named.allows(&request("deletecollection", "", "secrets", "")));
    assert!(
        named.allows(&request("create", "", "serviceaccounts/token", "builder")),
        "it has its parent's name"
    );
    assert!(named.allows(&request("list", "", "secrets", "builder")), "with a field selector");
}

#[test]
fn paths_are_exact_or_end_in_a_star() {
    let url = |path: &str| Request::Url { verb: "get".into(), path: path.to_owned().into() };
    let cases = [
        ("/metrics", "/metrics", true),
        ("/metrics", "/metrics/slis", false),
        ("/metrics/*", "/metrics/slis", true),
        ("/metrics/*", "/metrics", false),
        ("/metrics*", "/metrics", true),
        ("*", "/anything", true),
        ("/*/slis", "/metrics/slis", false),
    ];
    for (written, asked, expected) in cases {
        let rule = rule([&["get"], &[], &[], &[], &[written]]);
        assert_eq!(rule.allows(&url(asked)), expected, "{written} for {asked}");
    }
    let everything = rule([&["*"], &["*"], &["*"], &[], &[]]);
    assert!(!everything.allows(&url("/metrics")), "resources are no paths");
    assert!(!rule([&["*"], &[], &[], &[], &["*"]]).allows(&request("get", "", "pods", "")));
}

#[test]
fn a_rule_is_read_with_the_place_of_each_word() {
    let text = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nrules:\n- apiGroups: ['']\n  resources: [pods, \
                secrets]\n  verbs: [get]\n  resourceNames: [a]\n- nonResourceURLs: [/metrics]\n  verbs: [get]\n";
    crate::k8s::testing::with_object(text, |object| {
        let role = Role::read(object, object.role().unwrap());
        let [first, second] = &role.rules[..] else { panic!("two rules") };
        let spans =
            first.resources.iter().map(|word| text.get(word.span.range()).unwrap()).collect::<Vec<_>>();
        assert_eq!(spans, ["pods", "secrets"]);
        assert!(first.has_group("") && first.has_name("a") && !first.is_partial);
        assert!(second.has_url("/metrics") && second.resources.is_empty());
    });
}

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "*", "", "get", "create", "pods", "pods/log", "*/log", "secrets", "apps", "/m", "/m*",
    ])
}

fn words() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(word(), 0..3)
}

proptest! {
    /// A word more in verbs, groups, resources or URLs never takes a right away, and a name less neither.
    #[test]
    fn more_words_allow_no_less(lists in prop::array::uniform5(words()), more in word(), at in 0..4_usize,
                                asked in (word(), word(), word(), word())) {
        let lists: [&[&str]; 5] = std::array::from_fn(|index| &*lists[index]);
        let before = rule(lists);
        let mut wider = rule(lists);
        let words = [&mut wider.verbs, &mut wider.api_groups, &mut wider.resources, &mut wider.urls];
        words.into_iter().nth(at).unwrap().push(Word { text: more.into(), span: Span::default() });
        let (verb, group, resource, name) = asked;
        let request = request(verb, group, resource, name);
        prop_assert!(!before.allows(&request) || wider.allows(&request));
        let unnamed = PolicyRule { resource_names: Vec::new(), ..before.clone() };
        prop_assert!(!before.allows(&request) || unnamed.allows(&request));
    }
}
