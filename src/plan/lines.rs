//! Where every path of a plan stands in its text, for "go to line" and for errors.
//!
//! `ron` gives values without places, so this scanner reads the same text once more, for its
//! brackets, names and commas only. It judges nothing: any text gives places as far as they can be
//! followed. It has no recursion, and it stops at a depth, a length of lists and a number of
//! places that no plan reaches, so that hostile text costs no more than reading it.
//!
//! Paths are those of the values: the name of a choice that carries something is a step
//! (`distribution.rail_optimised.rail`, `quantity.fixed`); `Some(…)` and struct names, which begin
//! with a capital letter, are not.

use crate::model::{Limits, SpecPath};
use std::collections::BTreeMap;
use std::ops::Range;

/// A line and a column, both from 1; columns count characters.
pub(super) type Position = (usize, usize);

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Of a field, its name; of a list item, its first character.
    pub at: Position,
    /// Where its value begins.
    pub value_at: Position,
    /// The bytes of its value.
    pub value: Range<usize>,
}

/// What a scan found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The place of every path.
    pub places: BTreeMap<SpecPath, Place>,
    /// True if there is a comment.
    pub has_comments: bool,
    /// A list or map with more than [`Limits::LIST_ITEMS`] items; the scan ended there.
    pub too_long: Option<SpecPath>,
}

/// Deeper than any plan nests.
const MAX_DEPTH: usize = 64;
/// More places than the lists of a plan of reasonable size can give.
const MAX_PLACES: usize = 400_000;
/// Longer names are cut, so that paths stay short.
const MAX_NAME_CHARS: usize = 100;

/// Finds the places of `text`.
pub(super) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner {
        cursor: Cursor { text, byte: 0, at: (1, 1), has_comments: false },
        frames: vec![Frame::new(SpecPath::default(), Items::Itself)],
        scan: Scan::default(),
    };
    while scanner.step() && scanner.scan.places.len() < MAX_PLACES {}
    scanner.scan.has_comments = scanner.cursor.has_comments;
    scanner.scan
}

/// What stands before a place where a text cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Before {
    /// Where the last token before it ends: that is where a comma is missing, not at what follows.
    pub end: Position,
    /// Where that token begins, if it is a text in quotes of several lines: such a one has most
    /// likely no closing quote.
    pub long_text: Option<Position>,
}

/// Looks at the tokens before a place.
pub(super) fn before(text: &str, place: Position) -> Before {
    let mut cursor = Cursor { text, byte: 0, at: (1, 1), has_comments: false };
    let mut before = Before { end: (1, 1), long_text: None };
    loop {
        cursor.skip_space();
        let (byte, at) = (cursor.byte, cursor.at);
        if at >= place || cursor.token().is_none() {
            return before;
        }
        let is_long = cursor.since(byte).starts_with('"') && cursor.at.0 > at.0;
        before = Before { end: cursor.at, long_text: is_long.then_some(at) };
    }
}

/// A bracket that nothing closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// Where it opens.
    pub at: Position,
    /// What would close it.
    pub closer: char,
    /// The line that is not within it any more, by what it is indented.
    pub before_line: usize,
}

/// The first bracket that nothing closes, as far as kinds of brackets and the indents of lines tell:
/// the count of brackets alone says only that one is missing somewhere. `None` if brackets are
/// balanced, if one too many closes, or if a text in quotes goes over lines, for that may be what is
/// not closed.
pub(super) fn unclosed(text: &str) -> Option<Unclosed> {
    let indents: Vec<usize> = text.lines().map(indent).collect();
    let indent_at = |line: usize| indents.get(line.saturating_sub(1)).copied().unwrap_or_default();
    let mut cursor = Cursor { text, byte: 0, at: (1, 1), has_comments: false };
    let mut open: Vec<(char, Position)> = Vec::new();
    let mut outdented = None;
    let found = loop {
        cursor.skip_space();
        let (byte, at) = (cursor.byte, cursor.at);
        let Some(token) = cursor.token() else {
            break outdented.filter(|_| !open.is_empty())?;
        };
        let first = cursor.since(byte).chars().next().unwrap_or_default();
        match token {
            Token::Open if open.len() >= MAX_DEPTH => return None,
            Token::Open => open.push((closer_of(first), at)),
            Token::Close => {
                let opened = open.pop()?;
                if opened.0 != first {
                    break outdented.unwrap_or(opened);
                }
                let begins_line = indent_at(at.0) + 1 == at.1;
                if begins_line && indent_at(at.0) < indent_at(opened.1.0) {
                    outdented.get_or_insert(opened);
                }
            }
            Token::Text(_) if cursor.at.0 > at.0 => return None,
            _ => {}
        }
    };
    let (closer, at) = found;
    let after = text.lines().enumerate().skip(at.0).filter(|(_, line)| !line.trim().is_empty());
    let mut outside = after.filter(|(_, line)| indent(line) <= indent_at(at.0));
    let before_line = outside.next().map_or(indents.len(), |(n, _)| n + 1);
    Some(Unclosed { at, closer, before_line })
}

