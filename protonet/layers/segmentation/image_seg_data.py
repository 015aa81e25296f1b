"""ImageSegData: images with a class for each pixel, padded and cut to one size."""

from __future__ import annotations

from ...core.layer import Blobs, between
from ...core.registry import register
from ...data.pairs import PairList, SegmentPairs
from ...data.transformer import Transformer
from ...proto import caffe_pb2 as pb
from ._pairs import PairLayer


@register
class ImageSegData(PairLayer):
    """Reads images and their labels in the order of a list, or shuffled anew in each pass.

    no bottom -> top[0] (N, C, h, w) the images, top[1] (N, 1, h, w) the labels, top[2]
    (N, 1, 1, 2) how much of h and of w the image takes; the last ones if they are there.
    N = batch_size; C = 3, or 1 without is_color; h, w: the crop, or the size of the batch's
    first image, and then all must be alike.

    image_data_param: source, a text file; root_folder, put in front of names; batch_size,
    shuffle, rand_skip, is_color; new_height and new_width (image and labels bilinearly);
    label_type, what stands behind the image's name in a line:
        PIXEL  the name of a grey image, its values are the classes
        IMAGE  a number for the whole image (the default)
        NONE   nothing; all labels are ignore_label (255)
    transform_param: crop_size, or crop_height with crop_width.  What is smaller is padded at the
    right and the bottom, images with the mean, labels with ignore_label; TRAIN cuts anywhere,
    TEST in the centre.  mirror acts on both; mean_value and scale on the image; mean_file is
    refused.  scale_factors: one of them, at random, by which both are scaled first (the image
    bilinearly, labels by the nearest), in TEST too.
    Needs the package opencv-python-headless.

    Source: Chen et al., DeepLab, 2015, and Zhao et al., Pyramid Scene Parsing Network, 2017;
    forks deeplab2 and pspnet.
    """

    type = "ImageSegData"
    forks = ("pspnet", "deeplab2", "synopsys")
    messages = ("image_data_param", "transform_param", "data_param")
    tops = between(1, 3)
    serves = frozenset(
        {
            "ImageDataParameter.label_type",
            "ImageDataParameter.ignore_label",
            "TransformationParameter.crop_height",
            "TransformationParameter.crop_width",
            "TransformationParameter.scale_factors",
        }
    )
    pairs = SegmentPairs

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        transform = self.param.transform_param
        if transform.HasField("mean_file"):
            raise self.fault(
                "a mean file cannot be subtracted from padded images",
                "give mean_value",
                "transform_param.mean_file",
            )
        if any(not factor > 0 for factor in transform.scale_factors):
            raise self.fault("a scale factor is not above 0", field="transform_param.scale_factors")
        super().setup(bottom, top)

    @property
    def kind(self) -> str:
        number = self.param.image_data_param.label_type
        return pb.ImageDataParameter.LabelType.Name(number)

    def make_pipeline(self, settings: pb.ImageDataParameter, transformer: Transformer) -> PairList:
        self.words = 1 if self.kind == "NONE" else 2
        pipeline = super().make_pipeline(settings, transformer)
        assert isinstance(pipeline, SegmentPairs)
        transform = self.param.transform_param
        pipeline.kind, pipeline.ignore = self.kind, settings.ignore_label
        pipeline.mean, pipeline.factors = transform.mean_value, transform.scale_factors
        return pipeline

    def crop_of(self, settings: pb.ImageDataParameter) -> tuple[int, int] | None:
        transform = self.param.transform_param
        if transform.crop_height:
            return transform.crop_height, transform.crop_width
        return super().crop_of(settings)
