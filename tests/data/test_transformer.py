"""The transformer, against a loop over pixels; what is random, by counting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.core.context import TEST, TRAIN
from protonet.data.transformer import Transformer
from protonet.errors import DataError, NetError, ProtonetError, ShapeError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse
from protonet.proto.weights import write_blob

MEAN = np.random.default_rng(5).uniform(0, 200, (1, 2, 6, 7)).astype(np.float32)


def transformer(text: str, phase: int = TEST, seed: int = 0) -> Transformer:
    param, _ = parse(text, pb.TransformationParameter)
    return Transformer(param, phase, np.float32, np.random.SeedSequence(seed))


def images(n: int, shape: tuple[int, ...] = (2, 6, 7)) -> list[np.ndarray]:
    rng = np.random.default_rng(4)
    return [rng.integers(0, 256, shape).astype(np.uint8) for _ in range(n)]


def run(t: Transformer, batch: list[np.ndarray]) -> np.ndarray:
    out = np.full((len(batch), *t.shape(batch[0].shape)), np.nan, np.float32)
    t(batch, out)
    return out


@pytest.mark.parametrize("crop", [0, 3, 4, 6])
@pytest.mark.parametrize("mean", ["", "mean_value: 9.5", "mean_value: [3, 4]", "file"])
@pytest.mark.parametrize("scale", [1, 0.25])
def test_in_test_phase(crop: int, mean: str, scale: float, tmp_path: Path) -> None:
    if mean == "file":
        write_blob(tmp_path / "mean.binaryproto", MEAN)
        mean = f'mean_file: "{(tmp_path / "mean.binaryproto").as_posix()}"'
    batch = images(3)
    got = run(transformer(f"crop_size: {crop} scale: {scale} {mean}"), batch)
    rows, columns = (crop, crop) if crop else (6, 7)
    top, left = (6 - rows) // 2, (7 - columns) // 2
    want = np.empty((3, 2, rows, columns), np.float32)
    for n, c, y, x in np.ndindex(want.shape):
        value = np.float32(batch[n][c, top + y, left + x])
        if "file" in mean:
            value -= MEAN[0, c, top + y, left + x]
        elif mean:
            value -= np.float32([3, 4][c] if "[" in mean else 9.5)
        want[n, c, y, x] = value * np.float32(scale)
    np.testing.assert_array_equal(got, want)


def test_every_crop_and_mirror_is_equally_likely() -> None:
    t = transformer("crop_size: 5 mirror: true", TRAIN)
    image = np.arange(56, dtype=np.uint8).reshape(1, 7, 8)
    out = run(t, [image] * 2400)
    counts: dict[tuple[int, int, int], int] = {}
    for crop in out[:, 0]:
        flip = int(crop[0, 0] > crop[0, 1])
        corner = int(crop[0, -1] if flip else crop[0, 0])
        key = (corner // 8, corner % 8, flip)
        counts[key] = counts.get(key, 0) + 1
        y, x, _ = key
        want = image[0, y : y + 5, x : x + 5]
        np.testing.assert_array_equal(crop[:, ::-1] if flip else crop, want)
    assert len(counts) == 24  # 3 rows, 4 columns, mirrored or not
    assert all(abs(n / 2400 - 1 / 24) < 0.0204 for n in counts.values())


@pytest.mark.parametrize("phase", [TRAIN, TEST])
def test_mirror_acts_in_both_phases(phase: int) -> None:
    image = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    out = run(transformer("mirror: true", phase), [image] * 200)
    flipped = (out[:, 0, 0, 0] == 2).sum()
    assert 60 < flipped < 140


def test_mean_file_goes_with_its_pixel(tmp_path: Path) -> None:
    write_blob(tmp_path / "m", MEAN)
    text = f'crop_size: 4 mirror: true mean_file: "{(tmp_path / "m").as_posix()}"'
    # The pixels are the mean plus their own number: what is left tells where they were.
    number = np.arange(2 * 6 * 7, dtype=np.float32).reshape(2, 6, 7)
    out = run(transformer(text, TRAIN), [MEAN[0] + number] * 50)
    for item in out.round():
        step = item[0, 0, 1] - item[0, 0, 0]
        assert abs(step) == 1
        y, x = divmod(int(item[0, 0, 0 if step > 0 else -1]), 7)
        want = number[:, y : y + 4, x : x + 4]
        np.testing.assert_array_equal(item[:, :, :: int(step)], want)


def test_state_brings_the_same_choices_back() -> None:
    t = transformer("crop_size: 3 mirror: true", TRAIN)
    batch = images(8)
    run(t, batch)
    state = t.state()
    want = run(t, batch)
    other = transformer("crop_size: 3 mirror: true", TRAIN, seed=99)
    other.set_state(state)
    np.testing.assert_array_equal(run(other, batch), want)
    assert not np.array_equal(run(other, batch), want)


def test_without_chance_there_is_no_state() -> None:
    assert transformer("crop_size: 3").state() == {}
    assert transformer("scale: 3", TRAIN).state() == {}


def test_crops_images_of_several_sizes() -> None:
    t = transformer("crop_size: 2")
    batch = [np.full((1, n, n + 1), n, np.uint8) for n in (2, 3, 4)]
    assert run(t, batch)[:, 0, 0, 0].tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("crop_size: 7", "crop_size"),
        ("mean_value: [1, 2, 3]", "mean_value"),
    ],
)
def test_what_does_not_fit_the_image(text: str, field: str) -> None:
    with pytest.raises(ShapeError) as caught:
        transformer(text).shape((2, 6, 7))
    assert caught.value.field == f"transform_param.{field}"


def test_mean_file_of_another_size(tmp_path: Path) -> None:
    write_blob(tmp_path / "m", MEAN)
    with pytest.raises(ShapeError, match=r"\(2, 6, 7\).*\(2, 6, 8\)"):
        transformer(f'mean_file: "{(tmp_path / "m").as_posix()}"').shape((2, 6, 8))


@pytest.mark.parametrize(
    "text", ['mean_file: "x" mean_value: 1', "force_color: true force_gray: true"]
)
def test_contradictions(text: str) -> None:
    with pytest.raises(NetError, match="both"):
        transformer(text)


def test_missing_mean_file(tmp_path: Path) -> None:
    with pytest.raises(ProtonetError):
        transformer(f'mean_file: "{(tmp_path / "none").as_posix()}"')


def test_a_mean_file_that_is_none_names_its_field(tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text('name: "x"\n')
    with pytest.raises(DataError, match=r"the mean file .*compute-image-mean") as caught:
        transformer(f'mean_file: "{(tmp_path / "net.prototxt").as_posix()}"')
    assert caught.value.field == "transform_param.mean_file"
