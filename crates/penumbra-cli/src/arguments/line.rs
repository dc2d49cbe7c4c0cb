//! A command as it could be typed again, for those who want the same figures.

use std::ffi::OsString;

/// The words after the program's name, quoted where a shell needs it.
pub fn command_line(words: &[OsString]) -> String {
    let mut line = "penumbra".to_owned();
    for word in words {
        let word = word.to_string_lossy();
        let plain =
            |character: char| character.is_alphanumeric() || "-_./,=:+@%".contains(character);
        if !word.is_empty() && word.chars().all(plain) {
            line.push_str(&format!(" {word}"));
        } else {
            line.push_str(&format!(" '{}'", word.replace('\'', r"'\''")));
        }
    }
    line
}
