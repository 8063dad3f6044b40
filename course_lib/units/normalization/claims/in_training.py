"""Claims about what batch norm does for training."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.normalization.experiments.as_regularizer import DECAYS, as_regularizer
from course_lib.units.normalization.experiments.as_regularizer import RATES as ERROR_RATES
from course_lib.units.normalization.experiments.internal_shift import RATES as SHIFT_RATES
from course_lib.units.normalization.experiments.internal_shift import internal_shift
from course_lib.units.normalization.experiments.norms_in_training import (
    ALL_RATES,
    NORM_RATES,
    START_RATES,
    bad_starts,
    higher_rates,
    saturating,
)
from course_lib.units.normalization.experiments.untrained_norms import exploding_gradients

UNIT = "normalization"
IOFFE = "Ioffe and Szegedy 2015"
SANTURKAR = "Santurkar, Tsipras, Ilyas and Madry 2018"
STEPS = (
    "hidden layers of {width} units, 320 samples of {data}, each pixel centred; steps in batches of 64 until the mean "
    "loss of five batches is below 0.5, at most {limit}, each network at the best of its rates; means over "
    "{n_networks} networks"
)


CLAIMS = (
    Claim(
        id="03.04",
        in_notes="C03",
        unit=UNIT,
        statement="Normalizes activations across mini-batches, reducing internal covariate shift. Enables the use of "
        "higher learning rates and faster convergence. [...] Even if input is standardized internal values keep "
        "changing & we apply Batch Normalisation.",
        question="Behind each batch norm every unit is shifted and stretched by random numbers, new ones at every "
        "step, so that what the layers get moves more than without batch norm. Each network at its best rate: the "
        "disturbed one is ...",
        options=(
            "no faster than without batch norm",
            "faster than that, and slowed by more than half",
            "about as fast as with batch norm undisturbed",
        ),
        answer=lambda r: 0 if r.noisy_gain < 1.0 else 1 if r.noise_costs > 1.5 else 2,
        experiment=internal_shift,
        setting="{depth} {activation} " + STEPS + ". Noise, the same for all samples of a step: shifts in "
        "[-{noise_shift}, {noise_shift}], factors in [1, {noise_scale}]. Shift: by how much a unit's mean over 64 "
        "fixed samples moves in a step, over the first {n_steps}, as a share of the units' spread.",
        rates={"all": SHIFT_RATES},
        parts=(
            Part(
                "reducing internal covariate shift",
                "holds",
                "In one step the means move by {batch_shift:.2f} of the spread, without batch norm by "
                "{plain_shift:.2f}.",
                (below("batch_shift_ratio", 0.5),),
            ),
            Part(
                "Enables [...] faster convergence",
                "holds",
                "{batch:.0f} steps (rate {batch_rate:g}) instead of {plain:.0f} (rate {plain_rate:g}).",
                (above("batch_gain", 1.5),),
            ),
            Part(
                "internal values keep changing & we apply Batch Normalisation",
                "misleading",
                "With noise they move by {noisy_shift:.2f}, and it takes {noisy:.0f} steps (rate {noisy_rate:g}).",
                (above("shift_ratio", 1.3), above("noisy_gain", 1.5), below("noise_costs", 1.5)),
            ),
        ),
        control=Control(
            "The noise moves the means {shift_ratio:.1f} times as far as they move without batch norm, and is no help "
            "by itself: with it and without batch norm, {noisy_plain:.0f} steps.",
            (above("noisy_shift", 0.1), above("gain_in_noise", 1.4)),
        ),
        verdict="misleading",
        correction="Batch norm does steady the distributions here. It helps as much when noise takes that away again, "
        "so in these sigmoid networks this is not why it helps. (Santurkar et al. found the same in a large ReLU "
        "network, with other noise, drawn for each sample too; they propose a smoother loss as the reason. In small "
        "ReLU networks noise as strong as this one slows all down, but those without batch norm at least as much. Tanh "
        "layers gain nothing to begin with.)",
        source=f"{IOFFE}, section 2, for the idea; {SANTURKAR}, section 2, against it",
        neighbours=vary(
            activation=("relu", "tanh"),
            depth=(2, 4),
            width=(16, 64),
            noise_shift=(0.5, 2.0),
            noise_scale=(2.0,),
            n_steps=(10, 30),
            data=("printed digits",),
        ),
    ),
    Claim(
        id="03.11",
        in_notes="H21-higher-rates",
        unit=UNIT,
        statement="Enables the use of higher learning rates and faster convergence.",
        question="Six ReLU layers with He's weights. The largest rate at which the network still gets there: with "
        "batch norm it is ...",
        options=("smaller", "the same", "at least three times as large"),
        answer=lambda r: 0 if r.top_ratio < 0.7 else 1 if r.top_ratio < 2.5 else 2,
        experiment=higher_rates,
        setting="{depth} {activation} " + STEPS + ".",
        rates={"all": ALL_RATES},
        parts=(
            Part(
                "Enables the use of higher learning rates",
                "holds",
                "Every network gets there at rates up to {batch_top:g}, without batch norm up to {plain_top:g}.",
                (above("top_ratio", 2.5),),
            ),
            Part(
                "and faster convergence",
                "holds",
                "{batch:.0f} steps (rate {batch_rate:g}) instead of {plain:.0f} (rate {plain_rate:g}).",
                (above("speedup", 1.3),),
            ),
        ),
        control=Control(
            "The network without batch norm is no straw man: it gets there at {plain_usable:.0f} of the rates.",
            (above("plain_usable", 0.5), below("plain", 80.0)),
        ),
        verdict="holds",
        correction="It holds for ReLU. Tanh and SELU layers bear higher rates with it too, but they train well without "
        "it, and gain little speed. (Ioffe and Szegedy's reason for the rate: a large step makes weights large, and "
        "batch norm divides by their size.)",
        source=f"{IOFFE}, section 3.3",
        neighbours=vary(
            activation=("tanh", "selu"), depth=(4, 8), width=(16, 64), data=("printed digits",), n_networks=(6,)
        ),
    ),
    Claim(
        id="03.12",
        in_notes="H22-initialisation",
        unit=UNIT,
        statement="It makes training faster, more stable & less sensitive to 'w' initialization.",
        question="Four ReLU layers; all first weights a tenth of He's, or five times. Each at its best rate: which "
        "network is slowed down more, compared with its steps from He's own weights?",
        options=("the one with batch norm", "both alike, within a tenth", "the one without batch norm"),
        answer=at_least("advantage", 0.9, 1.1),
        experiment=bad_starts,
        setting="{depth} {activation} " + STEPS + "; first weights {small} and {large} times He's.",
        rates={"all": START_RATES},
        parts=(
            Part(
                "faster",
                "holds",
                "From He's weights {batch:.0f} steps instead of {plain:.0f}.",
                (above("speedup", 1.3),),
            ),
            Part(
                "more stable & less sensitive to 'w' initialization",
                "holds",
                "From small weights {batch_small:.0f}, from large ones {batch_large:.0f}; without batch norm "
                "{plain_small:.0f} and {plain_large:.0f} (200: not by then).",
                (above("advantage", 1.15),),
            ),
        ),
        control=Control(
            "From He's weights both get there: without batch norm in {plain:.0f} steps.", (below("plain", 60.0),)
        ),
        verdict="holds",
        correction="It holds: less sensitive, not insensitive. The output layer has no norm behind it, and the scale "
        "of the other weights still sets how fast they turn.",
        source=f"{IOFFE}, section 3.3",
        neighbours=vary(
            activation=("tanh",),
            depth=(3, 6),
            width=(16, 64),
            small=(0.03, 0.2),
            large=(3.0, 10.0),
            data=("printed digits",),
        ),
    ),
    Claim(
        id="03.13",
        in_notes="H23-flexible-activations",
        unit=UNIT,
        statement="Flexibility in Activation Functions: It enables the use of activation functions that are otherwise "
        "prone to causing vanishing or exploding gradients, like tanh or logistic sigmoid.",
        question="Six sigmoid layers, each network at its best rate: without batch norm it takes ...",
        options=("as many steps as with it", "up to twice as many", "more than twice as many, if it gets there"),
        answer=at_least("sigmoid_gain", 1.2, 2.0),
        experiment=saturating,
        setting="{depth} " + STEPS + "; normal weights of variance 1 / fan_in, and for tanh {narrow} times as wide.",
        rates={"all": NORM_RATES},
        parts=(
            Part(
                "logistic sigmoid",
                "holds",
                "With batch norm {sigmoid_batch:.0f} steps (rate {sigmoid_batch_rate:g}), without {sigmoid:.0f}.",
                (above("sigmoid_gain", 2.2),),
            ),
            Part(
                "tanh",
                "holds",
                "From narrow weights {tanh_batch:.0f} (rate {tanh_batch_rate:g}) and {tanh:.0f}; from weights of "
                "variance 1 / fan_in it needs no batch norm, {tanh_lecun:.0f}.",
                (above("tanh_gain", 2.2), below("tanh_lecun", 60.0)),
            ),
        ),
        control=Control("One sigmoid layer without batch norm takes {shallow:.0f}.", (below("shallow", 60.0),)),
        verdict="holds",
        correction="It holds; where it says 120 steps the network had not got there. Tanh causes no trouble with the "
        "right weights; the sigmoid does with weights of this variance.",
        source=f"{IOFFE}, section 4.2.2, trains a deep network of sigmoids",
        neighbours=vary(depth=(5, 8), width=(16, 64), narrow=(0.3, 0.6), data=("printed digits",), n_networks=(6,)),
    ),
    Claim(
        id="03.14",
        in_notes="N23-exploding-gradients",
        unit=UNIT,
        statement="For Exploding Gradients: Implement gradient clipping, proper weight initialization, and batch "
        "normalization to manage gradient magnitudes.",
        question="Twenty untrained ReLU layers with He's weights, which keep the size of a gradient. Then batch norm "
        "is added to every layer. What is a gradient multiplied by now, from the last layer to the first?",
        options=("about 1, within a factor of 5", "5 to 1000", "more than 1000"),
        answer=at_least("batch", 5.0, 1000.0),
        experiment=exploding_gradients,
        setting="{depth} untrained {activation} layers of {width} units, a batch of {batch_size} digits; He's weights "
        "and {wide} times as wide ones; means over {n_networks} networks.",
        parts=(
            Part(
                "proper weight initialization",
                "holds",
                "With He's weights {he:.1f}, with wide ones {wide:.0e}.",
                (between("he", 0.1, 5.0), above("wide", 1e6)),
            ),
            Part(
                "and batch normalization",
                "incomplete",
                "With batch norm {batch_wide:.0f} from the wide weights, and as much, {batch:.0f}, from He's: "
                "{batch_per_layer:.2f} for each layer.",
                (between("batch", 6.0, 900.0), between("batch_wide", 6.0, 900.0)),
            ),
        ),
        control=Control(
            "Without batch norm the width of the weights counts, with it it does not: a factor of {by_width:.2f}.",
            (between("by_width", 0.8, 1.25),),
        ),
        verdict="incomplete",
        correction="Batch norm replaces the factor of the weights by one of its own, which is 1.21 a layer in wide "
        "ReLU networks, sqrt(pi / (pi - 1)): a cure for bad weights, and itself a cause of growth in very deep "
        "networks. (Clipping has its cards in unit 01.)",
        source="Yang, Pennington, Rao, Sohl-Dickstein and Schoenholz 2019 (A mean field theory of batch normalization)",
        neighbours=vary(activation=("tanh",), depth=(15, 30), width=(32, 128), batch_size=(32, 128), wide=(2.5, 5.0)),
    ),
    Claim(
        id="03.15",
        in_notes="H24-regularizer",
        unit=UNIT,
        statement="Acts as Regularizer: BN can reduce the need for other regularization techniques, potentially "
        "simplifying the model.",
        question="160 digits, two ReLU layers, best rate and best weight decay. Decay lowers the error of the network "
        "without batch norm. And that of the network with it?",
        options=("by as much", "by less", "by next to nothing"),
        answer=lambda r: (
            0 if r.decay_ratio_with_batch <= r.decay_ratio else 1 if r.decay_ratio_with_batch < 0.95 else 2
        ),
        experiment=as_regularizer,
        setting="ReLU, {depth} hidden layers of {width} units, {n_samples} samples of {data}, {n_steps} steps in "
        "batches of {batch_size}; error on the samples of the training set that were not used; each network at the "
        "best of its rates, and of the decays where it has one; means over {n_networks} networks.",
        rates={"all": ERROR_RATES, "decays": DECAYS},
        parts=(
            Part(
                "Acts as Regularizer",
                "incomplete",
                "The error is {batch:.1%} (rate {batch_rate:g}) instead of {plain:.1%} (rate {plain_rate:g}), at the "
                "latter rate {batch_same_rate:.1%}; with layer norm, which mixes no samples, {layer:.1%}.",
                (above("ratio", 0.75),),
            ),
            Part(
                "BN can reduce the need for other regularization techniques, potentially simplifying the model",
                "incomplete",
                "Decay adds nothing to batch norm: {batch_decay:.1%} (strength {batch_strength:g}). But decay without "
                "batch norm is at least as good: {plain_decay:.1%} (strength {plain_strength:g}).",
                (above("decay_ratio_with_batch", 0.95), above("either", 0.92)),
            ),
        ),
        control=Control(
            "Decay does help the network without batch norm: {decay_ratio:.2f} of its error.",
            (below("decay_ratio", 0.93),),
        ),
        verdict="incomplete",
        correction="In these networks it lowers the error by a tenth to a fifth, less surely than decay does, and half "
        "of that or more comes of the higher rate that it allows; the noise of its batches does not explain what layer "
        "norm does too. Decay is of no use on top of it, yet batch norm is no better than decay. (Ioffe and Szegedy "
        "could leave out dropout in a network of photographs.)",
        source=f"{IOFFE}, section 3.4",
        neighbours=vary(
            depth=(1, 3),
            width=(16, 64),
            n_samples=(96, 320),
            batch_size=(16, 64),
            n_steps=(60, 200),
            data=("printed digits",),
        ),
    ),
)
