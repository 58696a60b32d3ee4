//! Answers about the keys of a mapping, each found once: thousands of its keys may ask the same, and each answer goes
//! through all of it.

use std::collections::HashMap;

/// What was answered so far, by key.
#[derive(Default)]
pub(super) struct Once(HashMap<&'static str, bool>);

impl Once {
    /// What `find` answers about `key`.
    pub(super) fn of(&mut self, key: &'static str, find: impl FnOnce() -> bool) -> bool {
        *self.0.entry(key).or_insert_with(find)
    }
}
