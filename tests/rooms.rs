//! The rooms of `docs/architecture.md` hold: no file uses a room that its own may not use, no
//! room is missing from the table, and what may be used goes in no circle.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Rooms = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The table of rooms: name, and what it may use.
fn table() -> Rooms {
    let text = fs::read_to_string(root().join("docs/architecture.md")).expect("the page is there");
    text.lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| {
            let mut cells = line.split('|').map(str::trim);
            let name = cells.next()?.trim_end_matches('`').to_owned();
            let uses = cells.nth(1)?;
            let uses = uses.split(',').map(|use_| use_.trim().to_owned());
            Some((name, uses.filter(|use_| !use_.is_empty()).collect()))
        })
        .filter(|(name, _): &(String, _)| !name.contains('/'))
        .collect()
}

/// Every file of code; a test may use what it likes.
fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// The room of a file, and none for `lib.rs` and `main.rs`, which only name them.
fn room_of(file: &Path) -> Option<String> {
    let inside = file.strip_prefix(root().join("src")).expect("inside src");
    let first = inside.components().next()?.as_os_str().to_str()?;
    let name = first.trim_end_matches(".rs");
    (name != "lib" && name != "main").then(|| name.to_owned())
}

/// Code without comments, and without the tests at its end: a test may use what it likes.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The rooms that code names by `crate::room`, also in `crate::{room::…, room::…}`.
fn used_by(code: &str) -> BTreeSet<String> {
    let word = |text: &str| -> String {
        text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
    };
    let mut used = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        let Some(group) = after.strip_prefix('{') else {
            used.insert(word(after));
            continue;
        };
        let mut depth = 0;
        let mut start = true;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && !c.is_whitespace() => {
                    used.insert(word(&group[at..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    used
}

#[test]
fn names_are_found_in_every_form_of_use() {
    let check = |code: &str, expected: &[&str]| {
        let expected: BTreeSet<String> = expected.iter().map(|s| (*s).to_owned()).collect();
        assert_eq!(used_by(&code_of(code)), expected, "{code}");
    };
    check("use crate::plan::Plan;", &["plan"]);
    check("use crate::{\n    model::{Digest, Finding},\n    diff,\n};", &["model", "diff"]);
    check("let x = crate::fabric::End::default(); // crate::app", &["fabric"]);
    check("#[cfg(test)]\nmod tests {\n    use crate::app;\n}", &[]);
}

#[test]
fn no_room_uses_what_it_may_not() {
    let rooms = table();
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for file in files {
        let Some(room) = room_of(&file) else { continue };
        let text = fs::read_to_string(&file).expect("readable");
        let Some(allowed) = rooms.get(&room) else {
            wrong.push(format!("{}: the room `{room}` is not in the table", file.display()));
            continue;
        };
        for used in used_by(&code_of(&text)) {
            if used != room && used != "model" && !allowed.contains(&used) {
                wrong.push(format!("{}: `{room}` may not use `{used}`", file.display()));
            }
        }
        seen.insert(room);
    }
    for room in rooms.keys().filter(|room| !seen.contains(*room)) {
        wrong.push(format!("the table has a room `{room}` that src has not"));
    }
    assert!(wrong.is_empty(), "against docs/architecture.md:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_points_up() {
    // A room is settled once everything it may use is; a circle never settles.
    let rooms = table();
    let mut settled = BTreeSet::new();
    while settled.len() < rooms.len() {
        let before = settled.len();
        for (room, uses) in &rooms {
            if uses.iter().all(|use_| settled.contains(use_)) {
                settled.insert(room.clone());
            }
        }
        let open: Vec<_> = rooms.keys().filter(|room| !settled.contains(*room)).collect();
        assert!(
            settled.len() > before,
            "these use each other, or a room that is not there: {open:?}"
        );
    }
}
