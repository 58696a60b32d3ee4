//! Findings that the configuration accepts, and entries there that are of no use.

use jiff::civil::Date;

use super::Options;
use crate::config::ConfigIgnore;
use crate::finding::{Draft, Place};
use crate::input::Source;
use crate::span::{FileId, Span};
use crate::yaml::{self, Document, Node};

/// The configuration's `ignore:` entries, and which of them were of use.
#[derive(Debug)]
pub(super) struct Accepted<'o> {
    ignores: &'o [ConfigIgnore],
    used: Vec<bool>,
    today: Date,
    require_reason: bool,
}

impl<'o> Accepted<'o> {
    pub(super) fn new(options: &'o Options) -> Self {
        let Options { ignores, today, require_reason, .. } = options;
        Self { ignores, used: vec![false; ignores.len()], today: *today, require_reason: *require_reason }
    }

    /// Whether some entry hides what the rule `id` says of `place`, which lies in the file at `path`.
    pub(super) fn hides(&mut self, id: &str, place: &Place, path: &str) -> bool {
        let object = place.object.as_deref();
        let mut hidden = false;
        for (ignore, used) in self.ignores.iter().zip(&mut self.used) {
            if ignore.covers(id, path, object) && !(self.require_reason && ignore.reason.is_none()) {
                *used = true;
                hidden |= !ignore.is_expired(self.today);
            }
        }
        hidden
    }

    /// What the rule unused-suppression says of the entries in the configuration `source`, which is the file `id`.
    pub(super) fn unused(&self, source: &Source, id: FileId, ran: impl Fn(&str) -> bool) -> Vec<Draft> {
        let unused = |index: usize, ignore: &ConfigIgnore| {
            let is_unused = !self.used.get(index).is_some_and(|used| *used);
            is_unused && !ignore.is_expired(self.today) && ran(ignore.rule)
        };
        self.drafts(source, id, unused, |ignore| {
            if self.require_reason && ignore.reason.is_none() {
                (format!("this entry for {} gives no reason, so it hides nothing", ignore.rule), "write why")
            } else {
                (format!("this entry for {} hides nothing", ignore.rule), "remove it")
            }
        })
    }

    /// What the rule expired-suppression says of them.
    pub(super) fn expired(&self, source: &Source, id: FileId) -> Vec<Draft> {
        let help = "mend the findings, or set a later date with a reason";
        self.drafts(
            source,
            id,
            |_, ignore| ignore.is_expired(self.today),
            |ignore| {
                let until = ignore.until.map(|until| until.to_string()).unwrap_or_default();
                (format!("this entry for {} ended on {until}", ignore.rule), help)
            },
        )
    }

    fn drafts(
        &self,
        source: &Source,
        id: FileId,
        speaks: impl Fn(usize, &ConfigIgnore) -> bool,
        says: impl Fn(&ConfigIgnore) -> (String, &'static str),
    ) -> Vec<Draft> {
        let wanted: Vec<_> =
            self.ignores.iter().enumerate().filter(|(index, ignore)| speaks(*index, ignore)).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let spans = entry_spans(source);
        let draft = |(index, ignore): (usize, &ConfigIgnore)| {
            let span = spans.get(index).copied().unwrap_or_default();
            let place = Place { file: id, span, path: format!("ignore[{index}]"), object: None };
            let (message, help) = says(ignore);
            Draft::new(place, message).help(help)
        };
        wanted.into_iter().map(draft).collect()
    }
}

/// Where the entries of `ignore:` name their rules.
fn entry_spans(source: &Source) -> Vec<Span> {
    let Ok(decoded) = source.read(u64::from(u32::MAX)) else { return Vec::new() };
    let Some(chunk) = yaml::split(&decoded.text).into_iter().next() else { return Vec::new() };
    let document = Document::read(&decoded.text, &chunk);
    let items = document.tree().and_then(|tree| tree.root()?.get("ignore").value());
    let rule = |item: Node<'_>| item.get("rule").value().unwrap_or(item).span();
    items.into_iter().flat_map(Node::items).map(rule).collect()
}
