"""Mutations of values: arithmetic, constants, orders, bounds and calls."""

import ast
from collections.abc import Iterator

from tests.mutation.changes import Change, swapped, text_of, unlike_neighbours

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
ORDERED = ("sorted", "reversed", "min", "max")
METHODS = {
    "bisect_left": "bisect_right",
    "bisect_right": "bisect_left",
    "difference": "intersection",
    "intersection": "union",
    "popleft": "pop",
    "union": "intersection",
}


def arithmetic(node: ast.AST) -> Iterator[Change]:
    """Plus for minus and the like, also in an assignment; a sign is lost."""
    if isinstance(node, ast.BinOp):
        yield Change("arithmetic", ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right))
    elif isinstance(node, ast.AugAssign):
        other = ARITHMETIC[type(node.op)]()
        yield Change("arithmetic", ast.AugAssign(node.target, other, node.value))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield Change("arithmetic", node.operand)


def constant(node: ast.AST) -> Iterator[Change]:
    """A number is off by one, a claim is turned round, a word is another."""
    if not isinstance(node, ast.Constant):
        return
    match node.value:
        case bool(claim):
            yield Change("constant", ast.Constant(not claim))
        case int(number) | float(number):
            yield Change("constant", ast.Constant(number + 1))
            yield Change("constant", ast.Constant(number - 1))
        case str(word):
            yield Change("constant", ast.Constant(f"{word}~"))
        case _:
            pass


def order(node: ast.AST) -> Iterator[Change]:
    """Two neighbours in a tuple or among positional arguments change places."""
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        for first in unlike_neighbours(node.elts):
            pair = node.elts[first : first + 2]
            yield _exchange(ast.Tuple(swapped(node.elts, first), ast.Load()), pair)
    elif isinstance(node, ast.Call) and not _is_symmetric(node):
        for first in unlike_neighbours(node.args):
            pair = node.args[first : first + 2]
            call = ast.Call(node.func, swapped(node.args, first), node.keywords)
            yield _exchange(call, pair)


def _is_symmetric(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in ("min", "max")


def _exchange(replacement: ast.expr, pair: list[ast.expr]) -> Change:
    before, after = (f"..., {text_of(a)}, {text_of(b)}, ..." for a, b in (pair, pair[::-1]))
    return Change("order", replacement, before, after)


def bounds(node: ast.AST) -> Iterator[Change]:
    """A slice loses a bound."""
    if isinstance(node, ast.Slice):
        if node.lower is not None:
            yield Change("bound dropped", ast.Slice(None, node.upper, node.step))
        if node.upper is not None:
            yield Change("bound dropped", ast.Slice(node.lower, None, node.step))


def call(node: ast.AST) -> Iterator[Change]:
    """Least for most, any for all, another end of the line."""
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        other = ast.Name(FUNCTIONS[node.func.id], ast.Load())
        yield Change("call", ast.Call(other, node.args, node.keywords))
    elif isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        method = ast.Attribute(node.func.value, METHODS[node.func.attr], ast.Load())
        yield Change("call", ast.Call(method, node.args, node.keywords))


def ordering(node: ast.AST) -> Iterator[Change]:
    """What is sorted comes backwards or not sorted; a limit is not applied; a key is forgotten."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return
    name, keywords = node.func.id, node.keywords
    if name == "sorted":
        turned = ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1)))
        yield Change("ordering", ast.Subscript(node, turned, ast.Load()))
        yield Change("ordering", ast.Call(ast.Name("list", ast.Load()), node.args, []))
    if name == "reversed":
        yield Change("ordering", ast.Call(ast.Name("iter", ast.Load()), node.args, []))
    if name in ("min", "max") and len(node.args) > 1:
        for argument in node.args:
            if not isinstance(argument, ast.Starred):
                yield Change("limit dropped", argument)
    if name in ORDERED and any(one.arg == "key" for one in keywords):
        rest = [one for one in keywords if one.arg != "key"]
        yield Change("key dropped", ast.Call(node.func, node.args, rest))
