"""A right solution with one change in its syntax tree: what an answer may be that nobody has listed.

Each edit carries its kind in words, which tell the student what to look for and never show a line of the solution.
"""

import ast
import copy
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator

OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add, ast.MatMult),
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
WORDS = {
    ast.Add: "a sum",
    ast.Sub: "a difference",
    ast.Mult: "a product",
    ast.Div: "a quotient",
    ast.Pow: "a power",
    ast.MatMult: "a matrix product",
}
SIGNS = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}


def altered_of(node: ast.AST) -> Callable[..., ast.AST]:
    """Makes copies of a node with other fields, and with the same children, which are put back unchanged."""

    def altered(**fields):
        new = copy.copy(node)
        for key, value in fields.items():
            setattr(new, key, value)
        return new

    return altered


def changes(node: ast.AST, names: list[str], given: frozenset[str]) -> Iterator[tuple[ast.AST, str]]:
    """What one node could be mistaken for, and that in words.

    ``names`` are the function's parameters and variables, and ``given`` those of them that students know, too.
    """
    altered = altered_of(node)

    def called_by_name(text, part):
        is_known = isinstance(part, ast.Name) and part.id in given
        return f"{text} `{part.id}` is missing" if is_known else f"{text} is missing"

    match node:
        case ast.BinOp(left=left, op=op, right=right):
            word = WORDS.get(type(op), "an operation")
            for other in OPERATORS.get(type(op), ()):
                elementwise = " of single entries" if isinstance(op, ast.MatMult) else ""
                yield altered(op=other()), f"{WORDS[other]}{elementwise} stands where {word} is due"
            part = {ast.Add: "term", ast.Sub: "term", ast.Mult: "factor", ast.MatMult: "factor", ast.Pow: "exponent"}
            lost = {ast.Div: ("a division", "a numerator")}.get(type(op), (f"a {part.get(type(op), 'part')}",) * 2)
            lost = [text.replace("a exponent", "an exponent") for text in lost]
            yield left, called_by_name(lost[0], right)
            yield right, called_by_name(lost[1], left)
            if isinstance(op, ast.Add | ast.Sub):
                for side, term in (("left", left), ("right", right)):
                    for constant in (0.1, 0.5, 2):
                        scaled = altered(**{side: ast.BinOp(term, ast.Mult(), ast.Constant(constant))})
                        yield scaled, "one term has a constant factor that is wrong"
                    for name in names:
                        scaled = altered(**{side: ast.BinOp(term, ast.Mult(), ast.Name(name, ast.Load()))})
                        yield scaled, "one term has a factor too many"
            if isinstance(op, ast.Mult | ast.Div | ast.Pow) and isinstance(right, ast.BinOp) and _is_sum(right):
                regrouped = ast.BinOp(altered(right=right.left), right.op, right.right)
                yield regrouped, "brackets are missing around a sum or a difference"
            if isinstance(op, ast.Mult | ast.Div | ast.Pow) and isinstance(left, ast.BinOp) and _is_sum(left):
                regrouped = ast.BinOp(left.left, left.op, altered(left=left.right))
                yield regrouped, "brackets are missing around a sum or a difference"
            if isinstance(op, ast.Sub | ast.Div | ast.Pow | ast.MatMult):
                yield altered(left=right, right=left), f"the two sides of {word} are swapped"
        case ast.AugAssign(op=op, target=target, value=value):
            for other in OPERATORS.get(type(op), ()):
                yield altered(op=other()), f"an update takes {WORDS[other]} where {WORDS[type(op)]} is due"
            yield ast.Assign([target], value), "a value is overwritten where it should be added to"
            yield ast.Pass(), "an update is missing"
        case ast.Assign() | ast.Expr():
            yield ast.Pass(), "a step is left out"
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for other in COMPARISONS.get(type(op), ()):
                yield altered(ops=[other()]), f"a comparison is made with {SIGNS[other]} where {SIGNS[type(op)]} is due"
            yield altered(left=right, comparators=[left]), "the two sides of a comparison are swapped"
        case ast.BoolOp(op=op, values=values):
            yield altered(op=ast.Or() if isinstance(op, ast.And) else ast.And()), "`and` and `or` are mixed up"
            yield from ((value, "one of two conditions is missing") for value in values)
        case ast.UnaryOp(op=op, operand=operand):
            yield operand, "a minus sign is missing" if isinstance(op, ast.USub) else "a `not` is missing"
        case ast.Constant(value=bool(value)):
            yield altered(value=not value), "a switch is set the other way round"
        case ast.Constant(value=int(value) | float(value)):
            if value == 1 and isinstance(value, int):
                yield altered(value=0), "a constant (or the number of an axis) is off by one"
            others = (value + 1, value - 1, 2 * value, value / 2, -value, 1.001 * value)
            for other in dict.fromkeys(others):
                if other != value:
                    yield altered(value=other), _of_constant(value, other)
        case ast.Constant(value=None):
            yield altered(value=0), "a starting value is wrong"
        case ast.Call(func=func, args=args, keywords=keywords):
            called = f"the call of {_name(func)}" if _name(func) in FUNCTIONS or _name(func) in KNOWN else "a call"
            yield from ((argument, f"{called} is missing") for argument in args)
            if isinstance(func, ast.Attribute):
                yield func.value, f"{called} is missing"  # x.sum(axis=0) without the sum
            if len(args) > 1:
                for i in range(len(args)):
                    yield altered(args=args[:i] + args[i + 1 :]), f"an argument is missing in {called}"
                for i in range(len(args) - 1):
                    swapped = [*args[:i], args[i + 1], args[i], *args[i + 2 :]]
                    yield altered(args=swapped), f"two arguments of {called} are swapped"
            for i, keyword in enumerate(keywords):
                words = {"axis": f"{called} runs over all axes, or over another one", "keepdims": "keepdims is missing"}
                told = words.get(keyword.arg, f"an option of {called} is missing")
                yield altered(keywords=keywords[:i] + keywords[i + 1 :]), told
        case ast.keyword(arg="axis", value=ast.Constant(value=int(axis))):
            yield (
                altered(value=ast.Constant(1 - axis if axis in (0, 1) else 0)),
                "a sum, mean or maximum runs over the wrong axis",
            )
        case ast.Attribute(value=value, attr=attr):
            for other in FUNCTIONS.get(attr, ()):
                yield altered(attr=other), f"{other} stands where {attr} is due"
            if attr == "T":
                yield value, "a transpose is missing"
        case ast.Subscript(value=value):
            yield value, "an index is missing"
        case ast.Tuple(elts=elements) if len(elements) > 1 and isinstance(node.ctx, ast.Load):
            yield altered(elts=elements[::-1]), "two values stand in the wrong order"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield body, "one of two cases is not treated"
            yield orelse, "one of two cases is not treated"
            yield altered(test=ast.UnaryOp(ast.Not(), test)), "two cases are swapped"
        case ast.Name(id=name, ctx=ast.Load()) if name in names:
            for other in names:
                if other != name:
                    is_known = {name, other} <= given
                    told = f"`{other}` stands where `{name}` is due" if is_known else f"{WRONG_NAME} in one place"
                    yield altered(id=other), told
            absolute = ast.Call(ast.Attribute(ast.Name("np", ast.Load()), "abs", ast.Load()), [node], [])
            yield absolute, "absolute values are taken where the sign matters"
        case ast.Name(id=name, ctx=ast.Load()):
            for other in FUNCTIONS.get(name, ()):
                yield altered(id=other), f"{other} stands where {name} is due"


