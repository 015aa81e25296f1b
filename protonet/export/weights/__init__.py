"""Weights in every form: changed, compared, merged, and taken from PyTorch."""

from .arrays import read_array, write_array
from .compare import Difference, compare, content_hash
from .edit import cast, get, put, read_own, rename, strip
from .merge_bn import Merged, merge_batch_norm
from .state_dict import Loaded, Match, load_state_dict, read_names

__all__ = [
    "Difference",
    "Loaded",
    "Match",
    "Merged",
    "cast",
    "compare",
    "content_hash",
    "get",
    "load_state_dict",
    "merge_batch_norm",
    "put",
    "read_array",
    "read_names",
    "read_own",
    "rename",
    "strip",
    "write_array",
]
