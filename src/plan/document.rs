//! Plans as RON text: read with errors that say what to do, written in one canonical form.
//!
//! A file is anyone's: its size, depth, lists and texts have ceilings, and any text gives a plan
//! or a [`LoadError`], never a panic. `ron` does the reading, `serde_path_to_error` names the path
//! where it stopped, and the scanner of `lines` knows where that path stands.
//!
//! `Some` may be left out when reading and always is when writing: `cluster: (…)`. Comments do not
//! survive writing; [`Document::has_comments`] lets the caller warn before.

use super::lines::{Position, Scan, Unclosed, before, scan, unclosed};
use super::{API_VERSION, Plan};
use crate::model::{Limits, SpecPath, nearest};
use ron::error::SpannedError;
use ron::extensions::Extensions;
use ron::ser::PrettyConfig;
use serde::Deserialize;
use serde_json::Value;
use serde_path_to_error::Segment;
use std::collections::BTreeMap;
use std::fmt;

/// A plan and what only its text tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The plan.
    pub plan: Plan,
    /// Line and column, from 1, of every path: of a field its name, of a list item its first
    /// character. Fields that are left out have none. What a choice carries lies below its name:
    /// `distribution.rail_optimised.rail`.
    pub lines: BTreeMap<SpecPath, (usize, usize)>,
    /// True if the text has comments, which writing the plan would lose.
    pub has_comments: bool,
}

/// Why a text is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The file, as it was named to [`read`].
    pub file: String,
    /// The line, from 1, where one can be named.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The field or item; the whole plan if empty.
    pub path: SpecPath,
    /// The text of its value, cut short if long; empty if there is none.
    pub value: String,
    /// What is the matter, without a full stop.
    pub cause: String,
    /// What to do, in a sentence.
    pub remedy: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, ", line {line}, column {column}")?;
        }
        if !self.path.as_str().is_empty() {
            write!(f, ", {}", self.path)?;
        }
        if !self.value.is_empty() {
            write!(f, " = {}", self.value)?;
        }
        write!(f, ": {}. {}", self.cause, self.remedy)
    }
}

impl std::error::Error for LoadError {}

/// Characters of a file's value or name that a message shows.
const SHOWN_CHARS: usize = 60;
/// Brackets within brackets; a plan needs less than half.
const RECURSION: usize = 64;

fn options() -> ron::Options {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .with_recursion_limit(RECURSION)
}

/// Reads a plan. `file_name` only names the file in errors.
///
/// # Errors
/// At the first place where the text is no RON, is no plan of a known version, has an unknown,
/// missing or repeated field, or passes a ceiling of [`Limits`].
pub fn read(file_name: &str, text: &str) -> Result<Document, LoadError> {
    if text.len() as u64 > Limits::FILE_BYTES {
        return Err(LoadError {
            file: file_name.to_owned(),
            line: None,
            column: None,
            path: SpecPath::default(),
            value: String::new(),
            cause: format!(
                "the file has {} bytes, and a plan has at most {}",
                text.len(),
                Limits::FILE_BYTES
            ),
            remedy: "Open a smaller file; classes stand for many equal devices.".to_owned(),
        });
    }
    // Some editors begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Source { file: file_name, text, scan: scan(text) };
    if let Some(path) = &source.scan.too_long {
        return Err(source.error(
            path.clone(),
            format!("this has more than {} items", Limits::LIST_ITEMS),
            "Leave fewer; one class stands for many equal devices.",
        ));
    }
    source.check_version()?;
    let plan = source.parse()?;
    source.check_ceilings(&plan)?;
    let lines = source.scan.places.into_iter().map(|(path, place)| (path, place.at)).collect();
    Ok(Document { plan, lines, has_comments: source.scan.has_comments })
}

