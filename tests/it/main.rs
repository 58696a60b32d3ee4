//! Tests of the library as a whole, in one binary.

mod sarif;
