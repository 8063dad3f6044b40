"""When a compiled kernel is stale: its own source has changed, or that of a library module that it imports.

Numba by itself looks at the kernel's own file, and would go on running the old code of a kernel in another file that
the compiler had inlined. The stamp is made of contents, so that a copy or a touch of the tree changes nothing.

NUMBA_BOUNDSCHECK=1 makes other kernels of the same sources, and is part of the stamp too.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from numba.core import config
from numba.core.caching import InTreeCacheLocator, UserProvidedCacheLocator, UserWideCacheLocator

LIBRARY = Path(__file__).parents[1]
IMPORT = re.compile(r"^from course_lib(?P<module>[\w.]*) import (?P<names>\([^)]*\)|.+)$", re.MULTILINE)


class _BySources:
    def get_source_stamp(self):
        return source_stamp(Path(self._py_file)) + (" with bounds checked" if config.BOUNDSCHECK else "")


class GivenFolder(_BySources, UserProvidedCacheLocator):
    """The folder NUMBA_CACHE_DIR, where it is set."""


class BesideTheSource(_BySources, InTreeCacheLocator):
    """__pycache__, where it can be written."""


class UserFolder(_BySources, UserWideCacheLocator):
    """The user's cache folder."""


LOCATORS = ",".join(
    f"{locator.__module__}.{locator.__name__}" for locator in (GivenFolder, BesideTheSource, UserFolder)
)


@cache
def source_stamp(path: Path) -> str:
    """A digest of the file and of all library modules that it imports, directly or through others."""
    seen: set[Path] = set()
    waiting = [path]
    while waiting:
        found = waiting.pop()
        if found not in seen:
            seen.add(found)
            waiting += _imported(found)
    digest = hashlib.sha256()
    for each in sorted(seen):
        digest.update(each.name.encode() + each.read_bytes())
    return digest.hexdigest()


@cache
def _imported(path: Path) -> list[Path]:
    found = []
    for match in IMPORT.finditer(path.read_text(encoding="utf-8")):
        inner = match["module"].strip(".").replace(".", "/")
        names = re.findall(r"\w+", match["names"])
        candidates = [LIBRARY / f"{inner}.py", *(LIBRARY / inner / f"{name}.py" for name in names)]
        found += [candidate for candidate in candidates if candidate.is_file()]
    return found