fn closer_of(opener: char) -> char {
    match opener {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// Characters of space that a line begins with.
fn indent(line: &str) -> usize {
    line.chars().take_while(|c| is_space(*c)).count()
}

/// How the path of an item without a name follows from the path of what holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Items {
    /// It is the same: what stands in `fixed(…)` or `Some(…)`, and the plan itself.
    Itself,
    /// By its position.
    Numbered,
}

/// An open bracket.
struct Frame {
    path: SpecPath,
    items: Items,
    /// Items begun.
    count: usize,
    /// The field whose value comes next, and where its name stands.
    field: Option<(SpecPath, Position)>,
    /// The places that end where the bracket closes.
    opened: Vec<SpecPath>,
}

impl Frame {
    fn new(path: SpecPath, items: Items) -> Self {
        Self { path, items, count: 0, field: None, opened: Vec::new() }
    }
}

enum Token<'a> {
    Open,
    Close,
    Comma,
    /// A name or a number.
    Word(&'a str),
    /// A text literal with its quotes.
    Text(&'a str),
    /// A stray character.
    Other,
}

struct Scanner<'a> {
    cursor: Cursor<'a>,
    frames: Vec<Frame>,
    scan: Scan,
}

impl Scanner<'_> {
    /// Takes one token. False at the end.
    fn step(&mut self) -> bool {
        self.cursor.skip_space();
        let (start, at) = (self.cursor.byte, self.cursor.at);
        let Some(token) = self.cursor.token() else { return false };
        let end = self.cursor.byte;
        match token {
            Token::Other => true,
            Token::Comma => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.field = None;
                }
                true
            }
            Token::Close => {
                if self.frames.len() > 1 {
                    for path in self.frames.pop().map(|frame| frame.opened).unwrap_or_default() {
                        if let Some(place) = self.scan.places.get_mut(&path) {
                            place.value.end = end;
                        }
                    }
                }
                true
            }
            Token::Open => {
                let Some(path) = self.begin_item(at, start..end) else { return false };
                self.open(path.clone(), Items::Numbered, vec![path])
            }
            Token::Word(_) | Token::Text(_) if self.cursor.next_is(':') => {
                self.cursor.skip_space();
                self.cursor.bump();
                let name = match token {
                    Token::Text(literal) => {
                        ron::from_str(literal).unwrap_or_else(|_| literal.to_owned())
                    }
                    Token::Word(word) => word.strip_prefix("r#").unwrap_or(word).to_owned(),
                    _ => String::new(),
                };
                let name: String = name.chars().take(MAX_NAME_CHARS).collect();
                if let Some(frame) = self.frames.last_mut() {
                    frame.field = Some((frame.path.field(&name), at));
                }
                true
            }
            Token::Word(word) => {
                let Some(path) = self.begin_item(at, start..end) else { return false };
                if !self.cursor.next_is('(') {
                    return true;
                }
                self.cursor.skip_space();
                self.cursor.bump();
                if word.starts_with(|c: char| c.is_uppercase()) {
                    return self.open(path.clone(), Items::Itself, vec![path]);
                }
                let choice = path.field(&word.chars().take(MAX_NAME_CHARS).collect::<String>());
                self.note(&choice, at, at, start..end);
                self.open(choice.clone(), Items::Itself, vec![path, choice])
            }
            Token::Text(_) => self.begin_item(at, start..end).is_some(),
        }
    }

    /// Notes the place of the value that begins here, and gives its path.
    fn begin_item(&mut self, at: Position, value: Range<usize>) -> Option<SpecPath> {
        let frame = self.frames.last_mut()?;
        if frame.count >= Limits::LIST_ITEMS {
            self.scan.too_long = Some(frame.path.clone());
            return None;
        }
        let (path, name_at) = match (frame.field.take(), frame.items) {
            (Some(named), _) => named,
            (None, Items::Itself) => (frame.path.clone(), at),
            (None, Items::Numbered) => (frame.path.index(frame.count), at),
        };
        frame.count += 1;
        self.note(&path, name_at, at, value);
        Some(path)
    }

    fn note(&mut self, path: &SpecPath, at: Position, value_at: Position, value: Range<usize>) {
        // The first of two stands: `ron` refuses the second.
        self.scan.places.entry(path.clone()).or_insert(Place { at, value_at, value });
    }

    fn open(&mut self, path: SpecPath, items: Items, opened: Vec<SpecPath>) -> bool {
        let mut frame = Frame::new(path, items);
        frame.opened = opened;
        self.frames.push(frame);
        self.frames.len() <= MAX_DEPTH
    }
}

