"""What IPython adds to Python, as far as a cell's definitions depend on it: magics, shell lines and pasted prompts."""

import ast
import importlib
import os
import re
import runpy
import shlex
import sys
import textwrap
from pathlib import Path

CELL = re.compile(r"\s*%%(\w*)([^\n]*)\n?")
RUN_AS_IT_IS = ("time", "timeit", "capture", "prun")  # magics around code that is run all the same
TIMED = re.compile(r"^(\s*)%(?:time|prun)\s+(?=\S)")  # magics that run what follows them, and keep what it binds
PROMPT = re.compile(r"^\s*(?:In \[\d*\]: ?|>>> ?|\.{3,}:? ?)")
SPECIAL_LINE = re.compile(r"^(\s*)(%|!|\?|[\w.]+\s*=\s*[%!]|[\w.]+\?{1,2}\s*$)")
MAGIC = re.compile(r"\s*([\w.]+\s*=\s*)?([%!])(\w*)(.*)$", re.DOTALL)
KEPT = ("run", "cd", "pwd", "env", "set_env")  # what Shell does; of all other magics, nothing depends on what they do


class Shell:
    """What stands for IPython's shell: files are written and run, folders changed; its other methods do nothing.

    Parameters
    ----------
    namespace : of the notebook, which ``%run`` fills.
    """

    def __init__(self, namespace: dict):
        self.user_ns = namespace

    def __getattr__(self, name: str):
        return lambda *_, **__: None

    def run_line_magic(self, name: str, line: str = "", *_):
        step = getattr(self, f"_{name}", None) if name in KEPT else None
        return step and step(shlex.split(line))

    def run_cell_magic(self, name: str, line: str, cell: str):
        if name in ("writefile", "file"):
            options = shlex.split(line)
            with open(options[-1], "a" if "-a" in options else "w", encoding="utf-8") as file:
                file.write(cell)
            importlib.invalidate_caches()

    def getoutput(self, command: str, *_, **__):
        raise OSError(f"no commands of the system are run here: {command}")

    def _run(self, options: list[str]):
        at = next(i for i, option in enumerate(options) if not option.startswith("-"))
        path = options[at] if Path(options[at]).exists() else f"{options[at]}.py"
        given = self.user_ns if "-i" in options[:at] else None
        sys.argv[1:] = options[at + 1 :]
        found = runpy.run_path(path, given, "__main__")
        self.user_ns.update({name: value for name, value in found.items() if not name.startswith("__")})

    def _cd(self, options: list[str]):
        os.chdir(next((option for option in options if not option.startswith("-")), Path.home()))

    def _pwd(self, _: list[str]) -> str:
        return os.getcwd()

    def _env(self, options: list[str]):
        name, _, value = " ".join(options).replace("=", " ", 1).partition(" ")
        if not value:
            return os.environ.get(name) if name else dict(os.environ)
        os.environ[name] = value.strip()

    _set_env = _env


def without_magics(source: str) -> tuple[str, str]:
    """Python in the place of what only IPython understands, and a note on what was dropped; line numbers stay."""
    if cell := CELL.match(source):
        name, options = cell.groups()
        body = source[cell.end() :]
        if name in ("writefile", "file"):
            return f"get_ipython().run_cell_magic({name!r}, {options.strip()!r}, {body!r})", ""
        if name not in RUN_AS_IT_IS:
            return "", f"a {source.split()[0]} cell is not run"
    if _refused_line(source) is None:
        return source, ""
    lines = [TIMED.sub(r"\1", line) for line in source.split("\n")]
    if any(PROMPT.match(line) for line in lines):  # pasted from a session
        lines = [PROMPT.sub("", line) for line in lines]
    lines = textwrap.dedent("\n".join(lines)).split("\n")
    dropped = []
    # in the middle of an expression a line may rightly begin with %: only what Python refuses is another's
    while (i := _refused_line("\n".join(lines))) is not None and (special := SPECIAL_LINE.match(lines[i])):
        python = _python_of(lines[i])
        if python == "pass":
            dropped.append(i)
        while lines[i].rstrip().endswith("\\") and i + 1 < len(lines):
            lines[i] = special.group(1) + python
            i, python = i + 1, "pass"
            dropped.append(i)
        lines[i] = special.group(1) + python
    return "\n".join(lines), f"dropped: {', '.join(f'line {i + 1}' for i in dropped)}" if dropped else ""


def _refused_line(source: str) -> int | None:
    """The number of the line, from 0, that Python does not understand, or None."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError) as error:  # the latter of a null byte
        return min((getattr(error, "lineno", None) or 1) - 1, source.count("\n"))
    return None


def _python_of(line: str) -> str:
    """The call that stands for a magic or a shell line; ``pass`` where nothing is missed without it."""
    magic = MAGIC.match(line)
    target, sign, name, rest = magic.groups() if magic else ("", "", "", "")
    if sign == "%" and (target or name in KEPT):
        return f"{target or ''}get_ipython().run_line_magic({name!r}, {rest.strip()!r})"
    if sign == "!" and target:
        return f"{target}get_ipython().getoutput({(name + rest).strip()!r})"
    return "pass"
