//! The built-in catalogue is whole: what plans put together can be joined, and
//! `docs/reference/catalog.md` is the same list for people.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use heddle::catalog::{
    Breakout, Cage, Catalog, FabricUse, PortPurpose, Socket, Source, SwitchModel, candidates,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

fn catalog() -> Catalog {
    Catalog::built_in().expect("the built-in catalogue is sound")
}

/// Cages of switches for traffic, with each of their breakouts, by the id of the switch.
fn switch_sockets(switch: &SwitchModel) -> Vec<Socket> {
    let groups = switch.ports.iter().filter(|group| group.purpose == PortPurpose::Data);
    groups.flat_map(|g| g.breakouts.iter().map(|b| Socket { cage: g.cage, breakout: *b })).collect()
}

#[test]
fn each_card_can_be_joined_to_each_switch_of_its_speed() {
    let catalog = catalog();
    let mut joined = BTreeSet::new();
    for server in catalog.servers.values() {
        for set in &server.nics {
            let nic = &catalog.nics[&set.nic];
            let breakout = Breakout { lanes: set.ports_per_cage, speed_gbps: nic.speed_gbps };
            let card = Socket { cage: nic.cage, breakout };
            for switch in catalog.switches.values() {
                let sockets: Vec<Socket> = switch_sockets(switch)
                    .into_iter()
                    .filter(|s| s.breakout.speed_gbps == nic.speed_gbps)
                    // A fabric breaks a cage out as far as the speed allows.
                    .max_by_key(|s| s.breakout)
                    .into_iter()
                    .collect();
                for socket in sockets {
                    let found = candidates(&catalog, socket, card);
                    assert!(
                        !found.is_empty(),
                        "nothing joins {} ({socket}) and {} of {} ({card})",
                        switch.id,
                        nic.id,
                        server.id
                    );
                    joined.insert((switch.id.clone(), nic.id.clone()));
                }
            }
        }
    }
    assert!(joined.len() > 20, "{joined:?}");
}

#[test]
fn each_switch_can_be_joined_to_its_like_at_full_speed() {
    let catalog = catalog();
    for switch in catalog.switches.values() {
        for group in switch.ports.iter().filter(|group| group.purpose == PortPurpose::Data) {
            for breakout in &group.breakouts {
                if u32::from(breakout.lanes) * breakout.speed_gbps == group.speed_gbps {
                    let socket = Socket { cage: group.cage, breakout: *breakout };
                    let found = candidates(&catalog, socket, socket);
                    assert!(!found.is_empty(), "nothing joins two {} ({socket})", switch.id);
                }
            }
        }
    }
}

#[test]
fn the_pairs_that_fabrics_need_can_be_joined() {
    let catalog = catalog();
    let socket = |cage: Cage, breakout: &str| Socket {
        cage,
        breakout: breakout.parse().expect("a breakout"),
    };
    for (a, b) in [
        (socket(Cage::Osfp, "1x800"), socket(Cage::Osfp, "1x800")),
        (socket(Cage::Osfp, "2x400"), socket(Cage::Osfp, "2x400")),
        (socket(Cage::Osfp, "2x400"), socket(Cage::Osfp, "1x400")),
        (socket(Cage::Osfp, "2x400"), socket(Cage::Qsfp112, "1x400")),
        (socket(Cage::Osfp, "2x400"), socket(Cage::QsfpDd, "1x400")),
        (socket(Cage::Osfp, "4x200"), socket(Cage::Qsfp112, "1x200")),
        (socket(Cage::Osfp, "4x200"), socket(Cage::Osfp, "4x200")),
        (socket(Cage::Osfp, "8x100"), socket(Cage::Qsfp28, "1x100")),
        (socket(Cage::Osfp, "2x800"), socket(Cage::Osfp, "1x800")),
        (socket(Cage::QsfpDd, "1x400"), socket(Cage::QsfpDd, "1x400")),
        (socket(Cage::QsfpDd, "1x400"), socket(Cage::Osfp, "1x400")),
        (socket(Cage::QsfpDd, "2x200"), socket(Cage::Qsfp112, "1x200")),
        (socket(Cage::Qsfp28, "1x100"), socket(Cage::Qsfp28, "1x100")),
        (socket(Cage::Qsfp28, "4x25"), socket(Cage::Sfp28, "1x25")),
        (socket(Cage::Sfp28, "1x25"), socket(Cage::Sfp28, "1x25")),
        (socket(Cage::SfpPlus, "1x10"), socket(Cage::Sfp28, "1x10")),
        (socket(Cage::Rj45, "1x1"), socket(Cage::Rj45, "1x1")),
    ] {
        assert!(!candidates(&catalog, a, b).is_empty(), "nothing joins {a} and {b}");
    }
}

