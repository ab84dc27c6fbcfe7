//! What the spec says of its target and of its past: rules to ignore, former keys, waivers; and
//! the guards of a change set.
//!
//! A guard is a warning that whoever approves has to acknowledge: a change set may be right and
//! still be more than somebody meant.

use crate::diff::{ChangeSet, RunHistory};
use crate::inventory::{Desired, DeviceRecord, Field, Object, ObjectId, Prerequisite, Snapshot};
use crate::model::{
    Code, EditValue, Finding, PlanId, Severity, SpecPath, counted, grouped, nearest,
};
use crate::plan::{Ignore, Moved, MovedName, Spec, Waiver};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Deletions of devices that need no acknowledgement, at least …
const FEW_DEVICES: u64 = 10;
/// … or one device of so many.
const FEW_OF: u64 = 20;

/// Checks former keys and ignored differences against the classes that were woven.
pub fn of_target(spec: &Spec, desired: &Desired, findings: &mut Vec<Finding>) {
    let classes: BTreeSet<&str> = desired.kinds.iter().map(|kind| kind.class.as_str()).collect();
    let devices: BTreeSet<(&str, u32)> = if spec.moved.is_empty() {
        BTreeSet::new()
    } else {
        let class = |kind: u32| desired.kinds.get(kind as usize).map(|k| k.class.as_str());
        desired.devices.iter().filter_map(|d| Some((class(d.kind)?, d.number))).collect()
    };
    let froms: BTreeSet<&str> = spec.moved.iter().map(|moved| moved.from.as_str()).collect();
    for (n, moved) in spec.moved.iter().enumerate() {
        let path = SpecPath::new("spec.moved").index(n);
        if let Some(problem) = move_problem(moved, &froms, &classes, &devices) {
            findings.push(Finding::new(Code::MovedInvalid, path, problem).advise(
                "Write both sides as `gpu`, `gpu/3` or `gpu/*/rail-0`, the old one first.",
            ));
        }
    }
    for (n, Ignore { class, fields, .. }) in spec.target.ignore.iter().enumerate() {
        let path = SpecPath::new("spec.target.ignore").index(n);
        let problem = if fields.is_empty() {
            "A rule of `ignore` names no field.".to_owned()
        } else if !class.is_empty() && !classes.contains(class.as_str()) {
            format!("A rule of `ignore` is about {class}, which is no class of the plan.")
        } else {
            continue;
        };
        let finding = Finding::new(Code::IgnoreInvalid, path.clone(), problem);
        findings.push(match nearest(class, classes.iter().copied()) {
            Some(near) => finding.offer(
                format!("Use {near}"),
                path.field("class"),
                EditValue::Text(near.to_owned()),
            ),
            None => finding.advise("Name fields and a class of the plan, or leave the class out."),
        });
    }
}

/// What is wrong with an entry of `moved`.
fn move_problem(
    Moved { from, to }: &Moved,
    froms: &BTreeSet<&str>,
    classes: &BTreeSet<&str>,
    devices: &BTreeSet<(&str, u32)>,
) -> Option<String> {
    let (Some(old), Some(new)) = (MovedName::parse(from), MovedName::parse(to)) else {
        return Some(format!("`{from}` → `{to}` is no pair of a class, device, NIC or zone."));
    };
    if !old.is_like(new) {
        return Some(format!("`{from}` and `{to}` are not of one kind."));
    }
    if old == new {
        return Some(format!("`{from}` is moved to itself."));
    }
    // Of a chain only the last name is that of now.
    let goes_on = froms.contains(to.as_str());
    let (old_stands, new_stands) = match (old, new) {
        (MovedName::Class(old), MovedName::Class(new)) => {
            (classes.contains(old), classes.contains(new))
        }
        (MovedName::Device(old, m), MovedName::Device(new, n)) => {
            (devices.contains(&(old, m)), devices.contains(&(new, n)))
        }
        // Parts of a class may come and go with its fabric.
        _ => (false, true),
    };
    if old_stands {
        return Some(format!(
            "`{from}` is said to be called `{to}` now, but the plan still has it."
        ));
    }
    (!new_stands && !goes_on)
        .then(|| format!("`{from}` is said to be called `{to}` now, which the plan does not have."))
}

