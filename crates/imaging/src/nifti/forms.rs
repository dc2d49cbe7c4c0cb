//! From a header's qform and sform to an affine matrix, and back.

use super::header::NiftiHeader;
use crate::geometry::{
    Affine, Geometry, GeometrySource, Grid, columns_norms, determinant, divide_columns,
    is_orthogonal, linear_part, nearest_rotation,
};

/// The cosine between two axes up to which they count as being at right angles; headers keep 7 digits.
const RIGHT_ANGLE: f64 = 1e-4;

/// From this distance on, in voxels, two forms say different things. A 32-bit quaternion near a half turn keeps few
/// digits, which is no disagreement.
const DISAGREEMENT: f64 = 0.5;

/// Where the voxels of a header lie: sform before qform before pixdim, as nibabel chooses. Returns what there is to say
/// about it as well.
///
/// A form that no volume can have (axes in one plane, say) is passed over for the next one. Metres and micrometres
/// become millimetres.
pub(crate) fn geometry(header: &NiftiHeader, shape: [usize; 3]) -> (Geometry, Vec<String>) {
    let mut notes = Vec::new();
    let (scale, units) = match header.units & 7 {
        1 => (1e3, Some("metres")),
        3 => (1e-3, Some("micrometres")),
        _ => (1.0, None),
    };
    if let Some(units) = units {
        notes.push(format!(
            "The header counts in {units}; positions were converted to millimetres."
        ));
    }
    let (sizes, repaired) = sizes(header);
    let sform = GeometrySource::Sform {
        code: header.sform_code,
    };
    let qform = GeometrySource::Qform {
        code: header.qform_code,
    };
    let candidates = [
        (header.sform_code > 0).then(|| (sform, sform_affine(header))),
        (header.qform_code > 0).then(|| (qform, qform_affine(header, sizes))),
        Some((GeometrySource::VoxelSizes, base_affine(sizes, shape))),
    ];
    let mut chosen: Option<(Grid, GeometrySource)> = None;
    for (source, affine) in candidates.into_iter().flatten() {
        match (Grid::new(shape, scaled(affine, scale)), chosen) {
            (Ok(grid), None) => chosen = Some((grid, source)),
            (Ok(grid), Some((first, GeometrySource::Sform { .. })))
                if source == qform && first.largest_distance(&grid) > DISAGREEMENT =>
            {
                notes
                    .push("The header's sform and qform disagree; the sform was taken.".to_owned());
            }
            (Err(_), None) => notes.push(format!(
                "The {} cannot be used and was passed over.",
                source.description()
            )),
            _ => {}
        }
    }
    let uses_sizes = !matches!(chosen, Some((_, GeometrySource::Sform { .. })));
    if repaired && uses_sizes {
        notes.push("The header gives no voxel size along some axis; 1 mm was taken.".to_owned());
    }
    if matches!(chosen, Some((_, GeometrySource::VoxelSizes))) {
        notes.push(
            "The header does not say how the patient lies; columns were taken to run to the left, rows to anterior, planes to superior, but left and right may be the other way round."
                .to_owned(),
        );
    }
    let geometry = Geometry {
        affine: chosen.map(|(grid, _)| grid.affine()),
        source: chosen.map(|(_, source)| source),
        spacing: None,
    };
    (geometry, notes)
}

/// Voxel sizes of the three axes of space, positive, 1 where the header gives none; and whether one was missing.
pub(super) fn sizes(header: &NiftiHeader) -> ([f64; 3], bool) {
    let mut repaired = false;
    let [_, along_columns, along_rows, along_planes, ..] = header.voxel_sizes;
    let mut axis = 0;
    let sizes = [along_columns, along_rows, along_planes].map(|size| {
        let size = size.abs();
        axis += 1;
        // A file of one or two dimensions need not fill in the others.
        let needed = axis <= header.dimensions.len();
        if size.is_finite() && size > 0.0 {
            size
        } else {
            repaired |= needed;
            1.0
        }
    });
    (sizes, repaired)
}

fn sform_affine(header: &NiftiHeader) -> Affine {
    let [x, y, z] = header.sform;
    [x, y, z, [0.0, 0.0, 0.0, 1.0]]
}