struct Cursor<'a> {
    text: &'a str,
    byte: usize,
    at: Position,
    has_comments: bool,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.byte..).unwrap_or_default()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.byte += c.len_utf8();
        self.at = if c == '\n' { (self.at.0 + 1, 1) } else { (self.at.0, self.at.1 + 1) };
        Some(c)
    }

    fn bump_over(&mut self, part: &str) {
        for _ in part.chars() {
            self.bump();
        }
    }

    /// Skips to the end of the next `end`, or of the text.
    fn bump_past(&mut self, end: &str) {
        while !self.rest().is_empty() && !self.rest().starts_with(end) {
            self.bump();
        }
        self.bump_over(if self.rest().is_empty() { "" } else { end });
    }

    /// True if `wanted` comes next, space and comments aside.
    fn next_is(&mut self, wanted: char) -> bool {
        let (byte, at) = (self.byte, self.at);
        self.skip_space();
        let found = self.rest().starts_with(wanted);
        (self.byte, self.at) = (byte, at);
        found
    }

    fn skip_space(&mut self) {
        loop {
            let rest = self.rest();
            if rest.starts_with(is_space) {
                self.bump();
            } else if rest.starts_with("//") {
                self.has_comments = true;
                self.bump_past("\n");
            } else if rest.starts_with("/*") {
                self.has_comments = true;
                self.skip_block_comment();
            } else if rest.starts_with("#!") {
                // An attribute of the file, such as `#![enable(implicit_some)]`.
                self.bump_past("]");
            } else {
                return;
            }
        }
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            if self.rest().starts_with("/*") {
                self.bump_over("/*");
                depth += 1;
            } else if self.rest().starts_with("*/") {
                self.bump_over("*/");
                depth -= 1;
            } else if self.bump().is_none() {
                return;
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn token(&mut self) -> Option<Token<'a>> {
        let start = self.byte;
        let rest = self.rest();
        let hashes =
            rest.strip_prefix('r').map(|rest| rest.bytes().take_while(|b| *b == b'#').count());
        if let Some(hashes) = hashes
            && rest.get(1 + hashes..).is_some_and(|rest| rest.starts_with('"'))
        {
            self.bump_past("\"");
            self.bump_past(&format!("\"{}", "#".repeat(hashes)));
            return Some(Token::Text(self.since(start)));
        }
        if rest.starts_with("r#") {
            self.bump_over("r#");
        }
        let word = self.rest().find(is_delimiter).unwrap_or(self.rest().len());
        if word > 0 {
            self.bump_over(self.rest().get(..word).unwrap_or_default());
            return Some(Token::Word(self.since(start)));
        }
        Some(match self.bump()? {
            '(' | '[' | '{' => Token::Open,
            ')' | ']' | '}' => Token::Close,
            ',' => Token::Comma,
            '"' => {
                while let Some(c) = self.bump() {
                    match c {
                        '\\' => drop(self.bump()),
                        '"' => break,
                        _ => {}
                    }
                }
                Token::Text(self.since(start))
            }
            '\'' => {
                if self.bump() == Some('\\') {
                    self.bump();
                }
                self.bump_past("'");
                Token::Text(self.since(start))
            }
            _ => Token::Other,
        })
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.byte).unwrap_or_default()
    }
}

