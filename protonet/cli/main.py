"""The command line: one table of commands, each a module that is imported when it is used.

Exit codes: 0 done, 1 upgraded with losses, files differ or a gradient is wrong, 2 usage, 3 bad
input (definition, weights, snapshot, file), 4 data, 5 numbers that are not finite any more, 6
another process of the run was lost, 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from .. import __version__
from ..errors import DataError, ProtonetError, did_you_mean
from . import together
from .budgets import add_budgets, budgets_set
from .output import streams_there, warnings_shown
from .topics import TOPICS

#: Name of the command and of its module, in the order of `--help`.  A module has HELP,
#: add_arguments(parser) and run(args) -> exit code.  (A `Registry` would know a command only
#: after its module was imported: the names are needed before, to import one module of many.)
COMMANDS = (
    "init",
    "train",
    "test",
    "predict",
    "time",
    "summary",
    "draw",
    "view",
    "netscope",
    "check",
    "gradcheck",
    "layers",
    "explain",
    "dataset",
    "convert_imageset",
    "convert_annoset",
    "compute_image_mean",
    "extract_features",
    "upgrade",
    "deploy",
    "finetune",
    "convert",
    "weights",
    "db",
    "plot",
    "parse_log",
    "run",
    "completion",
)

#: Other names of Caffe's tools, and what they stand for; not in `--help`.
ALIASES = {
    "upgrade_net_proto_text": ("upgrade", "--kind=net"),
    "upgrade_net_proto_binary": ("upgrade", "--kind=net"),
    "upgrade_solver_proto_text": ("upgrade", "--kind=solver"),
}

#: Flags of Caffe that ask for what is done anyway.
_LOG_TO_STDERR = re.compile(r"--?(also)?logtostderr(=\w+)?")

USAGE, BAD_INPUT, BAD_DATA, INTERRUPTED = 2, 3, 4, 130


class Parser(argparse.ArgumentParser):
    """Errors in one line, and no guessing at abbreviations, which Caffe does not know."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog, description=description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        say(f"error: {message}: see '{self.prog} --help'")
        sys.exit(USAGE)


class UsageError(Exception):
    """Arguments that do not go together; what argparse cannot know."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code.  Never shows a traceback, unless
    PROTONET_DEBUG=1 asks for it."""
    args = list(sys.argv[1:] if argv is None else argv)
    with streams_there(), together.muted():
        return _main(args)


def _main(args: list[str]) -> int:
    if args[:1] != ["run"]:  # a script has spellings of its own
        args = [modern(arg) for arg in args if not _LOG_TO_STDERR.fullmatch(arg)]
    if os.environ.get("PROTONET_DEBUG") == "1":
        return dispatch(args)
    try:
        code = dispatch(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read our output has enough of it; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (UsageError, ProtonetError, OSError, MemoryError, KeyboardInterrupt) as error:
        text, code = verdict(error)
        if not together.ended(error, text, code, say):
            say(text if isinstance(error, KeyboardInterrupt) else f"error: {text}")
        return code
    except Exception as error:
        together.ended_unforeseen(error, say)
        raise


def verdict(error: BaseException) -> tuple[str, int]:
    """What is said of an error, and the exit code."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted", INTERRUPTED
    if isinstance(error, UsageError):
        return str(error), USAGE
    if isinstance(error, ProtonetError):
        default = BAD_DATA if isinstance(error, DataError) else BAD_INPUT
        return str(error), int(getattr(error, "exit_code", default))
    if isinstance(error, MemoryError):
        # From Python 3.11 on the net has noted which layer asked for it.
        where = "".join(getattr(error, "__notes__", [])[:1]).removesuffix("raised here")
        advice = "make the batch, the input or the layer smaller"
        return f"{where}out of memory: {error}: {advice}", BAD_INPUT
    assert isinstance(error, OSError)
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}", BAD_INPUT


def dispatch(args: list[str]) -> int:
    """Find the command and run it."""
    if not args or args[0] in ("--help", "-h") or args == ["help"]:
        print(overview())
        return 0
    if args[0] == "help" and args[1] in TOPICS:
        print(TOPICS[args[1]]())
        return 0
    if args[0] == "help":
        return dispatch([args[1], "--help"])
    if args[0] in ("--version", "version"):
        print(f"protonet {__version__}")
        return 0
    with together.first_alone_complains(UsageError):
        name, args = _named(args)
        if together.is_quiet(name):
            return 0
        command, options = load(name), parser_of(name).parse_args(args)
    if getattr(options, "allow_python", False):
        from ..pycaffe.install import install_as_caffe

        install_as_caffe()  # layers written for pycaffe import it
    if names := getattr(options, "plugin", []):
        from ..core.plugins import load_plugin

        for plugin in names:
            load_plugin(plugin)
    together.world_of(options)  # each process has its share of the cores, if not told another
    if threads := getattr(options, "threads", None):
        from ..kernels.threads import set_num_threads

        set_num_threads(threads)
    with budgets_set(options), warnings_shown():
        return together.finished(int(command.run(options)))


def _named(args: list[str]) -> tuple[str, list[str]]:
    """The command's module, and its arguments."""
    name, preset = args[0].replace("-", "_"), list[str]()
    if name in ALIASES:
        name, *preset = ALIASES[name]
    if args[0].startswith("-") or name not in available():
        hint = did_you_mean(args[0], map(shown, available()))
        raise UsageError(f"unknown command '{args[0]}': {hint or 'see protonet --help'}")
    return name, [*preset, *args[1:]]


def modern(arg: str) -> str:
    """Caffe's `-solver x` and `-solver=x` as `--solver x` and `--solver=x`.

    >>> [modern(arg) for arg in ("-solver=x", "-1", "-h", "--quiet")]
    ['--solver=x', '-1', '-h', '--quiet']
    """
    return f"-{arg}" if re.match(r"-[A-Za-z][A-Za-z_-]", arg) else arg


def shown(name: str) -> str:
    return name.replace("_", "-")


def available() -> list[str]:
    package = __package__ or "protonet.cli"
    return [name for name in COMMANDS if importlib.util.find_spec(f"{package}.{name}")]


def load(name: str) -> ModuleType:
    return importlib.import_module(f".{name}", __package__)


def parser_of(name: str) -> Parser:
    """What reads the arguments of a command, and knows its `--help`."""
    command = load(name)
    parser = Parser(prog=f"protonet {shown(name)}", description=_sentence(command.HELP))
    command.add_arguments(parser)
    if name != "run":  # a script has arguments of its own
        add_budgets(parser)
    return parser


def overview() -> str:
    """What `protonet --help` prints."""
    names = available()
    width = max(len(name) for name in names)
    lines = [f"  {shown(name):<{width}}  {load(name).HELP}" for name in names]
    return "\n".join(
        [
            "usage: protonet <command> [arguments]",
            "",
            "Caffe's files, run and trained with NumPy.",
            "",
            *lines,
            "",
            "'protonet help <command>' explains one of them, 'protonet help environment' the",
            "environment variables that are read, 'protonet help migration' what takes the place",
            "of the calls of Caffe and of OpenCV's readNetFromCaffe, 'protonet help mpi' how many",
            "processes train together.",
        ]
    )


def say(text: str) -> None:
    with contextlib.suppress(OSError):  # whoever read it has gone: the exit code remains
        print(f"protonet: {text}", file=sys.stderr, flush=True)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
