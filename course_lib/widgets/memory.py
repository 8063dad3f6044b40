"""What a learner has predicted, kept beside the notebooks."""

from dataclasses import asdict, dataclass

from course_lib import store


@dataclass(frozen=True)
class Kept:
    """The option that was chosen, and whether the learner had committed to it."""

    choice: str
    committed: bool = False


def recall(name: str) -> Kept | None:
    """What was kept under that name, or None."""
    match store.entries(store.PREDICTIONS).get(name):
        case {"choice": str(choice), "committed": bool(committed)}:
            return Kept(choice, committed)
    return None


def keep(name: str, kept: Kept) -> None:
    """Keep a prediction under a name; where that cannot be done, it is only forgotten."""
    store.put(store.PREDICTIONS, name, asdict(kept))
