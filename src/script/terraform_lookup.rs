//! `default_secret_name` of Terraform's `kubernetes_service_account`.

use memchr::memmem;

use super::lookup::{LookupForm, TokenLookup};

const ATTRIBUTE: &str = ".default_secret_name";

/// Adds the expressions that use it.
pub(super) fn find(text: &str, found: &mut Vec<TokenLookup>) {
    found.extend(memmem::find_iter(text.as_bytes(), ATTRIBUTE).filter_map(|at| lookup(text, at)));
}

/// `kubernetes_service_account.NAME.default_secret_name`, perhaps with an index; or what a data source says.
fn lookup(text: &str, at: usize) -> Option<TokenLookup> {
    /// No line of a person is longer.
    const NEAR: usize = 500;
    let from = text.floor_char_boundary(at.saturating_sub(NEAR));
    let before = text.get(from..at)?;
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.get(line_start..)?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_.-[]*\"".contains(c);
    let start = line.rfind(|c| !is_part(c)).map_or(0, |last| last + 1);
    let address = line.get(start..)?.trim_start_matches('"');
    let start = at - address.len();
    let resource = address.strip_prefix("data.").unwrap_or(address);
    let is_account = ["kubernetes_service_account.", "kubernetes_service_account_v1."]
        .iter()
        .any(|kind| resource.starts_with(kind));
    let is_comment = ["#", "//"].iter().any(|mark| line.trim_start().starts_with(mark));
    let asks = line.contains('?') && line.contains("version");
    (is_account && !is_comment && !asks).then(|| TokenLookup {
        range: start..at + ATTRIBUTE.len(),
        form: LookupForm::Terraform,
        account: Some(address.into()),
        namespace: None,
        name: None,
        wants_certificate: false,
        is_oc: false,
        is_used: true,
        is_shown: false,
    })
}
