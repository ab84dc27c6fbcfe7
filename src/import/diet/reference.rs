//! What a DIET file says about hardware, and how the rest of it names hardware: by the ids of the
//! file, and by slugs and ids of the catalogue.

use super::super::error::ImportCode;
use super::super::fields::{Fields, Reports, clipped};
use super::{MOST_ROWS, once, slug};
use crate::catalog::{
    BREAKOUT_OPTIONS, Breakout, BreakoutOption, Catalog, NicModel, ServerModel, SwitchModel,
};
use std::collections::{BTreeMap, BTreeSet};

/// The fastest port, in Gb/s, that a model can have.
pub(super) const MOST_GBPS: u32 = 3_200;
/// The most interfaces of a device type that are read.
const MOST_INTERFACES: usize = 2_000;

/// An interface of a device type or a module type.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) name: String,
    /// NetBox's word for its type.
    pub(super) kind: String,
    pub(super) management: bool,
}

/// A device type.
#[derive(Clone, Debug)]
pub(super) struct DeviceType {
    id: String,
    pub(super) manufacturer: String,
    pub(super) model: String,
    pub(super) slug: String,
    pub(super) rack_units: u8,
    pub(super) templates: Vec<Template>,
}

/// What DIET adds to the device type of a switch.
#[derive(Clone, Debug)]
pub(super) struct Extension {
    /// Its id, and those of others for the same device type.
    ids: Vec<String>,
    /// The device type, by position; none if its model is the catalogue's.
    pub(super) device_type: Option<usize>,
    /// The catalogue's model with the slug of the device type.
    pub(super) built_in: Option<String>,
    pub(super) mclag: bool,
    /// Breakouts that may be used, by id; all may if there are none.
    pub(super) policy: Vec<String>,
    pub(super) native_gbps: Option<u32>,
    pub(super) line: u64,
}

impl Extension {
    /// True if it would make the same model.
    fn says_the_same(&self, other: &Self) -> bool {
        (self.mclag, self.native_gbps, &self.policy)
            == (other.mclag, other.native_gbps, &other.policy)
    }
}

/// A network card.
#[derive(Clone, Debug)]
pub(super) struct ModuleType {
    id: String,
    pub(super) manufacturer: String,
    pub(super) model: String,
    /// Its ports in natural order.
    pub(super) ports: Vec<Template>,
    pub(super) line: u64,
}

/// A switch, server or card that a class names: one of the file, by position, or one of the
/// catalogue, by id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PartRef {
    Own(usize),
    BuiltIn(String),
}

/// All of it.
pub(super) struct Reference<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) device_types: Vec<DeviceType>,
    pub(super) extensions: Vec<Extension>,
    pub(super) modules: Vec<ModuleType>,
    /// Declared breakouts by id, and by breakout id.
    by_id: BTreeMap<String, BreakoutOption>,
    by_breakout_id: BTreeMap<String, BreakoutOption>,
}

impl<'a> Reference<'a> {
    /// Reads `reference_data`.
    pub(super) fn read(data: &Fields, catalog: &'a Catalog, reports: &mut Reports) -> Self {
        let known = [
            "manufacturers",
            "device_types",
            "device_type_extensions",
            "breakout_options",
            "module_types",
        ];
        data.note_unknown("reference_data", &known, reports);
        let mut seen = BTreeSet::new();
        let mut makers = BTreeMap::new();
        for row in data.rows("manufacturers", MOST_ROWS, reports) {
            row.note_unknown("manufacturers", &["id", "name", "slug"], reports);
            let Some(id) = row.need_text("id", reports) else { continue };
            let name = row.need_text("name", reports).unwrap_or_default();
            if once(&mut seen, "manufacturers", &row, "id", &id, reports) {
                makers.insert(id, name);
            }
        }
        let mut reference = Self {
            catalog,
            device_types: Vec::new(),
            extensions: Vec::new(),
            modules: Vec::new(),
            by_id: BTreeMap::new(),
            by_breakout_id: BTreeMap::new(),
        };
        for row in data.rows("device_types", MOST_ROWS, reports) {
            reference.device_type(&row, &makers, &mut seen, reports);
        }
        for row in data.rows("breakout_options", MOST_ROWS, reports) {
            reference.breakout_option(&row, &mut seen, reports);
        }
        for row in data.rows("device_type_extensions", MOST_ROWS, reports) {
            reference.extension(&row, &mut seen, reports);
        }
        for row in data.rows("module_types", MOST_ROWS, reports) {
            reference.module_type(&row, &makers, &mut seen, reports);
        }
        reference
    }

