//! What lies beside a plan, read once and then added to.
//!
//! Each new record names those that were the last when the folder was read, so nothing needs to be
//! read again to add one: after many runs of a giant plan that is what costs.

use super::log::{self, ApprovalFile, Recorded};
use super::{FORMAT, Head, RUN_REMEDY, RunFile, VERSIONS, files, lines, new_file};
use crate::diff::ChangeSet;
use crate::model::{Digest, PlanId};
use crate::store::lines::CheckedLines;
use crate::store::{StoreError, atomic};
use crate::workflow::{Approval, Approved, ObjectCounts, Records, Run};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The records of a plan, and the ids of the last of them.
#[derive(Clone, Debug)]
pub struct RecordsFolder {
    plan_path: PathBuf,
    records: Records,
    /// The records that no other follows.
    last: Vec<Digest>,
}

impl RecordsFolder {
    /// Reads the records of a plan. Records of other plans in the folder – a copy may have brought
    /// them – are passed over.
    ///
    /// # Errors
    /// A record cannot be read or is damaged.
    pub fn read(plan_path: &Path, plan: PlanId) -> Result<Self, StoreError> {
        let mut found = Vec::new();
        let mut chain = log::Chain::default();
        for path in files(plan_path)? {
            let Some(record) = log::read_record(&path)?.filter(|record| record.plan() == plan)
            else {
                continue;
            };
            chain.add(&record);
            found.push(record);
        }
        let mut records = Records::default();
        for record in log::in_order(found) {
            match record.what {
                Recorded::Approval(approval) => records.approvals.push(approval),
                Recorded::Run { run, .. } => {
                    let approvals_before = records.approvals.len();
                    records.runs.push(Run { approvals_before, ..*run });
                }
            }
        }
        Ok(Self { plan_path: plan_path.to_owned(), records, last: chain.last() })
    }

    /// The records, oldest first.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// Adds an approval of this plan. It is then the last record.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add_approval(&mut self, approval: &Approval) -> Result<(), StoreError> {
        let file = ApprovalFile::new(approval, self.last.clone());
        let path = new_file(&self.plan_path, &approval.at, "approval.json").0;
        atomic::write(&path, |out| {
            serde_json::to_writer_pretty(&mut *out, &file)?;
            out.write_all(b"\n")
        })?;
        self.last = vec![file.id()];
        self.records.approvals.push(approval.clone());
        Ok(())
    }

    /// Begins a run: its file is on disk, with everything a resume needs, when this returns. `at`
    /// is RFC 3339, UTC; `known` is the run that the target knows of as the newest.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin_run(
        self,
        approved: &Approved<Arc<ChangeSet>>,
        at: &str,
        known: Option<&str>,
    ) -> Result<RunFile, StoreError> {
        let (path, id) = new_file(&self.plan_path, at, FORMAT);
        let changes = approved.get();
        let head = Head {
            format: FORMAT.to_owned(),
            version: *VERSIONS.end(),
            id: id.clone(),
            plan: approved.approval().plan,
            target: changes.target.clone(),
            changes: changes.digest(),
            at: at.to_owned(),
            heddle: env!("CARGO_PKG_VERSION").to_owned(),
            after: self.last,
            purpose: changes.purpose.clone(),
            in_part: !changes.left_out.is_empty() || !changes.selection.is_empty(),
            follows: Some(known.unwrap_or_default().to_owned()),
            objects: Some(ObjectCounts::of(changes)),
            parts: changes.selection.clone(),
        };
        let first = [
            serde_json::to_string(&head),
            serde_json::to_string(approved.approval()),
            serde_json::to_string(changes.as_ref()),
        ];
        CheckedLines::create(&path, first)?;
        let lines = lines::read(&path, RUN_REMEDY, &mut |_, _| Ok(()))?.open()?;
        Ok(RunFile { id, lines })
    }
}
