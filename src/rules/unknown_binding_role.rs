//! A binding that gives a role which does not exist.

use super::lost_name::LostName;
use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix, Persona};
use crate::span::Edit;
use crate::world::{Binding, Fact, Resolution, RoleReference, World};

pub(super) static RULE: Rule = rule!("unknown-binding-role", Check::World(check));

/// `roleRef` cannot be changed (`pkg/apis/rbac/validation/validation.go`), and a missing role is no error
/// (`pkg/registry/rbac/validation/rule.go`).
const NOTHING: &str = "the binding gives nothing to anybody";

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts() {
        let Some(binding) = fact.binding() else { continue };
        // The API server rejects a ClusterRoleBinding to a Role: malformed-subject says so.
        let Some(role) = binding.role.as_ref().filter(|role| role.is_cluster || !binding.is_cluster) else {
            continue;
        };
        let draft = match world.role(fact, role) {
            Resolution::OtherKind(other) => Some(other_kind(fact, binding, role, other)),
            resolution => lost(world, fact, role).draft(world, resolution),
        };
        if let Some(draft) = draft {
            sink.report(draft);
        }
    }
}

fn lost<'a>(world: &'a World, fact: &'a Fact, role: &'a RoleReference) -> LostName<'a> {
    LostName {
        kind: role.referent().kind(),
        name: &role.name,
        from: fact,
        verb: "gives",
        namespace: world.namespace(fact),
        effect: NOTHING,
    }
}

fn other_kind(fact: &Fact, binding: &Binding, role: &RoleReference, other: Option<&Fact>) -> Draft {
    let name = &role.name.text;
    let right = if role.is_cluster { "Role" } else { "ClusterRole" };
    let message = fitted("", name, &format!(" is a {right}, not a {}", role.kind.text));
    let draft = Draft::new(role.kind.place.clone(), message);
    let draft = if binding.is_cluster {
        draft.help(format!("{NOTHING}: a ClusterRoleBinding can only give a ClusterRole; write a RoleBinding in the namespace of the Role"))
    } else {
        let edit = Edit::replace(role.kind.place.span, right);
        draft
            .help(format!("{NOTHING}; write `kind: {right}`, and delete the binding first where it is applied: a `roleRef` cannot change"))
            .fix(role.kind.editable.then(|| Fix::unsafe_([edit])))
    };
    let draft = match other {
        Some(other) => draft.related(other.place.clone(), format!("{right} {name} is defined here")),
        None => draft,
    };
    if fact.is_dump { draft.persona(Persona::Pedantic) } else { draft }
}