    fn device_type(
        &mut self,
        row: &Fields,
        makers: &BTreeMap<String, String>,
        seen: &mut BTreeSet<(String, String)>,
        reports: &mut Reports,
    ) {
        let known = [
            "id",
            "manufacturer",
            "model",
            "slug",
            "interface_templates",
            "u_height",
            "is_full_depth",
        ];
        row.note_unknown("device_types", &known, reports);
        let id = row.need_text("id", reports);
        let manufacturer = maker(row, makers, reports);
        let model = row.need_text("model", reports);
        let templates = templates(row, reports);
        let rack_units = rack_units(row, reports);
        let (Some(id), Some(model)) = (id, model) else { return };
        if !once(seen, "device_types", row, "id", &id, reports) {
            return;
        }
        self.device_types.push(DeviceType {
            slug: row.text("slug", reports).unwrap_or_else(|| slug(&model)),
            id,
            manufacturer,
            model,
            rack_units,
            templates,
        });
    }

    fn breakout_option(
        &mut self,
        row: &Fields,
        seen: &mut BTreeSet<(String, String)>,
        reports: &mut Reports,
    ) {
        let known =
            ["id", "breakout_id", "from_speed", "logical_ports", "logical_speed", "optic_type"];
        row.note_unknown("breakout_options", &known, reports);
        let id = row.text("id", reports);
        let breakout_id = row.need_text("breakout_id", reports);
        let from = row.need_number("from_speed", 1..=MOST_GBPS, reports);
        let lanes = row.need_number("logical_ports", 1..=16, reports);
        let speed = row.need_number("logical_speed", 1..=MOST_GBPS, reports);
        let (Some(from_speed_gbps), Some(lanes), Some(speed_gbps)) = (from, lanes, speed) else {
            return;
        };
        if lanes * speed_gbps > from_speed_gbps {
            row.error(
                "logical_speed",
                ImportCode::InvalidValue,
                format!("{lanes} ports of {speed_gbps}G are more than {from_speed_gbps}G"),
                "Correct the number of ports or one of the speeds.",
                reports,
            );
            return;
        }
        let breakout = Breakout { lanes: u8::try_from(lanes).unwrap_or(1), speed_gbps };
        let option = BreakoutOption { from_speed_gbps, breakout };
        if let Some(id) = id
            && once(seen, "breakout_options", row, "id", &id, reports)
        {
            self.by_id.insert(id, option);
        }
        if let Some(id) = breakout_id
            && once(seen, "breakout_ids", row, "breakout_id", &id, reports)
        {
            self.by_breakout_id.insert(id, option);
        }
    }

