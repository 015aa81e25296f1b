"""LevelDB without its package: what is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from protonet.data.sources import open_source
from protonet.errors import DataError, ProtonetError
from protonet.net.net import Net


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(sys.modules, "plyvel", None)
    (tmp_path / "level").mkdir()
    (tmp_path / "level" / "CURRENT").write_text("MANIFEST-000001\n")
    return tmp_path / "level"


@pytest.mark.parametrize("backend", ["LEVELDB", ""])
def test_the_extra_is_named(store: Path, backend: str) -> None:
    with pytest.raises(ProtonetError) as caught:
        open_source(store, backend)
    for words in ("default of data_param", "plyvel", "protonet-caffe[leveldb]", "backend: LMDB"):
        assert words in str(caught.value)


def test_the_line_is_named(store: Path) -> None:
    net = store.parent / "net.prototxt"
    net.write_text(
        'layer { name: "d" type: "Data" top: "d"\n data_param { source: "level"\n batch_size: 1 } }'
    )
    with pytest.raises(ProtonetError, match=r"net\.prototxt:2: layer 'd' \(Data\)"):
        Net(net)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no LEVELDB at"):
        open_source(tmp_path / "none", "LEVELDB")
