//! Terraform's `kubernetes_token_request_v1`, a resource or an ephemeral one.

use std::ops::Range;

use memchr::memmem;

use super::hcl::{Token, Tokens};
use super::words::Value;

/// As many of one file are remembered.
const MAX_REQUESTS: usize = 500;

/// A block that asks for a token, with how long that shall live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// What is assigned to `expiration_seconds`, in bytes of the text.
    pub range: Range<usize>,
    /// What that comes to, in seconds.
    pub seconds: u64,
}

/// The blocks that say by numbers how long their token shall live.
pub(super) fn find(text: &str) -> Vec<TokenRequest> {
    let mut found = Vec::new();
    let mut done = 0;
    for at in memmem::find_iter(text.as_bytes(), "\"kubernetes_token_request_v1\"") {
        if at < done || found.len() >= MAX_REQUESTS {
            continue;
        }
        let keyword = text.get(..at).unwrap_or_default().trim_end();
        let mut tokens = Tokens::new(text, at);
        if ["resource", "ephemeral"].iter().any(|it| keyword.ends_with(it))
            && let (Some(Token::Text(_)), Some(Token::Text(_)), Some(Token::Open)) =
                (tokens.next(), tokens.next(), tokens.next())
        {
            found.extend(lifetime(&mut tokens));
        }
        done = tokens.at;
    }
    found
}

/// What the block, whose `{` was read, assigns to `expiration_seconds`.
fn lifetime(tokens: &mut Tokens<'_>) -> Option<TokenRequest> {
    let mut depth = 1_usize;
    while let Some(token) = tokens.next() {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            Token::Name(key) if depth == 2 && key.text == "expiration_seconds" => {
                return matches!(tokens.next(), Some(Token::Equals)).then(|| product(tokens)).flatten();
            }
            _ => {}
        }
        if depth == 0 {
            return None;
        }
    }
    None
}

/// A number, or several with `*` between them. None for anything else: variables and functions are not followed.
fn product(tokens: &mut Tokens<'_>) -> Option<TokenRequest> {
    let first = factor(tokens)?;
    let mut request = TokenRequest { range: first.range(), seconds: first.text.parse().ok()? };
    loop {
        match tokens.next()? {
            Token::Symbol('*') => {
                let next = factor(tokens)?;
                request.range.end = next.range().end;
                request.seconds = request.seconds.saturating_mul(next.text.parse().ok()?);
            }
            Token::Close | Token::Name(_) => return Some(request),
            _ => return None,
        }
    }
}

/// `3600` or `"3600"`.
fn factor<'t>(tokens: &mut Tokens<'t>) -> Option<Value<'t>> {
    match tokens.next()? {
        Token::Number(value) | Token::Text(value) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_of_numbers_are_read() {
        let block = |value: &str| {
            format!(
                "resource \"kubernetes_token_request_v1\" \"x\" {{\n  metadata {{\n    name = \"x\"\n  }}\n  spec {{\n    \
                 audiences = [\"a\"]\n    expiration_seconds = {value}\n  }}\n}}\n"
            )
        };
        for (value, expected) in [
            ("3600", Some(("3600", 3600))),
            ("\"3600\"", Some(("3600", 3600))),
            ("36*3600 # a day and a half", Some(("36*3600", 129_600))),
            ("60 * 60 * 24", Some(("60 * 60 * 24", 86_400))),
            ("99999999999 * 99999999999", Some(("99999999999 * 99999999999", u64::MAX))),
            ("var.hours * 3600", None),
            ("3600 * var.hours", None),
            ("3600 + 60", None),
            ("-1", None),
            ("1e9", None),
            ("", None),
        ] {
            for keyword in ["resource", "ephemeral"] {
                let text = block(value).replacen("resource", keyword, 1);
                let found: Vec<_> = find(&text)
                    .into_iter()
                    .map(|request| (text.get(request.range).unwrap_or_default().to_owned(), request.seconds))
                    .collect();
                let expected: Vec<_> =
                    expected.iter().map(|(text, seconds)| ((*text).to_owned(), *seconds)).collect();
                assert_eq!(found, expected, "{text}");
            }
        }
        for text in [
            block("3600").replace("resource", "data"),
            block("3600").replace("spec {", "").replace("  }\n}", "}"),
            "resource \"kubernetes_token_request_v1\"".to_owned(),
        ] {
            assert_eq!(find(&text), [], "{text}");
        }
    }
}
