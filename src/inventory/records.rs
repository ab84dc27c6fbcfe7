//! Records, and the trait that reads and writes them.
//!
//! Field names and values are NetBox's (4.x). Fields that Heddle does not know are kept in
//! `other`, byte for byte. The rack of a device and the type and length of a cable are kept there
//! too, see `further`. References between prerequisites and devices go by slug; devices,
//! interfaces and cables have ids that the inventory gives them.

use crate::model::{Cancelled, PlanId, Progress};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::Snapshot;

/// The tag on everything that Heddle made.
pub const TAG: &str = "heddle";
/// The custom field that holds `<plan id>/<key>`.
pub const KEY_FIELD: &str = "heddle_key";

/// The id an inventory gives an object. 0 before it is created.
pub type ObjectId = u64;

/// An inventory and a site in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRef {
    /// The inventory's own identity, stable across renames and moves.
    pub inventory: String,
    /// The slug of the site.
    pub site: String,
}

/// The kinds of owned objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A device.
    Device,
    /// An interface of a device.
    Interface,
    /// A cable between two interfaces.
    Cable,
}

/// Something that must be there before devices can be: found or created, never owned, changed
/// or deleted. Identified by kind and slug (custom field: by name; rack: by site and name).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Prerequisite {
    /// A site.
    Site { name: String, slug: String },
    /// A maker of devices.
    Manufacturer { name: String, slug: String },
    /// A device type and the interfaces (name, type) that every device of it gets.
    DeviceType {
        manufacturer: String,
        model: String,
        slug: String,
        u_height: u8,
        interfaces: Vec<(String, String)>,
    },
    /// What a device is for.
    DeviceRole { name: String, slug: String },
    /// A tag.
    Tag { name: String, slug: String },
    /// A custom field of text on devices, interfaces and cables.
    CustomField { name: String },
    /// A rack of a site, so many units high.
    Rack { name: String, site: String, u_height: u8 },
}

impl Prerequisite {
    /// What it is, for people: `device type celestica-ds5000`.
    pub fn label(&self) -> String {
        if let Self::Rack { name, .. } = self {
            return format!("rack {name}");
        }
        let (kind, slug) = self.identity();
        format!("{} {slug}", kind.replace('_', " "))
    }

    /// Its kind and its slug or name; of a rack `site/name`, for each site names its own.
    pub fn identity(&self) -> (&'static str, Cow<'_, str>) {
        let (kind, slug) = match self {
            Self::Site { slug, .. } => ("site", slug),
            Self::Manufacturer { slug, .. } => ("manufacturer", slug),
            Self::DeviceType { slug, .. } => ("device_type", slug),
            Self::DeviceRole { slug, .. } => ("device_role", slug),
            Self::Tag { slug, .. } => ("tag", slug),
            Self::CustomField { name } => ("custom_field", name),
            Self::Rack { name, site, .. } => return ("rack", format!("{site}/{name}").into()),
        };
        (kind, Cow::Borrowed(slug))
    }
}

/// A device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// Its id.
    pub id: ObjectId,
    /// Its name, unique in the site without regard to case.
    pub name: String,
    /// Slug of its site.
    pub site: String,
    /// Slug of its role.
    pub role: String,
    /// Slug of its device type.
    pub device_type: String,
    /// Its status: `planned` when Heddle makes it.
    pub status: String,
    /// Slugs of its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// `<plan id>/<key>` if it is owned.
    #[serde(default)]
    pub key: Option<String>,
    /// Fields that Heddle does not know.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// An interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceRecord {
    /// Its id.
    pub id: ObjectId,
    /// Id of its device.
    pub device: ObjectId,
    /// Its name, unique on the device.
    pub name: String,
    /// Its type, e.g. `800gbase-x-osfp`.
    #[serde(rename = "type")]
    pub interface_type: String,
    /// Slugs of its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// `<plan id>/<key>` if it is owned.
    #[serde(default)]
    pub key: Option<String>,
    /// Fields that Heddle does not know.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// A cable: one link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CableRecord {
    /// Its id.
    pub id: ObjectId,
    /// Id of the interface at the A end.
    pub a: ObjectId,
    /// Id of the interface at the B end.
    pub b: ObjectId,
    /// Its status: `planned` when Heddle makes it.
    pub status: String,
    /// Slugs of its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// `<plan id>/<key>` if it is owned.
    #[serde(default)]
    pub key: Option<String>,
    /// Fields that Heddle does not know.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// Any owned object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "object", rename_all = "snake_case")]
