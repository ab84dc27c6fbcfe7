//! `docs/reference/findings.md` is the list of codes, no more and no less.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use heddle::model::{Code, Severity};
use std::fmt::Write;
use std::fs;
use std::path::Path;

fn page() -> String {
    let mut page = String::from(
        "# Findings\n\n\
         A finding says what is wrong or worth knowing, where in the plan, and what would help. \
         An error stops approval; a warning asks someone to look; an info is good to know. \
         Codes never change their meaning. Errors come first, then warnings, then infos, each in \
         the order of the plan. What only follows from something that has been told is not told.\n\n\
         | code | severity | when | what helps |\n|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let (severity, condition, remedy) = (code.severity(), code.condition(), code.remedy());
        assert!(
            !remedy.is_empty() || severity == Severity::Info,
            "{code}: somebody has to do something, but what?"
        );
        writeln!(page, "| `{code}` | {} | {condition} | {remedy} |", severity.name())
            .expect("memory takes everything");
    }
    page.push_str(
        "\nThis page is written by `HEDDLE_WRITE_DOCS=1 cargo test --test findings`; \
         change the codes in `src/model/finding.rs` instead.\n",
    );
    page
}

#[test]
fn the_reference_lists_every_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/findings.md");
    if std::env::var_os("HEDDLE_WRITE_DOCS").is_some() {
        fs::write(&path, page()).expect("the page can be written");
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == page(),
        "docs/reference/findings.md differs from the codes in src/model/finding.rs; \
         write it anew with `HEDDLE_WRITE_DOCS=1 cargo test --test findings`"
    );
}
