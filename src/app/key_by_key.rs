//! Keys that are typed faster than the window is drawn each find the keyboard where the one before
//! has led it.
//!
//! A frame gives all its events to what has the keyboard when it is drawn. So what is typed right
//! after Tab would land in the field before it, and what is typed right after the keys of a command
//! beside the question that the command opens. Here such a key ends the frame's events: what
//! follows waits for the frame after the next. What was typed before it has a frame of its own, for
//! what Enter takes, arrows go on from and a command saves is what that frame has made of the text.
//! A key that is held down ends nothing, or they would pile up.

use egui::{Context, Event, Key, Plugin, Popup, RawInput};

/// What waits.
#[derive(Debug, Default)]
pub(super) struct KeyByKey {
    held: Vec<Event>,
    /// True in the frame after a key that leads elsewhere. A question is drawn in that frame and has
    /// the keyboard at its end, and what arrows have come to makes them its own only then.
    settling: bool,
}

/// True for a key after which something else may have the keyboard. In a menu those are also the
/// arrows that lead to the menu beside it.
fn leads_elsewhere(event: &Event, in_menu: bool) -> bool {
    let &Event::Key { key, pressed: true, repeat: false, modifiers, .. } = event else {
        return false;
    };
    match key {
        Key::ArrowLeft | Key::ArrowRight => in_menu,
        Key::Tab | Key::ArrowUp | Key::ArrowDown | Key::Enter | Key::Escape => true,
        key => (Key::F1..=Key::F35).contains(&key) || modifiers.command || modifiers.alt,
    }
}

/// True for what may change what stands in a field.
fn types(event: &Event) -> bool {
    match event {
        Event::Text(_) | Event::Paste(_) | Event::Cut | Event::Ime(_) => true,
        Event::Key { pressed, .. } => *pressed,
        _ => false,
    }
}

/// Alt with a letter opens a menu, and types nothing; some systems hand over the letter all the same.
fn drop_menu_letters(events: &mut Vec<Event>) {
    let mut of_menu = false;
    events.retain(|event| match event {
        Event::Key { modifiers, pressed, .. } => {
            of_menu = *pressed && modifiers.alt && !modifiers.ctrl;
            true
        }
        Event::Text(_) => !of_menu,
        _ => true,
    });
}

impl KeyByKey {
    /// The events for this frame, of those that came.
    fn next(&mut self, came: Vec<Event>, in_menu: bool) -> Vec<Event> {
        self.held.extend(came);
        if std::mem::take(&mut self.settling) {
            return Vec::new();
        }
        match self.held.iter().position(|event| leads_elsewhere(event, in_menu)) {
            None => std::mem::take(&mut self.held),
            Some(n) => {
                let waits = self.held.iter().take(n).any(types);
                self.settling = !waits;
                let later = self.held.split_off(if waits { n } else { n + 1 });
                std::mem::replace(&mut self.held, later)
            }
        }
    }
}

impl Plugin for KeyByKey {
    fn debug_name(&self) -> &'static str {
        "key by key"
    }

    fn input_hook(&mut self, context: &Context, input: &mut RawInput) {
        if !cfg!(target_os = "macos") {
            drop_menu_letters(&mut input.events);
        }
        // What is drawn a second time in the same frame is still on the way to where a key has led.
        if context.current_pass_index() == 0 {
            let in_menu = Popup::is_any_open(context);
            input.events = self.next(std::mem::take(&mut input.events), in_menu);
        }
        if !self.held.is_empty() {
            context.request_repaint();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Modifiers;

    fn key(key: Key, modifiers: Modifiers, repeat: bool) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat, modifiers }
    }

    /// The frames in which events arrive that came at once: `a⇥b` is Tab between two letters, `⏎`
    /// Enter, `↓` an arrow, `^` Ctrl+K, `<` Backspace, `…` a Tab that is held down, `-` a key that
    /// comes up.
    fn check(came: &str, expected: &[&str]) {
        let event = |c: char| match c {
            '⇥' => key(Key::Tab, Modifiers::NONE, false),
            '…' => key(Key::Tab, Modifiers::NONE, true),
            '⏎' => key(Key::Enter, Modifiers::NONE, false),
            '↓' => key(Key::ArrowDown, Modifiers::NONE, false),
            '<' => key(Key::Backspace, Modifiers::NONE, false),
            '-' => {
                let (key, modifiers) = (Key::A, Modifiers::NONE);
                Event::Key { key, physical_key: None, pressed: false, repeat: false, modifiers }
            }
            '^' => key(Key::K, Modifiers::COMMAND, false),
            c => Event::Text(c.to_string()),
        };
        let mut keys = KeyByKey::default();
        let mut events: Vec<Event> = came.chars().map(event).collect();
        for (n, expected) in expected.iter().enumerate() {
            let expected: Vec<Event> = expected.chars().map(event).collect();
            assert_eq!(
                keys.next(std::mem::take(&mut events), false),
                expected,
                "{came}, frame {n}"
            );
        }
        assert!(keys.held.is_empty(), "{came}: {:?} is left", keys.held);
    }

    #[test]
    fn a_letter_with_alt_types_nothing() {
        let text = || Event::Text("p".to_owned());
        for (held, typed) in [(Modifiers::ALT, 0), (Modifiers::NONE, 1), (Modifiers::SHIFT, 1)] {
            let mut events = vec![key(Key::P, held, false), text()];
            drop_menu_letters(&mut events);
            assert_eq!(events.len(), 1 + typed, "{held:?}");
        }
    }

    #[test]
    fn what_follows_a_key_that_leads_elsewhere_waits() {
        check("abc", &["abc", ""]);
        check("⇥c", &["⇥", "", "c", ""]);
        check("⇥⇥b", &["⇥", "", "⇥", "", "b"]);
        check("-⏎b", &["-⏎", "", "b"]);
        check("a……b", &["a……b", ""]);
    }

    #[test]
    fn a_key_that_leads_elsewhere_waits_for_what_was_typed() {
        check("ab⇥c", &["ab", "⇥", "", "c", ""]);
        check("a-⏎b", &["a-", "⏎", "", "b"]);
        check("<↓⏎", &["<", "↓", "", "⏎", ""]);
        check("^ab⏎", &["^", "", "ab", "⏎", ""]);
        check("ab^", &["ab", "^", ""]);
    }
}
