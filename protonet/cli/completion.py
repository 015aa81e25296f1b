"""protonet completion: what the shell offers when Tab is pressed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from .models import DEPLOY, SOLVER, names
from .topics import TOPICS

HELP = "print a script that completes commands and options in bash, zsh or fish"

_EPILOG = """\
The script knows commands, options, their choices, the models that come with protonet and the
layer types; everything else is a file.  To have it in every shell:

  bash   echo 'eval "$(protonet completion bash)"' >> ~/.bashrc
  zsh    echo 'eval "$(protonet completion zsh)"' >> ~/.zshrc
  fish   protonet completion fish > ~/.config/fish/completions/protonet.fish

examples:
  protonet completion bash > protonet.bash
  protonet completion zsh"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("shell", choices=_SHELLS, help="whose script to print")


def run(args: argparse.Namespace) -> int:
    print(_SHELLS[args.shell]())
    return 0


@dataclass(frozen=True)
class _Option:
    """One option: its spellings, and the values it takes (None: it takes none)."""

    words: list[str]
    help: str
    values: list[str] | None


@dataclass(frozen=True)
class _Command:
    """One command: its options, and what may stand in it besides files."""

    name: str
    help: str
    options: list[_Option]
    words: list[str]


def _commands() -> Iterator[_Command]:
    from .main import available, load, parser_of, shown

    yield _Command("help", "explain a command", [], [*map(shown, available()), *TOPICS])
    for name in available():
        actions = list(_actions(parser_of(name)))
        words = [word for action in actions for word in _words(action)]
        options = [_option(action) for action in actions if action.option_strings]
        yield _Command(shown(name), load(name).HELP, options, words)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """What a parser takes, and what the parsers of its actions do; nothing hidden."""
    for action in parser._actions:
        if action.help != argparse.SUPPRESS:
            yield action
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _actions(inner)


def _option(action: argparse.Action) -> _Option:
    takes = action.nargs != 0
    values = [str(choice) for choice in action.choices or ()] if takes else None
    return _Option(list(action.option_strings), action.help or "", values)


def _words(action: argparse.Action) -> list[str]:
    """What an argument that is given by its place may be."""
    if action.option_strings:
        return []
    if action.choices:
        return [str(choice) for choice in action.choices]
    if action.dest in ("model", "solver"):
        return names(SOLVER if action.dest == "solver" else DEPLOY)
    if action.dest == "type":
        from .. import layer_types

        return layer_types()
    return []


def _bash() -> str:
    commands = list(_commands())
    keys: dict[str, list[str]] = {}  # values -> the options that take them
    places = []
    for command in commands:
        for option in command.options:
            if option.values is not None:
                spelt = [f'"{command.name} {word}"' for word in option.words]
                keys.setdefault(" ".join(option.values), []).extend(spelt)
        flags = " ".join(word for option in command.options for word in option.words)
        words = " ".join(dict.fromkeys(command.words))
        places.append(f'        {command.name}) options="{flags}" words="{words}" ;;')
    return _BASH.format(
        names=" ".join(command.name for command in commands),
        values="\n".join(f'    {"|".join(keys[v])}) words="{v}" ;;' for v in keys),
        places="\n".join(places),
    )


#: An option's value, with or without a "=", which bash takes for a word of its own.
_BASH = """\
_protonet() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
    local command=${{COMP_WORDS[1]//_/-}} options= words=
    if [[ $current == = ]]; then
        current=
    elif [[ $before == = ]]; then
        before=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "{names} --help --version" -- "$current"))
        return
    fi
    case "$command $before" in
{values}
    *)
        case $command in
{places}
        esac ;;
    esac
    [[ $current == -* ]] && words=$options
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    local IFS=$'\\n'
    [[ $current == -* ]] || COMPREPLY+=($(compgen -f -- "$current"))
}}
complete -o filenames -F _protonet protonet"""


def _zsh() -> str:
    return f"autoload -U +X bashcompinit && bashcompinit\n{_bash()}"


def _fish() -> str:
    lines = []
    for command in _commands():
        text = f"-a {command.name} -d {_quoted(command.help)}"
        lines.append(f"complete -c protonet -n __fish_use_subcommand -f {text}")
        seen = f'complete -c protonet -n "__fish_seen_subcommand_from {command.name}"'
        if command.words:
            lines.append(f'{seen} -a "{" ".join(dict.fromkeys(command.words))}"')
        for option in command.options:
            lines.append(f"{seen} {_fish_option(option)}")
    return "\n".join(lines)


def _fish_option(option: _Option) -> str:
    names = [f"-s {word[1:]}" for word in option.words if not word.startswith("--")]
    names += [f"-l {word[2:]}" for word in option.words if word.startswith("--")]
    takes = ""
    if option.values:
        takes = f' -x -a "{" ".join(option.values)}"'
    elif option.values is not None:
        takes = " -r"
    return f"{' '.join(names)}{takes} -d {_quoted(option.help)}"


def _quoted(text: str) -> str:
    """In single quotes, without what argparse fills in."""
    plain = " ".join(text.split()).replace("%%", "%")
    return "'" + plain.replace("\\", "\\\\").replace("'", "\\'") + "'"


_SHELLS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