#[test]
fn names_are_those_of_the_makers() {
    let catalog = catalog();
    for (id, cage, breakout, lane, expected) in [
        ("celestica-ds5000", 64, "4x200", 3, "E1/64/4"),
        ("celestica-ds2000", 56, "1x100", 0, "E1/56"),
        ("nvidia-sn5600", 1, "1x800", 0, "swp1"),
        ("nvidia-sn5600", 64, "2x400", 1, "swp64s1"),
        ("nvidia-qm9700", 32, "2x400", 1, "sw32p2"),
        ("nvidia-qm9700", 32, "4x200", 2, "sw32p2s1"),
        ("nvidia-q3400", 72, "2x800", 0, "sw72p1"),
        ("arista-7060x6-64pe", 9, "1x800", 0, "Ethernet9/1"),
        ("arista-7060x6-64pe", 9, "2x400", 1, "Ethernet9/5"),
        ("arista-7060x6-64pe", 9, "4x200", 3, "Ethernet9/7"),
        ("arista-7060x6-64pe", 66, "1x10", 0, "Ethernet66"),
        ("juniper-qfx5240-64od", 1, "1x800", 0, "et-0/0/0"),
        ("juniper-qfx5240-64od", 64, "2x400", 1, "et-0/0/63:1"),
        ("juniper-qfx5130-32cd", 32, "4x100", 0, "et-0/0/31:0"),
    ] {
        let switch = &catalog.switches[id];
        let breakout: Breakout = breakout.parse().expect("a breakout");
        let group = switch.port_group(cage).expect("the cage is there");
        assert!(group.breakouts.contains(&breakout), "{id} has no {breakout}");
        assert_eq!(switch.port_name(cage, breakout, lane), expected, "{id}");
    }
}

#[test]
fn every_figure_of_a_product_has_a_source() {
    let catalog = catalog();
    let generic = |maker: &str| maker == "Generic";
    for (id, maker, sources) in [
        catalog.switches.values().map(|m| (&m.id, &m.manufacturer, &m.sources)).collect::<Vec<_>>(),
        catalog.nics.values().map(|m| (&m.id, &m.manufacturer, &m.sources)).collect(),
        catalog.servers.values().map(|m| (&m.id, &m.manufacturer, &m.sources)).collect(),
        catalog.transceivers.values().map(|m| (&m.id, &m.manufacturer, &m.sources)).collect(),
        catalog.assemblies.values().map(|m| (&m.id, &m.manufacturer, &m.sources)).collect(),
        catalog.fibres.values().map(|m| (&m.id, &m.manufacturer, &m.sources)).collect(),
        catalog.racks.values().map(|m| (&m.id, &m.manufacturer, &m.sources)).collect(),
    ]
    .concat()
    {
        assert!(generic(maker) || !sources.is_empty(), "{id} has no source");
        assert!(sources.iter().all(|source| source.url.starts_with("https://")), "{id}");
    }
}

const DASH: &str = "–";

fn kilograms(grams: Option<u32>) -> String {
    grams.map_or(DASH.to_owned(), |g| format!("{}", f64::from(g) / 1_000.0))
}

fn number(n: Option<u32>) -> String {
    n.map_or(DASH.to_owned(), |n| {
        let digits = n.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        text
    })
}

fn watts(milliwatts: Option<u32>) -> String {
    milliwatts.map_or(DASH.to_owned(), |mw| format!("{}", f64::from(mw) / 1_000.0))
}

fn metres(lengths_cm: &[u32]) -> String {
    let list: Vec<String> =
        lengths_cm.iter().map(|cm| format!("{}", f64::from(*cm) / 100.0)).collect();
    list.join(", ")
}

fn breakouts(list: &[Breakout]) -> String {
    list.iter().map(|b| format!("{}×{}", b.lanes, b.speed_gbps)).collect::<Vec<_>>().join(", ")
}

fn links(sources: &[Source]) -> String {
    let list: Vec<String> = sources.iter().map(|s| format!("[{}]({})", s.figure, s.url)).collect();
    if list.is_empty() { DASH.to_owned() } else { list.join(", ") }
}

/// Notes below a table, numbered in the order of its rows.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    fn mark(&mut self, note: Option<&String>) -> String {
        let Some(note) = note else { return String::new() };
        let at = self.0.iter().position(|known| known == note).unwrap_or_else(|| {
            self.0.push(note.clone());
            self.0.len() - 1
        });
        format!(" ({})", at + 1)
    }

    fn write(&self, page: &mut String) {
        page.push('\n');
        for (at, note) in self.0.iter().enumerate() {
            writeln!(page, "{}. {note}", at + 1).expect("memory takes everything");
        }
        if !self.0.is_empty() {
            page.push('\n');
        }
    }
}

