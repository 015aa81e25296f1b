"""The contenders: each gives its version, a function for each task, and what it answers.

Every one imports what it needs itself: it runs in a process of its own, a peer maybe in an
environment that has nothing of protonet's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

RATE, MOMENTUM, DECAY = 1e-4, 0.9, 5e-4
#: Milliseconds do not say who is right: the answers for one image are compared.
Answer = Any


class Contender(NamedTuple):
    version: str
    tasks: dict[str, Callable[[], object]]
    answer: Answer = None


def inputs(job: dict[str, Any], count: int) -> tuple[Any, Any]:
    """`count` images of noise and their labels, the same for everyone."""
    import numpy as np

    rng = np.random.default_rng(0)
    images = rng.random((count, *job["shape"]), dtype=np.float32)
    return images, rng.integers(0, 2, (count, *job["label"]))


def protonet(job: dict[str, Any], optimize: bool = False) -> Contender:
    import protonet
    from protonet.kernels.threads import set_num_threads
    from protonet.net.net import Net

    set_num_threads(job["threads"])
    if job["name"] == "lstm":
        from . import recurrent

        return recurrent.protonet(job, _solver)
    tasks: dict[str, Callable[[], object]] = {}
    if job["batch"] and job["train"] and not optimize:
        tasks["train"] = _trainer(job)
        if job["data"]:
            tasks["train db"] = _solver(f'net: "{job["file"]}"')[1]
    answer = None
    for count in job["images"]:
        processes = job["threads"] if optimize else 1
        net = Net(job["deploy"], job["weights"], optimize=optimize, processes=processes)
        blob = net.blobs[net.inputs[0]]
        blob.reshape(count, *job["shape"])
        blob.data[...] = inputs(job, count)[0]
        tasks[f"infer {count}"] = net.forward
        if count == job["images"][0]:
            answer = next(iter(net.forward().values()))[0].ravel().tolist()
    name = "optimized" if optimize else "protonet"
    return Contender(f"{name} {protonet.__version__}", tasks, answer)


def _trainer(job: dict[str, Any]) -> Callable[[], object]:
    solver, step = _solver(f"net_param {{ {job['train']} }}")
    solver.net.blobs["label"].reshape(job["batch"], *job["label"])
    images, labels = inputs(job, job["batch"])
    data = solver.net.blobs[solver.net.inputs[0]]
    data.reshape(*images.shape)
    solver.net.copy_from(job["weights"])
    solver.net.reshape()
    data.data[...], solver.net.blobs["label"].data[...] = images, labels
    return step


def _solver(net: str) -> tuple[Any, Callable[[], object]]:
    from protonet.solvers import get_solver

    solver = get_solver(
        f'type: "SGD" base_lr: {RATE} momentum: {MOMENTUM} weight_decay: {DECAY} '
        'lr_policy: "fixed" random_seed: 1 snapshot_after_train: false max_iter: 1000000000 ' + net
    )
    return solver, lambda: solver.step(1)


def optimized(job: dict[str, Any]) -> Contender:
    return protonet(job, True)


def torch(job: dict[str, Any]) -> Contender:
    import torch

    from . import recurrent, torch_net

    if job["name"] == "lstm":
        return recurrent.torch(job)
    torch.set_num_threads(job["threads"])
    tasks: dict[str, Callable[[], object]] = {}
    if job["batch"] and job["train"]:
        model = torch_net.build(job, True)
        images, labels = map(torch.from_numpy, inputs(job, job["batch"]))
        optimizer = torch.optim.SGD(model.parameters(), RATE, MOMENTUM, weight_decay=DECAY)

        def train() -> None:
            optimizer.zero_grad()
            model(images, labels).backward()
            optimizer.step()

        tasks["train"] = train
    inferring = torch_net.build(job, False)

    def infer(batch: Any) -> Any:
        with torch.inference_mode():
            return inferring(batch)

    for count in job["images"]:
        batch = torch.from_numpy(inputs(job, count)[0])
        tasks[f"infer {count}"] = lambda batch=batch: infer(batch)
    first = torch.from_numpy(inputs(job, job["images"][0])[0]) if job["images"] else None
    answer = None if first is None else infer(first)[0].ravel().tolist()
    return Contender(f"PyTorch {torch.__version__.partition('+')[0]}", tasks, answer)


def opencv(job: dict[str, Any]) -> Contender:
    import cv2

    version = f"OpenCV {cv2.__version__}"
    if not hasattr(cv2.dnn, "readNetFromCaffe"):
        raise ImportError(f"{version} has no Caffe importer: install one below 5")
    cv2.setNumThreads(job["threads"])
    tasks: dict[str, Callable[[], object]] = {}
    answer = None
    for count in job["images"]:
        net = cv2.dnn.readNetFromCaffe(job["deploy"], job["weights"])
        net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        images = inputs(job, count)[0]

        def infer(net: Any = net, images: Any = images) -> Any:
            net.setInput(images)
            return net.forward()

        tasks[f"infer {count}"] = infer
        answer = infer()[0].ravel().tolist() if answer is None else answer
    return Contender(version, tasks, answer)


def onnxruntime(job: dict[str, Any]) -> Contender:
    """What PyTorch's exporter makes of the torch contender's module."""
    import onnxruntime
    import torch

    from . import torch_net

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    tasks: dict[str, Callable[[], object]] = {}
    answer = None
    with tempfile.TemporaryDirectory() as folder:
        for count in job["images"]:
            images = inputs(job, count)[0]
            path = str(Path(folder) / f"{count}.onnx")
            model = torch_net.build(job, False)
            torch.onnx.export(model, (torch.from_numpy(images),), path, dynamo=False)
            session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
            name = session.get_inputs()[0].name

            def infer(session: Any = session, feed: Any = {name: images}) -> Any:  # noqa: B006
                return session.run(None, feed)

            tasks[f"infer {count}"] = infer
            answer = infer()[0][0].ravel().tolist() if answer is None else answer
    return Contender(f"onnxruntime {onnxruntime.__version__}", tasks, answer)


def compiled(job: dict[str, Any]) -> Contender:
    """What `protonet.compile` makes of the net with onnxruntime."""
    import protonet

    tasks: dict[str, Callable[[], object]] = {}
    answer = None
    for count in job["images"]:
        net = protonet.compile(
            job["deploy"], job["weights"], "onnxruntime", job["threads"], cache=False
        )
        feed = {net.inputs[0]: inputs(job, count)[0]}
        tasks[f"infer {count}"] = lambda net=net, feed=feed: net(**feed)
        answer = answer or next(iter(net(**feed).values()))[0].ravel().tolist()
    return Contender("compiled", tasks, answer)


def session(job: dict[str, Any]) -> Contender:
    """A bare session of onnxruntime on the file that `compiled` runs."""
    import onnxruntime

    import protonet
    from protonet.export import onnx

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    tasks: dict[str, Callable[[], object]] = {}
    answer = None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.onnx"
        onnx(protonet.Net(job["deploy"], job["weights"]), path, verify=False)
        for count in job["images"]:
            bare = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
            feed = {bare.get_inputs()[0].name: inputs(job, count)[0]}
            tasks[f"infer {count}"] = lambda bare=bare, feed=feed: bare.run(None, feed)
            answer = answer or bare.run(None, feed)[0][0].ravel().tolist()
    return Contender(f"session {onnxruntime.__version__}", tasks, answer)


def teaching(job: dict[str, Any]) -> Contender:
    import numpy as np

    from .teaching import Net

    with np.load(job["arrays"]) as arrays:
        weights = dict(arrays)
    net = Net(job["layers"], weights)
    tasks: dict[str, Callable[[], object]] = {}
    if job["batch"] and job["train"]:
        trained, (images, labels) = Net(job["layers"], weights), inputs(job, job["batch"])
        tasks["train"] = lambda: trained.step(images, labels, RATE, MOMENTUM, DECAY)
    for count in job["images"]:
        batch = inputs(job, count)[0]
        tasks[f"infer {count}"] = lambda batch=batch: net.forward(batch)
    first = inputs(job, job["images"][0])[0] if job["images"] else None
    answer = None if first is None else net.forward(first)[0].tolist()
    return Contender(f"textbook, NumPy {np.__version__}", tasks, answer)


CONTENDERS: dict[str, Callable[[dict[str, Any]], Contender]] = {
    "protonet": protonet,
    "optimized": optimized,
    "compiled": compiled,
    "session": session,
    "teaching": teaching,
    "torch": torch,
    "opencv": opencv,
    "onnxruntime": onnxruntime,
}
PEERS = ["teaching", "torch", "opencv", "onnxruntime"]
