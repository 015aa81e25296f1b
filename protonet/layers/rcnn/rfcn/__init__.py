"""What R-FCN's branch means by names that others gave to other layers."""

from . import smooth_l1_loss  # noqa: F401