    fn extension(
        &mut self,
        row: &Fields,
        seen: &mut BTreeSet<(String, String)>,
        reports: &mut Reports,
    ) {
        let known = [
            "id",
            "device_type",
            "mclag_capable",
            "hedgehog_roles",
            "supported_breakouts",
            "native_speed",
            "uplink_ports",
            "hedgehog_profile_name",
            "notes",
        ];
        row.note_unknown("device_type_extensions", &known, reports);
        let id = row.need_text("id", reports);
        let named = row.need_text("device_type", reports);
        let mclag = row.flag("mclag_capable", reports);
        let policy = row.texts("supported_breakouts", 100, reports);
        let native_gbps = row.number("native_speed", 1..=MOST_GBPS, reports);
        for id in policy.iter().filter(|id| self.breakout(id).is_none()) {
            let text = format!("{} is no breakout that is known; it is left out.", clipped(id));
            reports.note(row.line_of("supported_breakouts"), text);
        }
        let (Some(id), Some(named)) = (id, named) else { return };
        let own = self
            .device_types
            .iter()
            .position(|known| known.id == named)
            .or_else(|| self.device_types.iter().position(|known| known.slug == named));
        let device_slug =
            own.and_then(|n| self.device_types.get(n)).map_or(named.as_str(), |t| t.slug.as_str());
        let built_in = switch_by_slug(self.catalog, device_slug).map(|model| model.id.clone());
        if own.is_none() && built_in.is_none() {
            let slugs = self.catalog.switches.values().map(|model| model.slug.as_str());
            let known = self.device_types.iter().map(|known| known.id.as_str()).chain(slugs);
            row.unknown("device_type", "device type", &named, known, reports);
            return;
        }
        if !once(seen, "device_type_extensions", row, "id", &id, reports) {
            return;
        }
        let line = row.line;
        let mut extension = Extension {
            ids: vec![id],
            device_type: own,
            built_in,
            mclag,
            policy,
            native_gbps,
            line,
        };
        let same = |known: &&mut Extension| {
            (known.device_type, &known.built_in) == (own, &extension.built_in)
        };
        // DIET keeps one extension for a device type, and writes over it.
        match self.extensions.iter_mut().find(same) {
            None => self.extensions.push(extension),
            Some(known) => {
                if !known.says_the_same(&extension) {
                    let text = format!(
                        "{} and {} extend one device type in different ways; the last counts.",
                        clipped(&known.ids.join(", ")),
                        clipped(&extension.ids.join(", "))
                    );
                    reports.note(Some(line), text);
                }
                extension.ids.splice(0..0, known.ids.drain(..));
                *known = extension;
            }
        }
    }

    fn module_type(
        &mut self,
        row: &Fields,
        makers: &BTreeMap<String, String>,
        seen: &mut BTreeSet<(String, String)>,
        reports: &mut Reports,
    ) {
        // Attributes of optics stand here, too; none of them is taken over.
        let id = row.need_text("id", reports);
        let manufacturer = maker(row, makers, reports);
        let model = row.need_text("model", reports);
        let mut ports = templates(row, reports);
        ports.sort_by_key(|port| natural(&port.name));
        let (Some(id), Some(model)) = (id, model) else { return };
        if once(seen, "module_types", row, "id", &id, reports) {
            self.modules.push(ModuleType { id, manufacturer, model, ports, line: row.line });
        }
    }

    /// The breakout with an id: of the file, else one that DIET always has.
    pub(super) fn breakout(&self, id: &str) -> Option<BreakoutOption> {
        let always = || {
            BREAKOUT_OPTIONS.iter().copied().find(|option| {
                let Breakout { lanes, speed_gbps } = option.breakout;
                id == format!("{lanes}x{speed_gbps}g")
            })
        };
        self.by_id.get(id).or_else(|| self.by_breakout_id.get(id)).copied().or_else(always)
    }

    /// The breakout that a row names.
    pub(super) fn breakout_of(
        &self,
        row: &Fields,
        key: &str,
        reports: &mut Reports,
    ) -> Option<BreakoutOption> {
        let name = row.text(key, reports)?;
        let found = self.breakout(&name);
        if found.is_none() {
            let always: Vec<String> = BREAKOUT_OPTIONS
                .iter()
                .map(|o| format!("{}x{}g", o.breakout.lanes, o.breakout.speed_gbps))
                .collect();
            let known = self.by_id.keys().chain(self.by_breakout_id.keys()).chain(&always);
            row.unknown(key, "breakout option", &name, known.map(String::as_str), reports);
        }
        found
    }

    /// The switch that a row names.
    pub(super) fn switch_of(&self, row: &Fields, reports: &mut Reports) -> Option<PartRef> {
        let key = "device_type_extension";
        let name = row.need_text(key, reports)?;
        if let Some(n) = self.extensions.iter().position(|known| known.ids.contains(&name)) {
            return Some(PartRef::Own(n));
        }
        if let Some(model) = switch_by_slug(self.catalog, &name) {
            return Some(PartRef::BuiltIn(model.id.clone()));
        }
        let slugs = self.catalog.switches.values().map(|model| model.slug.as_str());
        let known =
            self.extensions.iter().flat_map(|known| &known.ids).map(String::as_str).chain(slugs);
        row.unknown(key, "switch", &name, known, reports);
        None
    }