/// The canonical text of a plan: fields in the order of the types, one a line, LF, a final line
/// break. Equal plans have equal texts, and [`read`] gives the plan back.
pub fn write(plan: &Plan) -> String {
    let pretty = PrettyConfig::new().new_line("\n");
    match options().to_string_pretty(plan, pretty) {
        Ok(text) => text + "\n",
        // `ron` fails on full disks, deep nesting and types that refuse; here is none of them.
        // Giving back an empty text instead would have it saved over somebody's plan.
        Err(error) => unreachable!("a plan has a text: {error}"),
    }
}

/// `text` on one line, at most `chars` characters.
pub(super) fn clip(text: &str, chars: usize) -> String {
    let mut shown: String =
        text.chars().take(chars).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(chars).is_some() {
        shown.push('…');
    }
    shown
}

/// A text that is being read, and where things stand in it.
struct Source<'a> {
    file: &'a str,
    text: &'a str,
    scan: Scan,
}

impl Source<'_> {
    /// An error about the value at `path`, or about what holds it if it is left out.
    fn error(&self, path: SpecPath, cause: String, remedy: impl Into<String>) -> LoadError {
        let mut known = Some(path.clone());
        while let Some(place) = &known
            && !self.scan.places.contains_key(place)
        {
            known = place.parent().or_else(|| {
                // The whole plan holds its fields, but is no parent in the text of a path.
                (!place.as_str().is_empty()).then(SpecPath::default)
            });
        }
        let place = known.as_ref().and_then(|known| self.scan.places.get(known));
        let value = place
            .filter(|_| known.as_ref() == Some(&path) && !path.as_str().is_empty())
            .and_then(|place| self.text.get(place.value.clone()))
            .unwrap_or_default();
        // A value that cannot be used is the place to look at; for the rest it is the name.
        let at = place.map(|place| if value.is_empty() { place.at } else { place.value_at });
        LoadError {
            file: self.file.to_owned(),
            line: at.map(|at| at.0),
            column: at.map(|at| at.1),
            path,
            value: clip(value, SHOWN_CHARS),
            cause,
            remedy: remedy.into(),
        }
    }

    /// What stands at a path, if the scan came so far.
    fn value_of(&self, path: &SpecPath) -> &str {
        let place = self.scan.places.get(path);
        place.and_then(|place| self.text.get(place.value.clone())).unwrap_or_default()
    }

    /// Speaks before unknown fields do: a file of another version may be different in all else.
    fn check_version(&self) -> Result<(), LoadError> {
        let path = SpecPath::new("api_version");
        let version = ron::from_str::<String>(self.value_of(&path)).ok();
        match version {
            Some(version) if version != API_VERSION => Err(self.error(
                path,
                "this version of the document is not known".to_owned(),
                format!(
                    "Versions known: \"{API_VERSION}\". Open the file with the Heddle that wrote it."
                ),
            )),
            _ => Ok(()),
        }
    }

    fn parse(&self) -> Result<Plan, LoadError> {
        let mut reader = ron::Deserializer::from_str_with_options(self.text, &options())
            .map_err(|error| self.explain(SpecPath::default(), error))?;
        let mut track = serde_path_to_error::Track::new();
        let plan =
            Plan::deserialize(serde_path_to_error::Deserializer::new(&mut reader, &mut track))
                .map_err(|error| {
                    self.explain(spec_path(&track.path()), reader.span_error(error))
                })?;
        reader
            .end()
            .map_err(|error| self.explain(SpecPath::default(), reader.span_error(error)))?;
        Ok(plan)
    }

    /// An error of `ron` at `path`, in the words of a plan.
    fn explain(&self, path: SpecPath, error: SpannedError) -> LoadError {
        use ron::Error;
        let at = error.span.end;
        // Where the brackets or commas are wrong, only the reader knows the place.
        let before = before(self.text, (at.line, at.col));
        let there = |(line, column): Position, cause: &str, remedy: &str| LoadError {
            line: Some(line),
            column: Some(column),
            value: String::new(),
            ..self.error(path.clone(), cause.to_owned(), remedy)
        };
        // A text that is not closed goes on to the next quote, and what follows makes no sense.
        let here = |cause: &str, remedy: &str| match before.long_text {
            Some(begin) => there(begin, NOT_CLOSED.0, NOT_CLOSED.1),
            None => there((at.line, at.col), cause, remedy),
        };
        let brackets = || {
            self.error(
                path.clone(),
                "fields in brackets are expected".to_owned(),
                "Write them as (name: value, …).",
            )
        };
        // What cannot be read may be but a consequence, often lines below.
        let open = unclosed(self.text).filter(|open| open.at < (at.line, at.col));
        if let Some(Unclosed { at, closer, before_line }) = open {
            let mut places = self.scan.places.iter();
            let path = places.find(|(_, place)| place.value_at == at).map(|(path, _)| path.clone());
            return LoadError {
                path: path.unwrap_or_default(),
                ..there(
                    at,
                    "this bracket is not closed",
                    &format!("Close it with `{closer}` before line {before_line}."),
                )
            };
        }
        match error.code {
            Error::NoSuchStructField { expected, found, .. } => {
                let path = last_field(&path, &found);
                let remedy = match nearest(&found, expected.iter().copied()) {
                    Some(name) => format!("Did you mean `{name}`?"),
                    None => format!("Remove it; known here: {}.", expected.join(", ")),
                };
                // A word without a colon after it has no place of its own, and stands where it is read.
                let is_placed = self.scan.places.contains_key(&path);
                let cause = format!("there is no field `{}`", clip(&found, SHOWN_CHARS));
                let error = self.error(path, cause, remedy);
                match is_placed {
                    true => error,
                    false => LoadError { line: Some(at.line), column: Some(at.col), ..error },
                }
            }
            Error::MissingStructField { field, .. } => self.error(
                path.field(field),
                format!("the field `{field}` is missing"),
                format!("Add `{field}: …` between the brackets that open here."),
            ),
            Error::DuplicateStructField { field, .. } => LoadError {
                line: Some(at.line),
                column: Some(at.col),
                ..self.error(
                    last_field(&path, field),
                    format!("the field `{field}` stands here twice"),
                    "Remove one of the two.",
                )
            },
            Error::NoSuchEnumVariant { expected, found, .. } => {
                let choices = expected.join(", ");
                let remedy = match nearest(&found, expected.iter().copied()) {
                    Some(name) => format!("Did you mean `{name}`? Choices: {choices}."),
                    None => format!("Choose one of: {choices}."),
                };
                let cause = format!("`{}` is none of the choices", clip(&found, SHOWN_CHARS));
                self.error(path, cause, remedy)
            }
            Error::ExpectedInteger => self.error(
                path,
                "a whole number is expected".to_owned(),
                "Write digits without quotes, such as 128.",
            ),
            Error::IntegerOutOfBounds | Error::InvalidIntegerDigit { .. }
                if !self.value_of(&path).starts_with(|c: char| c.is_ascii_digit() || c == '-') =>
            {
                self.error(
                    path,
                    "a whole number is expected".to_owned(),
                    "Write digits without quotes, such as 128.",
                )
            }
            Error::IntegerOutOfBounds | Error::InvalidIntegerDigit { .. } => self.error(
                path,
                "this number is too large or has a sign".to_owned(),
                "Write a whole number from 0 to 4294967295.",
            ),
            Error::ExpectedString => self.error(
                path,
                "a text is expected".to_owned(),
                "Write it in double quotes, such as \"dc1\".",
            ),
            Error::ExpectedArray => self.error(
                path,
                "a list is expected".to_owned(),
                "Write its items in square brackets, such as [(…), (…)].",
            ),
            Error::ExpectedMap => self.error(
                path,
                "labels are expected".to_owned(),
                "Write them in braces, such as {\"environment\": \"lab\"}.",
            ),
            Error::ExpectedDifferentStructName { .. } => brackets(),
            Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_)
                if !self.rest(at).is_empty() =>
            {
                brackets()
            }
            Error::ExpectedIdentifier
            | Error::InvalidIdentifier(_)
            | Error::SuggestRawIdentifier(_)
                if !self.rest(at).is_empty() =>
            {
                here(
                    "a name is expected here",
                    "Write a field as name: value, a choice without quotes.",
                )
            }
            Error::InvalidValueForType { expected, .. } => self.error(
                path,
                format!("this is not {}", clip(&expected, SHOWN_CHARS)),
                "Write a value of that kind.",
            ),
            Error::Message(cause) => {
                let remedy = remedy_of_type(&path);
                self.error(path, clip(cause.trim_end_matches('.'), 200), remedy)
            }
            Error::ExceededRecursionLimit => {
                here("the brackets are nested too deep", "Remove the brackets that no field needs.")
            }
            Error::ExpectedComma if before.long_text.is_none() => there(
                before.end,
                "a comma is missing after this",
                "Put a comma between two fields or items.",
            ),
            Error::ExpectedMapColon => here("a colon is missing", "Write a field as name: value."),
            Error::ExpectedStringEnd => here(NOT_CLOSED.0, NOT_CLOSED.1),
            Error::UnclosedBlockComment => here("a comment has no end", "Close it with */."),
            Error::TrailingCharacters => {
                here("something follows after the end of the plan", "Remove it.")
            }
            Error::Eof
            | Error::ExpectedStructLike
            | Error::ExpectedNamedStructLike(_)
            | Error::ExpectedIdentifier
            | Error::InvalidIdentifier(_)
            | Error::SuggestRawIdentifier(_) => here(
                "the file ends too early",
                "Check that it is whole and that every bracket is closed.",
            ),
            other => {
                let words = other.to_string();
                let mut chars = words.chars();
                let cause: String =
                    chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect();
                here(&clip(&cause, 200), "Correct the text at this place.")
            }
        }
    }

    /// What follows a position, without space.
    fn rest(&self, at: ron::error::Position) -> &str {
        let line = self.text.split_inclusive('\n').take(at.line.saturating_sub(1));
        let start = line.map(str::len).sum::<usize>();
        let rest = self.text.get(start..).unwrap_or_default();
        let column = rest.char_indices().nth(at.col.saturating_sub(1));
        column.and_then(|(byte, _)| rest.get(byte..)).unwrap_or_default().trim()
    }

    fn check_ceilings(&self, plan: &Plan) -> Result<(), LoadError> {
        let shorten = |(path, cause)| self.error(path, cause, "Shorten it.");
        match serde_json::to_value(plan) {
            Ok(tree) => ceiling_passed(&tree).map_or(Ok(()), |passed| Err(shorten(passed))),
            Err(error) => Err(shorten((SpecPath::default(), error.to_string()))),
        }
    }
}

