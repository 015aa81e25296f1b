"""A diagram as text that other programs draw: Graphviz's DOT, and Mermaid."""

from __future__ import annotations

from .diagram import Card, Diagram, Wire
from .kinds import Kind


def to_dot(diagram: Diagram) -> str:
    """For `dot` of Graphviz."""
    lines = [
        f"digraph {_dot(diagram.title)} {{",
        f"  label={_dot(diagram.title)}; labelloc=t;",
        '  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11];',
        '  edge [fontname="sans-serif", fontsize=10];',
    ]
    for i, card in enumerate(diagram.cards):
        kind = card.parts[0].kind
        words = _dot("\n".join(_lines(card)))
        lines.append(f'  c{i} [label={words}, fillcolor="{kind.fill}", color="{kind.edge}"];')
    for number, wire in enumerate(diagram.wires):
        if not wire.targets:
            lines.append(f"  w{number} [label={_dot(wire.text)}, shape=plaintext, style=solid];")
            lines.append(f"  c{wire.source} -> w{number} [arrowhead=none];")
        for target in wire.targets:
            lines.append(f"  c{wire.source} -> c{target} [label={_dot(wire.text)}];")
    return "\n".join([*lines, "}", ""])


def _dot(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'"{escaped}"'


def to_mermaid(diagram: Diagram) -> str:
    """For Mermaid, which GitHub and others draw in Markdown."""
    lines = ["---", f"title: {_mermaid(diagram.title)}", "---", "flowchart TD"]
    kinds: dict[Kind, str] = {}
    for i, card in enumerate(diagram.cards):
        kind = card.parts[0].kind
        name = kinds.setdefault(kind, f"k{len(kinds)}")
        words = "<br>".join(_escaped(line) for line in _lines(card))
        lines.append(f'  c{i}("{words}"):::{name}')
    for number, wire in enumerate(diagram.wires):
        lines += _mermaid_edges(wire, number)
    for kind, name in kinds.items():
        lines.append(f"  classDef {name} fill:{kind.fill},stroke:{kind.edge},color:#1d2329")
    return "\n".join([*lines, ""])


def _mermaid_edges(wire: Wire, number: int) -> list[str]:
    if not wire.targets:
        return [f"  c{wire.source} --- w{number}[{_mermaid(wire.text)}]"]
    return [f"  c{wire.source} -->|{_mermaid(wire.text)}| c{target}" for target in wire.targets]


def _mermaid(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """With Mermaid's own entities, #quot; and the like, for what it would read as markup."""
    for letter, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(letter, entity)
    return text.replace("`", "#96;")


def _lines(card: Card) -> list[str]:
    """The words of a box, line by line."""
    return [line for part in card.parts for line in (part.name, *part.words)]
