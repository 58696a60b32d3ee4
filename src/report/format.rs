//! `--output FORMAT[=PATH]`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;

/// A report's format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, ValueEnum)]
pub enum Format {
    /// For people: every finding with its source, and a summary.
    #[default]
    Text,
    /// One line per finding, for editors and grep.
    Concise,
    /// For scripts; versioned.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub workflow commands: annotations without code scanning.
    Github,
    /// GitLab Code Quality.
    Gitlab,
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}

/// A report that somebody asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Its format.
    pub format: Format,
    /// The file to write; `None` for standard output.
    pub path: Option<PathBuf>,
}

/// Text that is not `FORMAT[=PATH]`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    /// There is no such format.
    #[error("`{0}` is no output format: write one of {formats}", formats = names())]
    UnknownFormat(String),
    /// Nothing stands after the `=`.
    #[error("`{0}=` has no path: write `{0}=PATH`, or `{0}` for standard output")]
    NoPath(String),
}

fn names() -> String {
    Format::value_variants().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl FromStr for Output {
    type Err = OutputError;

    /// Reads `FORMAT[=PATH]`; the path `-` is standard output.
    fn from_str(text: &str) -> Result<Self, OutputError> {
        let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
        let format =
            Format::from_str(name, false).map_err(|_| OutputError::UnknownFormat(name.to_owned()))?;
        match path {
            Some("") => Err(OutputError::NoPath(name.to_owned())),
            None | Some("-") => Ok(Self { format, path: None }),
            Some(path) => Ok(Self { format, path: Some(path.into()) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_and_paths() {
        for (text, format, path) in [
            ("text", Format::Text, None),
            ("sarif=-", Format::Sarif, None),
            ("gitlab=out/a=b.json", Format::Gitlab, Some("out/a=b.json")),
        ] {
            assert_eq!(text.parse(), Ok(Output { format, path: path.map(PathBuf::from) }));
        }
        assert_eq!("json=".parse::<Output>(), Err(OutputError::NoPath("json".to_owned())));
        let error = "junit".parse::<Output>().unwrap_err().to_string();
        assert_eq!(
            error,
            "`junit` is no output format: write one of text, concise, json, sarif, github, gitlab"
        );
    }
}
