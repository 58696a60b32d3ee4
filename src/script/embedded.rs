//! Manifests in scripts, to be read as any other: here-documents of shell and Terraform, blocks of code in Markdown.

use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;

use super::blocks::CodeBlock;
use super::language::Language;
use super::{Script, terraform_manifest, terraform_object};
use crate::yaml::{self, Segment, Text};

/// As many of one file are read.
const MAX_MANIFESTS: usize = 500;

/// The manifests of a script. Of its text, the documents with `apiVersion` and `kind`, less the indentation that they share; templates are left out.
pub(super) fn find(script: &Script<'_>) -> Vec<Text<'static>> {
    let text = script.text.as_str();
    let mut manifests = Vec::new();
    if [Language::Terraform, Language::Markdown].contains(&script.language) {
        manifests.extend(terraform_manifest::find(script));
        manifests.extend(terraform_object::find(script));
        manifests.retain(|manifest| is_terraform(script, manifest));
    }
    manifests.extend(in_text(script, text));
    manifests
}

/// Whether a manifest is made of Terraform: all of a file of it, and blocks of code in Markdown.
fn is_terraform(script: &Script<'_>, manifest: &Text<'_>) -> bool {
    let (start, from) = (manifest.outer(0..0).start, script.text.outer(0..0).start);
    script.language == Language::Terraform
        || script.block_around(start.saturating_sub(from) as usize).is_some()
}

fn in_text(script: &Script<'_>, text: &str) -> Vec<Text<'static>> {
    if memmem::find(text.as_bytes(), b"apiVersion").is_none() {
        return Vec::new();
    }
    let is_template = script.path.rsplit('.').next() == Some("tftpl");
    let mut places =
        if is_template { std::iter::once(0..text.len()).collect() } else { script.heredocs().to_vec() };
    if script.language == Language::Markdown {
        places.retain(|range| script.block_around(range.start).is_some());
        let blocks = script.blocks().iter().filter(|block| is_yaml(text, block));
        places.extend(blocks.map(|block| block.range.clone()));
    }
    let is_manifest = |range: &Range<usize>| {
        let body = text.get(range.clone()).unwrap_or_default();
        body.contains("apiVersion") && body.contains("kind") && !body.contains("{{")
    };
    let manifests = places.into_iter().filter(is_manifest).flat_map(|range| documents(script, range));
    manifests.take(MAX_MANIFESTS).collect()
}

/// Whether a block of code says that it is YAML, or says nothing and begins like a manifest.
fn is_yaml(text: &str, block: &CodeBlock<'_>) -> bool {
    let body = text.get(block.range.clone()).unwrap_or_default();
    let first = body.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    let begins =
        first.is_some_and(|line| ["apiVersion:", "kind:", "---"].iter().any(|key| line.starts_with(key)));
    match block.language().as_str() {
        "yaml" | "yml" | "k8s" | "kubernetes" => true,
        "" => begins,
        _ => false,
    }
}

/// The bodies of here-documents.
pub(super) fn heredocs(text: &str) -> Vec<Range<usize>> {
    let mut bodies: Vec<Range<usize>> = Vec::new();
    let mut ends = None;
    // Where the line below the last `<<` starts.
    let mut start = 0;
    for at in memmem::find_iter(text.as_bytes(), b"<<") {
        if bodies.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let Some(word) = delimiter(text.get(at + 2..).unwrap_or_default()) else { continue };
        if ends_in_string(text.get(at..).unwrap_or_default(), word) {
            continue;
        }
        if start <= at {
            let Some(newline) = text.get(at..).and_then(|rest| rest.find('\n')) else { return bodies };
            start = at + newline + 1;
        }
        let ends = ends.get_or_insert_with(|| lone_words(text));
        let lines = ends.get(word).map_or(&[][..], Vec::as_slice);
        if let Some(end) = lines.get(lines.partition_point(|line| *line < start)) {
            bodies.push(start..*end);
        }
    }
    bodies
}

/// Whether the here-document ends on the line it begins on, in a string that writes line ends as `\n`.
fn ends_in_string(opener: &str, word: &str) -> bool {
    /// Strings are not longer: to look at all of a long line for each would not be linear.
    const FAR: usize = 16 << 10;
    let near = opener.get(..opener.floor_char_boundary(FAR)).unwrap_or_default();
    let line = near.split('\n').next().unwrap_or_default();
    let mut ends = line.match_indices("\\n").filter_map(|(at, escape)| line.get(at + escape.len()..));
    ends.any(|end| end.trim_start_matches([' ', '\t']).starts_with(word))
}

/// The word behind `<<`, `<<-`, `<<'`.
fn delimiter(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches(['-', '~', ' ']).trim_start_matches(['"', '\'', '\\']);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    rest.get(..end).filter(|word| !word.is_empty())
}

/// Where lines start that hold one word and nothing else.
fn lone_words(text: &str) -> HashMap<&str, Vec<usize>> {
    let mut words: HashMap<_, Vec<_>> = HashMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let word = line.trim();
        if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            words.entry(word).or_default().push(start);
        }
        start += line.len();
    }
    words
}

