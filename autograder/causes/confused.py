"""Words of which some are taken for others."""

from collections import Counter
from collections.abc import Iterator

from autograder.causes.evidence import Cause, Evidence

MOST = 3
FEWEST = 2  # times that one word stands for another, to be told of many confusions


def confused(evidence: Evidence) -> Iterator[Cause]:
    """Words that stand where a few others are due, or the one that does so most often."""
    calls = [i for i in evidence.own if i in evidence.returned and isinstance(evidence.probes.expected[i].value, str)]
    pairs = [(evidence.probes.expected[i].value, evidence.outcomes[i].value) for i in calls]
    wrong = Counter((word, got) for word, got in pairs if isinstance(got, str) and word != got)
    if not wrong or any(evidence.verdicts[i] != "pass" for i in {*evidence.own} - {*calls}):
        return
    if len(wrong) <= MOST:
        due = {word: " or ".join(f"`{got}`" for one, got in wrong if one == word) for word, _ in wrong}
        told = [
            f"where `{word}` is due it is {'at times ' * ((word, word) in pairs)}{got}" for word, got in due.items()
        ]
        known = {expected.value for expected in evidence.probes.expected}
        asked = (
            "Which number tells the one from the other, is it compared with too wide or too narrow a bound, and does "
            "an earlier question get in its way?"
        )
        if all(got not in known for _, got in wrong):
            asked = "That is none of the words which the text lists: is it spelt as it is there?"
        yield Cause("confused", f"The answer is right but for this: {', and '.join(told)}. {asked}")
        return
    (word, got), times = wrong.most_common(1)[0]
    if times >= FEWEST:
        yield Cause(
            "confused",
            f"Of several words that are wrong, the most frequent is `{got}` where `{word}` is due: begin there. Which "
            "number do you compare with which, and what would both be if you worked them out by hand?",
        )
