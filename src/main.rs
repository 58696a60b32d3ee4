//! The command line of saudit.

fn main() {}
