"""What the scripts over NIfTI, NRRD and TIFF files share: the cases and what they must hold.

FOLDER/volumes/<case>/case.json gives the shape (planes, rows, columns), the affine matrix from voxel (column, row, plane)
to RAS+ millimetres, and the image below SAMPLES that the results belong to, if there is one.
"""

import json

import numpy as np

# From RAS+ to LPS+ and back.
FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])


class Case:
    def __init__(self, path):
        self.folder = path.parent
        self.name = path.parent.name
        description = json.loads(path.read_text())
        self.shape = tuple(description["shape"])
        self.source = description["source"]
        self.segments = description["segments"]
        self.affine = None if description["affine"] is None else np.array(description["affine"])
        index = np.arange(np.prod(self.shape))
        self.mask = (index * 7 % 3).astype(np.uint8).reshape(self.shape)
        self.map = (index % 4099 / 16 - 100).astype(np.float32).reshape(self.shape)

    @property
    def is_sheared(self):
        """ITK has no place for such grids."""
        unit = self.affine[:3, :3] / np.linalg.norm(self.affine[:3, :3], axis=0)
        return not np.allclose(unit.T @ unit, np.eye(3), atol=1e-4)


def cases(folder):
    return [Case(path) for path in sorted(folder.glob("volumes/*/case.json"))]


def close(found, expected, tolerance=1e-6):
    """Equal to within `tolerance`, relative to each number or to 1 mm."""
    return np.allclose(found, expected, rtol=tolerance, atol=tolerance)


def itk_affine(image):
    """The affine matrix of a SimpleITK image, in RAS+."""
    affine = np.eye(4)
    affine[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return FLIP @ affine
