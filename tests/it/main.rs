//! Tests of the library as a whole, in one binary.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic, helper functions included"
)]

mod sarif;
