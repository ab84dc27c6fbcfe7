//! What the program did and what failed, in a file of bounded size, for whoever has to find out
//! later; and the last errors in memory, for whoever asks now.
//!
//! One logger stands behind the `log` crate. Lines go to a thread that writes them, so that nobody
//! who logs waits for a disk; if it cannot keep up, lines are left out and counted. The file is
//! opened anew for every batch and is never cut in place, so several Heddles can write to one. It is
//! written here and not taken from `flexi_logger` or `tracing-appender`: those keep the file open,
//! so a second program would go on writing to what the first has rotated away, and the ring, the
//! filter and the blacking-out would be here all the same.
//!
//! Whoever logs names places, causes and counts, never what a plan says; text of errors about the
//! content of a file is shown, not logged. Other crates are heard from warnings on. What looks like
//! a password or a token is blacked out, in case one of them is careless. Limit: two programs that
//! rotate in the same moment can lose the older file.

use super::LogLevel;
use crate::model::{counted, printable};
use ::log::{Level, LevelFilter, Log, Metadata, Record};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The file, and what was in it before it was full.
const FILE: &str = "heddle.log";
const OLD: &str = "heddle.old.log";
const MAX_BYTES: u64 = 1024 * 1024;
/// Characters of a line, lines in memory, and lines that wait to be written, at most.
const LINE_CHARS: usize = 1_000;
const RECENT: usize = 50;
const WAITING: usize = 1_000;
/// How long an end waits for what is not written yet.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// What comes after such a word is no business of a log.
const SECRETS: [&str; 9] = [
    "authorization",
    "bearer",
    "token",
    "passw",
    "secret",
    "cookie",
    "apikey",
    "api-key",
    "api_key",
];

static LOGGER: Logger = Logger(Mutex::new(State {
    level: LevelFilter::Off,
    also: None,
    recent: VecDeque::new(),
    queue: None,
    missed: 0,
}));

struct Logger(Mutex<State>);

struct State {
    level: LevelFilter,
    also: Option<&'static dyn Log>,
    recent: VecDeque<String>,
    queue: Option<SyncSender<Item>>,
    missed: u64,
}

/// For the thread that writes.
enum Item {
    Line(String),
    /// Answered once all before it is written.
    Flush(SyncSender<()>),
}

/// Begins to log to a folder, which is made with the first line. `also` hears every record too, as
/// there can be only one logger in a program. Panics are logged by their place. False if the
/// program has a logger already.
pub fn start_log(dir: &Path, level: LogLevel, also: Option<&'static dyn Log>) -> bool {
    if ::log::set_logger(&LOGGER).is_err() {
        return false;
    }
    let (queue, lines) = sync_channel(WAITING);
    let dir = dir.to_owned();
    let writer = std::thread::Builder::new().name("log".to_owned());
    let runs = writer.spawn(move || write_all(&dir, &lines)).is_ok();
    let mut state = LOGGER.state();
    (state.also, state.queue) = (also, runs.then_some(queue));
    drop(state);
    set_log_level(level);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        ::log::error!(target: "heddle", "the program panicked at {place}");
        flush_log();
        before(panic);
    }));
    true
}

/// Logs down to another level from now on.
pub fn set_log_level(level: LogLevel) {
    let level = match level {
        LogLevel::Off => LevelFilter::Off,
        LogLevel::Error => LevelFilter::Error,
        LogLevel::Warning => LevelFilter::Warn,
        LogLevel::Info => LevelFilter::Info,
        LogLevel::Debug => LevelFilter::Debug,
    };
    LOGGER.state().level = level;
    // The lines in memory are kept whatever goes to the file.
    ::log::set_max_level(level.max(LevelFilter::Warn));
}

/// The last errors and warnings, oldest first; at most 50 lines.
pub fn recent_errors() -> Vec<String> {
    LOGGER.state().recent.iter().cloned().collect()
}

/// Waits, for a second at most, until everything that was logged is in the file.
pub fn flush_log() {
    let queue = LOGGER.state().queue.clone();
    let (done, wait) = sync_channel(1);
    if queue.is_some_and(|queue| queue.try_send(Item::Flush(done)).is_ok()) {
        wait.recv_timeout(LAST_WORDS).unwrap_or_default();
    }
}

impl Logger {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log for Logger {
    fn enabled(&self, of: &Metadata<'_>) -> bool {
        of.level() <= most(of.target())
    }

    fn log(&self, record: &Record<'_>) {
        let also = self.state().also;
        also.iter().for_each(|also| also.log(record));
        if !self.enabled(record.metadata()) {
            return;
        }
        let at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        let text = format!("{}: {}", record.target(), record.args());
        let (level, process) = (record.level(), std::process::id());
        let mut line = format!("{at} {level:5} {process} {}", safe(&text));
        let mut state = self.state();
        if level <= Level::Warn {
            if state.recent.len() >= RECENT {
                state.recent.pop_front();
            }
            state.recent.push_back(line.clone());
        }
        if level > state.level {
            return;
        }
        if state.missed > 0 {
            let missed = counted(state.missed, "line", "lines");
            line = format!("{line} ({missed} before this one could not be written)");
        }
        let sent = state.queue.as_ref().is_some_and(|q| q.try_send(Item::Line(line)).is_ok());
        state.missed = if sent { 0 } else { state.missed.saturating_add(1) };
    }

