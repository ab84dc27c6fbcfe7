//! Hardware to choose from: switches, servers and NICs with their ports, sizes and watts.
//!
//! The built-in catalogue is `assets/catalog.ron`, embedded in the program; each figure there
//! names its source. A model says what it *can* do; what a plan makes of it stands in the plan.
//! Port lists and breakouts are parsed here because models and plans write them the same way.

mod model;
mod ports;

pub use model::{
    Cage, Catalog, CatalogError, FabricUse, NicModel, NicSet, PortGroup, PortNaming, PortPurpose,
    ServerModel, Source, SwitchModel,
};
pub use ports::{Breakout, PortList, PortListError};
