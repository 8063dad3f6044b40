"""Every attack in the folders beside this file costs only its author."""

import pytest
from arena import FOLDER, Attack, attacks
from thrift import rest_in_soak

pytestmark = pytest.mark.sandbox

KINDS = sorted(path.name for path in FOLDER.iterdir() if (path / "").is_dir() and not path.name.startswith("_"))


IN_TEST = 5  # of each kind, the others are for `make soak`
LENGTHY = {"collusion": 2, "exhaustion": 2}  # kinds that wait for a limit of a second
ATTACKS = [
    pytest.param(*param.values, id=f"{kind}-{param.values[0].name}", marks=param.marks)
    for kind in KINDS
    for param in rest_in_soak(attacks(kind), keep=LENGTHY.get(kind, IN_TEST))
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack(arena, attack: Attack):
    arena.suffer(attack)


def test_every_attack_says_what_it_tries():
    found = [attack for kind in KINDS for attack in attacks(kind)]
    assert len(found) >= 60
    assert all(attack.tries.endswith(".") and "def relu_backward" in attack.source for attack in found)
