"""Mixup: samples and labels mixed with those of a random partner, who is found from the mixed samples."""

from dataclasses import replace

import numpy as np

from autograder.compare import Difference
from autograder.domain import SIZES, Array, Generator, Given, Number
from autograder.draw import either_sign, short_seed
from autograder.exercise import Call, Exercise
from autograder.exercises.regularization._random_masks import number_or_array

USUAL = dict(zip("ND", SIZES, strict=False))
FEWEST = 15  # samples, of whose partners a pattern says something
N_CALLS = 20
RTOL = 1e-6  # of numbers that may come back in float32


class Samples(Array):
    """Samples, usually so many that two generators never lead to the same partners."""

    def draw(self, rng, name, setting):
        if setting.sizes == USUAL:
            setting = replace(setting, sizes=setting.sizes | {"N": 40, "D": 8})
        return super().draw(rng, name, setting)


def _one_hot(rng, n, n_classes=3):
    # each class in turn, from a random one on, so that several are there
    return np.eye(n_classes)[(np.arange(n) + rng.integers(n_classes)) % n_classes]


def mixup(x, y, lam, rng):
    return _mixed(x, y, lam, rng.permutation(len(x)))


def _mixed(x, y, lam, partner, other=None, lam_y=None):
    """``other`` are the labels' partners, ``lam_y`` is their share, where they have their own."""
    x, y = np.asarray(x), np.asarray(y)
    other, lam_y = partner if other is None else other, lam if lam_y is None else lam_y
    return lam * x + (1 - lam) * x[partner], lam_y * y + (1 - lam_y) * y[other]


def _matches(got, values, lam) -> np.ndarray:
    """(N, N): whether sample i of ``got`` is the mixture of ``values`` i and j."""
    one, other = lam * values[:, None], (1 - lam) * values[None]
    return (np.abs(got[:, None] - one - other) <= RTOL * (np.abs(one) + np.abs(other)) + 1e-300).all(axis=-1)


def judge(inputs, value) -> Difference | None:
    """What is wrong with the shares, the partners, and the labels beside them."""
    x, y = (np.asarray(inputs[name], dtype=float) for name in "xy")
    lam = inputs["lam"]
    if not isinstance(value, tuple | list) or len(value) != 2:
        return Difference("type", "the result should be two arrays, the mixed x and the mixed y")
    problem = number_or_array(value[0], x.shape, "mixed x") or number_or_array(value[1], y.shape, "mixed y")
    if problem:
        return problem
    mixed_x, mixed_y = (np.array(part, dtype=float) for part in value)
    of_x = _matches(mixed_x, x, lam)
    if not of_x.any(axis=1).all():
        return _shares(x, lam, mixed_x)
    is_clear = (of_x.sum(axis=1) == 1).all()
    partner = of_x.argmax(axis=1)
    problem = _partners(partner) if is_clear else None
    if problem:
        return problem
    if not (of_x & _matches(mixed_y, y, lam)).any(axis=1).all():
        return _labels(y, lam, mixed_y, partner)
    return None


def _partners(partner) -> Difference | None:
    n = len(partner)
    if n > 1 and len(set(partner)) == 1:
        return Difference("one partner", "all samples have the same partner")
    if len(set(partner)) < n:
        return Difference("repeated", "some samples are the partner of several, and others of none")
    if n < FEWEST:
        return None
    places = np.arange(n)
    rules = {
        "itself": (partner == places, "every sample is its own partner, so that nothing is mixed"),
        "reversed": (partner == n - 1 - places, "the partners are the batch from its end: draw a random permutation"),
        "shifted": ((partner - places) % n == (partner[0]) % n, "all partners are as many places further on"),
        "pairs": (partner[partner] == places, "the partner of each sample has it for a partner in turn"),
    }
    for name, (holds, text) in rules.items():
        if holds.all():
            return Difference(f"partners: {name}", text)
    return None


