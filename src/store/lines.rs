//! Files of checked lines: what a kill at any byte cannot spoil.
//!
//! Each line is `<16 hex digits> <JSON>\n`. The digits are the start of BLAKE3 over the digits of
//! the line before (none for the first) and the JSON, so that a line can be neither changed nor
//! left out, doubled or moved unnoticed. The first line says what the file is. A line is appended
//! and forced to disk before [`CheckedLines::append`] returns.
//!
//! On reading, the longest valid prefix counts. A last line that is torn is one that never ended;
//! it is cut off before more is appended, and set aside in `NAME.torn`. Any other broken line is
//! damage: an error. Lines that were written at once by [`CheckedLines::create`] are never torn,
//! so whoever knows how many they were asks [`Whole::lines`] before [`Whole::open`]. The digits
//! guard against accidents, not against a forger.
//!
//! Before and after each append the file of that name must still be the one that is open, with no
//! byte that somebody else wrote: a file that was moved, replaced or restored meanwhile would take
//! what is written to it with it.

use super::lock::Lock;
use super::{StoreError, atomic};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file of checked lines that is read.
pub(super) const MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;

const CHECK_CHARS: usize = 16;

/// A file of checked lines, open for appending.
#[derive(Debug)]
pub(super) struct CheckedLines {
    path: PathBuf,
    file: File,
    /// Bytes of whole lines.
    bytes: u64,
    /// The digits of the last line.
    check: String,
    /// True once an append failed: what is on disk is then unknown.
    failed: bool,
    /// What the user should hear about its opening.
    notice: Option<String>,
    /// The lock that whoever appends has to hold.
    lock: Option<Arc<Lock>>,
}

/// The whole lines that a reading found. The file is as it was.
#[derive(Debug)]
pub(super) struct Whole {
    path: PathBuf,
    lines: u64,
    bytes: u64,
    check: String,
}

fn check_of(before: &str, json: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before.as_bytes()).update(json.as_bytes());
    hasher.finalize().to_hex().chars().take(CHECK_CHARS).collect()
}

/// Reads whole lines from the first and leaves the file as it is. `visit` is given the number of
/// each line, from 1, and its JSON; what it refuses is damage of that line. `remedy` is what helps
/// against damage of a file of this kind.
pub(super) fn read(
    path: &Path,
    remedy: &str,
    visit: &mut dyn FnMut(u64, &str) -> Result<(), String>,
) -> Result<Whole, StoreError> {
    let file = atomic::open_file(path, MAX_BYTES)?;
    let mut reader = BufReader::with_capacity(1024 * 1024, file);
    let failed = |error: std::io::Error| StoreError::io(path, "read it", &error);
    let mut whole = Whole { path: path.to_owned(), lines: 0, bytes: 0, check: String::new() };
    let mut line = Vec::new();
    loop {
        line.clear();
        // The file may grow while it is read; it is still never read beyond the ceiling.
        let room = MAX_BYTES.saturating_sub(whole.bytes);
        reader.by_ref().take(room).read_until(b'\n', &mut line).map_err(failed)?;
        if line.is_empty() && whole.lines > 0 {
            return Ok(whole);
        }
        let number = whole.lines + 1;
        let Some((check, json)) = whole_line(&line, &whole.check) else {
            if number == 1 {
                let cause = "its first line is not one that Heddle wrote";
                return Err(StoreError::damaged(path, cause, remedy));
            }
            // An append that never ended has no newline, or holes that a power cut left. A whole
            // line with wrong digits was written and harmed later: cutting it would lose data.
            let torn = line.last() != Some(&b'\n') || line.contains(&0);
            if torn && reader.fill_buf().map_err(failed)?.is_empty() {
                return Ok(whole);
            }
            let cause = format!("line {number} does not match its check digits");
            return Err(StoreError::damaged(path, &cause, remedy));
        };
        visit(number, json).map_err(|cause| unusable(path, number, &cause, remedy))?;
        whole.lines = number;
        whole.bytes += line.len() as u64;
        whole.check = check;
    }
}

