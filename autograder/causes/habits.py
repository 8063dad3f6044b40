"""More of what is done wrong in one place, which an answer may do, and no case has to catch by itself."""

import ast
import itertools
from collections.abc import Iterator

from autograder.causes.edits import altered_of

SPREADS = {"var": "a variance", "std": "a standard deviation"}
AXES = (None, 0, 1, -1)


def habits(node: ast.AST, names: list[str], given: frozenset[str]) -> Iterator[tuple[ast.AST, str]]:
    """What one node could be mistaken for, and that in words, as ``edits.changes`` has it."""
    altered = altered_of(node)
    match node:
        case ast.Call(func=func):
            yield from _of_spreads(node)
            yield from _of_axes(node)
            yield from _moved_out(node)
            if not isinstance(func, ast.Name):
                yield ast.BinOp(node, ast.Pow(), ast.Constant(2)), "something is squared that should not be"
                yield _call("sqrt", node), "a root is taken that should not be"
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            if isinstance(left, ast.Call) and len(left.args) == 1 and not left.keywords:
                inside = altered_of(left)(args=[ast.BinOp(left.args[0], op, right)])
                yield inside, f"a term is added inside the brackets of {_name(left.func)}, and belongs outside"
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield ast.BinOp(node, ast.Mult(), left), _of_known("a factor{} is applied twice", left, given)
            yield ast.BinOp(node, ast.Mult(), right), _of_known("a factor{} is applied twice", right, given)
        case ast.BinOp(op=ast.Div(), right=right):
            for sign in (ast.Sub(), ast.Add()):
                count = ast.BinOp(right, sign, ast.Constant(1))
                yield altered(right=count), "a divisor is off by one"
            yield altered(right=_call("sqrt", right)), "a divisor has a root that it should not have"
            yield altered(right=ast.BinOp(right, ast.Pow(), ast.Constant(2))), "a divisor is squared, and should not be"
        case ast.If(test=test):
            yield altered(test=ast.Constant(True)), "a condition is not asked for: one of two cases is not treated"
            yield altered(test=ast.Constant(False)), "a condition is not asked for: one of two cases is not treated"
            yield altered(test=ast.UnaryOp(ast.Not(), test)), "two cases are swapped"
        case ast.Name(id=name, ctx=ast.Load()) if name in names:
            told = f"`{name}`" if name in given else "a value"
            yield ast.BinOp(node, ast.Pow(), ast.Constant(2)), f"{told} is squared, and should not be"
            yield _call("sqrt", node), f"a root is taken of {told}, and should not be"
            yield ast.BinOp(ast.Constant(1), ast.Sub(), node), f"1 minus {told} stands where {told} itself is due"
            yield ast.UnaryOp(ast.USub(), node), f"{told} enters with the wrong sign"
        case ast.Constant(value=int(value) | float(value)) if not isinstance(value, bool) and value not in (0, 1):
            for other in (10 * value, value / 10, value**2):
                yield altered(value=other), "a constant is wrong"
        case ast.Slice(lower=lower, upper=upper):
            yield from ((altered(**{side: None}), "a slice is too long") for side in ("lower", "upper"))
            for bound, side in ((lower, "lower"), (upper, "upper")):
                for sign in (ast.Add(), ast.Sub()):
                    moved = ast.BinOp(bound or ast.Constant(0), sign, ast.Constant(1))
                    yield altered(**{side: moved}), "a slice is off by one"


def _of_spreads(node: ast.Call) -> Iterator[tuple[ast.AST, str]]:
    name = _name(node.func)
    if name in SPREADS and isinstance(node.func, ast.Attribute):
        (other,) = SPREADS.keys() - {name}
        swapped = altered_of(node)(func=altered_of(node.func)(attr=other))
        yield swapped, f"{SPREADS[other]} stands where {SPREADS[name]} is due"
        if not any(keyword.arg == "ddof" for keyword in node.keywords):
            unbiased = altered_of(node)(keywords=[*node.keywords, ast.keyword("ddof", ast.Constant(1))])
            yield unbiased, f"{SPREADS[name]} is divided by n - 1 (ddof=1), and should be the biased one"


def _of_axes(node: ast.Call) -> Iterator[tuple[ast.AST, str]]:
    """Other axes than those over which a sum, a mean and the like runs."""
    for i, keyword in enumerate(node.keywords):
        if keyword.arg == "axis":
            others = [ast.Constant(axis) for axis in AXES]
            if isinstance(keyword.value, ast.Tuple):
                parts = keyword.value.elts
                subsets = (kept for n in range(1, len(parts)) for kept in itertools.combinations(parts, n))
                others += [ast.Tuple(list(kept), ast.Load()) for kept in subsets]
                others.append(ast.Tuple([*parts, ast.Constant(0)], ast.Load()))
            for other in others:
                keywords = [*node.keywords[:i], ast.keyword("axis", other), *node.keywords[i + 1 :]]
                yield altered_of(node)(keywords=keywords), f"{_name(node.func)} runs over the wrong axis, or axes"


def _moved_out(node: ast.Call) -> Iterator[tuple[ast.AST, str]]:
    """The last operation inside of a call done after it: sqrt(v) + eps for sqrt(v + eps), mean(x)**2 for mean(x**2)."""
    name = _name(node.func)
    match node:
        case ast.Call(args=[ast.BinOp(left=left, op=op, right=right), *others]):
            inner = altered_of(node)(args=[left, *others])
        case ast.Call(func=ast.Attribute(value=ast.BinOp(left=left, op=op, right=right))):
            inner = altered_of(node)(func=altered_of(node.func)(value=left))
        case _:
            return
    told = f"{name} is taken too early: what comes after it belongs inside its brackets"
    yield ast.BinOp(inner, op, right), told


def _of_known(text: str, part: ast.AST, given: frozenset[str]) -> str:
    return text.format(f" `{part.id}`" if isinstance(part, ast.Name) and part.id in given else "")


def _call(name: str, argument: ast.AST) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load()), [argument], [])


def _name(func: ast.AST) -> str:
    return getattr(func, "attr", getattr(func, "id", "a call"))