def _shares(x, lam, mixed) -> Difference:
    """Which share of themselves the samples have kept instead, if each is a mixture with another one."""
    step, moved = x[None] - x[:, None], (mixed - x)[:, None]
    length = np.sum(step**2, axis=-1)
    with np.errstate(all="ignore"):
        share = np.where(length > 0, np.sum(step * moved, axis=-1) / length, 0.0)
    left = np.abs(moved - share[..., None] * step).max(axis=-1)
    nearest = left.argmin(axis=1)
    if (left.min(axis=1) <= 1e-5 * np.abs(x).max()).all():
        kept = 1 - share[np.arange(len(x)), nearest]
        is_mixed = np.abs(moved).max(axis=(1, 2)) > 1e-9 * np.abs(x).max()  # who is its own partner tells no share
        kept = kept[is_mixed & (nearest != np.arange(len(x)))]
        if not kept.size:
            return Difference("x: unchanged", "x is not mixed at all")
        if np.ptp(kept) > 1e-4:
            return Difference("x: shares", "the samples keep different shares of themselves, and lam is for all")
        known = "reversed" if abs(kept[0] - (1 - lam)) < 1e-4 else "half" if abs(kept[0] - 0.5) < 1e-4 else "other"
        return Difference(f"x: {known}", f"each sample should keep {lam:.3g} of itself, and keeps {kept[0]:.3g}")
    for name, one, other in (
        ("sum", 1.0, 1.0),
        ("whole partner", lam, 1.0),
        ("whole sample", 1.0, 1 - lam),
        ("lam twice", lam, lam),
    ):
        candidates = one * x[:, None] + other * x[None]
        if (np.abs(mixed[:, None] - candidates).max(axis=-1).min(axis=1) <= 1e-6 * np.abs(x).max()).all():
            return Difference(f"x: {name}", "the two shares should add up to 1, and do not")
    if np.allclose(mixed.sum(axis=1), x.sum(axis=1)):
        return Difference("x: features", "the samples are mixed with their own features in another order")
    return Difference("x: none", "some results are no mixtures of a sample and a partner from the batch")


def _labels(y, lam, mixed, partner) -> Difference:
    known = {
        "unchanged": y,
        "reversed": (1 - lam) * y + lam * y[partner],
        "of the partner": y[partner],
        "half": (y + y[partner]) / 2,
    }
    for name, labels in known.items():
        if np.allclose(mixed, labels, rtol=1e-5, atol=1e-6):
            return Difference(f"y: {name}", f"y is not mixed as x is: its labels are {name}")
    if _matches(mixed, y, lam).any(axis=1).all():
        return Difference("y: other partners", "the labels are mixed with other partners than the samples")
    return Difference("y: none", "the labels are not mixed in the shares lam and 1 - lam")


def judge_together(values) -> Difference | None:
    """Whether a sample is ever its own partner; of a random permutation it is once in the mean, whatever its length."""
    if len(values) < N_CALLS:
        return None
    # the case gives samples whose number stands in their whole part, and a share of 3/4
    own = sum(np.sum(np.abs(np.asarray(v[0])[:, 0] - np.arange(1, len(v[0]) + 1)) < 1e-5) for v in values)
    return None if own else Difference("never itself", f"in {N_CALLS} calls no sample was its own partner")


exercise = Exercise(
    name="mixup",
    unit="regularization",
    points=1,
    reference=mixup,
    takes={
        "x": Samples("N", "D"),
        "y": Given(lambda rng, others: _one_hot(rng, len(others["x"])), kept=True),
        "lam": Number(0.7, 0.9, corners=(0.0, 1.0), says="between 0 and 1"),
        "rng": Generator(),
    },
    returns=("x_mixed", "y_mixed"),
    judge=judge,
    judge_together=judge_together,
    new=True,
    hints=(
        "rng.permutation(n) gives the numbers from 0 to n - 1 in random order. What is x indexed with them?",
        "How much of itself does a sample keep, and what do the two shares add up to?",
        "The label says what is in the sample. With whom must the label be mixed, then?",
    ),
    part="more",
    minutes=5,
    difficulty=1,
    reasoning=(
        "One permutation gives every sample a partner. The labels are mixed with the same partners in the same shares, "
        "so that the network learns to say how much of which class it sees."
    ),
)


def _inputs(rng, n, lam):
    return {"x": either_sign(rng, (n, 6)), "y": _one_hot(rng, n), "lam": lam, "rng": short_seed(rng)}


