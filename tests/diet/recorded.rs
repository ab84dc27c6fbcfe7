//! Plans whose devices and cables DIET's own generator was seen to make.

use super::{cables, read, woven};
use heddle::fabric::Fabric;
use heddle::plan;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn recorded_plans_give_the_recorded_devices_and_cables() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/diet");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: no recorded plans beside the repository");
        return;
    };
    let mut cases = 0;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        cases += 1;
        let text = fs::read_to_string(&path).expect("a recorded plan");
        let evaluation = woven(&text);
        let fabric = &evaluation.fabric;
        let names = rows(&path.with_extension("devices.csv"))
            .iter()
            .map(|row| row.split(',').next().unwrap_or_default().to_owned())
            .collect::<BTreeSet<_>>();
        assert_eq!(devices(fabric), names, "{}", path.display());
        let wanted: BTreeSet<String> =
            rows(&path.with_extension("cables.csv")).iter().map(|row| ordered(row)).collect();
        assert_eq!(cables(fabric), wanted, "{}", path.display());
        let (plan, _) = read(&text).expect("read before");
        let again = plan::read("again", &plan::write(&plan)).expect("a plan that can be read");
        assert_eq!(again.plan, plan);
    }
    assert!(cases > 0, "the folder has no plans");
}

fn devices(fabric: &Fabric) -> BTreeSet<String> {
    (0..fabric.devices.len() as u32).map(|device| fabric.device_name(device)).collect()
}

fn rows(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).expect("a recorded table");
    text.lines().skip(1).map(|line| line.trim().to_owned()).filter(|l| !l.is_empty()).collect()
}

/// A cable as recorded, with its ends in the order of [`cables`].
fn ordered(row: &str) -> String {
    let cells: Vec<&str> = row.split(',').collect();
    let [a, b, c, d] = cells.as_slice() else { panic!("four cells: {row}") };
    let (a, b) = (format!("{a},{b}"), format!("{c},{d}"));
    if a <= b { format!("{a},{b}") } else { format!("{b},{a}") }
}
