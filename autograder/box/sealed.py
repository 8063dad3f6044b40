"""Stand-ins for the course's own packages inside the sandbox: importing them works, using them is recorded.

The notebook's set-up cell imports ``course_lib`` and ``autograder``. Inside the sandbox neither exists; what the
import yields are placeholders, and any use of one raises ReferenceUsed. The use is recorded as well, because a
student's ``except`` could swallow the exception.
"""

import importlib.abc
import importlib.machinery
import sys
import types

SEALED = ("course_lib", "autograder")  # all that is the course's own

# Every way to get something out of an object, except looking at its attributes and its type.
USES = (
    "call", "iter", "next", "len", "getitem", "setitem", "delitem", "contains", "enter", "exit", "bool",
    "int", "float", "index", "complex", "hash", "mro_entries", "instancecheck", "array", "array_ufunc",
    "array_function", "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv",
    "rfloordiv", "mod", "rmod", "pow", "rpow", "matmul", "rmatmul", "neg", "pos", "abs", "invert", "and",
    "rand", "or", "ror", "xor", "rxor", "lshift", "rlshift", "rshift", "rrshift", "eq", "ne", "lt", "le",
    "gt", "ge",
)  # fmt: skip


class ReferenceUsed(Exception):
    """The course's own library was used where the student's code was to be judged."""


class Seal:
    """The sealed packages, and the name of what was used first since ``reset``.

    Parameters
    ----------
    constants : plain numbers and strings by dotted name, such as ``course_lib.functions.activations.SELU_ALPHA``,
        which are no secret and which a student's function may use.
    """

    def __init__(self, constants: dict[str, object]):
        self.constants = constants
        self.used = ""

    def reset(self):
        self.used = ""

    def use(self, name: str):
        self.used = self.used or name
        raise ReferenceUsed(f"{name} is sealed while your own code is graded")

    def install(self):
        sys.meta_path.insert(0, _Finder(self))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, seal: Seal):
        self.seal = seal

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] not in SEALED:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        return _SealedModule(spec.name, self.seal)

    def exec_module(self, module):
        """Nothing to execute: the attributes are made when asked for."""


class _SealedModule(types.ModuleType):
    def __init__(self, name: str, seal: Seal):
        super().__init__(name)
        self.__all__ = []
        self._seal = seal

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        dotted = f"{self.__name__}.{name}"
        constants = self._seal.constants
        return constants[dotted] if dotted in constants else _Placeholder(dotted, self._seal)


class _Placeholder:
    def __init__(self, name: str, seal: Seal):
        self.__name__ = name
        self._seal = seal

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Placeholder(f"{self.__name__}.{name}", self._seal)

    def __repr__(self):
        return f"<sealed {self.__name__}>"


def _recorded_use(self, *_, **__):
    self._seal.use(self.__name__)


for _use in USES:
    setattr(_Placeholder, f"__{_use}__", _recorded_use)
