//! Findings: what is wrong or noteworthy in a plan, where, and what to do about it.
//!
//! A finding never stops the work; it stands beside the best answer that could be made. Its
//! remedy may carry an [`Edit`] that a button can make. Codes, severities and conditions are one
//! list ([`Code`]), so that the table in `docs/reference/findings.md` cannot differ from them.

use super::SpecPath;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The plan cannot be approved.
    Error,
    /// The plan can be approved; someone should look.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// The word for people and machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A value that an [`Edit`] writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum EditValue {
    /// A whole number.
    Number(u64),
    /// A text, or the name of a choice.
    Text(String),
    /// Anything else, as the tree that the types of a plan are read from. Null leaves a field out.
    Tree(serde_json::Value),
}

impl EditValue {
    /// The value that leaves a field out.
    pub fn left_out() -> Self {
        Self::Tree(serde_json::Value::Null)
    }
}

impl fmt::Display for EditValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => n.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Tree(tree) => tree.fmt(f),
        }
    }
}

/// A change of one field of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The field.
    pub path: SpecPath,
    /// Its new value.
    pub value: EditValue,
}

/// What would help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// What to do, as the text of a button: `Use 2,048 servers`.
    pub text: String,
    /// The edit that does it, if one edit can.
    pub edit: Option<Edit>,
}

/// One thing that is wrong or noteworthy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule speaks.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where in the plan.
    pub path: SpecPath,
    /// What is the matter, in a sentence.
    pub text: String,
    /// What would help, where something would.
    pub remedy: Option<Remedy>,
    /// What would help as well, where there is a choice to make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Remedy>,
}

impl Finding {
    /// A finding with the severity of its code and no remedy.
    pub fn new(code: Code, path: SpecPath, text: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            path,
            text: text.into(),
            remedy: None,
            alternatives: Vec::new(),
        }
    }

    /// The same finding with a remedy that someone has to carry out.
    pub fn advise(mut self, text: impl Into<String>) -> Self {
        self.remedy = Some(Remedy { text: text.into(), edit: None });
        self
    }

    /// The same finding with one more remedy that a button can carry out: the first one offered is
    /// the one to prefer.
    pub fn also(self, text: impl Into<String>, path: SpecPath, value: EditValue) -> Self {
        if !self.remedies().any(|remedy| remedy.edit.is_some()) {
            return self.offer(text, path, value);
        }
        let mut finding = self;
        finding.alternatives.push(Remedy { text: text.into(), edit: Some(Edit { path, value }) });
        finding
    }

    /// Everything that would help, the best first.
    pub fn remedies(&self) -> impl Iterator<Item = &Remedy> {
        self.remedy.iter().chain(&self.alternatives)
    }

    /// The same finding with a remedy that a button can carry out.
    pub fn offer(mut self, text: impl Into<String>, path: SpecPath, value: EditValue) -> Self {
        self.remedy = Some(Remedy { text: text.into(), edit: Some(Edit { path, value }) });
        self
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $condition:literal $remedy:literal;)*) => {
        /// The rules that speak in findings. Names are stable: policies and waivers name them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Code { $(#[doc = $condition] $variant,)* }

        impl Code {
            /// Every code, in the order of the reference table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// True if whoever approves has to say so: an approval that does not is none.
            pub fn needs_acknowledgement(self) -> bool {
                matches!(
                    self,
                    Self::ManyDeletions
                        | Self::ModelSwap
                        | Self::CarriesForeign
                        | Self::OtherLineage
                )
            }

            /// The code of a stable name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.name() == name)
            }

            /// When it speaks.
            pub fn condition(self) -> &'static str {
                match self { $(Self::$variant => $condition,)* }
            }

            /// What helps in general; each finding says what helps where it stands. Empty where
            /// nothing has to be done.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }
        }
    };
}

