"""Which names of the notebook its answers need, directly or through others: what makes these is run."""

import ast
import re
import symtable
from collections import Counter
from collections.abc import Iterator

WORD = re.compile(r"[^\W\d]\w*")
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class Needs:
    """Collects what answers bind and read, and what the cells around them change and read."""

    def __init__(self):
        self.answered: set[str] = set()
        self._bound: Counter[str] = Counter()
        self._modules: set[str] = set()
        self._read: set[str] = set()
        self._statements: list[tuple[set[str], set[str]]] = []

    def answer(self, source: str):
        """What is needed by a cell that is run whole, and what it defines."""
        self._read |= _read_by(source)
        self._modules |= _imported(source)
        bound = [name for statement in _statements(source) for name in bound_by(statement)]
        self._bound.update(bound)
        self.answered |= set(bound) - self._modules

    def helpers(self, source: str):
        """What a cell offers, statement by statement."""
        self._modules |= _imported(source)
        for statement in _statements(source):
            self._bound.update(bound_by(statement))
            self._statements.append((changed_by(statement), _read_by(ast.unparse(statement))))

    def names(self) -> set[str]:
        """All that answers read, and what the statements read which make that; but no modules, which all cells use."""
        needed: set[str] = set()
        more = self._read - self._modules
        while more:
            needed |= more
            more = set().union(*(reads for made, reads in self._statements if made & needed)) - self._modules - needed
        return needed

    def disputed(self) -> set[str]:
        """The names that more than one statement binds."""
        return {name for name, times in self._bound.items() if times > 1} - self._modules


def bound_by(statement: ast.stmt) -> set[str]:
    """The names of the notebook that a statement binds."""
    return {name for node in _own_nodes(statement) for name in _bound(node)}


def changed_by(statement: ast.stmt) -> set[str]:
    """The names of the notebook that a statement binds, or whose object it may change."""
    return bound_by(statement) | {name for node in _own_nodes(statement) for name in _reached(node)}


def _imported(source: str) -> set[str]:
    imports = [each for each in _statements(source) if isinstance(each, ast.Import)]
    return {name for statement in imports for name in bound_by(statement)}


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what is in it, but for the insides of functions and classes."""
    yield node
    if not isinstance(node, SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from _own_nodes(child)


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name


def _reached(node: ast.AST) -> Iterator[str]:
    """The name at the beginning of ``a.b[0] = 1`` and of ``a.append(1)``."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        node = node.value.func
    elif not (isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store)):
        return
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _read_by(source: str) -> set[str]:
    """The names of the notebook that running a source, or calling its functions, may read."""
    try:
        return set(_globals_of(symtable.symtable(source, "<cell>", "exec")))
    except (SyntaxError, ValueError):
        return set(WORD.findall(source))


def _globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _globals_of(inner)
