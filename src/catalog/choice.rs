//! What can join two cages: every cable of the catalogue that fits both, the cheapest kind first.
//!
//! Both cages come with their breakout. A cable fits if its plugs go into the cages, if it carries
//! both breakouts, and – for two transceivers – if their light meets and a fibre joins their
//! sockets. There is one plug in each cage. How many cages one cable takes, and how many links it
//! carries, is part of the answer; whether those cages should be joined is not asked here.

use super::{
    AssemblyKind, AssemblyModel, Breakout, Cage, Catalog, Connector, FibreModel, Medium,
    ReachClass, TransceiverModel,
};
use std::fmt;

/// A cage and how it is broken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Socket {
    /// Its connector.
    pub cage: Cage,
    /// Its logical ports; `1xN` if it is unbroken.
    pub breakout: Breakout,
}

impl fmt::Display for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.cage.name(), self.breakout)
    }
}

/// The kind of a cable, in the order of choice: the earlier, the cheaper and the less power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CableKind {
    /// Passive copper.
    Dac,
    /// Active copper.
    Acc,
    /// Active optical cable.
    Aoc,
    /// Twisted pair between RJ45 sockets.
    Rj45,
    /// Two transceivers and what runs between them.
    Optics,
}

impl CableKind {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dac => AssemblyKind::Dac.name(),
            Self::Acc => AssemblyKind::Acc.name(),
            Self::Aoc => AssemblyKind::Aoc.name(),
            Self::Rj45 => AssemblyKind::Rj45.name(),
            Self::Optics => "fibre between optics",
        }
    }
}

/// One way to join the cages `a` and `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidate<'a> {
    /// A cable in one piece.
    Assembly {
        /// The cable.
        model: &'a AssemblyModel,
        /// True if its near plug is at `b`.
        near_at_b: bool,
    },
    /// A transceiver in each cage, and fibres or twisted pairs.
    Optics {
        /// The transceiver at `a`.
        a: &'a TransceiverModel,
        /// The transceiver at `b`.
        b: &'a TransceiverModel,
        /// What runs between them.
        fibre: &'a FibreModel,
        /// True if the near plug of the fibre is at `b`.
        near_at_b: bool,
    },
}

impl Candidate<'_> {
    /// Its kind.
    pub fn kind(&self) -> CableKind {
        match self {
            Self::Assembly { model, .. } => match model.kind {
                AssemblyKind::Dac => CableKind::Dac,
                AssemblyKind::Acc => CableKind::Acc,
                AssemblyKind::Aoc => CableKind::Aoc,
                AssemblyKind::Rj45 => CableKind::Rj45,
            },
            Self::Optics { .. } => CableKind::Optics,
        }
    }

    /// The longest it can be, in centimetres: what the light or the copper allows, and what is on
    /// the shelf.
    pub fn max_length_cm(&self) -> u32 {
        let on_shelf = self.lengths_cm().last().copied().unwrap_or(0);
        match self {
            Self::Assembly { .. } => on_shelf,
            Self::Optics { a, b, .. } => a.reach_m.min(b.reach_m).saturating_mul(100).min(on_shelf),
        }
    }

    /// How far the light or the copper reaches, in centimetres, whatever is on the shelf. Fibre
    /// can be had in any length; an assembly reaches as far as the longest.
    pub fn reach_cm(&self) -> u32 {
        match self {
            Self::Assembly { .. } => self.max_length_cm(),
            Self::Optics { a, b, .. } => a.reach_m.min(b.reach_m).saturating_mul(100),
        }
    }

    /// The shortest length on the shelf that is at least `length_cm`, if there is one.
    pub fn length_on_shelf_cm(&self, length_cm: u32) -> Option<u32> {
        let reach_cm = self.reach_cm();
        self.lengths_cm().iter().copied().find(|cm| *cm >= length_cm && *cm <= reach_cm)
    }

    fn lengths_cm(&self) -> &[u32] {
        match self {
            Self::Assembly { model, .. } => &model.lengths_cm,
            Self::Optics { fibre, .. } => &fibre.lengths_cm,
        }
    }

    /// Plugs of one cable – or sockets of transceivers that one fibre takes – at `a`.
    pub fn plugs_a(&self) -> u8 {
        let (far_plugs, near_at_b) = self.far_plugs();
        if near_at_b { far_plugs } else { 1 }
    }

    /// The same at `b`.
    pub fn plugs_b(&self) -> u8 {
        let (far_plugs, near_at_b) = self.far_plugs();
        if near_at_b { 1 } else { far_plugs }
    }

    fn far_plugs(&self) -> (u8, bool) {
        match self {
            Self::Assembly { model, near_at_b } => (model.far_plugs, *near_at_b),
            Self::Optics { fibre, near_at_b, .. } => (fibre.far_plugs, *near_at_b),
        }
    }

    /// The ids of its parts, from `a` to `b`.
    pub fn parts(&self) -> Vec<&str> {
        match self {
            Self::Assembly { model, .. } => vec![&model.id],
            Self::Optics { a, b, fibre, .. } => vec![&a.id, &fibre.id, &b.id],
        }
    }
}

