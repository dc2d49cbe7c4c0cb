//! Exact Euclidean distances on grids whose voxels need not be cubes.

use crate::Error;
use crate::error::check_length;

/// Distance of every voxel to the nearest voxel of `mask`, centre to centre, in the unit of `spacing`; 0 inside the mask,
/// infinite where the mask is empty.
///
/// `mask` and the result `[planes, rows, columns]`, `spacing` between planes, rows and columns. The transform is exact:
/// the lower envelope of parabolas along one axis after the other (Felzenszwalb and Huttenlocher, Theory of Computing 8,
/// 2012), in time linear in the voxels.
///
/// # Errors
/// [`Error::Length`] if the mask does not fit the shape, [`Error::Setting`] for a spacing that is not a positive number.
pub fn distance_to(mask: &[bool], shape: [usize; 3], spacing: [f64; 3]) -> Result<Vec<f64>, Error> {
    let voxels = shape
        .iter()
        .fold(1_usize, |product, &length| product.saturating_mul(length));
    check_length("the mask", mask.len(), voxels)?;
    if let Some(step) = spacing
        .iter()
        .find(|step| !(step.is_finite() && **step > 0.0))
    {
        return Err(Error::Setting {
            what: "the spacing",
            value: step.to_string(),
            requirement: "a positive number",
        });
    }
    let mut squares: Vec<f64> = mask
        .iter()
        .map(|&inside| if inside { 0.0 } else { f64::INFINITY })
        .collect();
    let [_, rows, columns] = shape;
    let strides = [rows * columns, columns, 1];
    for ((length, stride), step) in shape.into_iter().zip(strides).zip(spacing) {
        transform_axis(&mut squares, length, stride, step);
    }
    Ok(squares.into_iter().map(f64::sqrt).collect())
}

/// Transforms all lines along an axis of `length` voxels that lie `stride` apart.
fn transform_axis(squares: &mut [f64], length: usize, stride: usize, step: f64) {
    if length < 2 {
        return;
    }
    let mut line = vec![0.0; length];
    let mut envelope = Envelope::default();
    for block in squares.chunks_exact_mut(length * stride) {
        for offset in 0..stride {
            for (value, &from) in line
                .iter_mut()
                .zip(block.iter().skip(offset).step_by(stride))
            {
                *value = from;
            }
            envelope.build(&line, step);
            let to = block.iter_mut().skip(offset).step_by(stride);
            envelope.write(to, &line, step);
        }
    }
}

/// The lower envelope of the parabolas `f(q) + step^2 (p - q)^2`.
#[derive(Default)]
struct Envelope {
    /// Vertex of every parabola of the envelope, and from which place on it is the lowest.
    parts: Vec<(usize, f64)>,
}

impl Envelope {
    fn build(&mut self, line: &[f64], step: f64) {
        self.parts.clear();
        let lifted = |place: usize, value: f64| value + (step * place as f64).powi(2);
        for (place, &value) in line.iter().enumerate() {
            if !value.is_finite() {
                continue;
            }
            let mut from = f64::NEG_INFINITY;
            while let Some(&(vertex, start)) = self.parts.last() {
                let other = line.get(vertex).copied().unwrap_or(f64::INFINITY);
                from = (lifted(place, value) - lifted(vertex, other))
                    / (2.0 * step * step * (place - vertex) as f64);
                if from > start {
                    break;
                }
                self.parts.pop();
                from = f64::NEG_INFINITY;
            }
            self.parts.push((place, from));
        }
    }

    fn write<'a>(&self, to: impl Iterator<Item = &'a mut f64>, line: &[f64], step: f64) {
        let mut parts = self.parts.iter().peekable();
        let Some(mut current) = parts.next() else {
            return;
        };
        for (place, value) in to.enumerate() {
            while let Some(next) = parts.next_if(|(_, start)| *start < place as f64) {
                current = next;
            }
            let (vertex, _) = *current;
            let height = line.get(vertex).copied().unwrap_or(f64::INFINITY);
            *value = height + (step * place.abs_diff(vertex) as f64).powi(2);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::distance_to;
    use crate::Error;

    #[test]
    fn distances_by_hand() {
        let mask = [false, true, false, false, false, false];
        let found = distance_to(&mask, [1, 2, 3], [9.0, 2.0, 0.5]).unwrap();
        let diagonal = (4.0_f64 + 0.25).sqrt();
        assert_eq!(found, [0.5, 0.0, 0.5, diagonal, 2.0, diagonal]);
    }

    #[test]
    fn nothing_is_infinitely_far() {
        let found = distance_to(&[false; 8], [2, 2, 2], [1.0; 3]).unwrap();
        assert!(found.iter().all(|distance| distance.is_infinite()));
        assert!(distance_to(&[], [0, 2, 2], [1.0; 3]).unwrap().is_empty());
    }

    #[test]
    fn faults_are_named() {
        let error = distance_to(&[true], [1, 1, 1], [1.0, 0.0, 1.0]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the spacing is 0, but it must be a positive number"
        );
        assert!(matches!(
            distance_to(&[true], [1, 1, 2], [1.0; 3]),
            Err(Error::Length { .. })
        ));
    }
}
