//! What other people's tools read: devices, links, racks and the bill of materials of a fabric as
//! tables in CSV or JSON, and its topology as a drawing.
//!
//! A table has one row per device or one row per link, in the order of the fabric, so that two
//! exports of one plan are the same bytes. Columns are the same in both formats and are listed in
//! `docs/reference/json.md`. Rows are written as they are made: a fabric of two million links
//! needs no second copy in memory. The drawing is described in `svg`.

mod svg;

pub use svg::{SvgColors, SvgLook, SvgTheme, svg};

use crate::fabric::{DeviceRole, End, Fabric};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header line, quoted where needed, lines ending in LF.
    Csv,
    /// An array of objects, one to a line.
    Json,
}

const DEVICE_COLUMNS: &[&str] = &["name", "role", "class", "model", "fabric"];

#[derive(Serialize)]
struct DeviceRow<'a> {
    name: String,
    role: &'a str,
    class: &'a str,
    model: &'a str,
    fabric: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rack: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<Option<u32>>,
}

/// The columns of a table, with those that only a plan with racks has.
fn columns(fabric: &Fabric, always: &[&'static str], racked: &[&'static str]) -> Vec<&'static str> {
    let racked = if fabric.racking.is_some() { racked } else { &[] };
    [always, racked].concat()
}

const CABLE_COLUMNS: &[&str] =
    &["a_device", "a_interface", "b_device", "b_interface", "speed_gbps", "kind", "fabric"];

#[derive(Serialize)]
struct CableRow<'a> {
    a_device: String,
    a_interface: &'a str,
    b_device: String,
    b_interface: &'a str,
    speed_gbps: u32,
    kind: &'a str,
    fabric: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    length_m: Option<Option<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cable: Option<Option<&'a str>>,
}

const RACK_COLUMNS: &[&str] = &[
    "name",
    "row",
    "column",
    "used_units",
    "power_w",
    "power_unknown",
    "weight_kg",
    "weight_unknown",
];

#[derive(Serialize)]
struct RackRow<'a> {
    name: &'a str,
    row: i32,
    column: u32,
    used_units: u32,
    power_w: u64,
    power_unknown: u32,
    weight_kg: f64,
    weight_unknown: u32,
}

const BILL_COLUMNS: &[&str] = &["what", "model", "length_m", "quantity"];

#[derive(Serialize)]
struct BillRow<'a> {
    what: &'a str,
    model: &'a str,
    length_m: Option<f64>,
    quantity: u64,
}

/// Writes a row per device. Servers belong to no fabric: empty in CSV, `null` in JSON. A plan with
/// racks has the columns `rack` and `unit` as well.
///
/// # Errors
/// Those of `out`.
pub fn devices(fabric: &Fabric, format: Format, out: &mut dyn Write) -> io::Result<()> {
    let rows = (0u32..).zip(&fabric.devices).filter_map(|(n, _)| {
        let class = fabric.class_of(n)?;
        Some(DeviceRow {
            name: fabric.device_name(n),
            role: class.role.name(),
            class: &class.id,
            model: &class.model,
            fabric: class.fabric.as_deref(),
            rack: fabric.racking.as_ref().map(|r| r.place(n).map(|(rack, _)| rack.name.as_str())),
            unit: fabric.racking.as_ref().map(|r| r.place(n).map(|(_, unit)| unit)),
        })
    });
    table(&columns(fabric, DEVICE_COLUMNS, &["rack", "unit"]), rows, format, out)
}

/// Writes a row per link; `a` is the lower end (the server, or the leaf), the speed is in Gb/s. A
/// plan with racks has the columns `length_m` and `cable` as well.
///
/// # Errors
/// Those of `out`.
pub fn cables(fabric: &Fabric, format: Format, out: &mut dyn Write) -> io::Result<()> {
    let interface = |end: End| fabric.slot(end).map(|slot| slot.name.as_str());
    let rows = fabric.links.iter().enumerate().filter_map(|(n, link)| {
        let cable = fabric.racking.as_ref().map(|r| r.cable(n));
        let group = fabric.groups.get(link.group as usize)?;
        Some(CableRow {
            a_device: fabric.device_name(link.a.device),
            a_interface: interface(link.a)?,
            b_device: fabric.device_name(link.b.device),
            b_interface: interface(link.b)?,
            speed_gbps: group.speed_gbps,
            kind: group.kind.name(),
            fabric: &group.fabric,
            length_m: cable.map(|c| c.map(|(cable, _)| metres(cable.length_cm))),
            cable: cable.map(|c| c.map(|(_, of)| of.model.as_str())),
        })
    });
    table(&columns(fabric, CABLE_COLUMNS, &["length_m", "cable"]), rows, format, out)
}

/// Writes a row per rack that has devices. A plan without racks has none.
///
/// # Errors
/// Those of `out`.
pub fn racks(fabric: &Fabric, format: Format, out: &mut dyn Write) -> io::Result<()> {
    let racks = fabric.racking.iter().flat_map(|racking| &racking.racks);
    let rows = racks.map(|rack| RackRow {
        name: &rack.name,
        row: rack.row,
        column: rack.column,
        used_units: rack.used_units,
        power_w: rack.power_w,
        power_unknown: rack.power_unknown,
        weight_kg: kilograms(rack.weight_g),
        weight_unknown: rack.weight_unknown,
    });
    table(RACK_COLUMNS, rows, format, out)
}