WRONG_NAME = "a wrong variable or argument is used"
KNOWN = {
    "where",
    "zip",
    "len",
    "clip",
    "affine_backward",
    "softmax_xent",
    "sigmoid",
    "clip_by_value",
    "clip_by_global_norm",
}


def _is_sum(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.Add | ast.Sub)


def _name(func: ast.AST) -> str:
    return getattr(func, "attr", getattr(func, "id", ""))


def _of_constant(value, other) -> str:
    if other == -value:
        return "a sign is wrong"
    if value != 0 and other in (2 * value, value / 2):
        return "a factor of 2 is missing, or too much"
    return "a constant is wrong"


def slots(node: ast.AST) -> Iterator[tuple[object, object, ast.AST]]:
    """Every place below ``node`` that holds a node: an object and its attribute, or a list and its index."""
    for name, value in ast.iter_fields(node):
        holders = [(value, i) for i in range(len(value))] if isinstance(value, list) else [(node, name)]
        for holder, key in holders:
            child = holder[key] if isinstance(holder, list) else getattr(holder, key)
            if isinstance(child, ast.AST) and getattr(node, "arg", None) != "axis":  # changed as a whole
                yield holder, key, child
                yield from slots(child)


def put(holder, key, child: ast.AST):
    if isinstance(holder, list):
        holder[key] = child
    else:
        setattr(holder, key, child)


def edits(source: str, change: Callable = changes) -> Iterator[tuple[ast.Module, str]]:
    """The one function that ``source`` defines, with every single change of it, and the change in words.

    The same change made wherever it can be made, such as axis=0 for axis=1 throughout, is one change too. The tree is
    changed back when the next one is asked for.
    """
    tree = ast.parse(textwrap.dedent(source))
    (function,) = tree.body
    function.decorator_list = []
    if ast.get_docstring(function):
        function.body = function.body[1:]
    parameters = [a.arg for a in function.args.args]
    assigned = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    names = list(dict.fromkeys([*parameters, *assigned]))
    given = frozenset([*parameters, *_unpacked(function, parameters)])
    body = ast.Module(function.body, [])  # neither the name nor the parameters are changed
    alike = defaultdict(list)
    for holder, key, child in slots(body):
        alike[ast.dump(child)].append((holder, key, child))
    for group in alike.values():
        for together in [*([place] for place in group), *([group] if len(group) > 1 else [])]:
            for other, words in change(together[0][2], names, given):
                for holder, key, _ in together:
                    put(holder, key, ast.fix_missing_locations(other))
                yield tree, words
                for holder, key, child in together:
                    put(holder, key, child)


def _unpacked(function: ast.FunctionDef, parameters: list[str]) -> Iterator[str]:
    """The names into which a parameter is taken apart, as the lesson's cell does for its students."""
    for node in function.body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=elements)], value=ast.Name(id=name)) if name in parameters:
                yield from (element.id for element in elements if isinstance(element, ast.Name))
