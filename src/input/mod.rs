//! Files: which are read, what they are called, and what was left out and why.

mod source;

pub use source::{Contents, Found, Source, Sources};
