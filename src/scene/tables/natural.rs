//! The order in which people read names: `leaf-2` before `leaf-10`, whatever the case of letters.
//!
//! A run of digits counts as one number, of any length; everything else is compared letter by
//! letter. Names that are equal so, such as `leaf-2` and `leaf-02`, are told apart by their bytes,
//! so the order is total and the same everywhere.

use std::cmp::Ordering;

/// Compares two names as people do.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let ((x, after_x), (y, after_y)) = (number(left), number(right));
        if !x.is_empty() && !y.is_empty() {
            let (x, y) = (x.trim_start_matches('0'), y.trim_start_matches('0'));
            let order = (x.len(), x).cmp(&(y.len(), y));
            if order.is_ne() {
                return order;
            }
            (left, right) = (after_x, after_y);
            continue;
        }
        let (mut xs, mut ys) = (left.chars(), right.chars());
        match (xs.next(), ys.next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => {
                if x != y {
                    let order = x.to_lowercase().cmp(y.to_lowercase());
                    if order.is_ne() {
                        return order;
                    }
                }
            }
        }
        (left, right) = (xs.as_str(), ys.as_str());
    }
}

/// The digits that a text begins with, and the rest.
fn number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}
