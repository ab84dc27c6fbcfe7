//! Drawings are well-formed whatever the names, and say in colours and glyphs what the scene says.

use super::*;
use crate::fabric::DeviceRole;
use crate::scene::{Frame, RowLabel};
use proptest::prelude::*;

fn block(x: f32, y: f32, role: DeviceRole, states: Vec<State>, name: &str) -> Block {
    let count = states.len() as u32;
    let (width, height) = if role == DeviceRole::Server { (29.0, 61.0) } else { (46.0, 22.0) };
    Block {
        area: Area { x, y, width, height },
        role,
        class: name.to_owned(),
        model: name.to_owned(),
        first_device: Some(0),
        count,
        su: Some(0),
        state: State::of_parts(states.iter().copied()),
        states,
        columns: 2,
        label: name.to_owned(),
        label_width: 200.0,
        name: name.to_owned(),
    }
}

/// Servers under two leaves, with every state and the same name everywhere.
fn sample(name: &str) -> Scene {
    let bundle =
        |a, b, state| Bundle { a, b, links: 3, speed_gbps: 400, state, ..Bundle::default() };
    let servers = vec![State::Added, State::Unchanged, State::Drifted];
    Scene {
        blocks: vec![
            block(20.0, -190.0, DeviceRole::Leaf, vec![State::Changed], name),
            block(90.0, -190.0, DeviceRole::Spine, vec![State::Removed], name),
            block(0.0, 0.0, DeviceRole::Server, servers, name),
        ],
        bundles: vec![
            bundle(2, 0, State::Unchanged),
            bundle(2, 1, State::Added),
            bundle(0, 1, State::Changed),
        ],
        frames: vec![Frame {
            area: Area { x: -20.0, y: -210.0, width: 400.0, height: 290.0 },
            label: name.to_owned(),
        }],
        labels: vec![RowLabel { x: -20.0, y: -210.0, above_frame: true, text: name.to_owned() }],
        area: Area { x: -20.0, y: -240.0, width: 400.0, height: 340.0 },
        ..Scene::default()
    }
}

fn drawn(scene: &Scene, name: &str) -> String {
    let lines = [name.to_owned()];
    let theme = SvgTheme::Light;
    svg(
        scene,
        &SvgLook { theme, title: name, lines: &lines, caution: name, legend: Some("not touched") },
    )
}

/// Text between tags, or the value of an attribute.
fn check_text(text: &str) -> Result<(), String> {
    for part in text.split('&').skip(1) {
        let entities = ["amp;", "lt;", "gt;", "quot;", "#39;"];
        if !entities.iter().any(|entity| part.starts_with(entity)) {
            return Err(format!("a bare & in {text:?}"));
        }
    }
    let illegal =
        |c: char| (c.is_control() && c != '\n') || matches!(c, '<' | '\u{fffe}' | '\u{ffff}');
    match text.chars().find(|c| illegal(*c)) {
        Some(c) => Err(format!("{c:?} in {text:?}")),
        None => Ok(()),
    }
}

/// A reader of the XML that is written here: elements, attributes and text.
fn check_xml(text: &str) -> Result<(), String> {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let mut rest = text.strip_prefix(head).ok_or("no declaration")?;
    let (mut open, mut roots) = (Vec::new(), 0);
    while let Some((before, after)) = rest.split_once('<') {
        check_text(before)?;
        if open.is_empty() && !before.trim().is_empty() {
            return Err(format!("text outside: {before:?}"));
        }
        let (tag, after) = after.split_once('>').ok_or("an open tag")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes another"));
            }
            continue;
        }
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut seen = Vec::new();
        while !attributes.is_empty() {
            let (key, after) = attributes.split_once("=\"").ok_or("no attribute")?;
            let (value, after) = after.split_once('"').ok_or("an open value")?;
            check_text(value)?;
            if seen.contains(&key) || !key.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-') {
                return Err(format!("attribute {key:?} of {tag:?}"));
            }
            seen.push(key);
            attributes = after.trim_start();
        }
        roots += usize::from(open.is_empty());
        if !empty {
            open.push(name);
        }
    }
    if rest.trim().is_empty() && open.is_empty() && roots == 1 {
        Ok(())
    } else {
        Err(format!("{roots} roots, {open:?} open, then {rest:?}"))
    }
}

