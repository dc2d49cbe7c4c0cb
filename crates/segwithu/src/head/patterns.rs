//! The sign patterns of the rank-1 perturbations.

use std::f32::consts::PI;

/// Signs `S[i][r]`, `i` and `r` in `0..probes`: +1 where `cos(pi (i + 1) (r + 1/2) / probes) >= 0`, else -1.
///
/// Many of these cosines are exactly 0, so the reference's sign is the rounding of its f32 argument. It is
/// reproduced by rounding the argument in f32 step by step and taking its cosine in f64; this agrees with the
/// reference for every number of probes from 1 to 64, and must not be evaluated in a shader.
#[must_use]
pub fn sign_patterns(probes: usize) -> Vec<Vec<f32>> {
    (1..=probes)
        .map(|row| {
            (0..probes)
                .map(|probe| {
                    let argument = (PI * row as f32) * (probe as f32 + 0.5) / probes as f32;
                    if f64::from(argument).cos() >= 0.0 {
                        1.0
                    } else {
                        -1.0
                    }
                })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::sign_patterns;

    #[test]
    fn eight_probes_match_the_reference() {
        let expected = [
            "++++----", "++----++", "+---+++-", "+--++--+", "+-++--+-", "+-+--+-+", "+-+-+-+-",
            "-+-+-+-+",
        ];
        let rows = sign_patterns(8)
            .iter()
            .map(|row| {
                row.iter()
                    .map(|&sign| if sign > 0.0 { '+' } else { '-' })
                    .collect::<String>()
            })
            .collect::<Vec<_>>();
        assert_eq!(rows, expected);
    }
}