@exercise.case("30 samples that keep most of themselves")
def most(rng):
    return _inputs(rng, 30, round(float(rng.uniform(0.7, 0.9)), 3))


@exercise.case("25 samples that keep a small share of themselves")
def little(rng):
    return _inputs(rng, 25, round(float(rng.uniform(0.1, 0.3)), 3))


@exercise.case(f"{N_CALLS} calls, each with a generator of its own: a sample may be its own partner")
def many_calls(rng):
    x = np.column_stack([np.arange(1.0, 21.0), either_sign(rng, (20, 3))])
    first = {"x": x, "y": _one_hot(rng, 20), "lam": 0.75, "rng": short_seed(rng)}
    seeds = rng.choice(10_000, N_CALLS, replace=False)
    return [
        Call(first | {"rng": replace(first["rng"], number=int(seed))}, f"call {k}", as_first=None if k == 1 else False)
        for k, seed in enumerate(seeds, 1)
    ]


@exercise.misconception
def shares_reversed(x, y, lam, rng):
    """Every sample keeps 1 - lam of itself, and gets lam of its partner. It is lam that stays."""
    return _mixed(x, y, 1 - lam, rng.permutation(len(x)))


@exercise.misconception
def leaves_the_labels(x, y, lam, rng):
    """The samples are mixed, and the labels are not. Then an image that is a third of something else counts wholly as
    the first: mix the labels in the same shares."""
    return _mixed(x, y, lam, rng.permutation(len(x)))[0], 1.0 * np.asarray(y)


@exercise.misconception
def labels_reversed(x, y, lam, rng):
    """The labels keep 1 - lam of themselves, and the samples lam. Both are mixed in the same shares."""
    return _mixed(x, y, lam, rng.permutation(len(x)), lam_y=1 - lam)


@exercise.misconception
def labels_of_the_partner(x, y, lam, rng):
    """The labels are those of the partners alone. Mix them in the shares of the samples."""
    return _mixed(x, y, lam, rng.permutation(len(x)), lam_y=0)


@exercise.misconception
def another_permutation_for_the_labels(x, y, lam, rng):
    """Samples and labels have different partners: a second permutation was drawn. Draw one, and use it for both."""
    return _mixed(x, y, lam, rng.permutation(len(x)), other=rng.permutation(len(x)))


@exercise.misconception
def partners_drawn_one_by_one(x, y, lam, rng):
    """Every partner is drawn by itself, as with rng.integers, so that some samples are the partner of several and
    others of none. A permutation uses each once."""
    return _mixed(x, y, lam, rng.integers(0, len(x), len(x)))


@exercise.misconception
def one_partner_for_all(x, y, lam, rng):
    """All samples are mixed with the same one. Each gets a partner of its own: index with a permutation."""
    return _mixed(x, y, lam, np.full(len(x), rng.integers(len(x))))


@exercise.misconception
def batch_reversed(x, y, lam, rng):
    """The partners are the batch from its end, in every call the same. Draw a permutation from rng."""
    return _mixed(x, y, lam, np.arange(len(x))[::-1])


@exercise.misconception
def batch_rolled(x, y, lam, rng):
    """The partner is the next sample of the batch, or the one a fixed number of places on. Draw a permutation from
    rng."""
    return _mixed(x, y, lam, np.roll(np.arange(len(x)), 1))


@exercise.misconception
def mixes_each_with_itself(x, y, lam, rng):
    """Every sample is mixed with itself, so that nothing changes. Index with the permutation."""
    rng.permutation(len(x))
    return _mixed(x, y, lam, np.arange(len(x)))


@exercise.misconception
def draws_lam(x, y, lam, rng):
    """The share is drawn anew inside. Here lam is given, and whoever calls has drawn it."""
    return _mixed(x, y, rng.beta(0.4, 0.4), rng.permutation(len(x)))


@exercise.misconception
def a_share_for_each(x, y, lam, rng):
    """Every sample keeps a share of its own, that is drawn. Here lam is given, one number for the batch."""
    return _mixed(x, y, rng.beta(0.4, 0.4, (len(x), 1)), rng.permutation(len(x)))


