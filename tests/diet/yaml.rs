//! Plans of DIET, written section by section.

use std::fmt::Write;

/// A plan of switches with 64 cages of 800G, section by section.
#[derive(Clone, Default)]
pub struct Yaml {
    pub switches: String,
    pub zones: String,
    pub servers: String,
    pub nics: String,
    pub connections: String,
}

impl Yaml {
    /// A switch class; `more` are further lines such as `redundancy_type: mclag`.
    pub fn switch(mut self, id: &str, fabric: &str, role: &str, more: &[&str]) -> Self {
        let ext = if more.contains(&"small") { "small" } else { "large" };
        write!(
            self.switches,
            "  - switch_class_id: {id}\n    fabric_name: {fabric}\n    fabric_class: managed\n    \
             hedgehog_role: {role}\n    device_type_extension: {ext}\n"
        )
        .expect("memory takes everything");
        for line in more.iter().filter(|line| **line != "small") {
            writeln!(self.switches, "    {line}").expect("memory takes everything");
        }
        self
    }

    pub fn zone(
        mut self,
        class: &str,
        name: &str,
        kind: &str,
        ports: &str,
        breakout: &str,
    ) -> Self {
        write!(
            self.zones,
            "  - switch_class: {class}\n    zone_name: {name}\n    zone_type: {kind}\n    \
             port_spec: {ports}\n    breakout_option: {breakout}\n"
        )
        .expect("memory takes everything");
        self
    }

    pub fn peer(mut self, zone: &str) -> Self {
        writeln!(self.zones, "    peer_zone: {zone}").expect("memory takes everything");
        self
    }

    pub fn servers(mut self, id: &str, quantity: u32) -> Self {
        write!(
            self.servers,
            "  - server_class_id: {id}\n    quantity: {quantity}\n    server_device_type: server\n"
        )
        .expect("memory takes everything");
        self
    }

    /// A card of its own with `ports` ports, all of them cabled; `how` is a distribution or a rail.
    pub fn connect(
        mut self,
        class: &str,
        id: &str,
        zone: &str,
        ports: u32,
        speed: u32,
        how: &str,
    ) -> Self {
        write!(
            self.nics,
            "  - server_class: {class}\n    nic_id: {id}\n    module_type: nic{ports}\n"
        )
        .expect("memory takes everything");
        let how = match how.strip_prefix("rail ") {
            Some(rail) => format!("distribution: rail-optimized\n    rail: {rail}"),
            None => format!("distribution: {how}"),
        };
        write!(
            self.connections,
            "  - server_class: {class}\n    connection_id: {id}\n    nic: {id}\n    \
             ports_per_connection: {ports}\n    target_zone: {zone}\n    speed: {speed}\n    {how}\n"
        ).expect("memory takes everything");
        self
    }

    pub fn text(&self) -> String {
        let mut text = String::from(
            "meta: {case_id: made_here, managed_by: yaml}\nplan: {name: Made here}\n\
             reference_data:\n  manufacturers: [{id: m, name: Maker, slug: maker}]\n  \
             device_types:\n  - {id: sw, manufacturer: m, model: Switch, slug: switch}\n  \
             - {id: sm, manufacturer: m, model: Small, slug: small}\n  \
             - {id: server, manufacturer: m, model: Server, slug: server}\n  \
             device_type_extensions:\n  - id: large\n    device_type: sw\n    mclag_capable: true\n    \
             supported_breakouts: [1x800g, 2x400g, 4x200g, 8x100g]\n    native_speed: 800\n  \
             - {id: small, device_type: sm, native_speed: 100, supported_breakouts: [1x100g, 4x25g]}\n  \
             breakout_options:\n  \
             - {id: b1, breakout_id: 1x1g, from_speed: 1, logical_ports: 1, logical_speed: 1}\n  \
             module_types:\n",
        );
        for ports in 1..=8 {
            writeln!(
                text,
                "  - id: nic{ports}\n    manufacturer: m\n    model: Card {ports}\n    interface_templates:"
            ).expect("memory takes everything");
            for port in 0..ports {
                writeln!(text, "    - {{name: p{port}, type: other}}")
                    .expect("memory takes everything");
            }
        }
        for (section, rows) in [
            ("switch_classes", &self.switches),
            ("switch_port_zones", &self.zones),
            ("server_classes", &self.servers),
            ("server_nics", &self.nics),
            ("server_connections", &self.connections),
        ] {
            if !rows.is_empty() {
                write!(text, "{section}:\n{rows}").expect("memory takes everything");
            }
        }
        text
    }
}

/// The flagship design: a frontend of MCLAG pairs, a rail-optimised backend of eight rails.
pub fn flagship(servers: u32, frontend: bool) -> Yaml {
    let mut yaml = Yaml::default()
        .switch("be-leaf", "backend", "server-leaf", &[])
        .switch("be-spine", "backend", "spine", &[])
        .zone("be-leaf", "servers", "server", "1-32", "2x400g")
        .zone("be-leaf", "uplinks", "uplink", "33-64", "1x800g")
        .zone("be-spine", "leaves", "fabric", "1-64", "1x800g")
        .servers("gpu", servers);
    if frontend {
        yaml = yaml
            .switch("fe-leaf", "frontend", "server-leaf", &["redundancy_type: mclag"])
            .switch("fe-spine", "frontend", "spine", &[])
            .zone("fe-leaf", "servers", "server", "1-63:2", "4x200g")
            .zone("fe-leaf", "uplinks", "uplink", "2-64:2", "1x800g")
            .zone("fe-spine", "leaves", "fabric", "1-64", "1x800g")
            .connect("gpu", "fe", "fe-leaf/servers", 2, 200, "alternating");
    }
    for rail in 0..8 {
        let (id, how) = (format!("rail-{rail}"), format!("rail {rail}"));
        yaml = yaml.connect("gpu", &id, "be-leaf/servers", 1, 400, &how);
    }
    yaml
}

/// Leaves with fixed numbers and uplinks under spines of 64 ports.
pub fn tiers(leaves: &[(u32, &str)], spines: &str) -> Yaml {
    let mut yaml = Yaml::default()
        .switch("spine", "frontend", "spine", &[])
        .zone("spine", "leaves", "fabric", spines, "1x800g");
    for (n, (count, uplinks)) in leaves.iter().enumerate() {
        let (id, fixed) = (format!("leaf-{n}"), format!("override_quantity: {count}"));
        yaml = yaml.switch(&id, "frontend", "server-leaf", &[&fixed]);
        for (z, ports) in uplinks.split(' ').enumerate() {
            yaml = yaml.zone(&id, &format!("up-{z}"), "uplink", ports, "1x800g");
        }
    }
    yaml
}
