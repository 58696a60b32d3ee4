//! Manifests that Terraform writes as objects of its own: `manifest = { … }` of `kubernetes_manifest`, and
//! `yaml_body = yamlencode({ … })` of `kubectl_manifest`.

use memchr::memmem;

use super::Script;
use super::hcl::{Token, Tokens};
use super::terraform::Expression;
use super::terraform_manifest::{MAX_RESOURCES, PLACEHOLDER, Writer};
use super::words::Value;
use crate::yaml::Text;

/// Objects in objects; deeper ones are not read.
const MAX_DEPTH: usize = 64;

/// The manifests, in flow style. One with keys that are worked out is left out.
pub(super) fn find(script: &Script<'_>) -> Vec<Text<'static>> {
    let text = script.text.as_str();
    let mut found = Vec::new();
    let mut done = 0;
    for at in memmem::find_iter(text.as_bytes(), "resource \"kube") {
        if at < done || found.len() >= MAX_RESOURCES {
            continue;
        }
        let mut tokens = Tokens::new(text, at);
        if let Some(label) = object(&mut tokens) {
            let writer = Writer::new(script, label);
            found.extend(Object { text, tokens: &mut tokens, writer, open: Vec::new() }.write());
        }
        done = tokens.at;
    }
    found
}

/// Goes to the object in `resource "kubernetes_manifest" "LABEL" {`, behind its `{`.
fn object<'t>(tokens: &mut Tokens<'t>) -> Option<Value<'t>> {
    let (Token::Name(_), Token::Text(kind), Token::Text(label), Token::Open) =
        (tokens.next()?, tokens.next()?, tokens.next()?, tokens.next()?)
    else {
        return None;
    };
    let key = match kind.text {
        "kubernetes_manifest" => "manifest",
        "kubectl_manifest" => "yaml_body",
        _ => return None,
    };
    let mut depth = 1_usize;
    while depth > 0 {
        match tokens.next()? {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            Token::Name(name) if depth == 1 && name.text == key => break,
            _ => {}
        }
    }
    let is_assigned = depth > 0 && matches!(tokens.next()?, Token::Equals);
    let mut first = tokens.next().filter(|_| is_assigned)?;
    if let Token::Name(function) = first
        && ["yamlencode", "jsonencode"].contains(&function.text)
        && matches!(tokens.next()?, Token::Symbol('('))
    {
        first = tokens.next()?;
    }
    matches!(first, Token::Open).then_some(label)
}

/// An object that is written as a mapping in flow style.
struct Object<'o, 's, 't> {
    text: &'s str,
    tokens: &'o mut Tokens<'s>,
    writer: Writer<'s, 't>,
    /// The end of each mapping and list around the place that is read, and whether it has entries.
    open: Vec<(&'static str, bool)>,
}

impl<'s> Object<'_, 's, '_> {
    fn write(mut self) -> Option<Text<'static>> {
        self.begin("{", "}")?;
        while let Some((end, _)) = self.open.last() {
            let before = self.tokens.at;
            match self.tokens.next()? {
                Token::Symbol(',') => {}
                Token::Close if *end == "}" => self.end()?,
                Token::Symbol(']') if *end == "]" => self.end()?,
                Token::Name(key) | Token::Text(key) if *end == "}" => self.entry(key)?,
                _ if *end == "]" => {
                    self.tokens.at = before;
                    self.separate()?;
                    self.value()?;
                }
                _ => return None,
            }
        }
        self.writer.glue("\n")?;
        Some(self.writer.finish())
    }

    fn begin(&mut self, start: &str, end: &'static str) -> Option<()> {
        self.open.push((end, false));
        self.writer.glue(start).filter(|()| self.open.len() <= MAX_DEPTH)
    }

    fn end(&mut self) -> Option<()> {
        let (end, _) = self.open.pop()?;
        self.writer.glue(end)
    }

    fn separate(&mut self) -> Option<()> {
        let (_, has_entries) = self.open.last_mut()?;
        if std::mem::replace(has_entries, true) { self.writer.glue(", ") } else { Some(()) }
    }

    /// `key = value` or `key: value`, whose key was read.
    fn entry(&mut self, key: Value<'s>) -> Option<()> {
        self.separate()?;
        self.writer.expression(Expression::Text(key))?;
        self.writer.glue(": ")?;
        match self.tokens.next()? {
            Token::Equals | Token::Symbol(':') => self.value(),
            _ => None,
        }
    }

    /// A value: as it is written, if it is written there.
    fn value(&mut self) -> Option<()> {
        let token = self.tokens.next()?;
        let is_whole = self.is_at_end();
        match token {
            Token::Open => self.begin("{", "}"),
            Token::Symbol('[') => self.begin("[", "]"),
            Token::Text(value) if is_whole => self.writer.expression(Expression::Text(value)),
            Token::Number(value) if is_whole => self.writer.push(value.text, value, true),
            Token::Name(value) if is_whole && ["true", "false", "null"].contains(&value.text) => {
                self.writer.push(value.text, value, true)
            }
            Token::Name(value) if is_whole || value.text.starts_with("kubernetes_") => {
                self.skip(0);
                self.writer.expression(Expression::Reference(value))
            }
            first => {
                self.skip(usize::from(matches!(first, Token::Symbol('('))));
                self.writer.glue(&format!("\"{PLACEHOLDER}\""))
            }
        }
    }

    /// Whether the value ends here.
    fn is_at_end(&self) -> bool {
        let (before, rest) = self.text.split_at_checked(self.tokens.at).unwrap_or_default();
        let rest = rest.trim_start_matches([' ', '\t']);
        // A heredoc ends with its line.
        before.ends_with('\n')
            || rest.is_empty()
            || rest.starts_with([',', '}', ']', '\r', '\n', '#'])
            || rest.starts_with("//")
    }

    /// Leaves the rest of an expression behind, in which so many brackets are open.
    fn skip(&mut self, mut depth: usize) {
        while depth > 0 || !self.is_at_end() {
            match self.tokens.next() {
                Some(Token::Open | Token::Symbol('[' | '(')) => depth += 1,
                Some(Token::Close | Token::Symbol(']' | ')')) => depth = depth.saturating_sub(1),
                Some(_) => {}
                None => return,
            }
        }
    }
}
