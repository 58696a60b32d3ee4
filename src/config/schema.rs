//! The JSON schema of the configuration, for editors.

use clap::ValueEnum;
use serde_json::{Value, json};

use super::file::FailOn;
use crate::finding::{Confidence, Persona, Severity};
use crate::rules;

/// The JSON schema of `saudit.yaml`.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "saudit.yaml",
        "description": "Settings of saudit",
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": {
            "select": names("Run only these rules or groups."),
            "disable": names("Never run these rules or groups."),
            "min-severity": one_of::<Severity>("Show nothing less bad."),
            "min-confidence": one_of::<Confidence>("Show nothing less sure."),
            "persona": one_of::<Persona>("Whom the findings are for."),
            "fail-on": one_of::<FailOn>("Exit with 1 from this severity on."),
            "kube-version": {
                "description": "The Kubernetes versions to audit for: 1.29, 1.29..1.33, >=1.29 or a list with commas.",
                "type": ["string", "number"],
            },
            "namespace": text("The namespace of objects that name none."),
            "exclude": globs("Paths to leave out."),
            "max-file-size": {
                "description": "Larger files are skipped: bytes, or a number with k, M or G.",
                "type": ["string", "integer"],
                "pattern": "^[0-9]+[kKmMgG]?$",
            },
            "max-token-lifetime": {
                "description": "Projected tokens that live longer are reported: seconds, or a number with s, m, h or d.",
                "type": ["string", "integer"],
                "pattern": "^[0-9]+[smhdSMHD]?$",
            },
            "require-reason": {
                "description": "Suppressions that give no reason count for nothing.",
                "type": "boolean",
            },
            "overrides": {
                "description": "Other settings for some paths; later entries win.",
                "type": "array",
                "items": override_entry(),
            },
            "ignore": { "description": "Accepted findings.", "type": "array", "items": ignore_entry() },
        },
    })
}

fn override_entry() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["paths"],
        "properties": {
            "paths": globs("Which paths."),
            "select": names("Run only these rules or groups."),
            "disable": names("Never run these rules or groups."),
            "min-severity": one_of::<Severity>("Show nothing less bad."),
            "min-confidence": one_of::<Confidence>("Show nothing less sure."),
            "persona": one_of::<Persona>("Whom the findings are for."),
        },
    })
}

fn ignore_entry() -> Value {
    let ids: Vec<_> = rules::ALL.iter().map(|rule| rule.id).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["rule"],
        "properties": {
            "rule": { "description": "The rule.", "anyOf": [{ "enum": ids }, { "type": "string" }] },
            "paths": globs("Where."),
            "object": text("On which objects: kind/name or kind/namespace/name, with * and ?."),
            "reason": text("Why."),
            "until": {
                "description": "The last day on which it counts.",
                "type": "string",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            },
        },
    })
}

fn text(description: &str) -> Value {
    json!({ "description": description, "type": "string" })
}

fn globs(description: &str) -> Value {
    json!({
        "description": format!("{description} Patterns are those of .gitignore."),
        "type": "array",
        "items": { "type": "string" },
    })
}

/// Rules and groups. Former ids are valid too, so that these are suggestions.
fn names(description: &str) -> Value {
    let mut groups: Vec<_> = rules::ALL.iter().map(|rule| rule.meta().group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let names: Vec<_> = groups.into_iter().chain(rules::ALL.iter().map(|rule| rule.id)).collect();
    json!({
        "description": description,
        "type": "array",
        "items": { "anyOf": [{ "enum": names }, { "type": "string" }] },
    })
}

fn one_of<T: ValueEnum>(description: &str) -> Value {
    let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let names: Vec<_> = values.map(|value| value.get_name().to_owned()).collect();
    json!({ "description": description, "enum": names })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigFile, IgnoreEntry, OverrideEntry};

    fn sorted_keys(value: &Value) -> Vec<&str> {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn the_schema_has_the_keys_that_are_read() {
        let schema = schema();
        for (pointer, read) in [
            ("/properties", serde_json::to_value(ConfigFile::default()).unwrap()),
            (
                "/properties/overrides/items/properties",
                serde_json::to_value(OverrideEntry::default()).unwrap(),
            ),
            ("/properties/ignore/items/properties", serde_json::to_value(IgnoreEntry::default()).unwrap()),
        ] {
            assert_eq!(sorted_keys(schema.pointer(pointer).unwrap()), sorted_keys(&read), "{pointer}");
        }
    }

    #[test]
    fn the_schema_agrees_with_the_reader() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        for text in [
            "select: [token]\nmin-severity: high\nmax-file-size: 32M\n",
            "kube-version: 1.30\nfail-on: never\n",
            "overrides: [{paths: [a], persona: auditor}]\n",
            "overrides: [{persona: auditor}]\n",
            "ignore: [{rule: a, until: '2030-01-31'}]\n",
            "ignore: [a]\n",
            "min-severity: awful\n",
            "max-file-size: 32MB\n",
            "selct: [token]\n",
            "- a\n",
        ] {
            let value: Value = serde_yaml::from_str(text).unwrap();
            let read = ConfigFile::parse(text, "saudit.yaml").is_ok();
            assert_eq!(validator.is_valid(&value), read, "{text}");
        }
    }
}
