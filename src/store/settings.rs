//! What the program remembers between starts. Never part of a result.
//!
//! The file is small JSON. Reading forgives: a missing or broken file gives the defaults, a
//! missing or broken field its default, and an unknown field is passed over.

use super::{StoreError, atomic};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FILE: &str = "settings.json";
const MAX_BYTES: u64 = 1024 * 1024;
/// Plans that are remembered as recent, at most.
const RECENT_PLANS: usize = 12;

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
    /// As the system has it.
    #[default]
    System,
}

/// What the program remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The colours of the window.
    pub theme: Theme,
    /// The plan that was open last.
    pub last_plan: Option<PathBuf>,
    /// Plans opened lately, the latest first; at most 12.
    pub recent_plans: Vec<PathBuf>,
    /// The name written under approvals.
    pub author: String,
}

impl Settings {
    /// Remembers a plan as the last and the latest.
    pub fn opened(&mut self, plan: &Path) {
        self.last_plan = Some(plan.to_owned());
        self.recent_plans.retain(|path| path != plan);
        self.recent_plans.insert(0, plan.to_owned());
        self.recent_plans.truncate(RECENT_PLANS);
    }
}

/// Reads the settings in a folder, as far as they can be read.
pub fn read_settings(dir: &Path) -> Settings {
    let json = atomic::read_text(&dir.join(FILE), MAX_BYTES)
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .unwrap_or_default();
    fn field<T: DeserializeOwned + Default>(json: &serde_json::Value, name: &str) -> T {
        json.get(name).and_then(|value| T::deserialize(value).ok()).unwrap_or_default()
    }
    let mut recent_plans: Vec<PathBuf> = field(&json, "recent_plans");
    recent_plans.truncate(RECENT_PLANS);
    Settings {
        theme: field(&json, "theme"),
        last_plan: field(&json, "last_plan"),
        recent_plans,
        author: field(&json, "author"),
    }
}

/// Writes the settings in a folder, which is made if missing.
///
/// # Errors
/// The file or its folder cannot be written.
pub fn write_settings(dir: &Path, settings: &Settings) -> Result<(), StoreError> {
    atomic::write(&dir.join(FILE), |out| Ok(serde_json::to_writer_pretty(out, settings)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn settings_survive_and_broken_ones_are_forgiven() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read_settings(dir.path()), Settings::default());
        let mut settings =
            Settings { theme: Theme::Light, author: "Ada".to_owned(), ..Settings::default() };
        (0..20).for_each(|n| settings.opened(Path::new(&format!("/plans/{n}.ron"))));
        settings.opened(Path::new("/plans/15.ron"));
        assert_eq!(settings.recent_plans.len(), 12);
        assert_eq!(
            settings.recent_plans[..2],
            ["/plans/15.ron", "/plans/19.ron"].map(PathBuf::from)
        );
        write_settings(&dir.path().join("a/b"), &settings).unwrap();
        assert_eq!(read_settings(&dir.path().join("a/b")), settings);

        let ada = Settings { author: "Ada".to_owned(), ..Settings::default() };
        for (text, expected) in [
            ("", Settings::default()),
            ("[1", Settings::default()),
            ("[1]", Settings::default()),
            (r#"{"author": "Ada", "theme": "neon", "last_plan": 3, "new": {}}"#, ada),
            (r#"{"author": ["Ada"]}"#, Settings::default()),
        ] {
            std::fs::write(dir.path().join(FILE), text).unwrap();
            assert_eq!(read_settings(dir.path()), expected, "{text}");
        }
    }
}
