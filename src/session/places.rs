//! Where things lie on this machine: the platform's folders, or one that `HEDDLE_HOME` names.

use super::SessionError;
use crate::model::PlanId;
use crate::plan::preset;
use crate::store;
use std::path::{Path, PathBuf};

/// The folders that Heddle keeps things in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Plans and inventories of its own.
    pub data: PathBuf,
    /// Settings.
    pub config: PathBuf,
    /// What was logged.
    pub logs: PathBuf,
}

impl Places {
    /// The folders of the platform; `HEDDLE_HOME` replaces all of them.
    pub fn platform() -> Result<Self, SessionError> {
        if let Some(home) = std::env::var_os("HEDDLE_HOME").filter(|home| !home.is_empty()) {
            return Ok(Self::within(Path::new(&home)));
        }
        let dirs = directories::ProjectDirs::from("io.github", "heddle", "Heddle")
            .ok_or(SessionError::NoHome)?;
        // Only some platforms have a folder for what is neither data nor a cache.
        let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
        Ok(Self {
            data: dirs.data_dir().to_owned(),
            config: dirs.config_dir().to_owned(),
            logs: state.join("logs"),
        })
    }

    /// All folders in one.
    pub fn within(home: &Path) -> Self {
        Self { data: home.join("data"), config: home.join("config"), logs: home.join("logs") }
    }

    /// Drafts of plans whose edits are not in their files.
    pub fn autosave(&self) -> PathBuf {
        self.data.join("autosave")
    }

    /// The embedded inventory.
    pub fn default_inventory(&self) -> PathBuf {
        self.data.join("inventory.heddle-inventory")
    }

    /// The sample plan.
    pub fn sample(&self) -> PathBuf {
        self.data.join("sample.ron")
    }

    /// The plan to begin with: the last one, if it is still there, else the sample, which is
    /// written if it is missing.
    pub fn first_plan(&self) -> Result<PathBuf, SessionError> {
        let last = store::read_settings(&self.config).last_plan.filter(|path| path.is_file());
        if let Some(path) = last {
            return Ok(path);
        }
        let sample = self.sample();
        if !sample.exists() {
            let mut plan = preset::build("rail-optimised", &[], PlanId(uuid::Uuid::new_v4()))?;
            "Sample".clone_into(&mut plan.metadata.name);
            store::write_plan(&sample, &plan)?;
        }
        Ok(sample)
    }
}