/// What is said of a text in quotes that goes on over the end of its line.
const NOT_CLOSED: (&str, &str) = (
    "a text has no closing quote",
    "Close it with a double quote; inside a text write \\\" for a quote.",
);

/// Characters of a label's name.
const NAME_CHARS: usize = 80;

/// The first place of a plan's tree that is larger than a file may have it, and what is too large.
pub(super) fn ceiling_passed(tree: &Value) -> Option<(SpecPath, String)> {
    let mut open = vec![(SpecPath::default(), tree)];
    while let Some((path, value)) = open.pop() {
        let (count, most, what) = match value {
            Value::String(text) => (text.chars().count(), Limits::TEXT_CHARS, "characters"),
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(n, item)| (path.index(n), item)));
                (items.len(), Limits::LIST_ITEMS, "items")
            }
            Value::Object(fields) => {
                open.extend(fields.iter().map(|(name, item)| (path.field(name), item)));
                let longest = fields.keys().map(|name| name.chars().count()).max().unwrap_or(0);
                if longest > NAME_CHARS {
                    (longest, NAME_CHARS, "characters in a name")
                } else {
                    (fields.len(), Limits::LIST_ITEMS, "items")
                }
            }
            _ => continue,
        };
        if count > most {
            return Some((path, format!("this has more than {most} {what}")));
        }
    }
    None
}