    fn flush(&self) {
        flush_log();
    }
}

/// The level down to which a part of the program is heard at all.
fn most(target: &str) -> LevelFilter {
    match target.split("::").next() {
        Some("heddle") => LevelFilter::Debug,
        _ => LevelFilter::Warn,
    }
}

/// A text in one line of bounded length, without what looks like a secret.
fn safe(text: &str) -> String {
    let mut hide_next = false;
    let mut shown = String::new();
    for word in printable(text).split_inclusive(char::is_whitespace) {
        let lower = word.to_ascii_lowercase();
        let names = SECRETS.iter().any(|secret| lower.contains(secret));
        let (name, rest) = word.split_once(['=', ':']).unwrap_or((word, ""));
        if std::mem::replace(&mut hide_next, names) {
            shown.push_str("… ");
        } else if names && !rest.trim().is_empty() {
            shown.push_str(name);
            shown.push_str("=… ");
        } else if let (Some(at), Some((scheme, _))) = (word.rfind('@'), word.split_once("://")) {
            // https://ada:pass@host
            shown.push_str(scheme);
            shown.push_str("://…");
            shown.push_str(word.get(at..).unwrap_or_default());
        } else {
            shown.push_str(word);
        }
    }
    shown.trim_end().chars().take(LINE_CHARS).collect()
}

/// Writes lines until nobody can send any. A line that cannot be written is lost: there is nobody
/// to tell.
fn write_all(dir: &Path, lines: &Receiver<Item>) {
    while let Ok(first) = lines.recv() {
        let (mut batch, mut asked) = (String::new(), Vec::new());
        // What waits already is written at once.
        for item in std::iter::once(first).chain(lines.try_iter().take(WAITING)) {
            match item {
                Item::Line(line) => batch.extend([line.as_str(), "\n"]),
                Item::Flush(done) => asked.push(done),
            }
        }
        append(dir, &batch).unwrap_or_default();
        asked.iter().for_each(|done| done.try_send(()).unwrap_or_default());
    }
}

/// Adds lines to the file; one that would grow too large makes way first.
fn append(dir: &Path, lines: &str) -> std::io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(dir)?;
    let file: PathBuf = dir.join(FILE);
    let bytes = fs::metadata(&file).map_or(0, |facts| facts.len());
    if bytes > 0 && bytes + lines.len() as u64 > MAX_BYTES {
        fs::rename(&file, dir.join(OLD))?;
    }
    File::options().append(true).create(true).open(&file)?.write_all(lines.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_blacked_out() {
        for (text, expected) in [
            ("opened lab.ron in 3 ms", "opened lab.ron in 3 ms"),
            ("Authorization: Token 0123abc", "Authorization: … …"),
            ("sent with token 0123abc to dc1", "sent with token … to dc1"),
            ("NETBOX_TOKEN=0123abc in use", "NETBOX_TOKEN=… … use"),
            ("X-Api-Key: 0123abc and api_version", "X-Api-Key: … and api_version"),
            (r#"{"password":"a b"} x"#, r#"{"password"=… … x"#),
            ("GET https://lab/api?token=0123abc failed", "GET https=… …"),
            ("GET https://ada:pass@lab/dcim failed", "GET https://…@lab/dcim failed"),
            ("two\nlines\u{1b}", "two\u{fffd}lines\u{fffd}"),
        ] {
            let found = safe(text);
            assert!(!["0123abc", "pass@", "\"a"].iter().any(|s| found.contains(s)), "{found}");
            assert_eq!(found, expected.trim_end(), "{text}");
        }
        assert_eq!(safe(&"x".repeat(5_000)).chars().count(), LINE_CHARS);
    }

    #[test]
    fn the_file_is_bounded_and_one_old_one_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let logs = dir.path().join("state/logs");
        let lines = |n: usize| format!("{}\n", n).repeat(40_000);
        (0..40).for_each(|n| append(&logs, &lines(n)).unwrap());
        let size = |name: &str| fs::metadata(logs.join(name)).unwrap().len();
        assert!(size(FILE) <= MAX_BYTES && size(OLD) <= MAX_BYTES);
        assert!(size(FILE) + size(OLD) > MAX_BYTES);
        assert_eq!(fs::read_dir(&logs).unwrap().count(), 2);
        let last = fs::read_to_string(logs.join(FILE)).unwrap();
        assert!(last.ends_with("39\n"));
        append(&logs, "").unwrap();
        // Something else has its place.
        fs::write(dir.path().join("file"), "").unwrap();
        assert!(append(&dir.path().join("file"), "x").is_err());
    }

    #[test]
    fn others_are_heard_from_warnings_on() {
        for (target, level) in [
            ("heddle", LevelFilter::Debug),
            ("heddle::store", LevelFilter::Debug),
            ("heddlex", LevelFilter::Warn),
            ("rfd::backend", LevelFilter::Warn),
            ("", LevelFilter::Warn),
        ] {
            assert_eq!(most(target), level, "{target}");
        }
    }
}
