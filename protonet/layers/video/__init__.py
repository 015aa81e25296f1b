"""Video and sequences: C3D, recurrent layers of forks, decoders."""

from . import (  # noqa: F401
    convolution3d,
    ctc_greedy_decoder,
    lstm,
    pooling3d,
    video_data,
)
