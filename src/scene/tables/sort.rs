//! Puts rows in order by whole numbers: sizes, or places of texts among each other.
//!
//! The key of a row and its place before are packed into one number, so the sort needs no
//! comparison but that of numbers, and rows of equal keys stay as they were.

use super::Direction;
use crate::model::{Cancelled, Progress};

/// The order of rows by a key. Rows without one come last, whatever the direction.
pub(super) fn by(
    order: &[u32],
    direction: Direction,
    progress: &Progress,
    key: impl Fn(u32) -> Option<u32>,
) -> Result<Vec<u32>, Cancelled> {
    let mut packed: Vec<u64> = Vec::with_capacity(order.len());
    let mut place = 0u64;
    for rows in order.chunks(super::ROWS_AT_ONCE) {
        progress.check()?;
        for row in rows {
            let key = key(*row).map(|key| key.min(u32::MAX - 1));
            let key = key.map_or(u32::MAX, |key| match direction {
                Direction::Ascending => key,
                Direction::Descending => u32::MAX - 1 - key,
            });
            packed.push(u64::from(key) << 32 | place);
            place += 1;
        }
    }
    packed.sort_unstable();
    progress.check()?;
    // The low half is the place.
    let row = |packed: u64| order.get((packed & u64::from(u32::MAX)) as usize).copied();
    Ok(packed.into_iter().filter_map(row).collect())
}
