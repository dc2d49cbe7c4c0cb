"""Whether a DICOM object has every attribute that its modules require (PS3.3), by the tables that highdicom generates
from the standard."""

from collections import defaultdict

import pydicom
from highdicom import _standard_utils as standard

# These modules list all functional groups, of which an object needs some only.
FUNCTIONAL_GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")


def missing(dataset):
    """Paths of the attributes of Type 1 without a value and of those of Type 2 that are absent."""
    iod = standard.get_sop_class_iod_map()[dataset.SOPClassUID]
    attributes = standard.get_module_attribute_map()
    found = []
    for module in standard.get_iod_module_map()[iod]:
        optional = module["usage"] != "M" and module["key"] not in needed_conditionally(dataset)
        if optional:
            continue
        by_path = defaultdict(list)
        for attribute in attributes[module["key"]]:
            by_path[tuple(attribute["path"])].append(attribute)
        found += walk(dataset, (), by_path)
    return sorted(set(found))


def needed_conditionally(dataset):
    modules = {"common-instance-reference"}
    if "FrameOfReferenceUID" in dataset:
        modules.add("frame-of-reference")
    if "FloatPixelData" in dataset:
        modules.add("floating-point-image-pixel")
    return modules


def walk(dataset, path, by_path):
    found = []
    for attribute in by_path[path]:
        keyword, kind = attribute["keyword"], attribute["type"]
        element = dataset[keyword] if keyword in dataset else None
        optional_group = path and path[-1] in FUNCTIONAL_GROUPS
        if element is None:
            if kind in ("1", "2") and not optional_group:
                found.append("/".join((*path, keyword)))
            continue
        if kind == "1" and element.is_empty and not optional_group:
            # A shared group may be without content where every frame has its own.
            if keyword != "SharedFunctionalGroupsSequence":
                found.append("/".join((*path, keyword)) + " (empty)")
        if isinstance(element.value, pydicom.Sequence):
            for item in element.value:
                found += walk(item, (*path, keyword), by_path)
    return found