/// Why two transceivers cannot be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Mismatch {
    /// One wants other fibre, or copper.
    #[error("one runs over {} and the other over {}", .0.name(), .1.name())]
    Medium(Medium, Medium),
    /// No fibre joins their sockets.
    #[error("no fibre joins {} and {}", .0.name(), .1.name())]
    Connector(Connector, Connector),
    /// They do not belong to one family of standards.
    #[error("one is {} and the other {}", .0.name(), .1.name())]
    ReachClass(ReachClass, ReachClass),
    /// Their light has other wavelengths.
    #[error("their wavelengths differ")]
    Wavelength,
    /// A transceiver that does not carry what its cage is broken out into.
    #[error("one of them does not carry {0}")]
    Breakout(Breakout),
    /// The links of one end are faster than those of the other.
    #[error("the links of one run at {0} Gb/s, those of the other at {1} Gb/s")]
    LinkSpeed(u32, u32),
    /// Their optical lanes have other speeds.
    #[error("the lanes of one run at {0} Gb/s, those of the other at {1} Gb/s")]
    LaneSpeed(u32, u32),
}

/// Everything but the connectors that keeps two transceivers from meeting; empty if they meet.
pub fn mismatches(a: &TransceiverModel, b: &TransceiverModel) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if a.medium != b.medium {
        found.push(Mismatch::Medium(a.medium, b.medium));
    }
    if a.reach_class != b.reach_class {
        found.push(Mismatch::ReachClass(a.reach_class, b.reach_class));
    }
    if a.wavelengths_nm != b.wavelengths_nm {
        found.push(Mismatch::Wavelength);
    }
    if a.lane_speed_gbps() != b.lane_speed_gbps() {
        found.push(Mismatch::LaneSpeed(a.lane_speed_gbps(), b.lane_speed_gbps()));
    }
    found
}

/// Why the transceivers `a` and `b` cannot carry links between cages that are broken out so;
/// empty if they can and the catalogue has a fibre for them. How far they reach is another
/// question.
pub fn why_not(
    catalog: &Catalog,
    (a, breakout_a): (&TransceiverModel, Breakout),
    (b, breakout_b): (&TransceiverModel, Breakout),
) -> Vec<Mismatch> {
    let mut found = mismatches(a, b);
    for (optic, breakout) in [(a, breakout_a), (b, breakout_b)] {
        if !optic.breakouts.contains(&breakout) {
            found.push(Mismatch::Breakout(breakout));
        }
    }
    if breakout_a.speed_gbps != breakout_b.speed_gbps {
        found.push(Mismatch::LinkSpeed(breakout_a.speed_gbps, breakout_b.speed_gbps));
    }
    if fibres(catalog, (a, breakout_a), (b, breakout_b)).next().is_none() && found.is_empty() {
        found.push(Mismatch::Connector(a.connector, b.connector));
    }
    found
}

/// Every way to join `a` and `b`, in the order of choice: by kind, then by reach, then by ids.
/// None if the speeds of their ports differ.
pub fn candidates(catalog: &Catalog, a: Socket, b: Socket) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    if a.breakout.speed_gbps != b.breakout.speed_gbps {
        return found;
    }
    for model in catalog.assemblies.values() {
        let fits = |near: Socket, far: Socket| {
            near.cage.accepts(model.near)
                && far.cage.accepts(model.far)
                && model.breakouts.contains(&near.breakout)
                && near.breakout.lanes == far.breakout.lanes.saturating_mul(model.far_plugs)
        };
        if fits(a, b) {
            found.push(Candidate::Assembly { model, near_at_b: false });
        } else if fits(b, a) {
            found.push(Candidate::Assembly { model, near_at_b: true });
        }
    }
    let fitting = |socket: Socket| {
        catalog.transceivers.values().filter(move |optic| {
            socket.cage.accepts(optic.cage) && optic.breakouts.contains(&socket.breakout)
        })
    };
    for optic_a in fitting(a) {
        for optic_b in fitting(b).filter(|optic_b| mismatches(optic_a, optic_b).is_empty()) {
            for (fibre, near_at_b) in fibres(catalog, (optic_a, a.breakout), (optic_b, b.breakout))
            {
                found.push(Candidate::Optics { a: optic_a, b: optic_b, fibre, near_at_b });
            }
        }
    }
    // The parts in an order of their own, so that both directions give the same.
    found.sort_by_cached_key(|candidate| {
        let mut parts: Vec<String> = candidate.parts().into_iter().map(str::to_owned).collect();
        parts.sort_unstable();
        (candidate.kind(), candidate.reach_cm(), parts)
    });
    found
}

