"""What Convolution, Deconvolution and Im2col share: reading the window, and the layer itself."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from google.protobuf.message import Message
from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.layer import Blobs, Layer, at_least, same_as_bottoms
from ..core.ranges import Range
from ..errors import ShapeError
from ..kernels.convolution import choose
from ..kernels.windows import Sizes, Window

_SIZES = ("kernel_size", "kernel_h", "kernel_w", "stride", "stride_h", "stride_w", "dilation")
#: What forks call dilation: DeepLab's, and yjxiong's for the two axes.
_HOLES = ("hole", "hole_h", "hole_w")
_DILATIONS = (*_HOLES, "dilation_h", "dilation_w")
WINDOW_SERVES = frozenset(f"ConvolutionParameter.{field}" for field in _DILATIONS)
#: What sizes of a window may be.
WINDOW_RANGES = dict.fromkeys((*_SIZES, *_DILATIONS), Range(1))


def read_window(layer: Layer, spatial: int) -> Window:
    """The window that a layer's convolution_param describes, for so many spatial axes."""
    kernel = _sizes(layer, "kernel_size", "kernel", spatial, None)
    stride = _sizes(layer, "stride", "stride", spatial, 1)
    pad = _sizes(layer, "pad", "pad", spatial, 0)
    return Window(kernel, stride, pad, _dilation(layer, spatial))


def _dilation(layer: Layer, spatial: int) -> Sizes:
    """dilation, or what DeepLab calls hole: once for all axes, or hole_h and hole_w."""
    param: Message = layer.param.convolution_param
    holes = [field for field in _HOLES if param.HasField(field)]
    dilation = _sizes(layer, "dilation", "dilation", spatial, 1)
    if not holes:
        return dilation
    if dilation != (1,) * spatial:
        raise layer.fault(f"dilation and {holes[0]} are both given", "keep one", holes[0])
    if holes == ["hole"]:
        return (layer.param.convolution_param.hole,) * spatial
    if "hole" in holes or spatial != 2:
        what = f"{holes[-1]} is for two axes and stands alone"
        raise layer.fault(what, "give hole, or hole_h and hole_w", holes[-1])
    return tuple(getattr(param, side) if side in holes else 1 for side in _HOLES[1:])


def _sizes(layer: Layer, field: str, short: str | None, spatial: int, default: int | None) -> Sizes:
    """`field` once for all axes or once for each, or its _h and _w forms."""
    param: Message = layer.param.convolution_param
    given = tuple(getattr(param, field))
    sides = [f"{short}_h", f"{short}_w"] if short else []
    written = [side for side in sides if param.HasField(side)]
    if written:
        if given:
            raise layer.fault(
                f"{field} and {' and '.join(written)} are both given", "keep one", field
            )
        if spatial != 2:
            raise layer.fault(
                f"{written[0]} is for two spatial axes, here are {spatial}",
                f"give {field} once for each axis",
                written[0],
            )
        if len(written) == 1 and default is None:
            missing = sides[1] if written == sides[:1] else sides[0]
            raise layer.fault(f"{written[0]} is given without {missing}", "give both", written[0])
        # stride_h alone leaves the other side at its default.
        return tuple(
            getattr(param, side) if param.HasField(side) else default or 0 for side in sides
        )
    if not given and default is None and spatial:
        raise layer.fault(f"{field} is missing", f"add {field} to convolution_param")
    if len(given) not in (0, 1, spatial):
        raise layer.fault(
            f"{field} is given {len(given)} times for {spatial} spatial axes",
            "give it once, or once for each axis",
            field,
        )
    if len(given) == spatial:
        return given
    return (given or (default or 0,)) * spatial


def check_out(window: Window, size: Sizes, out: Sizes) -> None:
    """ShapeError where a window does not fit into its input."""
    if min(out, default=1) < 1:
        padded = " x ".join(str(n + 2 * p) for n, p in zip(size, window.pad))
        extent = " x ".join(map(str, window.extent))
        raise ShapeError(
            f"a window of {extent} does not fit into a padded input of {padded}",
            "make kernel_size or dilation smaller, or pad larger",
            field="convolution_param.kernel_size",
        )


