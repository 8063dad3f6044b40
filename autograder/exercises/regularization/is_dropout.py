"""A statistical test of dropout: the student's probe is tried on right layers and on known mistakes."""

from functools import lru_cache

import numpy as np

from autograder.domain import Array, Flag, Generator, Given, Number
from autograder.exercise import Call, Exercise
from autograder.exercises.regularization._dropout_layers import RIGHT, WRONG, layer_of, plain
from autograder.exercises.regularization._random_masks import by_chance

SIGMAS = 5.0
RATE = 0.3
N_CALLS, N, D = 6, 50, 64
SIZES = np.random.default_rng(1).uniform(0.5, 3.0, (N, D))
XS = {"varied": SIZES * np.random.default_rng(2).choice([-1.0, 1.0], (N, D)), "ones": np.ones((N, D))}
LOOKS = ("factor", "out", "share", "calls", "rows", "columns", "counts", "row counts", "size", "again", "evaluation")
LOOKS = (*LOOKS, "mask in evaluation")
TAKES = {"x": Array(), "p_drop": Number(0.0, 1.0), "training": Flag(), "rng": Generator()}


def is_dropout(layer):
    return _probe(layer)


def _probe(layer, without=(), p=RATE, x="varied", sigmas=SIGMAS, share=None, seed=0) -> bool:
    """Whether a layer looks right in everything of ``LOOKS`` that is not left out.

    ``share`` is how far that of dropped entries may lie from p; by default, chance says it.
    """
    found = _looked_at(layer, p, x, "mask" in without, seed)
    bound = sigmas / np.sqrt(N_CALLS * N * D)
    bounds = {"share": bound if share is None else share / np.sqrt(p * (1 - p)), "size": 2 * bound}
    return all(found[look] < bounds.get(look, bound) for look in LOOKS if look not in without)


@lru_cache(maxsize=256)
def _looked_at(layer, p, x, by_out, seed) -> dict[str, float]:
    """For each of ``LOOKS`` what is to be small: 0 or infinity where chance has no part, or has been allowed for.

    Forms differ in where they look, and the same layers are shown to all. ``by_out`` takes the masks from out.
    """
    x, rng, exact, dropped = XS[x], np.random.default_rng(seed), {"factor": True, "out": True}, []
    for _ in range(N_CALLS):
        out, mask = layer(x, p, True, rng)
        judged = out / x if by_out else mask
        exact["factor"] &= _near(judged[judged != 0], 1 / (1 - p))
        exact["out"] &= _near(out, x * mask)
        dropped.append(judged == 0)
    one, other = (layer(x, p, True, np.random.default_rng(7))[1] for _ in range(2))
    exact["again"] = np.array_equal(one, other)
    out, mask = layer(x, p, False, np.random.default_rng(8))
    exact |= {"evaluation": _near(out, x), "mask in evaluation": _near(mask, 1.0)}
    z = (np.stack(dropped) - p) / np.sqrt(p * (1 - p))
    exact["counts"] = by_chance(z.sum(axis=(1, 2)) / np.sqrt(z[0].size))
    exact["row counts"] = by_chance(z.sum(axis=2) / np.sqrt(z.shape[2]))
    return _distances(z, x) | {look: 0.0 if right else np.inf for look, right in exact.items()}


def _near(got, right):
    return bool((np.abs(got - right) < 1e-5).all())


def _distances(z, x) -> dict[str, float]:
    """How far the standardised entries of several masks are from independent ones."""
    found = {"share": abs(z.mean())}
    for axis, what in enumerate(("calls", "rows", "columns")):
        one = np.moveaxis(z, axis, 0)
        found[what] = abs(np.mean(one[1:] * one[:-1]))
    small = np.abs(x) < np.median(np.abs(x))
    found["size"] = abs(z[:, small].mean() - z[:, ~small].mean()) if small.any() else 0.0
    return found


exercise = Exercise(
    name="is_dropout",
    unit="regularization",
    points=3,
    reference=is_dropout,
    takes={"layer": Given(lambda rng, others: layer_of(plain), called_with=TAKES)},
    hints=(
        "Which share of the entries should be 0, and how far from it may it be by chance? How many entries make that a "
        "hundredth?",
        "Of two entries that are independent, how often are both dropped? Which pairs tell that rows are alike, which "
        "that columns are, and which that calls are?",
        "When exactly so many entries are dropped in every call, which number does not vary as it should?",
        "Which x shows that small entries are dropped more often? What should come out in evaluation, and what should "
        "come back as mask?",
    ),
    part="core",
    minutes=20,
    difficulty=3,
    reasoning=(
        "Minus its expectation, divided by its spread, a mask should look like independent numbers of mean 0 and "
        "variance 1, in every direction: over calls, rows and columns. The factor, the mask and evaluation are exact."
    ),
)