fn table(page: &mut String, title: &str, head: &[&str], rows: &[Vec<String>], notes: &Notes) {
    writeln!(page, "## {title}\n\n| {} |", head.join(" | ")).expect("memory takes everything");
    writeln!(page, "|{}", "---|".repeat(head.len())).expect("memory takes everything");
    for row in rows {
        writeln!(page, "| {} |", row.join(" | ")).expect("memory takes everything");
    }
    notes.write(page);
}

fn switches(catalog: &Catalog, page: &mut String) {
    let mut notes = Notes::default();
    let rows: Vec<Vec<String>> = catalog
        .switches
        .values()
        .map(|m| {
            let ports: Vec<String> = m
                .ports
                .iter()
                .map(|g| {
                    let purpose = match g.purpose {
                        PortPurpose::Data => "",
                        PortPurpose::Management => ", management",
                    };
                    let count = g.cages.cages().len();
                    let (cage, speed) = (g.cage.name(), g.speed_gbps);
                    format!("{count} × {speed}G {cage}{purpose}: {}", breakouts(&g.breakouts))
                })
                .collect();
            let limit =
                m.max_lanes.map_or(String::new(), |n| format!("; at most {n} logical ports"));
            let group = &m.ports[0];
            let first = group.cages.cages()[0];
            let least = *group.breakouts.iter().min().expect("a breakout");
            let most = *group.breakouts.iter().max().expect("a breakout");
            let mut names = vec![format!("`{}`", m.port_name(first, least, 0))];
            if most.lanes > 1 {
                names.push(format!("`{}`", m.port_name(first, most, most.lanes - 1)));
            }
            let yes = |able: bool| if able { "yes" } else { "no" };
            vec![
                format!("`{}`{}", m.id, notes.mark(m.note.as_ref())),
                format!("{} {}", m.manufacturer, m.model),
                ports.join("; ") + &limit,
                names.join(", "),
                m.rack_units.to_string(),
                kilograms(m.weight_g),
                format!("{} / {}", number(m.typical_power_w), number(m.max_power_w)),
                m.protocol.name().to_owned(),
                format!("{} / {}", yes(m.mclag), yes(m.eslag)),
                format!("`{}`", m.slug),
                links(&m.sources),
            ]
        })
        .collect();
    let head = [
        "id",
        "model",
        "ports and their breakouts",
        "names, first and last of a cage",
        "U",
        "kg",
        "watts, typical / greatest",
        "protocol",
        "MCLAG / ESLAG",
        "NetBox slug",
        "sources",
    ];
    table(page, "Switches", &head, &rows, &notes);
}

fn servers(catalog: &Catalog, page: &mut String) {
    let mut notes = Notes::default();
    let rows: Vec<Vec<String>> = catalog
        .servers
        .values()
        .map(|m| {
            let mut cards: BTreeMap<FabricUse, Vec<String>> = BTreeMap::new();
            for set in &m.nics {
                cards
                    .entry(set.fabric)
                    .or_default()
                    .push(format!("{} × `{}`", set.quantity, set.nic));
            }
            let of = |fabric| {
                cards.get(&fabric).map_or(DASH.to_owned(), |list: &Vec<String>| list.join(", "))
            };
            vec![
                format!("`{}`{}", m.id, notes.mark(m.note.as_ref())),
                format!("{} {}", m.manufacturer, m.model),
                m.gpus.to_string(),
                of(FabricUse::Backend),
                of(FabricUse::Frontend),
                of(FabricUse::Storage),
                of(FabricUse::Management),
                m.rack_units.to_string(),
                kilograms(m.weight_g),
                format!("{} / {}", number(m.typical_power_w), number(m.max_power_w)),
                links(&m.sources),
            ]
        })
        .collect();
    let head = [
        "id",
        "model",
        "GPUs",
        "backend",
        "frontend",
        "storage",
        "management",
        "U",
        "kg",
        "watts, typical / greatest",
        "sources",
    ];
    table(page, "Servers", &head, &rows, &notes);
}

fn nics(catalog: &Catalog, page: &mut String) {
    let mut notes = Notes::default();
    let rows: Vec<Vec<String>> = catalog
        .nics
        .values()
        .map(|m| {
            vec![
                format!("`{}`{}", m.id, notes.mark(m.note.as_ref())),
                format!("{} {}", m.manufacturer, m.model),
                format!("{} × {}G", m.ports, m.speed_gbps),
                m.cage.name().to_owned(),
                m.protocol.name().to_owned(),
                number(m.max_power_w),
                links(&m.sources),
            ]
        })
        .collect();
    let head = ["id", "model", "ports", "cage", "protocol", "watts, greatest", "sources"];
    table(page, "NICs", &head, &rows, &notes);
}

