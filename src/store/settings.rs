//! What the program remembers between starts. Never part of a result.
//!
//! The file is small JSON. Reading forgives: a missing or broken file gives the defaults, a
//! missing or broken field its default – of folders, the broken ones are left out – and an unknown
//! field is passed over.

use super::{StoreError, atomic};
use crate::model::PlanId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
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

/// Down to which level is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What failed.
    Error,
    /// And what is doubtful.
    Warning,
    /// And what was done.
    #[default]
    Info,
    /// And how.
    Debug,
}

/// What the program remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// The colours of the window.
    pub theme: Theme,
    /// The plan that was open last.
    pub last_plan: Option<PathBuf>,
    /// Plans opened lately, the latest first; at most 12.
    pub recent_plans: Vec<PathBuf>,
    /// The name written under approvals.
    pub author: String,
    /// The size of everything in the window, in percent: 100 to 200.
    pub scale_percent: u16,
    /// The inventory of plans for which no other is chosen; without one, that inside Heddle.
    pub default_inventory: Option<PathBuf>,
    /// The inventories of plans that do not go with the default, the latest first; at most 256.
    pub inventories: Vec<(PlanId, PathBuf)>,
    /// Folders with models to choose from besides the built-in ones; at most 16.
    pub catalogue_folders: Vec<PathBuf>,
    /// Down to which level is logged.
    pub log_level: LogLevel,
    /// True while the window says what to do first.
    pub first_steps: bool,
    /// True if the panel of the spec is shown, in a window that has room for it.
    pub show_spec: bool,
    /// The same of the panel of the changes.
    pub show_changes: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            last_plan: None,
            recent_plans: Vec::new(),
            author: String::new(),
            scale_percent: *Self::SCALES.start(),
            default_inventory: None,
            inventories: Vec::new(),
            catalogue_folders: Vec::new(),
            log_level: LogLevel::default(),
            first_steps: true,
            show_spec: true,
            show_changes: true,
        }
    }
}

impl Settings {
    /// What [`Settings::scale_percent`] may be.
    pub const SCALES: RangeInclusive<u16> = 100..=200;
    /// The most folders with models.
    pub const CATALOGUE_FOLDERS: usize = 16;
    /// The most plans whose inventory is remembered.
    const INVENTORIES: usize = 256;

    /// The inventory of a plan, if it does not go with the default.
    pub fn inventory_of(&self, plan: PlanId) -> Option<&Path> {
        let mut known = self.inventories.iter();
        known.find(|(known, _)| *known == plan).map(|(_, path)| path.as_path())
    }

    /// Remembers the inventory of a plan; without one it goes with the default again.
    pub fn keep_inventory(&mut self, plan: PlanId, path: Option<PathBuf>) {
        self.inventories.retain(|(known, _)| *known != plan);
        self.inventories.splice(0..0, path.map(|path| (plan, path)));
        self.inventories.truncate(Self::INVENTORIES);
    }

    /// Remembers a plan as the last and the latest.
    pub fn opened(&mut self, plan: &Path) {
        self.last_plan = Some(plan.to_owned());
        self.recent_plans.retain(|path| path != plan);
        self.recent_plans.insert(0, plan.to_owned());
        self.recent_plans.truncate(RECENT_PLANS);
    }
}

impl Settings {
    /// What this window wants, over what the file has: of `base`, as this window last knew the file,
    /// only what it has changed since. Another window may have changed other things.
    pub fn over(&self, base: &Self, file: &Self) -> Self {
        fn newer<T: Clone + PartialEq>(mine: &T, base: &T, file: &T) -> T {
            if mine == base { file.clone() } else { mine.clone() }
        }
        let mut inventories = file.clone();
        // The latest comes first, so the oldest is laid over first.
        for (plan, path) in self.inventories.iter().rev() {
            if base.inventory_of(*plan) != Some(path.as_path()) {
                inventories.keep_inventory(*plan, Some(path.clone()));
            }
        }
        for (plan, _) in &base.inventories {
            if self.inventory_of(*plan).is_none() {
                inventories.keep_inventory(*plan, None);
            }
        }
        let mut recent_plans = self.recent_plans.clone();
        recent_plans.extend(file.recent_plans.iter().cloned());
        let mut known = std::collections::BTreeSet::new();
        recent_plans.retain(|path| known.insert(path.clone()));
        recent_plans.truncate(RECENT_PLANS);
        macro_rules! newer {
            ($($field:ident),*) => {
                Self {
                    $($field: newer(&self.$field, &base.$field, &file.$field),)*
                    inventories: inventories.inventories,
                    recent_plans,
                }
            };
        }
        newer!(
            theme,
            last_plan,
            author,
            scale_percent,
            default_inventory,
            catalogue_folders,
            log_level,
            first_steps,
            show_spec,
            show_changes
        )
    }
}

