//! Every colour, font, size and distance of the window, in one place.
//!
//! Two tables of tokens, named by meaning. Nothing else in the window names a colour; a lint
//! holds that. State is always shown by a glyph beside the colour.

use crate::scene::State;
use crate::store::Theme;
use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow,
    Stroke, Style, TextStyle, ThemePreference, Vec2, Visuals, vec2,
};
use std::sync::Arc;

/// The colours of a theme, by meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tokens {
    pub bg: Color32,
    pub panel: Color32,
    pub raised: Color32,
    pub field: Color32,
    pub line: Color32,
    pub text: Color32,
    pub dim: Color32,
    pub faint: Color32,
    pub accent: Color32,
    pub on_accent: Color32,
    pub added: Color32,
    pub changed: Color32,
    pub removed: Color32,
    pub drift: Color32,
    pub canvas: Color32,
    pub spine: Color32,
    pub leaf: Color32,
    pub server: Color32,
    pub trunk: Color32,
    pub backdrop: Color32,
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that makes colours")]
const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

static DARK: Tokens = Tokens {
    bg: rgb(0x12_14_18),
    panel: rgb(0x19_1c_21),
    raised: rgb(0x22_26_2d),
    field: rgb(0x0e_10_13),
    line: rgb(0x2b_30_38),
    text: rgb(0xe4_e7_eb),
    dim: rgb(0x9a_a4_b2),
    faint: rgb(0x83_8e_9c),
    accent: rgb(0x4d_a3_e8),
    on_accent: rgb(0x08_13_1d),
    added: rgb(0x35_b8_8f),
    changed: rgb(0xf0_c0_4a),
    removed: rgb(0xe4_6a_55),
    drift: rgb(0xb7_94_f0),
    canvas: rgb(0x0f_11_14),
    spine: rgb(0x4d_a3_e8),
    leaf: rgb(0x8f_b8_de),
    server: rgb(0x5d_68_75),
    trunk: rgb(0x3a_45_52),
    backdrop: Color32::from_black_alpha(120),
};

static LIGHT: Tokens = Tokens {
    bg: rgb(0xee_f0_f3),
    panel: rgb(0xff_ff_ff),
    raised: rgb(0xf3_f5_f8),
    field: rgb(0xff_ff_ff),
    line: rgb(0xd9_de_e5),
    text: rgb(0x1b_20_26),
    dim: rgb(0x55_60_6d),
    faint: rgb(0x62_6c_7a),
    accent: rgb(0x17_69_b5),
    on_accent: rgb(0xff_ff_ff),
    added: rgb(0x00_7a_5e),
    changed: rgb(0x8a_65_00),
    removed: rgb(0x8f_1a_10),
    drift: rgb(0x5b_3c_c4),
    canvas: rgb(0xf8_f9_fb),
    spine: rgb(0x17_69_b5),
    leaf: rgb(0x4f_86_b8),
    server: rgb(0x98_a3_b0),
    trunk: rgb(0xc3_cc_d7),
    backdrop: Color32::from_black_alpha(70),
};

impl Tokens {
    /// The colour of a state, where it has one.
    pub fn of_state(&self, state: State) -> Option<Color32> {
        match state {
            State::Unchanged => None,
            State::NotBuilt => Some(self.faint),
            State::Added => Some(self.added),
            State::Changed => Some(self.changed),
            State::Removed => Some(self.removed),
            State::Drifted => Some(self.drift),
        }
    }
}

/// The tokens in use.
pub(super) fn tokens(ctx: &Context) -> &'static Tokens {
    match ctx.theme() {
        egui::Theme::Dark => &DARK,
        egui::Theme::Light => &LIGHT,
    }
}

/// The tokens of a style, where no context is at hand.
pub(super) fn tokens_of(style: &Style) -> &'static Tokens {
    if style.visuals.dark_mode { &DARK } else { &LIGHT }
}

/// Heights and widths, in points.
pub(super) const FORM_WIDTH: f32 = 380.0;
pub(super) const FORM_LEAST: f32 = 376.0;
pub(super) const CHANGES_WIDTH: f32 = 370.0;
pub(super) const CHANGES_LEAST: f32 = 250.0;
pub(super) const CANVAS_LEAST: f32 = 330.0;
/// The topology between both panels has no less room than this; else one of them is put away.
pub(super) const CANVAS_NARROW: f32 = 250.0;
pub(super) const TOP_HEIGHT: f32 = 40.0;
pub(super) const BOTTOM_HEIGHT: f32 = 56.0;
pub(super) const LABEL_WIDTH: f32 = 112.0;
pub(super) const FIELD_WIDTH: f32 = 172.0;
pub(super) const ROW_HEIGHT: f32 = 22.0;
/// A line of text in figures.
pub(super) const TEXT_LINE: f32 = 17.0;
/// What is told of something that happened is as wide at most.
pub(super) const NOTICE_WIDTH: f32 = 720.0;
/// The least width of a menu.
pub(super) const MENU_WIDTH: f32 = 190.0;
pub(super) const PAD: i8 = 14;

