//! Every file: plans, their earlier revisions and drafts of them, who has one open and whether it
//! changed, the local inventory, records beside a plan, change sets, settings, the log, folders of
//! models, and texts in other tools' forms.
//!
//! Nothing else reads or writes a file. Files are replaced whole or not at all (`atomic`), or grow
//! by checked lines that a kill cannot spoil (`lines`). Everything read is bounded and checked, and
//! every error names the file, the cause and what to do.

mod atomic;
mod autosave;
mod change_sets;
mod error;
mod lines;
mod local_inventory;
mod lock;
mod logging;
mod model_files;
mod plan_hold;
mod plan_stamp;
mod plans;
mod records;
mod revisions;
mod settings;
mod tables;
mod texts;

pub use autosave::{Autosave, Draft, DraftFile, Drafts, FoundDraft, drafts, text_digest};
pub use change_sets::{
    ChangeSetHead, StoredChangeSet, approve_change_set, is_change_set, read_change_set,
    write_change_set,
};
pub use error::StoreError;
pub use local_inventory::{LocalInventory, StoredInventory, is_inventory};
pub use logging::{flush_log, recent_errors, set_log_level, start_log};
pub use model_files::read_model_files;
pub use plan_hold::{HeldBy, PlanHold};
pub use plan_stamp::{Change, PlanStamp, read_plan_and_stamp};
pub use plans::{create_plan, read_plan, read_plan_text, write_plan};
pub use records::{
    Audit, Record, Recorded, RecordsFolder, RecordsStamp, RunFile, audit, open_run, read_history,
    read_records, read_run_changes, records_dir, records_stamp,
};
pub use revisions::read_plan_or_revision;
pub use settings::{LogLevel, Settings, Theme, read_settings, update_settings};
pub use texts::{read_text, write_file, write_new_text, write_text};
