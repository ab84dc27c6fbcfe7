//! Which of the panels at the sides are shown: the spec, the changes. Either can be put away; a
//! window that is too narrow for both beside the topology shows one at a time.

use super::Window;
use super::command::Command;
use super::model::Model;
use super::settings::Setting;
use super::theme;

/// A panel at a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The spec, at the left.
    Spec,
    /// The changes, at the right.
    Changes,
}

/// What is shown beside the topology.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sides {
    /// True while the window has no room for both.
    pub is_narrow: bool,
    /// The one that is shown then.
    pub of_narrow: Option<Side>,
}

impl Default for Sides {
    fn default() -> Self {
        Self { is_narrow: false, of_narrow: Some(Side::Spec) }
    }
}

impl Side {
    /// The panel that a command leads to.
    pub fn of(command: Command) -> Option<Self> {
        match command {
            Command::ShowCluster
            | Command::ShowSwitches
            | Command::ShowServers
            | Command::ShowMore
            | Command::ShowFindings
            | Command::ShowText
            | Command::NextFinding
            | Command::NextSection
            | Command::PreviousSection
            | Command::GoToSpec
            | Command::GoToLine => Some(Self::Spec),
            Command::FilterChanges
            | Command::ChangesAsText
            | Command::ShowInChanges
            | Command::ChooseParts
            | Command::UndoRun
            | Command::Destroy => Some(Self::Changes),
            _ => None,
        }
    }
}

impl Model {
    /// True if a panel is shown.
    pub fn shows(&self, side: Side) -> bool {
        match (self.sides.is_narrow, side) {
            (true, side) => self.sides.of_narrow == Some(side),
            (false, Side::Spec) => self.settings.show_spec,
            (false, Side::Changes) => self.settings.show_changes,
        }
    }

    /// Looks whether a window of this width has room for both.
    pub fn fit_sides(&mut self, width: f32) {
        let both = theme::FORM_LEAST + theme::CHANGES_LEAST + theme::CANVAS_NARROW;
        self.sides.is_narrow = width < both;
    }
}

impl Window {
    /// Shows a panel or puts it away.
    pub(super) fn show_side(&mut self, side: Side, shown: bool) {
        if self.model.shows(side) == shown {
            return;
        }
        match self.model.sides.is_narrow {
            true => self.model.sides.of_narrow = shown.then_some(side),
            false => self.set(Setting::Panel(side, shown)),
        }
    }

    /// Shows a panel that is put away, and the other way round.
    pub(super) fn toggle_side(&mut self, side: Side) {
        self.show_side(side, !self.model.shows(side));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::session::Target;
    use crate::store::Settings;
    use std::sync::Arc;

    #[test]
    fn a_narrow_window_shows_one_panel_at_a_time() {
        let catalog = Arc::new(Catalog::default());
        let target = Target { inventory: "nowhere".into(), site: String::new() };
        let plan = crate::plan::testing::full_plan();
        let mut model = Model::new(catalog, Arc::new(plan), target, Settings::default());
        assert!(model.shows(Side::Spec) && model.shows(Side::Changes));
        model.fit_sides(720.0);
        assert!(model.shows(Side::Spec) && !model.shows(Side::Changes));
        model.sides.of_narrow = Some(Side::Changes);
        assert!(!model.shows(Side::Spec) && model.shows(Side::Changes));
        // What was set for a wide window holds there.
        model.settings.show_changes = false;
        assert!(model.shows(Side::Changes));
        model.fit_sides(1_400.0);
        assert!(model.shows(Side::Spec) && !model.shows(Side::Changes));
    }
}
