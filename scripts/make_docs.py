#!/usr/bin/env python3
"""Builds the documentation as a site: python scripts/make_docs.py, then build/docs/html/index.html.

    python scripts/make_docs.py               all of it; the notebooks are run (a minute)
    python scripts/make_docs.py --no-run      the notebooks as they are, without outputs
    python scripts/make_docs.py --pages DIR   only write the pages, to look at

The pages are made of what is there: README.md and its like, the notebooks, `--help` of every
command, `protonet explain` of every layer type, docstrings.  Sphinx lays them out, and fails on
a link that leads nowhere.  It needs the extra `docs`.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import io
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

#: Pages that are written by hand, with what stands in the site's list of pages.
WRITTEN = (
    *("README.md", "models/README.md", "protonet/cli/migration.md", "protonet/cli/mpi.md"),
    *("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"),
)
#: Modules whose own page is worth reading, beside the public names.
MODULES = ("protonet.core.layer",)

CONF = '''\
project = "protonet"
extensions = ["myst_nb", "sphinx.ext.autodoc"]
html_theme = "furo"
html_title = "protonet"
html_show_copyright = False
html_static_path = ["static"]
html_css_files = ["site.css"]
myst_heading_anchors = 4
nb_execution_mode = "{mode}"
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_merge_streams = True
exclude_patterns = ["jupyter_execute"]
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {{"members": True}}
suppress_warnings = ["mystnb.unknown_mime_type"]


def literal(app, what, name, obj, options, lines):
    """Docstrings are plain text, with formulas: shown as they are."""
    lines[:] = ["::", "", *("   " + line for line in lines), ""] if any(lines) else []


def setup(app):
    app.connect("autodoc-process-docstring", literal)
'''


#: Docstrings and help texts have lines of a hundred letters.
CSS = ".content { width: 50em; max-width: 100%; }\npre { font-size: 12px; }\n"


def fenced(text: str, language: str = "text") -> str:
    """A block of code, as it is."""
    return f"```{language}\n{text.rstrip()}\n```\n"


def contents(pages: list[str], depth: int = 1) -> str:
    """A list of pages that Sphinx follows."""
    return "\n".join(["```{toctree}", f":maxdepth: {depth}", "", *pages, "```", ""])


# -- what is made of the code ----------------------------------------------------------------


def commands() -> Iterator[tuple[str, str]]:
    """(file, text) of a page for each command, and of their list."""
    from protonet.cli import environment
    from protonet.cli.main import available, load, shown

    names = available()
    rows = [f"| [protonet {shown(n)}]({shown(n)}.md) | {load(n).HELP} |" for n in names]
    table = "\n".join(["| command | |", "|---|---|", *rows])
    variables = fenced(environment.described())
    listed = contents([shown(name) for name in names])
    yield "index.md", f"# Commands\n\n{table}\n\n## Environment\n\n{variables}\n{listed}"
    for name in names:
        parts = [f"# protonet {shown(name)}\n", *map(fenced, helps(name))]
        yield f"{shown(name)}.md", "\n".join(parts)


def helps(name: str) -> Iterator[str]:
    """What `--help` says of a command, and of each of its actions."""
    from protonet.cli.main import main, parser_of

    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "90"
    try:
        actions = [
            [action]
            for each in parser_of(name)._actions
            if isinstance(each, argparse._SubParsersAction)
            for action in each.choices
        ]
        for words in [[], *actions]:
            text = io.StringIO()
            with redirect_stdout(text), suppress(SystemExit):
                main([name, *words, "--help"])
            yield text.getvalue()
    finally:
        os.environ.pop("COLUMNS") if before is None else os.environ.update(COLUMNS=before)


def layers() -> Iterator[tuple[str, str]]:
    """(file, text) of a page for each layer type, and of the list by family."""
    from protonet import explain
    from protonet.study.pages import families, family_name, summaries

    table = dict(summaries())
    parts = ["# Layer types\n", "Each page has formulas, parameters, and an example in numbers.\n"]
    for family, names in families().items():
        rows = [f"| [{name}]({name}.md) | {table[name]} |" for name in names]
        parts += [f"## {family_name(family)}\n", "| type | |\n|---|---|\n" + "\n".join(rows) + "\n"]
    yield "index.md", "\n".join([*parts, contents(list(table))])
    for name in table:
        yield f"{name}.md", f"# {name}\n\n{fenced(explain(name))}"


def api() -> Iterator[tuple[str, str]]:
    """(file, text) of a page for each public name, and of the list."""
    import protonet

    public = [name for name in protonet.__all__ if not name.startswith("_")]
    rows = [f"| [protonet.{n}]({n}.md) | {first_sentence(getattr(protonet, n))} |" for n in public]
    table = "\n".join(["| name | |", "|---|---|", *rows])
    yield "index.md", f"# Python\n\n{table}\n\n{contents([*public, *MODULES])}"
    for name in [*public, *MODULES]:
        dotted = name if name in MODULES else f"protonet.{name}"
        thing = importlib.import_module(name) if name in MODULES else getattr(protonet, name)
        yield f"{name}.md", f"# {dotted}\n\n```{{eval-rst}}\n{directive(dotted, thing)}\n```\n"


def directive(dotted: str, thing: object) -> str:
    """What Sphinx is told to document."""
    if inspect.ismodule(thing):
        offered = "\n   :imported-members:" if hasattr(thing, "__all__") else ""
        return f".. automodule:: {dotted}{offered}"
    kind = "class" if inspect.isclass(thing) else "function" if callable(thing) else "data"
    return f".. auto{kind}:: {dotted}"


def first_sentence(thing: object) -> str:
    """The first sentence of a docstring; of a number itself."""
    if isinstance(thing, int):
        return str(thing)
    paragraph = " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())
    return re.split(r"(?<=\.) ", paragraph)[0].replace("|", "\\|")


# -- what is written by hand -----------------------------------------------------------------


def repository() -> str:
    found = re.search(r'^Repository = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    assert found
    return found[1]


def written(folder: Path) -> None:
    """Pages, pictures, models and notebooks, in the places that they have in the repository;
    links to what the site does not have lead to the repository."""
    shutil.copytree(ROOT / "models", folder / "models", dirs_exist_ok=True)
    for page in WRITTEN:
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / page, folder / page)
    for page in [*WRITTEN, *(p.relative_to(ROOT) for p in ROOT.glob("models/notebooks/*"))]:
        path, home = folder / page, (ROOT / page).parent

        def linked(found: re.Match[str], path: Path = path, home: Path = home) -> str:
            if (path.parent / found[2]).is_file():
                return found[0]
            target = (home / found[2]).resolve().relative_to(ROOT).as_posix()
            return f"{found[1]}{repository()}/blob/main/{target}"

        text = path.read_text("utf-8")
        path.write_text(re.sub(r"(\]\()(?!\w+:)([\w./-]+)", linked, text), "utf-8")


def pages(folder: Path) -> None:
    """All pages of the site."""
    folder.mkdir(parents=True, exist_ok=True)
    written(folder)
    for name, make in (("commands", commands), ("layers", layers), ("api", api)):
        (folder / name).mkdir(exist_ok=True)
        for file, text in make():
            (folder / name / file).write_text(text, "utf-8")
    notebooks = sorted(p.stem for p in (ROOT / "models/notebooks").glob("*.ipynb"))
    lessons = [f"models/notebooks/{name}" for name in notebooks]
    text = ["# protonet\n", "Caffe's files, run and trained with NumPy.\n"]
    text += [
        contents(["README", "protonet/cli/migration", "protonet/cli/mpi"]),
        "## Lessons\n",
        contents(lessons),
    ]
    parts = ["models/README", "commands/index", "layers/index", "api/index"]
    text += ["## Reference\n", contents(parts)]
    text += ["## The project\n", contents([page.removesuffix(".md") for page in WRITTEN[4:]])]
    (folder / "index.md").write_text("\n".join(text), "utf-8")


def build(out: Path, run: bool) -> int:
    """The site in `out`/html; the exit code of Sphinx."""
    try:
        from sphinx.cmd.build import build_main
    except ImportError:
        from protonet.errors import pip_install

        sys.exit(f"make_docs: the site needs Sphinx: {pip_install('docs')}")
    shutil.rmtree(out, ignore_errors=True)
    pages(out / "pages")
    (out / "pages" / "static").mkdir()
    (out / "pages" / "static" / "site.css").write_text(CSS, "utf-8")
    (out / "pages" / "conf.py").write_text(CONF.format(mode="force" if run else "off"), "utf-8")
    os.environ["PYTHONPATH"] = str(ROOT)  # of the notebooks
    code = build_main(["-q", "-W", "--keep-going", str(out / "pages"), str(out / "html")])
    if code == 0:
        print(f"{out / 'html' / 'index.html'}")
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the documentation as a site.")
    parser.add_argument("--out", type=Path, default=ROOT / "build/docs", help="a folder")
    parser.add_argument("--no-run", action="store_true", help="do not run the notebooks")
    parser.add_argument("--pages", type=Path, metavar="DIR", help="only write the pages there")
    args = parser.parse_args()
    if args.pages:
        pages(args.pages)
        return 0
    return build(args.out, not args.no_run)


if __name__ == "__main__":
    sys.exit(main())
