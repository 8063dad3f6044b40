"""Run a student's code cells one after another in one namespace, as Jupyter would, whatever is in them."""

import __future__

import ast
import inspect
import linecache
import sys
import types
from collections.abc import Callable

from .attempt import TEXT_LIMIT, describe_error, line_of
from .awaiting import event_loop
from .magics import Shell, without_magics
from .needed import Needs, bound_by, changed_by
from .sealed import ReferenceUsed

DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
# Calls that decide whether later code warns, which costs marks in a test cell, and where it finds modules.
SETTINGS = {"warnings.filterwarnings", "warnings.simplefilter", "np.seterr", "numpy.seterr", "logging.disable"}
SETTINGS |= {"sys.path.append", "sys.path.insert"}


class Notebook:
    """The namespace that a student's cells fill, and the sources that tracebacks are read with.

    ``before`` is called before each statement.
    """

    def __init__(self, before: Callable[[], None] = lambda: None):
        self.before = before
        self.module = types.ModuleType("__main__")
        self.namespace = self.module.__dict__
        self.namespace |= {"display": lambda *_, **__: None, "help": lambda *_: None}
        shell = Shell(self.namespace)
        self.namespace["get_ipython"] = self.get_ipython = lambda: shell
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # of the compiler, and what is imported from __future__
        self.loop = None  # of asyncio, once a cell awaits something
        self.files: set[str] = set()
        self.needs = Needs()
        self.as_defined: dict[str, dict] = {}  # for every function of an answer, what disputed names meant beside it

    def expect(self, source: str, only_definitions: bool):
        """Look at a cell that is to be run later, for what answers need of others."""
        source, _ = without_magics(source)
        (self.needs.helpers if only_definitions else self.needs.answer)(source)

    def greet_ipython(self):
        """Have the notebook's shell found where cells import it from."""
        sys.modules["IPython"].get_ipython = self.get_ipython

    def found(self, name: str):
        """What has this name, or None; names that several cells bind mean what they meant where it was defined."""
        self.namespace.update(self.as_defined.get(name, {}))
        return self.namespace.get(name)

    def run(self, source: str, only_definitions: bool, shown: bool = False) -> dict[str, str]:
        """Run one cell and say what it came to: error (its type, or empty), message, where, note, value.

        With ``only_definitions``, imports, functions, classes, literal constants and settings of warnings are run, and
        of all else what expected answers need, but for what they define themselves: experiments and plots are not
        needed to grade functions. With ``shown``, value is what Jupyter would show: the repr of the last expression;
        else, and for None, it is empty.

        Like Jupyter, stop at the first exception and keep what was defined before it. But a statement that uses a
        sealed package (a plot, a check, an experiment) is passed over, since what follows it in the cell would have
        been defined in the student's own notebook. So would what follows an OSError or EOFError, for a box has no
        network, no programs, few places to write to and nobody to ask: the rest is run, and that error is told.
        """
        filename = f"<cell {len(self.files)}>"
        self.files.add(filename)
        # for tracebacks and for inspect.getsource, as in Jupyter; without a time, it is not looked for on the disk
        linecache.cache[filename] = len(source), None, source.splitlines(keepends=True), filename
        # as in Jupyter, what has warned before warns again in every cell
        self.namespace.pop("__warningregistry__", None)
        note, value, statements, refused = "", "", [], None
        try:
            source, note = without_magics(source)
            statements = ast.parse(source, filename).body
            needed = self.needs.names() if only_definitions else set()
            for statement in statements:
                if only_definitions and not self._is_wanted(statement, needed):
                    continue
                is_value = shown and statement is statements[-1] and isinstance(statement, ast.Expr)
                tree = ast.Expression(statement.value) if is_value else ast.Module([statement], [])
                self.flags |= _flags_of(statement)
                code = compile(tree, filename, "eval" if is_value else "exec", self.flags, dont_inherit=True)
                self.before()
                try:
                    result = self._value_of(code)
                    value = "" if result is None else repr(result)[:TEXT_LIMIT]
                except ReferenceUsed as error:
                    note = note or f"line {statement.lineno} was passed over: {error}"
                except Exception as error:  # after the first one, others may be its consequences
                    if not (refused or isinstance(error, OSError | EOFError)):
                        raise
                    refused = refused or error
            if refused:
                raise refused
        except BaseException as error:
            return {**self.describe(error), "note": note, "value": ""}
        finally:
            if not only_definitions:
                meant = {name: self.namespace[name] for name in self.needs.disputed() & self.namespace.keys()}
                self.as_defined |= dict.fromkeys({name for each in statements for name in bound_by(each)}, meant)
        return {"error": "", "message": "", "where": "", "note": note, "value": value}

    def _value_of(self, code: types.CodeType):
        """What code evaluates to; like Jupyter, wait for it where it awaits something."""
        result = eval(code, self.namespace)
        if not code.co_flags & inspect.CO_COROUTINE:
            return result
        self.loop = self.loop or event_loop()
        return self.loop.run_until_complete(result)

    def _is_wanted(self, statement: ast.stmt, needed: set[str]) -> bool:
        wanted = _defines(statement) or bool(changed_by(statement) & needed)
        return wanted and not bound_by(statement) & self.needs.answered

    def describe(self, error: BaseException) -> dict[str, str]:
        """The type, the message and the innermost line of the student's own code of an exception."""
        said = describe_error(error, self.has_written)
        if isinstance(error, SyntaxError) and error.filename in self.files:
            said |= {"message": str(error.msg)[:TEXT_LIMIT], "where": line_of(error.filename, error.lineno or 0)}
        return said

    def has_written(self, file: str) -> bool:
        """Whether a code object's file is one of the cells."""
        return file in self.files


def _flags_of(statement: ast.stmt) -> int:
    if not isinstance(statement, ast.ImportFrom) or statement.module != "__future__":
        return 0
    return sum(getattr(getattr(__future__, alias.name, None), "compiler_flag", 0) for alias in statement.names)


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func) in SETTINGS
    if not isinstance(statement, ast.Assign):
        return isinstance(statement, DEFINITIONS)
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        return False
    return True
