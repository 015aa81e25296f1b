#!/usr/bin/env python3
"""Writes what is made of README.md (commands, messages, rooms, speed), and the list of layer types.

    python scripts/make_readme.py            write both
    python scripts/make_readme.py --check    change nothing; exit 1 if something is stale

A part of README.md stands between <!-- name --> and <!-- /name -->; protonet/layers/README.md,
the list of layer types, is made as a whole.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
README = ROOT / "README.md"
LAYERS = ROOT / "protonet/layers/README.md"


def layer_page() -> str:
    """All layer types by family, each with its file and the first line of its page."""
    from protonet.study.pages import classes_of, families, family_name, summaries

    table = dict(summaries())
    lines = [
        f"# Layer types: {len(table)}",
        "",
        "Made by `scripts/make_readme.py`. `protonet layers TYPE` prints the page of one: shapes,",
        "formulas, parameters; `protonet explain TYPE` adds an example in numbers.",
    ]
    for family, names in families().items():
        lines += [
            "",
            f"## {family_name(family)} ({len(names)} types)",
            "",
            "| type | |",
            "|---|---|",
        ]
        for name in names:
            file = Path(inspect.getfile(classes_of(name)[0])).relative_to(LAYERS.parent)
            lines.append(f"| [{name}]({file.as_posix()}) | {table[name]} |")
    return "\n".join([*lines, ""])


def command_table() -> str:
    from protonet.cli.main import available, load, shown

    rows = [f"| `protonet {shown(name)}` | {load(name).HELP} |" for name in available()]
    return "\n".join(["| command | |", "|---|---|", *rows])


#: What is put wrong in lenet.prototxt for the examples of messages.
SLIPS = (
    ('type: "ReLU"', 'type: "Relu"'),
    ("    kernel_size: 5", "    kernel_sise: 5"),
    ('bottom: "pool2"', 'bottom: "pool3"'),
    ("    kernel_size: 5", "    kernel_size: 50"),
)


def messages() -> str:
    from protonet.errors import ProtonetError
    from protonet.net.net import Net

    text = (ROOT / "models/lenet.prototxt").read_text(encoding="utf-8")
    lines, here = [], Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # so that the file's name stands there without a path
        try:
            for old, new in SLIPS:
                Path("lenet.prototxt").write_text(text.replace(old, new, 1), encoding="utf-8")
                try:
                    Net("lenet.prototxt")
                except ProtonetError as error:
                    lines.append(str(error))
        finally:
            os.chdir(here)
    return "\n".join(["```", *lines, "```"])


#: Who imports whom, from the top; what stands on one level is in the order of the alphabet.
ROOMS = (
    "cli",
    "pycaffe",
    *("engines", "importers"),
    *("check", "export", "parallel", "study", "viz"),
    *("callbacks", "evaluation", "finetuning"),
    *("prediction", "solvers"),
    "net",
    "layers",
    "data",
    "core",
    "edit",
    *("kernels", "proto"),
)


def purpose(init: Path) -> str:
    """The first paragraph of a package's docstring: what it is for."""
    text = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or ""
    if not text:
        sys.exit(f"make_readme: {init} does not say what the room is for")
    return " ".join(inspect.cleandoc(text).partition("\n\n")[0].split())


def room_table() -> str:
    found = {path.parent.name: path for path in (ROOT / "protonet").glob("*/__init__.py")}
    if strange := found.keys() - set(ROOMS):
        sys.exit(f"make_readme: ROOMS has no place for {', '.join(sorted(strange))}")
    rows = [f"| `{room}` | {purpose(found[room])} |" for room in ROOMS if room in found]
    return "\n".join(["| room | |", "|---|---|", *rows])


def speed() -> str:
    """The figures that `scripts/bench.py --json readme` has left."""
    from bench.report import readme_table

    return readme_table()


PARTS = {
    "commands": command_table,
    "messages": messages,
    "rooms": room_table,
    "speed": speed,
}


def fresh(text: str) -> str:
    """The text with every part made anew."""
    for name, make in PARTS.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
        if not pattern.search(text):
            sys.exit(f"make_readme: README.md has no <!-- {name} --> ... <!-- /{name} -->")
        content = make()
        text = pattern.sub(lambda m, new=content: f"{m[1]}{new}\n{m[2]}", text)
    return text


def main() -> None:
    texts = {README: fresh(README.read_text(encoding="utf-8")), LAYERS: layer_page()}
    for path, text in texts.items():
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            name = path.relative_to(ROOT)
            sys.exit(f"make_readme: {name} is stale: run python scripts/make_readme.py")


if __name__ == "__main__":
    main()
