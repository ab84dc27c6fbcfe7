//! Every field of a plan that a form shows: label, unit, and the widget that fits.
//!
//! Forms are drawn from these tables and from the plan as a tree, so a field needs one line here
//! and nothing elsewhere. A test holds the tables to the types: no field of a plan is without one.
//! Fields that few plans need are *rare*: they stay folded away until one asks for them, or until
//! they have a value or a finding.

use serde_json::{Value, json};

/// How a field is shown and typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::app) enum Kind {
    /// A whole number; where it may be left out, what it then is.
    Number(u32),
    /// A whole number that may be left out, and what stands for it then.
    Count(&'static str),
    /// A text.
    Word,
    /// A text that may be left out, and what stands for it then.
    Name(&'static str),
    /// Numbers of which none may be wanting, on one line.
    EachOnce,
    /// The key of a row: written once one leaves the field, to all that names it.
    Id,
    /// A switch of the catalogue.
    Switch,
    /// The same, or what stands for none.
    SwitchOr(&'static str),
    /// A server of the catalogue.
    Server,
    /// A network card of the catalogue.
    Card,
    /// A rack of the catalogue.
    Rack,
    /// A few words side by side: value and what is shown. The first may be left out.
    Segment(&'static [(&'static str, &'static str)]),
    /// A list of words to choose from, in the same form.
    Choice(&'static [(&'static str, &'static str)]),
    /// A list of words to choose from, or what stands for none.
    ChoiceOr(&'static str, &'static [(&'static str, &'static str)]),
    /// Any of a few words, in the same form.
    Several(&'static [(&'static str, &'static str)]),
    /// Bandwidth down to bandwidth up; where it is left out, what stands for it.
    Ratio(&'static str),
    /// Cages of the switch that the row belongs to.
    Ports,
    /// The same, or none of them.
    PortsOr(&'static str),
    /// A breakout of these cages.
    Breakout,
    /// Whole numbers, such as those of devices.
    Numbers,
    /// Texts, parted by commas.
    Texts,
    /// Names and values, such as `environment=lab`.
    Labels,
    /// How many: automatic, or a number.
    Quantity,
    /// In which order ports are used.
    Order,
    /// How connections are spread.
    Distribution,
    /// A card of the same class.
    CardOfClass,
    /// A switch class of the plan.
    SwitchClass,
    /// A zone of the switch class that stands beside it.
    Zone,
}

/// A field of a form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::app) struct Field {
    /// Its path within what holds it.
    pub name: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What is counted, shown after the field.
    pub unit: &'static str,
    /// How it is typed.
    pub kind: Kind,
    /// True if it is folded away until it is asked for.
    pub rare: bool,
}

const fn field(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { name, label, unit: "", kind, rare: false }
}

impl Field {
    const fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    const fn rare(self) -> Self {
        Self { rare: true, ..self }
    }
}

/// A list whose rows are drawn as cards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::app) struct Rows {
    /// The field that holds it.
    pub name: &'static str,
    /// What all of them are called.
    pub many: &'static str,
    /// What one is called.
    pub one: &'static str,
    /// The fields of a row.
    pub fields: &'static [Field],
    /// Lists within a row.
    pub rows: &'static [Rows],
    /// True if the list is folded away while it is empty.
    pub rare: bool,
}

use Kind::*;

pub(in crate::app) const METADATA: &[Field] = &[
    field("metadata.name", "Name", Word),
    field("spec.target.site", "Site", Word),
    field("metadata.description", "Description", Name("none")).rare(),
    field("metadata.labels", "Labels", Labels).rare(),
];

pub(in crate::app) const CLUSTER: &[Field] = &[
    field("servers", "Servers", Number(0)),
    field("gpus", "Size by GPUs", Count("no")).rare(),
    field("server_model", "Server model", Server),
    field("su_size", "Scalable unit", Number(0)).unit("servers"),
    field("size_for", "Room for", Count("no more")).unit("servers").rare(),
];

const SPREAD: Kind = Segment(&[("equal", "equal"), ("balanced", "balanced")]);
const TIERS: Kind = Segment(&[("automatic", "auto"), ("one", "1"), ("two", "2"), ("three", "3")]);

pub(in crate::app) const BACKEND: &[Field] = &[
    field("rails", "Rails", Number(0)),
    field("nic", "Card", Card),
    field("rail_packing", "Rail packing", PACKING),
    field("planes", "Planes", Number(1)).rare(),
    field("tiers", "Tiers", TIERS).rare(),
    field("leaf_model", "Leaf model", Switch),
    field("spine_model", "Spine model", Switch),
    field("super_spine_model", "Super-spine", SwitchOr("as the spines")).rare(),
    field("uplink_speed_gbps", "Uplink speed", Number(0)).unit("Gb/s"),
    field("oversubscription", "Oversubscription", Ratio("1:1")).rare(),
    field("spread", "Uplink spread", SPREAD).rare(),
    field("overrides.leaves", "Leaves", Count("computed")).rare(),
    field("overrides.uplink_cages", "Uplink cages", Count("computed")).unit("a leaf").rare(),
    field("overrides.spines", "Spines", Count("computed")).rare(),
    field("overrides.pod_leaves", "Most pod leaves", Count("computed")).rare(),
    field("overrides.pods", "Pods", Count("computed")).rare(),
    field("overrides.super_spines", "Super-spines", Count("computed")).unit("a group").rare(),
];

pub(in crate::app) const FRONTEND: &[Field] = &[
    field("nic", "Card", Card),
    field("ports_per_server", "Ports per server", Number(0)),
    field(
        "redundancy",
        "Redundancy",
        Segment(&[("none", "none"), ("redundant", "redundant"), ("redundant_shared", "shared")]),
    ),
    field(
        "multihoming",
        "Multihoming",
        Segment(&[("unbundled", "unbundled"), ("mclag", "MCLAG"), ("eslag", "ESLAG")]),
    )
    .rare(),
    field("leaf_model", "Leaf model", Switch),
    field("spine_model", "Spine model", Switch),
    field("uplink_speed_gbps", "Uplink speed", Number(0)).unit("Gb/s"),
    field("oversubscription", "Oversubscription", Ratio("1:1")).rare(),
    field("spread", "Uplink spread", SPREAD).rare(),
    field("overrides.leaves", "Leaves", Count("computed")).rare(),
    field("overrides.uplink_cages", "Uplink cages", Count("computed")).unit("a leaf").rare(),
    field("overrides.spines", "Spines", Count("computed")).rare(),
    field("overrides.pod_leaves", "Most pod leaves", Count("computed")).rare(),
    field("overrides.pods", "Pods", Count("computed")).rare(),
    field("overrides.super_spines", "Super-spines", Count("computed")).unit("a group").rare(),
];

pub(in crate::app) const MANAGEMENT: &[Field] = &[
    field("nic", "Port", Card),
    field("leaf_model", "Switch model", Switch),
    field("spine_model", "Joined by", SwitchOr("nothing")),
    field("uplink_speed_gbps", "Uplink speed", Count("none")).unit("Gb/s"),
];

const KIND: Kind = Choice(&[
    ("unbundled", "unbundled"),
    ("bundled", "bundled"),
    ("mclag", "MCLAG"),
    ("eslag", "ESLAG"),
]);

/// The orders in which ports are used.
pub(in crate::app) const ORDERS: &[(&str, &str)] = &[
    ("sequential", "one after the other"),
    ("interleaved", "every other, then the rest"),
    ("spaced", "the halves by turns"),
    ("custom", "as listed"),
];

/// The ways in which connections are spread.
pub(in crate::app) const DISTRIBUTIONS: &[(&str, &str)] = &[
    ("same_switch", "same switch"),
    ("round_robin", "by turns"),
    ("alternating", "alternating in groups"),
    ("rail_optimised", "rail-optimised"),
];

/// What belongs to alternating connections only.
pub(in crate::app) const ALTERNATING: &[Field] =
    &[field("group", "Leaves of a group", Count("as redundancy has it"))];

/// What belongs to rail-optimised connections only.
pub(in crate::app) const RAIL_OPTIMISED: &[Field] = &[
    field("rail", "Rail", Number(0)),
    field("su_size", "Scalable unit", Count("as fit a leaf")).unit("servers"),
    field("packing", "Rail packing", PACKING),
];

const PACKING: Kind = Segment(&[("dedicated", "dedicated"), ("shared", "shared")]);

pub(in crate::app) const SWITCH_CLASSES: Rows = Rows {
    name: "switch_classes",
    many: "Switch classes",
    one: "switch class",
    fields: &[
        field("id", "Id", Id),
        field("name", "Name", Name("as the id")).rare(),
        field("note", "Note", Name("none")).rare(),
        field("fabric", "Fabric", Word),
        field(
            "role",
            "Role",
            Choice(&[
                ("leaf", "leaf"),
                ("spine", "spine"),
                ("super_spine", "super-spine"),
                ("border_leaf", "border leaf"),
                ("management", "management"),
            ]),
        ),
        field("model", "Model", Switch),
        field("quantity", "Quantity", Quantity),
        field(
            "redundancy",
            "Redundancy",
            Choice(&[
                ("none", "none"),
                ("redundant", "redundant"),
                ("mclag", "MCLAG pairs"),
                ("eslag", "ESLAG groups"),
            ]),
        ),
        field("group_size", "Group size", Count("2")).unit("switches").rare(),
        field("group_name", "Group name", Name("none")).rare(),
        field(
            "topology",
            "Topology",
            Segment(&[("spine_leaf", "spine and leaf"), ("mesh", "mesh")]),
        )
        .rare(),
        field("placement", "Placement", Segment(&[("native", "native"), ("diet", "DIET")])).rare(),
        field("spread", "Uplink spread", SPREAD).rare(),
        field("tiers", "Tiers", TIERS).rare(),
        field("pod_leaves", "Most pod leaves", Count("computed")).rare(),
        field("pods", "Pods", Count("computed")).rare(),
        field("oversubscription", "Oversubscription", Ratio("any")).rare(),
        field("out_of_service", "Out of service", Numbers).rare(),
    ],
    rows: &[
        Rows {
            name: "zones",
            many: "Port zones",
            one: "port zone",
            fields: &[
                field("id", "Id", Id),
                field("note", "Note", Name("none")).rare(),
                field(
                    "kind",
                    "For",
                    Choice(&[
                        ("server", "servers"),
                        ("uplink", "the tier above"),
                        ("fabric", "the tier below"),
                        ("mesh", "the mesh"),
                        ("peer", "the peer"),
                        ("session", "the peer’s session"),
                        ("management", "management"),
                    ]),
                ),
                field("ports", "Ports", Ports),
                field("breakout", "Breakout", Breakout),
                field("order", "Order", Order).rare(),
                field("priority", "Priority", Number(100)).rare(),
                field("peer_zone", "Far zone", Name("by its kind")).rare(),
                field("reserved", "Kept free", PortsOr("none")).rare(),
            ],
            rows: &[],
            rare: false,
        },
        Rows {
            name: "dead_ports",
            many: "Dead ports",
            one: "device with dead ports",
            fields: &[field("device", "Device", Number(0)), field("ports", "Ports", Ports)],
            rows: &[],
            rare: true,
        },
    ],
    rare: false,
};

pub(in crate::app) const SERVER_CLASSES: Rows = Rows {
    name: "server_classes",
    many: "Server classes",
    one: "server class",
    fields: &[
        field("id", "Id", Id),
        field("name", "Name", Name("as the id")).rare(),
        field("note", "Note", Name("none")).rare(),
        field("model", "Model", Server),
        field("quantity", "Quantity", Number(0)).unit("servers"),
        field("size_for", "Room for", Count("no more")).unit("servers").rare(),
        field("gpus", "GPUs", Count("as the model")).rare(),
        field("out_of_service", "Out of service", Numbers).rare(),
    ],
    rows: &[
        Rows {
            name: "nics",
            many: "Cards",
            one: "card",
            fields: &[
                field("id", "Id", Id),
                field("name", "Name", Name("as the id")).rare(),
                field("model", "Model", Card),
            ],
            rows: &[],
            rare: false,
        },
        Rows {
            name: "connections",
            many: "Connections",
            one: "connection",
            fields: &[
                field("id", "Id", Id),
                field("nic", "Card", CardOfClass),
                field("first_port", "First port", Number(0)),
                field("port_step", "Step", Number(1)).unit("ports").rare(),
                field("ports", "Ports", Number(0)),
                field("switch_class", "To", SwitchClass),
                field("zone", "Zone", Zone),
                field("kind", "Bundle", KIND),
                field("speed_gbps", "Speed", Count("as the card")).unit("Gb/s").rare(),
                field("distribution", "Spread", Distribution),
            ],
            rows: &[],
            rare: false,
        },
    ],
    rare: false,
};

pub(in crate::app) const EXTERNAL: Rows = Rows {
    name: "external",
    many: "Devices of others",
    one: "external class",
    fields: &[
        field("id", "Id", Id),
        field("note", "Note", Name("none")).rare(),
        field("devices", "Devices", Texts),
        field("ports", "Ports", Texts),
        field("speed_gbps", "Speed", Number(0)).unit("Gb/s"),
        field(
            "connector",
            "Connector",
            ChoiceOr(
                "the usual one",
                &[
                    ("osfp", "OSFP"),
                    ("qsfp_dd", "QSFP-DD"),
                    ("qsfp112", "QSFP112"),
                    ("qsfp56", "QSFP56"),
                    ("qsfp28", "QSFP28"),
                    ("sfp28", "SFP28"),
                    ("sfp_plus", "SFP+"),
                    ("rj45", "RJ45"),
                ],
            ),
        )
        .rare(),
        field("out_of_service", "Out of service", Numbers).rare(),
    ],
    rows: &[Rows {
        name: "connections",
        many: "Connections",
        one: "connection",
        fields: &[
            field("id", "Id", Id),
            field("first_port", "First port", Number(0)),
            field("ports", "Ports", Number(0)),
            field("switch_class", "To", SwitchClass),
            field("zone", "Zone", Zone),
            field("kind", "Bundle", KIND),
            field("distribution", "Spread", Distribution),
        ],
        rows: &[],
        rare: false,
    }],
    rare: false,
};

pub(in crate::app) const NAMING: &[Field] = &[
    field("prefix", "Prefix", Name("none")),
    field("server", "Servers", Name("{class}-{number:3}")),
    field("leaf", "Leaves", Name("{class}-{number:2}")),
    field("spine", "Spines", Name("as leaves")),
    field("super_spine", "Super-spines", Name("as leaves")),
    field("border_leaf", "Border leaves", Name("as leaves")),
    field("management", "Management", Name("as leaves")),
];

pub(in crate::app) const RACKS: &[Field] = &[
    field("model", "Rack model", Rack),
    field("rack_units", "Height", Count("as the model")).unit("rack units").rare(),
    field("max_power_w", "Power", Count("as the model")).unit("W at most").rare(),
    field("max_weight_kg", "Weight", Count("as the model")).unit("kg at most").rare(),
    field("servers_per_rack", "Servers per rack", Count("as fit")).unit("at most"),
    field("network_racks_per_su", "Racks for leaves", Count("as few as hold them")).rare(),
    field("free_units", "Free at the top", Number(0)).unit("rack units").rare(),
    field("racks_per_row", "Racks per row", Number(20)),
    field("row_pitch_cm", "Row to row", Number(244)).unit("cm").rare(),
    field("rack_width_cm", "Rack to rack", Count("as the model")).unit("cm").rare(),
    field("tray_rise_cm", "Up to the tray", Number(30)).unit("cm").rare(),
    field("slack_cm", "To spare", Number(30)).unit("cm an end").rare(),
    field("name", "Rack names", Name("{class}-r{number:2}")).rare(),
];

pub(in crate::app) const PLACES: Rows = Rows {
    name: "places",
    many: "Places chosen by hand",
    one: "place",
    fields: &[
        field("device", "Device", Word),
        field("rack", "Rack", Word),
        field("unit", "Rack unit", Number(0)),
    ],
    rows: &[],
    rare: true,
};

pub(in crate::app) const PINS: Rows = Rows {
    name: "pins",
    many: "Pinned cables",
    one: "pin",
    fields: &[field("end", "Lower end", Word), field("to", "Upper end", Word)],
    rows: &[],
    rare: false,
};

pub(in crate::app) const MOVED: Rows = Rows {
    name: "moved",
    many: "Renamed objects",
    one: "renamed object",
    fields: &[field("from", "Was", Word), field("to", "Is", Word)],
    rows: &[],
    rare: false,
};

pub(in crate::app) const WAIVERS: Rows = Rows {
    name: "waivers",
    many: "Waivers",
    one: "waiver",
    fields: &[
        field("code", "Finding", Word),
        field("path", "Where", Name("anywhere")),
        field("reason", "Reason", Word),
        field("by", "By", Word),
        field("until", "Until", Word),
    ],
    rows: &[],
    rare: false,
};

pub(in crate::app) const IGNORE: Rows = Rows {
    name: "ignore",
    many: "Differences left alone",
    one: "rule",
    fields: &[
        field("class", "Class", Name("every class")),
        field(
            "fields",
            "Fields",
            Several(&[
                ("device_name", "name"),
                ("device_role", "role"),
                ("device_type", "type"),
                ("place", "place in the rack"),
                ("interface_type", "type of interfaces"),
                ("cable_type", "type of cables"),
                ("cable_length", "length of cables"),
            ]),
        ),
        field("note", "Note", Name("none")),
    ],
    rows: &[],
    rare: false,
};

/// All lists of a plan, each with what holds it.
pub(in crate::app) static ALL_ROWS: &[(&str, Rows)] = &[
    ("spec", SWITCH_CLASSES),
    ("spec", SERVER_CLASSES),
    ("spec", EXTERNAL),
    ("spec.racks", PLACES),
    ("spec", PINS),
    ("spec.target", IGNORE),
    ("spec", WAIVERS),
    ("spec", MOVED),
];

/// What a new row of a list holds. It need not be right; it must be something to go on from.
pub(in crate::app) fn template(rows: &Rows, tree: &Value) -> Value {
    let first = |list: &str, name: &str| {
        tree.pointer(&format!("/spec/{list}/0/{name}")).cloned().unwrap_or(json!(""))
    };
    match rows.name {
        "switch_classes" => json!({
            "id": "leaf", "fabric": "backend", "role": "leaf", "model": first("switch_classes", "model"),
            "zones": [
                { "id": "server", "kind": "server", "ports": "1-32", "breakout": "1x400" },
                { "id": "uplink", "kind": "uplink", "ports": "33-64", "breakout": "1x400" },
            ],
        }),
        "server_classes" => json!({
            "id": "server", "model": first("server_classes", "model"), "quantity": 1,
            "nics": [], "connections": [],
        }),
        "external" => json!({
            "id": "router", "devices": ["router-1"], "ports": ["Ethernet[1-2]"], "speed_gbps": 100,
            "connections": [],
        }),
        "zones" => json!({ "id": "server", "kind": "server", "ports": "1", "breakout": "1x400" }),
        "dead_ports" => json!({ "device": 1, "ports": "1" }),
        "nics" => json!({ "id": "nic", "model": "" }),
        "connections" if rows.fields.iter().any(|field| field.name == "nic") => json!({
            "id": "link", "nic": "", "first_port": 0, "ports": 1,
            "switch_class": first("switch_classes", "id"), "zone": "server",
            "distribution": "same_switch",
        }),
        "connections" => json!({
            "id": "link", "first_port": 0, "ports": 1,
            "switch_class": first("switch_classes", "id"), "zone": "server",
            "distribution": "same_switch",
        }),
        "places" => json!({ "device": "", "rack": "", "unit": 1 }),
        "pins" => json!({ "end": "", "to": "" }),
        "moved" => json!({ "from": "", "to": "" }),
        "waivers" => json!({ "code": "", "reason": "", "by": "", "until": "" }),
        "ignore" => json!({ "fields": [] }),
        _ => json!({}),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::app::theme;
    use crate::model::{Edit, EditValue, SpecPath};
    use crate::plan::testing::{every_path, full_plan};
    use crate::plan::{Plan, RowEdit, apply_edit, edit_rows};
    use std::collections::BTreeSet;

    /// A place in which no row has a number.
    pub fn general(path: &str) -> String {
        let mut digits = false;
        path.chars()
            .filter(|c| {
                digits = *c == '[' || digits && *c != ']';
                !digits || *c == '['
            })
            .collect()
    }

    const PARTS: [(&str, &[Field]); 8] = [
        ("", METADATA),
        ("spec.cluster", CLUSTER),
        ("spec.cluster.backend", BACKEND),
        ("spec.cluster.frontend", FRONTEND),
        ("spec.cluster.storage", FRONTEND),
        ("spec.cluster.management", MANAGEMENT),
        ("spec.naming", NAMING),
        ("spec.racks", RACKS),
    ];

    /// Every place that a form draws, with its field.
    pub fn claims() -> Vec<(String, Field)> {
        fn table(base: &str, fields: &[Field], all: &mut Vec<(String, Field)>) {
            for field in fields {
                let path = SpecPath::new(base).field(field.name).as_str().to_owned();
                let within = |name: &str| format!("{path}.{name}");
                match field.kind {
                    Distribution => {
                        table(&within("alternating"), ALTERNATING, all);
                        table(&within("rail_optimised"), RAIL_OPTIMISED, all);
                    }
                    Order => {
                        all.push((within("custom[]"), Field { kind: EachOnce, ..*field }));
                    }
                    Quantity => all.push((within("fixed"), *field)),
                    Numbers | Texts | Several(_) => all.push((format!("{path}[]"), *field)),
                    _ => {}
                }
                all.push((path, *field));
            }
        }
        fn list(base: &str, rows: &Rows, all: &mut Vec<(String, Field)>) {
            let row = format!("{base}.{}[]", rows.name);
            table(&row, rows.fields, all);
            for inner in rows.rows {
                list(&row, inner, all);
            }
        }
        let mut all = Vec::new();
        for (base, fields) in PARTS {
            table(base, fields, &mut all);
        }
        for (base, rows) in ALL_ROWS {
            list(base, rows, &mut all);
        }
        all
    }

    /// A plan in which also the parts that share a table have all fields of it.
    pub fn plan() -> Plan {
        let mut plan = full_plan();
        let cluster = plan.spec.cluster.as_mut().unwrap();
        let backend = cluster.backend.clone().unwrap();
        let frontend = cluster.frontend.as_mut().unwrap();
        (frontend.overrides, frontend.spread) = (backend.overrides, backend.spread);
        frontend.oversubscription = backend.oversubscription;
        cluster.storage = Some(frontend.clone());
        plan.spec.server_classes[0].connections[0].port_step = 2;
        plan
    }

    pub fn leaves(plan: &Plan) -> Vec<(SpecPath, Value)> {
        let all = every_path(plan).into_iter();
        all.filter(|(path, value)| {
            let path = path.as_str();
            let own = path.starts_with("metadata.") || path.starts_with("spec.");
            own && path != "metadata.id"
                && !path.starts_with("spec.models")
                && !value.is_null()
                && !value.is_object()
                && !value.is_array()
        })
        .collect()
    }

    #[test]
    fn every_field_of_a_plan_has_a_form_and_every_form_a_field() {
        let claims = claims();
        let mut drawn = BTreeSet::new();
        for (path, _) in leaves(&plan()) {
            let place = general(path.as_str());
            let claim = claims.iter().find(|(claim, field)| {
                let label = field.kind == Labels && place.starts_with(&format!("{claim}."));
                *claim == place || label
            });
            let claim = claim.unwrap_or_else(|| panic!("{path} is in no form"));
            drawn.insert(claim.0.as_str());
        }
        // Choices with one field of many, of which the plan has another.
        let elsewhere = |field: &Field| {
            let choice = matches!(field.kind, Distribution | Order | EachOnce | Quantity);
            choice || matches!(field.kind, Numbers | Texts | Several(_))
        };
        for (claim, field) in &claims {
            let spread = claim.contains(".distribution.");
            let known = drawn.contains(claim.as_str()) || spread || elsewhere(field);
            assert!(known, "{claim} is no field");
        }
    }

    #[test]
    fn every_label_fits_its_column() {
        let context = egui::Context::default();
        theme::install(&context);
        let mut wide = Vec::new();
        let mut output = context.run_ui(egui::RawInput::default(), |ui| {
            let font = egui::TextStyle::Body.resolve(ui.style());
            let color = theme::tokens(ui.ctx()).dim;
            for (_, field) in claims() {
                let words = field.label.to_owned();
                let size = ui.painter().layout_no_wrap(words, font.clone(), color).size();
                if size.x > theme::LABEL_WIDTH {
                    wide.push((field.label, size.x));
                }
            }
        });
        output.textures_delta.clear();
        assert_eq!(wide, []);
    }

    #[test]
    fn every_choice_is_one_that_the_plan_takes() {
        let claims = claims();
        let mut tried = 0;
        for (path, _) in leaves(&plan()) {
            let place = general(path.as_str());
            let Some((_, field)) = claims.iter().find(|(claim, _)| *claim == place) else {
                continue;
            };
            let (Segment(choices) | Choice(choices) | ChoiceOr(_, choices) | Several(choices)) =
                field.kind
            else {
                continue;
            };
            for (name, _) in choices {
                let value = EditValue::Text((*name).to_owned());
                let edit = Edit { path: path.clone(), value };
                assert_eq!(apply_edit(&mut plan(), &edit), Ok(()), "{path}");
                tried += 1;
            }
        }
        assert!(tried > 60, "{tried}");
    }

    #[test]
    fn a_new_row_is_one_that_the_plan_takes() {
        fn check(list: &SpecPath, rows: &Rows) {
            let mut plan = plan();
            let tree = crate::plan::tree_of(&plan);
            let edit = RowEdit::Add(vec![template(rows, &tree)]);
            assert_eq!(edit_rows(&mut plan, list, &edit), Ok(()), "{list}");
            for inner in rows.rows {
                check(&list.index(0).field(inner.name), inner);
            }
        }
        for (base, rows) in ALL_ROWS {
            check(&SpecPath::new(*base).field(rows.name), rows);
        }
    }
}
