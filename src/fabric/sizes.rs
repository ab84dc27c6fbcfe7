//! The counts that weaving computed, as edits that fix them: "pin sizes".
//!
//! Automatic counts are a function of the spec alone, so one server more can double the spines or
//! call for a third tier. Fixed, they stay, and a size that they do not carry is refused instead.
//! What is fixed already is left as it is. Leaves of a pod are a limit, not a count, and are never
//! written.

use super::{Class, Fabric, Primitives};
use crate::model::{Edit, EditValue, SpecPath};
use crate::plan::{Backend, Overrides, Quantity, Spec, SwitchRole, Tiers, ZoneKind};

/// The edits that fix every computed count of a spec, in the order of the document. `primitives`
/// and `fabric` are what came of that spec without an error.
pub fn computed_sizes(spec: &Spec, primitives: &Primitives, fabric: &Fabric) -> Vec<Edit> {
    let mut sizes = Sizes { primitives, fabric, edits: Vec::new() };
    if let Some(cluster) = &spec.cluster {
        let path = SpecPath::new("spec.cluster");
        if let Some(backend) = &cluster.backend {
            sizes.backend(backend, &path.field("backend"));
        }
        if let Some(frontend) = &cluster.frontend {
            sizes.overrides("fe", &frontend.overrides, &path.field("frontend"));
        }
        if let Some(storage) = &cluster.storage {
            sizes.overrides("st", &storage.overrides, &path.field("storage"));
        }
    }
    for (n, class) in spec.switch_classes.iter().enumerate() {
        let path = SpecPath::new("spec.switch_classes").index(n);
        let found = Found::of(&class.id, fabric);
        let count = match class.role {
            SwitchRole::SuperSpine => found.of_section,
            SwitchRole::Spine if found.pods > 0 => found.of_section,
            _ => found.all,
        };
        if class.quantity == Quantity::Automatic && count > 0 {
            sizes.number(path.field("quantity"), count);
        }
        let supers = || {
            spec.switch_classes
                .iter()
                .any(|other| other.role == SwitchRole::SuperSpine && other.fabric == class.fabric)
        };
        if class.role == SwitchRole::Spine && class.tiers == Tiers::Automatic && supers() {
            sizes.tiers(&path, count, found.pods);
        }
        if class.role == SwitchRole::SuperSpine && class.pods.is_none() && count > 0 {
            let spines = |c: &&Class| c.fabric.as_ref() == Some(&class.fabric) && c.pod.is_some();
            let pods = fabric.classes.iter().filter(spines).count();
            sizes.number(path.field("pods"), u32::try_from(pods).unwrap_or(u32::MAX));
        }
    }
    sizes.edits
}

/// What a fabric has of a class of the spec.
struct Found {
    /// Devices in all.
    all: u32,
    /// Devices of its first pod or spine group.
    of_section: u32,
    /// Pods, if it is in pods.
    pods: u32,
}

impl Found {
    fn of(family: &str, fabric: &Fabric) -> Self {
        let mut found = Self { all: 0, of_section: 0, pods: 0 };
        for class in fabric.classes.iter().filter(|class| class.family == family) {
            // Those that are out of service count: they are there on paper.
            let out = u32::try_from(class.out_of_service.len()).unwrap_or(u32::MAX);
            let count = class.count.saturating_add(out);
            if found.all == 0 {
                found.of_section = count;
            }
            found.all = found.all.saturating_add(count);
            found.pods += u32::from(class.pod.is_some());
        }
        found
    }
}

struct Sizes<'a> {
    primitives: &'a Primitives,
    fabric: &'a Fabric,
    edits: Vec<Edit>,
}

impl Sizes<'_> {
    fn number(&mut self, path: SpecPath, count: u32) {
        self.edits.push(Edit { path, value: EditValue::Number(u64::from(count)) });
    }

    fn tiers(&mut self, path: &SpecPath, spines: u32, pods: u32) {
        if spines > 0 {
            let tiers = if pods > 0 { "three" } else { "two" };
            let value = EditValue::Text(tiers.to_owned());
            self.edits.push(Edit { path: path.field("tiers"), value });
        }
    }

    fn backend(&mut self, backend: &Backend, path: &SpecPath) {
        // Planes are alike.
        let prefix = if backend.planes > 1 { "be-plane-0" } else { "be" };
        if backend.tiers == Tiers::Automatic {
            let spines = Found::of(&format!("{prefix}-spine"), self.fabric);
            self.tiers(path, spines.all, spines.pods);
        }
        self.overrides(prefix, &backend.overrides, path);
    }

    fn overrides(&mut self, prefix: &str, fixed: &Overrides, path: &SpecPath) {
        let path = path.field("overrides");
        let of = |role: &str| Found::of(&format!("{prefix}-{role}"), self.fabric);
        let (leaves, spines, supers) = (of("leaf"), of("spine"), of("super-spine"));
        let uplinks = self
            .primitives
            .switches
            .iter()
            .find(|(class, _)| class.id == format!("{prefix}-leaf"))
            .and_then(|(class, _)| class.zones.iter().find(|z| z.kind == ZoneKind::Uplink))
            .map_or(0, |zone| u32::try_from(zone.ports.cages().len()).unwrap_or(u32::MAX));
        for (field, fixed, count) in [
            ("leaves", fixed.leaves, leaves.all),
            ("uplink_cages", fixed.uplink_cages, uplinks),
            ("spines", fixed.spines, spines.of_section),
            ("pods", fixed.pods, spines.pods),
            ("super_spines", fixed.super_spines, supers.of_section),
        ] {
            if fixed.is_none() && count > 0 {
                self.number(path.field(field), count);
            }
        }
    }
}
