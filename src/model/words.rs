//! Words around numbers and names, alike in findings, the window and the command line.

/// A number with commas between thousands: `1,856`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and what it counts: `1 leaf`, `1,024 leaves`.
pub fn counted(n: impl Into<u64>, one: &str, many: &str) -> String {
    let n = n.into();
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// Names in a sentence: `` `a`, `b` and `c` ``. Of many the first eight.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>, or: &str) -> String {
    let mut names = names.into_iter();
    let mut shown: Vec<String> = names
        .by_ref()
        .take(8)
        .map(|name| format!("`{}`", name.chars().take(60).collect::<String>()))
        .collect();
    match names.count() as u64 {
        0 => {}
        more => shown.push(format!("{} more", grouped(more))),
    }
    let last = shown.pop().unwrap_or_default();
    if shown.is_empty() { last } else { format!("{} {or} {last}", shown.join(", ")) }
}

/// The same text in one line. Names come from files that others write too: a control character
/// must not reach a terminal, nor a line break forge a line.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed() {
        let check = |names: &[&str], expected: &str| {
            assert_eq!(listed(names.iter().copied(), "or"), expected);
        };
        check(&[], "");
        check(&["a"], "`a`");
        check(&["a", "b"], "`a` or `b`");
        check(&["a", "b", "c"], "`a`, `b` or `c`");
        check(&["a"; 9], "`a`, `a`, `a`, `a`, `a`, `a`, `a`, `a` or 1 more");
    }

    #[test]
    fn figures_are_grouped_and_counted() {
        for (n, expected, counted_so) in [
            (0, "0", "0 leaves"),
            (1, "1", "1 leaf"),
            (999, "999", "999 leaves"),
            (1_856, "1,856", "1,856 leaves"),
            (1_234_567, "1,234,567", "1,234,567 leaves"),
        ] {
            assert_eq!(grouped(n), expected);
            assert_eq!(counted(n, "leaf", "leaves"), counted_so);
        }
    }
}
