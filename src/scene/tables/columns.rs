//! The three tables and their columns.

/// A table of a fabric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableKind {
    /// A row per device.
    Devices,
    /// A row per interface: all that a switch can have, and the cabled ones of other devices.
    Ports,
    /// A row per link, lane to lane.
    Cables,
}

impl TableKind {
    /// Every table.
    pub const ALL: [Self; 3] = [Self::Devices, Self::Ports, Self::Cables];

    /// The word for it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Devices => "Devices",
            Self::Ports => "Ports",
            Self::Cables => "Cables",
        }
    }

    /// Its columns, in the order in which they are first shown: the state beside what has it, since
    /// the last columns lie outside a small window.
    pub fn columns(self) -> &'static [Column] {
        use Column::*;
        match self {
            Self::Devices => &[
                Name, State, Role, Class, Fabric, Model, Su, Pod, Rail, Rack, Unit, PortsUsed,
                Ports,
            ],
            Self::Ports => &[Device, Port, State, Zone, Speed, Cage, Lane, FarDevice, FarPort],
            Self::Cables => &[
                LowerDevice,
                LowerPort,
                UpperDevice,
                UpperPort,
                State,
                Fabric,
                Joins,
                Speed,
                CableKind,
                CableModel,
                Length,
                Key,
            ],
        }
    }

    /// Those of its columns that are shown until somebody chooses others.
    pub fn default_columns(self) -> Vec<Column> {
        self.columns().iter().copied().filter(|column| column.is_default()).collect()
    }

    /// The column with an id, see [`Column::id`].
    pub fn column(self, id: &str) -> Option<Column> {
        self.columns().iter().copied().find(|column| column.id().eq_ignore_ascii_case(id))
    }
}

/// A column of a table. A table has none twice; `Fabric`, `Speed` and `State` are in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// A device's name.
    Name,
    /// What it is.
    Role,
    /// The id of its class.
    Class,
    /// The fabric of a switch or of a cable.
    Fabric,
    /// The model of a device, by its id in the catalogue.
    Model,
    /// Its scalable unit, from 1.
    Su,
    /// Its pod, from 1.
    Pod,
    /// The lowest rail that a leaf serves, from 0.
    Rail,
    /// The rack that it stands in.
    Rack,
    /// Its lowest rack unit, from 1 at the bottom.
    Unit,
    /// Its cabled interfaces.
    PortsUsed,
    /// The interfaces that it can have, reserved ones included.
    Ports,
    /// The device that a port belongs to.
    Device,
    /// The name of a port.
    Port,
    /// The zone that a port was made for; of a server its card.
    Zone,
    /// The speed of a port or a link, in Gb/s.
    Speed,
    /// The cage of a switch, or the port of a card, from 1.
    Cage,
    /// The lane of a broken-out cage, from 1.
    Lane,
    /// The device at the far end of a port's cable.
    FarDevice,
    /// The port there.
    FarPort,
    /// The lower device of a cable: the server, or the leaf.
    LowerDevice,
    /// Its port.
    LowerPort,
    /// The upper device.
    UpperDevice,
    /// Its port.
    UpperPort,
    /// What a cable joins, e.g. `leaf-spine`.
    Joins,
    /// What a cable is, e.g. `DAC`. Known only of a plan with racks, as are the next two.
    CableKind,
    /// The assembly, or the fibre or twisted pair, by its id in the catalogue.
    CableModel,
    /// The length on the shelf, in metres.
    Length,
    /// The key of a cable, e.g. `cable/gpu/42/rail-3/0`: what its label says.
    Key,
    /// What a change set does to it, or that it drifted; of a cable that is not made yet, and of
    /// its ports, that it waits for a device of others; of a device, that only its ports or cables
    /// change.
    State,
}

impl Column {
    /// A short name that never changes: for filters and settings. No two columns of a table share
    /// one.
    pub fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Role => "role",
            Self::Class => "class",
            Self::Fabric => "fabric",
            Self::Model => "model",
            Self::Su => "su",
            Self::Pod => "pod",
            Self::Rail => "rail",
            Self::Rack => "rack",
            Self::Unit => "unit",
            Self::PortsUsed => "used",
            Self::Ports => "ports",
            Self::Device => "device",
            Self::Port => "port",
            Self::Zone => "zone",
            Self::Speed => "speed",
            Self::Cage => "cage",
            Self::Lane => "lane",
            Self::FarDevice => "far",
            Self::FarPort => "far-port",
            Self::LowerDevice => "lower",
            Self::LowerPort => "lower-port",
            Self::UpperDevice => "upper",
            Self::UpperPort => "upper-port",
            Self::Joins => "joins",
            Self::CableKind => "kind",
            Self::CableModel => "cable",
            Self::Length => "length",
            Self::Key => "key",
            Self::State => "state",
        }
    }

    /// What stands above it, without the unit.
    pub fn title(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Role => "Role",
            Self::Class => "Class",
            Self::Fabric => "Fabric",
            Self::Model => "Model",
            Self::Su => "SU",
            Self::Pod => "Pod",
            Self::Rail => "Rail",
            Self::Rack => "Rack",
            Self::Unit => "Unit",
            Self::PortsUsed => "Ports used",
            Self::Ports => "Ports",
            Self::Device => "Device",
            Self::Port => "Port",
            Self::Zone => "Zone",
            Self::Speed => "Speed",
            Self::Cage => "Cage",
            Self::Lane => "Lane",
            Self::FarDevice => "Far device",
            Self::FarPort => "Far port",
            Self::LowerDevice => "Lower device",
            Self::LowerPort => "Lower port",
            Self::UpperDevice => "Upper device",
            Self::UpperPort => "Upper port",
            Self::Joins => "Between",
            Self::CableKind => "Kind",
            Self::CableModel => "Cable",
            Self::Length => "Length",
            Self::Key => "Key",
            Self::State => "State",
        }
    }

    /// The unit of its numbers, where they have one.
    pub fn unit(self) -> Option<&'static str> {
        match self {
            Self::Speed => Some("Gb/s"),
            Self::Length => Some("m"),
            _ => None,
        }
    }

    /// True if it holds numbers, which stand at the right and are sorted by size.
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Self::Su
                | Self::Pod
                | Self::Rail
                | Self::Unit
                | Self::PortsUsed
                | Self::Ports
                | Self::Speed
                | Self::Cage
                | Self::Lane
                | Self::Length
        )
    }

    /// True if it is shown until somebody chooses other columns.
    pub fn is_default(self) -> bool {
        !matches!(self, Self::Class | Self::Cage | Self::Lane | Self::CableModel | Self::Key)
    }
}
