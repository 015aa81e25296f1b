"""What protonet predict prints: a table, JSON or CSV; and masks as files."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

from ..data.images import encode_image
from ..files import atomic_write
from ..prediction.answers import Mask
from ..prediction.answers.masks import palette
from ..prediction.predictor import Prediction


class _Text:
    """A table for each picture."""

    def __init__(self) -> None:
        self.right = self.known = 0

    def show(self, told: Prediction) -> None:
        if told.error is not None:
            return
        truth = ""
        if told.right is not None:
            self.known += 1
            self.right += told.right
            truth = "  right" if told.right else f"  WRONG: it is {told.truth_name}"
        print(f"{told.image}  {told.size[0]} x {told.size[1]}{truth}")
        for answer in told.answers:
            if len(told.answers) > 1:
                print(f"  {answer.output}:")
            for row in answer.rows():
                print(f"  {_line(row)}")
            if not answer.rows():
                print("  nothing found")

    def end(self) -> None:
        if self.known:
            print(f"{self.right} of {self.known} right: {self.right / self.known:.2%}")


def _line(row: dict[str, Any]) -> str:
    line = f"{row['rank']:>3}  {row['score']:8.4f}  {row['label']:>5}"
    line += f"  {row['name']}" if row["name"] != str(row["label"]) else ""
    if "x1" in row:
        line += "  at {x1:.1f}, {y1:.1f} to {x2:.1f}, {y2:.1f}".format(**row)
    return line


class _Json:
    def show(self, told: Prediction) -> None:
        print(json.dumps(told.as_dict(), ensure_ascii=False))

    def end(self) -> None: ...


class _Csv:
    COLUMNS = ("image", "output", "kind", "rank", "label", "name", "score", "x1", "y1", "x2", "y2")

    def __init__(self) -> None:
        self._out = csv.DictWriter(sys.stdout, self.COLUMNS, lineterminator="\n")
        self._out.writeheader()

    def show(self, told: Prediction) -> None:
        for answer in told.answers:
            head = {"image": told.image, "output": answer.output, "kind": answer.kind}
            self._out.writerows(head | row for row in answer.rows())

    def end(self) -> None: ...


FORMS: dict[str, Any] = {"text": _Text, "json": _Json, "csv": _Csv}


def write_masks(told: Prediction, folder: Path) -> None:
    """NAME.png for each mask; with the output's name where there are several."""
    masks = [answer for answer in told.answers if isinstance(answer, Mask)]
    folder.mkdir(parents=True, exist_ok=True)
    for mask in masks:
        stem = told.image.replace("\\", "/").strip("./").replace("/", "_")
        name = f"{stem}.{mask.output}.png" if len(masks) > 1 else f"{stem}.png"
        colours = palette()[mask.labels.astype(int) % 256][..., ::-1]
        atomic_write(folder / name, encode_image(colours, "png").tobytes())
