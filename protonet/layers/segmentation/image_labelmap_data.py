"""ImageLabelmapData: images with a map of edges, from files named in a list."""

from __future__ import annotations

from ...core.registry import register
from ...data.pairs import EdgePairs
from ._pairs import PairLayer


@register
class ImageLabelmapData(PairLayer):
    """Reads images and grey label maps of the same size, in the order of a list or shuffled.

    no bottom -> top[0] (N, C, H, W) the images, top[1] (N, 1, H, W) the labels: 1 where the
    map's grey value is 128 or more, else 0.  N = batch_size; C = 3, or 1 without is_color;
    H = W = crop_size, or new_height and new_width, or the size of the batch's first image, and
    then all must be alike.

    image_data_param: source, a text file with the names of image and map a line; root_folder,
    put in front of both; batch_size, shuffle, rand_skip, is_color, new_height and new_width
    (both are resized bilinearly).  transform_param: mean and scale for the image alone; mirror
    and crop_size for both alike.  Needs the package opencv-python-headless.

    Source: Xie and Tu, Holistically-Nested Edge Detection, 2015; fork hed.
    """

    type = "ImageLabelmapData"
    forks = ("hed",)
    messages = ("image_data_param", "transform_param", "data_param")
    pairs = EdgePairs
