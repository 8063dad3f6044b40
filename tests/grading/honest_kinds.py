"""Ways in which students hand in a right answer, to each of which stock nbgrader gives its marks.

Not among them are answers that were split or copied: it refuses a notebook that has two cells of one name.
"""

import re
from collections.abc import Mapping

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell

from autograder.grading.submissions.assignment import copy_notebook, grade_id

ANSWER, OWN, STUB = "in the answer's cell", "in a cell of the student's own", "the answer's cell as it was released"
# NAME stands for the exercise's, SOURCE for the right answer. What needs none of the notebook's names comes first.
APART = {
    "%%writefile": ((OWN, "%%writefile of_NAME.py\nimport numpy as np\nSOURCE"), (ANSWER, "from of_NAME import NAME")),
    "a module": ((ANSWER, "from cells import NAME"),),
    "%run": ((ANSWER, "%run worker.py"),),
    "%run in a cell of one's own": ((OWN, "%run -i mine"),),
    "exec": ((ANSWER, "exec(open('text.txt').read())"),),
    "a package": ((ANSWER, "%load_ext autoreload\n%autoreload 2\nfrom package.inner import NAME"),),
}
FILES = {"a module": "cells.py", "%run": "worker.py", "%run in a cell of one's own": "mine.py", "exec": "text.txt",
         "a package": "package/inner.py"}  # fmt: skip
KINDS = APART | {
    "typed again": ((OWN, "SOURCE"),),
    "below the stub": ((STUB, ""), (OWN, "SOURCE")),
    "numbers": ((OWN, "half = 1 / 2\none: int = 1\ntwo, _ = np.float64(2), 0"), (ANSWER, "half * two - one\nSOURCE")),
    "functions": ((OWN, "from functools import partial\nf = partial(max, 1)"), (ANSWER, "assert f(0) == 1\nSOURCE")),
    "try": ((OWN, "try:\n    import no\nexcept ImportError:\n    no = 0"), (ANSWER, "assert no == 0\nSOURCE")),
    "one name": ((ANSWER, "scale = 'NAME'\nSOURCE"),),
    "one name, something else": ((OWN, "scale = 'NAME'"), (ANSWER, "assert scale == 'NAME'\nSOURCE")),
    "global": ((OWN, "def f():\n    global k\n    k = 1\nf()"), (ANSWER, "assert k == 1\nSOURCE")),
    "files": ((OWN, "np.save('a.npy', np.ones(1))\na = np.load('a.npy')[0]"), (ANSWER, "assert a == 1\nSOURCE")),
    "a list": ((OWN, "ones = []\n[ones.append(k) for k in range(3)]"), (ANSWER, "assert ones[2] == 2\nSOURCE")),
    "%time": ((OWN, "!pip --version \\\n    -q\n%time b = sum([1])"), (ANSWER, "%%time\nassert b == 1\nSOURCE")),
    "shell": ((ANSWER, "from IPython import get_ipython\nget_ipython().run_line_magic('env', 'A=1')\nSOURCE"),),
    "%cd": ((ANSWER, "%env B=1\nimport os\n%cd package\nc = open('inner.py')\n%cd ..\nos.environ['B']\nSOURCE"),),
    "await": ((OWN, "import asyncio\nd = await asyncio.sleep(0, 1)"), (ANSWER, "assert d == 1\nSOURCE")),
    "processes": ((ANSWER, "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\n"
                   "with ThreadPoolExecutor(2) as pool:\n    assert list(pool.map(abs, [-1])) == [1]\nSOURCE"),),
    "programs": ((ANSWER, "import subprocess\nprint(subprocess.run(['ls'], capture_output=True).stdout)\nSOURCE"),),
    "who": ((ANSWER, "import getpass, platform\nhelp(abs)\nprint(getpass.getuser(), platform.node())\nSOURCE"),),
    "the future": ((ANSWER, "from __future__ import annotations\ndef f(x: Unknown): pass\nSOURCE"),),
    "another name": ((ANSWER, "class Mine:\n    of = staticmethod(lambda g: g)\nSOURCE\nNAME = Mine.of(NAME)"),),
    "a failing trial": ((OWN, "NAME()"), (ANSWER, "%%capture\nSOURCE\nNAME(1, 2, 3, 4, 5, 6, 7, 8, 9)")),
}  # fmt: skip


def in_every_kind(notebook: NotebookNode, answers: Mapping[str, str]) -> tuple[NotebookNode, dict[str, str]]:
    """The notebook, each of its right answers handed in in another way, and the files that go with it.

    Parameters
    ----------
    answers : the right ones, by the names of the exercises; at least as many as there are kinds.
    """
    words = {name: set(re.findall(r"\w+", source)) - {name} for name, source in answers.items()}
    apart = [name for name in answers if not words[name] & answers.keys()]
    names = [*apart[: len(APART)], *(name for name in answers if name not in apart[: len(APART)])]
    kinds = dict(zip(names, KINDS, strict=False))
    assert len(kinds) == len(KINDS)
    files = {path: f"import numpy as np\n{answers[n]}" for n, kind in kinds.items() if (path := FILES.get(kind))}
    notebook, cells = copy_notebook(notebook), []
    for cell in notebook.cells:
        name = grade_id(cell)
        if name not in kinds:
            cells.append(cell | {"source": answers.get(name, cell.source)})
            continue
        for where, text in KINDS[kinds[name]]:
            text = text.replace("SOURCE", answers[name]).replace("NAME", name)
            cells.append(new_code_cell(text) if where == OWN else cell | {"source": text} if where == ANSWER else cell)
    notebook.cells = cells
    return from_dict(notebook), files
