"""ImageList: image files named in a text file, as batches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from ..core.context import permit
from ..errors import DataError, ProtonetError
from .images import channels_first, read_image, resize
from .lookup import advice_on_name
from .order import Order
from .prefetch import Batch
from .transformer import Transformer, check_alike

INT32 = range(-(2**31), 2**31)
#: Where labels go that are fractions, or several for one image.
OTHER_LABELS = (
    "ImageData takes one whole number; fractions or several labels go into HDF5 files for HDF5Data "
    "(protonet convert-imageset --backend hdf5) or a second store for Data (--labels-db)"
)


class Item(NamedTuple):
    """A line of a list."""

    name: str
    label: int
    line: int


def read_image_list(path: Path) -> list[Item]:
    """The items of a list of `name label`; names may contain spaces.

    DataError with file and line if a label is no whole number, or if there are no items.
    """
    items = []
    for number, line in enumerate(list_lines(path), 1):
        if not line.strip():
            continue
        name, _, label = line.rstrip().replace("\t", " ").rpartition(" ")
        try:
            items.append(Item(name.rstrip(), int(label), number))
        except ValueError:
            hint = OTHER_LABELS if is_number(label) else "write: name of the image, space, label"
            raise DataError(
                f"the label '{label}' is no whole number", hint, file=str(path), line=number
            ) from None
        if items[-1].label not in INT32:
            raise DataError(f"the label {label} is out of range", file=str(path), line=number)
        if not items[-1].name:
            raise DataError(f"there is no image name before '{label}'", file=str(path), line=number)
    if not items:
        raise DataError(f"the list '{path}' is empty", "write: name of the image, space, label")
    return items


def list_lines(path: Path) -> list[str]:
    """The lines of a list of files; DataError if it cannot be read."""
    try:
        # Names of files may be of any encoding; Notepad begins its files with a mark.
        return path.read_text(encoding="utf-8-sig", errors="surrogateescape").split("\n")
    except OSError as error:
        raise DataError(f"cannot read the list '{path}': {error.strerror}") from error


def is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def has_several_labels(name: str, exists: Callable[[str], bool]) -> bool:
    """Does a name end in numbers, without which there is such an image?"""
    words = name.split()
    while len(words) > 1 and is_number(words[-1]):
        words.pop()
        if exists(" ".join(words)):
            return True
    return False


class ImageList:
    """Makes batches of images and labels; a pipeline for the prefetcher.

    folder: put in front of every name as it is.  confine: as in Context.  size: (height, width)
    to resize to, or None.  order: which item comes next.
    """

    def __init__(
        self,
        path: Path,
        items: list[Item],
        order: Order,
        transformer: Transformer,
        batch_size: int,
        *,
        folder: str = "",
        root: Path = Path(),
        confine: Path | None = None,
        size: tuple[int, int] | None = None,
        color: bool = True,
    ) -> None:
        self._path, self._items, self._order = path, items, order
        self._transformer, self._batch_size = transformer, batch_size
        self._folder, self._root, self._size, self._color = folder, root, size, color
        self._confine = confine

    @property
    def records(self) -> int:
        return len(self._items)

    def first_shape(self) -> tuple[int, ...]:
        """Shape of the first batch."""
        return (self._batch_size, *self._load(self._items[self._order.peek()])[1])

    def _load(
        self, item: Item, like: tuple[int, ...] | None = None
    ) -> tuple[NDArray, tuple[int, ...]]:
        """Pixels (C, H, W), and the shape they will have; that must be `like`, if given."""
        place = self._place(self._folder + item.name)
        try:
            image = read_image(permit(place, self._confine), self._color)
            if self._size is not None:
                image = resize(image, *self._size)
            pixels = channels_first(image)
            shape = self._transformer.shape(pixels.shape)
            check_alike(shape, like or shape)
        except ProtonetError as error:
            if not error.hint and not place.exists():
                error.hint = advice_on_name(self._folder, item.name, "root_folder")
                if has_several_labels(item.name, self._exists):
                    error.hint = f"the line has several labels: {OTHER_LABELS}"
            error.at(file=str(self._path), line=item.line)
            raise
        return pixels, shape

    def _place(self, name: str) -> Path:
        """As given, or beside the model file."""
        beside = self._root / name
        return beside if not Path(name).exists() and beside.exists() else Path(name)

    def _exists(self, name: str) -> bool:
        return self._place(self._folder + name).exists()

    def fill(self, batch: Batch) -> None:
        items = [self._items[self._order.next()] for _ in range(self._batch_size)]
        first, shape = self._load(items[0])
        images = [first, *(self._load(item, shape)[0] for item in items[1:])]
        data, *others = batch.blobs
        data.reshape(len(items), *shape)
        self._transformer(images, data.data)
        for blob in others:
            blob.reshape(len(items))
            blob.data[:] = [item.label for item in items]

    def state(self) -> dict[str, Any]:
        return {"order": self._order.state(), "transformer": self._transformer.state()}

    def set_state(self, state: dict[str, Any]) -> None:
        self._order.set_state(state["order"])
        self._transformer.set_state(state["transformer"])

    def reopen(self) -> None:
        """Nothing is kept open."""

    def close(self) -> None:
        """Nothing is kept open."""