const MEDIUM: &str = "medium";
const SEMIBOLD: &str = "semibold";

/// Words that carry weight.
pub(super) fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// Words a little heavier than the rest.
pub(super) fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(MEDIUM.into()))
}

/// Hints and counts.
pub(super) fn small() -> FontId {
    FontId::proportional(11.0)
}

/// Names, ports and figures.
pub(super) fn mono(size: f32) -> FontId {
    FontId::monospace(size)
}

/// The theme that egui is to prefer.
pub(super) fn preference(theme: Theme) -> ThemePreference {
    match theme {
        Theme::Dark => ThemePreference::Dark,
        Theme::Light => ThemePreference::Light,
        Theme::System => ThemePreference::System,
    }
}

/// Gives a context the fonts and both styles.
pub(super) fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    for (theme, tokens) in [(egui::Theme::Dark, &DARK), (egui::Theme::Light, &LIGHT)] {
        ctx.style_mut_of(theme, |style| dress(style, tokens, theme == egui::Theme::Dark));
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let faces: [(&str, &'static [u8], FontFamily); 4] = [
        ("inter", include_bytes!("../../assets/fonts/Inter-Regular.otf"), FontFamily::Proportional),
        (
            "inter-medium",
            include_bytes!("../../assets/fonts/Inter-Medium.otf"),
            FontFamily::Name(MEDIUM.into()),
        ),
        (
            "inter-semibold",
            include_bytes!("../../assets/fonts/Inter-SemiBold.otf"),
            FontFamily::Name(SEMIBOLD.into()),
        ),
        (
            "jetbrains-mono",
            include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
            FontFamily::Monospace,
        ),
    ];
    for (name, bytes, family) in faces {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        fonts.families.entry(family).or_default().push(name.to_owned());
    }
    egui_phosphor::add_to_fonts(&mut fonts, egui_phosphor::Variant::Regular);
    // What a face lacks, another has.
    for family in fonts.families.values_mut() {
        for fallback in ["inter", "jetbrains-mono", "phosphor"] {
            if !family.iter().any(|name| name == fallback) {
                family.push(fallback.to_owned());
            }
        }
    }
    fonts
}

fn dress(style: &mut Style, t: &Tokens, dark: bool) {
    style.text_styles = [
        (TextStyle::Small, FontId::proportional(11.0)),
        (TextStyle::Body, FontId::proportional(13.0)),
        (TextStyle::Button, FontId::proportional(13.0)),
        (TextStyle::Heading, semibold(15.0)),
        (TextStyle::Monospace, FontId::monospace(12.5)),
    ]
    .into();
    style.spacing.item_spacing = vec2(8.0, 4.0);
    style.spacing.button_padding = vec2(9.0, 3.0);
    style.spacing.interact_size = vec2(28.0, ROW_HEIGHT);
    style.spacing.menu_margin = Margin::same(5);
    style.spacing.window_margin = Margin::same(18);
    style.spacing.combo_width = FIELD_WIDTH;
    style.spacing.text_edit_width = FIELD_WIDTH;
    style.spacing.tooltip_width = 340.0;
    style.spacing.scroll = egui::style::ScrollStyle::thin();
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.3;
    style.animation_time = 0.0;

    let mut v = if dark { Visuals::dark() } else { Visuals::light() };
    let corner = CornerRadius::same(4);
    let line = Stroke::new(1.0, t.line);
    v.panel_fill = t.panel;
    v.window_fill = t.panel;
    v.window_stroke = line;
    v.window_corner_radius = CornerRadius::same(8);
    v.menu_corner_radius = CornerRadius::same(6);
    let shadow = Shadow { offset: [0, 6], blur: 18, spread: 0, color: t.backdrop };
    v.window_shadow = shadow;
    v.popup_shadow = shadow;
    v.extreme_bg_color = t.field;
    v.text_edit_bg_color = Some(t.field);
    v.faint_bg_color = t.raised;
    v.code_bg_color = t.raised;
    v.hyperlink_color = t.accent;
    v.warn_fg_color = t.changed;
    v.error_fg_color = t.removed;
    v.weak_text_color = Some(t.dim);
    v.selection.bg_fill = t.accent.gamma_multiply(0.2);
    v.selection.stroke = Stroke::new(1.0, t.accent);
    v.disabled_alpha = 0.5;
    v.striped = false;
    for (widget, fill, edge, text) in [
        (&mut v.widgets.noninteractive, t.panel, t.line, t.text),
        (&mut v.widgets.inactive, t.raised, t.line, t.text),
        (&mut v.widgets.hovered, t.raised, t.faint, t.text),
        (&mut v.widgets.active, t.raised, t.accent, t.text),
        (&mut v.widgets.open, t.raised, t.accent, t.text),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, edge);
        widget.fg_stroke = Stroke::new(1.0, text);
        widget.corner_radius = corner;
        widget.expansion = 0.0;
    }
    // A cursor that blinks draws the window anew twice a second, for hours.
    v.text_cursor.blink = false;
    style.visuals = v;
}

