//! The real program in a real window, under an X server without a screen: it draws, is driven by
//! keys, and saves. Runs where `HEDDLE_WINDOW_TESTS=1` says that Xvfb, xdotool and xwd are there.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().unwrap_or_default();
        self.0.wait().map(|_| ()).unwrap_or_default();
    }
}

/// An X server without a screen, on a display that it chose itself.
fn display() -> (Running, String) {
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb starts");
    let mut number = String::new();
    let stdout = server.stdout.take().expect("its output is piped");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut number)
        .expect("Xvfb tells its display");
    (Running(server), format!(":{}", number.trim()))
}

fn tool(display: &str, name: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(name)
        .args(arguments)
        .env("DISPLAY", display)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    output.stdout
}

/// Different pixels on the screen, up to a few.
fn colours(display: &str) -> usize {
    let image = tool(display, "xwd", &["-root", "-silent"]);
    // The header tells its own length and that of the table of colours after it.
    let number = |at: usize| {
        let bytes = image.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, |bytes| u32::from_be_bytes(bytes) as usize)
    };
    let pixels = image.get(number(0) + 12 * number(76)..).unwrap_or_default();
    pixels.chunks_exact(4).step_by(7).map(<[u8]>::to_vec).collect::<BTreeSet<_>>().len()
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn it_draws_is_driven_by_keys_and_saves() {
    if std::env::var_os("HEDDLE_WINDOW_TESTS").is_none_or(|value| value != "1") {
        println!("skipped: set HEDDLE_WINDOW_TESTS=1 where Xvfb, xdotool and xwd are installed");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let (_server, display) = display();
    let blank = colours(&display);
    let window = Command::new(env!("CARGO_BIN_EXE_heddle"))
        .env("HEDDLE_HOME", home.path())
        .env("DISPLAY", &display)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env_remove("WAYLAND_DISPLAY")
        .spawn()
        .expect("the program starts");
    let _window = Running(window);
    assert!(blank < 10, "the screen begins empty");
    wait_for("the window to draw", || colours(&display) > 40);

    // Words for the title; no window manager gives it the keyboard, so ask for it.
    let mut id = String::new();
    wait_for("the title", || {
        let found = tool(&display, "xdotool", &["search", "--name", "sample.ron.*Heddle"]);
        id = String::from_utf8_lossy(&found).lines().last().unwrap_or_default().to_owned();
        !id.is_empty()
    });
    let plan = home.path().join("data/sample.ron");
    let before = read(&plan);
    assert!(before.contains("servers: 128"), "{before}");
    tool(&display, "xdotool", &["windowfocus", "--sync", &id]);
    // The first field that the tab key reaches is a field of the form: reach "Servers" by hand.
    let keys = |keys: &[&str]| {
        let mut arguments = vec!["key", "--clearmodifiers", "--delay", "60"];
        arguments.extend_from_slice(keys);
        tool(&display, "xdotool", &arguments);
    };
    let (x, y) = field_of_servers();
    let saved = tool(&display, "xdotool", &["getwindowname", &id]);
    // The first frames may take longer than a click and a few keys: what was typed is typed again.
    let mut marked = false;
    wait_for("the mark of edits in the title, and the file", || {
        tool(&display, "xdotool", &["mousemove", "--window", &id, &x, &y, "click", "1"]);
        std::thread::sleep(Duration::from_millis(300));
        keys(&["ctrl+a", "6", "4"]);
        std::thread::sleep(Duration::from_millis(300));
        marked |= tool(&display, "xdotool", &["getwindowname", &id]) != saved;
        keys(&["ctrl+s"]);
        std::thread::sleep(Duration::from_millis(300));
        marked && read(&plan).contains("servers: 64,")
    });
    // The other theme is drawn in other colours, and remembered.
    keys(&["ctrl+shift+t"]);
    let settings = home.path().join("config/settings.json");
    wait_for("the theme", || read(&settings).contains("\"light\""));
}

/// Where the field for the number of servers is in a window of the size that it opens with.
fn field_of_servers() -> (String, String) {
    ("200".to_owned(), "219".to_owned())
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
