"""Every attack in the folders beside this file costs only its author."""

import pytest
from arena import FOLDER, Attack, attacks

pytestmark = pytest.mark.sandbox

KINDS = sorted(path.name for path in FOLDER.iterdir() if (path / "").is_dir() and not path.name.startswith("_"))


@pytest.mark.parametrize("attack", [pytest.param(a, id=f"{kind}-{a.name}") for kind in KINDS for a in attacks(kind)])
def test_attack(arena, attack: Attack):
    arena.suffer(attack)


def test_every_attack_says_what_it_tries():
    found = [attack for kind in KINDS for attack in attacks(kind)]
    assert len(found) >= 60
    assert all(attack.tries.endswith(".") and "def relu_backward" in attack.source for attack in found)