/// The fibres that join the sockets of two transceivers, and whether their near plug is at `b`.
///
/// A link takes `connectors / lanes` sockets at an end. Where both ends take equally many, the
/// fibre is straight; where one takes `n` times as many as the other, the fibre splits in `n`.
fn fibres<'a>(
    catalog: &'a Catalog,
    (a, breakout_a): (&TransceiverModel, Breakout),
    (b, breakout_b): (&TransceiverModel, Breakout),
) -> impl Iterator<Item = (&'a FibreModel, bool)> {
    let sockets_a = u32::from(a.connectors) * u32::from(breakout_b.lanes);
    let sockets_b = u32::from(b.connectors) * u32::from(breakout_a.lanes);
    let (medium, near, far) = (a.medium, a.connector, b.connector);
    catalog.fibres.values().filter(move |fibre| fibre.medium == medium).filter_map(move |fibre| {
        let splits = u32::from(fibre.far_plugs);
        let a_near = sockets_a * splits == sockets_b && (fibre.near, fibre.far) == (near, far);
        let b_near = sockets_b * splits == sockets_a && (fibre.near, fibre.far) == (far, near);
        if a_near { Some((fibre, false)) } else { b_near.then_some((fibre, true)) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(text: &str) -> Socket {
        let (cage, breakout) = text.split_once(' ').unwrap();
        let cages = [
            Cage::Osfp,
            Cage::QsfpDd,
            Cage::Qsfp112,
            Cage::Qsfp56,
            Cage::Qsfp28,
            Cage::Sfp28,
            Cage::SfpPlus,
            Cage::Rj45,
        ];
        let cage = cages.into_iter().find(|known| known.name() == cage).unwrap();
        Socket { cage, breakout: breakout.parse().unwrap() }
    }

    /// The candidates as lines: kind, parts, plugs at each end, reach in metres.
    fn lines(a: &str, b: &str) -> Vec<String> {
        let catalog = Catalog::built_in().unwrap();
        candidates(&catalog, socket(a), socket(b))
            .iter()
            .map(|c| {
                format!(
                    "{:?} {} {}:{} {}m",
                    c.kind(),
                    c.parts().join(" + "),
                    c.plugs_a(),
                    c.plugs_b(),
                    f64::from(c.reach_cm()) / 100.0
                )
            })
            .collect()
    }

    #[test]
    fn the_cheapest_kind_comes_first() {
        assert_eq!(
            lines("OSFP 2x400", "OSFP 1x400"),
            [
                "Dac dac-osfp-2xosfp 1:2 3m",
                "Acc acc-osfp-2xosfp 1:2 5m",
                "Optics osfp-800g-2xsr4 + mpo12-apc-mmf + osfp-400g-sr4 1:1 50m",
                "Optics osfp-800g-2xdr4 + mpo12-apc-smf + osfp-400g-dr4 1:1 100m",
            ]
        );
    }

    #[test]
    fn each_direction_gives_the_same_cables() {
        let catalog = Catalog::built_in().unwrap();
        let (a, b) = (socket("OSFP 4x200"), socket("QSFP112 1x200"));
        let there = candidates(&catalog, a, b);
        let back = candidates(&catalog, b, a);
        assert_eq!(there.len(), back.len());
        for (x, y) in there.iter().zip(&back) {
            let mut parts = y.parts();
            parts.reverse();
            assert_eq!(x.parts(), parts);
            assert_eq!((x.plugs_a(), x.plugs_b()), (y.plugs_b(), y.plugs_a()));
        }
    }

    #[test]
    fn fibres_split_where_links_share_a_socket() {
        let check = |a: &str, b: &str, expected: &str| {
            let lines = lines(a, b);
            assert!(lines.iter().any(|line| line == expected), "{a} – {b}: {lines:#?}");
        };
        // Two links of 200G in each of two sockets; one in the far transceiver.
        check(
            "OSFP 4x200",
            "QSFP112 1x200",
            "Optics osfp-800g-2xdr4 + mpo12-apc-smf-1to2 + qsfp112-400g-dr4 1:2 100m",
        );
        // One link over both sockets: two straight fibres.
        check(
            "OSFP 1x800",
            "OSFP 1x800",
            "Optics osfp-800g-2xdr4 + mpo12-apc-smf + osfp-800g-2xdr4 1:1 100m",
        );
        // Four links in a socket at both ends.
        check(
            "OSFP 8x100",
            "OSFP 8x100",
            "Optics osfp-800g-2xdr4 + mpo12-apc-smf + osfp-800g-2xdr4 1:1 100m",
        );
        check(
            "QSFP28 1x100",
            "QSFP-DD 4x100",
            "Optics qsfp28-100g-dr1 + mpo12-apc-smf-4lc + qsfpdd-400g-dr4 4:1 500m",
        );
    }

    #[test]
    fn elder_plugs_fit_younger_cages() {
        assert!(
            lines("SFP28 1x10", "SFP+ 1x10").iter().any(|l| l.starts_with("Dac dac-sfpplus")),
            "{:?}",
            lines("SFP28 1x10", "SFP+ 1x10")
        );
        assert!(lines("SFP+ 1x25", "SFP28 1x25").is_empty());
    }

    #[test]
    fn other_speeds_and_cages_do_not_meet() {
        for (a, b) in [
            ("OSFP 1x800", "OSFP 1x400"),
            ("OSFP 2x400", "RJ45 1x400"),
            ("RJ45 1x1", "SFP+ 1x10"),
            ("OSFP 3x100", "OSFP 3x100"),
        ] {
            assert!(lines(a, b).is_empty(), "{a} – {b}");
        }
    }

    #[test]
    fn a_length_is_taken_from_the_shelf() {
        let catalog = Catalog::built_in().unwrap();
        let found = candidates(&catalog, socket("OSFP 2x400"), socket("OSFP 2x400"));
        let shelf = |kind: CableKind, cm: u32| {
            found.iter().filter(|c| c.kind() == kind).find_map(|c| c.length_on_shelf_cm(cm))
        };
        assert_eq!(shelf(CableKind::Dac, 120), Some(150));
        assert_eq!(shelf(CableKind::Dac, 150), Some(150));
        assert_eq!(shelf(CableKind::Dac, 201), None);
        assert_eq!(shelf(CableKind::Acc, 201), Some(300));
        assert_eq!(shelf(CableKind::Optics, 5_001), Some(6_000));
        assert_eq!(shelf(CableKind::Optics, 4_000_000), None);
    }

    #[test]
    fn why_optics_do_not_meet_is_said() {
        let catalog = Catalog::built_in().unwrap();
        let check = |a: &str, b: &str, expected: &[&str]| {
            let optic = |text: &str| {
                let (id, breakout) = text.split_once(' ').unwrap();
                (&catalog.transceivers[id], breakout.parse::<Breakout>().unwrap())
            };
            let found: Vec<String> =
                why_not(&catalog, optic(a), optic(b)).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{a} – {b}");
        };
        check("osfp-800g-2xdr4 2x400", "qsfp112-400g-dr4 1x400", &[]);
        check(
            "osfp-800g-2xdr4 2x400",
            "qsfp112-400g-sr4 1x400",
            &[
                "one runs over single-mode fibre and the other over multi-mode fibre",
                "one is DR and the other SR",
                "their wavelengths differ",
            ],
        );
        check(
            "osfp-800g-2xfr4 2x400",
            "osfp-400g-dr4 1x400",
            &["one is FR and the other DR", "their wavelengths differ"],
        );
        check(
            "sfp28-25g-sr 1x25",
            "sfpplus-10g-sr 1x10",
            &[
                "the lanes of one run at 25 Gb/s, those of the other at 10 Gb/s",
                "the links of one run at 25 Gb/s, those of the other at 10 Gb/s",
            ],
        );
        check(
            "osfp-800g-2xdr4 1x800",
            "osfp-400g-dr4 1x400",
            &["the links of one run at 800 Gb/s, those of the other at 400 Gb/s"],
        );
        check(
            "qsfp28-100g-dr1 1x100",
            "qsfpdd-400g-dr4 1x100",
            &["one of them does not carry 1x100"],
        );
        let bare = Catalog { fibres: std::collections::BTreeMap::new(), ..catalog.clone() };
        let one_by_400 = Breakout { lanes: 1, speed_gbps: 400 };
        let optic = (&bare.transceivers["osfp-400g-dr4"], one_by_400);
        assert_eq!(
            why_not(&bare, optic, optic),
            [Mismatch::Connector(super::Connector::Mpo12Apc, super::Connector::Mpo12Apc)]
        );
    }
}
