"""AnnotatedData inside nets: random steps, resuming, faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.core.context import TEST, TRAIN
from protonet.errors import DataError, ProtonetError, PrototxtError
from protonet.net.net import Net
from protonet.proto import caffe_pb2 as pb
from tests.data.annotated.make import found, painted, record, store

TEXT = """layer { name: "d" type: "AnnotatedData" top: "data" top: "label"
  data_param { source: "store" batch_size: %d backend: LMDB }
  annotated_data_param { %s }
  transform_param { %s } }"""
BOXES = [(0.25, 0.5, 0.75, 0.9), (0.1, 0.1, 0.3, 0.4), (0, 0.5, 1, 1), (0.6, 0.2, 0.9, 0.5)]
ALL = """resize_param { height: 30 width: 40 interp_mode: LINEAR interp_mode: AREA }
  distort_param { brightness_prob: 0.5 brightness_delta: 20 random_order_prob: 0.1 }
  expand_param { prob: 0.5 max_expand_ratio: 2 } mirror: true mean_value: 20"""
SAMPLER = """batch_sampler { max_sample: 1 sampler { min_scale: 0.5 max_scale: 1 }
  sample_constraint { min_object_coverage: 0.5 } }"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    scenes = [painted(40 + 20 * i, 60, box) for i, box in enumerate(BOXES)]
    store(tmp_path / "raw", [record(painted(40, 60, box)) for box in BOXES])
    store(tmp_path / "store", [record(scene, "png") for scene in scenes])
    return tmp_path


def make(batch: int, sampler: str = "", transform: str = "", **options: object) -> Net:
    text = TEXT % (batch, sampler, transform)
    if "resize" not in transform:
        text = text.replace('"store"', '"raw"')
    return Net(text, **{"phase": TRAIN, "seed": 1, **options})


def test_boxes_stay_around_their_objects_through_all_steps() -> None:
    net, seen = make(2, SAMPLER, ALL), 0
    for _ in range(20):
        net.forward()
        for item, *box in (row for row in net.blobs["label"].data[0, 0] if row[0] >= 0):
            image = net.blobs["data"].data[int(item)]
            assert box[0] == 7 and box[1] == 1
            np.testing.assert_allclose(box[2:6], found(image, 100), atol=0.08)
            seen += 1
    assert seen > 30
    net.layers[0].close()


def test_cut_and_mirror_move_the_boxes() -> None:
    net, seen = make(4, transform="crop_h: 30 crop_w: 40 mirror: true"), 0
    assert net.blobs["data"].shape == (4, 3, 30, 40)
    for _ in range(10):
        net.forward()
        for item, _, _, *box in net.blobs["label"].data[0, 0, :, :7].tolist():
            image = net.blobs["data"].data[int(item)]
            np.testing.assert_allclose(box[:4], found(image), atol=1e-5)
            seen += 1
    assert seen > 20


@pytest.mark.parametrize(
    ("sampler", "transform"), [(SAMPLER, ALL), ("", "crop_size: 9 mirror: true")]
)
def test_state_goes_on_exactly(sampler: str, transform: str) -> None:
    net = make(3, sampler, transform)
    for _ in range(3):
        net.forward()
    state = net.layers[0].state()
    want = [{k: v.copy() for k, v in net.forward().items()} for _ in range(4)]
    other = make(3, sampler, transform, seed=9)
    other.forward()
    other.layers[0].set_state(state)
    for batch in want:
        got = other.forward()
        assert all((got[name] == batch[name]).all() for name in batch)


def test_a_batch_without_boxes_has_one_row_of_ones_below_zero() -> None:
    net = make(1, transform="crop_size: 4", phase=TEST)
    got = [net.forward()["label"].copy() for _ in range(4)]
    # The second and the fourth box lie beside the centre.
    assert [label[0, 0, 0, 0] for label in got] == [0, -1, 0, -1]
    assert (got[1] == -1).all() and got[1].shape == (1, 1, 1, 8)


def test_records_without_annotation_give_labels(folder: Path) -> None:
    datum = pb.Datum(channels=1, height=2, width=2, data=b"abcd", label=5)
    store(folder / "raw", [pb.AnnotatedDatum(datum=datum).SerializeToString()])
    net = make(3)
    assert net.blobs["label"].shape == (3,)
    assert net.forward()["label"].tolist() == [5, 5, 5]


def test_raw_images_are_not_resized(caplog: pytest.LogCaptureFixture) -> None:
    text = TEXT % (2, "", "resize_param { height: 30 width: 40 }")
    net = Net(text.replace('"store"', '"raw"'))
    assert net.blobs["data"].shape == (2, 3, 40, 60)
    assert "resize_param has no effect on raw images" in caplog.text


@pytest.mark.parametrize("phase", [TRAIN, TEST])
def test_workers_share_the_records_of_training(phase: int) -> None:
    nets = [make(1, phase=phase, rank=rank, size=2) for rank in range(2)]
    first = [net.forward()["label"][0, 0, 0, 3:7].copy() for net in nets]
    np.testing.assert_allclose(first, [BOXES[0], BOXES[1 if phase == TRAIN else 0]], rtol=1e-6)


@pytest.mark.parametrize(
    ("sampler", "transform", "words"),
    [
        ("", "noise_param { prob: 1 }", "noise_param is a field of forks"),
        ("anno_type: LANE", "", r"<text>:3: .*anno_type LANE is not served"),
        ("yolo_data_jitter: 0.1", "", r"<text>:3: .*yolo_data_jitter is a field of yolo-eric612"),
        ("", "crop_h: 3", r"<text>:4: .*only one of crop_h and crop_w"),
        (
            "",
            "resize_param { resize_mode: FIT_SMALL_SIZE height: 3 width: 3 }",
            r"<text>:4: .*FIT_SMALL_SIZE leaves images of different sizes: set batch_size 1",
        ),
        ("", "distort_param { hue_delta: -1 }", r"<text>:4: .*hue_delta is negative"),
        ("batch_sampler { sampler { max_scale: 2 } }", "", r"<text>:3: .*max_scale 2"),
    ],
)
def test_bad_parameters(sampler: str, transform: str, words: str) -> None:
    with pytest.raises(PrototxtError, match=words):
        make(2, sampler, transform)


def test_a_bad_record_is_named(folder: Path) -> None:
    good = record(painted(40, 60, BOXES[0]))
    store(folder / "raw", [good, b"\xff\xff", record(painted(30, 60, BOXES[0]))])
    with pytest.raises(DataError, match=r"layer 'd'.*record '00000001' of 'raw': .*AnnotatedDatum"):
        make(3).forward()
    store(folder / "raw", [good, record(painted(30, 60, BOXES[0]))])
    with pytest.raises(DataError, match=r"record '00000001' of 'raw': .*the first of its batch"):
        make(2).forward()


def test_shapes_without_the_data(folder: Path) -> None:
    def look(transform: str, **shapes: tuple[int, ...]) -> Net:
        text = (TEXT % (2, "", transform)).replace('"store"', '"none"')
        return Net(text, open_data=False, shapes=shapes)

    net = look("resize_param { height: 30 width: 40 } mean_value: 1 mean_value: 2 mean_value: 3")
    assert net.blobs["data"].shape == (2, 3, 30, 40) and net.blobs["label"].shape == (1, 1, 1, 8)
    assert look("crop_h: 3 crop_w: 4").blobs["data"].shape == (2, 3, 3, 4)
    with pytest.raises(ProtonetError, match="--shape data=2,3,H,W"):
        look("")
    assert look("", data=(5, 1, 8, 7)).blobs["data"].shape == (5, 1, 8, 7)
