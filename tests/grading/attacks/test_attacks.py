"""Every attack in the folders beside this file costs only its author."""

import pytest
from arena import FOLDER, Attack, attacks

pytestmark = pytest.mark.sandbox

KINDS = sorted(path.name for path in FOLDER.iterdir() if (path / "").is_dir() and not path.name.startswith("_"))


LENGTHY = ("collusion", "exhaustion")  # kinds of attacks that wait for a limit of a second
MARKED = [
    pytest.param(a, id=f"{kind}-{a.name}", marks=[pytest.mark.soak] * (kind in LENGTHY and number > 1))
    for kind in KINDS
    for number, a in enumerate(attacks(kind))
]


@pytest.mark.parametrize("attack", MARKED)
def test_attack(arena, attack: Attack):
    arena.suffer(attack)


def test_every_attack_says_what_it_tries():
    found = [attack for kind in KINDS for attack in attacks(kind)]
    assert len(found) >= 60
    assert all(attack.tries.endswith(".") and "def relu_backward" in attack.source for attack in found)
