"""Claims about where batch norm stands, what stands in its place, and the other norms."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, less_than, vary
from course_lib.units.normalization.experiments.norms_in_training import (
    ALL_RATES,
    NORM_RATES,
    SELU_RATES,
    centred_outputs,
    instead_of_batch_norm,
    places,
)
from course_lib.units.normalization.experiments.recurrent_norms import RATES as READER_RATES
from course_lib.units.normalization.experiments.recurrent_norms import recurrent_norms
from course_lib.units.normalization.experiments.small_batches import RATES, small_batches

UNIT = "normalization"
IOFFE = "Ioffe and Szegedy 2015"
STEPS = (
    "hidden layers of {width} units, 320 samples of {data}; steps in batches of 64 until the mean loss of five batches "
    "is below 0.5, at most {limit}, each network at the best of its rates; means over {n_networks} networks"
)
READING = (
    "h = tanh(norm(x wx + h wh)), {width} units, reads the eight rows of {data} with the gain {gamma} at first; "
    "{n_steps} steps in batches of 32 on 320 of them, each norm at the best of its rates; accuracy in evaluation mode "
    "on 400 others; means over {n_networks} networks."
)


def _whose_change(result) -> int:
    """Whose logits change when a sequence is read alone: those of both norms, of batch norm alone, of neither."""
    return 2 if result.batch_alone < 0.1 else 0 if result.layer_alone > 0.1 else 1


CLAIMS = (
    Claim(
        id="03.05",
        in_notes="C07",
        unit=UNIT,
        statement="Instance Normalization, Group Normalization: Applied in computer vision models, especially in style "
        "transfer tasks.",
        question="Group norm is made for small batches. With batches of 2, each norm at its best rate, by how many "
        "points of accuracy is it ahead of batch norm on digits that were not trained on?",
        options=("none", "up to 20", "more than 20"),
        answer=at_least("lost_small", 0.0, 0.2),
        experiment=small_batches,
        setting="{activation}, {depth} hidden layers of {width} units, batch norm or group norm (four groups) before "
        "each activation; {n_samples} samples of {data} are seen in batches of {small} or {large}, each at the best of "
        "its rates; accuracy on samples of the training set that were not used; means over {n_networks} networks. "
        "Style: every second one of {channels} channels of an image, one of 16 of random pixels, times 2 plus 1; "
        "{n_groups} groups.",
        rates={"all": RATES},
        parts=(
            Part(
                "Instance Normalization [...] in style transfer tasks",
                "holds",
                "Of a change in the contrast and brightness of some channels it leaves {instance_kept:.0e}.",
                (below("instance_kept", 1e-3),),
            ),
            Part(
                "Group Normalization: Applied in computer vision models, especially in style transfer tasks",
                "misleading",
                "It leaves {group_kept:.2f} of the change (batch norm {batch_kept:.1f}). Its use: with batches of 2 it "
                "gets {group_small:.0%} right (rate {group_small_rate:g}), batch norm {batch_small:.0%} (rate "
                "{batch_small_rate:g}).",
                (above("least_kept", 0.1), above("lost_small", 0.2)),
            ),
        ),
        control=Control(
            "With batches of 32 batch norm is not behind: {batch_large:.0%}, and {group_large:.0%}.",
            (below("lost_large", 0.05),),
        ),
        verdict="misleading",
        correction="Instance norm wipes out the contrast of each channel of each image, which is what style transfer "
        "wants. Group norm keeps the differences between the channels of a group; it is made for batches too small to "
        "have a mean and a variance, as in the detection of objects in large images. The gap closes soon: to ten "
        "points or so with batches of 4. (The networks that were trained here are dense ones.)",
        source="Ulyanov, Vedaldi and Lempitsky 2016; Wu and He 2018, section 4.1",
        neighbours=vary(
            activation=("tanh",),
            depth=(2, 5),
            width=(16, 64),
            small=(4,),
            large=(16, 64),
            n_samples=(1280,),
            data=("printed digits",),
            channels=(4, 16),
        ),
    ),
    Claim(
        id="03.16",
        in_notes="H26-places",
        unit=UNIT,
        statement="Add a BatchNormalization layer before or after each hidden layer's activation function. Optionally, "
        "it can also be the very first layer of the model.",
        question="Batch norm before or after ReLU, each at its best rate: before it, the network needs ...",
        options=("less than two thirds of the steps", "about as many", "more than one and a half times as many"),
        answer=at_least("relu_ratio", 0.67, 1.5),
        experiment=places,
        setting="{depth} "
        + STEPS
        + ", each pixel centred. First layer: {input_depth} hidden tanh layers, no other batch "
        "norm, pixels in [0, 1].",
        rates={"all": NORM_RATES},
        parts=(
            Part(
                "before or after each hidden layer's activation function",
                "holds",
                "ReLU: {relu_before:.0f} steps before (rate {relu_before_rate:g}), {relu_after:.0f} after (rate "
                "{relu_after_rate:g}); tanh: {tanh_before:.0f} (rate {tanh_before_rate:g}) and {tanh_after:.0f} (rate "
                "{tanh_after_rate:g}).",
                (between("relu_ratio", 0.7, 1.45), between("tanh_ratio", 0.67, 1.6), below("worst_place", 0.85)),
            ),
            Part(
                "it can also be the very first layer of the model",
                "holds",
                "On raw pixels {first:.0f} steps, as on standardised ones without it: {standardized:.0f}.",
                (between("first_ratio", 0.75, 1.35),),
            ),
        ),
        control=Control(
            "Without batch norm ReLU takes {relu_without:.0f} steps, and the raw pixels {raw:.0f}.",
            (above("raw_ratio", 1.5),),
        ),
        verdict="holds",
        correction="It holds. In these networks after is a little better for tanh; for ReLU both are much better than "
        "none. As the first layer batch norm standardises the inputs.",
        source=f"{IOFFE}, section 3.2, puts it before the activation",
        neighbours=vary(depth=(4, 8), input_depth=(1, 3), width=(16, 64), data=("printed digits",), n_networks=(6,)),
    ),
    Claim(
        id="03.17",
        in_notes="N24-relu-not-centred",
        unit=UNIT,
        statement="ReLU: Not 0 centered {Batch Norm. helps solve this}.",
        question="Batch norm stands in front of ReLU, as in the notes' own steps. What is the mean of a unit's "
        "outputs, as a share of their spread?",
        options=("about 0", "about two thirds", "about 1, as without batch norm"),
        answer=lambda r: 0 if r.offset_before < 0.3 else 1 if r.offset_before < 0.85 else 2,
        experiment=centred_outputs,
        setting="Means and spreads of all units of untrained layers, on one batch. {depth} " + STEPS + ", each pixel "
        "centred.",
        rates={"all": ALL_RATES},
        parts=(
            Part(
                "Not 0 centered", "holds", "Without batch norm {offset_without:.2f}.", (above("offset_without", 0.85),)
            ),
            Part(
                "Batch Norm. helps solve this",
                "incomplete",
                "In front of ReLU it leaves {offset_before:.2f}, and training takes {before:.0f} steps (rate "
                "{before_rate:g}); behind it {offset_after:.0e}, and {after:.0f} (rate {after_rate:g}); without it "
                "{without:.0f} (rate {without_rate:g}).",
                (between("offset_before", 0.4, 0.8), above("before_gain", 1.3), above("after_gain", 1.3)),
            ),
        ),
        control=Control("Behind ReLU it does centre the outputs: {offset_after:.0e}.", (below("offset_after", 0.01),)),
        verdict="incomplete",
        correction="In front of ReLU batch norm centres what goes in; what comes out is never negative: for a normal "
        "distribution its mean is 0.40 and its spread 0.58. It helps nearly as much there as behind ReLU, so it does "
        "not need centred outputs for that.",
        source=f"{IOFFE}, section 3.2; LeCun, Bottou, Orr and Müller 1998 (Efficient backprop), section 4.4, on means",
        neighbours=vary(depth=(4, 8), width=(16, 64), data=("printed digits",), n_networks=(1, 6)),
    ),
    Claim(
        id="03.18",
        in_notes="H27-self-normalization",
        unit=UNIT,
        statement="SeLU: Self-Normalizing without using batch Normalization. [...] Kernel initializer: LeCun "
        "initialization. Activation function: SELU. Normalization: None (self-normalization).",
        question="Eight layers on centred inputs, each network at its best rate. SELU with LeCun's weights and no "
        "norm, compared with ReLU and batch norm, needs ...",
        options=("more than 1.3 times the steps", "about as many", "less than 0.9 of them"),
        answer=less_than("ratio", 1.3, 0.9),
        experiment=instead_of_batch_norm,
        setting="{depth} " + STEPS + ", each pixel centred; and first weights {wide} times as wide.",
        rates={"all": SELU_RATES},
        parts=(
            Part(
                "Self-Normalizing without using batch Normalization",
                "holds",
                "SELU takes {selu:.0f} steps (rate {selu_rate:g}), ReLU with batch norm {batch:.0f} (rate "
                "{batch_rate:g}), and without {plain:.0f}.",
                (below("ratio", 0.9), above("over_plain", 1.5)),
            ),
            Part(
                "Kernel initializer: LeCun initialization",
                "holds",
                "From wide weights SELU takes {selu_wide:.0f}, ReLU with batch norm {batch_wide:.0f}.",
                (above("ratio_wide", 1.1),),
            ),
        ),
        control=Control(
            "With batch norm the wide weights are no obstacle: {batch_wide:.0f}.", (below("batch_wide", 80.0),)
        ),
        verdict="holds",
        correction="It holds for dense layers, LeCun's weights and inputs of mean 0 and variance 1. SELU brings a "
        "small deviation back, batch norm any: each has a price, conditions there and the dependence on the batch "
        "here. (100 steps means: not by then.)",
        source="Klambauer, Unterthiner, Mayr and Hochreiter 2017, theorems 1 to 3",
        neighbours=vary(depth=(6, 12), width=(16, 64), wide=(2.0, 5.0), data=("printed digits",), n_networks=(6,)),
    ),
    Claim(
        id="03.22",
        in_notes="N25-layer-norm",
        unit=UNIT,
        statement="Layer Normalization: Normalizes across features rather than batches, useful for NLP tasks.",
        question="A recurrent network reads one sequence with 63 others, and then alone, with the norm in training "
        "mode both times. With which norm do its logits change by more than a tenth of their spread?",
        options=("with batch norm and with layer norm", "with batch norm only", "with neither"),
        answer=_whose_change,
        experiment=recurrent_norms,
        setting=READING,
        rates={"all": READER_RATES},
        parts=(
            Part(
                "Normalizes across features rather than batches",
                "holds",
                "With layer norm they change by {layer_alone:.0e}, with batch norm by up to {batch_alone:.1f}.",
                (below("layer_alone", 1e-4), above("batch_alone", 0.3)),
            ),
            Part(
                "useful for NLP tasks",
                "incomplete",
                "It gets {layer:.0%} right (rate {layer_rate:g}), no norm {without:.0%} (rate {without_rate:g}), and "
                "batch norm with statistics for each row {by_row:.0%} (rate {by_row_rate:g}).",
                (below("layer_gain", 0.05),),
            ),
        ),
        control=Control("All of them have learned: layer norm {layer:.0%}, guessing 10 %.", (above("layer", 0.6),)),
        verdict="incomplete",
        correction="What makes it useful for text is that a sequence needs no others beside it and may have any "
        "length; training and evaluation are one. Where batches are full and sequences equally long, as here, it "
        "makes no great difference: a little behind in so short a training, and level after 200 steps. (No "
        "text was read in this experiment.)",
        source="Ba, Kiros and Hinton 2016, sections 1 and 3.1",
        neighbours=vary(width=(16, 32), gamma=(0.5,), n_steps=(50, 120), data=("digits",), n_networks=(3,)),
    ),
    Claim(
        id="03.23",
        in_notes="C67-recurrent",
        unit=UNIT,
        statement="Gradient Clipping is a technique to prevent the exploding gradients problem, particularly useful in "
        "recurrent neural networks (RNNs) where Batch Normalization might not be effective.",
        question="A recurrent network with batch norm keeps one running mean and variance for all time steps, or one "
        "for each. How many points of accuracy does the second gain in evaluation?",
        options=("none", "up to 1", "more than 1"),
        answer=at_least("by_row_gain", 0.0, 0.01),
        experiment=recurrent_norms,
        setting=READING,
        rates={"all": READER_RATES},
        parts=(
            Part(
                "where Batch Normalization might not be effective",
                "incomplete",
                "With one pair {shared:.0%} are right (rate {shared_rate:g}), though in training mode the same network "
                "gets {shared_training:.0%}; with one for each row {by_row:.0%} (rate {by_row_rate:g}); without batch "
                "norm {without:.0%}.",
                (above("by_row_gain", 0.01), above("lost", 0.01)),
            ),
        ),
        control=Control(
            "With statistics for each row batch norm is about as good as none: {by_row:.0%} and {without:.0%}.",
            (above("by_row_over_none", -0.1),),
        ),
        verdict="incomplete",
        correction="The steps of a sequence have different means and spreads, so they need statistics of their own; "
        "then batch norm is about as good as none here. For lengths that were not trained there are none. "
        "(Clipping has its cards in unit 01.)",
        source="Cooijmans, Ballas, Laurent, Gülçehre and Courville 2017 (Recurrent batch normalization), section 3",
        neighbours=vary(width=(16, 32), gamma=(0.5,), n_steps=(50, 120), data=("digits",), n_networks=(3,)),
    ),
)
