//! One piece of long work on a thread of its own: apply, resume, a file dialog; and freeing what
//! takes longer than a frame.

use crate::model::Progress;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// Work under way. Dropping it asks the work to stop and lets it end by itself.
#[derive(Debug)]
pub struct Job<T> {
    progress: Progress,
    result: Receiver<T>,
}

impl<T: Send + 'static> Job<T> {
    /// Starts work; `wake` is called once it has ended.
    pub fn start(
        progress: Progress,
        work: impl FnOnce(&Progress) -> T + Send + 'static,
        wake: impl FnOnce() + Send + 'static,
    ) -> Self {
        let (sender, result) = channel();
        let of_work = progress.clone();
        std::thread::spawn(move || {
            // Whoever waited may be gone; then nobody wants the result.
            sender.send(work(&of_work)).unwrap_or_default();
            wake();
        });
        Self { progress, result }
    }

    /// How far it is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The result, once. `Some(Err(()))` if the work ended without one.
    pub fn take(&mut self) -> Option<Result<T, ()>> {
        match self.result.try_recv() {
            Ok(value) => Some(Ok(value)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(())),
        }
    }
}

/// Drops a value on a thread of its own: freeing a giant takes longer than a frame, and letting go of
/// a lock touches the disk. Nobody hears when that is done.
pub fn free_aside(value: impl Send + 'static) {
    // Where no thread can be had, the closure is dropped here, and the value with it.
    std::thread::Builder::new().spawn(move || drop(value)).map(drop).unwrap_or_default();
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}
