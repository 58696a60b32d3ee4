//! Input made to hurt, as a whole run of the command: it must say what is wrong, judge the sound file beside it, and stay
//! within bounds of memory and (generously) time. `SAUDIT_HOSTILE=full` takes the sizes that would bring down a naive
//! reader, which is for release builds: some are 100 MB.

use std::fs;
use std::process::{Command, ExitStatus, Output};
use std::time::Duration;

use crate::project::{PINNED, Project, finish};

const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: ";
const TOO_DEEP: &str = "skipped hostile.yaml: not YAML: nested deeper than 512 levels";
const OPEN_QUOTE: &str = "skipped hostile.yaml: not YAML: this quote is never closed";
const TAB: &str = "skipped hostile.yaml: not YAML: a tab indents this line";
const NO_WORD: &str = "";

const MB: usize = 1 << 20;
/// What the command needs for itself, threads and the sound file included, of address space.
const BASE: usize = 120 * MB;

/// One hostile file.
struct Input {
    name: &'static str,
    /// What must be said of it; nothing if it is to be read in silence.
    says: &'static str,
    /// How many bytes of memory each byte of it may cost. 2 is: the text, and a copy of its longest scalar.
    cost: usize,
    /// Makes it, of about so many parts.
    make: fn(usize) -> Vec<u8>,
    /// The full number of parts.
    parts: usize,
}

fn input(
    name: &'static str,
    says: &'static str,
    cost: usize,
    parts: usize,
    make: fn(usize) -> Vec<u8>,
) -> Input {
    Input { name, says, cost, make, parts }
}

fn is_full() -> bool {
    std::env::var_os("SAUDIT_HOSTILE").is_some_and(|size| size == "full")
}

/// Runs the command on each, beside a sound file.
fn judge(inputs: &[Input]) {
    for input in inputs {
        let text = (input.make)(if is_full() { input.parts } else { input.parts / 50 });
        let project = Project::new(&[("sound.yaml", PINNED)]);
        fs::write(project.path("hostile.yaml"), &text).unwrap();
        let limit = BASE + input.cost * text.len();
        drop(text);
        let arguments = [
            "check",
            "-v",
            "-o",
            "concise",
            "--max-file-size",
            "1G",
            "--threads",
            "2",
            "--persona",
            "regular",
        ];
        let (status, said) = run(&project, &arguments, limit);
        let name = input.name;
        let start: String = said.chars().take(500).collect();
        assert_eq!(status.code(), Some(1), "{name}, with {} MB: {status}: {start}", limit / MB);
        assert!(said.contains("sound.yaml:7:5: high[pinned-token-uid]"), "{name}: {start}");
        assert!(said.contains(input.says), "{name}: {start}");
        assert!(!said.contains("internal error"), "{name}: {start}");
        let is_silent = !said.contains("hostile.yaml");
        assert_eq!(is_silent, input.says.is_empty(), "{name}: {start}");
    }
}

