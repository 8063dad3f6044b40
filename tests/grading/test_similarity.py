"""Copied answers stand out, however they are renamed and laid out; what everybody writes does not."""

import pytest

from autograder.grading.reports.similarity import MIN_TOKENS, SIMILAR, compare_answers, stream_of
from autograder.grading.reports.similarity_page import similarity_page

SCAFFOLD = "def clip(grads, limit):\n    raise NotImplementedError\n"
ORIGINAL = '''def clip(grads, limit):
    """Mine."""
    total = 0.0
    for name, g in grads.items():
        total = total + (g * g).sum()
    norm = np.sqrt(total)
    if norm > limit:
        return {name: g * (limit / norm) for name, g in grads.items()}
    return dict(grads)
'''
# other names, comments, spaces, line breaks, numbers written otherwise
DISGUISED = """def clip(grads, limit):
    # all my own work
    s = 0.00
    for key, value in grads.items(  ):
        s = s + (value*value).sum()      # squares

    length = np.sqrt(
        s
    )
    if length > limit :
        return {key: value * (limit/length) for key, value in grads.items()}
    return dict( grads )
"""
OTHERS = [
    "def clip(grads, limit):\n    n = np.linalg.norm([np.linalg.norm(v) for v in grads.values()])\n"
    "    return {k: v * min(1, limit / n) for k, v in grads.items()}\n",
    "def clip(grads, limit):\n    flat = np.concatenate([g.ravel() for g in grads.values()])\n    scale = 1.0\n"
    "    if np.abs(flat @ flat) > limit**2:\n        scale = limit / (flat @ flat) ** 0.5\n"
    "    return dict(zip(grads, (scale * g for g in grads.values()), strict=True))\n",
    "def clip(grads, limit):\n    out, squares = {}, [np.sum(np.square(x)) for x in grads.values()]\n"
    "    root = sum(squares) ** 0.5\n    while root <= limit:\n        return grads\n"
    "    for k in sorted(grads):\n        out[k] = np.multiply(grads[k], limit) / root\n    return out\n",
]


def listed(texts, min_bits=0.0, **options):
    """The pairs when every student answers one exercise."""
    answers = {student: {"clip": text} for student, text in texts.items()}
    found = compare_answers("lesson", answers, {"clip": SCAFFOLD}, min_bits=min_bits, **options)
    return {(pair.left, pair.right): pair for pair in found.pairs}


def test_renaming_and_reformatting_change_nothing():
    assert stream_of(ORIGINAL) == stream_of(DISGUISED)
    assert len(stream_of(ORIGINAL)) > MIN_TOKENS
    assert all(stream_of(text) != stream_of(ORIGINAL) for text in OTHERS)


def test_a_disguised_copy_is_listed_and_nothing_else():
    pairs = listed({"ada": ORIGINAL, "eve": DISGUISED} | {f"s{i}": text for i, text in enumerate(OTHERS)})
    assert set(pairs) == {("ada", "eve")}
    (answer,) = pairs["ada", "eve"].answers
    assert (answer.similarity, answer.sharing, answer.verbatim) == (1.0, 0, False)
    assert (answer.left, answer.right) == (ORIGINAL, DISGUISED)


def test_a_few_changed_lines_are_still_found():
    changed = DISGUISED.replace("    return dict( grads )", "    result = dict(grads)\n    return result")
    (pair,) = listed({"ada": ORIGINAL, "eve": changed, "bob": OTHERS[0]}).values()
    assert SIMILAR <= pair.answers[0].similarity < 1


def test_what_everybody_writes_is_not_listed():
    class_ = {f"s{i:02}": ORIGINAL for i in range(30)}
    assert listed(class_) == {}
    pairs = listed(class_ | {"ada": OTHERS[0], "eve": OTHERS[0]})
    assert set(pairs) == {("ada", "eve")}


def test_rarer_answers_weigh_more():
    rare = listed({"ada": ORIGINAL, "eve": ORIGINAL} | {f"s{i}": OTHERS[i % 3] + f"# {i}" for i in range(60)})
    fewer = listed({"ada": ORIGINAL, "eve": ORIGINAL} | {f"s{i}": OTHERS[i] for i in range(3)})
    assert rare["ada", "eve"].bits > fewer["ada", "eve"].bits > 0


def test_short_answers_and_the_scaffold_are_not_compared():
    assert stream_of("def f(x):\n    return x + 1\n") == ()
    given = ORIGINAL.replace("return dict(grads)", "raise NotImplementedError")
    assert stream_of(given, given) == ()
    assert listed({"ada": SCAFFOLD, "eve": SCAFFOLD}) == {}
    assert listed({"ada": "", "eve": ""}) == {}


def test_published_answers_are_compared_with_students_but_not_with_each_other():
    published = {"the solution": {"clip": ORIGINAL}, "another": {"clip": ORIGINAL}}
    pairs = listed({"eve": DISGUISED, "bob": OTHERS[0], "cyd": OTHERS[1]}, published=published)
    assert all(left == "eve" and pair.published for (left, _), pair in pairs.items())
    assert {right for _, right in pairs} <= set(published)
    solution = {"the solution": {"clip": ORIGINAL}}
    assert set(listed({"eve": DISGUISED, "bob": OTHERS[0]}, published=solution)) == {("eve", "the solution")}


def test_the_threshold_grows_with_the_class():
    small = compare_answers("lesson", {"a": {}, "b": {}}, {"clip": ""})
    large = compare_answers("lesson", {f"s{i}": {} for i in range(1000)}, {"clip": ""})
    assert small.min_bits < large.min_bits
    assert (small.pairs, large.pairs) == ((), ())


@pytest.mark.parametrize(
    "text", ["def f(:\n  (((", '"""', "\x00\x01", "  x\n y\n\tz", "é" * 30_000, "(" * 5000, "\\", "f'{'", "a\r\rb\x0c"]
)
def test_what_is_no_python_stops_nothing(text):
    assert isinstance(stream_of(text), tuple)
    listed({"ada": text, "eve": text, "bob": ORIGINAL})


def test_the_page_shows_both_sides_escaped():
    hostile = DISGUISED.replace("# squares", "# </code><script>alert(1)</script>")
    answers = {"<b>ada</b>": {"clip": ORIGINAL}, "eve": {"clip": hostile}}
    page = similarity_page(compare_answers("lesson", answers, {"clip": SCAFFOLD}, min_bits=0.0))
    assert "<script" not in page
    assert "<b>ada" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "no verdict" in page
    assert "Nothing stands out" in similarity_page(compare_answers("lesson", {}, {"clip": SCAFFOLD}))
