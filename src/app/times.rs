//! Times in words: moments of records in UTC, as everybody's records have them, and ages in whole
//! minutes.
//!
//! Panels ask no clock: what a frame takes for now is in the model, so that the same model is
//! drawn the same.

use crate::workflow::time_of;
use std::time::{Duration, Instant};

/// An idle window is not drawn anew sooner than this.
const LEAST_WAIT: Duration = Duration::from_secs(10);

/// What a frame takes for now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// For ages of what happened in this window.
    pub instant: Instant,
    /// For moments of records.
    pub time: jiff::Timestamp,
}

impl Now {
    /// By the clocks of the machine.
    pub fn read() -> Self {
        Self { instant: Instant::now(), time: jiff::Timestamp::now() }
    }

    /// How long ago something was.
    pub fn since(self, then: Instant) -> Duration {
        self.instant.saturating_duration_since(then)
    }
}

/// The moment of a record: `2026-11-24 17:12 UTC`. What names no moment is given back.
pub(super) fn moment(at: &str) -> String {
    time_of(at)
        .map_or_else(|| at.to_owned(), |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// The same in a sentence of now: without the day if that is today.
pub(super) fn recent(at: &str, now: jiff::Timestamp) -> String {
    let day = |time: jiff::Timestamp| time.strftime("%Y-%m-%d").to_string();
    match time_of(at) {
        Some(time) if day(time) == day(now) => time.strftime("%H:%M UTC").to_string(),
        _ => moment(at),
    }
}

/// `read just now`, `read 2 min ago`, `read 3 h ago`.
pub(super) fn read_ago(age: Duration) -> String {
    match age.as_secs() / 60 {
        0 => "read just now".to_owned(),
        minutes @ 1..120 => format!("read {minutes} min ago"),
        minutes => format!("read {} h ago", minutes / 60),
    }
}

/// How long until [`read_ago`] says something else.
pub(super) fn until_it_changes(age: Duration) -> Duration {
    let step = if age.as_secs() < 2 * 3600 { 60 } else { 3600 };
    let next = (age.as_secs() / step + 1) * step;
    Duration::from_secs(next).saturating_sub(age).max(LEAST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_to_the_minute() {
        let at = "2026-11-24T17:12:09.123Z";
        for (now, expected) in [
            ("2026-11-24T23:59:59Z", "17:12 UTC"),
            ("2026-11-25T00:00:00Z", "2026-11-24 17:12 UTC"),
        ] {
            assert_eq!(recent(at, now.parse().expect("a time")), expected);
        }
        for (at, expected) in [(at, "2026-11-24 17:12 UTC"), ("yesterday", "yesterday")] {
            assert_eq!(moment(at), expected);
        }
    }

    #[test]
    fn ages_are_whole_minutes_and_are_looked_at_when_they_change() {
        for (age, expected, wait) in [
            (0.0, "read just now", 60.0),
            (59.0, "read just now", 10.0),
            (61.5, "read 1 min ago", 58.5),
            (119.0 * 60.0, "read 119 min ago", 60.0),
            (120.0 * 60.0, "read 2 h ago", 3600.0),
        ] {
            let age = Duration::from_secs_f64(age);
            assert_eq!(read_ago(age), expected);
            assert_eq!(until_it_changes(age), Duration::from_secs_f64(wait));
        }
    }
}