/// The documents of a stretch of text that is indented as a whole.
fn documents(script: &Script<'_>, range: Range<usize>) -> Vec<Text<'static>> {
    let body = script.text.as_str().get(range.clone()).unwrap_or_default();
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let written = body.lines().filter(|line| !line.trim().is_empty());
    let shared = written.map(indent).min().unwrap_or(0);
    let (mut content, mut segments) = (String::with_capacity(body.len()), Vec::new());
    let mut start = range.start;
    for line in body.split_inclusive('\n') {
        let cut = shared.min(indent(line));
        let kept = line.get(cut..).unwrap_or_default();
        segments.push((content.len(), start + cut..start + line.len()));
        content.push_str(kept);
        start += line.len();
    }
    let chunks = yaml::split(&content);
    chunks.into_iter().filter_map(|chunk| piece(script, &content, &segments, chunk.bytes)).collect()
}

/// The text of one document, with the way back to the file.
fn piece(
    script: &Script<'_>,
    content: &str,
    lines: &[(usize, Range<usize>)],
    bytes: Range<usize>,
) -> Option<Text<'static>> {
    let text =
        content.get(bytes.clone()).filter(|text| text.contains("apiVersion") && text.contains("kind"))?;
    let first = lines.partition_point(|(inner, _)| *inner <= bytes.start).saturating_sub(1);
    let last = lines.partition_point(|(inner, _)| *inner < bytes.end);
    let segment = |(inner, outer): &(usize, Range<usize>)| {
        // A document starts and ends with a line.
        let inner = u32::try_from(inner.saturating_sub(bytes.start)).ok()?;
        Some(Segment { inner, outer: script.text.outer(outer.clone()), exact: true })
    };
    let segments = lines.get(first..last)?.iter().map(segment).collect::<Option<Vec<_>>>()?;
    Some(Text::pieced(text.to_owned(), segments))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileId;

    /// The manifests of a file, and what stands in it where they say `name: x`.
    fn found(path: &str, file: &str) -> Vec<String> {
        let text = Text::slice(file, 0);
        let script = Script::new(FileId(0), path, &text);
        let manifests = find(&script);
        for manifest in &manifests {
            let inner = manifest.as_str().find("name: x").unwrap();
            let outer = manifest.outer(inner..inner + 7);
            assert_eq!(file.get(outer.range()), Some("name: x"), "{file}");
        }
        manifests.iter().map(|manifest| manifest.as_str().to_owned()).collect()
    }

    #[test]
    fn manifests_of_scripts_are_read_without_their_indentation() {
        let manifest = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n";
        let indented: String = manifest.lines().flat_map(|line| ["    ", line, "\n"]).collect();
        for (path, file) in [
            ("a.sh", format!("kubectl apply -f - <<EOF\n{manifest}EOF\n")),
            ("a.sh", format!("cat <<-'EOF' | kubectl apply -f -\n{indented}\tEOF\n")),
            ("a.sh", format!("cat <<EOF\n---\n{manifest}---\nEOF\n")),
            ("a.tf", format!("x = <<YAML\n{indented}    YAML\n")),
            ("a.yml", format!("run: |\n    cat <<EOF\n{indented}    EOF\n")),
            ("a.md", format!("```yaml\n{manifest}```\n")),
            ("a.md", format!("1. a\n    ```\n{indented}    ```\n")),
            ("a.md", format!("text\n\n{indented}\ntext\n")),
            ("a.md", format!("```sh\ncat <<EOF\n{manifest}EOF\n```\n")),
            ("a.yml", format!("- \"cat <<EOF\\na: b\\nEOF\\n\"\n- |\n    cat <<EOF\n{indented}    EOF\n")),
        ] {
            assert_eq!(
                found(path, &file).iter().map(|text| text.trim()).collect::<Vec<_>>(),
                [manifest.trim()],
                "{file}"
            );
        }
        for (path, file) in [
            ("a.sh", format!("cat <<EOF\n{manifest}")),
            ("a.sh", format!("cat <<EOF\n{}EOF\n", manifest.replace("name: x", "name: {{ x }}"))),
            ("a.sh", manifest.to_owned()),
            ("a.md", format!("```diff\n{manifest}```\n")),
            ("a.md", format!("```\n$ kubectl get -o yaml\n{manifest}```\n")),
            ("a.md", "```yaml\nkind: Secret\n```\napiVersion".to_owned()),
        ] {
            assert!(found(path, &file).is_empty(), "{file}");
        }
    }
}
