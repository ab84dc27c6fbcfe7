//! The words every room shares: paths into a plan, findings with remedies, explanations,
//! digests, ids, the progress of long work, words around numbers, and other tools' YAML read within
//! limits.
//!
//! Nothing here knows a fabric, a file or a window. Every type is a plain value with public
//! fields or a small constructor, so that any room may make one and any room may read it.

mod digest;
mod explanation;
mod finding;
mod ids;
mod path;
mod progress;
mod words;
pub mod yaml;

pub use digest::{Digest, DigestStream};
pub use explanation::{Explanation, INSTALLED};
pub use finding::{Code, Edit, EditValue, Finding, Remedy, Severity};
pub use ids::{Limits, PlanId, is_valid_id, nearest, ranked};
pub use path::{SpecPath, Step};
pub use progress::{Cancelled, Progress, ProgressReport};
pub use words::{counted, grouped, listed, printable};