/// Lets warnings rest that somebody answers for. Without a day every waiver holds.
pub fn waive(waivers: &[Waiver], today: Option<Date>, findings: &mut Vec<Finding>) {
    let mut said = Vec::new();
    // With errors much is not looked at, so a warning that is not there may come.
    let all_is_known = !findings.iter().any(|finding| finding.severity == Severity::Error);
    for (n, waiver) in waivers.iter().enumerate() {
        let path = SpecPath::new("spec.waivers").index(n);
        let (code, until) = match read(waiver) {
            Ok(read) => read,
            Err(problem) => {
                let finding = Finding::new(Code::WaiverInvalid, path, problem);
                said.push(finding.advise(
                    "Name the code of a warning, why, who, and until when (`2026-12-31`).",
                ));
                continue;
            }
        };
        let at = SpecPath::new(&waiver.path);
        let meant = |f: &Finding| {
            f.code == code
                && f.severity == Severity::Warning
                && (waiver.path.is_empty() || at.contains(&f.path))
        };
        if today.is_some_and(|today| today > until) {
            let text = format!("The waiver of {code} by {} held until {until}.", waiver.by);
            let finding = Finding::new(Code::WaiverExpired, path, text);
            said.push(finding.advise("Mend what it is about, or extend the waiver."));
            continue;
        }
        let mut used = false;
        for finding in findings.iter_mut().filter(|f| meant(f)) {
            used = true;
            finding.severity = Severity::Info;
            finding.remedy = None;
            finding.alternatives.clear();
            let Waiver { by, reason, .. } = waiver;
            finding.text =
                format!("{} Waived by {by} until {until}: {reason}", finding.text.trim_end());
        }
        if !used && all_is_known {
            let text = format!("The plan has no warning {code} there to waive.");
            said.push(Finding::new(Code::WaiverUnused, path, text));
        }
    }
    findings.extend(said);
}

/// Code and last day of a waiver, or what is wrong with it.
fn read(waiver: &Waiver) -> Result<(Code, Date), String> {
    let Some(code) = Code::named(&waiver.code) else {
        let near = nearest(&waiver.code, Code::ALL.iter().map(|code| code.name()));
        let hint = near.map(|near| format!(" Did you mean {near}?")).unwrap_or_default();
        return Err(format!("`{}` is no code of a finding.{hint}", waiver.code));
    };
    if code.severity() != Severity::Warning {
        return Err(format!("{code} is no warning, and only warnings can be waived."));
    }
    if code.needs_acknowledgement() {
        return Err(format!("{code} is acknowledged with each approval, never waived."));
    }
    if waiver.reason.trim().is_empty() || waiver.by.trim().is_empty() {
        return Err(format!("The waiver of {code} does not say why, or who answers for it."));
    }
    let until: Date = waiver
        .until
        .parse()
        .map_err(|_| format!("`{}` is no day such as 2026-12-31.", waiver.until))?;
    Ok((code, until))
}