#[test]
fn numbers_are_short() {
    for (number, expected) in [
        (0.0, "0"),
        (-0.0, "0"),
        (-0.001, "0"),
        (-0.01, "-0.01"),
        (10.0, "10"),
        (1.005, "1"),
        (2.345_6, "2.35"),
        (-1200.5, "-1200.5"),
        (f32::NAN, "0"),
        (f32::INFINITY, "0"),
    ] {
        assert_eq!(Num(number).to_string(), expected, "{number}");
    }
}

#[test]
fn names_cannot_write_xml() {
    let hostile = "</title><script>a && \"b\" 'c'\u{1}\u{1b}[2J\u{ffff}\r\n]]>";
    let drawing = drawn(&sample(hostile), hostile);
    check_xml(&drawing).expect("well-formed");
    assert!(!drawing.contains("<script"));
    assert!(drawing.contains(
        "&lt;/title&gt;&lt;script&gt;a &amp;&amp; &quot;b&quot; &#39;c&#39;\u{fffd}\u{fffd}[2J"
    ));
}

#[test]
fn every_state_has_its_colour_and_its_glyph() {
    let drawing = drawn(&sample("x"), "x");
    for state in [State::Added, State::Changed, State::Removed, State::Drifted] {
        let color = Hex(SvgTheme::Light.colors().of_state(state).expect("a colour")).to_string();
        assert!(drawing.contains(&format!("stroke=\"{color}\"")), "{state:?}");
        assert!(drawing.contains(&format!("{} {}", state.glyph(), state.name())), "{state:?}");
    }
    assert!(drawing.contains(">not touched</tspan>") && !drawing.contains("unchanged"));
    // Tiles of servers one by one: of three states here, and half of the colour on the ground.
    assert_eq!(drawing.matches("rx=\"1.5\"").count(), 3);
    assert_eq!(over(0x00_00_00, 0xff_80_01, 50), 0x80_40_01);
    assert!(drawing.contains("<title>x · 3 devices · x · SU 1 · ~ changed</title>"));
}

#[test]
fn long_texts_are_cut_and_stand_whole_in_the_description() {
    let name = "é".repeat(2_000);
    let drawing = drawn(&sample(&name), &name);
    assert!(drawing.contains(&format!(">{}…</text>", "é".repeat(MOST_CHARS - 1))));
    assert!(drawing.contains(&name));
    assert!(cut("short") == "short");
}

#[test]
fn a_large_drawing_has_words_of_one_size_on_a_page() {
    let mut scene = sample("x");
    scene.area.width = 100.0 * PAGE;
    let drawing = drawn(&scene, "x");
    assert!(drawing.contains("width=\"1651.3\""), "the page and its margins");
    assert!(drawing.contains("font-size=\"1100\""), "11 on the page");
}

proptest! {
    #[test]
    fn a_drawing_is_well_formed_whatever_the_names_are(name: String, title: String) {
        let scene = sample(&name);
        let drawing = drawn(&scene, &title);
        prop_assert_eq!(check_xml(&drawing), Ok(()));
        prop_assert_eq!(drawing, drawn(&scene, &title));
    }

    #[test]
    fn numbers_have_at_most_two_decimals(number: f32) {
        let text = Num(number).to_string();
        let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        prop_assert!(decimals <= 2 && text != "-0" && text.parse::<f32>().is_ok(), "{}", text);
    }
}

#[test]
fn what_is_not_built_is_hollow_and_in_the_legend() {
    let mut scene = sample("x");
    assert!(!drawn(&scene, "x").contains("not built"));
    scene.has_not_built = true;
    scene.blocks[0].state = State::NotBuilt;
    scene.blocks[2].states[1] = State::NotBuilt;
    let text = drawn(&scene, "x");
    assert!(text.contains("○ not built</tspan>"), "{text}");
    assert!(text.contains("<title>x · x · SU 1 · ○ not built</title>"), "{text}");
    // The ground of the drawing, and a dashed edge.
    let hollow = r##"<g fill="#f8f9fb" stroke="#626c7a""##;
    assert_eq!(text.matches(hollow).count(), 2, "{text}");
    assert_eq!(text.matches("stroke-dasharray").count(), 2, "{text}");
}
