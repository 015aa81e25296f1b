"""One file a Caffe type.  Importing this package registers them all."""

from . import (  # noqa: F401
    concat,
    dummy_data,
    eltwise,
    flatten,
    input,
    reshape,
    silence,
    split,
)