/// Reads the settings in a folder, as far as they can be read.
pub fn read_settings(dir: &Path) -> Settings {
    let json = atomic::read_text(&dir.join(FILE), MAX_BYTES)
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .unwrap_or_default();
    fn field<T: DeserializeOwned>(json: &serde_json::Value, name: &str) -> Option<T> {
        json.get(name).and_then(|value| T::deserialize(value).ok())
    }
    let mut recent_plans: Vec<PathBuf> = field(&json, "recent_plans").unwrap_or_default();
    recent_plans.truncate(RECENT_PLANS);
    let defaults = Settings::default();
    let folders: Vec<serde_json::Value> = field(&json, "catalogue_folders").unwrap_or_default();
    let folders = folders.iter().filter_map(|folder| PathBuf::deserialize(folder).ok());
    let inventories: Vec<serde_json::Value> = field(&json, "inventories").unwrap_or_default();
    let inventories = inventories.iter().filter_map(|own| {
        let (plan, path) = <(PlanId, PathBuf)>::deserialize(own).ok()?;
        filled(path).map(|path| (plan, path))
    });
    Settings {
        theme: field(&json, "theme").unwrap_or_default(),
        last_plan: field(&json, "last_plan").unwrap_or_default(),
        recent_plans,
        author: field(&json, "author").unwrap_or_default(),
        scale_percent: field(&json, "scale_percent")
            .filter(|scale| Settings::SCALES.contains(scale))
            .unwrap_or(defaults.scale_percent),
        default_inventory: field(&json, "default_inventory").and_then(filled),
        inventories: inventories.take(Settings::INVENTORIES).collect(),
        catalogue_folders: folders.filter_map(filled).take(Settings::CATALOGUE_FOLDERS).collect(),
        log_level: field(&json, "log_level").unwrap_or_default(),
        first_steps: field(&json, "first_steps").unwrap_or(defaults.first_steps),
        show_spec: field(&json, "show_spec").unwrap_or(defaults.show_spec),
        show_changes: field(&json, "show_changes").unwrap_or(defaults.show_changes),
    }
}

/// A path that names something.
fn filled(path: PathBuf) -> Option<PathBuf> {
    (!path.as_os_str().is_empty()).then_some(path)
}

/// Writes what a window wants over what the file has: see [`Settings::over`]. Gives what was
/// written.
///
/// # Errors
/// The file or its folder cannot be written.
pub fn update_settings(
    dir: &Path,
    base: &Settings,
    mine: &Settings,
) -> Result<Settings, StoreError> {
    let settings = mine.over(base, &read_settings(dir));
    write_settings(dir, &settings)?;
    Ok(settings)
}