/// Method 2 of nifti1.h.
fn qform_affine(header: &NiftiHeader, sizes: [f64; 3]) -> Affine {
    let rotation = Quaternion(header.quaternion).to_rotation();
    // Anything but -1 counts as 1, as 0 does by the standard.
    let sign = if header.voxel_sizes[0] == -1.0 {
        -1.0
    } else {
        1.0
    };
    let [i, j, k] = sizes;
    let k = sign * k;
    let row = |[a, b, c]: [f64; 3], offset: f64| [a * i, b * j, c * k, offset];
    let ([x, y, z], [x_offset, y_offset, z_offset]) = (rotation, header.offset);
    [
        row(x, x_offset),
        row(y, y_offset),
        row(z, z_offset),
        [0.0, 0.0, 0.0, 1.0],
    ]
}

/// nibabel's `get_base_affine`: columns to the left, about the image's centre.
fn base_affine(sizes: [f64; 3], [planes, rows, columns]: [usize; 3]) -> Affine {
    let centre = |length: usize, size: f64| (length as f64 - 1.0) / 2.0 * size;
    let [i, j, k] = sizes;
    [
        [-i, 0.0, 0.0, centre(columns, i)],
        [0.0, j, 0.0, -centre(rows, j)],
        [0.0, 0.0, k, -centre(planes, k)],
        [0.0, 0.0, 0.0, 1.0],
    ]
}

fn scaled(mut affine: Affine, factor: f64) -> Affine {
    for row in affine.iter_mut().take(3) {
        for value in row {
            *value *= factor;
        }
    }
    affine
}

/// `quatern_b`, `quatern_c` and `quatern_d` of a unit quaternion whose first part is not negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quaternion(pub [f64; 3]);

impl Quaternion {
    /// The rotation, as `nifti_quatern_to_mat44` of the reference library: parts longer than 1 are shortened.
    fn to_rotation(self) -> [[f64; 3]; 3] {
        let [b, c, d] = self.0;
        let square = 1.0 - (b * b + c * c + d * d);
        let (a, b, c, d) = if square < 1e-7 {
            let length = (b * b + c * c + d * d).sqrt();
            (0.0, b / length, c / length, d / length)
        } else {
            (square.sqrt(), b, c, d)
        };
        [
            [
                a * a + b * b - c * c - d * d,
                2.0 * (b * c - a * d),
                2.0 * (b * d + a * c),
            ],
            [
                2.0 * (b * c + a * d),
                a * a + c * c - b * b - d * d,
                2.0 * (c * d - a * b),
            ],
            [
                2.0 * (b * d - a * c),
                2.0 * (c * d + a * b),
                a * a + d * d - c * c - b * b,
            ],
        ]
    }

    /// The quaternion of a matrix whose columns are at right angles, and the sign of its third axis (`pixdim[0]`);
    /// `None` for a sheared one, which no quaternion describes. As `nifti_mat44_to_quatern`.
    pub(crate) fn of(affine: &Affine) -> Option<(Self, f64)> {
        let linear = linear_part(affine);
        if !is_orthogonal(&linear, RIGHT_ANGLE) {
            return None;
        }
        let mut unit = nearest_rotation(&divide_columns(&linear, columns_norms(&linear)));
        let sign = if determinant(&unit) < 0.0 { -1.0 } else { 1.0 };
        for row in &mut unit {
            row[2] *= sign;
        }
        let [[r11, r12, r13], [r21, r22, r23], [r31, r32, r33]] = unit;
        // The largest of the four parts is found first, so that nothing is divided by a small number.
        let squares = [
            1.0 + r11 + r22 + r33,
            1.0 + r11 - r22 - r33,
            1.0 - r11 + r22 - r33,
            1.0 - r11 - r22 + r33,
        ];
        let largest = squares
            .iter()
            .fold(0.0, |most: f64, &square| most.max(square));
        let half = largest.sqrt() / 2.0;
        let quarter = 0.25 / half;
        let [a, b, c, d] = if largest == squares[0] {
            [
                half,
                (r32 - r23) * quarter,
                (r13 - r31) * quarter,
                (r21 - r12) * quarter,
            ]
        } else if largest == squares[1] {
            [
                (r32 - r23) * quarter,
                half,
                (r12 + r21) * quarter,
                (r13 + r31) * quarter,
            ]
        } else if largest == squares[2] {
            [
                (r13 - r31) * quarter,
                (r12 + r21) * quarter,
                half,
                (r23 + r32) * quarter,
            ]
        } else {
            [
                (r21 - r12) * quarter,
                (r13 + r31) * quarter,
                (r23 + r32) * quarter,
                half,
            ]
        };
        let turn = if a < 0.0 { -1.0 } else { 1.0 };
        Some((Self([b * turn, c * turn, d * turn]), sign))
    }
}
