//! Commands that write an annotation as a label, or look for one: a part of misplaced-annotation.

use super::Sink;
use super::wording::shortened;
use crate::k8s::known;
use crate::script::{Command, Script, Value};

/// An annotation that `kubectl label` writes as a label, or that a selector looks for as one.
pub(super) fn check(script: &Script<'_>, sink: &mut Sink<'_>) {
    for command in script.commands() {
        let Some((kind, _)) = command.resource() else { continue };
        let is_annotation = |text: &str| {
            known::find(text).is_some_and(|known| known.is_identity_annotation() && known.is_on(kind))
                && script.is_run(command)
        };
        if let Some(key) = selected(command).filter(|key| is_annotation(key.text)) {
            let message =
                shortened(&format!("`{}` is an annotation: no label selector finds it", key.text), 100);
            let help = "ask for the Secret by its name; a token is better had with `kubectl create token`";
            sink.report(script.draft(key.range(), message).help(help));
        }
        for key in command.metadata_keys().filter(|key| command.word(0) == "label" && is_annotation(key.text))
        {
            let message = shortened(&format!("`{}` is an annotation, not a label", key.text), 100);
            sink.report(
                script.draft(key.range(), message).help("use `kubectl annotate`: nothing reads the label"),
            );
        }
    }
}

/// The key in `-l key=value`.
fn selected<'t>(command: &Command<'t>) -> Option<Value<'t>> {
    let selector = command.flag(&["-l", "--selector"])?;
    let text = selector.text.split(['=', '!', ',', ' ']).next()?;
    Some(Value { text, start: selector.start })
}
