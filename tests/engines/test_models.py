"""The cache of models."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

import protonet
from protonet import Net
from protonet.engines import models
from protonet.errors import NetError, ProtonetError


def compiled(net: Net, **options: object) -> object:
    return protonet.compile(net, engine="onnxruntime", **options)  # type: ignore[arg-type]


def test_a_model_is_made_once(
    net: Net, cache: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    compiled(net)
    (path,) = cache.iterdir()
    assert f"{path}, 0.0 MB; the cache holds 1 models, 0.0 MB" in caplog.text
    monkeypatch.setattr(models, "onnx", None)
    compiled(net.clone())
    assert f"The model is in the cache: {path}" in caplog.text
    net.params["c1"][0].data[0, 0, 0, 0] += 1
    with pytest.raises(TypeError):  # it would be made anew
        compiled(net)


def test_what_a_model_depends_on(net: Net) -> None:
    first = models.content_hash(net)
    assert models.content_hash(net.clone()) == first
    other = net.clone()
    other.blobs["x"].reshape(3, 3, 9, 8)
    text = str(net.definition.message)
    renamed = Net(text.replace('"prob"', '"p2"'), seed=1)
    net.params["s1"][1].data[0] = 7
    hashes = {first, *map(models.content_hash, (other, renamed, net))}
    assert len(hashes) == 4


def test_one_that_was_not_proved_is_not_taken_for_one_that_was(net: Net, cache: Path) -> None:
    compiled(net, verify=False)
    (unproved,) = cache.iterdir()
    compiled(net)
    assert unproved.name.endswith("-unproved.onnx") and len([*cache.iterdir()]) == 2


def test_without_a_cache(net: Net, cache: Path) -> None:
    compiled(net, cache=False)
    assert not cache.exists()


def test_the_users_folder(net: Net, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROTONET_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    compiled(net)
    assert len([*(tmp_path / "xdg" / "protonet" / "models").glob("*.onnx")]) == 1


def test_the_oldest_go_when_there_is_no_room(
    net: Net, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = []
    for i in range(3):
        net.params["s1"][1].data[0] = i
        compiled(net)
        (new,) = {*cache.iterdir()} - {*paths}
        os.utime(new, (i, i))
        paths.append(new)
    (cache / f"{paths[0].name}.data").write_bytes(b"large tensors")
    compiled_again = sum(path.stat().st_size for path in paths)
    monkeypatch.setattr(models, "MOST", compiled_again)
    net.params["s1"][1].data[0] = 3
    compiled(net)
    assert paths[0] not in cache.iterdir() and len([*cache.iterdir()]) == 3


def test_a_damaged_model_and_a_folder_that_cannot_be(
    net: Net, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compiled(net)
    (path,) = cache.iterdir()
    path.write_bytes(b"\0nothing")
    with pytest.raises(
        NetError, match=rf"{path}: onnxruntime does not take the model: .*: remove it"
    ):
        compiled(net)
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path / "file"))
    with pytest.raises(ProtonetError, match=r"the cache cannot be written: .*--no-cache"):
        compiled(net)
