//! What a text is written in, as far as that decides what in it is a command.

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Shell, Makefiles, Dockerfiles, pipelines.
    Shell,
    /// Markdown: what is to be run stands in blocks of code.
    Markdown,
    /// Text for people: `NOTES.txt`, reStructuredText, AsciiDoc.
    Prose,
    /// Terraform.
    Terraform,
    /// YAML and JSON: manifests, CI files, values.
    Yaml,
}

impl Language {
    /// By the name of a file.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "md" | "mdx" | "markdown" => Self::Markdown,
            "txt" | "rst" | "adoc" | "asciidoc" => Self::Prose,
            "tf" | "tofu" | "hcl" => Self::Terraform,
            "yaml" | "yml" | "json" => Self::Yaml,
            _ => Self::Shell,
        }
    }

    /// Whether people read it, to do what it says.
    pub fn is_documentation(self) -> bool {
        matches!(self, Self::Markdown | Self::Prose)
    }

    /// Whether a line is a comment as a whole. In documentation a `#` is rather a prompt.
    pub(super) fn is_comment(self, line: &str) -> bool {
        let line = line.trim_start();
        !self.is_documentation()
            && (line.starts_with('#') || line.starts_with("//") || line.starts_with("* "))
    }
}