/// Writes the bill of materials: a row per model of device, rack, cable of a length, and optic.
/// Cables and optics are known only of a plan with racks.
///
/// # Errors
/// Those of `out`.
pub fn bill(fabric: &Fabric, format: Format, out: &mut dyn Write) -> io::Result<()> {
    let mut devices: BTreeMap<(bool, &str), u64> = BTreeMap::new();
    for class in fabric.classes.iter().filter(|class| class.role != DeviceRole::External) {
        *devices.entry((!class.role.is_switch(), &class.model)).or_default() +=
            u64::from(class.count);
    }
    let row = |what, model, length_m, quantity| BillRow { what, model, length_m, quantity };
    let mut rows: Vec<BillRow> = devices
        .into_iter()
        .map(|((server, model), n)| row(if server { "server" } else { "switch" }, model, None, n))
        .collect();
    if let Some(racking) = &fabric.racking {
        rows.push(row("rack", &racking.model, None, racking.racks.len() as u64));
        rows.extend(racking.cable_counts().into_iter().map(|count| {
            row("cable", &count.cable_type.model, Some(metres(count.length_cm)), count.cables)
        }));
        let optics = racking.optics.iter();
        rows.extend(optics.map(|(model, n)| row("optic", model, None, u64::from(*n))));
    }
    table(BILL_COLUMNS, rows.into_iter(), format, out)
}

fn metres(centimetres: u32) -> f64 {
    f64::from(centimetres) / 100.0
}

#[expect(clippy::cast_precision_loss, reason = "what stands in a rack weighs far below 2^53 g")]
fn kilograms(grams: u64) -> f64 {
    grams as f64 / 1000.0
}

fn table<R: Serialize>(
    columns: &[&str],
    rows: impl Iterator<Item = R>,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Csv => {
            // The header is written by hand so that a table without rows has one too.
            let mut csv = csv::WriterBuilder::new().has_headers(false).from_writer(out);
            csv.write_record(columns)?;
            for row in rows {
                csv.serialize(row)?;
            }
            csv.flush()
        }
        Format::Json => {
            out.write_all(b"[")?;
            for (n, row) in rows.enumerate() {
                out.write_all(if n == 0 { b"\n  " } else { b",\n  " })?;
                serde_json::to_writer(&mut *out, &row)?;
            }
            out.write_all(b"\n]\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Cage;
    use crate::fabric::{Class, Device, DeviceRole, Link, LinkGroup, LinkKind, Slot};
    use crate::model::SpecPath;
    use std::sync::Arc;

    /// One server with a comma in its model's name, on one leaf.
    fn pair() -> Fabric {
        let class = |id: &str, fabric: Option<&str>, role, first_device, name: &str| Class {
            fabric: fabric.map(str::to_owned),
            model: "a,b".to_owned(),
            path: SpecPath::default(),
            first_device,
            count: 1,
            slots: Arc::new([Slot {
                name: name.to_owned(),
                key: "x/0".to_owned(),
                cage: Cage::Osfp,
                cage_number: 1,
                speed_gbps: 400,
                from_type: false,
            }]),
            ..Class::new(id, role, 3)
        };
        let device = |class| Device { class, number: 1, su: None, rail: None, pod: None };
        Fabric {
            classes: vec![
                class("leaf", Some("backend"), DeviceRole::Leaf, 0, "E1/1/1"),
                class("gpu", None, DeviceRole::Server, 1, "rail-0-p0"),
            ],
            devices: vec![device(0), device(1)],
            groups: vec![LinkGroup {
                fabric: "backend".to_owned(),
                kind: LinkKind::ServerLeaf,
                speed_gbps: 400,
            }],
            links: vec![Link {
                a: End { device: 1, slot: 0 },
                b: End { device: 0, slot: 0 },
                group: 0,
            }],
            racking: None,
        }
    }

    type Table = fn(&Fabric, Format, &mut dyn Write) -> io::Result<()>;

    fn check(table: Table, fabric: &Fabric, format: Format, expected: &str) {
        let mut out = Vec::new();
        table(fabric, format, &mut out).expect("memory takes everything");
        assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
    }

    #[test]
    fn csv_quotes_and_keeps_the_order_of_the_fabric() {
        check(
            devices,
            &pair(),
            Format::Csv,
            "name,role,class,model,fabric\n\
             leaf-001,leaf,leaf,\"a,b\",backend\n\
             gpu-001,server,gpu,\"a,b\",\n",
        );
        check(
            cables,
            &pair(),
            Format::Csv,
            "a_device,a_interface,b_device,b_interface,speed_gbps,kind,fabric\n\
             gpu-001,rail-0-p0,leaf-001,E1/1/1,400,server-leaf,backend\n",
        );
    }

    #[test]
    fn json_has_the_same_columns() {
        check(
            devices,
            &pair(),
            Format::Json,
            r#"[
  {"name":"leaf-001","role":"leaf","class":"leaf","model":"a,b","fabric":"backend"},
  {"name":"gpu-001","role":"server","class":"gpu","model":"a,b","fabric":null}
]
"#,
        );
        check(
            cables,
            &pair(),
            Format::Json,
            r#"[
  {"a_device":"gpu-001","a_interface":"rail-0-p0","b_device":"leaf-001","b_interface":"E1/1/1","speed_gbps":400,"kind":"server-leaf","fabric":"backend"}
]
"#,
        );
    }

    #[test]
    fn a_fabric_without_devices_still_gives_a_table() {
        let empty = Fabric::default();
        check(devices, &empty, Format::Csv, "name,role,class,model,fabric\n");
        check(cables, &empty, Format::Json, "[\n]\n");
    }
}
