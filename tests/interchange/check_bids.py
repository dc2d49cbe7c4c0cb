"""BIDS derivatives: archives, sidecars and label tables.

Usage: check_bids.py FOLDER SAMPLES
"""

import csv
import io
import json
import sys
import zipfile
from pathlib import Path

from report import check, checks, finish


def check_archive(path, suffix, files):
    name = path.name
    with zipfile.ZipFile(path) as archive:
        check(f"{name}: every checksum holds", archive.testzip() is None)
        stem = f"sub-01_ses-2_{suffix}"
        check(f"{name}: it holds what BIDS asks for", archive.namelist() == [f"{stem}.{kind}" for kind in files])
        sidecar = json.loads(archive.read(f"{stem}.json"))
        for key in ("Description", "Sources", "GeneratedBy", "Model"):
            check(f"{name}: the sidecar has {key}", bool(sidecar.get(key)))
        check(f"{name}: no source has a folder", all("/" not in source for source in sidecar["Sources"]))
        check(f"{name}: the image is compressed", archive.read(f"{stem}.nii.gz")[:2] == b"\x1f\x8b")
        if "tsv" in files:
            table = list(csv.DictReader(io.StringIO(archive.read(f"{stem}.tsv").decode()), delimiter="\t"))
            classes = {row["name"]: int(row["index"]) for row in table}
            check(f"{name}: table and sidecar name the same classes", classes == sidecar["LabelMap"])


def main(folder):
    for file, suffix, files in [
        ("mask.zip", "desc-segwithu_dseg", ["nii.gz", "json", "tsv"]),
        ("map.zip", "desc-segwithutotal_probseg", ["nii.gz", "json"]),
    ]:
        with checks(file):
            check_archive(folder / "bids" / file, suffix, files)
    finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
