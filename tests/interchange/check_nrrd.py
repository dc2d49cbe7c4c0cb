"""Segmentations as NRRD, read by SimpleITK.

Usage: check_nrrd.py FOLDER SAMPLES
"""

import sys
from pathlib import Path

import numpy as np
import SimpleITK

from report import check, checks, finish
from volumes import cases, close, itk_affine


def check_case(case):
    name = f"{case.name}/mask.seg.nrrd"
    image = SimpleITK.ReadImage(str(case.folder / "mask.seg.nrrd"))
    check(f"{name}: the values are those written", np.array_equal(SimpleITK.GetArrayFromImage(image), case.mask))
    if case.affine is not None and not case.is_sheared:
        check(f"{name}: the grid is the image's", close(itk_affine(image), case.affine), str(itk_affine(image)))
    planes, rows, columns = case.shape
    for index, segment in enumerate(case.segments):
        key = f"Segment{index}_"
        colour = [float(part) for part in image.GetMetaData(f"{key}Color").split()]
        same = [
            image.GetMetaData(f"{key}Name") == segment["name"],
            int(image.GetMetaData(f"{key}LabelValue")) == segment["label"],
            int(image.GetMetaData(f"{key}Layer")) == 0,
            close(colour, np.array(segment["colour"]) / 255),
            image.GetMetaData(f"{key}Extent") == f"0 {columns - 1} 0 {rows - 1} 0 {planes - 1}",
        ]
        check(f"{name}: segment {index} has its name, value, layer, colour and extent", all(same), str(same))
    identifiers = {image.GetMetaData(f"Segment{index}_ID") for index in range(len(case.segments))}
    check(f"{name}: the segments' names within the file differ", len(identifiers) == len(case.segments))


def main(folder):
    found = cases(folder)
    check("there are cases", len(found) > 40)
    for case in found:
        with checks(case.name):
            check_case(case)
    finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
