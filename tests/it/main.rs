//! Tests that are no fixtures, in one binary.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod pages;
mod registry;
#[path = "../support/mod.rs"]
mod support;
//! Tests of the library as a whole, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic, helper functions included"
)]
mod sarif;
