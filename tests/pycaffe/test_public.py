"""The names of pycaffe, and `import caffe`."""

from __future__ import annotations

import importlib
import sys
import types

import pytest
from google.protobuf import text_format

import protonet
from protonet import pycaffe as face
from protonet.errors import ProtonetError

TOP_LEVEL = """
Net SGDSolver NesterovSolver AdaGradSolver RMSPropSolver AdaDeltaSolver AdamSolver NCCL Timer
init_log log set_mode_cpu set_mode_gpu set_device Layer get_solver layer_type_list
set_random_seed solver_count set_solver_count solver_rank set_solver_rank set_multiprocess
has_nccl __version__ TRAIN TEST Classifier Detector io layers params NetSpec to_proto
"""
NET = """
blobs blob_loss_weights layer_dict params forward backward forward_all forward_backward_all
set_input_arrays _batch inputs outputs top_names bottom_names _forward _backward reshape
clear_param_diffs copy_from share_with _blob_loss_weights _bottom_ids _top_ids _blobs layers
_blob_names _layer_names _inputs _outputs _set_input_arrays save save_hdf5 load_hdf5
before_forward after_forward before_backward after_backward
"""
SOLVER = """
net test_nets iter add_callback solve step restore snapshot share_weights apply_update param lr
"""
SUBMODULES = {
    "caffe.io": "Transformer load_image resize_image oversample blobproto_to_array "
    "array_to_blobproto array_to_datum datum_to_array arraylist_to_blobprotovector_str "
    "blobprotovector_str_to_arraylist",
    "caffe.proto.caffe_pb2": "NetParameter SolverParameter BlobProto Datum TRAIN TEST Phase",
    "caffe.net_spec": "Top Function NetSpec Layers Parameters to_proto assign_proto layers params",
    "caffe.coord_map": "coord_map coord_map_from_to compose inverse crop conv_params crop_params "
    "PASS_THROUGH_LAYERS UndefinedMapException AxisMismatchException",
    "caffe.draw": "draw_net draw_net_to_file get_pydot_graph get_layer_label get_edge_label "
    "choose_color_by_layertype get_pooling_types_dict get_layer_lr_mult LAYER_STYLE_DEFAULT",
    "caffe.classifier": "Classifier",
    "caffe.detector": "Detector",
    "caffe.pycaffe": "Net SGDSolver NCCL Timer",
    "caffe._caffe": "Net Blob Layer Solver BlobVec RawBlobVec LayerVec NetVec IntVec StringVec "
    "DtypeVec BoolVec __version__ layer_type_list",
}


@pytest.fixture
def clean_modules(monkeypatch):
    """No caffe imported, and none left behind."""
    for name in [n for n in sys.modules if n == "caffe" or n.startswith("caffe.")]:
        monkeypatch.delitem(sys.modules, name)
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name == "caffe" or name.startswith("caffe."):
            del sys.modules[name]


def test_all_names_are_there():
    for owner, names in ((face, TOP_LEVEL), (face.Net, NET), (face.SGDSolver, SOLVER)):
        assert not [name for name in names.split() if not hasattr(owner, name)]
    assert set(face.__all__) >= set(TOP_LEVEL.split())
    assert dir(face) == sorted(face.__all__)
    assert (face.TRAIN, face.TEST) == (0, 1)
    assert face.__version__ >= "1.0.0"


def test_layer_types():
    types_ = face.layer_type_list()
    assert types_ == sorted(types_) == protonet.layer_types()
    assert {"Data", "Convolution", "InnerProduct", "Python"} <= set(types_)


def test_lists_behave_as_lists():
    from protonet.pycaffe import _caffe

    vec = _caffe.BlobVec()
    vec.add_blob(2, 3)
    assert len(vec) == 1 and vec[0].shape == (2, 3) and not vec[0].data.any()


def test_import_caffe(clean_modules):
    protonet.install_as_caffe()
    protonet.install_as_caffe()  # twice is no harm
    caffe = importlib.import_module("caffe")
    assert caffe is face
    for module, names in SUBMODULES.items():
        loaded = importlib.import_module(module)
        assert not [name for name in names.split() if not hasattr(loaded, name)], module
    scope: dict = {}
    exec(
        "import caffe.proto.caffe_pb2 as pb\nfrom caffe import layers as L, params as P\n"
        "from caffe.proto import caffe_pb2\nimport caffe.draw, caffe.io\n"
        "net = caffe.proto.caffe_pb2.NetParameter()",
        scope,
    )
    net = scope["net"]
    text_format.Merge('layer { type: "ReLU" name: "r" }', net)
    assert scope["pb"] is scope["caffe_pb2"] and net.layer[0].name == "r"
    assert net.ParseFromString(net.SerializeToString()) and str(net.layer[0]).startswith("name:")


def test_another_caffe_that_was_imported_before(clean_modules, monkeypatch):
    other = types.ModuleType("caffe")
    other.__file__ = "/opt/caffe/__init__.py"
    monkeypatch.setitem(sys.modules, "caffe", other)
    with pytest.raises(ProtonetError, match=r"another caffe .* from /opt/caffe.*: call"):
        protonet.install_as_caffe()
    assert sys.modules["caffe"] is other
