//! The functions of Go's templates and of Sprig that gates are made of.

use std::cmp::Ordering;

use super::super::Version;
use super::pattern::{Pattern, Unclear};
use super::token::integer;
use super::value::{Aborted, Source, Value};

/// Calls a function whose arguments are all known or that makes do with unknown ones. Functions that we do not know give an
/// unknown value.
pub(super) fn call(function: &str, arguments: &[Value]) -> Result<Value, Aborted> {
    match (function, arguments) {
        ("not", [value]) => return Ok(value.truth().map_or(Value::Unknown, |truth| Value::Bool(!truth))),
        ("empty", [value]) => return Ok(value.truth().map_or(Value::Unknown, |truth| Value::Bool(!truth))),
        ("list" | "tuple", items) => return Ok(Value::List(items.to_vec())),
        ("dict", entries) => return Ok(dict(entries)),
        ("index" | "get", [of, keys @ ..]) => {
            return Ok(keys.iter().fold(of.clone(), |of, key| index(&of, key)));
        }
        ("first", [Value::List(items)]) => return Ok(items.first().cloned().unwrap_or(Value::Nil)),
        ("last", [Value::List(items)]) => return Ok(items.last().cloned().unwrap_or(Value::Nil)),
        ("rest", [Value::List(items)]) => return Ok(Value::List(items.iter().skip(1).cloned().collect())),
        ("default", [fallback, value]) => return Ok(default(fallback, value)),
        ("default", [fallback]) => return Ok(fallback.clone()),
        ("coalesce", values) => return Ok(coalesce(values)),
        ("ternary", [yes, no, condition]) => {
            return Ok(match condition.truth() {
                Some(true) => yes.clone(),
                Some(false) => no.clone(),
                None => yes.clone().either(no.clone()),
            });
        }
        ("required", [_, value]) => return Ok(value.clone()),
        ("fail", _) => return Err(Aborted),
        _ => {}
    }
    if arguments.iter().any(Value::is_unknown) {
        return Ok(Value::Unknown);
    }
    match function {
        "eq" | "ne" | "lt" | "le" | "gt" | "ge" => comparison(function, arguments),
        "semver" => match arguments {
            [Value::Text(text, _)] => Version::parse(text).map(Value::Semver).map_err(|_| Aborted),
            _ => Err(Aborted),
        },
        "int" | "int64" | "atoi" | "float64" => Ok(number(function, arguments)),
        "add" | "sub" | "mul" => Ok(arithmetic(function, arguments)),
        _ => Ok(of_texts(function, arguments)),
    }
}

fn dict(entries: &[Value]) -> Value {
    let pairs = entries.chunks_exact(2).filter_map(|pair| match pair {
        [Value::Text(key, _), value] => Some((key.clone(), value.clone())),
        _ => None,
    });
    Value::Dict(pairs.collect())
}

fn index(of: &Value, key: &Value) -> Value {
    match (of, key) {
        (Value::List(items), Value::Integer(at)) => {
            usize::try_from(*at).ok().and_then(|at| items.get(at)).cloned().unwrap_or(Value::Unknown)
        }
        (of, Value::Text(name, _)) => field_of_plain(of, name).unwrap_or(Value::Unknown),
        _ => Value::Unknown,
    }
}

/// The field of a value that is not the cluster's.
pub(super) fn field_of_plain(of: &Value, name: &str) -> Option<Value> {
    let number = |number: u64| i64::try_from(number).map_or(Value::Unknown, Value::Integer);
    match of {
        Value::Dict(entries) => {
            Some(entries.iter().find(|(key, _)| key == name).map_or(Value::Nil, |(_, value)| value.clone()))
        }
        Value::Semver(version) => Some(match name {
            "Major" => number(version.major),
            "Minor" => number(version.minor),
            "Patch" => number(version.patch),
            "Prerelease" => Value::cluster(version.pre_release()),
            _ => Value::Unknown,
        }),
        Value::Unknown if name == "Capabilities" => Some(Value::Capabilities),
        _ => None,
    }
}

/// A setting that overrides the cluster's version is taken as not set; any other unknown value stays unknown.
fn default(fallback: &Value, value: &Value) -> Value {
    match value.truth() {
        Some(true) => value.clone(),
        Some(false) => fallback.clone(),
        None => value.clone().either(fallback.clone()),
    }
}

fn coalesce(values: &[Value]) -> Value {
    values.iter().rev().fold(Value::Nil, |rest, value| match (value.truth(), &rest) {
        (None, Value::Nil) => Value::Unknown,
        _ => default(&rest, value),
    })
}

