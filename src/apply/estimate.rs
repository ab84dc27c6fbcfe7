//! How long a run will take: its objects and batches, and the time at a rate that was measured.

use super::steps::steps;
use crate::diff::{ChangeSet, Counts};
use crate::model::counted;

/// What a run will do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Objects to write, by kind.
    pub objects: Counts,
    /// Prerequisites to make.
    pub prerequisites: u64,
    /// Batches; each is written whole or not at all.
    pub batches: u64,
    /// Seconds, rounded up, at the rate of an earlier run; `None` if none was measured.
    pub seconds: Option<u64>,
}

/// Estimates a run. `pace` is how many objects an earlier one wrote in how many milliseconds.
pub fn estimate(changes: &ChangeSet, pace: Option<(u64, u64)>) -> Estimate {
    let mut objects = changes.added();
    for more in [changes.modified(), changes.deleted()] {
        objects.devices += more.devices;
        objects.interfaces += more.interfaces;
        objects.cables += more.cables;
    }
    // Where a cable goes is not known before it is read; that moves items between batches only.
    let steps = steps(changes, &|_| [None, None]);
    let batches = steps.iter().map(|step| step.items.len().div_ceil(step.batch.max(1)) as u64);
    let seconds = pace.filter(|(written, _)| *written > 0).map(|(written, took_ms)| {
        objects.total().saturating_mul(took_ms).div_ceil(written.saturating_mul(1000))
    });
    Estimate {
        objects,
        prerequisites: changes.prerequisites.len() as u64,
        batches: batches.sum(),
        seconds,
    }
}

impl Estimate {
    /// `5,724 objects in 61 batches, about 2 s at the rate of the last run`.
    pub fn text(&self) -> String {
        let objects = counted(self.objects.total(), "object", "objects");
        let batches = counted(self.batches, "batch", "batches");
        let time = match self.seconds {
            None => "no run of this plan was measured yet, so the time is not known".to_owned(),
            Some(seconds @ 0..120) => format!("about {seconds} s at the rate of the last run"),
            Some(seconds) => {
                format!("about {} min at the rate of the last run", seconds.div_ceil(60))
            }
        };
        format!("{objects} in {batches}, {time}")
    }
}