    /// The server that a row names.
    pub(super) fn server_of(&self, row: &Fields, reports: &mut Reports) -> Option<PartRef> {
        let key = "server_device_type";
        let name = row.need_text(key, reports)?;
        let own = self
            .device_types
            .iter()
            .position(|known| known.id == name)
            .or_else(|| self.device_types.iter().position(|known| known.slug == name));
        if let Some(n) = own {
            return Some(PartRef::Own(n));
        }
        let of = |model: &&ServerModel| model.slug == name || model.id == name;
        if let Some(model) = self.catalog.servers.values().find(of) {
            return Some(PartRef::BuiltIn(model.id.clone()));
        }
        let slugs = self.catalog.servers.values().map(|model| model.slug.as_str());
        let known = self.device_types.iter().map(|known| known.id.as_str()).chain(slugs);
        row.unknown(key, "server", &name, known, reports);
        None
    }

    /// The card that a row names.
    pub(super) fn card_of(&self, row: &Fields, reports: &mut Reports) -> Option<PartRef> {
        let key = "module_type";
        let name = row.need_text(key, reports)?;
        if let Some(n) = self.modules.iter().position(|known| known.id == name) {
            return Some(PartRef::Own(n));
        }
        let of = |model: &&NicModel| model.slug == name || model.id == name;
        if let Some(model) = self.catalog.nics.values().find(of) {
            return Some(PartRef::BuiltIn(model.id.clone()));
        }
        let slugs = self.catalog.nics.values().map(|model| model.slug.as_str());
        let known = self.modules.iter().map(|known| known.id.as_str()).chain(slugs);
        row.unknown(key, "module type", &name, known, reports);
        None
    }
}

fn switch_by_slug<'c>(catalog: &'c Catalog, slug: &str) -> Option<&'c SwitchModel> {
    catalog.switches.values().find(|model| model.slug == slug || model.id == slug)
}

fn maker(row: &Fields, makers: &BTreeMap<String, String>, reports: &mut Reports) -> String {
    let Some(id) = row.need_text("manufacturer", reports) else { return String::new() };
    match makers.get(&id) {
        Some(name) => name.clone(),
        None => {
            let known = makers.keys().map(String::as_str);
            row.unknown("manufacturer", "manufacturer", &id, known, reports);
            String::new()
        }
    }
}

/// The height, rounded up to whole rack units; 1 if it is left out.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is within 1 to 100 when it is cast"
)]
fn rack_units(row: &Fields, reports: &mut Reports) -> u8 {
    let Some(text) = row.text("u_height", reports) else { return 1 };
    match text.parse::<f64>().ok().filter(|height| (0.0..=100.0).contains(height)) {
        Some(height) => height.ceil().max(1.0) as u8,
        None => {
            row.error(
                "u_height",
                ImportCode::InvalidValue,
                "this is no height from 0 to 100 rack units",
                "Write a number such as 2.",
                reports,
            );
            1
        }
    }
}

fn templates(row: &Fields, reports: &mut Reports) -> Vec<Template> {
    let mut templates = Vec::new();
    for row in row.rows("interface_templates", MOST_INTERFACES, reports) {
        let Some(name) = row.need_text("name", reports) else { continue };
        templates.push(Template {
            management: row.flag("mgmt_only", reports) || is_management(&name),
            kind: row.text("type", reports).unwrap_or_default(),
            name,
        });
    }
    templates
}

/// True for the names that switches give the ports of their own management: `M1`, `mgmt0`, ….
fn is_management(name: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit()).to_ascii_lowercase();
    matches!(stem.as_str(), "m" | "mgmt" | "management" | "console") || stem.starts_with("mgmt")
}

/// A name in parts, so that `p10` comes after `p9`.
fn natural(name: &str) -> Vec<(String, u64, String)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let at = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (text, digits) = rest.split_at(at);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let (digits, more) = digits.split_at(end);
        parts.push((text.to_owned(), digits.parse().unwrap_or(0), digits.to_owned()));
        rest = more;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let mut names = ["p10", "p9", "so1", "p1", "p01"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["p01", "p1", "p9", "p10", "so1"]);
    }

    #[test]
    fn ports_for_management_are_known_by_name() {
        for (name, expected) in
            [("M1", true), ("mgmt0", true), ("E1/1", false), ("ma1", false), ("Management1", true)]
        {
            assert_eq!(is_management(name), expected, "{name}");
        }
    }
}
