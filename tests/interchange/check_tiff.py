"""Masks and maps of volumes as TIFF with one page for each plane, read by SimpleITK.

Usage: check_tiff.py FOLDER SAMPLES
"""

import sys
from pathlib import Path

import numpy as np
import SimpleITK

from report import check, checks, finish
from volumes import cases


def main(folder):
    found = cases(folder)
    check("there are cases", len(found) > 40)
    for case in found:
        for file, expected in [("mask.tif", case.mask), ("map.tif", case.map)]:
            name = f"{case.name}/{file}"
            with checks(name):
                array = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(case.folder / file)))
                check(f"{name}: the type is {expected.dtype}", array.dtype == expected.dtype)
                check(f"{name}: the values are those written", np.array_equal(array.reshape(case.shape), expected))
    finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
