"""Which answers an answer calls, as far as its text says: it names them."""

import re
from collections.abc import Collection, Mapping

WORD = re.compile(r"[^\W\d]\w*")


def mentioned_by(name: str, names: Collection[str], answers: Mapping[str, str]) -> list[str]:
    """Those of ``names`` that the answer to the exercise ``name`` mentions, in the order of mention."""
    words = dict.fromkeys(WORD.findall(answers.get(name, "")))
    return [word for word in words if word in names and word != name]


def called_by(name: str, names: Collection[str], answers: Mapping[str, str]) -> list[str]:
    """The same, and those that these mention, and so on."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        new = [one for one in mentioned_by(waiting.pop(), names, answers) if one not in found and one != name]
        found |= dict.fromkeys(new)
        waiting += new
    return list(found)
