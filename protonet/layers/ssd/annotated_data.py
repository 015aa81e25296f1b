"""AnnotatedData: images and the boxes of the objects in them, from a database."""

from __future__ import annotations

from ...core.registry import register
from ...data.annotated.pipeline import ROW, AnnotatedPipeline
from ...data.transformer import Transformer
from ...log import log
from ...proto import caffe_pb2 as pb
from .._records import RecordLayer
from .._unopened import Written

_SERVED = {"batch_sampler", "label_map_file", "anno_type"}


@register
class AnnotatedData(RecordLayer):
    """Reads images with boxes from an LMDB or a LevelDB of AnnotatedDatum, round and round.

    no bottom -> top[0] (N, C, H, W) the images, top[1] (1, 1, G, 8) the boxes of all of them,
    if it is there: the image's place in the batch, label, instance, xmin, ymin, xmax, ymax,
    difficult, sides in fractions of the image.  G varies from batch to batch; a batch without
    boxes has one row of -1.  A store whose records have no annotation type gives labels (N).
    N = batch_size; C, H, W as for Data, after resizing.

    data_param: as for Data.
    transform_param: as for Data; crop_h with crop_w; and, in the order in which they act:

        distort_param   colours changed at random (encoded images in colour)
        expand_param    put at random onto a canvas of the mean values, up to
                        max_expand_ratio (1) times as large
        (batch_sampler of annotated_data_param: a part of the image at random)
        resize_param    WARP, FIT_LARGE_SIZE_AND_PAD or FIT_SMALL_SIZE to height x width;
                        encoded images only, raw records keep their size
        mirror, crop, mean, scale
        emit_constraint which boxes stay after a cut: CENTER (inside), MIN_OVERLAP (a fraction
                        above emit_overlap); all that are not empty without one

    Boxes are moved along, clipped, and dropped where nothing is left.  All of it acts in TEST
    too if it is given.  annotated_data_param: batch_sampler, anno_type (BBOX), label_map_file
    (not read).  Images that are compressed or resized need the package opencv-python-headless.

    With several workers each gets its share of the records, in TEST all get all.

    Source: Liu et al., SSD: Single Shot MultiBox Detector, 2016; fork ssd.  As there, each
    random step of an encoded image passes through JPEG, and of several kinds of sample
    constraint only the first counts.  Unlike there, the boxes of a raw record stay with its
    image whatever resize_param says.  noise_param is refused.
    """

    type = "AnnotatedData"
    forks = ("ssd", "yolo-eric612", "openvino", "intel", "synopsys", "nvidia")
    messages = ("data_param", "annotated_data_param", "transform_param")
    serves = RecordLayer.serves | frozenset(
        f"TransformationParameter.{name}"
        for name in (
            *("resize_param", "distort_param", "expand_param", "emit_constraint"),
            *("crop_h", "crop_w"),
        )
    )

    def make_pipeline(
        self, settings: pb.DataParameter, transformer: Transformer
    ) -> AnnotatedPipeline:
        annotated = self.param.annotated_data_param
        self._refuse(annotated)
        source = self.open_store(settings)
        transform = self.param.transform_param
        pipeline = AnnotatedPipeline(
            source, transformer, self.batch_size, transform, annotated, self.seed_draws
        )
        if pipeline.stays_raw:
            log.warning(
                "layer '%s': resize_param has no effect on raw images such as the first one: "
                "store them encoded, or in their final size",
                self.name,
            )
        return pipeline

    def _refuse(self, annotated: pb.AnnotatedDataParameter) -> None:
        for field, _ in annotated.ListFields():
            if field.name not in _SERVED:
                raise self.fault(
                    f"{field.name} is a field of yolo-eric612 and is not served here",
                    "leave it out",
                    f"annotated_data_param.{field.name}",
                )
        if annotated.anno_type != pb.AnnotatedDatum.BBOX:
            kind = pb.AnnotatedDatum.AnnotationType.Name(annotated.anno_type)
            what = f"anno_type {kind} is not served here"
            raise self.fault(what, "BBOX is", "annotated_data_param.anno_type")
        small = pb.ResizeParameter.FIT_SMALL_SIZE
        resizes = self.param.transform_param.resize_param
        if self.batch_size > 1 and any(resize.resize_mode == small for resize in resizes):
            raise self.fault(
                "FIT_SMALL_SIZE leaves images of different sizes",
                "set batch_size 1, or choose another resize_mode",
                "transform_param.resize_param.resize_mode",
            )

    def first_shapes(self, pipeline: AnnotatedPipeline) -> list[tuple[int, ...]]:
        return pipeline.first_shapes()

    def written_shape(self, settings: pb.DataParameter) -> Written:
        n, channels, height, width = super().written_shape(settings)
        transform = self.param.transform_param
        if transform.crop_h:
            return (n, channels, transform.crop_h, transform.crop_w)
        if transform.resize_param and not transform.crop_size:
            resize = transform.resize_param[0]
            return (n, channels, resize.height or "H", resize.width or "W")
        return (n, channels, height, width)

    def written_others(self, images: Written) -> list[Written]:
        return [(1, 1, 1, ROW)]