/// Runs the command with no more address space than `limit` bytes. Gives what it printed.
fn run(project: &Project, arguments: &[&str], limit: usize) -> (ExitStatus, String) {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "ulimit -v \"$0\" && exec \"$@\"", &(limit / 1024).to_string()]);
    command.arg(env!("CARGO_BIN_EXE_saudit")).args(arguments).current_dir(project.folder.path());
    // One arena of glibc's malloc reserves 64 MB of addresses for each thread.
    command.env_clear().env("HOME", "/nowhere").env("MALLOC_ARENA_MAX", "1");
    let Output { status, stdout, stderr } =
        finish(command, Duration::from_mins(if is_full() { 10 } else { 2 }));
    (status, String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

fn text(text: impl Into<String>) -> Vec<u8> {
    text.into().into_bytes()
}

/// Lines with their numbers.
fn numbered(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn nesting() {
    const N: usize = 100_000;
    judge(&[
        input("open brackets", TOO_DEEP, 2, N, |n| text("[".repeat(n))),
        input("brackets", TOO_DEEP, 2, N, |n| text("[".repeat(n) + &"]".repeat(n))),
        input("open braces", TOO_DEEP, 2, N, |n| text("{a: ".repeat(n))),
        input("braces", TOO_DEEP, 2, N, |n| text("{a: ".repeat(n) + &"}".repeat(n))),
        input("items of items", TOO_DEEP, 2, N, |n| text("- ".repeat(n))),
        input("keys of keys", TOO_DEEP, 2, N / 2, |n| text("? ".repeat(n))),
        input("indented deeper and deeper", TOO_DEEP, 2, 35_000, |n| {
            text(numbered(n.min(7_000), |depth| format!("{}a:\n", " ".repeat(depth))))
        }),
        input("brackets in an object", "high[invalid-yaml] nested deeper than", 2, N, |n| {
            text(format!("{OBJECT}{}", "[".repeat(n)))
        }),
    ]);
}

#[test]
fn aliases() {
    const N: usize = 1_000_000;
    judge(&[
        input("billion laughs", NO_WORD, 2, 3_000, |n| {
            let laughs = |level: usize| {
                format!("a{}: &a{} [{}]\n", level + 1, level + 1, format!("*a{level},").repeat(9))
            };
            text(format!("a0: &a0 [x]\n{}{OBJECT}*a{n}\n", numbered(n, laughs)))
        }),
        input("a chain", NO_WORD, 40, N / 10, |n| {
            let link = |level: usize| format!("a{}: &a{} {{k: *a{level}}}\n", level + 1, level + 1);
            text(format!("a0: &a0 {{k: x}}\n{}{OBJECT}*a{n}\n", numbered(n, link)))
        }),
        input("uses of one anchor", NO_WORD, 20, N, |n| {
            text(format!("a: &a {{x: 1}}\nl:\n{}", "- *a\n".repeat(n)))
        }),
        input("merges of one anchor", NO_WORD, 20, N, |n| {
            text(format!("a: &a {{x: 1}}\nl:\n{}", "- {<<: *a}\n".repeat(n)))
        }),
        input("objects that are one", "aliases lead to more than can be read", 20, N / 20, |n| {
            let object = format!("{OBJECT}b\n{}", numbered(n, |key| format!("  k{key}: v\n")));
            let item = object.replace('\n', "\n  ");
            text(format!("apiVersion: v1\nkind: List\nitems:\n- &a\n  {item}\n{}", "- *a\n".repeat(n)))
        }),
        input("anchors", NO_WORD, 20, N, |n| text(numbered(n, |number| format!("- &a{number} x\n")))),
        input("aliases of nothing", "this alias names no anchor", 10, N, |n| text("- *a\n".repeat(n))),
    ]);
}

#[test]
fn long_scalars() {
    // Each part is one byte.
    const N: usize = 100 * MB;
    const LINE: &str = "word word word word word word word";
    judge(&[
        input("plain", NO_WORD, 2, N, |n| text(format!("a: {}\n", "x".repeat(n)))),
        input("plain in an object", NO_WORD, 2, N, |n| text(format!("{OBJECT}{}\n", "x".repeat(n)))),
        input("plain lines", NO_WORD, 3, N, |n| {
            text(format!("a: {}\n", format!("{LINE}\n  ").repeat(n / 37)))
        }),
        input("quoted", NO_WORD, 2, N, |n| text(format!("a: \"{}\"\n", "x".repeat(n)))),
        input("quoted lines", NO_WORD, 3, N, |n| {
            text(format!("a: \"{}\"\n", format!("{LINE}\n  ").repeat(n / 37)))
        }),
        input("escapes", NO_WORD, 3, N, |n| text(format!("a: \"{}\"\n", "\\n".repeat(n / 2)))),
        input("quotes in quotes", NO_WORD, 3, N, |n| text(format!("a: '{}'\n", "x''".repeat(n / 3)))),
        input("literal", NO_WORD, 3, N, |n| text(format!("a: |\n{}", format!("  {LINE}\n").repeat(n / 37)))),
        input("folded", NO_WORD, 3, N, |n| text(format!("a: >\n{}", format!("  {LINE}\n").repeat(n / 37)))),
        input("literal in an object", NO_WORD, 3, N, |n| {
            text(format!("{OBJECT}|\n{}", format!("    {LINE}\n").repeat(n / 39)))
        }),
        input("comments", NO_WORD, 3, N, |n| text(format!("# {LINE}\n").repeat(n / 37))),
        input("comments in an object", NO_WORD, 3, N, |n| {
            text(format!("{OBJECT}b\n{}", format!("# {LINE}\n").repeat(n / 37)))
        }),
        input("an open quote", OPEN_QUOTE, 6, 12 * MB, |n| text(format!("a: \"{}", "x\n  ".repeat(n / 4)))),
        input("an open quote in one line", OPEN_QUOTE, 6, 12 * MB, |n| {
            text(format!("a: '{}", "x".repeat(n)))
        }),
    ]);
}

#[test]
fn many_of_a_kind() {
    const N: usize = 1_000_000;
    judge(&[
        input("documents", NO_WORD, 30, N, |n| text("---\na: 1\n".repeat(n))),
        input("empty documents", NO_WORD, 60, N, |n| text("---\n".repeat(n))),
        input("objects", NO_WORD, 30, N / 4, |n| {
            text("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n".repeat(n))
        }),
        input("objects of JSON", NO_WORD, 100, N, |n| text("{}".repeat(n))),
        // Neither is ever in memory as a whole, but for its text.
        input("items", NO_WORD, 3, N / 4, |n| {
            let item = "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: a\n";
            text(format!("apiVersion: v1\nkind: List\nitems:\n{}", item.repeat(n)))
        }),
        input("items of JSON", NO_WORD, 3, N / 4, |n| {
            let item = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}"#;
            let items = vec![item; n].join(",");
            text(format!(r#"{{"apiVersion":"v1","kind":"List","items":[{items}]}}"#))
        }),
        input("broken objects", "high[invalid-yaml] this quote is never closed", 100, N / 10, |n| {
            text("---\napiVersion: v1\nkind: Secret\nmetadata: {name: \"a\n".repeat(n))
        }),
        input("keys", NO_WORD, 20, N, |n| text(numbered(n, |key| format!("k{key}: 1\n")))),
        input("keys in an object", NO_WORD, 40, N, |n| {
            text(format!("{OBJECT}b\n{}", numbered(n, |key| format!("  k{key}: 1\n"))))
        }),
        input("equal keys", NO_WORD, 30, N, |n| text("k: 1\n".repeat(n))),
        input("equal keys in an object", NO_WORD, 40, N, |n| {
            text(format!("{OBJECT}b\n{}", "  k: 1\n".repeat(n)))
        }),
        input("numbers in one line", NO_WORD, 20, N, |n| text(format!("[{}]", "12,".repeat(n)))),
        input("strings in one line", NO_WORD, 20, N, |n| text(format!("[{}]", "\"\",".repeat(n)))),
        input("keys in one line", NO_WORD, 20, N, |n| {
            text(format!("{{{}}}", numbered(n, |key| format!("k{key}: 1,"))))
        }),
        input("quotes", "not YAML: text after the closing quote", 10, N, |n| text("\"\"".repeat(n))),
        input("colons", "not YAML: `: ` inside an unquoted value", 10, N, |n| text(":".repeat(n))),
        input("keys of keys in a line", "not YAML: `: ` inside an unquoted value", 10, N, |n| {
            text("a: ".repeat(n))
        }),
        input("comments for saudit", "this suppression names no rule: `x`", 60, N / 10, |n| {
            text(format!("{}{OBJECT}b\n", "# saudit: ignore[x]\n".repeat(n)))
        }),
        input("commands", "high[auto-generated-token-lookup]", 30, N / 10, |n| {
            let command = "    kubectl get secret $(kubectl get sa a -o jsonpath='{.secrets[0].name}')\n";
            text(format!("{OBJECT}|\n{}", command.repeat(n)))
        }),
    ]);
}

#[test]
fn blanks_and_line_ends() {
    const N: usize = 10_000_000;
    judge(&[
        input("blank lines", NO_WORD, 3, N, |n| text("\n".repeat(n))),
        input("blank lines in an object", NO_WORD, 3, N, |n| {
            text(format!("{OBJECT}b\n{}  c: d\n", "\n".repeat(n)))
        }),
        input("blank lines in a scalar", NO_WORD, 3, N, |n| text(format!("a: |\n{}b: 1\n", "\n".repeat(n)))),
        input("CRLF", NO_WORD, 3, N, |n| text("\r\n".repeat(n))),
        input("an indent", NO_WORD, 3, N, |n| text(format!("{}a: 1\n", " ".repeat(n)))),
        input("tabs", TAB, 20, N / 10, |n| text("\t".repeat(n))),
        input("lines of tabs", TAB, 20, N / 10, |n| text("\t\n".repeat(n))),
        input("tabs in an object", "high[invalid-yaml] a tab indents this line", 30, N / 10, |n| {
            text(format!("apiVersion: v1\nkind: Secret\na:\n{}", "\tb: 1\n".repeat(n)))
        }),
        input("mixed line ends", NO_WORD, 30, N / 10, |n| text("k: 1\r\nl: 2\n---\r\n".repeat(n))),
        input("lone CR", NO_WORD, 30, N / 10, |n| text("a: b\r".repeat(n))),
    ]);
}

#[test]
fn bytes_that_are_no_text() {
    const N: usize = 1_000_000;
    judge(&[
        input("NULs", "skipped hostile.yaml: binary (NUL at byte 4)", 3, N, |n| text("a: b\0".repeat(n))),
        input("a NUL at the end", "skipped hostile.yaml: binary (NUL at byte", 3, N, |n| {
            text("apiVersion: v1\nkind: Secret\n".repeat(n) + "\0")
        }),
        input("bad UTF-8", "skipped hostile.yaml: not UTF-8 (byte 3)", 3, N, |n| b"a: \xff\n".repeat(n)),
        input("UTF-16", NO_WORD, 20, N, |n| {
            utf16(&format!("\u{feff}{}", "a: b\n---\n".repeat(n)), u16::to_le_bytes)
        }),
        input("UTF-16, the other way", NO_WORD, 20, N, |n| {
            utf16(&format!("\u{feff}{}", "a: b\n---\n".repeat(n)), u16::to_be_bytes)
        }),
        input("UTF-16 without a mark", "binary (NUL at byte 1)", 3, N, |n| {
            utf16(&"a: b\n".repeat(n), u16::to_le_bytes)
        }),
        input("UTF-16 without a mark, the other way", "binary (NUL at byte 0)", 3, N, |n| {
            utf16(&"a: b\n".repeat(n), u16::to_be_bytes)
        }),
        input("marks amid the text", "not YAML", 10, N, |n| text("a: b\n\u{feff}b: c\n".repeat(n))),
    ]);
}
