"""protonet init: a folder with the model files, to run, to read and to change."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import ProtonetError
from ..files import atomic_write
from .models import files, folder

HELP = "copy the model files that come with protonet into a folder"

_EPILOG = """\
examples:
  protonet init                 into models/ of this folder
  protonet init lessons/caffe

and then:
  protonet train models/lenet_solver.prototxt"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "folder",
        nargs="?",
        metavar="DIR",
        type=Path,
        default=Path("models"),
        help="default: models",
    )
    parser.add_argument("--force", action="store_true", help="replace files that are there")


def run(args: argparse.Namespace) -> int:
    copies = {args.folder / path.relative_to(folder()): path.read_bytes() for path in files()}
    check_free(copies, args.force)
    for path, content in copies.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, content)
    print(f"{len(copies)} files in {args.folder}; README.md says what each is. Next:")
    print(f"  protonet summary {args.folder / 'lenet.prototxt'}")
    print(f"  protonet train {args.folder / 'lenet_solver.prototxt'}")
    return 0


def check_free(copies: dict[Path, bytes], force: bool) -> None:
    """ProtonetError if a file that was changed, or another's, would be written over."""
    for target in {path.parent for path in copies}:
        if target.exists() and not target.is_dir():
            raise ProtonetError("is a file", "name a folder", file=str(target))
    if force:
        return
    for path, content in copies.items():
        if path.exists() and (not path.is_file() or path.read_bytes() != content):
            raise ProtonetError(
                "is there already",
                "name another folder, or replace it with --force",
                file=str(path),
            )
