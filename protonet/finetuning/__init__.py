"""From a trained net to one's own classes: the files of a fine-tuning, written and explained."""

from .examples import Examples, read_examples
from .project import Made, Settings, finetune

__all__ = ["Examples", "Made", "Settings", "finetune", "read_examples"]
