"""Claims about dropout in use: what it does, where it stands, how strong it is, and what test time does."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.regularization.experiments.dropout_in_use import (
    FOREST_PROBABILITIES,
    FOREST_RATES,
    LAYER_PROBABILITIES,
    LAYER_RATES,
    MISSING_RATES,
    SPEED_RATES,
    at_test_time,
    dropout_strength,
    forest,
    layers_dropped,
    missing_units,
    slower_training,
)
from course_lib.units.regularization.experiments.tuned_methods import RATES

UNIT = "regularization"
SRIVASTAVA = "Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014"
LAYER = (
    "One hidden layer of {width} ReLU units, dropout behind it, {n_samples} samples of {data}, a share of {wrong} with "
    "wrong labels, "
)
EPOCHS = "{n_epochs} epochs in batches of 20"
TEST_TIME = (
    LAYER + "probability {p} of dropping a unit, rate {rate}, " + EPOCHS + "; new digits; means over {n_networks} "
    "networks."
)
TEST_TIME_NEIGHBOURS = vary(
    width=(32, 128), n_samples=(100, 400), wrong=(0.1,), p=(0.3, 0.6), n_epochs=(60,), data=("printed digits",)
)

CLAIMS = (
    Claim(
        id="04.13",
        in_notes="H33-robust-units",
        unit=UNIT,
        statement="Dropout randomly deactivates a percentage of neurons during training, preventing the model from "
        "relying too much on specific neurons and promoting generalization.",
        question="All labels are right, and each network has its best rate. With dropout, errors on new digits are ...",
        options=("fewer by a quarter or more", "as many, within a quarter", "more by a quarter or more"),
        answer=lambda r: 0 if r.gain < 0.75 else 1 if r.gain < 1.25 else 2,
        experiment=missing_units,
        setting=LAYER
        + EPOCHS
        + ", with right labels and with wrong ones; p {p}, each arm at the best of its rates; then "
        "a share of {missing} of the units is set to zero, {n_draws} times; means over {n_networks} networks.",
        rates={"both": MISSING_RATES},
        parts=(
            Part(
                "preventing the model from relying too much on specific neurons",
                "holds",
                "Right labels: with units missing, {drop_missing:.1%} errors instead of {drop:.1%}; without dropout "
                "{plain_missing:.1%} instead of {plain:.1%}.",
                (below("rise_ratio", 0.7),),
            ),
            Part(
                "and promoting generalization",
                "incomplete",
                "With all units, right labels: {drop:.1%} errors and {plain:.1%} without dropout. Wrong labels: "
                "{noisy_drop:.1%} and {noisy_plain:.1%}.",
                (below("noisy_gain", 1.0), between("gain", 0.76, 1.24)),
            ),
        ),
        control=Control(
            "Missing units cost the network without dropout {plain_rise:.1%} of the digits.",
            (above("plain_rise", 0.03),),
        ),
        verdict="incomplete",
        correction="A network that was trained with dropout loses less when units are missing. On new digits the "
        "gain is small once each network has its best rate: little or nothing with right labels, and about a tenth of "
        "the errors where some labels are wrong and should not be learned. (On printed digits it is larger.)",
        source=f"{SRIVASTAVA}, on the features that units learn",
        neighbours=vary(
            width=(32, 128),
            n_samples=(100,),
            wrong=(0.3,),
            missing=(0.3, 0.7),
            p=(0.3,),
            n_epochs=(60,),
            data=("printed digits",),
        ),
    ),
    Claim(
        id="04.14",
        in_notes="C32",
        unit=UNIT,
        statement="Dropout matches the random forest analogy because in R-Fake we introduce randomness & create "
        "multiple model variation & reduce overfitting through ensemble effect.",
        question="A forest of networks: each sees a draw of its own of the samples, and their probabilities are "
        "averaged. Compared with it, and each at its best, one network with dropout on hidden units and pixels makes "
        "...",
        options=(
            "fewer errors, by more than a fifth",
            "about as many: a fifth fewer to three tenths more",
            "more errors, by three tenths or more",
        ),
        answer=at_least("drop_over_bagged", 0.8, 1.3),
        experiment=forest,
        setting=LAYER
        + EPOCHS
        + "; dropout of units and of pixels with one probability, at the best of the rates and probabilities, or "
        "{n_members} networks without dropout, at the best of the rates for their mean, each with other first weights "
        "and {n_samples} draws with replacement from the samples; means over {n_networks} repetitions.",
        rates={"all": FOREST_RATES, "probabilities": FOREST_PROBABILITIES},
        parts=(
            Part(
                "introduce randomness & create multiple model variation",
                "holds",
                "One draw of masks makes {thinned:.0%} errors, the mean of twenty {drop_mean:.0%}, and on {same:.0%} "
                "of the digits one pass without dropout chooses as that mean does.",
                (above("thinned_over_mean", 1.2), above("same", 0.88), below("once_over_mean", 1.05)),
            ),
            Part(
                "matches the random forest analogy [...] & reduce overfitting through ensemble effect",
                "incomplete",
                "One network {plain:.1%} errors (rate {plain_rate:g}), with dropout {drop:.1%} (p {drop_p:g}, rate "
                "{drop_rate:g}), the forest {bagged:.1%} (rate {bagged_rate:g}).",
                (below("bagged_gain", 0.95), below("drop_gain", 0.95), between("drop_over_bagged", 0.85, 1.28)),
            ),
        ),
        control=Control(
            "A network of the forest alone makes {member:.1%}: it is the mean that counts.",
            (above("member_over_bagged", 1.2),),
        ),
        verdict="incomplete",
        correction="It is an analogy, and a close one in what it gains. (R-Fake must be the random forest.) But "
        "thinned networks share their weights, and none is trained to the end by itself; their mean is no better than "
        "one pass without dropout, which gives nearly the same answers. Each member of a forest is trained by itself, "
        "which costs as many training runs as there are members. (Where only hidden units were dropped, dropout gained "
        "less than the forest.)",
        source=f"{SRIVASTAVA}, section 1, for dropout as a mean of networks that share weights",
        neighbours=vary(width=(32, 128), n_samples=(100,), wrong=(0.3,), n_members=(8, 20), data=("printed digits",)),
    ),
    Claim(
        id="04.15",
        in_notes="C31",
        unit=UNIT,
        statement="So if more nodes active during testing, output will be larger so we do weight scaling. If p=0.3, "
        "then w=w(1-p) during testing.",
        question="A network was trained with dropout that does not rescale. Scaled, it stands for the mean of many "
        "passes with dropout. The scaling is forgotten: on new digits it ...",
        options=(
            "makes about as many errors, and its probabilities are as near to that mean",
            "makes about as many errors, but its probabilities are farther from that mean",
            "makes far more errors",
        ),
        answer=lambda r: 2 if r.raw_error_ratio > 1.25 else 1 if r.raw_off_ratio > 1.1 else 0,
        experiment=at_test_time,
        setting=TEST_TIME,
        parts=(
            Part(
                "if more nodes active during testing, output will be larger",
                "holds",
                "Logits are {raw_size:.2f} times as large; 1 / (1 - p) is what arithmetic says, but for the bias.",
                (above("raw_size", 1.2),),
            ),
            Part(
                "so we do weight scaling",
                "holds",
                "Unscaled, its probabilities are {raw_off_ratio:.1f} times as far from the mean of twenty passes with "
                "dropout; the loss is {raw_loss:.2f} nats, scaled {scaled_loss:.2f}; errors {raw_error:.1%} and "
                "{scaled_error:.1%}.",
                (above("raw_off_ratio", 1.2), between("raw_error_ratio", 0.8, 1.2)),
            ),
        ),
        control=Control(
            "Inverted dropout needs no scaling: loss {inverted_loss:.2f}, and on {same:.0%} of the digits the same "
            "answer.",
            (above("same", 0.9),),
        ),
        verdict="holds",
        correction="It holds for dropout that does not rescale in training, as in the paper (whose p is the "
        "probability of keeping a unit). That outputs are larger could hardly come out otherwise; that it matters "
        "could. Which digit is chosen hardly changes, since all logits grow alike: the network becomes surer than its "
        "thinned networks are together. Where labels are wrong, or digits easy, the loss may not show it. Today's "
        "libraries divide by 1 - p in training instead, and leave the weights alone.",
        source=f"{SRIVASTAVA}, for the scaling, and for the form of today as the alternative",
        neighbours=TEST_TIME_NEIGHBOURS,
    ),
    Claim(
        id="04.16",
        in_notes="C64",
        unit=UNIT,
        statement="Post-training, dropout isn't applied, but the weights are adjusted to compensate for the dropout "
        "during training.",
        question="A network was trained with dropout as Keras and PyTorch do it. Now its weights are multiplied by 1 "
        "- p, as it says here. Its loss on new digits ...",
        options=("falls", "stays, within 3 %", "rises"),
        answer=at_least("twice_loss_ratio", 0.97, 1.03),
        experiment=at_test_time,
        setting=TEST_TIME,
        parts=(
            Part(
                "dropout isn't applied",
                "holds",
                "Without it, and nothing adjusted, {inverted_error:.1%} are wrong, with it {random_error:.1%}.",
                (above("random_ratio", 1.1),),
            ),
            Part(
                "but the weights are adjusted to compensate for the dropout during training",
                "misleading",
                "Nothing adjusted, the loss is {inverted_loss:.2f} nats; adjusted, it is {twice_loss:.2f}, "
                "{twice_loss_ratio:.2f} times as much, and {twice_error:.1%} are wrong.",
                (above("twice_loss_ratio", 1.03), between("twice_error_ratio", 0.8, 1.2)),
            ),
        ),
        control=Control(
            "In a network that was trained without rescaling, the adjustment is needed: without it the probabilities "
            "are {raw_off_ratio:.1f} times as far from the mean of passes with dropout.",
            (above("raw_off_ratio", 1.1),),
        ),
        verdict="misleading",
        correction="That is how the paper did it. Keras and PyTorch compensate in training, by dividing what is kept "
        "by 1 - p; whoever adjusts the weights as well compensates twice, and the network is not sure enough. By how "
        "much the loss rises depends: with a small p, or in a network that is too sure after many epochs, by little.",
        source=f"{SRIVASTAVA}, for the scaling, and for the form of today as the alternative",
        neighbours=TEST_TIME_NEIGHBOURS,
    ),
    Claim(
        id="04.17",
        in_notes="C33",
        unit=UNIT,
        statement="Start out by applying dropout only on last layer.",
        question="Two hidden layers, one label in five is wrong. Dropout on pixels and both layers, compared with "
        "dropout on the last hidden layer only, each at its best:",
        options=("more errors", "as many, within a twentieth", "fewer errors"),
        answer=lambda r: 0 if r.pixels_ratio > 1.05 else 1 if r.pixels_ratio > 0.95 else 2,
        experiment=layers_dropped,
        setting="{depth} hidden layers of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with "
        "wrong "
        "labels, "
        + EPOCHS
        + ", each arm at the best of its rates and probabilities, one probability for all its layers; "
        "means over {n_networks} networks.",
        rates={"rates": LAYER_RATES, "probabilities": LAYER_PROBABILITIES},
        parts=(
            Part(
                "",
                "misleading",
                "Only the last: {last:.1%} errors (p {last_drop:g}); all hidden layers: {hidden:.1%}; pixels, too: "
                "{pixels:.1%} (p {pixels_drop:g}).",
                (below("pixels_ratio", 0.94), below("hidden_ratio", 1.05)),
            ),
        ),
        control=Control("Without dropout: {plain:.1%}.", (between("last_gain", 0.7, 1.1),)),
        verdict="misleading",
        correction="On the last layer alone dropout gains little here, and up to a quarter in other settings (more "
        "epochs, samples or units); the pixels, and here the layer before it, add to that. In layers of 128 units the "
        "layer before it does not, and the pixels add a tenth or so. As a first try it costs little, but it says "
        "little of what dropout can do.",
        source=f"{SRIVASTAVA}, where pixels and units of all hidden layers are dropped",
        neighbours=vary(
            depth=(3,), width=(32, 128), n_samples=(100, 300), wrong=(0.3,), n_epochs=(45,), data=("printed digits",)
        ),
    ),
    Claim(
        id="04.18",
        in_notes="C13",
        unit=UNIT,
        statement="General good range of dropout = 10% to 50%.",
        question="One label in five is wrong, each p with its own best rate. Where do networks with p = 0.95 stand, "
        "compared with the best p in that range?",
        options=("as many errors, within 5 %", "up to 15 % more", "more than 15 % more"),
        answer=at_least("high_ratio", 1.05, 1.15),
        experiment=dropout_strength,
        setting=LAYER
        + EPOCHS
        + "; p of 0, 0.1, 0.3, 0.5, 0.7 and 0.95, each at the best of the rates; at a rate of 0.3, "
        "too, at which the network without dropout learns its labels by heart; means over {n_networks} networks.",
        rates={"all": RATES},
        parts=(
            Part(
                "",
                "holds",
                "Errors on new digits with p of 0, 0.1, 0.3, 0.5, 0.7 and 0.95: {best_0:.1%}, {best_1:.1%}, "
                "{best_3:.1%}, {best_5:.1%}, {best_7:.1%}, {best_95:.1%}.",
                (between("none_ratio", 1.0, 1.45), between("seven_ratio", 0.9, 1.35), above("high_ratio", 1.16)),
            ),
        ),
        control=Control(
            "At one rate for all, p = 0.8 leaves {gap_share:.0%} of the gap without dropout.",
            (below("gap_share", 0.9),),
        ),
        verdict="holds",
        correction="It holds here: nothing outside the range is better than the best in it by more than a tenth. But "
        "p = 0.7 does nearly as well, and without any dropout there are only somewhat more errors: p matters little "
        "once the rate fits. The range is meant for units of hidden layers; inputs are dropped less often in the "
        "paper.",
        source=f"{SRIVASTAVA}, on the effect of the probability",
        neighbours=vary(
            width=(32, 128), n_samples=(100, 300), wrong=(0.1, 0.3), n_epochs=(45,), data=("printed digits",)
        ),
    ),
    Claim(
        id="04.19",
        in_notes="N31-choose-p",
        unit=UNIT,
        statement="Overfitting = Increase value of P. Underfitting = Decrease the value of P.",
        question="At one rate, p rises from 0 to 0.8. What becomes of the gap between test and training error?",
        options=("it stays, within a tenth", "it shrinks, by less than a fifth", "it shrinks by more than a fifth"),
        answer=lambda r: 0 if r.gap_share > 0.9 else 1 if r.gap_share > 0.8 else 2,
        experiment=dropout_strength,
        setting=LAYER
        + EPOCHS
        + ", at a rate of 0.3 with p of 0, 0.3, 0.8 and 0.9, and for the errors of the control each "
        "at the best of the rates; means over {n_networks} networks.",
        rates={"control": RATES},
        parts=(
            Part(
                "Overfitting = Increase value of P",
                "holds",
                "The gap with p of 0, 0.3 and 0.8: {gap_0:.0%}, {gap_3:.0%}, {gap_8:.0%}.",
                (below("gap_share", 0.79),),
            ),
            Part(
                "Underfitting = Decrease the value of P",
                "holds",
                "Training errors with p of 0.9, 0.8, 0.3 and 0: {train_9:.0%}, {train_8:.0%}, {train_3:.0%}, "
                "{train_0:.0%}.",
                (above("train_rise", 0.1),),
            ),
        ),
        control=Control(
            "Each p at its best rate, errors on new digits change less: with 0 they are {none_ratio:.2f} times those "
            "of the best of 0.1, 0.3 and 0.5 ({best_0:.1%}; with 0.7 {best_7:.1%}).",
            (between("none_ratio", 0.95, 1.45),),
        ),
        verdict="holds",
        correction="It holds. A smaller gap is not yet a better network: with a p that is too high, the training "
        "error rises to meet the test error. And a lower rate does much of the same work.",
        source=f"{SRIVASTAVA}, on the effect of the probability",
        neighbours=vary(
            width=(32, 128), n_samples=(100, 300), wrong=(0.1, 0.3), n_epochs=(45,), data=("printed digits",)
        ),
    ),
    Claim(
        id="04.20",
        in_notes="H34-slow",
        unit=UNIT,
        statement="Convergence is slow.",
        question="Each network at its quickest rate: until the training error is below 5 %, one with dropout takes ...",
        options=("as many epochs, within a tenth", "up to three times as many", "more than three times as many"),
        answer=at_least("ratio", 1.1, 3.0),
        experiment=slower_training,
        setting=LAYER
        + "batches of 20; p {p}; epochs until the training error, without dropout, is below {target}, at most "
        "{limit}, each arm at the best of the rates; means over {n_networks} networks.",
        rates={"both": SPEED_RATES},
        parts=(
            Part(
                "",
                "holds",
                "{drop:.1f} epochs (rate {drop_rate:g}) instead of {plain:.1f} (rate {plain_rate:g}), {ratio:.1f} "
                "times as many.",
                (between("ratio", 1.15, 2.9),),
            ),
        ),
        control=Control(
            "The target is within reach: without dropout it takes {plain:.1f} epochs.", (below("plain", 15.0),)
        ),
        verdict="holds",
        correction="It holds. Each step trains what is left of the network on a noisier gradient, and here the "
        "quickest rate is lower.",
        source=f"{SRIVASTAVA}, whose conclusion names two to three times",
        neighbours=vary(
            width=(32, 128), n_samples=(100, 400), p=(0.3, 0.6), target=(0.02,), wrong=(0.05,), data=("printed digits",)
        ),
    ),
)
