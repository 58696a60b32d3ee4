//! Tests that are no fixtures, in one binary.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod pages;
mod registry;
#[path = "../support/mod.rs"]
mod support;
