//! Files: which are read, what they are called, and what was left out and why.

mod changes;
mod decode;
mod globs;
mod helm;
mod ignores;
mod names;
mod paths;
mod read;
mod scripts;
mod source;
mod surroundings;
mod walk;
mod workspace;

pub use changes::{Change, ChangesError, changes};
pub use decode::{DecodeError, Decoded, decode};
pub use globs::{GlobError, PathGlobs};
pub use helm::{Helm, HelmError, Limits, link_out};
pub use names::{is_read_by_default, is_template_text};
pub use paths::joined;
pub use read::{MAX_FILE_SIZE, ReadError, read_stdin};
pub use scripts::is_script;
pub use source::{Audited, Contents, Digest, Keeper, Source, Sources};
pub use surroundings::Surroundings;
pub use walk::{Beyond, Found, MAX_FILES, Purpose, Request, discover};
pub use workspace::Workspace;