/// True if bytes begin as a file of a format does: sixteen digits, a space, and its name.
pub(super) fn begin_as(bytes: &[u8], format: &str) -> bool {
    let mark = format!("{{\"format\":\"{format}\"");
    bytes.get(CHECK_CHARS + 1..).is_some_and(|rest| rest.starts_with(mark.as_bytes()))
}

/// True if a file is of a format, also one that is damaged further on.
pub(super) fn is_of_format(path: &Path, format: &str) -> bool {
    let Ok(file) = atomic::open_file(path, MAX_BYTES) else { return false };
    let mut begin = Vec::new();
    file.take(128).read_to_end(&mut begin).is_ok() && begin_as(&begin, format)
}

/// A line that is whole and says what it must not.
pub(super) fn unusable(path: &Path, number: u64, cause: &str, remedy: &str) -> StoreError {
    StoreError::damaged(
        path,
        &format!("line {number} cannot be used: {cause}"),
        &format!("{remedy}, or open it with the Heddle that wrote it"),
    )
}

/// Refuses a first line of another kind of file, or of a version of another Heddle.
pub(super) fn check_format(
    found: &str,
    version: u32,
    format: &str,
    known: RangeInclusive<u32>,
) -> Result<(), String> {
    if found != format {
        return Err(format!("this is no {format} file"));
    }
    if !known.contains(&version) {
        let known = known.end();
        return Err(format!("version {version} is unknown to this Heddle, which knows {known}"));
    }
    Ok(())
}

/// The digits and the JSON of a line, if it is whole and right.
fn whole_line<'a>(line: &'a [u8], before: &str) -> Option<(String, &'a str)> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (digits, json) = text.split_once(' ')?;
    (digits == check_of(before, json)).then(|| (digits.to_owned(), json))
}

impl Whole {
    /// How many lines there are.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// Keeps the file open for appending. A torn end is cut off once it is safe elsewhere.
    pub(super) fn open(self) -> Result<CheckedLines, StoreError> {
        let Self { path, bytes, check, .. } = self;
        let failed = |error: std::io::Error| StoreError::io(&path, "open it for writing", &error);
        let mut file = OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?;
        let torn_bytes = file.metadata().map_err(failed)?.len().saturating_sub(bytes);
        file.seek(SeekFrom::Start(bytes)).map_err(failed)?;
        let mut notice = None;
        if torn_bytes > 0 {
            let aside = set_aside(&path, &mut file)?;
            file.set_len(bytes).map_err(failed)?;
            file.sync_all().map_err(failed)?;
            file.seek(SeekFrom::Start(bytes)).map_err(failed)?;
            notice = Some(format!(
                "{}: the last write to it never ended and does not count; its {torn_bytes} bytes \
                 were moved to {}",
                path.display(),
                aside.display()
            ));
        }
        Ok(CheckedLines { path, file, bytes, check, failed: false, notice, lock: None })
    }
}

/// Adds what is left of a file to `NAME.torn` beside it.
fn set_aside(path: &Path, file: &mut File) -> Result<PathBuf, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".torn");
    let aside = PathBuf::from(name);
    let failed =
        |error: std::io::Error| StoreError::io(&aside, "set a torn line aside in it", &error);
    let mut torn = OpenOptions::new().append(true).create(true).open(&aside).map_err(failed)?;
    std::io::copy(file, &mut torn).map_err(failed)?;
    torn.write_all(b"\n").and_then(|()| torn.sync_all()).map_err(failed)?;
    Ok(aside)
}

impl CheckedLines {
    /// Makes a file with the given lines, whole or not at all. Takes the place of an older one.
    pub(super) fn create(
        path: &Path,
        lines: impl IntoIterator<Item = Result<String, serde_json::Error>>,
    ) -> Result<(), StoreError> {
        Self::create_if(path, lines, || Ok(()))
    }

