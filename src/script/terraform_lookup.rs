//! Attributes of Terraform's `kubernetes_service_account` that named the token Secret which Kubernetes made:
//! `default_secret_name`, and `secret`.
//!
//! Since 1.24 the provider leaves `default_secret_name` empty. `secret` of a resource holds what its own `secret` blocks
//! list (it is no computed attribute), `secret` of a data source what the ServiceAccount in the cluster lists, in both
//! cases without the default one (`flattenServiceAccountSecrets` of hashicorp/terraform-provider-kubernetes).

use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;

use super::Script;
use super::hcl::{Token, Tokens};
use super::lookup::{Attribute, LookupForm, MAX_LOOKUPS, TokenLookup};
use super::terraform::{Argument, Expression, for_each_argument};

/// No expression, and no line of a person, is longer; bytes.
const NEAR: usize = 500;

/// A block is looked at this far above a lookup; bytes.
const BLOCK: usize = 4096;

/// The kinds of resources and data sources that are ServiceAccounts; each also `…_v1`.
const KINDS: [&str; 2] = ["kubernetes_service_account", "kubernetes_default_service_account"];

/// Adds the expressions that use them.
pub(super) fn find(script: &Script<'_>, found: &mut Vec<TokenLookup>) {
    let text = script.text.as_str();
    let mut done = 0;
    for at in memmem::find_iter(text.as_bytes(), "kubernetes_") {
        if at < done || found.len() >= MAX_LOOKUPS {
            continue;
        }
        let Some(traversal) = Traversal::read(text, at) else { continue };
        done = traversal.range.end;
        let Some((attribute, end)) = traversal.attribute(text) else { continue };
        let account = script.terraform_accounts().get(&(traversal.is_data, traversal.label));
        let may_list = traversal.is_data || account.is_some_and(|account| !account.lists);
        let is_meant = attribute == Attribute::DefaultSecretName || may_list;
        if is_meant && !is_left_alone(script, &traversal.range) {
            found.push(TokenLookup {
                range: traversal.range.start..end,
                form: LookupForm::Terraform(attribute),
                account: text.get(traversal.range.start..traversal.label_end).map(Box::from),
                namespace: None,
                name: account.and_then(|account| account.name).map(Box::from),
                wants_certificate: false,
                is_oc: false,
                is_used: true,
                is_shown: false,
                is_doubtful: false,
            });
        }
    }
}

/// `data.kubernetes_service_account.NAME[0].ATTRIBUTE…`, with indices and splats.
struct Traversal<'t> {
    is_data: bool,
    label: &'t str,
    label_end: usize,
    /// The first name behind the label, and where it ends.
    attribute: Option<(&'t str, usize)>,
    /// Whether an index or a splat follows that.
    is_indexed: bool,
    range: Range<usize>,
}

impl<'t> Traversal<'t> {
    /// The one whose kind stands at `at`.
    fn read(text: &'t str, at: usize) -> Option<Self> {
        let (before, rest) = text.split_at_checked(at)?;
        let kind = KINDS.iter().find(|kind| rest.starts_with(**kind))?;
        let version = if rest.get(kind.len()..)?.starts_with("_v1") { "_v1".len() } else { 0 };
        let is_data = before.ends_with("data.");
        let start = if is_data { at - "data.".len() } else { at };
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if text.get(..start)?.ends_with(is_part) {
            return None;
        }
        let mut end = at + kind.len() + version;
        let (label, label_end) = name(text, end)?;
        end = label_end;
        let (mut attribute, mut is_indexed) = (None, false);
        while end < at + NEAR {
            if let Some(next) = index(text, end) {
                is_indexed |= attribute.is_some();
                end = next;
            } else if let Some((name, next)) = name(text, end) {
                attribute = attribute.or(Some((name, next)));
                end = next;
            } else {
                break;
            }
        }
        Some(Self { is_data, label, label_end, attribute, is_indexed, range: start..end })
    }

    /// What it asks for, and where that ends; None if it is anything else, or the whole list, which may well be empty.
    fn attribute(&self, text: &str) -> Option<(Attribute, usize)> {
        let (name, end) = self.attribute?;
        match name {
            "default_secret_name" => Some((Attribute::DefaultSecretName, end)),
            "secret" if self.is_indexed || is_in_picker(text, self.range.start) => {
                let of = if self.is_data { Attribute::DataSecret } else { Attribute::Secret };
                Some((of, self.range.end))
            }
            _ => None,
        }
    }
}