/// The guards of a change set. `described` are what the plan wants and wanted before: they know
/// which interfaces a type brings.
pub fn of_changes(
    changes: &mut ChangeSet,
    snapshot: &Snapshot,
    described: &[&Desired],
    models: Option<&BTreeMap<&str, &SpecPath>>,
    findings: &mut Vec<Finding>,
) {
    let path = || SpecPath::new("spec.target.site");
    let deleted = changes.deleted().devices;
    let owned = deleted + changes.modified().devices + changes.unchanged.devices;
    if deleted > FEW_DEVICES.max(owned / FEW_OF) {
        findings.push(
            Finding::new(
                Code::ManyDeletions,
                // Whatever made them go: no one field did.
                SpecPath::new("spec"),
                format!(
                    "{} of the {} that the inventory has of this plan would be deleted.",
                    grouped(deleted),
                    counted(owned, "device", "devices")
                ),
            )
            .advise("Read the deletions, and acknowledge them when you approve."),
        );
    }
    swapped(changes, models, findings);
    stranded(changes, snapshot, findings);
    let of_types = interfaces_of_types(described);
    let is_own = changes.desired.owns();
    let carries = |device: &DeviceRecord| {
        // Of a type that nobody described it is not known which interfaces it brings.
        let brought = of_types.get(device.device_type.as_str());
        !addresses(device).is_empty()
            || brought.is_some_and(|brought| {
                let mut interfaces = snapshot.interfaces_of(device.id);
                interfaces.any(|i| !is_own(&i.key) && !brought.contains(i.name.as_str()))
            })
    };
    let carrying: Vec<(String, String)> = changes
        .deletions
        .iter()
        .filter(|d| matches!(&d.old, Object::Device(device) if carries(device)))
        .map(|d| (d.key.clone(), d.name.clone()))
        .collect();
    changes.carrying = carrying.iter().map(|(key, _)| key.clone()).collect();
    if let Some(((_, first), others)) = carrying.split_first() {
        let more = match others.len() as u64 {
            0 => String::new(),
            n => format!(" and {} more", counted(n, "device", "devices")),
        };
        findings.push(
            Finding::new(
                Code::CarriesForeign,
                path(),
                format!(
                    "{}{more} would be deleted with addresses or interfaces that are not of this \
                     plan.",
                    first
                ),
            )
            .advise("Move them elsewhere, or acknowledge their loss when you approve."),
        );
    }
}

/// Devices that would become another model. An inventory changes no ports with that: those of the
/// old model stay, and only hands swap what stands in the rack.
fn swapped(
    changes: &ChangeSet,
    models: Option<&BTreeMap<&str, &SpecPath>>,
    findings: &mut Vec<Finding>,
) {
    let mut swaps: BTreeMap<(&str, &str, &str), u64> = BTreeMap::new();
    for modification in changes.modifications.iter().filter(|m| m.swaps()) {
        let class = modification.key.split('/').nth(1).unwrap_or_default();
        for field in modification.fields.iter().filter(|change| change.field == Field::Type) {
            *swaps.entry((class, &field.old, &field.new)).or_default() += 1;
        }
    }
    for ((class, old, new), count) in swaps {
        let place = models.and_then(|models| models.get(class));
        let place = place.map_or_else(|| SpecPath::new("spec"), |place| (*place).clone());
        // Ports that the plan uses are missing: that is the error, and says what to do.
        let lacking = |finding: &Finding| finding.code == Code::InterfaceMissing;
        if findings.iter().any(|finding| lacking(finding) && finding.path == place) {
            continue;
        }
        let (devices, have) = match count {
            1 => ("device", "has"),
            _ => ("devices", "have"),
        };
        let text = format!(
            "{} {devices} of {class} would become {new} and {have} to be swapped; the inventory \
             keeps the ports of {old}.",
            grouped(count)
        );
        findings.push(Finding::new(Code::ModelSwap, place, text).advise(
            "Swap them, correct their ports in the inventory, and acknowledge it when you approve.",
        ));
    }
}

/// Cables of the plan that stay on a device that goes: a way back, or a part, leaves them out.
fn stranded(changes: &ChangeSet, snapshot: &Snapshot, findings: &mut Vec<Finding>) {
    if changes.left_out.is_empty() || changes.deletions.is_empty() {
        return;
    }
    let is_own = changes.desired.owns();
    let deleted = changes.deletions.iter().map(|deletion| &deletion.old);
    let modified = changes.modifications.iter().map(|modification| &modification.old);
    let cables: BTreeSet<ObjectId> = deleted
        .chain(modified)
        .filter(|object| matches!(object, Object::Cable(_)))
        .map(Object::id)
        .collect();
    for deletion in &changes.deletions {
        let interfaces: Vec<ObjectId> = match &deletion.old {
            Object::Device(device) => snapshot.interfaces_of(device.id).map(|i| i.id).collect(),
            Object::Interface(interface) => vec![interface.id],
            Object::Cable(_) => continue,
        };
        let at = interfaces.into_iter().filter_map(|id| snapshot.cable_at(id));
        if at.filter(|cable| is_own(&cable.key)).any(|cable| !cables.contains(&cable.id)) {
            let text = format!(
                "{} is to be deleted, but a cable of this plan that these changes leave alone is \
                 plugged into it.",
                deletion.name
            );
            findings.push(
                Finding::new(Code::ForeignCable, SpecPath::new("spec.target.site"), text)
                    .advise("Edit the plan to what you want, and apply that as a whole."),
            );
        }
    }
}

