"""What pyproject.toml cannot say: where models/ goes, and how README.md reads on the index."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent


def readme_for_index() -> str:
    """README.md with absolute links, since the index has none of the files beside it."""
    url = re.search(r'^Repository = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    assert url, "pyproject.toml names no Repository"
    text = (ROOT / "README.md").read_text("utf-8")
    text = re.sub(r"(!\[[^]]*\]\()(?=[\w.])(?!\w+:)", rf"\1{url[1]}/raw/main/", text)
    return re.sub(r"(?<!!)(\[[^]]*\]\()(?=[\w.])(?!\w+:)", rf"\1{url[1]}/blob/main/", text)


setup(
    # models/ lies at the top of a checkout, where people look for it, and is protonet/models
    # once installed: the same files, see protonet/cli/models.py.
    packages=[*find_packages(include=["protonet", "protonet.*"]), "protonet.models"],
    package_dir={"protonet.models": "models"},
    long_description=readme_for_index(),
    long_description_content_type="text/markdown",
)