/// The `.name` at a place, and where it ends.
fn name(text: &str, at: usize) -> Option<(&str, usize)> {
    let rest = text.get(at..)?.strip_prefix('.').filter(|rest| rest.starts_with(is_letter))?;
    let length = rest.find(|c: char| !is_letter(c) && !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
    Some((rest.get(..length)?, at + 1 + length))
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// Where the `[…]`, `.0` or `.*` at a place ends.
fn index(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    if rest.starts_with('[') {
        let near = rest.get(..rest.floor_char_boundary(NEAR))?;
        let end = near.find([']', '\n']).filter(|end| near.as_bytes().get(*end) == Some(&b']'))?;
        return Some(at + end + 1);
    }
    let behind = rest.strip_prefix('.')?;
    let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
    match digits {
        0 => behind.starts_with('*').then_some(at + 2),
        _ => Some(at + 1 + digits),
    }
}

/// Whether a function that picks an entry of a list is called with what starts at `at`.
fn is_in_picker(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_end();
    ["one(", "element(", "tolist("].iter().any(|function| before.ends_with(function))
}

/// Whether it is a comment, or somebody thought of clusters without such Secrets.
fn is_left_alone(script: &Script<'_>, range: &Range<usize>) -> bool {
    let text = script.text.as_str();
    let before = text.get(..range.start).unwrap_or_default();
    let from = before.floor_char_boundary(before.len().saturating_sub(BLOCK));
    let near = before.get(from..).unwrap_or_default();
    let line = near.rsplit('\n').next().unwrap_or_default();
    let behind = text.get(range.end..text.floor_char_boundary(range.end + NEAR)).unwrap_or_default();
    let behind = behind.lines().next().unwrap_or_default();
    let is_comment =
        ["#", "//"].iter().any(|mark| line.trim_start().starts_with(mark)) || script.is_comment(range.start);
    let asks = line.contains('?') && line.contains("version");
    let has_another =
        ["kubernetes_secret", "kubernetes_token_request"].iter().any(|kind| behind.contains(kind));
    is_comment || asks || has_another || depends_on_version(near)
}

/// Whether the block that `before` ends in is only there for some versions: `count = local.version < 24 ? 1 : 0`.
fn depends_on_version(before: &str) -> bool {
    let block = before.lines().rev().take_while(|line| !line.starts_with(['}', '`']));
    block
        .map(str::trim_start)
        .any(|line| ["count", "for_each"].iter().any(|key| line.starts_with(key)) && line.contains("version"))
}

/// The name of the ServiceAccount that an expression at `at` leads to, if it is written in the same text.
pub(super) fn name_of<'t>(script: &Script<'t>, at: usize) -> Option<&'t str> {
    let traversal = Traversal::read(script.text.as_str(), at)?;
    script.terraform_accounts().get(&(traversal.is_data, traversal.label))?.name
}

/// ServiceAccounts by whether they are data sources, and their labels.
pub(super) type Accounts<'t> = HashMap<(bool, &'t str), Account<'t>>;

/// What a block says of a ServiceAccount.
#[derive(Debug, Default)]
pub(super) struct Account<'t> {
    name: Option<&'t str>,
    /// Whether it has `secret` blocks.
    lists: bool,
}

/// The ServiceAccounts of a text.
pub(super) fn accounts(text: &str) -> Accounts<'_> {
    let mut accounts = HashMap::new();
    let mut done = 0;
    for at in memmem::find_iter(text.as_bytes(), "\"kubernetes_") {
        if at < done {
            continue;
        }
        let mut tokens = Tokens::new(text, at);
        if let (Some(Token::Text(kind)), Some(Token::Text(label)), Some(Token::Open)) =
            (tokens.next(), tokens.next(), tokens.next())
            && KINDS.contains(&kind.text.strip_suffix("_v1").unwrap_or(kind.text))
        {
            let is_data = text.get(..at).unwrap_or_default().trim_end().ends_with("data");
            accounts.insert((is_data, label.text), Account::read(&mut tokens));
        }
        done = tokens.at;
    }
    accounts
}

impl<'t> Account<'t> {
    fn read(tokens: &mut Tokens<'t>) -> Self {
        let mut account = Self::default();
        for_each_argument(tokens, |depth, argument| match argument {
            Argument::Block("secret") if depth == 1 => account.lists = true,
            Argument::Value(key, Expression::Text(value))
                if depth == 2 && key.text == "name" && !account.lists && !value.text.contains("${") =>
            {
                account.name = Some(value.text);
            }
            _ => {}
        });
        account
    }
}
