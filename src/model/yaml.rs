//! YAML from strangers, read within limits.
//!
//! Other tools' files come as YAML, whose anchors and nesting can make a small file cost a lot.
//! One reader with one set of limits serves every importer: at most [`MAX_BYTES`] of text, one
//! document, [`MAX_DEPTH`] levels, [`MAX_NODES`] values, and [`MAX_ALIASES`] aliases that bring at
//! most [`MAX_REPLAYED`] values back. A key that stands twice in a map is an error. What is wrong
//! is said with its line and column and, where it is known, its path.

use super::SpecPath;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use std::fmt;

/// The largest text, in bytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The deepest nesting of lists and maps.
pub const MAX_DEPTH: usize = 64;
/// The most lists, maps and scalars, aliases replayed included.
pub const MAX_NODES: usize = 500_000;
/// The most aliases (`*name`), and the most anchors (`&name`).
pub const MAX_ALIASES: usize = 1_000;
/// The most parser events that all aliases together may bring back.
pub const MAX_REPLAYED: usize = 100_000;

/// A value and the line it stands on; `yaml::Spanned<String>` in a type that [`read`] fills.
pub use serde_saphyr::Spanned;

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// Line and column, from 1, where they are known.
    pub at: Option<(u64, u64)>,
    /// The place in the document; empty where it is not known.
    pub path: SpecPath,
    /// What is wrong, in a sentence without a full stop.
    pub cause: String,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.at {
            write!(f, "line {line}, column {column}: ")?;
        }
        if !self.path.as_str().is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.cause)
    }
}

impl std::error::Error for YamlError {}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_reader_input_bytes: Some(MAX_BYTES),
            flow_nesting_limit: MAX_DEPTH,
            max_depth: MAX_DEPTH,
            max_documents: 1,
            max_nodes: MAX_NODES,
            max_events: 3 * MAX_NODES,
            max_total_scalar_bytes: MAX_BYTES,
            max_aliases: MAX_ALIASES,
            max_anchors: MAX_ALIASES,
            max_merge_keys: MAX_ALIASES,
            max_recorded_anchor_events: MAX_REPLAYED,
            max_recorded_anchor_bytes: MAX_BYTES,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_REPLAYED,
            max_replay_stack_depth: 8,
            max_alias_expansions_per_anchor: MAX_ALIASES,
        },
        with_snippet: false,
    }
}

/// Reads one document.
///
/// # Errors
/// The text is not YAML, is beyond the limits, or is not of the form that `T` wants.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    let nowhere = |cause: String| YamlError { at: None, path: SpecPath::default(), cause };
    if text.len() > MAX_BYTES {
        return Err(nowhere(format!(
            "the file has {} bytes; at most {MAX_BYTES} are read",
            text.len()
        )));
    }
    let mut path = SpecPath::default();
    let read = serde_saphyr::with_deserializer_from_str_with_options(text, options(), |document| {
        serde_path_to_error::deserialize(document).map_err(|error| {
            path = path_of(error.path());
            error.into_inner()
        })
    });
    read.map_err(|error| {
        let at = error
            .location()
            .filter(|place| place.line() > 0)
            .map(|place| (place.line(), place.column()));
        YamlError { at, path, cause: sentence(&error) }
    })
}

fn path_of(path: &serde_path_to_error::Path) -> SpecPath {
    path.iter().fold(SpecPath::default(), |path, segment| match segment {
        Segment::Seq { index } => path.index(*index),
        Segment::Map { key } => path.field(&clipped(key)),
        Segment::Enum { variant } => path.field(&clipped(variant)),
        Segment::Unknown => path,
    })
}

/// The first line of what the parser says, without its place, which stands in front already.
fn sentence(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let text = text.lines().next().unwrap_or_default();
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let text = match text.strip_prefix("line ").and_then(|rest| rest.split_once(": ")) {
        Some((_, rest)) => rest,
        None => text.split(" at line ").next().unwrap_or(text),
    };
    clipped(text.trim_end_matches('.'))
}

fn clipped(text: &str) -> String {
    let shown: String =
        text.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(200).is_some() { shown + "…" } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Port {
        name: String,
        speed: u32,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Ports {
        ports: Vec<Port>,
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let check = |text: &str, at: (u64, u64), path: &str, cause: &str| {
            let error = read::<Ports>(text).unwrap_err();
            assert_eq!(error.at, Some(at), "{error}");
            assert_eq!(error.path.as_str(), path, "{error}");
            assert!(error.cause.contains(cause), "{error}");
            assert!(!error.cause.contains("line "), "{error}");
        };
        check("ports:\n- name: a\n  speed: many\n", (3, 10), "ports[0].speed", "u32");
        check("ports:\n- name: a\n- 5\n", (2, 3), "ports[0]", "speed");
        check("ports:\n- name: a\n  name: b\n  speed: 1\n", (3, 3), "ports[0]", "duplicate");
    }

    #[test]
    fn text_that_is_no_yaml_is_refused() {
        for text in ["", "ports: [", "\t- a", "ports: !!binary x", "a: b\n---\nc: d\n", "\u{0}"] {
            assert!(read::<Ports>(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_good_document_is_read() {
        let ports: Ports = read("ports:\n  - {name: a, speed: 5}\n").unwrap();
        assert_eq!(ports.ports, [Port { name: "a".to_owned(), speed: 5 }]);
        let merged: BTreeMap<String, BTreeMap<String, u32>> =
            read("a: &a {x: 1}\nb: {<<: *a, y: 2}\n").unwrap();
        assert_eq!(merged["b"], BTreeMap::from([("x".to_owned(), 1), ("y".to_owned(), 2)]));
    }

    #[test]
    fn bombs_do_not_go_off() {
        let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for n in 1..12 {
            let items = vec![format!("*a{}", n - 1); 10].join(", ");
            laughs.push_str(&format!("a{n}: &a{n} [{items}]\n"));
        }
        let deep = "[".repeat(10_000);
        let deep_blocks: String = (0..10_000).map(|n| " ".repeat(n % 500) + "- ").collect();
        let nested = (0..100).fold(String::new(), |text, n| text + &" ".repeat(n) + "a:\n");
        let large = "# ".repeat(MAX_BYTES);
        let wide = format!("[{}]", "1,".repeat(MAX_NODES + 1));
        for text in [laughs, deep, deep_blocks, nested, large, wide] {
            assert!(read::<serde_json::Value>(&text).is_err(), "{:?}", text.get(..40));
        }
    }
}
