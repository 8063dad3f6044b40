"""Claims about what is trained towards, and on what: smoothed labels and images that were made to fool a network."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.regularization.experiments.adversarial_training import ATTACK_RATES, adversarial_training
from course_lib.units.regularization.experiments.smoothed_labels import SMOOTH_RATES, smoothed_labels

UNIT = "regularization"
GOODFELLOW = "Goodfellow, Shlens and Szegedy 2015, arXiv:1412.6572"
SZEGEDY = "Szegedy, Vanhoucke, Ioffe, Shlens and Wojna 2016, section 7"
MULLER = "Müller, Kornblith and Hinton 2019, arXiv:1906.02629"

CLAIMS = (
    Claim(
        id="04.05",
        in_notes="C70",
        unit=UNIT,
        statement="Label smoothing encourages a more confident distribution over output probabilities, preventing the "
        "network from becoming too certain in its predictions.",
        question="With label smoothing, the probability that the network gives to the digit which it chooses is, on "
        "average ...",
        options=("higher", "the same, within 2 points", "lower"),
        answer=at_least("less_sure", -0.02, 0.02),
        experiment=smoothed_labels,
        setting="{depth} hidden layer of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with "
        "wrong labels, {n_epochs} epochs in batches of 20; eps {eps}; each arm at the best of the rates; new digits; "
        "means over {n_networks} networks.",
        rates={"both": SMOOTH_RATES},
        parts=(
            Part(
                "encourages a more confident distribution over output probabilities",
                "wrong",
                "The chosen digit gets {smooth_sure:.0%} (rate {smooth_rate:g}), without smoothing {plain_sure:.0%} "
                "(rate {plain_rate:g}); where it is wrong {smooth_sure_wrong:.0%} and {plain_sure_wrong:.0%}.",
                (above("less_sure", 0.03), above("less_sure_where_wrong", 0.03)),
            ),
            Part(
                "preventing the network from becoming too certain in its predictions",
                "holds",
                "The entropy of the probabilities is {smooth_entropy:.2f} nats instead of {plain_entropy:.2f}. The "
                "probability of the chosen digit minus the share of right answers is {smooth_excess:+.0%}, without "
                "smoothing {plain_excess:+.0%}.",
                (above("entropy_ratio", 1.1), below("smooth_excess", -0.05)),
            ),
        ),
        control=Control(
            "Both are right about as often: {smooth_error:.1%} and {plain_error:.1%} errors.",
            (between("error_difference", -0.03, 0.03),),
        ),
        verdict="wrong",
        correction="The two halves of the sentence contradict each other, and the second one is right: the target for "
        "the label is below one, and so the network is less sure, whether right or wrong. Less sure is not better "
        "calibrated: here the network without smoothing is right about as often as its probabilities say, and the "
        "other one more often.",
        source=f"{SZEGEDY}; {MULLER}, where it improves the calibration of larger networks",
        neighbours=vary(
            depth=(2,),
            width=(32, 128),
            n_samples=(100, 400),
            wrong=(0.2,),
            eps=(0.05, 0.2),
            n_epochs=(60,),
            data=("printed digits",),
        ),
    ),
    Claim(
        id="04.06",
        in_notes="C74",
        unit=UNIT,
        statement="Exploring advanced regularization approaches like adversarial training, where the model is trained "
        "against an adversarial network aiming to fool it, has become increasingly relevant. This robust training "
        "approach forces the model to learn more robust and generalizable features.",
        question="Every pixel of a digit is moved up or down by a tenth of its range. Which signs of these moves fool "
        "a trained network most often?",
        options=(
            "random ones",
            "those of another network's gradient",
            "those of its own gradient",
        ),
        answer=lambda r: 0 if r.random_over_most > 0.99 else 1 if r.own_over_other < 1 else 2,
        experiment=adversarial_training,
        setting="One hidden layer of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with wrong "
        "labels, {n_epochs} epochs in batches of 20; pixels in [0, 1] are moved by {eps}, and stay there. Training on "
        "digits as they are, on digits moved by the signs of the network's own gradient at each step, and by random "
        "signs, each at the best of the rates; the other network saw other samples; means over {n_networks} networks.",
        rates={"all": ATTACK_RATES},
        parts=(
            Part(
                "trained against an adversarial network aiming to fool it",
                "wrong",
                "Errors on new digits: {clean:.0%} as they are, {random:.0%} with random signs, {other:.0%} with "
                "those of another network, {own:.0%} with its own.",
                (above("own_over_other", 1.2), below("random_over_most", 0.6)),
            ),
            Part(
                "more robust",
                "holds",
                "Trained on digits moved by its own gradient, the network makes {trained_own:.0%} errors on new ones "
                "moved by its own.",
                (below("robust_ratio", 0.8),),
            ),
            Part(
                "and generalizable features",
                "holds",
                "On digits as they are it makes {trained_clean:.1%} errors (rate {trained_rate:g}), otherwise "
                "{clean:.1%} (rate {rate:g}), and trained with random signs {noisy_clean:.1%}.",
                (below("clean_ratio", 0.97), below("clean_over_noisy", 0.97)),
            ),
        ),
        control=Control(
            "Random signs in training do not protect: {noisy_own:.0%} errors.", (above("noise_ratio", 0.8),)
        ),
        verdict="wrong",
        correction="No second network takes part. The network's own gradient with respect to the pixels says how to "
        "change an image so that its loss rises, and the network is trained on such images as it goes along. (Two "
        "networks that are trained against each other are a GAN, which generates images.) Here the network is less "
        "easily fooled then, though far from safe, and it makes fewer errors on new digits as they are.",
        source=f"{GOODFELLOW}",
        neighbours=vary(
            width=(32, 128),
            n_samples=(100, 400),
            wrong=(0.1,),
            eps=(0.05, 0.15),
            n_epochs=(60,),
            data=("printed digits",),
        ),
    ),
)
