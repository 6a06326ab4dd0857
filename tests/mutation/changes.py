"""What a mutation is made of: a node of a module's tree and what replaces it."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement for the node that an operator was asked about.

    `before` and `after` are what a reader should see; empty means both nodes as source text.
    """

    operator: str
    replacement: ast.AST
    before: str = ""
    after: str = ""


Operator = Callable[[ast.AST], Iterator[Change]]


def swapped(nodes: list[ast.expr], first: int) -> list[ast.expr]:
    """The same nodes with the one at `first` and its neighbour exchanged."""
    return [*nodes[:first], nodes[first + 1], nodes[first], *nodes[first + 2 :]]


def text_of(node: ast.AST) -> str:
    """The node as source text on one line."""
    return " ".join(ast.unparse(node).split())


def unlike_neighbours(nodes: list[ast.expr]) -> Iterator[int]:
    """Where two neighbours differ, so that exchanging them changes something."""
    for first, pair in enumerate(pairwise(nodes)):
        is_starred = any(isinstance(node, ast.Starred) for node in pair)
        if not is_starred and ast.dump(pair[0]) != ast.dump(pair[1]):
            yield first
