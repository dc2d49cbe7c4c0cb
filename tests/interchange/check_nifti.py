"""Masks and maps as NIfTI, read by nibabel and SimpleITK.

Usage: check_nifti.py FOLDER SAMPLES
"""

import gzip
import sys
from pathlib import Path

import nibabel
import numpy as np
import SimpleITK

from report import check, checks, finish
from volumes import cases, close, itk_affine


def load(path):
    """A single file, whatever its name says of compression and version."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    kind = nibabel.Nifti2Image if b"n+2" in data[:12] else nibabel.Nifti1Image
    return kind.from_bytes(data)


def is_two(image):
    return isinstance(image, nibabel.Nifti2Image)


def check_nibabel(name, case, path, expected):
    image = load(path)
    # Columns first; a picture of two dimensions stays one.
    array = np.asanyarray(image.dataobj)
    check(f"{name}: nibabel's values are those written", np.array_equal(array.reshape(case.shape[::-1]), expected.T))
    check(f"{name}: nibabel's type is {expected.dtype}", image.get_data_dtype() == expected.dtype)
    check(f"{name}: the version is the first that can hold it", is_two(image) == (max(case.shape) > 32767))
    if case.source is None:
        codes = int(image.header["sform_code"]), int(image.header["qform_code"])
        if case.affine is None:
            check(f"{name}: it claims no place", codes == (0, 0))
            return
        check(f"{name}: both forms are the scanner's, or the sform where sheared", codes == (1, 0 if case.is_sheared else 1))
        check(f"{name}: nibabel's affine is the one written", close(image.affine, case.affine))
        if codes[1]:
            check(f"{name}: its qform says the same", close(image.get_qform(), case.affine, 1e-5))
        return
    source = load(case.samples / case.source)
    check(f"{name}: the axes of space are the image's", array.shape == source.shape[:3])
    # NIfTI-1 keeps 7 digits of NIfTI-2's numbers.
    same_affine = close(image.affine, source.affine, 1e-6 if is_two(source) else 0)
    check(f"{name}: nibabel's affine is the image's", same_affine)
    check(f"{name}: the affine read here is the image's", close(case.affine, source.affine))
    for field in ["sform_code", "qform_code", "xyzt_units", "descrip", "quatern_b", "quatern_c", "quatern_d", "srow_x"]:
        wanted = source.header[field].astype(image.header[field].dtype)
        same = np.array_equal(image.header[field], wanted)
        check(f"{name}: {field} is the image's", same, f"{image.header[field]} {source.header[field]}")


def check_itk(name, case, path, expected):
    image = SimpleITK.ReadImage(str(path))
    array = SimpleITK.GetArrayFromImage(image)
    check(f"{name}: SimpleITK's values are those written", np.array_equal(array.reshape(case.shape), expected))
    # Without either form ITK starts at the first voxel, nibabel and this project at the centre.
    has_form = case.affine is not None and any(int(load(path).header[form]) for form in ["sform_code", "qform_code"])
    if has_form and image.GetDimension() == 3:
        check(f"{name}: SimpleITK's grid is the image's", close(itk_affine(image), case.affine, 1e-5), str(itk_affine(image)))


def main(folder, samples):
    found = cases(folder)
    check("there are cases", len(found) > 40)
    for case in found:
        case.samples = samples
        for file, expected in [("mask.nii.gz", case.mask), ("map.nii.gz", case.map)]:
            name = f"{case.name}/{file}"
            with checks(name):
                check_nibabel(name, case, case.folder / file, expected)
            # ITK has no place for shears and does not read NIfTI-2.
            if case.affine is not None and case.is_sheared or max(case.shape) > 32767:
                continue
            with checks(f"{name}, SimpleITK"):
                check_itk(name, case, case.folder / file, expected)
    finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