/// White space as `ron` has it.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200E}' | '\u{200F}')
}

fn is_delimiter(c: char) -> bool {
    is_space(c)
        || matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | ',' | ':' | '"' | '\'' | '/' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_of_paths() {
        let text = r##"#![enable(implicit_some)]
// ( not a bracket
(a: 1, /* [ /* nested */ */ b : [
    (c: "x)\"", d: fixed(3)),
    Some((c: r#"y"("#, d: rail(e: 5))),
], f: {"k.1": 'z', "é": Name(g: 2)}, r#h: none)"##;
        let found = scan(text);
        let shown: Vec<String> = found
            .places
            .iter()
            .map(|(path, place)| {
                let value = text.get(place.value.clone()).unwrap();
                let value = if value.len() > 12 { "…" } else { value };
                format!("{path} {}:{} {value}", place.at.0, place.at.1)
            })
            .collect();
        assert_eq!(
            shown,
            [
                " 3:1 …",
                "a 3:2 1",
                "b 3:29 …",
                "b[0] 4:5 …",
                r#"b[0].c 4:6 "x)\"""#,
                "b[0].d 4:17 fixed(3)",
                "b[0].d.fixed 4:20 fixed(3)",
                "b[1] 5:5 …",
                r##"b[1].c 5:11 r#"y"("#"##,
                "b[1].d 5:24 rail(e: 5)",
                "b[1].d.rail 5:27 rail(e: 5)",
                "b[1].d.rail.e 5:32 5",
                "f 6:4 …",
                "f.k.1 6:8 'z'",
                "f.é 6:20 Name(g: 2)",
                "f.é.g 6:30 2",
                "h 6:38 none",
            ]
        );
        assert!(found.has_comments);
        assert!(!scan("(a: \"// no comment\")").has_comments);
    }

    #[test]
    fn a_bracket_that_nothing_closes_is_found() {
        let check = |text: &str, expected: Option<(Position, char, usize)>| {
            let found = unclosed(text).map(|found| (found.at, found.closer, found.before_line));
            assert_eq!(found, expected, "{text}");
        };
        let whole =
            "(\n  a: (\n    b: [\n      1,\n    ],\n  ),\n  c: (\n    d: {\n    },\n  ),\n)\n";
        check(whole, None);
        check(&whole.replacen("\n    ],", "", 1), Some(((3, 8), ']', 5)));
        check(&whole.replacen("\n  ),\n  c", "\n  c", 1), Some(((2, 6), ')', 6)));
        check(&whole.replacen("\n    },", "", 1), Some(((8, 8), '}', 9)));
        // Too early an end, one too many, a quote that is not closed: other words are better.
        for other in ["(", "(a: (", "())", "(a: \"x\n)", "", "(a: 1)"] {
            check(other, None);
        }
        check("(a: [1, 2), b: 3)", Some(((1, 5), ']', 1)));
        check(&"[".repeat(100_000), None);
    }

    #[test]
    fn hostile_text_ends_early() {
        let check = |text: String, most: usize| assert!(scan(&text).places.len() <= most);
        check("[".repeat(1_000_000), MAX_DEPTH + 1);
        check(format!("[{}]", "1,".repeat(1_000_000)), Limits::LIST_ITEMS + 1);
        check("/*".repeat(1_000_000), 0);
        check(format!("({}: 1)", "x".repeat(1_000_000)), 2);
        let found = scan(&format!("(a: [{}])", "1,".repeat(Limits::LIST_ITEMS + 1)));
        assert_eq!(found.too_long, Some(SpecPath::new("a")));
        let found = scan(&format!("(a: [{}])", "1,".repeat(Limits::LIST_ITEMS)));
        assert_eq!(found.too_long, None);
    }

    proptest! {
        #[test]
        fn any_text_has_places_inside_it(text in any::<String>(), marks in "[\\[({})\\],:\"'/*#!ra \\n\\\\-]{0,60}") {
            for text in [text, marks] {
                if let Some(found) = unclosed(&text) {
                    prop_assert!(found.at.0 <= found.before_line);
                }
                for place in scan(&text).places.values() {
                    prop_assert!(text.get(place.value.clone()).is_some());
                }
            }
        }
    }
}
