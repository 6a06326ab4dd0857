"""Mutations of statements: left out, cut short, or in another order."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from tests.mutation.changes import Change, text_of


def deletion(node: ast.AST) -> Iterator[Change]:
    """A statement is left out; not the binding of a name, whose absence any run would notice."""
    match node:
        case ast.Expr(ast.Call() | ast.Await()) | ast.AugAssign() | ast.Delete() | ast.Raise():
            yield Change("statement deleted", ast.Pass())
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield Change("statement deleted", ast.Pass())
        case ast.Return(None):
            yield Change("statement deleted", ast.Pass())
        case _:
            pass


def answer(node: ast.AST) -> Iterator[Change]:
    """A function answers nothing."""
    match node:
        case ast.Return(None | ast.Constant(None)):
            pass
        case ast.Return():
            yield Change("answer", ast.Return(ast.Constant(None)))
        case _:
            pass


def jump(node: ast.AST) -> Iterator[Change]:
    """A loop goes on where it should end, or ends where it should go on."""
    if isinstance(node, ast.Break):
        yield Change("jump", ast.Continue())
    elif isinstance(node, ast.Continue):
        yield Change("jump", ast.Break())
        yield Change("jump", ast.Pass())


def loop(node: ast.AST) -> Iterator[Change]:
    """A loop has nothing to do, or stops after the first."""
    if not isinstance(node, ast.For):
        return
    header = f"for {text_of(node.target)} in {text_of(node.iter)}"
    nothing = ast.Tuple([], ast.Load())
    yield Change("loop", _with_iter(node, nothing), header, f"for {text_of(node.target)} in ()")
    first = ast.Subscript(_listed(node.iter), ast.Slice(None, ast.Constant(1)), ast.Load())
    yield Change("loop", _with_iter(node, first), header, f"{header}, the first only")


def _with_iter(node: ast.For, iterable: ast.expr) -> ast.For:
    return ast.For(node.target, iterable, node.body, node.orelse)


def _listed(iterable: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("list", ast.Load()), [iterable], [])


def fields(node: ast.AST) -> Iterator[Change]:
    """Two neighbouring fields of a named tuple change places, and so what is compared first."""
    if not isinstance(node, ast.ClassDef) or not any(
        isinstance(base, ast.Name) and base.id == "NamedTuple" for base in node.bases
    ):
        return
    places = [at for at, one in enumerate(node.body) if isinstance(one, ast.AnnAssign)]
    for one, other in pairwise(places):
        body = list(node.body)
        body[one], body[other] = body[other], body[one]
        replacement = ast.ClassDef(node.name, node.bases, node.keywords, body, node.decorator_list)
        names = [text_of(node.body[at]) for at in (one, other)]
        yield Change("fields", replacement, "; ".join(names), "; ".join(names[::-1]))
