from __future__ import annotations

from protonet.proto import caffe_pb2 as pb
from protonet.proto.source_map import Definition, Place


def test_the_nearest_line() -> None:
    place = Place("f", 3, {"bottom": 4, "bottom[1]": 5, "param[1].lr_mult": 6, "loss_param": 7})
    wanted = {
        None: 3,
        "": 3,
        "bottom": 4,
        "bottom[0]": 4,
        "bottom[1]": 5,
        "bottom[2]": 4,
        "param[1].lr_mult": 6,
        "param[1].decay_mult": 3,
        "loss_param.normalize": 7,
        "top": 3,
    }
    assert {path: place.line_of(path) for path in wanted} == wanted
    assert Place().line_of("top") is None


def test_renamed_keeps_the_rest() -> None:
    old = Place("f", 3, {"a": 4, "a[1]": 5, "a.x": 6, "ab": 7, "b.a": 8})
    new = old.renamed({"a": "c.d", "b": "e"})
    assert (new.file, new.line) == ("f", 3)
    assert new.fields == {"c.d": 4, "c.d[1]": 5, "c.d.x": 6, "ab": 7, "e.a": 8}


def test_a_definition_has_a_place_for_each_layer() -> None:
    net = pb.NetParameter()
    net.layer.add()
    net.layer.add()
    definition = Definition(net)
    assert [place.line for place in definition.places] == [None, None]
