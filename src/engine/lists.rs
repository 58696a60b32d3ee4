//! Long lists, judged piece by piece: neither all threads nor little memory could be had for one document of any size.
//!
//! The items of a list know nothing of each other, as documents of one file do not. Only what commands in them say is
//! told together in a short list: there one may use the variable of another.

use memchr::memmem;
use rayon::prelude::*;

use super::Options;
use super::analyse::{File, Outcome, Part, judge};
use crate::finding::Place;
use crate::k8s::Manifest;
use crate::yaml::LongList;

/// So many pieces of each thread are at work at a time.
const PIECES_PER_THREAD: usize = 8;

/// Judges a document that is a long list; `None` for any other, and where a piece of it is odd.
pub(super) fn in_pieces(file: File<'_>, part: &Part, options: &Options) -> Option<Outcome> {
    judge_in_pieces(file, part, options, LongList::SHORTEST, LongList::PIECE)
}

fn judge_in_pieces(
    file: File<'_>,
    part: &Part,
    options: &Options,
    long: usize,
    size: usize,
) -> Option<Outcome> {
    let text = file.text.get(part.chunk.bytes.clone()).filter(|text| text.len() >= long)?;
    // What a comment hides may stand in several pieces.
    let may_be_odd = file.in_chart || part.chunk.bad_separator.is_some() || part.preface.is_some();
    if may_be_odd || memmem::find(text.as_bytes(), b"saudit:").is_some() {
        return None;
    }
    let list = LongList::cut(text, size)?;
    let one = |piece| {
        let document = list.read(piece, part.chunk.bytes.start)?;
        let manifest = Manifest::new(&document, &part.origin, file.in_chart);
        let signs = file.pieces.signs_of(&document.span.range());
        let outcome = manifest.is_list().then(|| judge(file, &manifest, signs, None, options))?;
        // The number of an item that is no object is its number in the whole list.
        let is_numbered = |place: &Place| place.object.is_none() && !place.path.is_empty();
        (!outcome.findings.iter().any(|finding| is_numbered(&finding.place))).then_some(outcome)
    };
    let mut all: Option<Outcome> = None;
    for batch in list.pieces().chunks(rayon::current_num_threads() * PIECES_PER_THREAD) {
        let judged: Vec<_> = batch.par_iter().map(one).collect();
        for outcome in judged {
            let outcome = outcome?;
            all = Some(match all {
                // It is one document all the same.
                Some(all) => all.absorb(Outcome { documents: 0, manifests: 0, ..outcome }),
                None => outcome,
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::analyse::documents;
    use crate::engine::pieces::Pieces;
    use crate::span::FileId;

    const ITEMS: &str = "\
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: a, annotations: {ignore.saudit/duplicate-key: so it is, ignore.saudit/duplicate-key: so it is}}
- apiVersion: v1
  kind: Secret
  metadata: {name: b, annotations: {kubernetes.io/service-account.name: a, kubernetes.io/service-account.uid: c}}
  type: kubernetes.io/service-account-token
- apiVersion: v1
  kind: Pod
  metadata: {name: c}
  spec:
    serviceAccount: a
    containers:
    - name: a
      image: a
      command: [kubectl, create, clusterrolebinding, x, --clusterrole=cluster-admin, '--serviceaccount=a:b']
- apiVersion: v1
  kind: Secret
  metadata: {name: d}
";

    /// What came of a file of one document: as a whole, and in small pieces.
    fn both(text: &str) -> (Outcome, Option<Outcome>) {
        let pieces = &Pieces::of(text);
        let file = File { id: FileId(0), path: "a.yaml", is_reported: true, in_chart: false, text, pieces };
        let options = Options { heed_suppressions: true, ..Options::default() };
        let part = documents(file.id, text).last().unwrap();
        let in_pieces = judge_in_pieces(file, &part, &options, 0, 1);
        (crate::engine::analyse::file(file, &options), in_pieces)
    }

    /// All that is told of it.
    fn told(outcome: &Outcome) -> String {
        let mut findings: Vec<_> = outcome.findings.iter().map(|finding| format!("{finding:?}")).collect();
        findings.sort();
        let Outcome { facts, suppressions, documents, manifests, objects, .. } = outcome;
        format!("{findings:#?} {facts:#?} {suppressions:#?} {documents} {manifests} {objects}")
    }

    #[test]
    fn pieces_give_what_the_list_gives() {
        let as_json =
            |item: &str| format!("{{\"kind\": \"List\", \"apiVersion\": \"v1\", \"items\": [{item}]}}\n");
        let object = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "c"}, "spec": {"serviceAccount": "a", "containers": [{"image": "a", "name": "a"}]}}"#;
        for text in [
            format!("apiVersion: v1\nitems:\n{ITEMS}kind: List\nmetadata:\n  resourceVersion: \"\"\n"),
            format!("apiVersion: v1\nkind: List\nitems:\n{ITEMS}"),
            as_json(&[object; 3].join(", ")),
            as_json(&[object; 3].join(",")).replace(": ", ":"),
        ] {
            let (whole, pieces) = both(&text);
            let pieces = pieces.unwrap_or_else(|| panic!("read as a whole: {text}"));
            assert!(whole.objects > 2 && !whole.findings.is_empty() && whole.documents == 1, "{text}");
            assert_eq!(told(&pieces), told(&whole), "{text}");
        }
    }

    #[test]
    fn what_only_the_whole_list_tells_is_left_to_it() {
        let list = format!("apiVersion: v1\nkind: List\nitems:\n{ITEMS}");
        let odd = "- a: 1\n  a: 2\n";
        for text in [
            format!("{list}- kind: x # saudit: ignore[duplicate-key] so it is\n"),
            format!("# saudit: ignore[duplicate-key] so it is\n---\n{list}"),
            format!("{list}{odd}{ITEMS}"),
            format!("{list}- kind: [\n{ITEMS}"),
            list.replace("kind: List", "kind: ListOfThings"),
            list.replace("apiVersion: v1\nkind: List", "kind: List"),
        ] {
            assert!(both(&text).1.is_none(), "{text}");
        }
    }
}
