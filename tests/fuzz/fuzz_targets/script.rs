//! Scripts, pages and Terraform: commands, objects and comments lie in the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saudit::script::{self, Script, Value};
use saudit::signs::Signs;
use saudit::span::{FileId, Span};
use saudit::yaml::Text;
use saudit_fuzz::text;

/// The languages, by the first byte of an input.
const PATHS: [(u8, &str); 8] = [
    (b's', "a.sh"),
    (b't', "a.tf"),
    (b'd', "Dockerfile"),
    (b'm', "a.md"),
    (b'k', "Makefile"),
    (b'p', "a.ps1"),
    (b'j', "Jenkinsfile"),
    (b'y', "a.py"),
];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let named = PATHS.iter().find(|(byte, _)| byte == first);
    let (_, path) = named.unwrap_or(&PATHS[usize::from(*first) % PATHS.len()]);
    let Some(text) = text(rest) else { return };
    let inner = Text::slice(&text, 0);
    let script = Script::new(FileId(0), path, &inner);
    commands(&text, &script);
    for lookup in script.token_lookups() {
        assert!(text.get(lookup.range.clone()).is_some(), "{lookup:?}");
        comment(&text, &script, lookup.range.start);
        script.is_shown(lookup.range.start);
    }
    for request in script.token_requests() {
        assert!(text.get(request.range).is_some());
    }
    for lifetime in script.requested_lifetimes() {
        assert!(text.get(lifetime.range).is_some());
    }
    script.samples(|manifest| {
        let places = manifest.objects.iter().map(|object| object.place(object.root).span);
        places.for_each(|span| lies_in(&text, span));
    });
    for creation in
        script::creations(&text).into_iter().chain(script::embedded_creations(&text, Signs::of(&text)))
    {
        lies_in(&text, creation.span);
    }
    script::applications(&text).iter().for_each(|application| lies_in(&text, application.span));
    script::names_beside_bindings(&text);
    script::names_beside_embedded_bindings(&text, Signs::of(&text));
    script::exec_forms_in_terraform(&script);
});

fn lies_in(text: &str, span: Span) {
    assert!(text.get(span.range()).is_some(), "{span:?}");
}

fn commands(text: &str, script: &Script<'_>) {
    let stands = |value: Value<'_>| assert_eq!(text.get(value.range()), Some(value.text));
    for command in script.commands() {
        assert_eq!(&text[command.range()], command.as_str());
        let line = command.line();
        assert!(line.start <= command.range().start && text.get(line).is_some());
        command.words().iter().copied().for_each(stands);
        command.metadata_keys().for_each(stands);
        command.resource().and_then(|(_, name)| name).into_iter().for_each(stands);
        command.role_binding().map(|binding| binding.role).into_iter().for_each(stands);
        let _ = (command.before(), command.after(), command.assigned_to(), command.stages());
        let _ = (script.is_run(command), command.is_substituted(), command.ends_in_substitution());
        comment(text, script, command.range().start);
    }
}

fn comment(text: &str, script: &Script<'_>, at: usize) {
    if let Some(place) = script::comment_place(script, at) {
        assert!(text.is_char_boundary(place.at) && place.indent.trim_matches(['>', ' ', '\t']).is_empty());
    }
}
