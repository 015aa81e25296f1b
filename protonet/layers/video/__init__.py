"""Video and sequences: C3D, recurrent layers of forks, decoders."""

from . import video_data  # noqa: F401
