//! The colours of a drawing, and what is said around it. The colours are those of the window, of
//! which nothing here may know; a test there holds both tables to each other.

use crate::fabric::DeviceRole;
use crate::scene::State;

/// The ground that a drawing is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SvgTheme {
    /// Paper.
    Light,
    /// A dark screen.
    Dark,
}

/// The colours of a theme as `0xRRGGBB`, by the names that they have in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SvgColors {
    pub line: u32,
    pub text: u32,
    pub dim: u32,
    pub faint: u32,
    pub added: u32,
    pub changed: u32,
    pub removed: u32,
    pub drift: u32,
    pub canvas: u32,
    pub spine: u32,
    pub leaf: u32,
    pub server: u32,
    pub trunk: u32,
}

static LIGHT: SvgColors = SvgColors {
    line: 0xd9_de_e5,
    text: 0x1b_20_26,
    dim: 0x55_60_6d,
    faint: 0x62_6c_7a,
    added: 0x00_7a_5e,
    changed: 0x8a_65_00,
    removed: 0x8f_1a_10,
    drift: 0x5b_3c_c4,
    canvas: 0xf8_f9_fb,
    spine: 0x17_69_b5,
    leaf: 0x4f_86_b8,
    server: 0x98_a3_b0,
    trunk: 0xc3_cc_d7,
};

static DARK: SvgColors = SvgColors {
    line: 0x2b_30_38,
    text: 0xe4_e7_eb,
    dim: 0x9a_a4_b2,
    faint: 0x83_8e_9c,
    added: 0x35_b8_8f,
    changed: 0xf0_c0_4a,
    removed: 0xe4_6a_55,
    drift: 0xb7_94_f0,
    canvas: 0x0f_11_14,
    spine: 0x4d_a3_e8,
    leaf: 0x8f_b8_de,
    server: 0x5d_68_75,
    trunk: 0x3a_45_52,
};

impl SvgTheme {
    /// Its colours.
    pub fn colors(self) -> &'static SvgColors {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
        }
    }
}

impl SvgColors {
    /// The colour of a state, where it has one.
    pub fn of_state(&self, state: State) -> Option<u32> {
        match state {
            State::Unchanged => None,
            State::NotBuilt => Some(self.faint),
            State::Added => Some(self.added),
            State::Changed => Some(self.changed),
            State::Removed => Some(self.removed),
            State::Drifted => Some(self.drift),
        }
    }

    pub(super) fn of_role(&self, role: DeviceRole) -> u32 {
        match role {
            DeviceRole::Server => self.server,
            DeviceRole::External => self.dim,
            DeviceRole::Leaf | DeviceRole::BorderLeaf | DeviceRole::Management => self.leaf,
            DeviceRole::Spine | DeviceRole::SuperSpine => self.spine,
        }
    }
}

/// How a drawing looks, and what is said above and below it.
#[derive(Clone, Copy, Debug)]
pub struct SvgLook<'a> {
    /// On which ground.
    pub theme: SvgTheme,
    /// What it shows, in a few words.
    pub title: &'a str,
    /// More about it, line by line.
    pub lines: &'a [String],
    /// What has to be known before anyone trusts it; empty if nothing.
    pub caution: &'a str,
    /// The word for what nothing happens to, if it is to be said which colour means which state:
    /// that of the changes, since a part of them says nothing of what it leaves alone.
    pub legend: Option<&'a str>,
}

/// A colour laid over another, `percent` thick.
pub(super) fn over(ground: u32, color: u32, percent: u32) -> u32 {
    let part = |shift: u32| {
        let (below, above) = (ground >> shift & 0xff, color >> shift & 0xff);
        ((below * (100 - percent) + above * percent + 50) / 100) << shift
    };
    part(16) | part(8) | part(0)
}
