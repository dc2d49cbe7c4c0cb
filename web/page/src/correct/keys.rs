//! Keys that work wherever the focus is, but where something is typed.

use correction::Decision;

use super::tools::Tool;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Opens the sheet of keys.
    Sheet,
    /// Goes to the next place, or to the one before.
    Step {
        /// To the next.
        forward: bool,
    },
    /// Decides about the place that is open.
    Decide(Decision),
    /// Takes the runner-up class in the place that is open.
    RunnerUp,
    /// Takes up a tool.
    Take(Tool),
    /// Makes the brush larger or smaller.
    Size {
        /// Larger.
        larger: bool,
    },
    /// Chooses the class with this number.
    Class(u8),
    /// Takes the last step back.
    Undo,
    /// Does again what was taken back.
    Redo,
}

/// A key as the browser tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'a> {
    /// What it writes, or its name.
    pub key: &'a str,
    /// Ctrl, or Command on a Mac.
    pub control: bool,
    /// Shift.
    pub shift: bool,
    /// Alt.
    pub alt: bool,
    /// Whether a tool that draws is taken up: some keys belong to the view otherwise.
    pub drawing: bool,
}

/// What a key does; none for one that does nothing of its own. Single keys can be switched off, as some voice input types
/// them by mistake (WCAG 2.1, criterion 2.1.4).
#[must_use]
pub fn command(key: Key<'_>, single_keys: bool) -> Option<Command> {
    let Key {
        key,
        control,
        shift,
        alt,
        drawing,
    } = key;
    if alt {
        return None;
    }
    if control {
        return match (key, shift) {
            ("z", false) => Some(Command::Undo),
            ("z" | "Z", true) | ("y", false) => Some(Command::Redo),
            _ => None,
        };
    }
    if !single_keys {
        return None;
    }
    let letter = key.to_ascii_lowercase();
    match letter.as_str() {
        "?" => Some(Command::Sheet),
        "n" => Some(Command::Step { forward: true }),
        "p" => Some(Command::Step { forward: false }),
        "a" => Some(Command::Decide(Decision::Accept)),
        "f" => Some(Command::Decide(Decision::Fix)),
        "r" => Some(Command::Decide(Decision::Refer)),
        "u" => Some(Command::RunnerUp),
        "b" => Some(Command::Take(Tool::Brush)),
        "e" => Some(Command::Take(Tool::Eraser)),
        "s" => Some(Command::Take(Tool::SmartBrush)),
        "g" => Some(Command::Take(Tool::Fill)),
        "l" => Some(Command::Take(Tool::Lasso)),
        "v" => Some(Command::Take(Tool::Move)),
        "escape" if drawing => Some(Command::Take(Tool::Move)),
        "[" if drawing => Some(Command::Size { larger: false }),
        "]" if drawing => Some(Command::Size { larger: true }),
        digit => {
            let class = digit.parse().ok().filter(|class| (1..=9).contains(class));
            class.map(Command::Class)
        }
    }
}

/// The sheet: what is done, and with which keys.
pub const SHEET: [(&str, &[(&str, &str)]); 3] = [
    (
        "Places to look at",
        &[
            ("N, P", "next and previous place"),
            ("A", "accept: the mask is right here; go on"),
            ("F", "fix: take up the brush here"),
            ("R", "refer: somebody else is to look; go on"),
            ("U", "take the runner-up class here"),
        ],
    ),
    (
        "Correcting",
        &[
            ("B, E, S", "brush, eraser, smart brush"),
            ("G, L", "fill, lasso"),
            ("V or Esc", "put the tool away"),
            ("[ and ]", "smaller and larger brush, with a tool in hand"),
            ("1 to 9", "choose the class"),
            ("Enter", "use the tool at the crosshair"),
            ("Ctrl+Z", "undo"),
            ("Ctrl+Shift+Z", "redo"),
        ],
    ),
    (
        "The picture, when it has the focus",
        &[
            ("Arrows", "move the crosshair; with Shift ten pixels"),
            ("+ − 0", "zoom in, zoom out, whole image"),
            ("Page up, Page down", "slices of a volume"),
            ("M", "this view alone"),
            ("[ ] { } \\", "brightness, contrast, both reset"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(key: &str) -> Key<'_> {
        Key {
            key,
            control: false,
            shift: false,
            alt: false,
            drawing: false,
        }
    }

    #[test]
    fn one_key_each() {
        assert_eq!(
            command(pressed("A"), true),
            Some(Command::Decide(Decision::Accept))
        );
        assert_eq!(
            command(pressed("n"), true),
            Some(Command::Step { forward: true })
        );
        assert_eq!(command(pressed("3"), true), Some(Command::Class(3)));
        assert_eq!(command(pressed("0"), true), None);
        assert_eq!(command(pressed("["), true), None);
        let drawing = Key {
            drawing: true,
            ..pressed("[")
        };
        assert_eq!(
            command(drawing, true),
            Some(Command::Size { larger: false })
        );
    }

    #[test]
    fn control_goes_back_and_forth_even_without_single_keys() {
        let with = |key, shift| Key {
            control: true,
            shift,
            ..pressed(key)
        };
        assert_eq!(command(with("z", false), false), Some(Command::Undo));
        assert_eq!(command(with("Z", true), false), Some(Command::Redo));
        assert_eq!(command(with("y", false), false), Some(Command::Redo));
        // What browsers and systems do with these stays theirs.
        assert_eq!(command(with("a", false), true), None);
        assert_eq!(
            command(
                Key {
                    alt: true,
                    ..pressed("a")
                },
                true
            ),
            None
        );
        assert_eq!(command(pressed("a"), false), None);
    }
}