pub enum Object {
    /// A device.
    Device(DeviceRecord),
    /// An interface.
    Interface(InterfaceRecord),
    /// A cable.
    Cable(CableRecord),
}

/// A field that Heddle may change after creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Name of a device or interface.
    Name,
    /// Role of a device, by slug.
    Role,
    /// Type of a device (slug), interface or cable.
    Type,
    /// The A end of a cable: an interface id in writes, `device interface` in diffs.
    A,
    /// The B end of a cable.
    B,
    /// Rack of a device, by its name in the site.
    Rack,
    /// Lowest unit of a device in its rack. Setting it also sets the face, if there is none.
    Position,
    /// Length of a cable in metres: `0.5 m`.
    Length,
    /// The key of an owned object: in writes with the plan's id before it, in diffs without.
    Key,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::Role => "role",
            Self::Type => "type",
            Self::A => "A end",
            Self::B => "B end",
            Self::Rack => "rack",
            Self::Position => "position",
            Self::Length => "length",
            Self::Key => "key",
        })
    }
}

/// One write. Creation gives the id; in `Create` records `id` is 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "write", rename_all = "snake_case")]
pub enum Write {
    /// Makes a prerequisite unless it is there.
    Ensure { prerequisite: Prerequisite },
    /// Makes an object. A device also gets the interfaces of its type.
    Create { object: Object },
    /// Sets fields. Values of `A` and `B` are interface ids in decimal.
    Modify { kind: Kind, id: ObjectId, fields: Vec<(Field, String)> },
    /// Deletes an object. A device must have no cables left; its interfaces go with it.
    Delete { kind: Kind, id: ObjectId },
}

/// How to find one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// By its id.
    Id(Kind, ObjectId),
    /// A device by its name (without regard to case) in a site.
    DeviceNamed { site: String, name: String },
    /// An interface by its name on a device.
    InterfaceNamed { device: ObjectId, name: String },
    /// The cable at an interface.
    CableAt(ObjectId),
}

/// Why an inventory could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// The file or server could not be reached.
    #[error("{place}: {cause}. {remedy}")]
    Unreachable { place: String, cause: String, remedy: String },
    /// What was read is not an inventory.
    #[error("{place} is damaged: {cause}. {remedy}")]
    Damaged { place: String, cause: String, remedy: String },
    /// The batch breaks a rule of the inventory; nothing of it was written.
    #[error("the inventory refused {what}: {cause}. Nothing of this step was written.")]
    Refused { what: String, cause: String },
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// An inventory: blocking, batch-shaped, cancellable between batches.
pub trait Inventory: Send {
    /// The inventory's identity and the given site.
    fn target(&self, site: &str) -> TargetRef;

    /// Reads everything of a site: one consistent moment.
    fn read(&mut self, site: &str, progress: &Progress) -> Result<Snapshot, InventoryError>;

    /// Reads single objects as they are now, in the order asked for; `None` for one not there.
    fn fetch(&mut self, wanted: &[Lookup]) -> Result<Vec<Option<Object>>, InventoryError>;

    /// True for each prerequisite that is there.
    fn present(&mut self, wanted: &[Prerequisite]) -> Result<Vec<bool>, InventoryError>;

    /// The run of a plan that was noted last for a site, if any was.
    fn last_run(&mut self, plan: PlanId, site: &str) -> Result<Option<String>, InventoryError>;

    /// Notes that a run of a plan begins to write to a site, so that a copy of the plan elsewhere
    /// can be told from the one that was applied last. Durable before it returns.
    fn begin_run(&mut self, plan: PlanId, site: &str, run: &str) -> Result<(), InventoryError>;

    /// Writes a batch, whole or not at all, and durably before it returns. Gives the id of each
    /// object written (0 for prerequisites), in order.
    fn write(&mut self, batch: &[Write]) -> Result<Vec<ObjectId>, InventoryError>;
}
