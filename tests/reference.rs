//! Every field and word that a plan may have is on a page of `docs/reference`.
//!
//! Fields are found in the sources, as `tests/rooms.rs` finds `use` lines: public fields of types
//! that are read from a file, and the variants of enums, as serde writes them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Types whose fields a plan does not have, though they are read from one.
const NOT_WRITTEN: [&str; 1] = ["Breakout"];

/// `RailOptimised` → `rail_optimised`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for (n, c) in name.chars().enumerate() {
        if c.is_uppercase() && n > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// `type field` of everything that serde reads in a source file.
fn fields(source: &str) -> BTreeSet<(String, String)> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = BTreeSet::new();
    let (mut read, mut inside): (bool, Option<(String, bool)>) = (false, None);
    for line in source.lines() {
        if let Some((name, is_enum)) = &inside {
            if line == "}" {
                inside = None;
                continue;
            }
            let Some(rest) = line.strip_prefix("    ").filter(|rest| !rest.starts_with(' ')) else {
                continue;
            };
            let rest = if *is_enum { Some(rest) } else { rest.strip_prefix("pub ") };
            let word: String = rest
                .unwrap_or_default()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if !word.is_empty() {
                let word = if *is_enum { snake(&word) } else { word };
                found.insert((name.clone(), word));
            }
        } else if line.starts_with("#[derive(") {
            read = line.contains("Deserialize");
        } else if let Some((is_enum, rest)) = line
            .strip_prefix("pub struct ")
            .map(|rest| (false, rest))
            .or_else(|| line.strip_prefix("pub enum ").map(|rest| (true, rest)))
        {
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
            let open = line.ends_with('{');
            if read && open && !NOT_WRITTEN.contains(&name.as_str()) {
                inside = Some((name, is_enum));
            }
            read = false;
        }
    }
    found
}

#[test]
fn every_field_of_a_plan_is_described() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |path: &str| fs::read_to_string(root.join(path)).expect(path);
    let pages = text("docs/reference/spec.md") + &text("docs/reference/models.md");
    // Words between backticks, also within `a.b`, `a: 1` and `["a"]`.
    let described: BTreeSet<&str> = pages
        .split('`')
        .skip(1)
        .step_by(2)
        .flat_map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .collect();
    let mut known = 0;
    let mut missing = Vec::new();
    for path in [
        "src/plan/spec.rs",
        "src/plan/cluster.rs",
        "src/plan/classes.rs",
        "src/plan/external.rs",
        "src/plan/racks.rs",
        "src/plan/target.rs",
        "src/plan/waivers.rs",
        "src/catalog/model.rs",
        "src/catalog/optics.rs",
    ] {
        for (of, field) in fields(&text(path)) {
            known += 1;
            if !described.contains(field.as_str()) {
                missing.push(format!("{path}: {of}.{field}"));
            }
        }
    }
    assert!(known > 150, "only {known} fields were found: the sources are written otherwise now");
    assert!(missing.is_empty(), "no page of docs/reference describes {missing:#?}");
}
