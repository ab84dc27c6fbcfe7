//! Lengths: whole centimetres, read and written in metres.

/// `0.5` for 50 cm, `12` for 1200.
pub(super) fn text(length_cm: u32) -> String {
    (f64::from(length_cm) / 100.0).to_string()
}

/// The centimetres of a text in metres, with two digits after the point at most.
pub(super) fn parse(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: u32 = match part.len() {
        0 => 0,
        1 => part.parse::<u32>().ok()? * 10,
        2 => part.parse().ok()?,
        _ => return None,
    };
    whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(part)
}
