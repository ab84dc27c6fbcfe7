//! What goes to a file of its own, for other programs and for people: the topology as a picture, the
//! cables as a list.
//!
//! A job writes it line by line, so that it can be counted and given up; a file that is given up is
//! not there. Limits: a picture is drawn whole before its first line is written, and its lines are
//! not known before.

use super::Window;
use super::jobs::{Done, Work};
use super::model::Wish;
use super::pick;
use crate::diff::ChangeSet;
use crate::export::{self, SvgLook, SvgTheme, svg};
use crate::fabric::Fabric;
use crate::model::{Progress, counted};
use crate::scene::{Scene, State};
use crate::store;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// What is to go to a file of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Export {
    /// The topology as a picture.
    Picture(Picture),
    /// The cabling list.
    Cables(Cabling),
}

/// The cables as they are to go to a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cabling {
    /// What has them.
    pub fabric: Arc<Fabric>,
    /// The name of the plan.
    pub title: String,
}

impl Export {
    /// The file name to propose.
    pub fn file_name(&self) -> String {
        let (title, ending) = match self {
            Self::Picture(picture) => (&picture.title, "svg"),
            Self::Cables(cabling) => (&cabling.title, "csv"),
        };
        let name = PathBuf::from(pick::file_name(title)).with_extension(ending);
        name.to_string_lossy().into_owned()
    }

    /// What the question for its file is called.
    pub fn question(&self) -> &'static str {
        match self {
            Self::Picture(_) => "Write the picture to",
            Self::Cables(_) => "Write the cabling list to",
        }
    }

    /// Writes what the file is to have in it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Picture(picture) => out.write_all(picture.svg().as_bytes()),
            Self::Cables(cabling) => export::cables(&cabling.fabric, export::Format::Csv, out),
        }
    }

    /// How many lines that are, where it can be said before.
    pub fn lines(&self) -> Option<u64> {
        match self {
            Self::Picture(_) => None,
            // One of them is the head.
            Self::Cables(cabling) => Some(cabling.fabric.links.len() as u64 + 1),
        }
    }
}

/// The topology as it is to go to a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picture {
    /// What is drawn.
    pub scene: Arc<Scene>,
    /// The name of the plan.
    pub title: String,
    /// Lines below it.
    pub lines: Vec<String>,
    /// True in the colours of the dark theme.
    pub dark: bool,
    /// The word for what nothing happens to, if the colours say what would change.
    pub legend: Option<&'static str>,
    /// What is to be known of it; nothing if it is the whole plan.
    pub caution: &'static str,
}

impl Picture {
    /// The drawing.
    pub fn svg(&self) -> String {
        let Self { scene, title, lines, dark, legend, caution } = self;
        let theme = if *dark { SvgTheme::Dark } else { SvgTheme::Light };
        svg(scene, &SvgLook { theme, title, lines, caution, legend: *legend })
    }
}

impl Window {
    /// Asks where the picture of the topology is to go.
    pub(super) fn export_picture(&mut self) {
        let Some(answer) = &self.model.answer else { return };
        let fabric = &answer.evaluation.fabric;
        let devices = counted(fabric.devices.len() as u64, "device", "devices");
        let links = counted(fabric.links.len() as u64, "link", "links");
        let changes = answer.evaluation.changes.as_deref();
        let mut lines = vec![format!("{devices}, {links}")];
        lines.extend(changes.and_then(ChangeSet::only).map(|only| format!("Shown: {only}")));
        let picture = Picture {
            scene: Arc::clone(&answer.scene),
            title: self.model.plan.metadata.name.clone(),
            lines,
            dark: self.context.theme() == egui::Theme::Dark,
            legend: changes.map(|changes| State::Unchanged.name_in(Some(changes))),
            caution: match answer.evaluation.is_whole {
                true => "",
                false => "The plan has errors: this is what could be made of it.",
            },
        };
        self.ask_for_file(Wish::Export(Export::Picture(picture)));
    }

    /// Asks where the cabling list is to go.
    pub(super) fn export_cables(&mut self) {
        let Some(answer) = &self.model.answer else { return };
        let fabric = Arc::clone(&answer.evaluation.fabric);
        let title = format!("{}-cables", self.model.plan.metadata.name);
        self.ask_for_file(Wish::Export(Export::Cables(Cabling { fabric, title })));
    }
}

/// Writes what is to be exported to a file.
pub(super) fn write_export(path: PathBuf, export: Export) -> Work {
    Box::new(move |progress| {
        progress.set_total(export.lines().unwrap_or_default());
        let fill = |out: &mut dyn Write| export.write(&mut CountedLines { out, progress });
        Done::Exported(match store::write_file(&path, fill) {
            Ok(()) => Ok(Some(path)),
            Err(_) if progress.is_cancelled() => Ok(None),
            Err(error) => Err(error.to_string()),
        })
    })
}

/// Counts the lines that are written, and writes no more once that is asked for.
struct CountedLines<'a> {
    out: &'a mut dyn Write,
    progress: &'a Progress,
}

impl Write for CountedLines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.progress.check().map_err(io::Error::other)?;
        let written = self.out.write(bytes)?;
        let lines = bytes.iter().take(written).filter(|byte| **byte == b'\n').count();
        self.progress.add(lines as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::pictures::states;

    /// Progress counts lines; a file that is given up is not there.
    #[test]
    fn an_export_is_counted_and_can_be_given_up() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("cables.csv");
        let model = states::computed(states::plan(8), states::World::default());
        let fabric = Arc::clone(&model.answer.as_ref().unwrap().evaluation.fabric);
        let lines = fabric.links.len() as u64 + 1;
        let export = Export::Cables(Cabling { fabric, title: String::new() });
        let progress = Progress::new();
        progress.cancel();
        let given_up = write_export(path.clone(), export.clone())(&progress);
        assert!(matches!(given_up, Done::Exported(Ok(None))));
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "also nothing of it");
        let progress = Progress::new();
        let Done::Exported(written) = write_export(path.clone(), export)(&progress) else {
            panic!("something else was done");
        };
        assert_eq!(written, Ok(Some(path.clone())));
        let report = progress.report();
        assert_eq!((report.done, report.total), (lines, lines));
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count() as u64, lines);
    }
}
