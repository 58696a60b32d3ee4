//! Tests that are no fixtures, in one binary.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic, helper functions included"
)]

mod accepting;
#[cfg(target_os = "linux")]
mod bounds;
mod can_i;
mod cli;
mod crowds;
mod docs;
#[cfg(unix)]
mod file_system;
mod graph;
#[cfg(unix)]
mod helm;
mod hostile;
mod identities;
#[cfg(unix)]
mod injection;
mod loudness;
mod near_misses;
mod pages;
mod paths;
mod pins;
mod project;
mod props;
mod registry;
mod rendered;
mod sarif;
mod scripts;
mod secrets;
#[expect(dead_code, reason = "some of it is for tests/fixtures.rs only")]
#[path = "../support/mod.rs"]
mod support;
mod token;
mod versions;
mod world;
