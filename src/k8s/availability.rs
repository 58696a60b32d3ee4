//! Fields that a cluster may not have: `rules/data/fields-by-version.csv`. A field whose feature gate is off is dropped
//! when an object is written, without a word (`dropDisabled…` in `pkg/api/pod/util.go` and the strategies).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Object;
use super::fields::typed_nodes;
use super::lifecycle::minor;
use super::table::rows;
use super::versions::{KubeVersions, NEWEST_KNOWN};
use crate::yaml::Node;

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/fields-by-version.csv"));

/// From when on a field can be used.
#[derive(Clone, Copy, Debug)]
pub struct Availability {
    /// The field's name.
    pub field: &'static str,
    /// The feature gate that it depends on.
    pub gate: &'static str,
    /// The first minor that knows it.
    pub known_since: u8,
    /// The first minor with the gate on, if nobody says otherwise; none up to [`NEWEST_KNOWN`].
    pub on_since: Option<u8>,
}

/// By type, as in [`super::fields`].
static FIELDS: LazyLock<HashMap<&str, Vec<Availability>>> = LazyLock::new(|| {
    let mut fields = HashMap::<&str, Vec<Availability>>::new();
    for [type_, field, known_since, on_since, gate, _source] in rows(TABLE) {
        if let Some(known_since) = minor(known_since) {
            let availability = Availability { field, gate, known_since, on_since: minor(on_since) };
            fields.entry(type_).or_default().push(availability);
        }
    }
    fields
});

impl Availability {
    /// The versions that do not know the field.
    pub fn unknown(&self) -> KubeVersions {
        KubeVersions::before(self.known_since)
    }

    /// The versions that know the field and drop it, unless somebody has turned the gate on.
    pub fn off(&self) -> KubeVersions {
        let on_since = self.on_since.unwrap_or(NEWEST_KNOWN + 1);
        KubeVersions::before(on_since).without(self.unknown())
    }
}

/// The fields in `object` that not every version has, each with its key.
pub fn new_fields<'a>(object: &Object<'a>) -> impl Iterator<Item = (Node<'a>, Availability)> {
    typed_nodes(object).flat_map(|typed| {
        let fields = FIELDS.get(typed.type_).map_or(&[][..], Vec::as_slice);
        fields.iter().filter_map(move |field| {
            let entry = typed.node.get(field.field).found()?;
            (!entry.value.is_null()).then_some((entry.key, *field))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::fields;
    use super::super::table::assert_well_formed;
    use super::super::testing::with_object;
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_well_formed::<6>(TABLE);
        for [type_, field, known_since, on_since, gate, source] in rows::<6>(TABLE) {
            assert!(fields::of(type_).iter().any(|known| known.name == field), "{type_}.{field}");
            let known_since = minor(known_since).unwrap();
            let on_since = if on_since.is_empty() { 64 } else { minor(on_since).unwrap() };
            assert!(known_since <= on_since && on_since > 0, "{type_}.{field}");
            assert!(!gate.is_empty() && !source.is_empty(), "{type_}.{field}");
        }
    }

    #[test]
    fn a_field_is_unknown_then_off_then_on() {
        let field = |name: &str| *FIELDS.values().flatten().find(|field| field.field == name).unwrap();
        let bundle = field("clusterTrustBundle");
        assert_eq!(bundle.unknown(), KubeVersions::before(29));
        assert_eq!(bundle.off(), KubeVersions::range(29..=36));
        // Nobody knows what comes after the newest known version.
        assert_eq!(field("user").off(), KubeVersions::range(NEWEST_KNOWN..=NEWEST_KNOWN));
        assert!(field("serviceAccountTokenInSecrets").off().is_empty());
    }

    #[test]
    fn fields_count_where_their_type_is() {
        let fields = |yaml: &str| -> Vec<_> {
            with_object(yaml, |object| new_fields(object).map(|(_, field)| field.field).collect())
        };
        let volumes = |source: &str| {
            format!(
                "apiVersion: v1\nkind: Pod\nspec: {{volumes: [{{projected: {{sources: [{source}]}}}}]}}\n"
            )
        };
        for (source, found) in [
            ("podCertificate: {signerName: a/b}", &["podCertificate"][..]),
            ("serviceAccountToken: {path: a, user: 1}", &["serviceAccountToken", "user"]),
            ("clusterTrustBundle: null", &[]),
            ("secret: {name: a}", &[]),
        ] {
            assert_eq!(fields(&volumes(&format!("{{{source}}}"))), found, "{source}");
        }
        assert!(fields("apiVersion: a.example/v1\nkind: A\nspec: {podCertificate: {}}\n").is_empty());
    }
}