fn optics(catalog: &Catalog, page: &mut String) {
    let mut notes = Notes::default();
    let rows: Vec<Vec<String>> = catalog
        .assemblies
        .values()
        .map(|m| {
            let far = if m.far_plugs == 1 { String::new() } else { format!("{} × ", m.far_plugs) };
            vec![
                format!("`{}`{}", m.id, notes.mark(m.note.as_ref())),
                format!("{} {}", m.manufacturer, m.model),
                m.kind.name().to_owned(),
                format!("{} to {far}{}", m.near.name(), m.far.name()),
                breakouts(&m.breakouts),
                metres(&m.lengths_cm),
                format!("{} / {}", watts(m.near_power_mw), watts(m.far_power_mw)),
                links(&m.sources),
            ]
        })
        .collect();
    let head = [
        "id",
        "model",
        "kind",
        "ends",
        "breakouts of the first end",
        "lengths in metres",
        "watts of a plug, first / far",
        "sources",
    ];
    table(page, "Cables with fixed ends", &head, &rows, &notes);

    let mut notes = Notes::default();
    let rows: Vec<Vec<String>> = catalog
        .transceivers
        .values()
        .map(|m| {
            let sockets =
                if m.connectors == 1 { String::new() } else { format!("{} × ", m.connectors) };
            vec![
                format!("`{}`{}", m.id, notes.mark(m.note.as_ref())),
                format!("{} {}", m.manufacturer, m.model),
                m.cage.name().to_owned(),
                m.standard.clone(),
                breakouts(&m.breakouts),
                format!("{sockets}{}, {}", m.connector.name(), m.medium.name()),
                number(Some(m.reach_m)),
                watts(m.max_power_mw),
                links(&m.sources),
            ]
        })
        .collect();
    let head = [
        "id",
        "model",
        "cage",
        "standard",
        "breakouts",
        "sockets",
        "reach in metres",
        "watts, greatest",
        "sources",
    ];
    table(page, "Transceivers", &head, &rows, &notes);

    let mut notes = Notes::default();
    let rows: Vec<Vec<String>> = catalog
        .fibres
        .values()
        .map(|m| {
            let far = if m.far_plugs == 1 { String::new() } else { format!("{} × ", m.far_plugs) };
            vec![
                format!("`{}`{}", m.id, notes.mark(m.note.as_ref())),
                format!("{} {}", m.manufacturer, m.model),
                m.medium.name().to_owned(),
                format!("{} to {far}{}", m.near.name(), m.far.name()),
                metres(&m.lengths_cm),
                links(&m.sources),
            ]
        })
        .collect();
    let head = ["id", "model", "medium", "ends", "lengths in metres", "sources"];
    table(page, "Fibres", &head, &rows, &notes);
}

fn racks(catalog: &Catalog, page: &mut String) {
    let mut notes = Notes::default();
    let rows: Vec<Vec<String>> = catalog
        .racks
        .values()
        .map(|m| {
            vec![
                format!("`{}`{}", m.id, notes.mark(m.note.as_ref())),
                format!("{} {}", m.manufacturer, m.model),
                m.rack_units.to_string(),
                format!("{} × {}", number(m.width_mm), number(m.depth_mm)),
                kilograms(m.max_weight_g),
                number(m.max_power_w),
                links(&m.sources),
            ]
        })
        .collect();
    let head =
        ["id", "model", "U", "mm, wide × deep", "kg, greatest load", "watts, greatest", "sources"];
    table(page, "Racks", &head, &rows, &notes);
}

fn page() -> String {
    let catalog = catalog();
    let mut page = String::from(
        "# Catalogue\n\n\
         The hardware built into Heddle. The program reads `assets/catalog.ron`; this page is the \
         same list for people. A dash means that no public figure was found, and none is guessed. \
         Breakouts are ports × Gb/s; `1×N` is the cage unbroken.\n\n\
         What is missing can be added: `heddle import device-type FILE` reads a device type of the \
         community library into a model, and a model of your own stands over a built-in one with \
         the same id.\n\n",
    );
    switches(&catalog, &mut page);
    servers(&catalog, &mut page);
    nics(&catalog, &mut page);
    optics(&catalog, &mut page);
    racks(&catalog, &mut page);
    page.push_str(
        "This page is written by `HEDDLE_WRITE_DOCS=1 cargo test --test catalog`; change \
         `assets/catalog.ron` instead.\n",
    );
    page
}

#[test]
fn the_reference_is_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/catalog.md");
    if std::env::var_os("HEDDLE_WRITE_DOCS").is_some() {
        fs::write(&path, page()).expect("the page can be written");
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == page(),
        "docs/reference/catalog.md differs from assets/catalog.ron; \
         write it anew with `HEDDLE_WRITE_DOCS=1 cargo test --test catalog`"
    );
}