class ConvBase(Layer):
    """Weights, bias and shapes; `transposed` says which way the window goes."""

    bottoms, tops = at_least(1), same_as_bottoms
    backward_reads = frozenset({"bottom"})
    transposed = False
    messages = ("convolution_param",)
    ranges: ClassVar = {
        "num_output": Range(1, required=True),
        "group": Range(1),
        **WINDOW_RANGES,
    }
    serves = WINDOW_SERVES

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.convolution_param
        self.axis = bottom[0].axis(param.axis)
        self.window = read_window(self, len(bottom[0].shape) - self.axis - 1)
        if not bottom[0].shape[: self.axis]:
            raise ShapeError(
                f"axis 0 of {bottom[0].shape} cannot be the channels: nothing is left for images",
                "set axis to 1",
                field="convolution_param.axis",
            )
        channels = bottom[0].shape[self.axis]
        self.num_output, self.group = self.counts(channels)
        if channels % self.group or self.num_output % self.group:
            raise self.fault(
                f"group {self.group} does not divide the {channels} channels"
                f" and the num_output of {self.num_output}",
                "choose a divisor of both",
                "group",
            )
        self.channels = channels
        inputs, outputs = channels, self.num_output
        if self.transposed:
            inputs, outputs = outputs, inputs
        self.add_blob((outputs, inputs // self.group, *self.window.kernel), param.weight_filler)
        if param.bias_term:
            self.add_blob((self.num_output,), param.bias_filler)

    def counts(self, channels: int) -> tuple[int, int]:
        """Outputs and groups, for so many channels of input."""
        return self.param.convolution_param.num_output, self.param.convolution_param.group

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for i, (x, y) in enumerate(zip(bottom, top)):
            self._check_bottom(i, x, bottom[0])
            size = self.size(x)
            out = self.window.transposed_out(size) if self.transposed else self.window.out(size)
            check_out(self.window, size, out)
            y.reshape(*x.shape[: self.axis], self.num_output, *out)

    def size(self, x: Blob) -> Sizes:
        """Of what the window moves over."""
        return x.shape[self.axis + 1 :]

    def _check_bottom(self, index: int, x: Blob, first: Blob) -> None:
        if x.shape != first.shape:
            raise ShapeError(
                f"bottom {index} is {x.shape}, bottom 0 is {first.shape}",
                "all bottoms share the weights and must have one shape",
            )
        if len(x.shape) != self.axis + 1 + len(self.window.kernel):
            raise ShapeError(f"{x.shape} has another number of axes than at set-up")
        if x.shape[self.axis] != self.channels:
            raise ShapeError(
                f"{x.shape} has {x.shape[self.axis]} channels, the weights are for {self.channels}"
            )

    def macs(self, bottom: Blobs, top: Blobs) -> int:
        places = bottom if self.transposed else top
        each = self.blobs[0].count
        images = prod(bottom[0].shape[: self.axis])
        return sum(images * each * prod(x.shape[self.axis + 1 :]) for x in places)

    def way(self, bottom: Blobs, top: Blobs, lasting: bool = False) -> str:
        """Which way the kernels go with these blobs, and why.  lasting: where weights stay, in an
        optimised net."""
        x = (top if self.transposed else bottom)[0]
        shape = (prod(x.shape[: self.axis]), x.shape[self.axis], *self.size(x))
        lasting = lasting and not self.transposed
        return str(choose(shape, self.blobs[0].shape, self.window, self.group, x.dtype, lasting))

    def batch(self, array: NDArray) -> NDArray:
        """The axes before the channels as one."""
        images = prod(array.shape[: self.axis])
        return array.reshape(images, *array.shape[self.axis :])

    def bias_diff(self) -> NDArray | None:
        """Where the gradient of the bias goes, if it is wanted."""
        wanted = len(self.blobs) > 1 and self.param_propagate_down[1]
        return self.blobs[1].diff if wanted else None
