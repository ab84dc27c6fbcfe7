//! What is typed into a field, read as a value of the plan's tree, and back.

use crate::catalog::{Breakout, PortList};
use crate::model::{EditValue, Limits};
use serde_json::{Value, json};

/// Cages such as `1-32` or `1-63:2`; nothing leaves them out where that may be.
pub(super) fn ports(text: &str, optional: bool) -> Result<EditValue, String> {
    match text.trim() {
        "" if optional => Ok(EditValue::left_out()),
        text => match PortList::parse(text) {
            Ok(_) => Ok(EditValue::Text(text.to_owned())),
            Err(error) => Err(sentence(&error.to_string())),
        },
    }
}

/// The cages of a list; none if it cannot be read.
pub(super) fn cages(text: &str) -> Vec<u16> {
    PortList::parse(text).map_or_else(|_| Vec::new(), |list| list.cages().to_vec())
}

/// A breakout such as `2x400`.
pub(super) fn breakout(text: &str) -> Result<EditValue, String> {
    match text.trim().parse::<Breakout>() {
        Ok(breakout) => Ok(EditValue::Text(breakout.to_string())),
        Err(error) => Err(sentence(&error)),
    }
}

/// A number of devices, or nothing for as many as the links need.
pub(super) fn quantity(text: &str) -> Result<EditValue, String> {
    match text.trim() {
        "" | "automatic" => Ok(EditValue::Text("automatic".to_owned())),
        text => crate::app::widgets::whole_number(text)
            .map(|number| EditValue::Number(u64::from(number)))
            .ok_or_else(|| "Write a whole number, or nothing for automatic.".to_owned()),
    }
}

/// A list of numbers as text, neighbours as ranges.
pub(super) fn numbers_text(value: Option<&Value>) -> String {
    let numbers = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64);
    let mut terms: Vec<String> = Vec::new();
    let mut rest = numbers.peekable();
    while let Some(first) = rest.next() {
        let mut last = first;
        while let Some(next) = rest.next_if(|next| Some(*next) == last.checked_add(1)) {
            last = next;
        }
        terms.push(match last - first {
            0 => first.to_string(),
            1 => format!("{first}, {last}"),
            _ => format!("{first}-{last}"),
        });
    }
    terms.join(", ")
}

/// Numbers and ranges parted by commas, in the order in which they were typed.
pub(super) fn numbers(text: &str) -> Result<EditValue, String> {
    let wrong = |term: &str| {
        let shown: String = term.chars().take(40).collect();
        format!("`{shown}` is no number or range; write numbers such as 3, 7-9.")
    };
    let mut numbers: Vec<u32> = Vec::new();
    for term in text.split(',').map(str::trim).filter(|term| !term.is_empty()) {
        let digits = |text: &str| {
            let text = text.trim();
            let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| text.parse::<u32>().ok()).flatten()
        };
        let (first, last) = match term.split_once('-') {
            Some((first, last)) => (digits(first), digits(last)),
            None => (digits(term), digits(term)),
        };
        let (Some(first), Some(last)) = (first, last) else { return Err(wrong(term)) };
        if first > last {
            return Err(wrong(term));
        }
        let room = Limits::LIST_ITEMS.saturating_sub(numbers.len());
        if (last - first) as usize >= room {
            return Err(format!("There are more than {} numbers.", Limits::LIST_ITEMS));
        }
        numbers.extend(first..=last);
    }
    Ok(if numbers.is_empty() { EditValue::left_out() } else { EditValue::Tree(json!(numbers)) })
}

/// A list of texts on one line.
pub(super) fn texts_text(value: Option<&Value>) -> String {
    let texts = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    texts.map(quoted).collect::<Vec<_>>().join(", ")
}

/// Texts parted by commas; one that has a comma stands in quotes.
pub(super) fn texts(text: &str) -> EditValue {
    EditValue::Tree(json!(parts(text)))
}

/// The parts of a list on one line, as a spreadsheet would write it.
fn parts(text: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let records = reader.records().filter_map(Result::ok);
    let parts = records.flat_map(|record| record.iter().map(str::to_owned).collect::<Vec<_>>());
    parts.filter(|part| !part.is_empty()).collect()
}

/// A part of such a list, in quotes where it would else be several.
fn quoted(part: &str) -> String {
    let plain = !part.contains([',', '"', '\n', '\r']) && part.trim() == part;
    if plain { part.to_owned() } else { format!("\"{}\"", part.replace('"', "\"\"")) }
}

