//! The least value of a smooth function of a few numbers: the BFGS method.
//!
//! Written out here because the functions have two to four parameters and their own gradients; crates of optimisers such
//! as argmin bring a framework of problems, solvers and observers for what are a hundred lines.

/// Rounds of the search; it ends earlier where nothing gets better.
const MAX_ROUNDS: usize = 200;
/// Halvings of a step that would make things worse.
const MAX_HALVINGS: usize = 40;

/// A value and its gradient.
#[derive(Debug, Clone)]
pub(crate) struct Slope {
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f64>,
}

/// Goes downhill from `start` by the method of Broyden, Fletcher, Goldfarb and Shanno (Nocedal and Wright, Numerical
/// Optimization, section 6.1) until a round gains less than 1e-10 of the first value. Returns the place, the value at
/// `start` and the value at the place.
pub(crate) fn minimise(
    start: Vec<f64>,
    function: impl Fn(&[f64]) -> Slope,
) -> (Vec<f64>, f64, f64) {
    let mut point = start;
    let mut here = function(&point);
    let before = here.value;
    let mut inverse = identity(point.len());
    for _ in 0..MAX_ROUNDS {
        let mut direction = times(&inverse, &here.gradient);
        if dot(&direction, &here.gradient) <= 0.0 {
            inverse = identity(point.len());
            direction.clone_from(&here.gradient);
        }
        let Some((next, there)) = step(&function, &point, &here, &direction) else {
            break;
        };
        let gain = here.value - there.value;
        update(
            &mut inverse,
            &minus(&next, &point),
            &minus(&there.gradient, &here.gradient),
        );
        (point, here) = (next, there);
        if gain <= 1e-10 * before.abs() {
            break;
        }
    }
    (point, before, here.value)
}

/// The first of ever smaller steps against `direction` that is better by a share of what the slope promises.
fn step(
    function: &impl Fn(&[f64]) -> Slope,
    point: &[f64],
    here: &Slope,
    direction: &[f64],
) -> Option<(Vec<f64>, Slope)> {
    let promised = dot(direction, &here.gradient);
    let mut length = 1.0;
    for _ in 0..MAX_HALVINGS {
        let next = point
            .iter()
            .zip(direction)
            .map(|(place, component)| place - length * component)
            .collect::<Vec<_>>();
        let there = function(&next);
        if there.value < here.value && there.value <= here.value - 1e-4 * length * promised {
            return Some((next, there));
        }
        length /= 2.0;
    }
    None
}

fn identity(size: usize) -> Vec<Vec<f64>> {
    (0..size)
        .map(|row| {
            (0..size)
                .map(|column| f64::from(u8::from(row == column)))
                .collect()
        })
        .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn times(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, vector)).collect()
}

/// The inverse Hessian after a step `s` along which the gradient changed by `y`:
/// (I - s y'/sy) H (I - y s'/sy) + s s'/sy. Left as it is where the curvature along the step is not positive.
fn update(inverse: &mut [Vec<f64>], step: &[f64], change: &[f64]) {
    let curvature = dot(step, change);
    if curvature <= 1e-300 {
        return;
    }
    let image = times(inverse, change);
    let factor = 1.0 + dot(change, &image) / curvature;
    for (row, (s_row, h_row)) in inverse.iter_mut().zip(step.iter().zip(&image)) {
        for (entry, (s_column, h_column)) in row.iter_mut().zip(step.iter().zip(&image)) {
            *entry += (factor * s_row * s_column - h_row * s_column - s_row * h_column) / curvature;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Slope, minimise};

    /// Rosenbrock's valley: the least value, 0, is at (1, 1).
    fn valley(point: &[f64]) -> Slope {
        let [x, y] = [point[0], point[1]];
        let across = y - x * x;
        Slope {
            value: (1.0 - x).powi(2) + 100.0 * across * across,
            gradient: vec![-2.0 * (1.0 - x) - 400.0 * x * across, 200.0 * across],
        }
    }

    #[test]
    fn a_bent_valley_is_followed_to_its_end() {
        for start in [[-1.2, 1.0], [0.0, 0.0], [3.0, -4.0]] {
            let (point, before, after) = minimise(start.to_vec(), valley);
            assert_eq!(before, valley(&start).value);
            assert!(after < 1e-8 * before.max(1.0), "{start:?}: {after}");
            assert!((point[0] - 1.0).abs() < 1e-3 && (point[1] - 1.0).abs() < 1e-3);
        }
    }

    #[test]
    fn where_nothing_gets_better_the_start_is_the_end() {
        let flat = |_: &[f64]| Slope {
            value: 3.0,
            gradient: vec![0.0; 2],
        };
        assert_eq!(minimise(vec![1.0, 2.0], flat), (vec![1.0, 2.0], 3.0, 3.0));
        let broken = |_: &[f64]| Slope {
            value: f64::NAN,
            gradient: vec![f64::NAN; 2],
        };
        assert_eq!(minimise(vec![1.0, 2.0], broken).0, [1.0, 2.0]);
    }
}
