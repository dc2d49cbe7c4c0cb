//! The lines of a scan, of one component after another or of all together.

use super::fault::cut_short;
use super::headers::Interleaving;
use super::neighbours::{Neighbours, at, set};
use super::scan::Scan;
use crate::Error;
use crate::dicom::image_pixel::ImagePixel;

impl Scan<'_> {
    pub(super) fn decode(
        &mut self,
        parts: &[usize],
        interleaving: Interleaving,
        pixel: &ImagePixel,
        samples: &mut [i32],
    ) -> Result<(), Error> {
        let columns = pixel.columns;
        let step = pixel.samples_per_pixel;
        // Two lines of each component, with a sample before and one behind.
        let empty = || vec![vec![0_i32; columns + 2]; parts.len()];
        let (mut above, mut current) = (empty(), empty());
        let mut run_indices = vec![0_usize; parts.len()];
        for line in samples.chunks_exact_mut(columns * step) {
            for (above, current) in above.iter_mut().zip(&mut current) {
                // The sample before a line is the one above the first; that behind it is like the last.
                set(current, 0, at(above, 1));
                let last = at(above, columns);
                set(above, columns + 1, last);
            }
            if interleaving == Interleaving::Sample {
                let run_index = run_indices.first_mut().ok_or_else(cut_short)?;
                self.line_of_pixels(&above, &mut current, columns, run_index)?;
            } else {
                let lines = above.iter().zip(&mut current).zip(&mut run_indices);
                for ((above, current), run_index) in lines {
                    self.line(above, current, columns, run_index)?;
                }
            }
            for (part, current) in parts.iter().zip(&current) {
                let target = line.iter_mut().skip(*part).step_by(step);
                for (sample, value) in target.zip(current.iter().skip(1)) {
                    *sample = *value;
                }
            }
            std::mem::swap(&mut above, &mut current);
        }
        Ok(())
    }

    /// One line of one component.
    fn line(
        &mut self,
        above: &[i32],
        current: &mut [i32],
        columns: usize,
        run_index: &mut usize,
    ) -> Result<(), Error> {
        let mut place = 1;
        while place <= columns {
            let near = Neighbours::of(above, current, place);
            match self.context(&near) {
                Some((context, sign)) => {
                    let value = self.regular(&near, context, sign)?;
                    set(current, place, value);
                    place += 1;
                }
                None => {
                    let run = self.run(columns + 1 - place, run_index)?;
                    for index in place..place + run {
                        set(current, index, near.left);
                    }
                    place += run;
                    if place <= columns {
                        let upper = at(above, place);
                        let kind = usize::from((near.left - upper).abs() <= self.near);
                        let value = self.interruption(near.left, upper, kind, *run_index)?;
                        set(current, place, value);
                        *run_index = run_index.saturating_sub(1);
                        place += 1;
                    }
                }
            }
        }
        Ok(())
    }

    /// One line of all components, sample by sample: runs are common to all.
    fn line_of_pixels(
        &mut self,
        above: &[Vec<i32>],
        current: &mut [Vec<i32>],
        columns: usize,
        run_index: &mut usize,
    ) -> Result<(), Error> {
        let mut place = 1;
        while place <= columns {
            let near: Vec<Neighbours> = above
                .iter()
                .zip(current.iter())
                .map(|(above, current)| Neighbours::of(above, current, place))
                .collect();
            let contexts: Vec<Option<(usize, i32)>> =
                near.iter().map(|near| self.context(near)).collect();
            if contexts.iter().any(Option::is_some) {
                for ((current, near), context) in current.iter_mut().zip(&near).zip(contexts) {
                    // A component without gradients has the context of none.
                    let (context, sign) = context.unwrap_or((0, 1));
                    let value = self.regular(near, context, sign)?;
                    set(current, place, value);
                }
                place += 1;
                continue;
            }
            let run = self.run(columns + 1 - place, run_index)?;
            for (current, near) in current.iter_mut().zip(&near) {
                for index in place..place + run {
                    set(current, index, near.left);
                }
            }
            place += run;
            if place <= columns {
                for ((current, above), near) in current.iter_mut().zip(above).zip(&near) {
                    let value = self.interruption(near.left, at(above, place), 0, *run_index)?;
                    set(current, place, value);
                }
                *run_index = run_index.saturating_sub(1);
                place += 1;
            }
        }
        Ok(())
    }
}
