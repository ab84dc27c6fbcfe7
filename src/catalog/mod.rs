//! Hardware to choose from: switches, servers and NICs with their ports, sizes and watts; racks to
//! put them in; optics and cables to join them.
//!
//! The built-in catalogue is `assets/catalog.ron`, embedded in the program; each figure there
//! names its source. A model says what it *can* do; what a plan makes of it stands in the plan.
//! Port lists and breakouts are parsed here because models and plans write them the same way.

mod breakout_options;
mod check;
mod choice;
mod device_type;
mod model;
mod models;
mod optics;
mod port_pattern;
mod ports;

pub use breakout_options::{BREAKOUT_OPTIONS, BreakoutOption, breakout_option};
pub use check::Flaw;
pub use choice::{CableKind, Candidate, Mismatch, Socket, candidates, mismatches, why_not};
pub use device_type::{DeviceKind, Note, interface_type, read_device_type};
pub use model::{
    Cage, FabricUse, LinkProtocol, NicModel, NicSet, PortGroup, PortNaming, PortPurpose, RackModel,
    ServerModel, Source, SwitchModel,
};
pub use models::{Catalog, CatalogError, Models};
pub use optics::{
    AssemblyKind, AssemblyModel, Connector, FibreModel, Medium, ReachClass, TransceiverModel,
};
pub use ports::{Breakout, PortList, PortListError};
