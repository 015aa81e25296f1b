"""An LSTM over a sequence, which `--nets lstm` trains: the batch is its second axis, so that it is
no net of images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .contenders import DECAY, MOMENTUM, RATE, Contender

STEPS, SIZE = 20, 512
NET = """
layer {{ name: "data" type: "Input" top: "data"
  input_param {{ shape {{ dim: [{t}, {n}, {d}] }} }} }}
layer {{ name: "cont" type: "Input" top: "cont"
  input_param {{ shape {{ dim: [{t}, {n}] }} }} }}
layer {{ name: "lstm" type: "LSTM" bottom: "data" bottom: "cont" top: "h"
  recurrent_param {{ num_output: {d} weight_filler {{ type: "uniform" min: -0.04 max: 0.04 }} }} }}
layer {{ name: "loss" type: "Reduction" bottom: "h" top: "loss" loss_weight: 0.01
  reduction_param {{ operation: SUMSQ }} }}
"""


def prepare(folder: Path) -> dict[str, Any]:
    """The job; its deploy file, for the bound, is of one sequence."""
    deploy = folder / "lstm.prototxt"
    deploy.write_text(NET.format(t=STEPS, n=1, d=SIZE), encoding="utf-8")
    return {"name": "lstm", "shape": [STEPS, SIZE], "train": NET, "deploy": str(deploy)}


def sequences(count: int) -> Any:
    import numpy as np

    return np.random.default_rng(0).random((STEPS, count, SIZE), dtype=np.float32)


def protonet(job: dict[str, Any], solver_of: Callable[[str], Any]) -> Contender:
    import protonet

    count = job["batch"]
    text = NET.format(t=STEPS, n=count, d=SIZE)
    solver, step = solver_of(f"net_param {{ force_backward: true {text} }}")
    solver.net.blobs["data"].data[...] = sequences(count)
    solver.net.blobs["cont"].data[1:] = 1
    return Contender(f"protonet {protonet.__version__}", {"train": step} if job["train"] else {})


def torch(job: dict[str, Any]) -> Contender:
    import torch

    torch.set_num_threads(job["threads"])
    model = torch.nn.LSTM(SIZE, SIZE)
    data = torch.from_numpy(sequences(job["batch"])).requires_grad_()
    optimizer = torch.optim.SGD(model.parameters(), RATE, MOMENTUM, weight_decay=DECAY)

    def train() -> None:
        optimizer.zero_grad()
        h, _ = model(data)
        (0.01 * h.square().sum()).backward()
        optimizer.step()

    version = f"PyTorch {torch.__version__.partition('+')[0]}"
    return Contender(version, {"train": train} if job["train"] else {})
