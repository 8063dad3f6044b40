"""Which answers resemble each other more than chance explains: a list to look at, never a verdict.

Every answer becomes a stream of tokens without names, comments, docstrings and layout, and without the lines that the
students were given. Two streams are compared by the normalised indel similarity ``1 - d / (m + n)``, with ``d`` the
fewest insertions and deletions that turn one into the other (RapidFuzz). What many write alike says nothing: a shared
answer counts ``log2((others + 2) / (sharing + 1))`` bits, the surprisal of its frequency among all others by Laplace's
rule of succession, and nothing when more than one in ten of them has it too. The bits of a pair add up over the
exercises. A pair is listed from ``log2(number of pairs)`` bits on: so much, the most alike of as many pairs that
worked independently would reach by chance.
"""

import builtins
import io
import keyword
import math
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

SIMILAR = 0.85  # two independent right answers to these exercises reach 0.6 to 0.8
COMMON = 0.1  # shared by more of the others than this, an answer is what everybody writes
MIN_TOKENS = 20  # `return np.where(z > 0, dout, 0.0)` has 15
FULL_WEIGHT = 60  # tokens from which an answer counts fully
MAX_CHARACTERS = 20_000
MIN_BITS = 4.0  # of a small class, where chance alone would list next to everything
MAX_PAIRS = 200
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}
KNOWN = frozenset({*keyword.kwlist, *dir(builtins), "np", "numpy", "math", "numba"})

Line = tuple[str, ...]


@dataclass(frozen=True)
class SharedAnswer:
    """One exercise of a pair. ``sharing`` others have it too; ``verbatim`` is equal to the last character."""

    exercise: str
    similarity: float
    sharing: int
    bits: float
    verbatim: bool
    left: str
    right: str


@dataclass(frozen=True)
class Pair:
    """Two students, or a student and a published answer (``right``), with what they share, most telling first."""

    left: str
    right: str
    published: bool
    answers: tuple[SharedAnswer, ...]

    @property
    def bits(self) -> float:
        return sum(answer.bits for answer in self.answers)


@dataclass(frozen=True)
class Similarities:
    """``pairs`` of at least ``min_bits``, most telling first; ``hidden`` more were cut.

    ``page`` is where a student's page stands below ``feedback/<student>``.
    """

    assignment: str
    students: int
    compared: int
    pairs: tuple[Pair, ...]
    hidden: int
    min_bits: float
    page: str = ""


def compare_answers(
    assignment: str,
    answers: dict[str, dict[str, str]],
    released: dict[str, str],
    published: dict[str, dict[str, str]] | None = None,
    min_bits: float | None = None,
) -> Similarities:
    """Compare everyone's answers with everyone's, and with what is published.

    Parameters
    ----------
    answers : student -> exercise -> source.
    released : exercise -> what the students were given.
    published : where it stands -> exercise -> source, such as the course's solutions.
    min_bits : pairs that share less are left out; by default what chance explains in a class of this size.
    """
    if min_bits is None:
        min_bits = max(MIN_BITS, math.log2(max(1, math.comb(len(answers), 2))))
    published = published or {}
    people = {**answers, **{name: texts for name, texts in published.items() if name not in answers}}
    found, compared = defaultdict(list), 0
    for exercise, scaffold in released.items():
        texts = {who: own[exercise] for who, own in people.items() if own.get(exercise, "").strip()}
        streams = {who: stream for who, text in texts.items() if (stream := stream_of(text, scaffold))}
        compared += len(streams)
        for left, right, similarity, sharing, bits in _shared(streams, frozenset(published)):
            texts_alike = texts[left].strip() == texts[right].strip()
            shared = SharedAnswer(exercise, similarity, sharing, bits, texts_alike, texts[left], texts[right])
            found[left, right].append(shared)
    pairs = [
        Pair(left, right, right in published, tuple(sorted(shared, key=lambda answer: (-answer.bits, answer.exercise))))
        for (left, right), shared in found.items()
    ]
    pairs = sorted((p for p in pairs if p.bits >= min_bits), key=lambda pair: (-pair.bits, pair.left, pair.right))
    hidden = max(0, len(pairs) - MAX_PAIRS)
    return Similarities(assignment, len(answers), compared, tuple(pairs[:MAX_PAIRS]), hidden, min_bits)


def stream_of(text: str, scaffold: str = "", shortest: int = MIN_TOKENS) -> Line:
    """The tokens of an answer without names, comments, docstrings, layout and the scaffold; none when too short."""
    given = set(_lines(scaffold))
    stream = tuple(token for line in _lines(text) if line not in given for token in line)
    return stream if len(stream) >= shortest else ()


def _lines(text: str) -> list[Line]:
    """The logical lines of some source as normalised tokens; as far as it can be read."""
    lines: list[list[str]] = [[]]
    dotted = False
    try:
        for token in tokenize.generate_tokens(io.StringIO(text[:MAX_CHARACTERS]).readline):
            if token.type == tokenize.NEWLINE:
                lines.append([])
            elif token.type not in LAYOUT:
                lines[-1].append(_normal(token, dotted))
                dotted = token.string == "."
    except (tokenize.TokenError, SyntaxError):
        pass  # what was read up to the mistake counts
    return [tuple(line) for line in lines if line and line != ["string"]]


def _normal(token: tokenize.TokenInfo, dotted: bool) -> str:
    if token.type == tokenize.NAME and not dotted and token.string not in KNOWN:
        return "name"
    if token.type == tokenize.STRING:
        return "string"
    if token.type == tokenize.NUMBER and token.string.rstrip("0").endswith("."):
        return token.string.rstrip("0") + "0"  # 2.0, 2. and 2.00 are the same number
    return token.string


def _shared(streams: dict[str, Line], published: frozenset[str]) -> Iterable[tuple[str, str, float, int, float]]:
    """The pairs whose answers to one exercise are similar, and not everybody's."""
    holders = defaultdict(list)
    for who, stream in streams.items():
        holders[stream].append(who)
    distinct = list(holders)
    if not distinct:
        return
    counts = np.array([len(holders[stream]) for stream in distinct])
    similarity = _similarities(distinct)
    alike = similarity >= SIMILAR
    others = len(streams) - 2
    for a, b in zip(*np.nonzero(np.triu(alike)), strict=True):
        if a == b and counts[a] < 2:
            continue
        sharing = int(counts[alike[a] | alike[b]].sum()) - 2
        if sharing > COMMON * others:
            continue
        length = min(len(distinct[a]), len(distinct[b]))
        bits = math.log2((others + 2) / (sharing + 1)) * min(1.0, length / FULL_WEIGHT)
        pairs = (
            combinations(holders[distinct[a]], 2)
            if a == b
            else ((x, y) for x in holders[distinct[a]] for y in holders[distinct[b]])
        )
        for pair in pairs:
            left, right = sorted(pair, key=lambda who: (who in published, who))
            if left not in published:
                yield left, right, float(similarity[a, b]), sharing, bits


def _similarities(streams: list[Line]) -> np.ndarray:
    """The similarity of every stream to every other; what stays below ``SIMILAR`` is 0."""
    alphabet = {token: chr(0x100 + i) for i, token in enumerate(Counter(t for stream in streams for t in stream))}
    texts = ["".join(alphabet[token] for token in stream) for stream in streams]
    scores = cdist(texts, texts, scorer=Indel.normalized_similarity, score_cutoff=SIMILAR, dtype=np.float32, workers=-1)
    return np.asarray(scores)
