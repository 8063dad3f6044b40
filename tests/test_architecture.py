"""The rules of the architecture that a reader can rely on, read from the syntax trees."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from itertools import pairwise
from pathlib import Path

from autograder.files import ROOT

MODULES = [path for package in ("course_lib", "autograder") for path in sorted((ROOT / package).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SCRIPTS = sorted((ROOT / "benchmarks").rglob("*.py"))
# the process inside the sandbox is there to execute students' cells
BOX = "autograder/box/"
# What only the modules of the same topic use; everything else that is public is exported.
INTERNAL = {
    "functions.pooling": {"pool_windows"},
    "functions.windows": {"pair", "pad_widths"},
    "optimizers.clipping": {"cosine"},
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes_by_kind(path: Path) -> dict[type, list[ast.AST]]:
    found = defaultdict(list)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found[type(node)].append(node)
    return found


def nodes_of(path: Path, *kinds: type) -> Iterator[ast.AST]:
    for kind in kinds:
        yield from nodes_by_kind(path).get(kind, ())


def imports_of(path: Path) -> Iterator[ast.AST]:
    return nodes_of(path, ast.Import, ast.ImportFrom)


def offenders(
    wrong: Callable[[ast.AST], bool], *kinds: type, inside: str = "", outside: tuple[str, ...] = ()
) -> list[str]:
    """Which nodes of these kinds are wrong, in the modules under ``inside`` that are not under ``outside``."""
    return [
        f"{name_of(path)}:{getattr(node, 'lineno', 1)}"
        for path in MODULES
        if name_of(path).startswith(inside) and not name_of(path).startswith(outside)
        for node in nodes_of(path, *kinds)
        if wrong(node)
    ]


def imported(node: ast.AST) -> list[str]:
    """The dotted names that a node imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    start = f"{node.module}." if getattr(node, "module", None) else ""
    return [start + alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []


def importers(*packages: str, inside: str = "", outside: tuple[str, ...] = ()) -> list[str]:
    """Where a module imports one of the packages or something in them, at its top or in a function."""
    prefixes = tuple(f"{package}." for package in packages)

    def wrong(node):
        return any(f"{name}.".startswith(prefixes) for name in imported(node))

    return offenders(wrong, ast.Import, ast.ImportFrom, inside=inside, outside=outside)


def calls(*functions: str, outside: tuple[str, ...] = ()) -> list[str]:
    """Where one of the functions is called by its bare name."""

    def wrong(node):
        return isinstance(node.func, ast.Name) and node.func.id in functions

    return offenders(wrong, ast.Call, outside=outside)


def test_the_rules_are_able_to_find_something():
    assert importers("numpy", inside="course_lib/")
    assert importers("autograder.files", inside="autograder/")
    assert calls("isinstance")


def test_imports_run_one_way():
    assert importers("autograder", inside="course_lib/") == []
    assert importers("tests", "notebooks", "benchmarks") == []


def test_the_sandbox_knows_nothing_of_grading():
    """A box is started by what is imported here: nothing of an exercise, a submission or a record is among it."""
    own = "autograder.grading.isolation."

    def wrong(node):
        return any(name.startswith("autograder.grading.") and not f"{name}.".startswith(own) for name in imported(node))

    assert offenders(wrong, ast.Import, ast.ImportFrom, inside="autograder/grading/isolation/") == []


def test_the_mathematics_does_not_draw():
    def of_units(part):
        return tuple(name_of(folder) for folder in (ROOT / "course_lib" / "units").glob(f"*/{part}"))

    drawing = ("course_lib/figures/", "course_lib/widgets/", *of_units("figures"), *of_units("widgets"))
    assert importers("matplotlib", "course_lib.figures", inside="course_lib/", outside=drawing) == []
    widgets = ("course_lib/widgets/", *of_units("widgets"), *of_units("questions.py"))
    assert importers("ipywidgets", "IPython", inside="course_lib/", outside=widgets) == []
    shown = ("course_lib/units/cards.py", "course_lib/units/questions.py")
    assert importers("course_lib.widgets", outside=(*widgets, *shown)) == []


def test_the_topics_of_the_library_build_on_each_other_without_a_circle():
    """Topic: an entry at the top of ``course_lib``. TopologicalSorter raises CycleError, which names the circle."""

    def topic(dotted):
        return dotted.partition(".")[2].partition(".")[0]

    below: dict[str, set[str]] = {}
    for path in MODULES:
        here = topic(name_of(path).removesuffix(".py").replace("/", "."))
        found = {topic(name) for node in imports_of(path) for name in imported(node) if name.startswith("course_lib.")}
        if name_of(path).startswith("course_lib/"):
            below.setdefault(here, set()).update(found - {here})
    order = list(TopologicalSorter(below).static_order())
    assert order.index("kernels") < order.index("functions") < order.index("layers") < order.index("units")


def modules_imported(path: Path) -> set[str]:
    """The files of ours that a file imports, at its top or in a function; not what only a type checker sees."""
    unseen = {
        inner
        for node in nodes_of(path, ast.If)
        if "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found = set()
    for node in imports_of(path):
        for name in imported(node) if node not in unseen else ():
            if getattr(node, "level", 0):
                name = f"autograder.box.{name}"
            found |= {name, name.rpartition(".")[0]} & set(FILES)
    return {FILES[name] for name in found} - {name_of(path)}


FILES = {name_of(path).removesuffix(".py").replace("/", "."): name_of(path) for path in MODULES}


def test_no_module_imports_itself_by_way_of_others():
    """static_order raises CycleError, which names the circle."""
    order = list(TopologicalSorter({name_of(path): modules_imported(path) for path in MODULES}).static_order())
    assert order.index("autograder/box/attempt.py") < order.index("autograder/call.py")
    assert order.index("autograder/box/attempt.py") < order.index("autograder/box/worker.py")


def test_the_folders_of_grading_build_on_each_other_without_a_circle():
    below: dict[str, set[str]] = {}
    for path in MODULES:
        if name_of(path).startswith("autograder/grading/"):
            here = name_of(path.parent)
            found = {name.rpartition("/")[0] for name in modules_imported(path)}
            below.setdefault(here, set()).update(name for name in found if "/grading" in name and name != here)
    folders = [name.rpartition("/")[2] for name in TopologicalSorter(below).static_order()]
    for lower, upper in pairwise(("submissions", "judging", "reports", "records", "grading", "classroom")):
        assert folders.index(lower) < folders.index(upper), folders


def test_every_public_name_of_a_topic_is_exported():
    """So that a script needs one import for a topic."""
    topics = "analysis compression data functions layers models optimizers selection training".split()
    for name in topics:
        exported = vars(import_module(f"course_lib.{name}"))
        for path in sorted((ROOT / "course_lib" / name).glob("[a-z]*.py")):
            module = import_module(f"course_lib.{name}.{path.stem}")
            missing = {
                key
                for key, value in vars(module).items()
                if inspect.isclass(value) or inspect.isfunction(value)
                if not key.startswith("_") and value.__module__ == module.__name__ and exported.get(key) is not value
            }
            assert missing == INTERNAL.get(f"{name}.{path.stem}", set()), module.__name__


def test_the_example_imports_from_four_topics_at_most():
    text = (ROOT / "docs" / "developers.md").read_text(encoding="utf-8")
    example = text[text.index("import numpy as np\nfrom course_lib") :]
    assert len(re.findall(r"^from course_lib", example[: example.index("```")], re.MULTILINE)) <= 4


def test_figures_never_use_pyplot():
    assert importers("matplotlib.pyplot") == []


def test_imports_go_by_the_full_name():
    """But for what is run inside the sandbox, where the folder is a package of another name."""
    assert offenders(lambda node: node.level > 0, ast.ImportFrom, outside=(BOX,)) == []


def test_kernels_use_the_house_decorator():
    compilers = [f"numba.{name}" for name in ("njit", "jit", "vectorize", "guvectorize", "stencil")]
    assert importers(*compilers, inside="course_lib/", outside=("course_lib/kernels/decorators.py",)) == []


def test_no_kernel_has_fastmath_true():
    """It would let the compiler fold isnan(x) to False."""

    def wrong(node):
        return node.arg == "fastmath" and isinstance(node.value, ast.Constant) and node.value.value is True

    assert offenders(wrong, ast.keyword) == []


def test_only_the_command_line_prints():
    """And what a lesson says, in the midst of a cell, of the functions that stand in."""
    assert calls("print", outside=("autograder/cli/", "autograder/learner/own.py", BOX)) == []


def test_nothing_is_executed_from_text():
    """But for students' code, in the box, and the lessons' own solutions, which the check edits."""
    assert calls("exec", "eval", "compile", outside=(BOX, "autograder/solutions.py")) == []


def test_no_module_state_and_no_metaclasses():
    assert offenders(lambda node: True, ast.Global) == []
    assert offenders(lambda node: any(k.arg == "metaclass" for k in node.keywords), ast.ClassDef) == []


def test_random_numbers_come_from_a_generator_that_is_passed_in():
    """Any other np.random.<name> draws from, or seeds, the one global state."""
    allowed = {"Generator", "RandomState", "default_rng", "SeedSequence", "PCG64"}

    def wrong(node):
        return node.attr not in allowed and ast.unparse(node.value) in ("np.random", "numpy.random")

    assert offenders(wrong, ast.Attribute) == []


TRAINS = {
    *("fit", "mlp_fit", "fit_gan", "fit_rbm", "pretrain_layerwise", "adaboost", "descend", "newton", "range_test"),
    *("train_on_digits", "Playground", "MLPLearner", "LogisticRegressionLearner"),
}


def test_what_is_said_of_the_end_of_a_training_run_is_marked():
    """A test that trains, by itself or by a helper of its module, and asserts that something is less or greater."""
    unmarked = []
    for path in [path for path in TESTS if name_of(path).startswith(("tests/course_lib/", "tests/units/"))]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        training = TRAINS & {name.rpartition(".")[2] for node in tree.body for name in imported(node)}
        while more := {name for name, node in functions.items() if names_called(node) & training} - training:
            training |= more
        whole = any("outcome" in ast.unparse(node) for node in tree.body if isinstance(node, ast.Assign))
        unmarked += [
            f"{name_of(path)}::{name}"
            for name, node in functions.items()
            if name.startswith("test_") and name in training and orders(node)
            if not whole and "pytest.mark.outcome" not in map(ast.unparse, node.decorator_list)
        ]
    assert unmarked == []


def names_called(node: ast.AST) -> set[str]:
    return {call.func.id for call in ast.walk(node) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)}


def orders(node: ast.AST) -> bool:
    asserts = (inner for outer in ast.walk(node) if isinstance(outer, ast.Assert) for inner in ast.walk(outer))
    return any(isinstance(part, ast.Lt | ast.Gt | ast.LtE | ast.GtE) for part in asserts)


def test_files_are_short_enough_to_read():
    lengths = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in [*MODULES, *TESTS, *SCRIPTS]}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_no_file_names_a_folder_of_one_machine():
    folders = re.compile(r"/home/\w|/root/|/work/|/Users/\w|[A-Z]:\\Users")
    files = [*MODULES, *SCRIPTS, *ROOT.glob("*"), *(ROOT / ".ci").glob("*"), *(ROOT / "notebooks").rglob("*")]
    texts = {name_of(path): path.read_text(encoding="utf-8", errors="replace") for path in files if path.is_file()}
    assert {name: found[0] for name, text in texts.items() if (found := folders.search(text))} == {}
