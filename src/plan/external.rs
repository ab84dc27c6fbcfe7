//! External classes: routers, firewalls, storage that somebody else owns, with the ports that this
//! plan may cable.
//!
//! They have names instead of numbers and models: each device and each interface is the one of that
//! name in the inventory. Positions in the lists are what keys count, so new names go to the end.

use super::{Connection, ConnectionKind, Distribution};
use crate::catalog::Cage;
use crate::model::Limits;
use serde::{Deserialize, Serialize};

/// Devices of others and the interfaces that may be cabled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalClass {
    /// The key: never changes.
    pub id: String,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Names of the devices in the inventory.
    pub devices: Vec<String>,
    /// Names of their interfaces, each alike on every device. `[1-4]` stands for the numbers from 1
    /// to 4: `Ethernet1/[1-4]`.
    pub ports: Vec<String>,
    /// Speed of an interface in Gb/s.
    pub speed_gbps: u32,
    /// The connector; the usual one of that speed if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<Cage>,
    /// Numbers of devices that are not there: the others keep their keys and cables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_of_service: Vec<u32>,
    /// What the ports are cabled to.
    pub connections: Vec<ExternalConnection>,
}

/// Ports of each device of an external class, cabled to one zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalConnection {
    /// The key within its class.
    pub id: String,
    /// The first port used, from 0, in the order of `ports` of the class.
    #[serde(default)]
    pub first_port: u32,
    /// Ports used.
    pub ports: u32,
    /// The switch class at the other end.
    pub switch_class: String,
    /// The zone there.
    pub zone: String,
    /// What the device makes of the links.
    #[serde(default, skip_serializing_if = "is_unbundled")]
    pub kind: ConnectionKind,
    /// How they are spread.
    pub distribution: Distribution,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_unbundled(kind: &ConnectionKind) -> bool {
    *kind == ConnectionKind::Unbundled
}

/// The card that the ports of an external class stand on, in keys: `cable/router/1/port/0`.
pub const EXTERNAL_NIC: &str = "port";

impl ExternalConnection {
    /// The same as a connection of a server class.
    pub fn as_connection(&self) -> Connection {
        Connection {
            id: self.id.clone(),
            nic: EXTERNAL_NIC.to_owned(),
            first_port: self.first_port,
            ports: self.ports,
            switch_class: self.switch_class.clone(),
            zone: self.zone.clone(),
            kind: self.kind,
            distribution: self.distribution,
            ..Connection::default()
        }
    }
}

/// Interfaces of one external device, at most.
const MOST_PORTS: usize = 1024;

/// The names that a list with number ranges stands for, in its order.
///
/// # Errors
/// The position of the entry at fault, and a sentence.
pub fn interface_names(ports: &[String]) -> Result<Vec<String>, (usize, String)> {
    let mut names: Vec<String> = Vec::new();
    for (n, entry) in ports.iter().enumerate() {
        let wrong = |why: String| (n, why);
        let shown: String = entry.chars().take(60).collect();
        let mut add = |name: String| -> Result<(), (usize, String)> {
            let chars = name.chars().count();
            if name.trim() != name
                || chars == 0
                || chars > Limits::DEVICE_NAME_CHARS
                || name.chars().any(char::is_control)
            {
                return Err(wrong(format!(
                    "`{shown}` is no interface name: it has 1 to {} printable characters.",
                    Limits::DEVICE_NAME_CHARS
                )));
            }
            if names.contains(&name) {
                return Err(wrong(format!("The interface {name} is listed twice.")));
            }
            if names.len() >= MOST_PORTS {
                return Err(wrong(format!("A device has at most {MOST_PORTS} of these ports.")));
            }
            names.push(name);
            Ok(())
        };
        let Some((before, rest)) = entry.split_once('[') else {
            add(entry.clone())?;
            continue;
        };
        let range = rest.split_once(']').and_then(|(range, after)| {
            let (first, last) = range.split_once('-')?;
            let number = |text: &str| {
                let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                digits.then(|| text.parse::<u32>().ok()).flatten()
            };
            let (first, last) = (number(first)?, number(last)?);
            (first <= last && !after.contains(['[', ']'])).then_some((first, last, after))
        });
        let Some((first, last, after)) = range else {
            return Err(wrong(format!(
                "`{shown}` is no range of names: write one range of numbers such as Ethernet[1-4]."
            )));
        };
        for number in first..=last {
            add(format!("{before}{number}{after}"))?;
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ranges() {
        let check = |ports: &[&str], expected: Result<&[&str], (usize, &str)>| {
            let ports: Vec<String> = ports.iter().map(|p| (*p).to_owned()).collect();
            match (interface_names(&ports), expected) {
                (Ok(names), Ok(expected)) => assert_eq!(names, expected),
                (Err((n, why)), Err((at, part))) => {
                    assert!(n == at && why.contains(part), "{ports:?}: {n} {why}");
                }
                (got, _) => panic!("{ports:?}: {got:?}"),
            }
        };
        check(&[], Ok(&[]));
        check(&["xe-0/0/1", "ge[9-11]/0"], Ok(&["xe-0/0/1", "ge9/0", "ge10/0", "ge11/0"]));
        check(&["[1-2]"], Ok(&["1", "2"]));
        check(&["a", "e[1-2]", "e2"], Err((2, "listed twice")));
        check(&["a", ""], Err((1, "no interface name")));
        check(&[" a"], Err((0, "no interface name")));
        check(&["a\u{1b}"], Err((0, "no interface name")));
        check(&["e[1-4294967295]"], Err((0, "at most 1024")));
        for wrong in ["e[1-", "e[1]", "e[2-1]", "e[a-b]", "e[1-2][1-2]", "e[+1-2]", "e[1-2]]", "e["]
        {
            check(&[wrong], Err((0, "no range of names")));
        }
    }
}
