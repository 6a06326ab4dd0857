"""All mutants of a module, each with a name that lasts; and a seeded sample of them.

A name is made of what a mutant is (module, function, operator, text), not of where it stands or of
its number. So a judgement stays true when lines move, and a sample keeps nearly all its members
when other code changes.
"""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutation import logic, statements, values
from tests.mutation.changes import Change, Operator, text_of

OPERATORS: tuple[Operator, ...] = (
    logic.comparison,
    logic.and_or,
    logic.negation,
    logic.condition,
    logic.branch,
    logic.comprehension,
    values.arithmetic,
    values.constant,
    values.order,
    values.bounds,
    values.call,
    values.ordering,
    statements.deletion,
    statements.answer,
    statements.jump,
    statements.loop,
    statements.fields,
)
# Types say nothing at run time, and the words of an error or a text are no behaviour of the engine.
SILENT_FIELDS = {"annotation", "returns", "decorator_list", "type_params", "type_comment"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


class UnknownMutantError(Exception):
    """No mutation of this module has this name: the module has changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake. `span` is its function's first and last line; (0, 0) outside of functions."""

    mutant_id: str
    path: str
    line: int
    scope: str
    span: tuple[int, int]
    operator: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node hangs in its tree, and within which function or class."""

    parent: ast.AST
    field: str
    position: int | None
    scope: tuple[str, ...]
    span: tuple[int, int]

    def put(self, replacement: ast.AST) -> None:
        if self.position is None:
            setattr(self.parent, self.field, replacement)
        else:
            getattr(self.parent, self.field)[self.position] = replacement


def mutants_of(root: Path, path: str) -> list[Mutant]:
    """Every mutant of the module at this path below the root, in the order of its lines."""
    return [mutant for mutant, _, _ in _enumerated(ast.parse((root / path).read_text()), path)]


def mutated_tree(root: Path, mutant: Mutant) -> ast.Module:
    """The module's tree with the mistake in it. Raises UnknownMutantError."""
    tree = ast.parse((root / mutant.path).read_text())
    for found, place, change in _enumerated(tree, mutant.path):
        if found.mutant_id == mutant.mutant_id:
            place.put(change.replacement)
            return ast.fix_missing_locations(tree)
    raise UnknownMutantError(f"{mutant.mutant_id} is not in {mutant.path}")


def sample(mutants: list[Mutant], *, seed: int, size: int) -> list[Mutant]:
    """At most `size` of them, the same for the same seed, in the order of files and lines."""

    def lot(mutant: Mutant) -> str:
        return hashlib.sha256(f"{seed} {mutant.mutant_id}".encode()).hexdigest()

    drawn = {mutant.mutant_id for mutant in sorted(mutants, key=lot)[:size]}
    return [mutant for mutant in mutants if mutant.mutant_id in drawn]


def _enumerated(tree: ast.Module, path: str) -> Iterator[tuple[Mutant, _Place, Change]]:
    alike: Counter[tuple[str, ...]] = Counter()
    for node, place in _walked(tree, (), (0, 0)):
        for operator in OPERATORS:
            for change in operator(node):
                before = change.before or text_of(node)
                after = change.after or text_of(change.replacement)
                scope = ".".join(place.scope)
                what = (path, scope, change.operator, before, after)
                alike[what] += 1
                name = "\n".join((*what, str(alike[what])))
                mutant = Mutant(
                    # A letter first, or YAML would take some of them for numbers.
                    mutant_id="m" + hashlib.sha256(name.encode()).hexdigest()[:11],
                    path=path,
                    line=getattr(node, "lineno", 0) or place.parent.__dict__.get("lineno", 0),
                    scope=scope,
                    span=place.span,
                    operator=change.operator,
                    before=before,
                    after=after,
                )
                ast.copy_location(change.replacement, node)
                yield mutant, place, change


def _walked(
    node: ast.AST, scope: tuple[str, ...], span: tuple[int, int]
) -> Iterator[tuple[ast.AST, _Place]]:
    for field, value in ast.iter_fields(node):
        if field in SILENT_FIELDS:
            continue
        children = value if isinstance(value, list) else [value]
        for position, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_silent(child, node):
                continue
            place = _Place(node, field, position if value is children else None, scope, span)
            yield child, place
            if not isinstance(child, ast.Raise | ast.JoinedStr):
                yield from _walked(child, *_inside(child, scope, span))


def _inside(
    node: ast.AST, scope: tuple[str, ...], span: tuple[int, int]
) -> tuple[tuple[str, ...], tuple[int, int]]:
    if isinstance(node, Function | ast.ClassDef):
        scope = (*scope, node.name)
    # A function within a function runs when the outer one does.
    if isinstance(node, Function) and span == (0, 0):
        span = (node.body[0].lineno, node.end_lineno or node.lineno)
    return scope, span


def _is_silent(node: ast.AST, parent: ast.AST) -> bool:
    if logic.is_only_for_types(node, parent):
        return True
    match node:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(ast.Constant()):
            return True  # a docstring
        case ast.Expr(ast.Call(ast.Name("assert_never"))):
            return True
        case ast.Assign(value=ast.BinOp(op=ast.BitOr())):
            return isinstance(parent, ast.Module)  # a name for a union of types
        case _:
            return False
