"""DenseImageData: images with a class for each pixel, from files named in a list."""

from __future__ import annotations

import numpy as np

from ...core.context import TRAIN
from ...core.layer import Blobs
from ...core.registry import register
from ...data.pairs import ClassPairs, PairList
from ...data.transformer import Transformer
from ...proto import caffe_pb2 as pb
from .._unopened import Written
from ._pairs import PairLayer


@register
class DenseImageData(PairLayer):
    """Reads images and grey label maps of the same size, in the order of a list or shuffled.

    no bottom -> top[0] (N, C, H, W) the images, top[1] (N, 1, H, W) the map's grey values,
    which are the classes.  N = batch_size; C = 3, or 1 without is_color; H, W: the crop, or
    new_height and new_width, or the size of the batch's first image, and then all must be alike.

    dense_image_data_param: source, a text file with the names of image and map a line;
    root_folder, put in front of both; batch_size, shuffle, rand_skip, is_color; new_height and
    new_width (the image bilinearly, labels the nearest: source index floor(i in/out));
    crop_height with crop_width, mirror: of both alike, at a random place in TEST as well;
    label_divide_factor d (1): labels of the size (new_height/d, new_width/d).
    transform_param: mean and scale, for the image alone.  Its crop_size and mirror are refused:
    they would act on image and labels apart.  Needs the package opencv-python-headless.

    Source: Badrinarayanan et al., SegNet, 2015; forks segnet and enet (label_divide_factor).
    """

    type = "DenseImageData"
    forks = ("segnet", "enet", "synopsys")
    messages = ("dense_image_data_param", "transform_param", "data_param")
    ignored = ("mean_file",)
    pairs = ClassPairs

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        settings, transform = self.param.dense_image_data_param, self.param.transform_param
        for name in ("mirror", "crop_size"):
            if getattr(transform, name):
                raise self.fault(
                    f"{name} of transform_param would act on image and labels apart",
                    "write it into dense_image_data_param"
                    + (" as crop_height and crop_width" if name == "crop_size" else ""),
                    f"transform_param.{name}",
                )
        if bool(settings.crop_height) != bool(settings.crop_width):
            raise self.fault(
                "only one of crop_height and crop_width is given", "give both", "crop_height"
            )
        self._check_divisor(settings)
        super().setup(bottom, top)

    def _check_divisor(self, settings: pb.DenseImageDataParameter) -> None:
        divide = settings.label_divide_factor
        if divide == 1:
            return
        if divide < 1 or settings.crop_height or not settings.new_height or not settings.new_width:
            raise self.fault(
                f"label_divide_factor {divide} with "
                + ("a crop" if settings.crop_height else "no new_height and new_width"),
                "give new_height and new_width, both multiples of it, and no crop",
                "label_divide_factor",
            )
        if settings.new_height % divide or settings.new_width % divide:
            raise self.fault(
                f"label_divide_factor {divide} does not divide "
                f"{settings.new_height} x {settings.new_width}",
                "choose multiples of it",
                "label_divide_factor",
            )

    def make_transformer(
        self, settings: pb.DenseImageDataParameter, seed: np.random.SeedSequence
    ) -> Transformer:
        param = pb.TransformationParameter()
        param.CopyFrom(self.param.transform_param)
        param.mirror = settings.mirror
        param.crop_height, param.crop_width = settings.crop_height, settings.crop_width
        # TRAIN: the crop lies anywhere, in both phases.
        return Transformer(param, TRAIN, self.dtype, seed, self._find_mean)

    def make_pipeline(
        self, settings: pb.DenseImageDataParameter, transformer: Transformer
    ) -> PairList:
        pipeline = super().make_pipeline(settings, transformer)
        assert isinstance(pipeline, ClassPairs)
        pipeline.divide = int(settings.label_divide_factor)
        return pipeline

    def crop_of(self, settings: pb.DenseImageDataParameter) -> tuple[int, int] | None:
        return (settings.crop_height, settings.crop_width) if settings.crop_height else None

    def written_others(self, images: Written) -> list[Written]:
        divide = int(self.param.dense_image_data_param.label_divide_factor)
        sizes = [n // divide if isinstance(n, int) else n for n in images[2:]]
        return [(images[0], 1, *sizes)]
