"""The page as HTML: for a server, or whole in one file that needs none."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from typing import Any

_ROOT = files(__package__).joinpath("static")
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_BOOT = 'import "page/main.js";'


@cache
def assets() -> dict[str, bytes]:
    """Every script and style of the page by its path below static/, which is all that a server
    gives away."""
    return dict(_walk(_ROOT, ""))


def _walk(folder: Traversable, path: str) -> Any:
    for entry in folder.iterdir():
        name = f"{path}{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, f"{name}/")
        elif name.endswith(tuple(_TYPES)):
            yield name, entry.read_bytes()


def type_of(name: str) -> str:
    """The media type of an asset."""
    return next(kind for end, kind in _TYPES.items() if name.endswith(end))


def served_page(document: Mapping[str, Any], nonce: str) -> tuple[bytes, str]:
    """The page that asks its server for the rest, and its content policy.  nonce: an unguessable
    word of this answer."""
    imports = {_module(name): f"./static/{name}" for name in assets() if name.endswith(".js")}
    importmap = json.dumps({"imports": imports})
    styles = "\n".join(
        f'<link rel="stylesheet" href="static/{escape(name)}">'
        for name in assets()
        if _is_css(name)
    )
    policy = _policy(f"'self' {_hashes(importmap, _BOOT)}", f"'self' 'nonce-{nonce}'", "'self'")
    text = _filled(document, {"server": True, "nonce": nonce}, styles, importmap, "")
    return text, f"{policy}; frame-ancestors 'none'"


def whole_page(document: Mapping[str, Any]) -> bytes:
    """The page with everything in it.  It opens from a disk, and its policy lets it reach nothing
    else."""
    imports = {
        _module(name): "data:text/javascript;base64," + base64.b64encode(content).decode()
        for name, content in assets().items()
        if name.endswith(".js")
    }
    importmap = json.dumps({"imports": imports})
    nonce = hashlib.sha256(importmap.encode()).hexdigest()[:32]  # of styles, which run nothing
    styles = "".join(
        f'<style nonce="{nonce}">{content.decode()}</style>\n'
        for name, content in assets().items()
        if _is_css(name)
    )
    policy = _policy(f"data: {_hashes(importmap, _BOOT)}", f"'nonce-{nonce}'", "'none'")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return _filled(document, {"server": False, "nonce": nonce}, styles, importmap, meta)


def _filled(
    document: Mapping[str, Any], options: Mapping[str, Any], styles: str, importmap: str, meta: str
) -> bytes:
    panels = [name[7:-3] for name in assets() if name.startswith("panels/")]
    content = json.dumps({"document": document, "options": {**options, "panels": panels}})
    page = Template(_ROOT.joinpath("index.html").read_text("utf-8")).substitute(
        policy=meta,
        title=escape(str(document["title"])),
        styles=styles,
        importmap=f'<script type="importmap">{importmap}</script>',
        content=content.replace("<", "\\u003c"),  # no word in it ends the script
        script=f'<script type="module">{_BOOT}</script>',
    )
    return page.encode("utf-8", "replace")


def _policy(scripts: str, styles: str, connect: str) -> str:
    """What a page may load, run and talk to."""
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src data: blob:; "
        f"connect-src {connect}; base-uri 'none'; form-action 'none'"
    )


def _hashes(*scripts: str) -> str:
    digests = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def _module(name: str) -> str:
    """The name that scripts import an asset by."""
    return name if name.startswith("vendor/") else f"page/{name}"


def _is_css(name: str) -> bool:
    return name.endswith(".css")
