//! The two producers apart from each other: for tests and fuzz targets, not for users.

use super::{Text, Tree, fast, full};

/// What the fast path makes of one document; `None` if it leaves it to the full parser.
pub fn read_fast(source: &str) -> Option<Tree<'_>> {
    fast::parse(source).ok().map(|builder| builder.finish(Text::slice(source, 0)))
}

/// What the full parser makes of one document; `None` if it refuses it.
pub fn read_full(source: &str) -> Option<Tree<'_>> {
    full::parse(source).ok().map(|builder| builder.finish(Text::slice(source, 0)))
}
