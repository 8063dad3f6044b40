"""Wrong answers that nobody has listed: a right one with one change in its syntax tree."""

import ast
import copy
import textwrap
from collections.abc import Iterator

OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.Sub),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
COMPARISONS = {
    ast.Gt: (ast.GtE, ast.Lt, ast.NotEq),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq,),
}
FUNCTIONS = {
    "abs": ("square", "sign"),
    "all": ("any",),
    "any": ("all",),
    "argmax": ("argmin",),
    "exp": ("log", "expm1", "exp2"),
    "log": ("exp", "log1p", "log2"),
    "max": ("min", "mean", "sum"),
    "maximum": ("minimum", "add"),
    "mean": ("sum", "median", "max"),
    "min": ("max",),
    "minimum": ("maximum",),
    "norm": ("sum",),
    "sqrt": ("square", "abs"),
    "sum": ("mean", "max", "prod"),
    "tanh": ("sin", "arctan"),
}


def changes(node: ast.AST, names: list[str]) -> Iterator[ast.AST]:
    """What one node could be mistaken for; ``names`` are the parameters and local variables of the function."""

    def altered(**fields):
        new = copy.deepcopy(node)
        for key, value in fields.items():
            setattr(new, key, value)
        return new

    match node:
        case ast.BinOp(left=left, op=op, right=right):
            yield from (altered(op=other()) for other in OPERATORS.get(type(op), ()))
            yield from (left, right)
            if isinstance(op, ast.Sub | ast.Div | ast.Pow | ast.MatMult):
                yield altered(left=right, right=left)
        case ast.AugAssign(op=op, target=target, value=value):
            yield from (altered(op=other()) for other in OPERATORS.get(type(op), ()))
            yield ast.Assign([target], value)
            yield ast.Pass()
        case ast.Assign() | ast.Expr():
            yield ast.Pass()
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            yield from (altered(ops=[other()]) for other in COMPARISONS.get(type(op), ()))
            yield altered(left=right, comparators=[left])
        case ast.BoolOp(op=op, values=values):
            yield altered(op=ast.Or() if isinstance(op, ast.And) else ast.And())
            yield from values
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield altered(value=not value)
        case ast.Constant(value=int(value) | float(value)):
            others = (value + 1, value - 1, 2 * value, value / 2, -value, 1.001 * value)
            yield from (altered(value=other) for other in dict.fromkeys(others) if other != value)
        case ast.Constant(value=None):
            yield altered(value=0)
        case ast.Call(func=func, args=args, keywords=keywords):
            yield from args
            if isinstance(func, ast.Attribute):
                yield func.value  # x.sum(axis=0) without the sum
            if len(args) > 1:
                yield from (altered(args=args[:i] + args[i + 1 :]) for i in range(len(args)))
                swapped = range(len(args) - 1)
                yield from (altered(args=[*args[:i], args[i + 1], args[i], *args[i + 2 :]]) for i in swapped)
            yield from (altered(keywords=keywords[:i] + keywords[i + 1 :]) for i in range(len(keywords)))
        case ast.Attribute(value=value, attr=attr):
            yield from (altered(attr=other) for other in FUNCTIONS.get(attr, ()))
            if attr == "T":
                yield value
        case ast.Subscript(value=value):
            yield value
        case ast.Tuple(elts=elements) if len(elements) > 1 and isinstance(node.ctx, ast.Load):
            yield altered(elts=elements[::-1])
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield from (body, orelse)
            yield altered(test=ast.UnaryOp(ast.Not(), test))
        case ast.Name(id=name, ctx=ast.Load()) if name in names:
            yield from (altered(id=other) for other in names if other != name)
        case ast.Name(id=name, ctx=ast.Load()):
            yield from (altered(id=other) for other in FUNCTIONS.get(name, ()))


def slots(node: ast.AST) -> Iterator[tuple[object, object, ast.AST]]:
    """Every place below ``node`` that holds a node: an object and its attribute, or a list and its index."""
    for name, value in ast.iter_fields(node):
        holders = [(value, i) for i in range(len(value))] if isinstance(value, list) else [(node, name)]
        for holder, key in holders:
            child = holder[key] if isinstance(holder, list) else getattr(holder, key)
            if isinstance(child, ast.AST):
                yield holder, key, child
                yield from slots(child)


def put(holder, key, child: ast.AST):
    if isinstance(holder, list):
        holder[key] = child
    else:
        setattr(holder, key, child)


def mutants(source: str) -> list[str]:
    """The source of the one function that ``source`` defines, with every single change of it, each once."""
    tree = ast.parse(textwrap.dedent(source))
    (function,) = tree.body
    function.decorator_list = []
    if ast.get_docstring(function):
        function.body = function.body[1:]
    assigned = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    names = list(dict.fromkeys([*(a.arg for a in function.args.args), *assigned]))
    texts = {ast.unparse(tree): None}
    body = ast.Module(function.body, [])  # neither the name nor the parameters are changed
    for holder, key, child in list(slots(body)):
        for other in changes(child, names):
            put(holder, key, other)
            texts[ast.unparse(ast.fix_missing_locations(tree))] = None
        put(holder, key, child)
    return list(texts)[1:]
