"""Where Matplotlib keeps its own files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os
from protonet.viz.matplotlib_figure import figure_classes
figure_classes("a test")
import matplotlib
print(matplotlib.get_cachedir(), os.environ.get("MPLCONFIGDIR", ""))
"""


@pytest.mark.parametrize("theirs", ["", ".config/matplotlib", "elsewhere"])
def test_nothing_is_made_in_the_home_folder(tmp_path: Path, theirs: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MPL", "XDG"))}
    environment |= {"HOME": str(home), "PROTONET_CACHE": str(tmp_path / "cache")}
    if theirs == "elsewhere":
        environment["MPLCONFIGDIR"] = str(tmp_path / theirs)
    elif theirs:
        (home / theirs).mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
    )
    place, *variable = done.stdout.split()
    expected = {"": "cache/matplotlib", ".config/matplotlib": "home/.cache/matplotlib"}
    assert place == str(tmp_path / expected.get(theirs, theirs))
    assert variable == ([environment["MPLCONFIGDIR"]] if theirs == "elsewhere" else [])
    if theirs != ".config/matplotlib":
        assert not list(home.iterdir())