/// What to write where a type of its own refused a text.
fn remedy_of_type(path: &SpecPath) -> &'static str {
    match path.as_str().rsplit('.').next() {
        Some("ports") => "Write ports such as \"5\", \"1-32\" or \"1-63:2\".",
        Some("breakout") => "Write lanes x Gb/s, such as \"2x400\".",
        Some("id") => {
            "Write a UUID such as \"67e55044-10b1-426f-9247-bb680e5fe0c8\", as in an older copy of the file."
        }
        _ if path.as_str().starts_with("status") => {
            "Remove the whole `status`; Heddle computes it again."
        }
        _ => "Correct this value.",
    }
}

/// `path` with `name` at its end, once: the reader has it there or one step short of it.
fn last_field(path: &SpecPath, name: &str) -> SpecPath {
    let name = clip(name, 100);
    let ends = path.as_str().rsplit('.').next() == Some(name.as_str());
    if ends { path.clone() } else { path.field(&name) }
}

fn spec_path(path: &serde_path_to_error::Path) -> SpecPath {
    path.iter().fold(SpecPath::default(), |path, segment| match segment {
        Segment::Seq { index } => path.index(*index),
        Segment::Map { key: name } | Segment::Enum { variant: name } => {
            path.field(&clip(name, 100))
        }
        Segment::Unknown => path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::{every_path, full_plan, plans};
    use proptest::prelude::*;

    /// The canonical text of the full plan with one part replaced.
    fn full_with(from: &str, to: &str) -> String {
        let text = write(&full_plan());
        assert!(text.contains(from), "{from} in {text}");
        text.replacen(from, to, 1)
    }

    #[test]
    fn bad_texts_name_place_cause_and_remedy() {
        let failures = std::cell::RefCell::new(Vec::new());
        let line_of = |text: &str, part: &str| {
            text.lines().position(|line| line.contains(part)).expect(part) + 1
        };
        let check = |text: &str, line: usize, path: &str, words: &str| {
            let error = read("plan.ron", text).expect_err(words);
            let shown = error.to_string();
            let place = (error.line, error.path.as_str()) == (Some(line), path);
            let remedy = error.remedy.ends_with(['.', '?']) && error.remedy.len() > 5;
            if !(place && remedy && shown.contains(words) && shown.starts_with("plan.ron, line ")) {
                failures.borrow_mut().push(format!("wanted {line} {path} {words}\n   got {shown}"));
            }
        };
        let changed = |from: &str, to: &str, path: &str, words: &str| {
            let text = full_with(from, to);
            check(&text, line_of(&write(&full_plan()), from), path, words);
        };
        let servers = "spec.cluster.servers";
        changed("servers: 128", "servers: \"x\"", servers, "= \"x\": a whole number");
        changed("servers: 128", "servers: few", servers, "= few: a whole number is expected");
        changed("servers: 128,", "servers: 128", "spec.cluster", "a comma is missing after this");
        changed("site: \"dc1\"", "site: \"dc1", "spec.target", "a text has no closing quote");
        changed(
            "servers: 128",
            "servers: -1",
            servers,
            "= -1: this number is too large or has a sign",
        );
        changed("servers: 128", "servers: 5000000000", servers, "too large");
        changed("servers: 128", "servers: 0xZZ", servers, "whole number");
        changed("servers: 128", "sevrers: 128", "spec.cluster.sevrers", "Did you mean `servers`?");
        changed(
            "servers: 128",
            "colour: 128",
            "spec.cluster.colour",
            "known here: servers, gpus, server_model",
        );
        changed("servers: 128", "servers: 1, servers: 128", servers, "twice");
        changed("site: \"dc1\"", "site: dc1", "spec.target.site", "double quotes");
        changed("site: \"dc1\"", "site: 1", "spec.target.site", "= 1: a text is expected");
        let packing = "spec.cluster.backend.rail_packing";
        changed("packing: dedicated", "packing: dedicate", packing, "Did you mean `dedicated`?");
        changed("packing: dedicated", "packing: x", packing, "Choose one of: dedicated, shared");
        changed("packing: dedicated", "packing: 5", packing, "a name is expected");
        changed(
            "ports: \"1-32\"",
            "ports: \"32-1\"",
            "spec.switch_classes[0].zones[0].ports",
            "runs backwards; write 1-32",
        );
        changed(
            "breakout: \"2x400\"",
            "breakout: \"2by400\"",
            "spec.switch_classes[0].zones[0].breakout",
            "is not a breakout",
        );
        changed("id: \"67e55044", "id: \"67e5504", "metadata.id", "Write a UUID");
        changed(
            "api_version: \"heddle/v1beta1\"",
            "api_version: \"heddle/v9\"",
            "api_version",
            "Versions known: \"heddle/v1beta1\"",
        );
        changed("zones: [", "zones: {", "spec.switch_classes[0].zones", "a list is expected");
        changed("labels: {", "labels: [", "metadata.labels", "labels are expected");
        changed(
            "rail: 3",
            "rial: 3",
            "spec.server_classes[0].connections[0].distribution.rail_optimised.rial",
            "Did you mean `rail`?",
        );
        changed(
            "note: \"kept\"",
            &format!("note: \"{}\"", "x".repeat(2001)),
            "spec.switch_classes[0].note",
            "this has more than 2000 characters",
        );
        changed(
            "switch_classes: [",
            &format!("switch_classes: [{}", "(),".repeat(300)),
            "spec.switch_classes",
            "more than 256 items",
        );
        changed(
            "labels: {",
            &format!("labels: {{\"{}\": \"x\",", "k".repeat(81)),
            "metadata.labels",
            "more than 80 characters in a name",
        );
        changed("devices: 5", "devices: \"x\"", "status.devices", "whole number");
        changed("target: (", "target: ((((((", "spec.target", "a name is expected");

        let labels = full_with("metadata: (", "metadata: (");
        let from = line_of(&labels, "labels: {");
        let end = labels.lines().skip(from).position(|line| line.trim() == "},").expect("its end");
        let mut lines: Vec<&str> = labels.lines().collect();
        lines.remove(from + end);
        let words = format!(
            "this bracket is not closed. Close it with `}}` before line {}",
            from + end + 1
        );
        check(&lines.join("\n"), from, "metadata.labels", &words);

        check("", 1, "", "file ends too early");
        check("(", 1, "", "file ends too early");
        check("x", 1, "", "fields in brackets");
        check("()", 1, "api_version", "`api_version` is missing");
        check(
            "(api_version: \"heddle/v1beta1\",\n metadata: (name: \"a\"))",
            2,
            "metadata.id",
            "Add `id: …`",
        );
        check("(\n/* x", 2, "", "a comment has no end");
        check("(api_version: \"heddle", 1, "api_version", "no closing quote");
        check("(api_version \"x\")", 1, "", "colon");
        check("(\napi_version: \"heddle/v1beta1\"\nmetadata: ())", 2, "", "a comma is missing");
        check(
            &(write(&full_plan()) + "x"),
            write(&full_plan()).lines().count() + 1,
            "",
            "follows after the end",
        );
        let deep = full_with("status: (", &format!("status: (x: {},", "[".repeat(200)));
        let path = format!("status.x{}", "[0]".repeat(29));
        check(&deep, line_of(&deep, "x: ["), &path, "nested too deep");
        let failures = failures.into_inner();
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn a_file_too_large_is_refused_unread() {
        let text = " ".repeat(16 * 1024 * 1024 + 1);
        let error = read("big.ron", &text).unwrap_err().to_string();
        assert!(error.starts_with("big.ron: the file has 16777217 bytes"), "{error}");
    }

    #[test]
    fn large_hostile_texts_are_refused() {
        let start = "(api_version: \"heddle/v1beta1\", status: (x: ";
        for part in ["(", "[", "{", "[1,", "(a:", "a(", "Some(", "\\\"", "/*", "r#", "'", "//\n"] {
            let many = part.repeat(200_000);
            for text in [many.clone(), format!("{start}{many}"), format!("{start}\"{many}")] {
                let error = read("x", &text).expect_err(part).to_string();
                assert!(error.len() < 1_000, "{part}: {error}");
            }
        }
    }

    #[test]
    fn what_people_write_by_hand_is_read() {
        let plan = full_plan();
        let text = write(&plan);
        for text in [
            text.replace('\n', "\r\n"),
            format!("\u{feff}{text}"),
            format!("#![enable(implicit_some)]\n{text}"),
            text.replace("cluster: (", "cluster: Some((").replacen(
                "\n        ),\n        switch",
                "\n        )),\n        switch",
                1,
            ),
            text.replace("cluster: (", "cluster: Cluster("),
        ] {
            assert_eq!(read("x", &text).map(|document| document.plan), Ok(plan.clone()), "{text}");
        }
        let commented = read("x", &text.replacen("servers:", "/* many */ servers:", 1)).unwrap();
        assert!(commented.has_comments);
        assert!(!read("x", &text).unwrap().has_comments);
    }

    #[test]
    fn every_path_has_its_line() {
        let plan = full_plan();
        let text = write(&plan);
        let document = read("x", &text).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (path, _) in every_path(&plan) {
            let (line, column) = *document.lines.get(&path).unwrap_or_else(|| panic!("{path}"));
            let rest = lines.get(line - 1).and_then(|line| line.get(column - 1..)).unwrap();
            let name = path.as_str().rsplit('.').next().unwrap();
            assert!(
                rest.starts_with(name) || rest.starts_with('"') || name.ends_with(']'),
                "{path}: {rest}"
            );
        }
        assert_eq!(document.lines.get(&SpecPath::new("spec.target.site")), Some(&(13, 13)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn plans_survive_their_text(plan in plans()) {
            let text = write(&plan);
            let document = read("x", &text).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(&document.plan, &plan);
            prop_assert_eq!(write(&document.plan), text);
            for (path, _) in every_path(&plan) {
                prop_assert!(document.lines.contains_key(&path), "{}", path);
            }
        }

        #[test]
        fn any_text_gets_an_answer(text in any::<String>()) {
            if let Err(error) = read("x", &text) {
                prop_assert!(error.to_string().len() < 2_000);
            }
        }

        #[test]
        fn any_damage_gets_an_answer(
            cut in any::<prop::sample::Index>(),
            length in 0_usize..40,
            put in "[\\[({})\\],:\"'/*#!rxNone0-9 \\n\\\\é]{0,8}",
        ) {
            let text = write(&full_plan());
            let boundary = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let cut = boundary(cut.index(text.len()));
            let end = boundary((cut + length).min(text.len())).max(cut);
            let damaged = format!("{}{put}{}", text.get(..cut).unwrap(), text.get(end..).unwrap());
            for text in [damaged.as_str(), text.get(..cut).unwrap()] {
                match read("x", text) {
                    Ok(document) => prop_assert_eq!(read("x", &write(&document.plan)).unwrap().plan, document.plan),
                    Err(error) => prop_assert!(error.line.is_some() && !error.remedy.is_empty()),
                }
            }
        }
    }
}
