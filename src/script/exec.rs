//! Commands in exec form, one argument an item: `command` and `args` of containers and steps, of `exec` blocks and
//! containers in Terraform. They are read as the line that a shell would be given.

use memchr::memmem;

use super::Script;
use super::arguments::is_tool;
use super::hcl::{Token, Tokens};
use super::language::Language;
use super::words::Value;
use crate::span::Span;
use crate::yaml::{Kind, Node, Segment, Text, Tree};

/// As many of one text are read.
const MAX_FORMS: usize = 1000;

/// An argument, and where it stands in the file.
struct Word {
    text: String,
    outer: Span,
    /// Byte for byte the same there.
    exact: bool,
}

/// What a container, a step or a block says of its command.
#[derive(Default)]
struct Form {
    image: Option<String>,
    command: Vec<Word>,
    args: Vec<Word>,
}

/// The commands of the containers and steps in a document, each as one line.
pub fn in_tree(tree: &Tree<'_>) -> Vec<Text<'static>> {
    if !may_be_in(tree.text().as_str()) {
        return Vec::new();
    }
    let mappings = tree.nodes().filter(|node| node.kind() == Kind::Mapping);
    mappings.filter_map(|node| of_container(node)?.line()).take(MAX_FORMS).collect()
}

/// The same of the blocks in a file of Terraform.
pub fn in_terraform(script: &Script<'_>) -> Vec<Text<'static>> {
    let text = script.text.as_str();
    let mut lines = Vec::new();
    if script.language != Language::Terraform || !may_be_in(text) {
        return lines;
    }
    let mut open = vec![Form::default()];
    let mut tokens = Tokens::new(text, 0);
    let mut key = "";
    while let Some(token) = tokens.next() {
        match (token, open.last_mut()) {
            (Token::Open, _) => open.push(Form::default()),
            (Token::Close, _) => lines.extend(open.pop().and_then(Form::line)),
            (Token::Name(name) | Token::Text(name), _) => key = name.text,
            (Token::Equals, Some(form)) => form.assign(key, &mut tokens, script),
            _ => {}
        }
        if lines.len() >= MAX_FORMS {
            break;
        }
    }
    lines
}

fn may_be_in(text: &str) -> bool {
    let has = |needle: &str| memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
    (has("command") || has("args")) && (has("kubectl") || has("oc"))
}

fn of_container(node: Node<'_>) -> Option<Form> {
    let words = |key| match node.get(key).value() {
        Some(list) if list.kind() == Kind::Sequence => list.items().map(word).collect(),
        Some(single) if key == "command" => Some(vec![word(single)?]),
        _ => Some(Vec::new()),
    };
    let (command, args): (Vec<_>, Vec<_>) = (words("command")?, words("args")?);
    if command.is_empty() && args.is_empty() {
        return None;
    }
    let image = node.get("image").value().and_then(Node::text).map(str::to_owned);
    Some(Form { image, command, args })
}

fn word(node: Node<'_>) -> Option<Word> {
    let inside = node.inside()?;
    let text = inside.as_str().to_owned();
    let all = 0..text.len();
    let exact = inside.is_exact(all.clone());
    Some(Word { outer: if exact { inside.outer(all) } else { node.span() }, exact, text })
}

impl Form {
    /// Takes what Terraform assigns to a key, if it is written there.
    fn assign(&mut self, key: &str, tokens: &mut Tokens<'_>, script: &Script<'_>) {
        let target = match key {
            "image" => None,
            "command" => Some(&mut self.command),
            "args" => Some(&mut self.args),
            _ => return,
        };
        let before = tokens.clone();
        match (tokens.next(), target) {
            (Some(Token::Text(value)), None) => self.image = Some(value.text.to_owned()),
            (Some(Token::Text(value)), Some(words)) => *words = vec![word_of(value, script)],
            (Some(Token::Symbol('[')), Some(words)) => *words = list(tokens, script),
            _ => *tokens = before,
        }
    }

    /// The command as one line, if it is one that talks to a cluster: by its name, or by that of the image that it is the
    /// entrypoint of.
    fn line(self) -> Option<Text<'static>> {
        let mut line = Line::default();
        match self.command.first() {
            Some(tool) if is_tool(&tool.text) && !tool.text.contains(char::is_whitespace) => {}
            None if self.image.as_deref().is_some_and(is_kubectl) => {
                line.glue("kubectl", Span::empty(self.args.first()?.outer.start));
            }
            _ => return None,
        }
        for word in self.command.iter().chain(&self.args) {
            line.push(word)?;
        }
        Some(Text::pieced(line.text, line.segments))
    }
}

/// The strings of a list, whose bracket was read. None of them if there is anything else among them.
fn list(tokens: &mut Tokens<'_>, script: &Script<'_>) -> Vec<Word> {
    let mut words = Vec::new();
    loop {
        let before = tokens.clone();
        match tokens.next() {
            Some(Token::Text(value)) => words.push(word_of(value, script)),
            Some(Token::Symbol(',')) => {}
            Some(Token::Symbol(']')) => return words,
            _ => {
                *tokens = before;
                return Vec::new();
            }
        }
    }
}

fn word_of(value: Value<'_>, script: &Script<'_>) -> Word {
    let exact = !value.text.contains('\\') && script.text.is_exact(value.range());
    Word { text: value.text.replace("\\\"", "\""), outer: script.text.outer(value.range()), exact }
}

/// Whether an image is one of kubectl, which is then its entrypoint: `bitnami/kubectl:1.33`.
fn is_kubectl(image: &str) -> bool {
    image.rsplit('/').next().is_some_and(|name| name.starts_with("kubectl"))
}

/// A line of a shell that is put together.
#[derive(Default)]
struct Line {
    text: String,
    segments: Vec<Segment>,
}

impl Line {
    /// Adds text that does not stand in the file.
    fn glue(&mut self, text: &str, outer: Span) {
        self.add(text, outer, false);
    }

    fn add(&mut self, text: &str, outer: Span, exact: bool) {
        if !text.is_empty() {
            let inner = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
            self.segments.push(Segment { inner, outer, exact });
            self.text.push_str(text);
        }
    }

    /// Adds an argument, in quotes if a shell would not take it as one word. None if it has several lines: those are
    /// rather a program than an argument.
    fn push(&mut self, word: &Word) -> Option<()> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@%+".contains(c);
        let (start, end) = (Span::empty(word.outer.start), Span::empty(word.outer.end));
        if !self.text.is_empty() {
            self.glue(" ", start);
        }
        if word.text.contains(['\n', '\r']) {
            return None;
        } else if !word.text.is_empty() && word.text.chars().all(is_plain) {
            self.add(&word.text, word.outer, word.exact);
        } else if !word.text.contains('\'') {
            self.glue("'", start);
            self.add(&word.text, word.outer, word.exact);
            self.glue("'", end);
        } else {
            let escaped = word.text.replace('\\', "\\\\").replace('"', "\\\"");
            self.glue("\"", start);
            self.add(&escaped, word.outer, word.exact && escaped == word.text);
            self.glue("\"", end);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileId;

    /// The lines, and what the file has where their words stand that are not glue.
    fn shown(lines: &[Text<'_>], file: &str, word: &str) -> Vec<(String, String)> {
        let place = |line: &Text<'_>| {
            let at = line.as_str().find(word).unwrap();
            file.get(line.outer(at..at + word.len()).range()).unwrap().to_owned()
        };
        lines.iter().map(|line| (line.as_str().to_owned(), place(line))).collect()
    }

    #[test]
    fn containers_and_steps_are_read() {
        for (file, line) in [
            ("command: [\"kubectl\", create, token, XX]", Some("kubectl create token XX")),
            ("command:\n- kubectl\n- create\n- token\n- 'XX'", Some("kubectl create token XX")),
            ("args: [sa, get-token, XX]\ncommand: [/usr/bin/oc]", Some("/usr/bin/oc sa get-token XX")),
            ("spec: {steps: [{command: [oc], args: [XX]}]}", Some("oc XX")),
            ("image: a.io/b/kubectl:1.30\nargs: [get, XX]", Some("kubectl get XX")),
            ("command: kubectl\nargs: [get, XX]", Some("kubectl get XX")),
            ("command: [kubectl, \"{.a['XX']}\"]", Some("kubectl \"{.a['XX']}\"")),
            ("command: [kubectl, '', XX|y]", Some("kubectl '' 'XX|y'")),
            ("image: a/kubectl\ncommand: [sleep]\nargs: [XX]", None),
            ("image: kubectl/other\nargs: [get, XX]", None),
            ("command: kubectl get XX", None),
            ("command: [sh, -c, kubectl get XX]", None),
            ("command: [kubectl, \"a\\nXX\"]", None),
            ("command: [kubectl, {a: XX}]", None),
        ] {
            let tree = Tree::parse(Text::slice(file, 0)).unwrap();
            let expected: Vec<_> = line.map(|line| (line.to_owned(), "XX".to_owned())).into_iter().collect();
            assert_eq!(shown(&in_tree(&tree), file, "XX"), expected, "{file}");
        }
    }

    #[test]
    fn blocks_of_terraform_are_read() {
        for (block, line) in [
            ("command = [\n\"kubectl\",\n\"get\",\n\"XX\",\n]", Some("kubectl get XX")),
            ("args = [\"get\", \"XX\"]\ncommand = \"kubectl\"", Some("kubectl get XX")),
            ("image = \"bitnami/kubectl\"\nargs = [\"XX\"]", Some("kubectl XX")),
            ("command = \"aws\"\nargs = [\"kubectl\", \"XX\"]", None),
            ("command = [\"kubectl\", var.x, \"XX\"]", None),
            ("command = \"kubectl get XX\"", None),
        ] {
            let file = format!("resource \"a\" \"b\" {{\n  exec {{\n{block}\n  }}\n}}\n");
            let text = Text::slice(&file, 0);
            let script = Script::new(FileId(0), "a.tf", &text);
            let expected: Vec<_> = line.map(|line| (line.to_owned(), "XX".to_owned())).into_iter().collect();
            assert_eq!(shown(&in_terraform(&script), &file, "XX"), expected, "{file}");
        }
    }
}
