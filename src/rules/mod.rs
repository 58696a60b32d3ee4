//! The rules: one page (`rules/<id>.md`), one file here and one folder of fixtures each, and two sorted lines below.

/// Declares a rule by its id and its check. A missing page does not compile.
macro_rules! rule {
    ($id:literal, $check:expr) => {
        rule!($id, $check, None)
    };
    ($id:literal, $check:expr, in scripts $in_scripts:expr) => {
        rule!($id, $check, Some($in_scripts))
    };
    ($id:literal, $check:expr, $in_scripts:expr) => {
        $crate::rules::Rule {
            id: $id,
            meta: std::sync::LazyLock::new(|| {
                $crate::rules::page(
                    $id,
                    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $id, ".md")),
                )
            }),
            check: $check,
            in_scripts: $in_scripts,
        }
    };
}

mod label_commands;
mod leak;
mod lost_name;
mod meta;
mod once;
#[cfg(test)]
pub(crate) mod panicking;
mod relocate;
mod risk;
mod sink;
mod successor;
mod wording;

mod admission_control_write;
mod adopted_token_secret;
mod auto_generated_token_lookup;
mod auto_generated_token_reference;
mod automount_override;
mod bound_default_service_account;
mod certificate_approval;
mod cluster_admin_binding;
mod committed_token;
mod conflicting_service_account_fields;
mod default_service_account;
mod deprecated_api;
mod deprecated_mountable_secrets;
mod deprecated_service_account_field;
mod duplicate_key;
mod duplicate_object;
mod expired_committed_token;
mod expired_suppression;
mod exposed;
mod forbidden_secret_mount;
mod helm_capabilities_misuse;
mod helm_gate_dead_branch;
mod helm_gate_ignores_prerelease;
mod helm_gate_string_compare;
mod helm_gates_leave_gap;
mod hook_before_service_account;
mod host_path_provisioning;
mod ignored_text;
mod immutable_token_secret;
mod ineffective_mountable_secrets;
mod ineffective_rule;
mod insecure_kubeconfig;
mod invalid_helm_constraint;
mod invalid_name;
mod invalid_yaml;
mod invented_token_annotation;
mod kustomize_string_boolean;
mod long_lived_projected_token;
mod long_lived_token_secret;
mod long_token_request;
mod malformed_subject;
mod misplaced_annotation;
mod missing_service_account_annotation;
mod misspelled_annotation;
mod misspelled_field;
mod misspelled_kind;
mod misspelled_secret_type;
mod mistaken_words;
mod mounted_token_secret;
mod node_access;
mod non_string_annotation;
mod out_of_range_token_lifetime;
mod pinned_token_uid;
mod pod_execution;
mod privilege_escalation;
mod privileged_token_secret;
mod public_binding;
mod public_read_binding;
mod redundant_token_secret;
mod removed_api;
mod removed_kubeconfig_auth;
mod secret_reading;
mod shadowed_token_mount;
mod static_kubeconfig_credential;
mod subject_without_namespace;
mod token_annotation_without_type;
mod token_before_service_account;
mod token_for_unknown_service_account;
mod token_in_other_namespace;
mod token_minting;
mod token_secret_gate_mismatch;
mod token_without_audience;
mod unavailable_field;
mod unknown_binding_role;
mod unknown_binding_subject;
mod unknown_service_account;
mod unprefixed_reference;
mod unused_automounted_token;
mod unused_suppression;
mod wildcard_rule;
mod workload_creation;
mod wrong_type;
mod year_long_projected_token;

use std::sync::LazyLock;

use rayon::prelude::*;

pub use meta::{Meta, PageError, Scope, Status};
pub use sink::{Context, MAX_TOKEN_LIFETIME, Sink};

use crate::helm::chart::Chart;
use crate::k8s::{Manifest, Object};
use crate::script::Script;
use crate::world::World;
use crate::world::rbac::Rights;

/// A rule: its page and its check.
pub struct Rule {
    /// The rule's id.
    pub id: &'static str,
    meta: LazyLock<Meta>,
    /// What it does.
    pub check: Check,
    /// What it says of commands that do the same as the manifests that it is about.
    pub in_scripts: Option<fn(&Script<'_>, &mut Sink<'_>)>,
}

