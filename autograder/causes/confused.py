"""Words of which a few are taken for another."""

from collections.abc import Iterator

from autograder.causes.evidence import Cause, Evidence

MOST = 3


def confused(evidence: Evidence) -> Iterator[Cause]:
    """Words that stand where a few others are due."""
    calls = [i for i in evidence.own if i in evidence.returned and isinstance(evidence.probes.expected[i].value, str)]
    pairs = [(evidence.probes.expected[i].value, evidence.outcomes[i].value) for i in calls]
    wrong = dict.fromkeys((word, got) for word, got in pairs if isinstance(got, str) and word != got)
    if wrong and len(wrong) <= MOST and not any(evidence.verdicts[i] != "pass" for i in {*evidence.own} - {*calls}):
        due = {word: " or ".join(f"`{got}`" for one, got in wrong if one == word) for word, _ in wrong}
        told = [
            f"where `{word}` is due it is {'at times ' * ((word, word) in pairs)}{got}" for word, got in due.items()
        ]
        yield Cause(
            "confused",
            f"The answer is right but for this: {', and '.join(told)}. Which number tells the one from the other, is "
            "it compared with too wide or too narrow a bound, and does an earlier question get in its way?",
        )