def _calls(rng, right, wrong) -> list[Call]:
    """A call for each layer, by what is told of it, in random order: the verdicts cannot be learned by heart."""
    layers = [(form, f"a right layer: {told}", True) for told, form in right.items()]
    layers += [(form, f"a wrong layer: {told}", False) for told, form in wrong.items()]
    calls = [
        Call({"layer": layer_of(form, int(rng.integers(10**6)))}, told, right=is_right)
        for form, told, is_right in layers
    ]
    return [calls[i] for i in rng.permutation(len(calls))]


ONE_RIGHT = dict([next(iter(RIGHT.items()))])  # beside wrong ones, so that a constant answer earns nothing


for layers in WRONG:
    exercise.case(", or ".join(layers))(lambda rng, layers=layers: _calls(rng, ONE_RIGHT, layers))


@exercise.case("five right layers that draw in different ways, and one that does nothing")
def right_ones(rng):
    return _calls(rng, RIGHT, {"it returns x and ones": lambda x, *_: (x, np.ones(x.shape))})


@exercise.misconception
def passes_everything(layer):
    """Every layer passes, also a wrong one. A test is worth what it refuses."""
    return True


@exercise.misconception
def fails_everything(layer):
    """No layer passes, not even a right one. Is a bound so narrow that chance alone goes beyond it, or does the test
    expect the masks of draws like your own? A right layer may draw in another way, and in evaluation, too."""
    return False


@exercise.misconception
def answers_the_other_way(layer):
    """The verdicts are the wrong way round: True means that the layer is right."""
    return not is_dropout(layer)


@exercise.misconception
def never_evaluates(layer):
    """Layers pass that do in evaluation what they should not. Call them with training=False as well."""
    return _probe(layer, ("evaluation", "mask in evaluation"))


@exercise.misconception
def ignores_the_mask_of_evaluation(layer):
    """Layers pass whose mask is wrong in evaluation, where out is x. The mask should be 1 everywhere."""
    return _probe(layer, ("mask in evaluation",))


@exercise.misconception
def looks_at_evaluation_alone(layer):
    """Layers pass that go wrong in training. Call them with training=True as well."""
    return _probe(layer, {*LOOKS} - {"evaluation", "mask in evaluation"})


@exercise.misconception
def at_one_half(layer):
    """Layers pass that keep with p_drop, divide by it or drop half of everything. At a rate of one half nobody sees it:
    take another."""
    return _probe(layer, p=0.5)


@exercise.misconception
def looks_at_out_alone(layer):
    """Layers pass whose mask is not what out was multiplied by. Compare out with x * mask."""
    return _probe(layer, ("out", "mask", "again", "mask in evaluation"))


@exercise.misconception
def looks_at_masks_alone(layer):
    """Layers pass whose mask is right, and whose out is not. Compare out with x * mask."""
    return _probe(layer, ("out", "evaluation"))


@exercise.misconception
def ignores_the_factor(layer):
    """Layers pass that scale by another factor than 1 / (1 - p_drop). Look at the entries of mask that are not 0."""
    return _probe(layer, ("factor",))


@exercise.misconception
def ignores_the_share(layer):
    """Layers pass that drop too many entries, or too few. Compare the share of zeros with p_drop."""
    return _probe(layer, ("share", "counts", "row counts", "calls", "rows", "columns"))


@exercise.misconception
def compares_the_share_roughly(layer):
    """Layers pass that drop a tenth more often than they should, or less often. With some ten thousand entries the
    share of zeros lies within a hundredth of p_drop."""
    return _probe(layer, ("counts", "row counts"), share=0.1, sigmas=12.0)


@exercise.misconception
def calls_once(layer):
    """Layers pass that drop the same entries in every call, or the same number. One call does not show it: call the
    layer again, with the generator that it has used."""
    return _probe(layer, ("counts", "calls"))


@exercise.misconception
def ignores_rows(layer):
    """Layers pass in which rows share a mask. The share of zeros does not show it: how often are two neighbours in a
    column both dropped?"""
    return _probe(layer, ("rows", "counts"))


@exercise.misconception
def ignores_columns(layer):
    """Layers pass that drop whole rows, or two neighbours of a row together. The share of zeros does not show it: how
    often are two neighbours in a row both dropped?"""
    return _probe(layer, ("columns", "counts", "row counts"))


@exercise.misconception
def ignores_all_dependence(layer):
    """Layers pass whose entries depend on each other: those of a row, of a column, or of two calls. The share of zeros
    alone does not show it. How often are two neighbours both dropped?"""
    return _probe(layer, ("calls", "rows", "columns", "counts", "row counts"), sigmas=60.0, share=0.02)


