#!/usr/bin/env python3
"""Writes the parts of README.md that are made from the code: the tables of commands, layers.

    python scripts/make_readme.py            rewrite what stands between the markers
    python scripts/make_readme.py --check    change nothing; exit 1 if something is stale

A part stands between <!-- name --> and <!-- /name -->.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
README = ROOT / "README.md"


def layer_table() -> str:
    from protonet.cli.layers import summaries

    rows = [f"| {name} | {line} |" for name, line in summaries()]
    return "\n".join([f"| {len(rows)} types | |", "|---|---|", *rows])


def command_table() -> str:
    from protonet.cli.main import available, load, shown

    rows = [f"| `protonet {shown(name)}` | {load(name).HELP} |" for name in available()]
    return "\n".join(["| command | |", "|---|---|", *rows])


PARTS = {"layers": layer_table, "commands": command_table}


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
    old = README.read_text(encoding="utf-8")
    new = fresh(old)
    if "--check" in sys.argv[1:]:
        if new != old:
            sys.exit("make_readme: README.md is stale: run python scripts/make_readme.py")
    else:
        README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
