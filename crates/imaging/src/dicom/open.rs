//! A single DICOM file.

use super::decode::decode;
use super::grouping::stacks;
use super::scan::scan;
use super::stack::Stack;
use crate::choice::Choice;
use crate::{Error, Format, Limits, Volume};

/// Opens one file. Where it holds several volumes, the one with the most planes is taken, and a note says so.
pub(crate) fn open(bytes: &[u8], limits: &Limits, choice: &Choice) -> Result<Volume, Error> {
    // Times and channels of DICOM are series of their own.
    choice.of(1, 1)?;
    let file = scan(0, bytes, limits)?;
    let mut stacks = stacks(&[file]);
    let count = stacks.len();
    let mut chosen: Option<Result<Stack, Error>> = None;
    for stack in stacks.drain(..) {
        let planes =
            |stack: &Result<Stack, Error>| stack.as_ref().map_or(0, |stack| stack.shape[0]);
        if chosen
            .as_ref()
            .is_none_or(|chosen| planes(&stack) > planes(chosen))
        {
            chosen = Some(stack);
        }
    }
    let mut stack = chosen.ok_or_else(|| Error::damaged(Format::Dicom, "it holds no image"))??;
    if count > 1 {
        let note =
            format!("The file holds {count} volumes; the one with the most planes is shown.");
        if let Some(other) = &mut stack.alternative {
            other.notes.push(note.clone());
        }
        stack.notes.push(note);
    }
    decode(stack.with_spacing(choice.spacing)?, &[bytes], limits)
}
