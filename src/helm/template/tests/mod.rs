//! Tests of reading templates.