    /// The same, if `may` agrees once everything is written and before it takes its place.
    pub(super) fn create_if(
        path: &Path,
        lines: impl IntoIterator<Item = Result<String, serde_json::Error>>,
        may: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let fill = |out: &mut dyn Write| {
            let mut check = String::new();
            for json in lines {
                let json = json?;
                check = check_of(&check, &json);
                writeln!(out, "{check} {json}")?;
            }
            Ok(())
        };
        atomic::write_if(path, fill, may)
    }

    /// What the user should hear about the opening of this file, if anything.
    pub(super) fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// From now on nothing is appended once somebody took the lock over.
    pub(super) fn guard(&mut self, lock: Arc<Lock>) {
        self.lock = Some(lock);
    }

    /// Appends a line. When this returns `Ok`, the line is on disk; otherwise the file ends as
    /// before as far as the system lets it, and takes no more lines until it is opened again.
    pub(super) fn append(&mut self, json: &str) -> Result<(), StoreError> {
        if self.failed {
            return Err(StoreError::file(
                &self.path,
                "an earlier write to it failed",
                "Open it again",
            ));
        }
        let check = check_of(&self.check, json);
        let line = format!("{check} {json}\n");
        if self.bytes + line.len() as u64 > MAX_BYTES {
            return Err(StoreError::file(
                &self.path,
                "it would grow larger than Heddle reads",
                "Start a new file",
            ));
        }
        if let Some(lock) = &self.lock {
            lock.check()?;
        }
        self.check_place()?;
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            self.failed = true;
            let cut = self.file.set_len(self.bytes).and_then(|()| self.file.sync_all());
            let doing = if cut.is_ok() { "write it" } else { "write it or take the write back" };
            return Err(StoreError::io(&self.path, doing, &error));
        }
        self.bytes += line.len() as u64;
        self.check = check;
        // What was written to a file that has lost its name is written nowhere.
        self.check_place().inspect_err(|_| self.failed = true)
    }

    /// Says whether the file of this name is still the one that is open, and as long as it was left.
    ///
    /// # Errors
    /// Somebody moved it, deleted it, put another in its place or wrote to it.
    pub(super) fn check_place(&self) -> Result<(), StoreError> {
        self.find_place().or_else(|error| {
            // Whoever took the lock over may have done it: then that is what to say.
            self.lock.as_ref().map_or(Ok(()), |lock| lock.check()).and(Err(error))
        })
    }

    fn find_place(&self) -> Result<(), StoreError> {
        let elsewhere = |cause: &str| {
            let remedy = "Put the right file in its place, look at what it has, then resume";
            StoreError::file(&self.path, cause, remedy)
        };
        let found = std::fs::metadata(&self.path)
            .map_err(|error| elsewhere(&format!("it was taken away while it was open: {error}")))?;
        let own = self.file.metadata().map_err(|e| StoreError::io(&self.path, "look at it", &e))?;
        if !is_same_file(&found, &own) {
            return Err(elsewhere("another file was put in its place while it was open"));
        }
        if found.len() != self.bytes {
            return Err(elsewhere("somebody else has written to it while it was open"));
        }
        Ok(())
    }
}

/// True if both are of one file, as far as the system tells.
#[cfg(unix)]
fn is_same_file(x: &std::fs::Metadata, y: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (x.dev(), x.ino()) == (y.dev(), y.ino())
}

/// True if both are of one file, as far as the system tells: here by the time of its making.
#[cfg(not(unix))]
fn is_same_file(x: &std::fs::Metadata, y: &std::fs::Metadata) -> bool {
    x.created().ok() == y.created().ok()
}

/// How many names a file has; 1 where that is not known.
#[cfg(unix)]
pub(super) fn names_of(facts: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(facts)
}

