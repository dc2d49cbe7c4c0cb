"""DICOM Segmentations and Parametric Maps of real images, read by pydicom, highdicom and, where it is installed,
dciodvfy of dicom3tools.

Usage: check_dicom.py FOLDER SAMPLES

FOLDER/dicom/<case>/case.json names the source files below SAMPLES and the two limits that made the mask: class 1 above
the first, class 2 above the second, on rescaled values. The map is the image itself.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom

from report import check, checks, finish
from required import missing


def source_planes(paths):
    """Rescaled values of each plane by instance and frame number, with its position."""
    planes = {}
    for path in paths:
        dataset = pydicom.dcmread(path)
        slope, intercept = float(dataset.get("RescaleSlope", 1)), float(dataset.get("RescaleIntercept", 0))
        frames = dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns)
        for number, frame in enumerate(frames, 1):
            values = (frame.astype(np.float64) * slope + intercept).astype(np.float32)
            planes[dataset.SOPInstanceUID, number] = (values, dataset.get("ImagePositionPatient"))
    return planes


def referenced_plane(frame, planes):
    """The values and the position of the plane that a frame refers to."""
    image = frame.DerivationImageSequence[0].SourceImageSequence[0]
    return planes[image.ReferencedSOPInstanceUID, int(image.get("ReferencedFrameNumber", 1))]


def same_position(frame, position):
    if position is None:
        return "PlanePositionSequence" not in frame
    if "PlanePositionSequence" not in frame:
        return False
    return np.allclose(frame.PlanePositionSequence[0].ImagePositionPatient, position, rtol=0, atol=1e-6)


def check_common(name, path, dataset, sources):
    """What holds for both kinds of object."""
    first = pydicom.dcmread(sources[0], stop_before_pixels=True)
    for keyword in ("PatientName", "PatientID", "StudyInstanceUID", "FrameOfReferenceUID", "AccessionNumber"):
        check(f"{name}: {keyword} is the source's", (dataset.get(keyword) or None) == (first.get(keyword) or None))
    check(f"{name}: the series is a new one", dataset.SeriesInstanceUID != first.SeriesInstanceUID)
    absent = missing(dataset)
    check(f"{name}: every required attribute is there", not absent, ", ".join(absent))
    referenced = {
        item.ReferencedSOPInstanceUID for item in dataset.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    }
    instances = {pydicom.dcmread(source, stop_before_pixels=True).SOPInstanceUID for source in sources}
    check(f"{name}: every source image is referred to", referenced == instances)
    if shutil.which("dciodvfy"):
        output = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, errors="replace")
        lines = (output.stdout + output.stderr).splitlines()
        for line in lines:
            if line.startswith("Warning"):
                print(f"# {name}: dciodvfy: {line}")
        errors = [line for line in lines if line.startswith("Error")]
        check(f"{name}: dciodvfy finds no error", not errors, "; ".join(errors))


def check_segmentation(name, path, sources, planes, limits):
    dataset = pydicom.dcmread(path)
    check_common(name, path, dataset, sources)
    pixels = dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns)
    seen = set()
    equal = placed = True
    for frame, found in zip(dataset.PerFrameFunctionalGroupsSequence, pixels, strict=True):
        number = frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        values, position = referenced_plane(frame, planes)
        equal &= np.array_equal(found, expected_mask(values, limits) == number)
        placed &= same_position(frame, position)
        seen.add((number, values.tobytes()))
    check(f"{name}: the pixels of every frame are those of the mask", equal)
    check(f"{name}: every frame lies where its source does", placed)
    filled = sum((expected_mask(values, limits) == number).any() for values, _ in planes.values() for number in (1, 2))
    check(f"{name}: every plane with a voxel has its frame, and no other", len(pixels) == len(seen) == filled)


def expected_mask(values, limits):
    return (values > limits[0]).astype(np.uint8) + (values > limits[1])


def check_volumes(name, folder, sources, limits):
    """What highdicom makes of both objects, in the patient's coordinates."""
    image = hd.get_volume_from_series([pydicom.dcmread(path) for path in sources], dtype=np.float64)
    mask = hd.seg.segread(folder / "segmentation.dcm").get_volume(combine_segments=True).match_geometry(image)
    check(f"{name}: highdicom's affine is the source's", np.allclose(mask.affine, image.affine, atol=1e-4))
    expected = expected_mask(image.array.astype(np.float32), limits)
    check(f"{name}: highdicom's volume is the mask", np.array_equal(mask.array, expected))

    values = hd.imread(folder / "parametric_map.dcm").get_volume(dtype=np.float64, apply_real_world_transform=True)
    values = values.match_geometry(image)
    check(f"{name}: highdicom's affine of the map is the source's", np.allclose(values.affine, image.affine, atol=1e-4))
    check(f"{name}: highdicom's volume is the map", np.array_equal(values.array, image.array.astype(np.float32)))


def check_parametric_map(name, path, sources, planes):
    dataset = pydicom.dcmread(path)
    check_common(name, path, dataset, sources)
    pixels = dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns)
    equal = placed = True
    for frame, found in zip(dataset.PerFrameFunctionalGroupsSequence, pixels, strict=True):
        values, position = referenced_plane(frame, planes)
        equal &= np.array_equal(found, values)
        placed &= same_position(frame, position)
    check(f"{name}: the pixels of every frame are those of the map", equal)
    check(f"{name}: every frame lies where its source does", placed)
    check(f"{name}: every plane has its frame", len(pixels) == len(planes))
    mapping = dataset.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]
    check(f"{name}: stored numbers are real-world values", (mapping.RealWorldValueSlope, mapping.RealWorldValueIntercept) == (1, 0))


def check_colour(name, path):
    """The recommended colour against the colour management of Pillow."""
    from PIL import Image, ImageCms

    convert = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    for segment in pydicom.dcmread(path).SegmentSequence:
        red, green, blue = json.loads(segment.SegmentLabel)
        lightness, a, b = ImageCms.applyTransform(Image.new("RGB", (1, 1), (red, green, blue)), convert).getpixel((0, 0))
        # Eight bits: L* spread over 0 to 255, a* and b* as signed bytes.
        expected = np.array([lightness / 255 * 100, (a + 128) % 256 - 128, (b + 128) % 256 - 128])
        stored = np.array(segment.RecommendedDisplayCIELabValue)
        found = np.array([stored[0] / 65535 * 100, stored[1] / 257 - 128, stored[2] / 257 - 128])
        check(f"{name}: the colour {segment.SegmentLabel} is right", np.abs(found - expected).max() <= 1, f"{found} {expected}")


def main(folder, samples):
    cases = sorted(folder.glob("dicom/*/case.json"))
    check("there are cases", len(cases) > 0)
    for case in cases:
        description = json.loads(case.read_text())
        sources = [samples / source for source in description["sources"]]
        name = case.parent.name
        with checks(name):
            planes = source_planes(sources)
            path = case.parent / "segmentation.dcm"
            check_segmentation(f"{name}, segmentation", path, sources, planes, description["limits"])
            check_colour(f"{name}, segmentation", path)
            path = case.parent / "parametric_map.dcm"
            if path.exists():
                check_parametric_map(f"{name}, parametric map", path, sources, planes)
                if len(sources) > 1:
                    check_volumes(name, case.parent, sources, description["limits"])
            else:
                check(f"{name}: only images without a place have no map", description["placed"] is False)
    if not shutil.which("dciodvfy"):
        print("# dciodvfy is not installed (Debian's package dicom3tools): its checks were left out")
    finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
