//! The breakouts that DIET's plans know without declaring them, for whoever reads such plans.
//!
//! A plan may declare more of its own; those are matched the same way, by what they are and not by
//! what they are called.

use super::Breakout;

/// A cage of one speed, and lanes it may be broken out into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BreakoutOption {
    /// Speed of the unbroken cage, in Gb/s.
    pub from_speed_gbps: u32,
    /// Its logical ports.
    pub breakout: Breakout,
}

const fn option(from_speed_gbps: u32, lanes: u8, speed_gbps: u32) -> BreakoutOption {
    BreakoutOption { from_speed_gbps, breakout: Breakout { lanes, speed_gbps } }
}

/// All of them, by the speed of the cage from fast to slow, unbroken first.
pub const BREAKOUT_OPTIONS: &[BreakoutOption] = &[
    option(800, 1, 800),
    option(800, 2, 400),
    option(800, 4, 200),
    option(800, 8, 100),
    option(400, 1, 400),
    option(400, 2, 200),
    option(400, 4, 100),
    option(100, 1, 100),
    option(100, 1, 40),
    option(100, 2, 50),
    option(100, 4, 25),
    option(100, 4, 10),
    option(10, 1, 10),
    option(1, 1, 1),
];

/// The option with this speed of the cage, number of lanes and speed of a lane, in Gb/s.
pub fn breakout_option(
    from_speed_gbps: u32,
    lanes: u8,
    speed_gbps: u32,
) -> Option<&'static BreakoutOption> {
    let wanted = option(from_speed_gbps, lanes, speed_gbps);
    BREAKOUT_OPTIONS.iter().find(|known| **known == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_matched_by_what_they_are() {
        for (from, lanes, speed, expected) in [
            (800, 4, 200, true),
            (400, 4, 100, true),
            (100, 1, 40, true),
            (800, 4, 100, false),
            (400, 1, 800, false),
            (0, 0, 0, false),
        ] {
            let found = breakout_option(from, lanes, speed);
            assert_eq!(found.is_some(), expected, "{from} {lanes}x{speed}");
            assert!(found.is_none_or(|o| o.breakout == Breakout { lanes, speed_gbps: speed }));
        }
    }

    #[test]
    fn no_option_is_faster_than_its_cage() {
        for option in BREAKOUT_OPTIONS {
            let speed = u32::from(option.breakout.lanes) * option.breakout.speed_gbps;
            assert!(speed <= option.from_speed_gbps, "{option:?}");
        }
    }
}
