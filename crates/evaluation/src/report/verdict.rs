//! Who is first, said by the figures alone.

use crate::methods::Method;
use crate::metrics::{Evaluation, Masked, MethodMetrics, Metric};

/// Which part of the image a metric is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mask {
    All,
    Near,
}

impl Mask {
    /// What belongs to this mask.
    pub const fn of<T>(self, masked: &Masked<T>) -> &T {
        match self {
            Self::All => &masked.all,
            Self::Near => &masked.near,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all voxels",
            Self::Near => "near the object",
        }
    }
}

/// Whether a larger value of the metric is better.
pub const fn larger_is_better(metric: Metric) -> bool {
    matches!(metric, Metric::Auroc | Metric::Auprc)
}

/// The methods of one pass that have the metric, the best first.
pub fn single_pass_order(
    evaluation: &Evaluation,
    metric: Metric,
    mask: Mask,
) -> Vec<(Method, f64, &MethodMetrics)> {
    let mut order: Vec<_> = Method::ALL
        .into_iter()
        .filter(|method| method.is_single_pass())
        .filter_map(|method| {
            let found = evaluation.methods.get(method.name())?;
            let value = (*mask.of(found.figures.get(metric)))?;
            Some((method, value, found))
        })
        .collect();
    order.sort_by(|left, right| {
        if larger_is_better(metric) {
            right.1.total_cmp(&left.1)
        } else {
            left.1.total_cmp(&right.1)
        }
    });
    order
}

/// Where the method stands among those of one pass, in a sentence; none where it was not evaluated.
///
/// Behind the first, two intervals are told apart: that of the first's own metric over the cases, and that of the difference
/// of both on the same draws of cases, which is the narrower.
pub fn sentence(evaluation: &Evaluation, metric: Metric, mask: Mask) -> Option<String> {
    let order = single_pass_order(evaluation, metric, mask);
    let place = order
        .iter()
        .position(|(method, ..)| *method == Method::SegWithU)?;
    let (_, value, _) = order.get(place)?;
    let (first, best, figures) = order.first()?;
    if place == 0 {
        return Some(format!("first of {}", order.len()));
    }
    let own = match mask.of(figures.intervals.get(metric)) {
        Some(own) => format!(
            "{} the interval of the first, `{}` ({best:.5}, 95 % interval {:.5} to {:.5})",
            if (own.low..=own.high).contains(value) {
                "within"
            } else {
                "outside"
            },
            first.name(),
            own.low,
            own.high
        ),
        None => format!("behind `{}`", first.name()),
    };
    let versus = figures.versus_segwithu.as_ref();
    let paired = versus.and_then(|all| *mask.of(all.get(metric)));
    let paired = paired.map_or_else(String::new, |found| {
        format!(
            "; on the same cases {} it (difference {:+.5}, 95 % interval {:+.5} to {:+.5})",
            if found.low <= 0.0 && found.high >= 0.0 {
                "not distinguishable from"
            } else {
                "behind"
            },
            found.difference,
            found.low,
            found.high
        )
    });
    Some(format!(
        "number {} of {}, {own}{paired}",
        place + 1,
        order.len()
    ))
}
