//! The progress of long work, and the wish to stop it.
//!
//! Work is given a [`Progress`] and asks it now and then whether to go on; whoever waits reads
//! the same value from another thread. Counting is atomic and carries no lock. Work that ends well
//! and still has something to say leaves a notice. Nothing of this changes a result: work either
//! ends whole or ends as [`Cancelled`].

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Shared between the work and whoever waits for it. Clones are the same progress.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    cancelled: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    notices: Mutex<Vec<String>>,
}

/// What a [`Progress`] showed at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgressReport {
    /// Objects done.
    pub done: u64,
    /// Objects in all; 0 while unknown.
    pub total: u64,
}

/// The work was asked to stop and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Progress {
    /// Progress of work that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to stop at its next step.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// True once someone asked the work to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }

    /// `Err` once someone asked the work to stop: `progress.check()?` between steps.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    /// Sets the number of objects in all.
    pub fn set_total(&self, total: u64) {
        self.0.total.store(total, Ordering::Relaxed);
    }

    /// Counts `n` more objects as done.
    pub fn add(&self, n: u64) {
        self.0.done.fetch_add(n, Ordering::Relaxed);
    }

    /// Leaves a sentence for the user, such as that a file was mended.
    pub fn tell(&self, notice: &str) {
        self.0.notices.lock().unwrap_or_else(PoisonError::into_inner).push(notice.to_owned());
    }

    /// The sentences left so far, each once, oldest first.
    pub fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut self.0.notices.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is done by now.
    pub fn report(&self) -> ProgressReport {
        ProgressReport {
            done: self.0.done.load(Ordering::Relaxed),
            total: self.0.total.load(Ordering::Relaxed),
        }
    }
}