DEPENDENCE = ("calls", "rows", "columns", "counts", "row counts")


@exercise.misconception
def by_the_share_of_one_call(layer):
    """Only the share of zeros in one call is compared. Layers pass whose entries depend on each other, on the size of x
    or not on rng: how often are two neighbours both dropped, and what do a second call and the same seed give?"""
    return _probe(layer, (*DEPENDENCE, "size", "again"))


@exercise.misconception
def by_the_share_of_one_call_at_one_half(layer):
    """Only the share of zeros in one call is compared, and at a rate of one half, where nobody sees whether p_drop is
    the probability of keeping: take another. And ask how often two neighbours are both dropped, whether small entries
    are dropped more often, and what a second call and the same seed give."""
    return _probe(layer, (*DEPENDENCE, "size", "again"), p=0.5)


@exercise.misconception
def ignores_counts(layer):
    """Layers pass that always drop the same number of entries. A right one drops now more, now fewer: by how much do
    the numbers of zeros vary over many calls, and over many rows?"""
    return _probe(layer, ("counts", "row counts"))


@exercise.misconception
def with_x_of_ones(layer):
    """A layer passes that drops small entries more often. With an x of ones nobody sees it: choose one whose entries
    differ, and compare the large ones with the small ones."""
    return _probe(layer, ("size",), x="ones")


@exercise.misconception
def never_repeats_a_seed(layer):
    """A layer passes that does not draw from rng. Give it two generators of the same seed: the masks should be the
    same."""
    return _probe(layer, ("again",))


@exercise.misconception
def asks_for_its_own_numbers(layer):
    """Right layers fail that draw in another way than yours, so that other entries are dropped. Judge by shares, not by
    the entries."""
    mask = layer(XS["varied"], RATE, True, np.random.default_rng(0))[1]
    own = layer_of(plain)(XS["varied"], RATE, True, np.random.default_rng(0))[1]
    return is_dropout(layer) and np.array_equal(mask, own)


@exercise.equivalent
def in_words(layer):
    x = np.random.default_rng(5).normal(size=(50, 40))
    large = np.abs(x) > 0.7
    p, rng = 0.25, np.random.default_rng(11)
    outs, masks = map(np.array, zip(*[layer(x, p, True, rng) for _ in range(25)], strict=True))
    gone = masks == 0
    ok = np.allclose(outs, x * masks) and np.allclose(masks[~gone], 1 / (1 - p))
    ok = ok and abs(gone.mean() - p) < 0.01
    ok = ok and abs(gone[:, large].mean() - gone[:, ~large].mean()) < 0.02
    for a, b in ((gone[1:], gone[:-1]), (gone[:, 1:], gone[:, :-1]), (gone[..., 1:], gone[..., :-1])):
        ok = ok and abs((a & b).mean() - p * p) < 0.015
    ok = ok and 0.3 < gone.sum(axis=(1, 2)).std() / np.sqrt(2000 * p * (1 - p)) < 2
    ok = ok and 0.8 < gone.sum(axis=2).std() / np.sqrt(40 * p * (1 - p)) < 1.2
    ok = ok and np.array_equal(layer(x, p, True, np.random.default_rng(11))[1], masks[0])
    out, mask = layer(x, p, False, rng)
    return bool(ok and np.allclose(out, x) and np.allclose(mask, 1))


@exercise.equivalent
def in_one_long_array(layer):
    x, p = np.linspace(1, 4, 40_000).reshape(200, 200), 0.35
    rng = np.random.default_rng(2)
    out, mask = layer(x, p, True, rng)
    again = layer(x, p, True, np.random.default_rng(2))[1]
    z = (mask == 0) - p
    var = p * (1 - p)
    alike = [z[1:] * z[:-1], z[:, 1:] * z[:, :-1], z * ((layer(x, p, True, rng)[1] == 0) - p)]
    ok = all(abs(a.mean()) < 6 * var / 199 for a in alike) and abs(z.mean()) < 6 * np.sqrt(var) / 200
    ok = ok and abs(z[x < 2.5].mean() - z[x > 2.5].mean()) < 12 * np.sqrt(var) / 200
    ok = ok and np.array_equal(mask, again) and np.allclose(out, x * mask)
    ok = ok and np.allclose(np.unique(mask), [0, 1 / (1 - p)])
    counts = [np.sum(layer(x[:30], p, True, rng)[1] == 0) for _ in range(20)]
    ok = ok and np.std(counts) > 0.4 * np.sqrt(6000 * var) and z.sum(axis=1).std() > 0.7 * np.sqrt(200 * var)
    out, mask = layer(x, p, False, rng)
    return bool(ok and np.allclose(out, x) and np.allclose(mask, 1))