/// The frame of a panel: flat, with room inside.
pub(super) fn panel_frame(style: &Style) -> egui::Frame {
    egui::Frame::new().fill(tokens_of(style).panel).inner_margin(Margin::symmetric(PAD, 8))
}

/// A quiet box.
pub(super) fn quiet_box(style: &Style) -> egui::Frame {
    egui::Frame::new()
        .fill(tokens_of(style).raised)
        .corner_radius(CornerRadius::same(6))
        .inner_margin(Margin::symmetric(10, 8))
}

/// A quiet box with a bar at its left whose colour says what it is about.
pub(super) fn barred_box<R>(
    ui: &mut egui::Ui,
    color: Color32,
    content: impl FnOnce(&mut egui::Ui) -> R,
) -> R {
    let boxed = quiet_box(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        content(ui)
    });
    let rect = boxed.response.rect;
    let bar = egui::Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
    ui.painter().rect_filled(bar, 0.0, color);
    boxed.inner
}

/// A box that floats above the drawing.
pub(super) fn floating_box(style: &Style) -> egui::Frame {
    let t = tokens_of(style);
    egui::Frame::new()
        .fill(t.panel)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(CornerRadius::same(6))
        .inner_margin(Margin::symmetric(10, 6))
}

/// The smallest size of the window that shows everything.
pub(super) const WINDOW_SIZE: Vec2 = vec2(1440.0, 900.0);

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG contrast of two colours.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |c: Color32| {
            let part = |v: u8| {
                let v = f32::from(v) / 255.0;
                if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(c.r()) + 0.7152 * part(c.g()) + 0.0722 * part(c.b())
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_every_ground() {
        for tokens in [&DARK, &LIGHT] {
            for ground in [tokens.bg, tokens.panel, tokens.raised] {
                for text in [
                    tokens.text,
                    tokens.dim,
                    tokens.faint,
                    tokens.accent,
                    tokens.added,
                    tokens.changed,
                    tokens.removed,
                    tokens.drift,
                ] {
                    let found = contrast(text, ground);
                    assert!(found >= 4.5, "{text:?} on {ground:?}: {found}");
                }
            }
            assert!(contrast(tokens.on_accent, tokens.accent) >= 4.5);
        }
    }

    #[test]
    fn a_drawing_in_a_file_has_the_colours_of_the_window() {
        use crate::export::SvgTheme;
        for (tokens, theme) in [(&DARK, SvgTheme::Dark), (&LIGHT, SvgTheme::Light)] {
            let colors = theme.colors();
            for (name, token, color) in [
                ("line", tokens.line, colors.line),
                ("text", tokens.text, colors.text),
                ("dim", tokens.dim, colors.dim),
                ("faint", tokens.faint, colors.faint),
                ("added", tokens.added, colors.added),
                ("changed", tokens.changed, colors.changed),
                ("removed", tokens.removed, colors.removed),
                ("drift", tokens.drift, colors.drift),
                ("canvas", tokens.canvas, colors.canvas),
                ("spine", tokens.spine, colors.spine),
                ("leaf", tokens.leaf, colors.leaf),
                ("server", tokens.server, colors.server),
                ("trunk", tokens.trunk, colors.trunk),
            ] {
                assert_eq!(token, rgb(color), "{name} of {theme:?}");
            }
            for state in State::ALL {
                assert_eq!(tokens.of_state(state), colors.of_state(state).map(rgb), "{state:?}");
            }
        }
    }

    #[test]
    fn every_state_has_a_glyph_of_its_own() {
        let states = State::ALL.into_iter().filter(|state| *state != State::Unchanged);
        let states: Vec<State> = states.collect();
        let glyphs: std::collections::BTreeSet<_> = states.iter().map(|s| s.glyph()).collect();
        assert_eq!(glyphs.len(), states.len());
        assert!(states.iter().all(|state| DARK.of_state(*state).is_some()));
    }

    /// A colour as somebody sees it whose cones of one kind are missing: matrices of severity 1.0
    /// over linear light (Machado, Oliveira and Fernandes, 2009).
    fn seen_by(matrix: [[f32; 3]; 3], c: Color32) -> [f32; 3] {
        let linear = |v: u8| {
            let v = f32::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        let rgb = [linear(c.r()), linear(c.g()), linear(c.b())];
        matrix.map(|row| row.iter().zip(rgb).map(|(m, v)| m * v).sum::<f32>().clamp(0.0, 1.0))
    }

    /// CIELAB of linear light, white point D65.
    fn lab(rgb: [f32; 3]) -> [f32; 3] {
        let [r, g, b] = rgb;
        let xyz = [
            (0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.950_47,
            0.212_672_9 * r + 0.715_152_2 * g + 0.072_175 * b,
            (0.019_333_9 * r + 0.119_192 * g + 0.950_304_1 * b) / 1.088_83,
        ];
        let [x, y, z] =
            xyz.map(|v| if v > 0.008_856 { v.cbrt() } else { 7.787 * v + 16.0 / 116.0 });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// The difference of two colours (CIEDE2000; Sharma, Wu and Dalal, 2005).
    fn difference(one: [f32; 3], two: [f32; 3]) -> f32 {
        let ([l1, a1, b1], [l2, a2, b2]) = (one, two);
        let mean_c = (a1.hypot(b1) + a2.hypot(b2)) / 2.0;
        let g = 0.5 * (1.0 - (mean_c.powi(7) / (mean_c.powi(7) + 25f32.powi(7))).sqrt());
        let (a1, a2) = (a1 * (1.0 + g), a2 * (1.0 + g));
        let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
        let hue = |a: f32, b: f32| {
            if a == 0.0 && b == 0.0 { 0.0 } else { b.atan2(a).to_degrees().rem_euclid(360.0) }
        };
        let (h1, h2) = (hue(a1, b1), hue(a2, b2));
        let grey = c1 * c2 == 0.0;
        let turn = match h2 - h1 {
            _ if grey => 0.0,
            turn if turn > 180.0 => turn - 360.0,
            turn if turn < -180.0 => turn + 360.0,
            turn => turn,
        };
        let (dl, dc) = (l2 - l1, c2 - c1);
        let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();
        let (l, c) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
        let h = match h1 + h2 {
            sum if grey => sum,
            sum if (h1 - h2).abs() <= 180.0 => sum / 2.0,
            sum if sum < 360.0 => (sum + 360.0) / 2.0,
            sum => (sum - 360.0) / 2.0,
        };
        let cos = |degrees: f32| degrees.to_radians().cos();
        let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0)
            - 0.20 * cos(4.0 * h - 63.0);
        let turned = 30.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
        let rc = 2.0 * (c.powi(7) / (c.powi(7) + 25f32.powi(7))).sqrt();
        let sl = 1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt();
        let (sc, sh) = (1.0 + 0.045 * c, 1.0 + 0.015 * c * t);
        let rt = -(2.0 * turned).to_radians().sin() * rc;
        let (dl, dc, dh) = (dl / sl, dc / sc, dh / sh);
        (dl * dl + dc * dc + dh * dh + rt * dc * dh).sqrt()
    }

    #[test]
    fn the_difference_of_colours_is_that_of_its_authors() {
        // Three of the pairs that came with the formula.
        for (one, two, expected) in [
            ([50.0, 2.677_2, -79.775_1], [50.0, 0.0, -82.748_5], 2.042_5),
            ([50.0, 2.5, 0.0], [61.0, -5.0, 29.0], 22.897_7),
            ([2.077_6, 0.079_5, -1.135], [0.903_3, -0.063_6, -0.551_4], 0.908_2),
        ] {
            let found = difference(one, two);
            assert!((found - expected).abs() < 0.001, "{found}, not {expected}");
        }
    }

    #[test]
    fn states_can_be_told_apart_by_everybody() {
        const ALL: [[f32; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        const PROTAN: [[f32; 3]; 3] = [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ];
        const DEUTAN: [[f32; 3]; 3] = [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ];
        const TRITAN: [[f32; 3]; 3] = [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ];
        for (theme, tokens) in [("dark", &DARK), ("light", &LIGHT)] {
            let states = [
                ("added", tokens.added),
                ("changed", tokens.changed),
                ("removed", tokens.removed),
                ("drift", tokens.drift),
            ];
            for (eyes, matrix) in
                [("all", ALL), ("protan", PROTAN), ("deutan", DEUTAN), ("tritan", TRITAN)]
            {
                for (n, (one, x)) in states.iter().enumerate() {
                    for (two, y) in states.iter().skip(n + 1) {
                        let seen = [x, y].map(|c| lab(seen_by(matrix, *c)));
                        let found = difference(seen[0], seen[1]);
                        assert!(found >= 8.0, "{theme}, {eyes}: {one} and {two} are {found} apart");
                    }
                }
            }
        }
    }
}