/// How many names a file has; 1 where that is not known.
#[cfg(not(unix))]
pub(super) fn names_of(_: &std::fs::Metadata) -> u64 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn lines_of(path: &Path) -> Result<Vec<String>, StoreError> {
        let mut lines = Vec::new();
        read(path, "Use a backup", &mut |_, json| {
            lines.push(json.to_owned());
            Ok(())
        })?;
        Ok(lines)
    }

    fn sample(path: &Path) -> Vec<String> {
        let lines = ["{\"head\":1}", "[1]", "[2,\"ü\"]", "[1]"].map(str::to_owned).to_vec();
        CheckedLines::create(path, lines.iter().take(1).cloned().map(Ok)).unwrap();
        let mut file = read(path, "", &mut |_, _| Ok(())).unwrap().open().unwrap();
        for line in &lines[1..] {
            file.append(line).unwrap();
        }
        lines
    }

    #[test]
    fn a_cut_at_any_byte_is_a_prefix_or_an_error_and_can_be_written_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        let lines = sample(&path);
        let bytes = fs::read(&path).unwrap();
        let first = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
        for cut in 0..=bytes.len() {
            fs::write(&path, &bytes[..cut]).unwrap();
            let whole = bytes[..cut].iter().filter(|b| **b == b'\n').count();
            let read = lines_of(&path);
            assert_eq!(read.is_ok(), cut >= first, "{cut}");
            assert_eq!(fs::read(&path).unwrap().len(), cut, "reading changes nothing");
            if let Ok(read) = read {
                assert_eq!(read, lines[..whole]);
                let found = super::read(&path, "", &mut |_, _| Ok(())).unwrap();
                assert_eq!(found.lines(), whole as u64);
                let mut file = found.open().unwrap();
                let end = bytes[..cut].iter().rposition(|b| *b == b'\n').unwrap() + 1;
                assert_eq!(file.notice().is_some(), end < cut, "{cut}");
                if end < cut {
                    // What is cut off is kept, and said to be.
                    let torn = dir.path().join("f.torn");
                    assert!(file.notice().unwrap().contains("f.torn"));
                    let kept = fs::read(&torn).unwrap();
                    assert_eq!(kept.strip_suffix(b"\n").unwrap(), &bytes[end..cut]);
                    fs::remove_file(&torn).unwrap();
                }
                file.append("9").unwrap();
                assert_eq!(lines_of(&path).unwrap().last().unwrap(), "9");
                assert_eq!(lines_of(&path).unwrap().len(), whole + 1);
            }
        }
    }

    #[test]
    fn a_flipped_byte_is_an_error_or_a_prefix() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        let lines = sample(&path);
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            for mask in [1, 0x20, 0x80] {
                let mut flipped = bytes.clone();
                flipped[at] ^= mask;
                fs::write(&path, &flipped).unwrap();
                if let Ok(read) = lines_of(&path) {
                    assert!(read.len() < lines.len() && lines.starts_with(&read), "byte {at}");
                }
            }
        }
    }

    #[test]
    fn lines_left_out_doubled_or_moved_are_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        sample(&path);
        let text = fs::read_to_string(&path).unwrap();
        let l: Vec<&str> = text.split_inclusive('\n').collect();
        for order in [&[0, 2, 3][..], &[0, 1, 1, 2, 3], &[0, 2, 1, 3]] {
            let shuffled: String = order.iter().map(|n| l[*n]).collect();
            fs::write(&path, shuffled).unwrap();
            let error = lines_of(&path).unwrap_err().to_string();
            assert!(error.contains("line ") && error.contains("backup"), "{error}");
        }
    }

    #[test]
    fn what_the_reader_refuses_names_the_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        sample(&path);
        let refuse = |n: u64, _: &str| if n == 3 { Err("no".to_owned()) } else { Ok(()) };
        let error = read(&path, "Use a backup", &mut { refuse }).unwrap_err().to_string();
        assert!(error.contains("line 3 cannot be used: no"), "{error}");
    }
}