/// Labels on one line.
pub(super) fn labels_text(value: Option<&Value>) -> String {
    let labels = value.and_then(Value::as_object).into_iter().flatten();
    let labels = labels.map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or("")));
    labels.map(|label| quoted(&label)).collect::<Vec<_>>().join(", ")
}

/// Names and values such as `environment=lab, owner=net`.
pub(super) fn labels(text: &str) -> Result<EditValue, String> {
    let mut labels = serde_json::Map::new();
    for term in parts(text) {
        let Some((name, value)) = term.split_once('=').filter(|(name, _)| !name.trim().is_empty())
        else {
            let shown: String = term.chars().take(40).collect();
            return Err(format!("`{shown}` is no label; write name=value."));
        };
        labels.insert(name.trim().to_owned(), Value::from(value.trim()));
    }
    Ok(if labels.is_empty() { EditValue::left_out() } else { EditValue::Tree(labels.into()) })
}

/// The value of a way of spreading, with something to go on from where it has fields.
pub(super) fn distribution(name: &str) -> EditValue {
    match name {
        "alternating" => EditValue::Tree(json!({ "alternating": {} })),
        "rail_optimised" => EditValue::Tree(json!({
            "rail_optimised": { "rail": 0, "packing": "dedicated" },
        })),
        name => EditValue::Text(name.to_owned()),
    }
}

/// The ids of rows.
pub(super) fn ids(rows: Option<&Vec<Value>>) -> Vec<String> {
    let ids = rows.into_iter().flatten().filter_map(|row| row.get("id")?.as_str());
    ids.map(str::to_owned).collect()
}

/// An error as a sentence: it begins with a capital and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    let whole: String = first.chain(chars).collect();
    if whole.ends_with('.') { whole } else { whole + "." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_with_a_comma_stays_one() {
        for (texts, shown) in [
            (json!(["a", "b"]), "a, b"),
            (json!(["a, b", "c"]), "\"a, b\", c"),
            (json!(["so \"called\""]), "\"so \"\"called\"\"\""),
        ] {
            assert_eq!(texts_text(Some(&texts)), shown);
            assert_eq!(super::texts(shown), EditValue::Tree(texts), "{shown}");
        }
        let held = json!({ "note": "a, b=c", "owner": "net" });
        let shown = labels_text(Some(&held));
        assert_eq!(shown, "\"note=a, b=c\", owner=net");
        assert_eq!(labels(&shown), Ok(EditValue::Tree(held)));
    }

    #[test]
    fn numbers_come_back_as_they_went() {
        for (text, expected, shown) in [
            ("3, 7-9", json!([3, 7, 8, 9]), "3, 7-9"),
            (" 2,1 ,1", json!([2, 1, 1]), "2, 1, 1"),
            ("4-5", json!([4, 5]), "4, 5"),
        ] {
            let EditValue::Tree(read) = numbers(text).unwrap() else { panic!("{text}") };
            assert_eq!(read, expected, "{text}");
            assert_eq!(numbers_text(Some(&read)), shown, "{text}");
        }
        assert_eq!(numbers(" , "), Ok(EditValue::left_out()));
        for (text, part) in [
            ("x", "`x` is no number"),
            ("9-7", "`9-7`"),
            ("1-", "`1-`"),
            ("-1", "`-1`"),
            ("1-4294967295", "more than"),
        ] {
            assert!(numbers(text).unwrap_err().contains(part), "{text}");
        }
    }

    #[test]
    fn labels_and_texts_come_back_as_they_went() {
        let EditValue::Tree(read) = labels("b=2, a = x=y ,").unwrap() else { panic!() };
        assert_eq!(read, json!({ "a": "x=y", "b": "2" }));
        assert_eq!(labels_text(Some(&read)), "a=x=y, b=2");
        assert!(labels("lab").unwrap_err().contains("`lab` is no label"));
        assert!(labels("=lab").is_err());
        let EditValue::Tree(read) = texts(" a,, b c ,") else { panic!() };
        assert_eq!(texts_text(Some(&read)), "a, b c");
    }

    #[test]
    fn what_cannot_be_read_says_so() {
        assert_eq!(ports("", true), Ok(EditValue::left_out()));
        assert!(ports("", false).is_err());
        assert!(ports("9-1", true).unwrap_err().ends_with('.'));
        assert_eq!(quantity(""), Ok(EditValue::Text("automatic".to_owned())));
        assert_eq!(quantity("1,024"), Ok(EditValue::Number(1_024)));
        assert!(quantity("few").is_err());
        assert!(breakout("2x").is_err());
    }
}
