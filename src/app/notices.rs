//! What happened last, told over the panels for a while.

use super::command::Action;
use super::model::{Model, Notice, Tone};
use super::{Window, bars, theme};
use std::time::{Duration, Instant};

/// How long something that went well is told.
const NOTICE_FOR: Duration = Duration::from_secs(10);

impl Window {
    /// Tells what went wrong.
    pub(super) fn fail(&mut self, text: String) {
        self.model.notice = Some(Notice { tone: Tone::Error, text, since: Instant::now() });
    }

    /// Tells what went well.
    pub(super) fn tell(&mut self, text: impl Into<String>) {
        self.model.notice =
            Some(Notice { tone: Tone::Done, text: text.into(), since: Instant::now() });
    }

    /// Tells why something cannot be done now.
    pub(super) fn refuse(&mut self, text: String) {
        self.model.notice = Some(Notice { tone: Tone::Refused, text, since: Instant::now() });
    }

    /// What was told is over: something else is done now. What went wrong stays until somebody has
    /// seen it.
    pub(super) fn end_notice(&mut self) {
        if self.model.notice.as_ref().is_some_and(|notice| notice.tone != Tone::Error) {
            self.model.notice = None;
        }
    }

    /// Why something could not be done may be over by now.
    pub(super) fn end_refusal(&mut self) {
        if self.model.notice.as_ref().is_some_and(|notice| notice.tone == Tone::Refused) {
            self.model.notice = None;
        }
    }

    /// Adds lines to what is being told.
    pub(super) fn tell_more(&mut self, lines: Vec<String>) {
        for line in lines {
            match &mut self.model.notice {
                Some(notice) => {
                    notice.text = format!("{}\n{line}", notice.text);
                    // It is told as long as any.
                    notice.since = Instant::now();
                }
                None => self.tell(line),
            }
        }
    }
}

/// Draws what happened last, over the panels: nothing moves under the pointer because of it. It lies
/// above the legend of the drawing, which is read all the time.
pub(super) fn notice_ui(
    ui: &egui::Ui,
    model: &Model,
    legend: Option<egui::Rect>,
    out: &mut Vec<Action>,
) {
    let Some(notice) = &model.notice else { return };
    if notice.tone != Tone::Error {
        let left = NOTICE_FOR.saturating_sub(model.now.since(notice.since));
        if left.is_zero() {
            return out.push(Action::ForgetNotice);
        }
        ui.ctx().request_repaint_after(left);
    }
    let bottom = ui.ctx().content_rect().bottom();
    let above = legend.map_or(theme::BOTTOM_HEIGHT + 12.0, |legend| bottom - legend.top() + 8.0);
    let width = (ui.ctx().content_rect().width() - 60.0).min(theme::NOTICE_WIDTH);
    egui::Area::new(egui::Id::new("notice"))
        .order(egui::Order::Middle)
        .anchor(egui::Align2::CENTER_BOTTOM, egui::vec2(0.0, -above))
        .show(ui.ctx(), |ui| {
            let shadow = ui.visuals().popup_shadow;
            theme::floating_box(ui.style()).shadow(shadow).show(ui, |ui| {
                ui.set_width(width);
                bars::notice_ui(ui, model, out);
            });
        });
}

#[cfg(test)]
mod tests {
    use crate::app::every_command::{open, settle};
    use egui::vec2;

    #[test]
    fn what_is_told_leaves_the_legend_to_be_read() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        for (width, height) in [(1440.0, 900.0), (960.0, 600.0), (720.0, 450.0), (640.0, 360.0)] {
            hands.set_size(vec2(width, height));
            hands.state_mut().tell("Approved. The approval lies beside the plan.\nAnd more.");
            hands.run_steps(6);
            let told = hands.ctx.memory(|memory| memory.area_rect("notice")).unwrap();
            let Some(legend) = hands.state().canvas.foot else { continue };
            assert!(!told.intersects(legend), "{told:?} over {legend:?} at {width}");
            assert!(hands.ctx.content_rect().contains_rect(told), "{told:?} at {width}");
        }
        assert!(hands.state().canvas.foot.is_some());
    }
}
