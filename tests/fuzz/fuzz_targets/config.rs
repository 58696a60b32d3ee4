//! `saudit.yaml`: every text is read or refused, with an error that can be shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saudit::config::{ConfigFile, ConfigIgnore, ObjectPattern, Selection, rule_named};
use saudit::finding::ObjectId;
use saudit_fuzz::text;

fuzz_target!(|data: &[u8]| {
    let Some(text) = text(data) else { return };
    let config = match ConfigFile::parse(&text, "saudit.yaml") {
        Ok(config) => config,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let [select, disable] = [&config.select, &config.disable].map(|list| list.as_deref().unwrap_or_default());
    let _ = Selection::new(select, disable);
    for entry in &config.ignore {
        if let Ok(ignore) = ConfigIgnore::new(entry, "", "saudit.yaml") {
            ignore.covers("invalid-name", "a/b.yaml", Some(&ObjectId::default()));
        }
    }
    for line in text.lines().take(8) {
        let _ = rule_named(line);
        ObjectPattern::parse(line).map(|pattern| pattern.matches(&ObjectId::default()));
    }
});
