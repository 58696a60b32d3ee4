//! The limit on which Secrets the pods of a ServiceAccount may use: an annotation that the ServiceAccount admission plugin
//! reads with Go's `strconv.ParseBool` (`plugin/pkg/admission/serviceaccount/admission.go`).

use super::Object;
use super::names::is_placeholder;
use crate::yaml::Entry;

/// The annotation of a ServiceAccount that turns the limit on.
pub const ENFORCE_MOUNTABLE_SECRETS: &str = "kubernetes.io/enforce-mountable-secrets";

/// What its value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Pods may use only the Secrets that the ServiceAccount lists.
    On,
    /// It is off, as written.
    Off,
    /// It is off because `ParseBool` does not know the value; whether the value plainly was to turn it on.
    Unread {
        /// `yes`, `enabled`, `"true "` …
        means_on: bool,
    },
}

/// The annotation of a ServiceAccount and what it means. `None` on other objects, and where the value is no string or
/// is yet to be filled in.
pub fn limit<'a>(object: &Object<'a>) -> Option<(Entry<'a>, Limit)> {
    if !object.is("", "ServiceAccount") {
        return None;
    }
    let entry = object.annotation(ENFORCE_MOUNTABLE_SECRETS).found()?;
    let value = entry.value.as_str().filter(|value| !is_placeholder(value))?;
    Some((entry, read(value)))
}

fn read(value: &str) -> Limit {
    match value {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => return Limit::On,
        "0" | "f" | "F" | "FALSE" | "false" | "False" => return Limit::Off,
        _ => {}
    }
    match value.trim().to_ascii_lowercase().as_str() {
        // Whoever writes this wants it off, and it is.
        "0" | "f" | "false" | "n" | "no" | "off" | "disable" | "disabled" | "none" | "never" => Limit::Off,
        "1" | "t" | "true" | "y" | "yes" | "on" | "enable" | "enabled" | "always" => {
            Limit::Unread { means_on: true }
        }
        _ => Limit::Unread { means_on: false },
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_object;
    use super::*;

    #[test]
    fn values_are_read_as_go_reads_them() {
        for value in ["1", "t", "T", "TRUE", "true", "True"] {
            assert_eq!(read(value), Limit::On, "{value}");
        }
        for value in ["0", "f", "F", "FALSE", "false", "False", "no", "Off", "fALSE"] {
            assert_eq!(read(value), Limit::Off, "{value}");
        }
        for (value, means_on) in [
            ("yes", true),
            ("tRUE", true),
            ("true ", true),
            ("enabled", true),
            ("", false),
            ("strict", false),
        ] {
            assert_eq!(read(value), Limit::Unread { means_on }, "{value}");
        }
    }

    #[test]
    fn only_strings_on_service_accounts_count() {
        let found = |kind: &str, value: &str| {
            let yaml = format!(
                "apiVersion: v1\nkind: {kind}\nmetadata:\n  annotations:\n    {ENFORCE_MOUNTABLE_SECRETS}: {value}\n"
            );
            with_object(&yaml, |object| limit(object).map(|(_, limit)| limit))
        };
        assert_eq!(found("ServiceAccount", "'true'"), Some(Limit::On));
        for (kind, value) in [
            ("ServiceAccount", "true"),
            ("ServiceAccount", "yes"),
            ("ServiceAccount", "${LIMIT}"),
            ("ServiceAccount", ""),
            ("Secret", "'true'"),
        ] {
            assert_eq!(found(kind, value), None, "{kind} {value}");
        }
    }
}
