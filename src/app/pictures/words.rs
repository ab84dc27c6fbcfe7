//! Words in small windows: none lies over another, and what the lower bar says is not cut.
//!
//! A common window at twice its size has half its points; the panels at its sides leave the drawing
//! even less.

use super::states::{World, computed, plan};
use super::{Model, Panel, view};
use egui::{Rect, Shape, Theme};

/// A text that is drawn: what, where, and whether it is cut.
struct Drawn {
    text: String,
    rect: Rect,
    is_cut: bool,
}

/// The words of a panel of some size.
fn words(panel: Panel, size: (f32, f32), model: Model) -> Vec<Drawn> {
    let (_, shapes, _) = view(panel, size, model).shapes(Theme::Dark);
    let mut drawn = Vec::new();
    for clipped in &shapes {
        let mut rest = vec![&clipped.shape];
        while let Some(shape) = rest.pop() {
            match shape {
                Shape::Vec(inner) => rest.extend(inner),
                Shape::Text(text) => {
                    let rect = text.visual_bounding_rect().intersect(clipped.clip_rect);
                    let (text, is_cut) = (text.galley.text().to_owned(), text.galley.elided);
                    if rect.is_positive() && !text.trim().is_empty() {
                        drawn.push(Drawn { text, rect, is_cut });
                    }
                }
                _ => {}
            }
        }
    }
    drawn
}

fn no_words_lie_on_others(drawn: &[Drawn], what: &str) {
    for (n, one) in drawn.iter().enumerate() {
        for other in drawn.iter().skip(n + 1) {
            let common = one.rect.intersect(other.rect);
            let apart = common.width() < 1.0 || common.height() < 1.0;
            assert!(apart, "{what}: {:?} lies on {:?}", one.text, other.text);
        }
    }
}

/// Points across in a window of 1,440, 1,280 and 720 pixels at common scales.
const WIDTHS: [f32; 7] = [1440.0, 1280.0, 960.0, 853.0, 720.0, 640.0, 600.0];

#[test]
fn the_lower_bar_says_all_of_what_it_says() {
    let wrong = || computed(super::wrong_plan(), World::default());
    let planned = || computed(plan(32), World::default());
    let stopped = || {
        let plan = plan(32);
        let world = World::after(&super::states::plan(16)).stopped(&plan, "disk full");
        computed(plan, world)
    };
    for (expected, model) in [
        ("before approval", &wrong as &dyn Fn() -> Model),
        ("ready for approval", &planned),
        ("the last run stopped", &stopped),
    ] {
        for width in WIDTHS {
            let drawn = words(Panel::Bottom, (width, 56.0), model());
            no_words_lie_on_others(&drawn, &format!("{expected} at {width}"));
            let status = drawn.iter().find(|drawn| drawn.text.contains(expected));
            let status = status.unwrap_or_else(|| panic!("{expected} is not said at {width}"));
            assert!(!status.is_cut, "{:?} is cut at {width}", status.text);
            let phase =
                drawn.iter().filter(|drawn| drawn.text == "Applied" || drawn.text == "Failed");
            assert!(width < 900.0 || phase.count() == 1, "all phases are named at {width}");
        }
    }
}

#[test]
fn words_of_the_drawing_lie_on_no_others() {
    for servers in [16, 64, 128] {
        for size in [(980.0, 760.0), (640.0, 400.0), (330.0, 300.0), (250.0, 260.0)] {
            let model = computed(plan(servers), World::after(&plan(16)));
            let drawn = words(Panel::Canvas, size, model);
            let what = format!("{servers} servers in {size:?}");
            no_words_lie_on_others(&drawn, &what);
            assert!(drawn.iter().any(|drawn| drawn.text.contains("spines")), "{what}");
        }
    }
}

/// Colour alone does not tell what becomes of a device.
#[test]
fn devices_have_the_sign_of_their_state_at_any_scale() {
    // What the drawing has of a window of 1,440 by 900 pixels at 100, 125 and 150 %.
    for size in [(688.0, 800.0), (400.0, 620.0), (325.0, 490.0)] {
        for servers in [32, 128] {
            let mut plan = plan(servers);
            plan.spec.cluster.as_mut().unwrap().su_size = 64;
            let drawn = words(Panel::Canvas, size, computed(plan, World::default()));
            let what = format!("{servers} servers in {size:?}");
            no_words_lie_on_others(&drawn, &what);
            let signs =
                drawn.iter().filter(|drawn| drawn.text.starts_with('+') && drawn.text != "+ added");
            // Four spines and eight leaves a unit, two leaves and two spines of the frontend, and a
            // block of servers for each eight.
            let units = if servers > 64 { 2 } else { 1 };
            let all = (4 + 8) * units + 2 + 2 + servers as usize / 8;
            assert_eq!(signs.count(), all, "{what}");
            for unit in 1..=units {
                let title = format!("SU {unit}");
                let is_said = drawn.iter().any(|drawn| drawn.text.starts_with(&title));
                assert!(is_said, "{title} is not said of {what}");
            }
        }
    }
}