/// Writes the settings in a folder, which is made if missing.
///
/// # Errors
/// The file or its folder cannot be written.
pub(crate) fn write_settings(dir: &Path, settings: &Settings) -> Result<(), StoreError> {
    atomic::write(&dir.join(FILE), |out| Ok(serde_json::to_writer_pretty(out, settings)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_and_broken_ones_are_forgiven() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read_settings(dir.path()), Settings::default());
        let mut settings = Settings {
            theme: Theme::Light,
            author: "Ada".to_owned(),
            scale_percent: 125,
            default_inventory: Some("/lab.heddle-inventory".into()),
            inventories: vec![(PlanId(uuid::Uuid::from_u128(7)), "/own".into())],
            catalogue_folders: vec!["/models".into()],
            log_level: LogLevel::Warning,
            first_steps: false,
            show_spec: false,
            show_changes: false,
            ..Settings::default()
        };
        (0..20).for_each(|n| settings.opened(Path::new(&format!("/plans/{n}.ron"))));
        settings.opened(Path::new("/plans/15.ron"));
        assert_eq!(settings.recent_plans.len(), 12);
        assert_eq!(
            settings.recent_plans[..2],
            ["/plans/15.ron", "/plans/19.ron"].map(PathBuf::from)
        );
        write_settings(&dir.path().join("a/b"), &settings).unwrap();
        assert_eq!(read_settings(&dir.path().join("a/b")), settings);

        for n in 0..300 {
            settings.keep_inventory(PlanId(uuid::Uuid::from_u128(n)), Some("/x".into()));
        }
        let known = |n| settings.inventory_of(PlanId(uuid::Uuid::from_u128(n)));
        assert_eq!((known(299), known(43)), (Some(Path::new("/x")), None), "the oldest go");
        settings.keep_inventory(PlanId(uuid::Uuid::from_u128(299)), None);
        assert_eq!(settings.inventory_of(PlanId(uuid::Uuid::from_u128(299))), None);

        // Two windows, each with changes of its own.
        let id = |n| PlanId(uuid::Uuid::from_u128(n));
        let mut base = Settings { author: "Ada".to_owned(), ..Settings::default() };
        base.keep_inventory(id(1), Some("/gone".into()));
        base.opened(Path::new("/a.ron"));
        let (mut mine, mut theirs) = (base.clone(), base.clone());
        theirs.keep_inventory(id(2), Some("/theirs".into()));
        theirs.theme = Theme::Light;
        theirs.opened(Path::new("/b.ron"));
        mine.keep_inventory(id(1), None);
        mine.keep_inventory(id(3), Some("/mine".into()));
        mine.scale_percent = 150;
        let both = mine.over(&base, &theirs);
        assert_eq!((both.theme, both.scale_percent), (Theme::Light, 150));
        assert_eq!(both.inventory_of(id(1)), None);
        assert_eq!(both.inventory_of(id(2)), Some(Path::new("/theirs")));
        assert_eq!(both.inventory_of(id(3)), Some(Path::new("/mine")));
        assert_eq!(both.recent_plans, ["/a.ron", "/b.ron"].map(PathBuf::from));
        assert_eq!(both.last_plan.as_deref(), Some(Path::new("/b.ron")));
        assert_eq!(both.over(&both, &both), both);

        let ada = Settings { author: "Ada".to_owned(), ..Settings::default() };
        for (text, expected) in [
            ("", Settings::default()),
            ("[1", Settings::default()),
            ("[1]", Settings::default()),
            (r#"{"author": "Ada", "theme": "neon", "last_plan": 3, "new": {}}"#, ada),
            (r#"{"author": ["Ada"]}"#, Settings::default()),
            (r#"{"scale_percent": 99}"#, Settings::default()),
            (r#"{"scale_percent": 201}"#, Settings::default()),
            (r#"{"scale_percent": 150.5}"#, Settings::default()),
            (r#"{"scale_percent": -1, "log_level": "loud"}"#, Settings::default()),
            (r#"{"first_steps": "no"}"#, Settings::default()),
            (r#"{"scale_percent": 200}"#, Settings { scale_percent: 200, ..Settings::default() }),
            (r#"{"default_inventory": "", "catalogue_folders": "/m"}"#, Settings::default()),
            (
                r#"{"catalogue_folders": [3, "/m", "", null, "/n"], "default_inventory": {}}"#,
                Settings {
                    catalogue_folders: vec!["/m".into(), "/n".into()],
                    ..Settings::default()
                },
            ),
            (
                r#"{"inventories": [3, ["00000000-0000-0000-0000-000000000007", "/own"],
                    ["x", "/y"], ["00000000-0000-0000-0000-000000000008", ""]]}"#,
                Settings {
                    inventories: vec![(PlanId(uuid::Uuid::from_u128(7)), "/own".into())],
                    ..Settings::default()
                },
            ),
            (
                r#"{"theme": 1, "log_level": "debug", "default_inventory": "/i", "author": null}"#,
                Settings {
                    log_level: LogLevel::Debug,
                    default_inventory: Some("/i".into()),
                    ..Settings::default()
                },
            ),
        ] {
            std::fs::write(dir.path().join(FILE), text).unwrap();
            assert_eq!(read_settings(dir.path()), expected, "{text}");
        }
    }
}
