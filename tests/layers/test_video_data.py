"""VideoData is looked at: the shapes of its three meanings."""

from __future__ import annotations

import pytest

from protonet.errors import DataError, ProtonetError
from protonet.net.net import Net

SSD = """data_param { batch_size: 2 }
  transform_param { resize_param { height: 30 width: 40 } }
  video_data_param { video_type: VIDEO video_file: "none.mp4" }"""
TSN = """video_data_param { source: "none.txt" batch_size: 4 new_length: 5 num_segments: 3
  modality: FLOW name_pattern: "flow_%c_%05d.jpg" }
  transform_param { crop_size: 24 mirror: true fix_crop: true multi_scale: true }"""
C3D = """video_data_param { source: "none.txt" batch_size: 2 crop_size: 12 new_length: 16
  new_height: 18 new_width: 20 use_image: true }"""
UNCLEAR = 'video_data_param { source: "none.txt" batch_size: 2 new_length: 16 crop_size: 12 }'


def look(fields: str, **options: object) -> Net:
    text = f'layer {{ name: "v" type: "VideoData" top: "data" top: "label"\n  {fields} }}'
    return Net(text, open_data=False, **options)


@pytest.mark.parametrize(
    ("fields", "shape"),
    [
        (SSD, (2, 3, 30, 40)),
        (TSN, (4, 30, 24, 24)),  # 3 segments of 5 pictures in x and y
        (TSN.replace("FLOW", "RGB"), (4, 45, 24, 24)),
        (C3D, (2, 3, 16, 12, 12)),
    ],
)
def test_shapes(fields: str, shape: tuple[int, ...]) -> None:
    net = look(fields)
    assert net.blobs["data"].shape == shape and net.blobs["label"].shape == shape[:1]
    with pytest.raises(DataError, match=r"layer 'v'.*videos are not read here: feed the frames"):
        net.forward()


def test_what_the_definition_does_not_tell() -> None:
    with pytest.raises(ProtonetError, match=r"videos are not read here.*--shape data=2,\.\.\. "):
        look(UNCLEAR)
    assert look(UNCLEAR, fork="c3d-1.1").blobs["data"].shape == (2, 3, 16, 12, 12)
    assert look(UNCLEAR, fork="yjxiong").blobs["data"].shape == (2, 32, 12, 12)
    given = look(UNCLEAR, shapes={"data": (1, 3, 8, 9, 9), "label": (1,)})
    assert given.blobs["data"].shape == (1, 3, 8, 9, 9)
