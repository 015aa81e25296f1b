"""Shapes and values for what a net reads: those it tells, those its layers ask for, usual ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from protonet import Net
from protonet.layers._unopened import Unshaped
from protonet.net.step import Step
from protonet.proto import caffe_pb2 as pb
from protonet.proto.source_map import Definition

Shape = tuple[int, ...]
Shapes = dict[str, Shape]

#: Heights and widths of images that nobody tells, and their channels, the usual ones first.
SIZES = ((224, 224), (416, 416), (299, 299), (360, 480), (512, 512), (321, 321), (300, 300))
CHANNELS = (3, 1, 2)
#: The most pixels a side that images are run with, if the net can do with fewer than it has.
LARGE = 320
#: Images of a batch, which need not be as many as a GPU can take.
BATCH = 2
#: Shapes of what detectors read, by the name of the blob.
BY_NAME: Shapes = {
    "im_info": (1, 3),
    "gt_boxes": (2, 5),
    "rois": (2, 5),
    "labels": (2,),
    "bbox_targets": (2, 84),
    "bbox_inside_weights": (2, 84),
    "bbox_outside_weights": (2, 84),
    "image_sizes": (1, 2),
}
#: The same, by the type and the bottom of a layer that reads it; -1 stands for the batch.
BY_READER: dict[tuple[str, int], Shape] = {
    ("MultiBoxLoss", 3): (1, 1, 2, 8),
    ("DetectionEvaluate", 1): (1, 1, 2, 8),
    ("Yolov3", 1): (-1, 1500),
    ("RegionLoss", 1): (-1, 1500),
    ("EvalDetection", 1): (1, 1, 2, 8),
    ("ProposalTarget", 1): (2, 8),
    ("ROIPooling", 1): (2, 5),
    ("ROIAlign", 1): (2, 5),
    ("PSROIPooling", 1): (2, 5),
    ("Convolution3D", 0): (1, 3, 16, 112, 112),
}
#: Types without bottoms that make their tops from nothing.
SELF_MADE = {"Input", "DummyData", "Parameter"}
#: Losses of two blobs alike.
ALIKE = {"EuclideanLoss", "SigmoidCrossEntropyLoss", "SmoothL1Loss", "SmoothL1LossOHEM", "L1Loss"}


def reads_data(layer: pb.LayerParameter) -> bool:
    return not layer.bottom and layer.type not in SELF_MADE


def with_inputs(definition: Definition) -> Definition:
    """The definition, its data layers turned into Inputs, and without the names of files that
    only evaluation needs."""
    message = pb.NetParameter()
    message.CopyFrom(definition.message)
    for layer in message.layer:
        if layer.HasField("detection_evaluate_param"):
            layer.detection_evaluate_param.ClearField("name_size_file")
        if layer.HasField("detection_output_param"):
            layer.detection_output_param.ClearField("save_output_param")
        if reads_data(layer):
            kept = pb.LayerParameter(name=layer.name, type="Input", top=layer.top)
            kept.include.extend(layer.include)
            kept.exclude.extend(layer.exclude)
            layer.CopyFrom(kept)
    if message.bn_stats_batch_size:  # the batch is cut down, and what it is parted into
        message.bn_stats_batch_size = BATCH
    return Definition(message, definition.file, [*definition.places], definition.root)


def unshaped(net: Net) -> list[Step]:
    return [step for step in net.steps if isinstance(step.layer, Unshaped)]


def guesses(written: pb.NetParameter, net: Net) -> Iterator[Shapes]:
    """Shapes of all that data layers make, the likeliest first.  net: as it is told to be."""
    readers = _readers(written)
    told, made = _told(net), {name for step in net.steps for name in step.top_names}
    images = [(CHANNELS[0], size) for size in SIZES] + [(n, SIZES[0]) for n in CHANNELS[1:]]
    images.append((1, (28, 28)))
    fed = {layer.name: layer.type for layer in net.definition.message.layer if reads_data(layer)}
    tried: list[Shapes] = []
    for trust, (channels, size), maps, most in product(
        (True, False), images, (False, True), (BATCH, None)
    ):
        shapes: Shapes = {}
        for layer in written.layer:
            if layer.type != "Input" or not {*layer.top} <= made:
                continue
            batch = next((told[top][0] for top in layer.top if told.get(top)), 1)
            batch = min(batch, most or batch)
            # what a layer in Python tells is the largest size, and flat labels
            certain = trust or fed.get(layer.name) != "Python"
            depth = 2 if fed.get(layer.name) == "FloData" else channels
            for i, top in enumerate(layer.top):
                usual = (batch, depth if not i else 1, *size) if maps or not i else (batch,)
                known = told.get(top) if certain else None
                if known and layer.name in fed and not _is_annotation(known):
                    known = (batch, *known[1:])
                shapes[top] = known or _asked_for(top, readers, batch, maps) or usual
        if shapes not in tried:
            tried.append(shapes)
            yield shapes


def _is_annotation(shape: Shape) -> bool:
    """Rows of boxes of all images of a batch."""
    return len(shape) == 4 and shape[:2] == (1, 1) and shape[3] == 8


def _readers(written: pb.NetParameter) -> dict[str, list[tuple[pb.LayerParameter, int]]]:
    """Who reads each blob, and as which bottom."""
    found: dict[str, list[tuple[pb.LayerParameter, int]]] = {}
    for layer in written.layer:
        for i, name in enumerate(layer.bottom):
            found.setdefault(name, []).append((layer, i))
    return found


def _told(net: Net) -> Shapes:
    """The shapes of data that the definition tells."""
    told = {
        name: blob.shape
        for step in net.steps
        if not step.bottom_names
        for name, blob in zip(step.top_names, step.top)
        if name not in net.unknown and blob.shape
    }
    for layer in net.definition.message.layer:
        if layer.type == "DetectionData":
            told |= _of_fields(layer)
        if layer.type == "BoxData" and len(layer.top) == 2:
            told[layer.top[1]] = (1, 150)
    return told


def _of_fields(layer: pb.LayerParameter) -> Shapes:
    """Cascade R-CNN's data: an image, a map of true boxes for each field, all true boxes."""
    side = 256
    labels = {
        top: (1, 6, side // stride, side // stride)
        for top, stride in zip(layer.top[1:], layer.detection_data_param.stride)
    }
    return {layer.top[0]: (1, 3, side, side), **labels, layer.top[-1]: (2, 8)}


def _asked_for(
    name: str, readers: dict[str, list[tuple[pb.LayerParameter, int]]], batch: int, maps: bool
) -> Shape | None:
    """The shape that the layers ask for that read a blob, else what its name does.  maps: with
    the axes of a map."""
    for layer, i in readers.get(name, ()):
        if layer.type == "DetectionEvaluate" and len(layer.bottom) == 3:
            return (2, 8) if i == 1 else (1, 2)
        if (layer.type, i) in BY_READER:
            asked = BY_READER[layer.type, i]
            return (batch, *asked[1:]) if asked[0] == -1 else asked
        if layer.type == "Slice" and layer.slice_param.slice_point:
            before, last = (0, *layer.slice_param.slice_point)[-2:]
            channels = 2 * last - before
            return (batch, channels, *SIZES[0]) if "data" in name else (batch, channels)
    shape = BY_NAME.get(name)
    return (*shape, 1, 1, 1) if shape and len(shape) == 1 and maps else shape


def mend(shapes: Shapes, net: Net) -> Shapes:
    """The same, changed for layers that could not take them: labels like what is predicted."""
    mended = dict(shapes)
    for step in unshaped(net):
        if len(step.bottom) < 2 or step.bottom_names[0] in net.unknown:
            continue
        kind, wanted = step.layer.param.type, step.bottom[0].shape
        for name in step.bottom_names[1:]:
            name = name.split("_data_")[0] if name not in shapes else name
            if name not in shapes:
                continue
            if kind in ALIKE or step.layer.param.type == "Eltwise":
                mended[name] = wanted
            elif kind in {"SoftmaxWithLoss", "Accuracy", "SegAccuracy"} and len(wanted) == 4:
                mended[name] = (wanted[0], 1, *wanted[2:])
    return mended


def smaller(net: Net) -> Shapes:
    """The shapes of what a net reads, with images of LARGE pixels a side at most; {} if they
    are as small already."""
    told = {
        name: blob.shape
        for step in net.steps
        if step.layer.param.type == "Input"
        for name, blob in zip(step.top_names, step.top)
    }
    shapes = {}
    for name, shape in told.items():
        height, width = shape[2:] if len(shape) == 4 else (0, 0)
        while min(height, width) > LARGE:
            height, width = (-(-side // 64) * 32 for side in (height, width))
        shapes[name] = (*shape[:2], height, width) if len(shape) == 4 else shape
    return shapes if shapes != told else {}


def fill(name: str, data: np.ndarray, first: bool, rng: np.random.Generator) -> None:
    """Values that an input of this name may have: boxes, sizes, random pixels, labels of 0."""
    if name == "im_info":
        data[...] = np.resize([SIZES[0][0], SIZES[0][1], 1], data.shape)
    elif name == "image_sizes":
        data[...] = SIZES[0][0]
    elif name == "gt_boxes" and data.shape[-1] == 8:
        data[...] = np.resize([0, 20, 30, 120, 150, 1, 0, 0], data.shape)
    elif name == "gt_boxes":
        data[...] = np.resize([20, 30, 120, 150, 1], data.shape)
    elif name == "rois":
        data[...] = np.resize([0, 20, 30, 120, 150], data.shape)
    elif data.shape[:2] == (1, 1) and data.shape[-1] == 8:
        data[...] = np.resize([0, 1, 0, 0.1, 0.1, 0.6, 0.7, 0], data.shape)
    elif data.ndim == 3 and data.shape[:2] == (1, 2):  # prior boxes and their variances
        data[0] = np.resize([0.2, 0.3, 0.6, 0.7], data.shape[2])
        data[0, 1] = 0.1
    elif first or (data.ndim >= 4 and data.shape[1] == 3):
        data[...] = rng.random(data.shape)
    else:
        data[...] = 0
