"""The project's own Python files and what can be measured of them."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("libs", "services", "deploy", "docs", "demo", "benchmarks")


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its path from the root, its text, its tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """How long the file is."""
        return self.text.count("\n")

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        return [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """The Python files below these folders of the project."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(
        Source(path.relative_to(ROOT), text, ast.parse(text))
        for path in paths
        if (text := path.read_text())
    )


def function_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How long a function is, its docstring left out."""
    first = function.body[0]
    docstring = ast.get_docstring(function, clean=False)
    is_documented = docstring is not None and isinstance(first, ast.Expr)
    hidden = (first.end_lineno or 0) - first.lineno + 1 if is_documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - hidden