/// The one thing that a rule implements.
#[derive(Clone, Copy)]
pub enum Check {
    /// Looks at one object at a time, in parallel.
    Object(fn(&Object<'_>, &mut Sink<'_>)),
    /// Looks at all objects that were read, once.
    World(fn(&World, &mut Sink<'_>)),
    /// Looks at what identities may do, once.
    Rights(fn(&Rights<'_>, &mut Sink<'_>)),
    /// Looks at one chart at a time: at what its templates ask about the version of Kubernetes.
    Chart(fn(&Chart, &mut Sink<'_>)),
    /// Looks at one document at a time, readable or not, in parallel.
    Document(fn(&Manifest<'_>, &mut Sink<'_>)),
    /// The same where a credential may stand, also in what Kubernetes would not read: values, templates, other tools' files.
    Credential(fn(&Manifest<'_>, &mut Sink<'_>)),
    /// Looks at one script at a time, in parallel: a file, or the text of a document of YAML.
    Script(fn(&Script<'_>, &mut Sink<'_>)),
    /// The engine reports it: suppressions.
    Engine,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

impl Rule {
    /// What its page says.
    pub fn meta(&'static self) -> &'static Meta {
        &self.meta
    }

    /// Whether what was not read may change what it says.
    pub fn needs_all(&self) -> bool {
        matches!(self.check, Check::World(_) | Check::Rights(_) | Check::Chart(_))
    }

    /// What it says of a script, if it looks at any.
    pub fn script_check(&self) -> Option<fn(&Script<'_>, &mut Sink<'_>)> {
        match self.check {
            Check::Script(check) => Some(check),
            _ => self.in_scripts,
        }
    }

    /// Whether it speaks of what stands in scripts, besides manifests in them.
    pub fn speaks_of_scripts(&'static self) -> bool {
        self.in_scripts.is_some() || self.meta().scope == Scope::Script
    }
}

/// All rules, sorted by id.
pub static ALL: &[&Rule] = &[
    &admission_control_write::RULE,
    &adopted_token_secret::RULE,
    &auto_generated_token_lookup::RULE,
    &auto_generated_token_reference::RULE,
    &automount_override::RULE,
    &bound_default_service_account::RULE,
    &certificate_approval::RULE,
    &cluster_admin_binding::RULE,
    &committed_token::RULE,
    &conflicting_service_account_fields::RULE,
    &default_service_account::RULE,
    &deprecated_api::RULE,
    &deprecated_mountable_secrets::RULE,
    &deprecated_service_account_field::RULE,
    &duplicate_key::RULE,
    &duplicate_object::RULE,
    &expired_committed_token::RULE,
    &expired_suppression::RULE,
    &forbidden_secret_mount::RULE,
    &helm_capabilities_misuse::RULE,
    &helm_gate_dead_branch::RULE,
    &helm_gate_ignores_prerelease::RULE,
    &helm_gate_string_compare::RULE,
    &helm_gates_leave_gap::RULE,
    &hook_before_service_account::RULE,
    &host_path_provisioning::RULE,
    &ignored_text::RULE,
    &immutable_token_secret::RULE,
    &ineffective_mountable_secrets::RULE,
    &ineffective_rule::RULE,
    &insecure_kubeconfig::RULE,
    &invalid_helm_constraint::RULE,
    &invalid_name::RULE,
    &invalid_yaml::RULE,
    &invented_token_annotation::RULE,
    &kustomize_string_boolean::RULE,
    &long_lived_projected_token::RULE,
    &long_lived_token_secret::RULE,
    &long_token_request::RULE,
    &malformed_subject::RULE,
    &misplaced_annotation::RULE,
    &missing_service_account_annotation::RULE,
    &misspelled_annotation::RULE,
    &misspelled_field::RULE,
    &misspelled_kind::RULE,
    &misspelled_secret_type::RULE,
    &mounted_token_secret::RULE,
    &node_access::RULE,
    &non_string_annotation::RULE,
    &out_of_range_token_lifetime::RULE,
    &pinned_token_uid::RULE,
    &pod_execution::RULE,
    &privilege_escalation::RULE,
    &privileged_token_secret::RULE,
    &public_binding::RULE,
    &public_read_binding::RULE,
    &redundant_token_secret::RULE,
    &removed_api::RULE,
    &removed_kubeconfig_auth::RULE,
    &secret_reading::RULE,
    &shadowed_token_mount::RULE,
    &static_kubeconfig_credential::RULE,
    &subject_without_namespace::RULE,
    &token_annotation_without_type::RULE,
    &token_before_service_account::RULE,
    &token_for_unknown_service_account::RULE,
    &token_in_other_namespace::RULE,
    &token_minting::RULE,
    &token_secret_gate_mismatch::RULE,
    &token_without_audience::RULE,
    &unavailable_field::RULE,
    &unknown_binding_role::RULE,
    &unknown_binding_subject::RULE,
    &unknown_service_account::RULE,
    &unprefixed_reference::RULE,
    &unused_automounted_token::RULE,
    &unused_suppression::RULE,
    &wildcard_rule::RULE,
    &workload_creation::RULE,
    &wrong_type::RULE,
    &year_long_projected_token::RULE,
];

/// The rule with this id or former id.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id == id || rule.meta().aliases.iter().any(|alias| alias == id))
}

/// Reads the pages of all rules, by all threads.
pub fn read_pages() {
    ALL.par_iter().for_each(|rule| {
        rule.meta();
    });
}

#[expect(clippy::panic, reason = "only a page of this repository can be wrong, and a test reads them all")]
fn page(id: &'static str, page: &'static str) -> Meta {
    Meta::parse(id, page).unwrap_or_else(|error| panic!("{error}"))
}