codes! {
    EmptySpec "empty-spec" Error "The spec has no cluster and no classes." "Add a cluster, or switch and server classes; give a cluster a fabric.";
    UnreadableText "unreadable-text" Error "What was typed as text in the window cannot be read as a plan; the plan is as it was before." "Mend the line that is named, or take the text back with undo.";
    InvalidText "invalid-text" Error "A name, slug, id or note is empty, too long or has characters that are not allowed." "Write the text as the finding says.";
    DuplicateId "duplicate-id" Error "Two objects of a list have the same id." "Give the second another id; a button offers one.";
    OutOfRange "out-of-range" Error "A number is below or above what is allowed." "Use a number that is allowed; a button has one that no other rule refuses, where there is one.";
    OverCeiling "over-ceiling" Error "The plan has more servers, switches or links than Heddle plans." "Part the plan into several.";
    UnknownModel "unknown-model" Error "A model is not in the catalogue." "Choose a model of the catalogue, or import its device type; a button offers one that fits.";
    ModelFlawed "model-flawed" Error "A model that the plan brings contradicts itself or names a NIC that nobody has." "Correct the model, or import it anew.";
    UnknownReference "unknown-reference" Error "A connection, zone or NIC names something that the spec does not have." "Name something that the spec has; the nearest name is offered.";
    PortsOutsideDevice "ports-outside-device" Error "A zone names cages that the model does not have." "Name cages that the model has.";
    PortSpec "port-spec" Error "A port list cannot be read." "Write ports such as `1-32`, `1,3,5` or `1-63:2`.";
    PortsBeyondType "ports-beyond-type" Warning "A zone names cages that an imported model does not list." "Check the ports, or complete the model.";
    PortOrder "port-order" Error "A custom order does not list each port of its zone once." "List each port of the zone once, or choose another order.";
    ReservedOutside "reserved-outside" Warning "A zone reserves cages that it does not have." "Reserve cages of the zone.";
    CageInTwoZones "cage-in-two-zones" Warning "A cage belongs to two zones with the same breakout, or in an imported plan with two of which switches use one." "Give the cage to one zone, if that was not meant.";
    CageTwoBreakouts "cage-two-breakouts" Error "A cage belongs to two zones with different breakouts; in an imported plan, links use both." "Give the cage to one zone.";
    LaneUsedTwice "lane-used-twice" Error "Two links would use one interface." "Take the cage out of one zone, or remove one of the pins.";
    BreakoutUnsupported "breakout-unsupported" Error "A cage cannot be broken out as the zone asks." "Choose a breakout of the model.";
    BreakoutUnlisted "breakout-unlisted" Warning "An imported model does not list the breakout that a zone asks for." "Check the breakout against the data sheet, or complete the model.";
    TooManyLanes "too-many-lanes" Error "A switch would have more logical ports than its model can." "Break out fewer cages, or choose another model.";
    SpeedMismatch "speed-mismatch" Error "The two ends of a connection have different speeds." "Choose a breakout, a NIC or a speed so that both ends agree.";
    ProtocolMismatch "protocol-mismatch" Error "The two ends of a link cannot speak the same: one is InfiniBand only, the other Ethernet." "Choose models of one protocol; a button offers one that fits.";
    SpeedUnlike "speed-unlike" Warning "The two ends of an imported connection have different speeds; the slower counts." "Choose a breakout or a NIC of the same speed.";
    NoZone "no-zone" Error "A switch class has no zone of the kind that its links need." "Add a zone of that kind, or name another.";
    NicPorts "nic-ports" Error "A connection uses NIC ports that do not exist or that another connection uses." "Use ports that the card has, each in one connection.";
    RailsNotDense "rails-not-dense" Error "The rails of a server class are not 0, 1, 2 … without gaps." "Number the rails from 0 without gaps.";
    RailsBeyondGpus "rails-beyond-gpus" Warning "A cluster has more rails than its servers have GPUs, so some GPUs would have several backend cards." "Use a rail for each GPU; a button does it.";
    UnevenPorts "uneven-ports" Error "The ports of a connection cannot be spread as asked." "Use a number of ports that the planes or leaves divide.";
    LeafTooSmall "leaf-too-small" Error "One server needs more lanes of a leaf than the leaf has." "Choose a larger leaf, a finer breakout or fewer ports a server.";
    TooManyLeaves "too-many-leaves" Error "A fabric has more leaves than a spine has lanes." "Plan fewer servers (a button has the most that fit), use three tiers, or choose spines with more ports.";
    TooFewUplinks "too-few-uplinks" Error "A leaf has too few uplinks to reach the spines that are needed." "Give each leaf more uplinks.";
    NoSpine "no-spine" Error "Leaves have uplinks, but the fabric has no spine class." "Add a spine class, or take the uplink zones away.";
    TwoSpineClasses "two-spine-classes" Error "A fabric has more than one spine class." "Keep one spine class in a fabric.";
    NoSuperSpine "no-super-spine" Error "Three tiers are asked for, but the fabric has no super-spine class, or more than one." "Add one super-spine class, or use two tiers.";
    UnlikeUplinks "unlike-uplinks" Error "Leaf classes of one fabric with three tiers have different numbers of uplinks." "Give all leaf classes the same number of uplinks.";
    PodTooSmall "pod-too-small" Error "The leaves of a scalable unit, or of a group, do not fit a pod." "Use smaller scalable units, or spines with more ports.";
    TooManyPods "too-many-pods" Error "A fabric has more pods than a super-spine has lanes." "Plan fewer servers, or choose super-spines with more ports.";
    GroupSize "group-size" Error "The switches of a class cannot be parted into MCLAG pairs or ESLAG groups." "Use an even number of switches for pairs, 2 to 4 for ESLAG groups.";
    GroupUnsupported "group-unsupported" Warning "A class asks for MCLAG or ESLAG, which its model cannot do." "Choose a model that can, or ask for no groups.";
    BundleUnsupported "bundle-unsupported" Error "A connection needs MCLAG or ESLAG, which the switches at its other end do not have." "Use `unbundled`, or switches that can.";
    PeerLinksMissing "peer-links-missing" Warning "An MCLAG class has no zone for its peer or session links." "Add peer and session zones.";
    PeerPortsShort "peer-ports-short" Error "A peer zone has too few ports for the links that go to it." "Give the zone more ports.";
    MeshSize "mesh-size" Error "A mesh does not have two or three leaves." "Use two or three leaves, or spines.";
    MeshPorts "mesh-ports" Error "The mesh ports of a mesh's leaves are missing, unlike, or cannot be shared equally." "Give each leaf mesh ports in a number that its neighbours divide.";
    MeshWithSpines "mesh-with-spines" Error "A fabric is a mesh and has spines, or mixes mesh leaves with others." "Use a mesh or spines, not both.";
    SpinePortsShort "spine-ports-short" Error "An imported fabric's spines have fewer ports than its leaves have uplinks." "Add spines, or use fewer uplinks.";
    SpineUnreached "spine-unreached" Warning "A leaf has no link to one of its spines." "Give leaves more uplinks, or use fewer spines.";
    DietRules "diet-rules" Info "DIET's own rules cannot place an imported plan, so the nearest rule was used." "";
    PinInvalid "pin-invalid" Error "A pin names an end that is not cabled or a port that cannot be used." "Name an end that is cabled and a free port of its zone.";
    DeadPort "dead-port" Error "A port that does not work has no spare in its zone." "Give the zone a spare port, or replace the switch.";
    OutOfService "out-of-service" Warning "Links are missing because a device is out of service." "Bring the device back, or plan without its links.";
    CountsDisagree "counts-disagree" Error "Two numbers of the spec that say the same thing differ." "Correct one of the two; a button does it where it can.";
    RoundedUp "rounded-up" Info "GPUs do not fill the last server, so servers are rounded up." "";
    AboveTarget "above-target" Warning "A leaf has more bandwidth down to bandwidth up than its target allows." "Give the leaf more uplinks, or set a higher target.";
    QuantityTooSmall "quantity-too-small" Error "A fixed quantity is smaller than the links need." "Use the number that is needed (a button does it), or leave it to be computed.";
    RedundancyUnmet "redundancy-unmet" Error "A redundant fabric leaves a server on one leaf or has one spine." "Spread the ports over two leaves and use two spines, or ask for no redundancy.";
    NameCollision "name-collision" Error "Two devices have the same name without regard to case, or a name is too long." "Change the name pattern, or a class id.";
    KeyCollision "key-collision" Error "Two objects of the inventory carry the same key; neither is touched." "Remove the key from one of the two in the inventory.";
    NameTaken "name-taken" Error "A name or interface that the plan needs is used by an object of somebody else." "Rename, or set a prefix for all names; a button offers one that is free.";
    PortHeld "port-held" Error "A port that a cable needs still has another cable of the plan, which waits for a device of others." "Correct the names of the external class, or remove that cable from it.";
    ExternalMissing "external-missing" Warning "The inventory lacks a device or interface of an external class; the cables to it wait." "Make it in the inventory, or correct its name; then the cables follow.";
    InterfaceMissing "interface-missing" Error "A device of the inventory lacks an interface that its type should have given it." "Add the interface in the inventory, or correct its device type.";
    FabricInParts "fabric-in-parts" Warning "A fabric falls into parts that cannot reach each other." "Give leaves uplinks to the spines, unless that is meant.";
    WithoutSpines "without-spines" Info "A fabric has no spines, so its parts meet in the servers only." "";
    Oversubscribed "oversubscribed" Warning "A leaf has more bandwidth down than up." "Give the leaf more uplinks if servers should reach full speed.";
    SharedRailsUnused "shared-rails-unused" Info "Rails cannot share a leaf at this scalable-unit size; each has its own." "Use smaller scalable units if rails should share leaves.";
    NoZones "no-zones" Warning "A switch class has no zones, so nothing can be joined to it and it has no switches." "Add a zone, or remove the class.";
    DarkZone "dark-zone" Warning "A server zone has no connection." "Connect a server class to it, or remove the zone.";
    SpinePortsUnused "spine-ports-unused" Info "Equal spread leaves more than a quarter of the spine ports unused, and more uplinks would fit better." "Use the number of uplinks that is offered, or a balanced spread.";
    SingleSpine "single-spine" Info "A fabric stands on a single spine." "Use two spines if one may fail.";
    SinglePoint "single-point" Warning "In a fabric whose servers have two leaves each, switches cannot reach each other once a certain one fails." "Join the switches behind it to a second one.";
    DarkPorts "dark-ports" Warning "Uplinks of a leaf class have no cable in any of its switches." "Use more spines, or give the zone fewer ports.";
    RailSpread "rail-spread" Warning "Pins put a rail on more leaves than its servers need." "Pin the ends of a rail to ports of its own leaves.";
    RackTooSmall "rack-too-small" Error "A device does not fit a rack by height, power or weight, or a place lies outside its rack." "Choose a rack that is higher or may hold more, or another unit.";
    RackUnitTaken "rack-unit-taken" Error "Two devices would stand in one rack unit." "Move one of the two.";
    RackOverloaded "rack-overloaded" Error "The devices of a rack draw or weigh more than the rack may hold." "Move a device to another rack, or raise what the rack may hold.";
    RackFiguresUnknown "rack-figures-unknown" Info "The catalogue does not know the height, watts or weight of a model that stands in a rack." "Add the figures to the model, from its data sheet.";
    CableTooLong "cable-too-long" Error "No cable that fits both ends is long enough for its way from rack to rack." "Move the racks closer, or choose hardware with optics of more reach.";
    NoCable "no-cable" Error "No cable and no pair of optics of the catalogue can make the links of some cages." "Choose hardware whose plugs and speeds meet, or add the cable to the catalogue.";
    NothingJoins "nothing-joins" Warning "Nothing in the catalogue joins two cages that links run between." "Choose hardware whose plugs meet, or add the cable or the optics to the models of the plan.";
    MovedInvalid "moved-invalid" Error "An entry of `moved` cannot be read, or names as gone what the plan still has." "Write both sides as `gpu`, `gpu/3` or `gpu/*/rail-0`, the old one first.";
    IgnoreInvalid "ignore-invalid" Error "A rule of `target.ignore` names no field, or a class that the plan does not have." "Name fields and a class of the plan, or leave the class out.";
    WaiverInvalid "waiver-invalid" Error "A waiver names no finding that can be waived, or lacks a reason, a name or a day." "Name the code of a warning, why, who, and until when (`2026-12-31`).";
    WaiverExpired "waiver-expired" Warning "The last day of a waiver has passed, so its warning counts again." "Mend what it is about, or extend the waiver.";
    WaiverUnused "waiver-unused" Info "A waiver is about a warning that the plan does not have." "";
    ForeignCable "foreign-cable" Error "A device or interface that is to be deleted has somebody else's cable, or a cable of the plan that is not among the changes." "Remove that cable in the inventory, or keep the device in the plan.";
    ManyDeletions "many-deletions" Warning "More than 10 devices, and more than 5 % of the plan's, would be deleted." "Read the deletions, and acknowledge them when you approve.";
    ModelSwap "model-swap" Warning "Devices that were applied would become another model: they have to be swapped, and the inventory keeps the ports of the old model." "Swap them, correct their ports in the inventory, and acknowledge it when you approve.";
    CarriesForeign "carries-foreign" Warning "A device that is to be deleted carries addresses or interfaces that are not of this plan." "Move them elsewhere, or acknowledge their loss when you approve.";
    OtherLineage "other-lineage" Warning "The newest run of this plan's id against the target is not among the records beside the plan: it came from a copy." "Work with the copy that was applied, or give one of the two a new id (Save as…); else acknowledge it when you approve.";
    RecordsMissing "records-missing" Warning "The inventory has objects of this plan, but no run of it is on record here." "Put the folder of records back beside the plan. Until then drift is not known and undo is refused.";
    EmptySwitches "empty-switches" Warning "A fixed quantity is larger than the links need, or a group has more leaves than a server has ports." "Use fewer, or leave the quantity to be computed.";
    UnequalLinks "unequal-links" Info "A fixed quantity does not divide the uplinks of a switch, so it has more links to some switches above than to others." "Use a number that divides the uplinks; a button offers the nearest.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_serialised_names() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{code}\""));
        }
    }
}