/// The addresses that somebody gave a device.
fn addresses(device: &DeviceRecord) -> Vec<&serde_json::Value> {
    let given = ADDRESSES.iter().filter_map(|field| device.other.get(*field));
    given.filter(|address| !address.is_null()).collect()
}

/// Why something must not be deleted as it is now: since the changes were made, somebody gave it an
/// address, an interface or a cable, which would go with it. `None` if nobody did.
pub fn given_since(changes: &ChangeSet, snapshot: &Snapshot) -> Option<String> {
    let is_own = changes.desired.owns();
    changes.deletions.iter().find_map(|deletion| {
        if let Object::Interface(old) = &deletion.old {
            let live = snapshot.interface(old.id).filter(|live| live.key == old.key)?;
            let foreign = snapshot.cable_at(live.id).filter(|cable| !is_own(&cable.key));
            return foreign.map(|_| {
                format!(
                    "{} has got a cable of somebody else since the changes were made",
                    deletion.name
                )
            });
        }
        let Object::Device(old) = &deletion.old else { return None };
        // One that is gone, or is somebody else's by now, is not deleted by this set.
        let live = snapshot.device(old.id).filter(|live| live.key == old.key)?;
        let interfaces: Vec<_> = snapshot.interfaces_of(old.id).collect();
        let cable = interfaces.iter().filter_map(|i| snapshot.cable_at(i.id));
        let what = if cable.clone().any(|cable| !is_own(&cable.key)) {
            "a cable"
        } else if addresses(live).iter().any(|address| !addresses(old).contains(address)) {
            "an address"
        } else if deletion.interfaces.is_some_and(|n| interfaces.len() > n as usize) {
            "an interface"
        } else {
            return None;
        };
        Some(format!("{} has got {what} of somebody else since the changes were made", live.name))
    })
}

/// Names of the interfaces that each device type brings, by its slug.
fn interfaces_of_types<'d>(described: &[&'d Desired]) -> BTreeMap<&'d str, BTreeSet<&'d str>> {
    let mut of_types: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for prerequisite in described.iter().flat_map(|desired| &desired.prerequisites) {
        if let Prerequisite::DeviceType { slug, interfaces, .. } = prerequisite {
            let names = interfaces.iter().map(|(name, _)| name.as_str());
            of_types.entry(slug).or_default().extend(names);
        }
    }
    of_types
}

/// Fields in which NetBox names the addresses of a device.
const ADDRESSES: [&str; 4] = ["primary_ip", "primary_ip4", "primary_ip6", "oob_ip"];

/// Holds the newest run that a target knows of against those on record.
pub fn of_history(
    plan: PlanId,
    snapshot: &Snapshot,
    history: &RunHistory,
    owns: bool,
    findings: &mut Vec<Finding>,
) {
    let path = SpecPath::new("metadata.id");
    let finding = match snapshot.last_run(plan) {
        Some(run) if history.runs.contains(run) => return,
        Some(run) => {
            let (why, help) = match history.runs.is_empty() {
                true => (
                    "no run is on record here: this is a copy, or the folder of records is not \
                     beside the plan",
                    "Put the folder of records back, or save the copy under a new id",
                ),
                false => (
                    "it is not on record here: a copy of this plan made it",
                    "Work with the copy that was applied, or give one of the two a new id",
                ),
            };
            let text = format!("Run {run} of a plan with this id was applied last, and {why}.");
            Finding::new(Code::OtherLineage, path, text)
                .advise(format!("{help}; else acknowledge it when you approve."))
        }
        None if owns && history.runs.is_empty() => {
            let text = "The inventory has objects of this plan, but no run is on record here.";
            Finding::new(Code::RecordsMissing, path, text)
                .advise("Put the folder of records back beside the plan.")
        }
        None => return,
    };
    findings.push(finding);
}
