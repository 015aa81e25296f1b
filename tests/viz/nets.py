"""Nets of known structure, generated as text."""

from __future__ import annotations

import random

INPUT = (
    'layer { name: "data" type: "Input" top: "data" '
    "input_param { shape { dim: 1 dim: 8 dim: 32 dim: 32 } } }\n"
)


def layer(name: str, type: str, bottoms: str, tops: str = "", more: str = "") -> str:
    """bottoms, tops: names with blanks between them; the top is named like the layer."""
    words = [f'bottom: "{b}"' for b in bottoms.split()]
    words += [f'top: "{t}"' for t in (tops or name).split()]
    return f'layer {{ name: "{name}" type: "{type}" {" ".join(words)} {more} }}\n'


def conv(name: str, bottom: str, outputs: int = 8, kernel: int = 3) -> str:
    sizes = f"num_output: {outputs} kernel_size: {kernel} pad: {kernel // 2}"
    text = layer(name, "Convolution", bottom, more=f"convolution_param {{ {sizes} }}")
    return text + layer(f"{name}_relu", "ReLU", name, name)


def inception(blocks: int) -> str:
    text, last = INPUT, "data"
    for i in range(blocks):
        n = f"inception_{i}"
        text += conv(f"{n}/1x1", last, kernel=1) + conv(f"{n}/reduce", last, kernel=1)
        text += conv(f"{n}/3x3", f"{n}/reduce") + conv(f"{n}/5x5_reduce", last, kernel=1)
        text += conv(f"{n}/5x5", f"{n}/5x5_reduce", kernel=5)
        text += layer(
            f"{n}/pool", "Pooling", last, more="pooling_param { kernel_size: 3 stride: 1 pad: 1 }"
        )
        text += conv(f"{n}/pool_proj", f"{n}/pool", kernel=1)
        branches = f"{n}/1x1 {n}/3x3 {n}/5x5 {n}/pool_proj"
        text, last = text + layer(f"{n}/output", "Concat", branches), f"{n}/output"
    return text


def residual(blocks: int) -> str:
    text, last = INPUT + conv("stem", "data"), "stem"
    for i in range(blocks):
        text += conv(f"res{i}_a", last) + conv(f"res{i}_b", f"res{i}_a")
        text, last = text + layer(f"res{i}", "Eltwise", f"{last} res{i}_b"), f"res{i}"
    return text


def u_net(depth: int) -> str:
    text, last = INPUT, "data"
    for i in range(depth):
        text += conv(f"down{i}", last)
        text += layer(
            f"pool{i}", "Pooling", f"down{i}", more="pooling_param { kernel_size: 2 stride: 2 }"
        )
        last = f"pool{i}"
    for i in reversed(range(depth)):
        more = "convolution_param { num_output: 8 kernel_size: 2 stride: 2 }"
        text += layer(f"up{i}", "Deconvolution", last, more=more)
        text += layer(f"skip{i}", "Concat", f"down{i} up{i}") + conv(f"out{i}", f"skip{i}")
        last = f"out{i}"
    return text


def dense(layers: int) -> str:
    """Each layer reads all before it."""
    text, made = INPUT, ["data"]
    for i in range(layers):
        text += layer(f"all{i}", "Concat", " ".join(made)) + conv(f"conv{i}", f"all{i}")
        made.append(f"conv{i}")
    return text


def branches(seed: int, layers: int = 30) -> str:
    """Layers that read whatever was made before; some with several tops, some with odd names."""
    dice = random.Random(seed)
    text, made = INPUT, ["data"]
    for i in range(layers):
        name = f"layer_{i}" + "_of_a_long_name" * dice.choice((0, 0, 0, 1, 2))
        near = made[-dice.choice((2, 5, 20)) :]
        kind = dice.choice(("TanH", "Eltwise", "Eltwise", "Split", "Silence"))
        bottoms = " ".join(dice.sample(near, min(len(near), dice.randint(2, 4))))
        if kind == "Eltwise" and len(near) > 1:
            text += layer(name, "Eltwise", bottoms)
            made.append(name)
        elif kind == "Split":
            tops = [f"{name}_{j}" for j in range(dice.randint(2, 4))]
            text += layer(name, "Split", dice.choice(near), " ".join(tops))
            made += tops
        elif kind == "TanH":
            text += layer(name, "TanH", dice.choice(near))
            made.append(name)
    return text


GENERATED = {
    "inception": inception(3),
    "residual": residual(6),
    "u_net": u_net(4),
    "dense": dense(6),
    **{f"branches_{seed}": branches(seed) for seed in range(8)},
}