fn comparison(function: &str, arguments: &[Value]) -> Result<Value, Aborted> {
    let [left, others @ ..] = arguments else { return Err(Aborted) };
    let mut orders = Vec::new();
    for right in others {
        let Some(order) = compare(left, right)? else { return Ok(Value::Unknown) };
        orders.push(order);
    }
    Ok(Value::Bool(match (function, orders.as_slice()) {
        ("eq", orders) => orders.iter().any(|order| order.is_eq()),
        ("ne", [order]) => order.is_ne(),
        ("lt", [order]) => order.is_lt(),
        ("le", [order]) => order.is_le(),
        ("gt", [order]) => order.is_gt(),
        ("ge", [order]) => order.is_ge(),
        _ => return Err(Aborted),
    }))
}

/// As `text/template` compares: texts byte by byte, and a text with a number is an error.
fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, Aborted> {
    use Value::{Bool, Float, Integer, Text};
    match (left, right) {
        (Text(left, _), Text(right, _)) => Ok(Some(left.cmp(right))),
        (Integer(left), Integer(right)) => Ok(Some(left.cmp(right))),
        (Float(left), Float(right)) => Ok(left.partial_cmp(right)),
        (Bool(left), Bool(right)) => Ok(Some(left.cmp(right))),
        (Bool(_) | Float(_) | Integer(_) | Text(..), Bool(_) | Float(_) | Integer(_) | Text(..)) => {
            Err(Aborted)
        }
        _ => Ok(None),
    }
}

/// Sprig's numbers: a text that is not one is 0, and `24+` is not one.
fn number(function: &str, arguments: &[Value]) -> Value {
    let [value] = arguments else { return Value::Unknown };
    if function == "float64" {
        return Value::Float(match value {
            Value::Text(text, _) => text.parse().unwrap_or(0.0),
            Value::Float(number) => *number,
            Value::Integer(number) => match i32::try_from(*number) {
                Ok(number) => f64::from(number),
                Err(_) => return Value::Unknown,
            },
            _ => return Value::Unknown,
        });
    }
    Value::Integer(match value {
        Value::Text(text, _) if function == "atoi" => text.parse().unwrap_or(0),
        Value::Text(text, _) => integer(without_zero_decimals(text)).unwrap_or(0),
        Value::Integer(number) => *number,
        Value::Bool(value) => i64::from(*value),
        _ => return Value::Unknown,
    })
}

fn without_zero_decimals(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    }
}

fn arithmetic(function: &str, arguments: &[Value]) -> Value {
    let numbers: Option<Vec<i64>> = arguments
        .iter()
        .map(|value| if let Value::Integer(number) = value { Some(*number) } else { None })
        .collect();
    let result = numbers.and_then(|numbers| {
        numbers.into_iter().map(Some).reduce(|left, right| match function {
            "add" => left?.checked_add(right?),
            "sub" => left?.checked_sub(right?),
            _ => left?.checked_mul(right?),
        })?
    });
    result.map_or(Value::Unknown, Value::Integer)
}

/// Functions of texts: what comes of the cluster's words is the cluster's.
fn of_texts(function: &str, arguments: &[Value]) -> Value {
    let source = if arguments.iter().any(Value::is_of_cluster) { Source::Cluster } else { Source::Chart };
    let made = |text: String| Value::Text(text, source);
    if function == "printf" {
        return printf(arguments).map_or(Value::Unknown, made);
    }
    if let ("substr", [Value::Integer(from), Value::Integer(to), Value::Text(text, _)]) =
        (function, arguments)
    {
        return usize::try_from(*from)
            .ok()
            .zip(usize::try_from(*to).ok())
            .map_or(Value::Unknown, |(from, to)| {
                made(text.get(from..to.min(text.len())).unwrap_or_default().to_owned())
            });
    }
    if let ("trunc", [Value::Integer(length), Value::Text(text, _)]) = (function, arguments) {
        return usize::try_from(*length)
            .map_or(Value::Unknown, |length| made(text.get(..length).unwrap_or(text).to_owned()));
    }
    if let ("toString", [Value::Integer(number)]) = (function, arguments) {
        return made(number.to_string());
    }
    let texts: Option<Vec<&str>> = arguments
        .iter()
        .map(|value| if let Value::Text(text, _) = value { Some(text.as_str()) } else { None })
        .collect();
    match texts {
        Some(texts) => of_only_texts(function, &texts, made),
        None => Value::Unknown,
    }
}

