//! External classes as the weaver sees them: like servers, with names that are given.

use super::expand::Origin;
use super::slots::NicPorts;
use super::weave::ServerSide;
use super::{Slot, out_of_range};
use crate::catalog::Cage;
use crate::model::{Code, Finding, Limits};
use crate::plan::{EXTERNAL_NIC, ExternalClass, ServerClass, interface_names};
use std::collections::BTreeSet;

/// The devices of an external class, to be placed. Without its devices where their names cannot
/// be, with a finding.
pub(super) fn of_external(
    class: &ExternalClass,
    origin: &Origin,
    findings: &mut Vec<Finding>,
) -> ServerSide {
    findings.extend(out_of_range(
        &origin.base.field("speed_gbps"),
        "speed_gbps",
        class.speed_gbps,
        1,
        1600,
    ));
    let names = interface_names(&class.ports).unwrap_or_else(|(n, why)| {
        findings.push(
            Finding::new(Code::PortSpec, origin.base.field("ports").index(n), why)
                .advise("List each interface once, by its name in the inventory."),
        );
        Vec::new()
    });
    for (field, what, empty) in
        [("devices", "device", class.devices.is_empty()), ("ports", "port", class.ports.is_empty())]
    {
        if empty {
            findings.push(
                Finding::new(
                    Code::OutOfRange,
                    origin.base.field(field),
                    format!("External class {} lists no {what}.", class.id),
                )
                .advise(format!("List at least one {what}, or remove the class.")),
            );
        }
    }
    let mut known = BTreeSet::new();
    for (n, name) in class.devices.iter().enumerate() {
        let path = origin.base.field("devices").index(n);
        let fits = name.trim() == name
            && !name.is_empty()
            && name.chars().count() <= Limits::DEVICE_NAME_CHARS
            && !name.chars().any(char::is_control);
        if !fits {
            findings.push(Finding::new(Code::InvalidText, path, "This is no device name.").advise(
                format!(
                    "Write the name in the inventory: 1 to {} printable characters.",
                    Limits::DEVICE_NAME_CHARS
                ),
            ));
        } else if !known.insert(name.to_lowercase()) {
            findings.push(
                Finding::new(
                    Code::DuplicateId,
                    path,
                    format!("The device {name} is listed twice."),
                )
                .advise("List each device once; capital letters make no difference."),
            );
        }
    }
    let cage = class.connector.unwrap_or(usual_connector(class.speed_gbps));
    let ports = u32::try_from(names.len()).unwrap_or(u32::MAX);
    let slots = names.into_iter().zip(0_u16..).map(|(name, n)| Slot {
        name,
        key: format!("{EXTERNAL_NIC}/{n}"),
        cage,
        cage_number: n + 1,
        speed_gbps: class.speed_gbps,
        from_type: true,
    });
    let nic = NicPorts {
        id: EXTERNAL_NIC.to_owned(),
        first_slot: 0,
        ports,
        speed_gbps: class.speed_gbps,
    };
    ServerSide {
        slots: slots.collect(),
        nics: vec![nic],
        class: ServerClass {
            id: class.id.clone(),
            note: class.note.clone(),
            quantity: u32::try_from(class.devices.len()).unwrap_or(u32::MAX),
            out_of_service: class.out_of_service.clone(),
            connections: class.connections.iter().map(|c| c.as_connection()).collect(),
            ..ServerClass::default()
        },
        origin: origin.clone(),
        given_names: class.devices.clone().into(),
        external: true,
    }
}

/// The connector that most interfaces of a speed have.
fn usual_connector(speed_gbps: u32) -> Cage {
    match speed_gbps {
        0..=1 => Cage::Rj45,
        2..=10 => Cage::SfpPlus,
        11..=25 => Cage::Sfp28,
        26..=100 => Cage::Qsfp28,
        101..=200 => Cage::Qsfp56,
        201..=400 => Cage::QsfpDd,
        _ => Cage::Osfp,
    }
}
