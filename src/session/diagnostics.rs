//! What whoever helps needs to know about this program and this machine, as a text that can be
//! looked through and sent: versions, system, the last errors. Nothing of a plan, no names of
//! folders at home, no secrets.

use crate::plan::API_VERSION;
use crate::store;
use std::fmt::Write;
use std::path::Path;

const OS_RELEASE_BYTES: u64 = 64 * 1024;

/// The text. `more` are facts that only the caller knows, such as how the window is drawn.
pub fn diagnostics(more: &[(&str, String)]) -> String {
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    let mut text = String::new();
    let mut say = |what: &str, value: &str| {
        // Writing to a text does not fail.
        writeln!(text, "{what}: {value}").unwrap_or_default();
    };
    say("Heddle", &format!("{} ({build})", env!("CARGO_PKG_VERSION")));
    say("plan documents", API_VERSION);
    say("system", &system());
    say("built for", &target());
    more.iter().for_each(|(what, value)| say(what, value));
    let errors = store::recent_errors();
    say("last errors", if errors.is_empty() { "none" } else { "" });
    errors.iter().for_each(|line| say(" ", line));
    let dirs = directories::UserDirs::new();
    without_home(&text, dirs.as_ref().map(directories::UserDirs::home_dir))
}

/// The system as it calls itself.
fn system() -> String {
    let release = store::read_text(Path::new("/etc/os-release"), OS_RELEASE_BYTES);
    let name = release.ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
        line.map(|name| name.trim_matches('"').to_owned())
    });
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    name.map_or_else(|| format!("{os} {arch}"), |name| format!("{os} {arch}, {name}"))
}

/// The target triple, put together from what the compiler tells a program.
fn target() -> String {
    let vendor = match () {
        () if cfg!(target_vendor = "apple") => "apple",
        () if cfg!(target_vendor = "pc") => "pc",
        () => "unknown",
    };
    let os = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let env = match () {
        () if cfg!(target_env = "gnu") => "-gnu",
        () if cfg!(target_env = "musl") => "-musl",
        () if cfg!(target_env = "msvc") => "-msvc",
        () => "",
    };
    format!("{}-{vendor}-{os}{env}", std::env::consts::ARCH)
}

fn without_home(text: &str, home: Option<&Path>) -> String {
    match home.and_then(Path::to_str).filter(|home| home.len() > 1) {
        Some(home) => text.replace(home, "~"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_helps_and_not_where_one_is_at_home() {
        let text = diagnostics(&[("window", "glow".to_owned())]);
        for word in [env!("CARGO_PKG_VERSION"), API_VERSION, "window: glow", "last errors"] {
            assert!(text.contains(word), "no `{word}` in: {text}");
        }
        assert!(text.contains(std::env::consts::OS) && target().split('-').count() >= 3);
        let home = Some(Path::new("/home/ada"));
        assert_eq!(without_home("/home/ada/lab.ron: x", home), "~/lab.ron: x");
        assert_eq!(without_home("/lab.ron", Some(Path::new("/"))), "/lab.ron");
    }
}