fn of_only_texts(function: &str, texts: &[&str], made: impl Fn(String) -> Value) -> Value {
    let owned = |text: &str| made(text.to_owned());
    match (function, texts) {
        ("toString" | "print" | "nospace", [text]) if !text.contains(' ') => owned(text),
        ("print", texts) => made(texts.concat()),
        ("trim", [text]) => owned(text.trim()),
        ("lower", [text]) => made(text.to_lowercase()),
        ("upper", [text]) => made(text.to_uppercase()),
        ("quote", [text]) => made(format!("\"{text}\"")),
        ("squote", [text]) => made(format!("'{text}'")),
        ("trimSuffix", [suffix, text]) => owned(text.strip_suffix(suffix).unwrap_or(text)),
        ("trimPrefix", [prefix, text]) => owned(text.strip_prefix(prefix).unwrap_or(text)),
        ("trimAll", [set, text]) => owned(text.trim_matches(|c| set.contains(c))),
        ("replace", [old, new, text]) => made(text.replace(old, new)),
        ("hasPrefix", [prefix, text]) => Value::Bool(text.starts_with(prefix)),
        ("hasSuffix", [suffix, text]) => Value::Bool(text.ends_with(suffix)),
        ("contains", [part, text]) => Value::Bool(text.contains(part)),
        ("splitList", [separator, text]) if !separator.is_empty() => {
            Value::List(text.split(separator).map(owned).collect())
        }
        ("split", [separator, text]) if !separator.is_empty() => Value::Dict(
            text.split(separator).enumerate().map(|(at, part)| (format!("_{at}"), owned(part))).collect(),
        ),
        ("regexMatch" | "mustRegexMatch", [pattern, text]) => {
            search(pattern, text).map_or(Value::Unknown, |found| Value::Bool(found.is_some()))
        }
        ("regexFind" | "mustRegexFind", [pattern, text]) => {
            search(pattern, text).map_or(Value::Unknown, |found| made(found.unwrap_or_default()))
        }
        ("regexReplaceAll" | "mustRegexReplaceAll", [pattern, text, replacement]) => {
            replace_all(pattern, text, replacement).map_or(Value::Unknown, made)
        }
        _ => Value::Unknown,
    }
}

/// The first match.
fn search(pattern: &str, text: &str) -> Result<Option<String>, Unclear> {
    let chars: Vec<char> = text.chars().collect();
    let found = Pattern::parse(pattern)?.find(&chars, 0)?;
    Ok(found.and_then(|groups| Some(chars.get(groups.first()?.clone()?)?.iter().collect())))
}

/// Every match replaced; `$1` and `${1}` are groups. Nothing for what we do not read, such as named groups and empty matches.
fn replace_all(pattern: &str, text: &str, replacement: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let pattern = Pattern::parse(pattern).ok()?;
    let (mut replaced, mut at) = (String::new(), 0);
    while at < chars.len()
        && let Some(groups) = pattern.find(&chars, at).ok()?
    {
        let whole = groups.first()?.clone().filter(|whole| !whole.is_empty())?;
        replaced.extend(chars.get(at..whole.start)?);
        at = whole.end;
        let group = |number: usize| -> Option<String> {
            let range = groups.get(number)?.clone().unwrap_or(0..0);
            Some(chars.get(range)?.iter().collect())
        };
        replaced.push_str(&expand(replacement, group)?);
    }
    replaced.extend(chars.get(at..)?);
    Some(replaced)
}

fn expand(replacement: &str, group: impl Fn(usize) -> Option<String>) -> Option<String> {
    let mut pieces = replacement.split('$');
    let mut expanded = pieces.next()?.to_owned();
    for piece in pieces {
        let (number, rest) = if let Some(braced) = piece.strip_prefix('{') {
            braced.split_once('}')?
        } else {
            let end = piece.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(piece.len());
            piece.split_at_checked(end)?
        };
        expanded.push_str(&group(number.parse().ok()?)?);
        expanded.push_str(rest);
    }
    Some(expanded)
}

/// `printf` with `%s`, `%v`, `%d` and `%%`.
fn printf(arguments: &[Value]) -> Option<String> {
    let [Value::Text(format, _), arguments @ ..] = arguments else { return None };
    let mut arguments = arguments.iter();
    let mut printed = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            printed.push(c);
            continue;
        }
        match chars.next()? {
            '%' => printed.push('%'),
            's' | 'v' => match arguments.next()? {
                Value::Text(text, _) => printed.push_str(text),
                _ => return None,
            },
            'd' => match arguments.next()? {
                Value::Integer(number) => printed.push_str(&number.to_string()),
                _ => return None,
            },
            _ => return None,
        }
    }
    arguments.next().is_none().then_some(printed)
}
