"""Claims about the size of a network, the number of samples, changed images and smoothed labels."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.regularization.experiments.changed_images import AUGMENT_RATES, changed_images
from course_lib.units.regularization.experiments.narrowed_gap import (
    SIZE_RATES,
    USUAL_EPS,
    size_and_data,
    smoothing_with_wrong_labels,
)
from course_lib.units.regularization.experiments.tuned_methods import RATES, STRENGTHS

UNIT = "regularization"
SIZE = (
    "One hidden layer of {narrow}, {width} and {wide} ReLU units, {n_samples} samples of {data}, or {more} times as "
    "many, a share of {wrong} with wrong labels; {n_epochs} epochs in batches of 20, with more samples of {more} times "
    "20; at a rate of 0.3, and at the best of the rates; means over {n_networks} networks."
)

CLAIMS = (
    Claim(
        id="04.24",
        in_notes="H35-simpler",
        unit=UNIT,
        statement="Simpler architectures: Reducing unnecessary depth/width in the model minimizes overfitting.",
        question="One label in five is wrong. A network of 64 hidden units, and one of 12, which is nearly "
        "enough to learn all labels by heart. Each at its best rate, the small one's errors on new digits are ...",
        options=("fewer by more than 5 %", "as many, within 5 %", "more by at least 5 %"),
        answer=at_least("narrow_best_gain", 0.95, 1.05),
        experiment=size_and_data,
        setting=SIZE,
        rates={"all": SIZE_RATES},
        parts=(
            Part(
                "",
                "misleading",
                "At a rate at which labels are learned by heart the gap is {middle_gap:.0%}; with few units "
                "{narrow_share:.2f} times that (training error {narrow_train:.1%}). Errors on new digits, each at its "
                "best rate: {narrow_best:.0%} with few units, {middle_best:.0%}, and {wide_best:.0%} with many.",
                (
                    below("narrow_train", 0.1),
                    above("narrow_share", 0.85),
                    above("narrow_best_gain", 1.06),
                    below("wide_best_gain", 1.1),
                ),
            ),
        ),
        control=Control(
            "More samples shrink the gap and the errors: {more_share:.0%} of the gap, {more_best:.0%} errors.",
            (below("more_share", 0.6), below("more_best_gain", 0.85)),
        ),
        verdict="misleading",
        correction="Fewer units do not help here (depth was not varied): they are still enough to learn nearly all "
        "labels by heart, the gap is no smaller, and there are more errors. More units than 64 do no harm. Only the "
        "errors on new samples tell which width is unnecessary.",
        source="Belkin, Hsu, Ma and Mandal 2019, arXiv:1812.11118, on networks beyond the size that fits all samples",
        neighbours=vary(
            narrow=(10, 16),
            width=(96,),
            wide=(128,),
            n_samples=(150, 300),
            wrong=(0.1, 0.3),
            n_epochs=(45,),
            data=("printed digits",),
        ),
    ),
    Claim(
        id="04.25",
        in_notes="H36-more-data",
        unit=UNIT,
        statement="Collecting more data: A larger, diverse dataset helps prevent overfitting and improves real-world "
        "performance.",
        question="Four times as many samples, one label in five still wrong, each network at its best rate. Errors "
        "on new digits are ...",
        options=("as many, within a tenth", "fewer, by up to a quarter", "fewer, by more than a quarter"),
        answer=lambda r: 0 if r.more_best_gain > 0.9 else 1 if r.more_best_gain > 0.75 else 2,
        experiment=size_and_data,
        setting=SIZE,
        rates={"all": SIZE_RATES},
        parts=(
            Part(
                "helps prevent overfitting",
                "holds",
                "With fewer samples the gap is {middle_gap:.0%}, with more it is {more_share:.0%} of that.",
                (below("more_share", 0.6),),
            ),
            Part(
                "and improves real-world performance",
                "holds",
                "{more_best:.1%} errors instead of {middle_best:.1%}.",
                (below("more_best_gain", 0.74),),
            ),
        ),
        control=Control(
            "A narrower network makes more errors, {narrow_best:.0%}.",
            (above("narrow_best_gain", 1.0),),
        ),
        verdict="holds",
        correction="It holds, even with as large a share of wrong labels: errors that are made at random average out. "
        "Batches are larger by as much as the data, so that both networks take as many steps. What a more diverse "
        "dataset gains was not tried.",
        source="Goodfellow, Bengio and Courville 2016, Deep Learning, chapter 11, on when to gather more data",
        neighbours=vary(
            more=(3, 5),
            width=(48, 96),
            n_samples=(100, 150),
            wrong=(0.1, 0.3),
            n_epochs=(45,),
            data=("printed digits",),
        ),
    ),
    Claim(
        id="04.26",
        in_notes="H37-augmentation",
        unit=UNIT,
        statement="Data augmentation: Techniques like rotation, cropping, flipping, and noise addition artificially "
        "increase dataset size, improving generalization.",
        question="Handwritten digits, new changes in each epoch. Which of the four cause *more* errors on new digits?",
        options=("none", "flipping", "cropping and flipping", "all four"),
        answer=lambda r: (
            3
            if min(r.rotation_ratio, r.noise_ratio, r.crop_ratio, r.flip_ratio) > 1.1
            else 2
            if min(r.crop_ratio, r.flip_ratio) > 1.05
            else 1
            if r.flip_ratio > 1.05
            else 0
        ),
        experiment=changed_images,
        setting="One hidden layer of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with "
        "wrong labels, {n_epochs} epochs in batches of 20, each arm at the best of the rates; turns of up to "
        "{degrees} degrees, crops of the image with a margin of {pad}, mirrored with probability 1/2, noise of "
        "{noise} in pixels of 0 to 1, or twice as many samples in batches twice as large; early: "
        "after {early} epochs; means over {n_networks} networks.",
        rates={"all": AUGMENT_RATES},
        parts=(
            Part(
                "rotation",
                "incomplete",
                "{rotation:.1%} errors, without changes {plain:.1%}.",
                (between("rotation_ratio", 0.7, 1.09),),
            ),
            Part(
                "cropping",
                "misleading",
                "{crop:.1%}, and after a few epochs {early_crop:.1%} instead of {early_plain:.1%}.",
                (above("crop_ratio", 1.06), above("early_crop_ratio", 1.2)),
            ),
            Part("flipping", "misleading", "{flip:.1%}.", (above("flip_ratio", 1.06),)),
            Part("noise addition", "incomplete", "{noise:.1%}.", (between("noise_ratio", 0.7, 1.09),)),
            Part(
                "artificially increase dataset size, improving generalization",
                "misleading",
                "Twice as many digits, without changes: {more:.1%}.",
                (below("more_ratio", 0.85), above("rotation_over_more", 1.1), above("noise_over_more", 1.1)),
            ),
        ),
        control=Control(
            "What crops cost shrinks with time: {early_crop_ratio:.1f} times the errors early, {crop_ratio:.1f} "
            "times at the end.",
            (above("crop_recovers", 1.05),),
        ),
        verdict="misleading",
        correction="A change helps if it keeps the label and leads to images like those to come. Most "
        "mirrored digits are no digits any more. A crop with a margin of one pixel shifts these small images by up to "
        "an eighth; but the new digits are all centred, so that a network which has seen shifted ones has learned what "
        "it does not need, and takes longer. Small turns change little here; noise spares up to a quarter of the "
        "errors on some draws, and none on others; neither is worth as much as other digits.",
        source="Simard, Steinkraus and Platt 2003, for changes that keep the label",
        neighbours=vary(
            width=(128,),
            n_samples=(150,),
            degrees=(5.0, 10.0),
            noise=(0.15, 0.35),
            n_epochs=(40,),
            early=(5,),
            data=("printed digits",),
        ),
    ),
    Claim(
        id="04.27",
        in_notes="N32-smoothing-generalizes",
        unit=UNIT,
        statement="This subtle manipulation can improve generalization significantly, enhancing the model’s ability to "
        "handle ambiguous or noisy data.",
        question="One label in five is wrong. Label smoothing at its best, compared with none, each at its best "
        "rate: errors on new digits are ...",
        options=("fewer by a tenth or more", "as many, within a tenth", "more by a tenth or more"),
        answer=at_least("smooth_gain", 0.9, 1.1),
        experiment=smoothing_with_wrong_labels,
        setting="{depth} hidden layer of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with "
        "wrong labels, {n_epochs} epochs in batches of 20, each arm at the best of its rates and strengths; means "
        "over {n_networks} networks.",
        rates={"rates": RATES, "eps": (*STRENGTHS["smooth"], USUAL_EPS), "L2": STRENGTHS["l2"]},
        parts=(
            Part(
                "",
                "incomplete",
                "{smooth_error:.1%} errors (eps {smooth:.3g}), without smoothing {plain_error:.1%}; with eps of 0.1, "
                "as is usual, {usual_error:.1%}.",
                (between("smooth_gain", 0.93, 1.08), above("usual_gain", 0.93)),
            ),
        ),
        control=Control("There is something to gain: L2 makes {l2_error:.1%}.", (below("l2_gain", 0.97),)),
        verdict="incomplete",
        correction="It can, but it need not: here it gains nothing with noisy labels. The least of the strengths does "
        "best, and that is next to no smoothing. What smoothing does change is "
        "how sure the network is (claim 04.05).",
        source="Szegedy, Vanhoucke, Ioffe, Shlens and Wojna 2016, section 7, where it gains a little on ImageNet; "
        "Lukasik, Bhojanapalli, Menon and Kumar 2020, arXiv:2003.02819, where it helps with noisy labels",
        neighbours=vary(
            depth=(2,),
            width=(32, 128),
            n_samples=(100, 300),
            wrong=(0.1, 0.3),
            n_epochs=(45,),
            data=("printed digits",),
        ),
    ),
)
