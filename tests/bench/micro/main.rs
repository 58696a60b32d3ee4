//! What the parts of saudit cost, on texts that are made here: `cargo bench --bench micro`.

mod texts;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use saudit::engine::{self, Options, Run};
use saudit::input::{Contents, Found, Purpose, Source, Surroundings};
use saudit::k8s::near_miss::{Name, near_miss};
use saudit::yaml::{Text, Tree, split};

fn main() {
    divan::main();
}

/// A stream into its documents.
#[divan::bench]
fn documents(bencher: Bencher<'_, '_>) {
    let text = texts::stream(500);
    bencher.counter(BytesCount::of_str(&text)).bench(|| split(black_box(&text)));
}

/// A document into its tree. An anchor on its first line leaves a text to the full parser.
#[divan::bench(args = texts::DOCUMENTS)]
fn tree(bencher: Bencher<'_, '_>, document: texts::Document) {
    let text = document.text();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| Tree::parse(Text::slice(black_box(&text), 0)).is_ok());
}

/// A name that nobody has, compared with those that there are.
#[divan::bench(args = [10, 1000])]
fn nearest_name(bencher: Bencher<'_, '_>, known: usize) {
    let names: Vec<String> = (0..known).map(texts::name).collect();
    let known: Vec<Name<'_>> = names.iter().map(|name| Name::new(name)).collect();
    bencher
        .counter(ItemsCount::new(known.len()))
        .bench(|| near_miss(black_box("chekout-worker-0"), known.iter().copied()));
}

/// One file with every rule and with none: the difference is what the rules cost.
#[divan::bench(args = [true, false])]
fn one_file_with_rules(bencher: Bencher<'_, '_>, every_rule: bool) {
    let mut options = Options::default();
    if !every_rule {
        options.rules.clear();
    }
    let found = [found("all.yaml".to_owned(), &texts::stream(100))];
    bencher.counter(bytes(&found)).bench(|| check(&found, &options));
}

/// A repository: walking and reading left out.
#[divan::bench(args = [50, 500])]
fn repository(bencher: Bencher<'_, '_>, files: usize) {
    let options = Options::default();
    let found: Vec<_> =
        (0..files).map(|file| found(format!("app-{file}/all.yaml"), &texts::application(file))).collect();
    bencher.counter(bytes(&found)).bench(|| check(&found, &options));
}

fn found(path: String, text: &str) -> Found {
    Found::File {
        source: Source::new(path.clone(), path, Contents::Memory(text.into())),
        explicit: false,
        purpose: Purpose::Report,
        surroundings: Surroundings::default(),
    }
}

fn bytes(found: &[Found]) -> BytesCount {
    let size = |found: &Found| match found {
        Found::File { source: Source { contents: Contents::Memory(text), .. }, .. } => text.len(),
        _ => 0,
    };
    BytesCount::new(found.iter().map(size).sum::<usize>())
}

fn check(found: &[Found], options: &Options) -> Run {
    engine::check(|take| found.iter().cloned().for_each(take), options)
}
