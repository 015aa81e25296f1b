"""What a layer does, in few words: sizes of windows, numbers of outputs, axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from google.protobuf.message import Message

from ..proto import caffe_pb2 as pb


def window(layer: pb.LayerParameter) -> Iterator[tuple[str, str]]:
    """What the window of a Convolution, Deconvolution or Pooling is like: pairs of "kernel
    size", "stride", "pad" and its value; the dilation only if there is one."""
    pooling = layer.type == "Pooling"
    given = layer.pooling_param if pooling else layer.convolution_param
    whole = pooling and layer.pooling_param.global_pooling
    yield "kernel size", "global" if whole else _size(given, "kernel_size", 1)
    yield "stride", _size(given, "stride", 1)
    yield "pad", _size(given, "pad", 0)
    if not pooling and any(n != 1 for n in layer.convolution_param.dilation):
        yield "dilation", _size(given, "dilation", 1)


def _size(given: Message, field: str, default: int) -> str:
    """'3', or '3x5' (height x width) where the axes differ: from the fields `_h` and `_w` if
    the layer has them, else from the field itself, one value or one an axis."""
    pair = [f"{field.removesuffix('_size')}_{axis}" for axis in "hw"]
    fields = given.DESCRIPTOR.fields_by_name
    if any(name in fields and given.HasField(name) for name in pair):
        sizes = [getattr(given, name) for name in pair]
    else:
        value = getattr(given, field)
        sizes = [value] if isinstance(value, int) else [*value] or [default]
    return "x".join(map(str, sizes if len(set(sizes)) > 1 else sizes[:1]))


def described(layer: pb.LayerParameter) -> list[str]:
    """The numbers that tell one layer of a type from another, as words for a picture.

    >>> from protonet.proto.text import parse
    >>> described(parse('type: "InnerProduct" inner_product_param { num_output: 10 }',
    ...                 pb.LayerParameter)[0])
    ['10 outputs']
    """
    say = _WORDS.get(layer.type)
    return [word for word in (say(layer) if say else ()) if word]


def _windowed(layer: pb.LayerParameter) -> Iterator[str]:
    """'3x5', 'stride 2', 'pad 1', 'dilation 2', as far as they are not usual."""
    for name, value in window(layer):
        if name == "kernel size":
            yield value if "x" in value or value == "global" else f"{value}x{value}"
        elif value != ("0" if name == "pad" else "1"):
            yield f"{name} {value}"


def _convolution(layer: pb.LayerParameter) -> Iterator[str]:
    param = layer.convolution_param
    yield f"{param.num_output} outputs"
    # A kernel over one axis or over three is said once for all of them.
    yield from _windowed(layer)
    yield f"group {param.group}" if param.group > 1 else ""


def _pooling(layer: pb.LayerParameter) -> Iterator[str]:
    yield pb.PoolingParameter.PoolMethod.Name(layer.pooling_param.pool)
    for word in _windowed(layer):
        if not layer.pooling_param.global_pooling or word == "global":
            yield word


def _reshape(layer: pb.LayerParameter) -> Iterator[str]:
    yield f"to {'x'.join(map(str, layer.reshape_param.shape.dim)) or 'a scalar'}"


def _eltwise(layer: pb.LayerParameter) -> Iterator[str]:
    yield pb.EltwiseParameter.EltwiseOp.Name(layer.eltwise_param.operation)
    if coefficients := layer.eltwise_param.coeff:
        yield f"times {', '.join(f'{n:g}' for n in coefficients)}"


def _axis(of: str) -> Callable[[pb.LayerParameter], Iterator[str]]:
    def words(layer: pb.LayerParameter) -> Iterator[str]:
        axis = getattr(layer, of).axis
        yield f"axis {axis}" if axis != 1 else ""

    return words


_WORDS: dict[str, Callable[[pb.LayerParameter], Iterator[str]]] = {
    "Convolution": _convolution,
    "Deconvolution": _convolution,
    "DepthwiseConvolution": _convolution,
    "ConvolutionDepthwise": _convolution,
    "Pooling": _pooling,
    "InnerProduct": lambda x: iter([f"{x.inner_product_param.num_output} outputs"]),
    "Embed": lambda x: iter([f"{x.embed_param.num_output} outputs"]),
    "LSTM": lambda x: iter([f"{x.recurrent_param.num_output} outputs"]),
    "RNN": lambda x: iter([f"{x.recurrent_param.num_output} outputs"]),
    "LRN": lambda x: iter([f"size {x.lrn_param.local_size}"]),
    "Dropout": lambda x: iter([f"{x.dropout_param.dropout_ratio:g}"]),
    "Permute": lambda x: iter([f"to {', '.join(map(str, x.permute_param.order))}"]),
    "Reshape": _reshape,
    "Eltwise": _eltwise,
    "Concat": _axis("concat_param"),
    "Slice": _axis("slice_param"),
    "Softmax": _axis("softmax_param"),
}
