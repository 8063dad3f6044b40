"""No student's code in a box gets at an exercise or at what a unit is made of, in whatever way it is imported or read.

Every way is first tried outside, where it leads to the source: else it would prove nothing.
"""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from boxes import LIMITS, boxed, check_honest

from autograder.catalogue import catalogue
from autograder.files import ROOT
from autograder.grading.isolation.sandbox import Cell
from course_lib.units import ORDER

pytestmark = pytest.mark.sandbox

ZYGOTE = replace(LIMITS, levels=("zygote",))
EXERCISE = catalogue()[0]
MODULES = [
    f"autograder.exercises.{EXERCISE.unit}.{EXERCISE.name}",
    f"course_lib.units.{ORDER[0]}",
    EXERCISE.reference.__module__,
]
# each returns the source of the module ``name``, which is in the file ``path`` under the folder ``root``
PRELUDE = """
import importlib, importlib.util, importlib.machinery, importlib.resources, inspect, io, os, pkgutil, runpy
import subprocess, sys, zipfile, zipimport
def unsealed():
    sys.meta_path[:] = [finder for finder in sys.meta_path if "_Finder" not in type(finder).__name__]
    for known in [known for known in sys.modules if known.partition(".")[0] == name.partition(".")[0]]:
        del sys.modules[known]
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()
name, path, root = @which@
"""
WAYS = {
    "import": "exec(f'import {name} as found', globals())\n    return inspect.getsource(found)",
    "from": "exec(f'from {name} import __file__ as file', globals())\n    return open(file).read()",
    "importlib": "return inspect.getsource(importlib.import_module(name))",
    "__import__": "return inspect.getsource(__import__(name, fromlist=['x']))",
    "the finders without the seal": "unsealed()\n    return inspect.getsource(importlib.import_module(name))",
    "the path of the course": (
        "unsealed()\n    sys.path.insert(0, root)\n    return inspect.getsource(importlib.import_module(name))"
    ),
    "every folder above": (
        "unsealed()\n    sys.path[:0] = ['/', '.', '..', '/site', '/mnt', '/opt', '/proc/1/root' + root, root]\n"
        "    return inspect.getsource(importlib.import_module(name))"
    ),
    "the path finder": (
        "found = importlib.machinery.PathFinder.find_spec(name.partition('.')[0], [root, *sys.path])\n"
        "    return open(os.path.join(os.path.dirname(found.origin), *path.split('/')[1:])).read()"
    ),
    "a loader of its own": (
        "spec = importlib.util.spec_from_file_location('found', os.path.join(root, path))\n"
        "    return spec.loader.get_source('found') or spec.loader.exec_module(importlib.util.module_from_spec(spec))"
    ),
    "runpy by name": "return open(runpy.run_module(name)['__file__']).read()",
    "runpy by path": "return open(runpy.run_path(os.path.join(root, path))['__file__']).read()",
    "pkgutil": "return pkgutil.get_data(name.rpartition('.')[0], os.path.basename(path)).decode()",
    "importlib.resources": (
        "return importlib.resources.files(name.rpartition('.')[0]).joinpath(os.path.basename(path)).read_text()"
    ),
    "a zip": (
        "archive = '/tmp/course-sealed.zip'\n    with zipfile.ZipFile(archive, 'w') as packed:\n"
        "        packed.write(os.path.join(root, path), 'found.py')\n"
        "    try: return zipimport.zipimporter(archive).get_source('found')\n    finally: os.remove(archive)"
    ),
    "the file": "return open(os.path.join(root, path)).read()",
    "the file by way of a process": (
        "for process in ['self', *filter(str.isdigit, os.listdir('/proc'))]:\n"
        "        try: return open(f'/proc/{process}/root{root}/{path}').read()\n"
        "        except OSError: pass"
    ),
    "another Python": (
        "code = f'import inspect, importlib; print(inspect.getsource(importlib.import_module({name!r})))'\n"
        "    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, cwd=root,\n"
        "        env={**os.environ, 'PYTHONPATH': root})\n"
        "    return done.stdout"
    ),
}


def attack(way: str, module: str) -> str:
    which = repr((module, path_of(module), str(ROOT)))
    return f"{PRELUDE.replace('@which@', which)}\ndef attack():\n    {WAYS[way]}\n"


def path_of(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (ROOT / path).is_dir() else f"{path}.py"


@pytest.fixture(scope="module")
def found_outside() -> dict[str, str]:
    """What every way finds in an ordinary process, each in a fork of its own."""
    code = """
import json, multiprocessing, sys
def find(source):
    namespace = {}
    exec(source, namespace)
    return namespace["attack"]()
sources = json.load(sys.stdin)
with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
    print(json.dumps(dict(zip(sources, pool.map(find, sources.values(), chunksize=1)))))
"""
    sources = {way: attack(way, MODULES[0]) for way in WAYS}
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(sources), capture_output=True, text=True, timeout=600, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("way", WAYS)
def test_no_way_leads_to_the_source(way, found_outside):
    secret = (ROOT / path_of(MODULES[0])).read_text(encoding="utf-8").strip()
    assert found_outside[way].strip() == secret
    for module in MODULES:
        with boxed(Cell("attack", attack(way, module)), limits=ZYGOTE) as box:
            assert box.level == "zygote"
            outcome = box.run("attack", {})
            check_honest(box)
        assert outcome.status in ("raised", "reference_used") or not outcome.value, outcome


@pytest.mark.parametrize("module", MODULES)
def test_what_an_import_gives_is_of_no_use(module):
    code = f"import {module} as found\ndef attack():\n    for name in dir(found) + ['exercise', 'relu', 'load']:\n"
    code += "        getattr(found, name)(0)"
    with boxed(Cell("attack", code), limits=ZYGOTE) as box:
        assert box.run("attack", {}).status in ("raised", "reference_used")
    code = f"from {module} import *\ndef attack(): return [name for name in globals() if name[0] != '_']"
    with boxed(Cell("attack", code), limits=ZYGOTE) as box:
        assert set(box.run("attack", {}).value) <= {"np", "honest", "attack", "display", "help", "get_ipython"}
