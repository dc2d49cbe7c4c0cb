//! Which part of a file is wanted, where it has more than one image of the same place.

use serde::Serialize;

use crate::Error;
use crate::uneven_spacing::UnevenSpacing;

/// The time point and the channel that are wanted, each counted from 0; `None` takes the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choice {
    /// Time point: the volume of a 4D NIfTI file, the frame of an ImageJ or OME-TIFF stack.
    pub time: Option<usize>,
    /// Channel: of TIFF files with more channels than colours have, the component of vector images.
    pub channel: Option<usize>,
    /// What becomes of a DICOM series whose images lie unevenly; `None` takes what
    /// [`open_files`](crate::open_files) lists. Of evenly spaced images it changes nothing.
    pub spacing: Option<UnevenSpacing>,
}

/// What a file has to choose from, and what was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Parts {
    /// Time points, at least 1.
    pub times: usize,
    /// The time point that was taken, counted from 0.
    pub time: usize,
    /// Channels to choose from, at least 1. Red, green and blue count as one.
    pub channels: usize,
    /// The channel that was taken, counted from 0.
    pub channel: usize,
    /// How uneven images became a volume; [`Choice::spacing`] asks for the other way. `None` for even ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spacing: Option<UnevenSpacing>,
}

impl Default for Parts {
    /// One time point and one channel.
    fn default() -> Self {
        Self {
            times: 1,
            time: 0,
            channels: 1,
            channel: 0,
            spacing: None,
        }
    }
}

impl Choice {
    /// Chooses among `times` time points and `channels` channels.
    ///
    /// # Errors
    /// [`Error::NoSuchPart`] for one that is not there.
    pub(crate) fn of(&self, times: usize, channels: usize) -> Result<Parts, Error> {
        let one = |what: &'static str, wanted: Option<usize>, count: usize| match wanted {
            Some(wanted) if wanted >= count => Err(Error::NoSuchPart {
                what,
                wanted,
                count,
            }),
            wanted => Ok(wanted.unwrap_or(0)),
        };
        let (times, channels) = (times.max(1), channels.max(1));
        Ok(Parts {
            times,
            time: one("time point", self.time, times)?,
            channels,
            channel: one("channel", self.channel, channels)?,
            spacing: None,
        })
    }
}

impl Parts {
    /// What was taken, one sentence for each choice there was.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut say = |what: &str, taken: usize, count: usize| {
            if count > 1 {
                notes.push(match taken {
                    0 => format!("The file has {count} {what}s; the first is shown."),
                    _ => format!(
                        "The file has {count} {what}s; {what} {taken}, counted from 0, is shown."
                    ),
                });
            }
        };
        say("time point", self.time, self.times);
        say("channel", self.channel, self.channels);
        notes
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Choice;

    #[test]
    fn the_first_is_taken_unless_another_is_wanted() {
        let parts = Choice::default().of(5, 1).unwrap();
        assert_eq!(
            parts.notes(),
            ["The file has 5 time points; the first is shown."]
        );
        let second = Choice {
            channel: Some(1),
            ..Choice::default()
        };
        assert_eq!(second.of(1, 2).unwrap().channel, 1);
        assert!(
            second
                .of(1, 1)
                .unwrap_err()
                .to_string()
                .contains("channel 1")
        );
    }
}
