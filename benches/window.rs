//! How long the drawing thread is busy with a keystroke in a form while a large plan is open: the
//! frame in which the key comes, the frames until the answer is there, and the one that takes it.
//! A frame that takes longer than the screen's is one that a person can feel.
//!
//! The window is drawn without a display: layout, shapes, text and the tree for screen readers, but
//! neither triangles nor pixels. `cargo bench --bench window`; the figures are in
//! `docs/performance.md`.

#![allow(clippy::expect_used, reason = "a benchmark that cannot begin has to stop")]
#![allow(clippy::print_stdout, reason = "the figures are its result")]

#[allow(dead_code, reason = "other benchmarks need more of it")]
mod plans;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use heddle::app::Window;
use heddle::session::Places;
use plans::cases;
use std::time::{Duration, Instant};

/// Keystrokes per plan.
const KEYS: usize = 40;

fn main() {
    // Whoever only lists tests or runs them asks for no figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    for case in cases() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("large.ron");
        std::fs::write(&path, heddle::plan::write(&case.plan)).expect("the plan is written");
        let places = Places::within(home.path());
        let mut hands: Harness<'_, Window> = Harness::builder()
            .with_size([1440.0, 900.0])
            .build_eframe(|cc| Window::new(&cc.egui_ctx, places, Some(path)).expect("a window"));
        let ready = |hands: &mut Harness<'_, Window>| {
            let begun = Instant::now();
            while hands.query_by_label_contains("computing").is_some()
                || hands.query_by_label("Phase Planned, current").is_none()
            {
                hands.step();
                assert!(begun.elapsed() < Duration::from_secs(60), "an answer comes");
            }
        };
        ready(&mut hands);
        hands.get_by_label("Name").focus();
        hands.run_steps(5);
        let (mut of_key, mut of_answer) = (Vec::new(), Vec::new());
        for _ in 0..KEYS {
            // The plan is another each time.
            hands.get_by_label("Name").type_text("x");
            let begun = Instant::now();
            hands.step();
            of_key.push(begun.elapsed());
            // The longest frame from there to the answer, which is taken in one of them.
            let mut longest = Duration::ZERO;
            for _ in 0..200 {
                let begun = Instant::now();
                hands.step();
                longest = longest.max(begun.elapsed());
                std::thread::sleep(Duration::from_millis(1));
            }
            of_answer.push(longest);
        }
        println!("{}", case.name);
        told("the frame of the key", &mut of_key);
        told("the longest frame after it", &mut of_answer);
    }
}

fn told(what: &str, times: &mut [Duration]) {
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    println!("  {what}: median {:.2?}, 95 of 100 within {:.2?}", at(50), at(95));
}