@exercise.misconception
def halves(x, y, lam, rng):
    """Sample and partner count alike, whatever lam is."""
    return _mixed(x, y, 0.5, rng.permutation(len(x)))


@exercise.misconception
def adds_the_whole_partner(x, y, lam, rng):
    """The partner is added whole, so that the shares are lam and 1. They should add up to 1."""
    partner = rng.permutation(len(x))
    return lam * x + x[partner], lam * y + y[partner]


@exercise.misconception
def keeps_the_whole_sample(x, y, lam, rng):
    """The sample is kept whole, so that the shares are 1 and 1 - lam. They should add up to 1."""
    partner = rng.permutation(len(x))
    return x + (1 - lam) * x[partner], y + (1 - lam) * y[partner]


@exercise.misconception
def lam_for_both(x, y, lam, rng):
    """The partner is multiplied by lam as well. Its share is what lam leaves of 1: 1 - lam."""
    partner = rng.permutation(len(x))
    return lam * x + lam * x[partner], lam * y + lam * y[partner]


@exercise.misconception
def permutes_the_features(x, y, lam, rng):
    """The features of each sample are permuted, and not the samples: the permutation stands at the second axis. Index
    the rows with it, of x and of y."""
    return lam * x + (1 - lam) * x[:, rng.permutation(x.shape[1])], 1.0 * y


@exercise.misconception
def label_of_the_larger_share(x, y, lam, rng):
    """The samples are mixed, and the labels are not: each sample gets the label of whoever has the larger share in it.
    Mix the labels in the shares of the samples."""
    partner = rng.permutation(len(x))
    return _mixed(x, y, lam, partner, lam_y=float(lam >= 0.5))


@exercise.misconception
def mixes_what_is_mixed(x, y, lam, rng):
    """The samples are mixed one after another in one array, so that some are mixed with what is a mixture already. The
    partners are those of the batch that was given: read from it, and write into another array."""
    x, y = 1.0 * np.asarray(x), 1.0 * np.asarray(y)
    for i, j in enumerate(rng.permutation(len(x))):
        x[i], y[i] = lam * x[i] + (1 - lam) * x[j], lam * y[i] + (1 - lam) * y[j]
    return x, y


@exercise.misconception
def never_its_own_partner(x, y, lam, rng):
    """No sample is ever its own partner: permutations in which one is were left out. All permutations are as likely."""
    if len(x) < 2:
        return _mixed(x, y, lam, np.zeros(len(x), dtype=int))
    while True:
        partner = rng.permutation(len(x))
        if (partner != np.arange(len(x))).all():
            return _mixed(x, y, lam, partner)


@exercise.misconception
def begins_again_in_every_call(x, y, lam, rng):
    """A generator is made inside, always from the same seed, so that a sample meets the same partner in every epoch.
    Draw from rng, which goes on from call to call."""
    return mixup(x, y, lam, np.random.default_rng(0))


@exercise.misconception
def draws_from_another_generator(x, y, lam, rng):
    """The permutation does not come from rng, but from another generator, such as the one behind np.random.permutation,
    so that nobody can repeat the experiment. Call the methods of rng."""
    return mixup(x, y, lam, np.random.default_rng())


@exercise.misconception
def changes_x_and_y(x, y, lam, rng):
    """The results were written into x and y. The next epoch then mixes what is mixed already: make new arrays."""
    x[...], y[...] = mixup(x, y, lam, rng)
    return x, y


@exercise.equivalent
def by_sorting(x, y, lam, rng):
    order = rng.random(len(x)).argsort()
    return x + (1 - lam) * (x[order] - x), y + (1 - lam) * (y[order] - y)


@exercise.equivalent
def shuffles_in_place(x, y, lam, rng):
    order = np.arange(len(x))
    rng.shuffle(order)
    return lam * x + (1 - lam) * np.take(x, order, axis=0), np.array(
        [lam * y[i] + (1 - lam) * y[j] for i, j in enumerate(order)]
    )


@exercise.equivalent
def shuffles_x_and_y_together(x, y, lam, rng):
    both = np.column_stack([x, y])
    mixed = lam * both + (1 - lam) * rng.permutation(both)
    return mixed[:, : x.shape[1]], mixed[:, x.shape[1] :]
