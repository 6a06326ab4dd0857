"""Mutations of conditions: comparisons, and, or, not, branches and filters."""

import ast
from collections.abc import Iterator

from tests.mutation.changes import Change

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


def comparison(node: ast.AST) -> Iterator[Change]:
    """The bound moves by one, or the comparison is turned round."""
    if not isinstance(node, ast.Compare):
        return
    for position, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            ops = [*node.ops[:position], other(), *node.ops[position + 1 :]]
            yield Change("comparison", ast.Compare(node.left, ops, node.comparators))


def and_or(node: ast.AST) -> Iterator[Change]:
    """`and` for `or`; and each part left out in turn."""
    if not isinstance(node, ast.BoolOp):
        return
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield Change("and/or", ast.BoolOp(other, node.values))
    for position, dropped in enumerate(node.values):
        if is_only_for_types(dropped, node):
            continue
        rest = [*node.values[:position], *node.values[position + 1 :]]
        less = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield Change("part dropped", less)


def is_only_for_types(node: ast.AST, parent: ast.AST) -> bool:
    """Whether it is the "" of `x or ""`, by which the type checker learns that x is set by now."""
    match node, parent:
        case ast.Constant(""), ast.BoolOp(ast.Or()):
            return True
        case _:
            return False


def negation(node: ast.AST) -> Iterator[Change]:
    """`not` is removed."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield Change("not removed", node.operand)


def condition(node: ast.AST) -> Iterator[Change]:
    """A condition is turned round, where no other mutation already does it."""
    if isinstance(node, ast.If | ast.IfExp) and isinstance(
        node.test, ast.Name | ast.Attribute | ast.Call | ast.BoolOp | ast.NamedExpr
    ):
        turned = ast.UnaryOp(ast.Not(), node.test)
        before = f"if {ast.unparse(node.test)}"
        after = f"if not ({ast.unparse(node.test)})"
        if isinstance(node, ast.If):
            yield Change("condition", ast.If(turned, node.body, node.orelse), before, after)
        else:
            yield Change("condition", ast.IfExp(turned, node.body, node.orelse), before, after)


def branch(node: ast.AST) -> Iterator[Change]:
    """A choice between two values always takes the same one."""
    if isinstance(node, ast.IfExp):
        yield Change("branch", node.body)
        yield Change("branch", node.orelse)


def comprehension(node: ast.AST) -> Iterator[Change]:
    """A comprehension forgets one of its filters."""
    if not isinstance(node, ast.comprehension):
        return
    for position, dropped in enumerate(node.ifs):
        rest = [*node.ifs[:position], *node.ifs[position + 1 :]]
        replacement = ast.comprehension(node.target, node.iter, rest, node.is_async)
        yield Change("filter dropped", replacement, f"... if {ast.unparse(dropped)}", "...")
