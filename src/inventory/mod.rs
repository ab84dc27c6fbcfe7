//! The inventory's vocabulary: NetBox's words as plain records.
//!
//! [`Snapshot`] is what an inventory holds for one site, [`Desired`] what a plan wants there, and
//! [`Inventory`] how anything is read or written: blocking, in batches, each batch whole or not
//! at all. A local file implements it, and so can any server that speaks NetBox's words.

mod desired;
mod further;
mod keys;
mod reading;
mod records;
mod snapshot;

pub use desired::{
    Desired, DesiredCable, DesiredDevice, DesiredInterface, DesiredKind, DesiredPlace,
    DesiredRacking, Kept, interface_type,
};
pub use records::{
    CableRecord, DeviceRecord, Field, InterfaceRecord, Inventory, InventoryError, KEY_FIELD, Kind,
    Lookup, Object, ObjectId, Prerequisite, TAG, TargetRef, Write,
};
pub use snapshot::Snapshot;

pub(crate) use further::metres;
pub(crate) use keys::{Keyed, NONE, Word};
