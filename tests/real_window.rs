//! The real program in a real window, under an X server without a screen: it draws, is driven by
//! keys and mouse, takes a plan from its first line to the inventory, saves, and comes back. Runs
//! where `HEDDLE_WINDOW_TESTS=1` says that Xvfb, xdotool and xwd are there. What it looked like on
//! the way is kept in `target/window`.

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

/// What is on the screen: its width, its height, and four bytes for each pixel: blue, green, red.
fn screen(display: &str) -> (u32, u32, Vec<u8>) {
    let image = tool(display, "xwd", &["-root", "-silent"]);
    // The header tells its own length and that of the table of colours after it.
    let number = |at: usize| {
        let bytes = image.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, |bytes| u32::from_be_bytes(bytes) as usize)
    };
    let pixels = image.get(number(0) + 12 * number(76)..).unwrap_or_default();
    (number(16) as u32, number(20) as u32, pixels.to_vec())
}

/// Different pixels on the screen, up to a few.
fn colours(display: &str) -> usize {
    let (_, _, pixels) = screen(display);
    pixels.chunks_exact(4).step_by(7).map(<[u8]>::to_vec).collect::<BTreeSet<_>>().len()
}

/// Keeps what is on the screen in `target/window`, for whoever wants to see what a test saw.
fn keep(display: &str, name: &str) {
    let program = Path::new(env!("CARGO_BIN_EXE_heddle"));
    // It lies in `target/debug`.
    let folder = program.ancestors().nth(2).expect("the folder of builds").join("window");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    let file = std::fs::File::create(folder.join(format!("{name}.png"))).expect("a picture");
    let (width, height, pixels) = screen(display);
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let rgb: Vec<u8> = pixels.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&rgb).expect("the pixels");
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// True if the tests here can run; says so if not.
fn can_run() -> bool {
    let can = std::env::var_os("HEDDLE_WINDOW_TESTS").is_some_and(|value| value == "1");
    if !can {
        println!("skipped: set HEDDLE_WINDOW_TESTS=1 where Xvfb, xdotool and xwd are installed");
    }
    can
}

/// Starts the program on a display that shows nothing else, and waits until it has drawn. Gives it
/// and the number of its window, which has the keyboard then.
fn start(home: &Path, display: &str) -> (Running, String) {
    start_on(home, display, "sample.ron")
}

/// The same where the plan that opens has another file.
fn start_on(home: &Path, display: &str, file: &str) -> (Running, String) {
    wait_for("an empty screen", || colours(display) < 10);
    let window = Command::new(env!("CARGO_BIN_EXE_heddle"))
        .env("HEDDLE_HOME", home)
        .env("DISPLAY", display)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env_remove("WAYLAND_DISPLAY")
        .spawn()
        .expect("the program starts");
    let window = Running(window);
    wait_for("the window to draw", || colours(display) > 40);
    // No window manager gives it the keyboard, so ask for it.
    let id = titled(display, file);
    tool(display, "xdotool", &["windowfocus", "--sync", &id]);
    (window, id)
}

/// The number of the window whose title has the name of a file, once there is one.
fn titled(display: &str, file: &str) -> String {
    let mut id = String::new();
    wait_for("the title", || {
        let found = tool(display, "xdotool", &["search", "--name", &format!("{file}.*Heddle")]);
        id = String::from_utf8_lossy(&found).lines().last().unwrap_or_default().to_owned();
        !id.is_empty()
    });
    id
}

fn type_words(display: &str, words: &str) {
    tool(display, "xdotool", &["type", "--clearmodifiers", "--delay", "60", words]);
}

/// What `heddle status` says of a plan, as JSON.
fn status(home: &Path, plan: &Path) -> String {
    let mut heddle = Command::new(env!("CARGO_BIN_EXE_heddle"));
    let plan = plan.to_string_lossy();
    let output =
        heddle.args(["status", "--format", "json", &plan]).env("HEDDLE_HOME", home).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

fn press_keys(display: &str, keys: &[&str]) {
    let mut arguments = vec!["key", "--clearmodifiers", "--delay", "60"];
    arguments.extend_from_slice(keys);
    tool(display, "xdotool", &arguments);
}

/// True if the title has the mark of edits.
fn is_marked(display: &str, id: &str) -> bool {
    let title = tool(display, "xdotool", &["getwindowname", id]);
    String::from_utf8_lossy(&title).contains('●')
}

/// Types a number of servers into its field, until that has come of it. The first frames may take
/// longer than a click and a few keys: then it is typed again.
fn type_servers(display: &str, id: &str, digits: &[&str], mut done: impl FnMut() -> bool) {
    let (x, y) = field_of_servers();
    wait_for("what comes of typing", || {
        tool(display, "xdotool", &["mousemove", "--window", id, &x, &y, "click", "1"]);
        std::thread::sleep(Duration::from_millis(300));
        press_keys(display, &["ctrl+a"]);
        press_keys(display, digits);
        std::thread::sleep(Duration::from_millis(300));
        done()
    });
}

#[test]
fn it_draws_is_driven_by_keys_and_saves() {
    if !can_run() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let (_server, display) = display();
    let (_window, id) = start(home.path(), &display);
    let plan = home.path().join("data/sample.ron");
    let before = read(&plan);
    assert!(before.contains("servers: 128"), "{before}");
    let keys = |keys: &[&str]| press_keys(&display, keys);
    let mut marked = false;
    type_servers(&display, &id, &["6", "4"], || {
        marked |= is_marked(&display, &id);
        keys(&["ctrl+s"]);
        std::thread::sleep(Duration::from_millis(300));
        marked && read(&plan).contains("servers: 64,")
    });
    // The other theme is drawn in other colours, and remembered.
    keys(&["ctrl+shift+t"]);
    let settings = home.path().join("config/settings.json");
    wait_for("the theme", || read(&settings).contains("\"light\""));
}

/// A plan from its first line to the inventory and the next day, with hands alone.
#[test]
fn from_a_new_plan_to_the_inventory_and_back() {
    if !can_run() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let (_server, display) = display();
    let (mut window, _) = start(home.path(), &display);
    let keys = |keys: &[&str]| {
        press_keys(&display, keys);
        std::thread::sleep(Duration::from_millis(400));
    };
    // A new plan, and the file for it: no desktop here has a dialog for that, so it is typed.
    keys(&["ctrl+n"]);
    std::thread::sleep(Duration::from_millis(600));
    keep(&display, "1-new");
    keys(&["Return"]);
    let id = titled(&display, "Untitled");
    let plan = home.path().join("lab.ron");
    wait_for("the plan's file", || {
        keys(&["ctrl+s"]);
        std::thread::sleep(Duration::from_millis(600));
        keep(&display, "2-path");
        keys(&["ctrl+a"]);
        type_words(&display, &plan.to_string_lossy());
        keys(&["Return"]);
        plan.is_file()
    });
    titled(&display, "lab.ron");
    // Edit with the mouse.
    type_servers(&display, &id, &["3", "2"], || {
        keys(&["ctrl+s"]);
        read(&plan).contains("servers: 32,")
    });
    keep(&display, "3-edited");
    // Approve under a name, and apply.
    let phase = |what: &str| status(home.path(), &plan).contains(&format!("\"phase\": \"{what}\""));
    wait_for("the approval", || {
        keys(&["ctrl+Return"]);
        keys(&["ctrl+a"]);
        type_words(&display, "Ada Weaver");
        keep(&display, "4-approve");
        keys(&["Return"]);
        phase("approved")
    });
    keep(&display, "5-approved");
    wait_for("the run", || {
        keys(&["ctrl+shift+Return"]);
        phase("applied")
    });
    std::thread::sleep(Duration::from_secs(1));
    keep(&display, "6-applied");
    keys(&["ctrl+q"]);
    wait_for("the program to end", || window.0.try_wait().is_ok_and(|ended| ended.is_some()));
    // The next day the same plan is there, applied.
    let (_window, _) = start_on(home.path(), &display, "lab.ron");
    std::thread::sleep(Duration::from_secs(1));
    keep(&display, "7-reopened");
    assert!(phase("applied"), "{}", status(home.path(), &plan));
    assert!(read(&plan).contains("servers: 32,"));
}

/// A window that is killed while somebody edits loses nothing that is older than a second.
#[test]
fn what_was_typed_outlives_a_kill() {
    if !can_run() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let (_server, display) = display();
    let (window, id) = start(home.path(), &display);
    let plan = home.path().join("data/sample.ron");
    let drafts = home.path().join("data/autosave");
    let kept = || {
        let entries = std::fs::read_dir(&drafts).into_iter().flatten().flatten();
        entries.filter(|entry| read(&entry.path()).contains("servers: 96,")).count()
    };
    type_servers(&display, &id, &["9", "6"], || {
        // It is kept within a second.
        std::thread::sleep(Duration::from_secs(1));
        kept() == 1
    });
    drop(window);
    assert!(read(&plan).contains("servers: 128"), "nothing was saved");
    assert_eq!(kept(), 1, "one draft has what was typed");
    // The next start offers them, and the main button has the keyboard.
    let (_window, id) = start(home.path(), &display);
    wait_for("the mark of edits in the title", || {
        press_keys(&display, &["Return"]);
        std::thread::sleep(Duration::from_millis(300));
        is_marked(&display, &id)
    });
    wait_for("the file", || {
        press_keys(&display, &["ctrl+s"]);
        std::thread::sleep(Duration::from_millis(300));
        read(&plan).contains("servers: 96,")
    });
    wait_for("the draft to go", || kept() == 0);
}

/// Where the field for the number of servers is in a window of the size that it opens with.
fn field_of_servers() -> (String, String) {
    ("200".to_owned(), "258".to_owned())
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
