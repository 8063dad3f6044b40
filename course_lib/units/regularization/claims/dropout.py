"""Claims about dropout: how it is done, and what it is said to do."""

from course_lib.claims import Claim, Control, Part, above, at_least, between, vary
from course_lib.units.regularization.experiments.dropout_masks import MASK_RATES, PROBABILITIES, dropout_masks
from course_lib.units.regularization.experiments.mc_dropout import MC_PROBABILITIES, MC_RATES, mc_dropout

UNIT = "regularization"
SRIVASTAVA = "Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014"
GAL = "Gal and Ghahramani 2016, arXiv:1506.02142"

CLAIMS = (
    Claim(
        id="04.03",
        in_notes="C30",
        unit=UNIT,
        statement="Basically in each epoch we randomly drop nodes based on a factor p that we initialize.",
        question="Dropout as it says here, with the same nodes off for a whole epoch, is compared with nodes drawn "
        "anew for every sample of every batch. Each at its best: on new digits, the first makes ...",
        options=("fewer errors", "as many, within 2 %", "more errors"),
        answer=at_least("epoch_ratio", 0.98, 1.02),
        experiment=dropout_masks,
        setting="One hidden layer of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with wrong "
        "labels, {n_epochs} epochs in batches of {batch_size}; hidden units and pixels are dropped, at "
        "the best of the rates and probabilities; means over {n_networks} "
        "networks.",
        rates={"rates": MASK_RATES, "probabilities": PROBABILITIES},
        parts=(
            Part(
                "in each epoch",
                "wrong",
                "Drawn for each epoch: {epoch:.1%} errors (p {epoch_drop:g}, rate {epoch_rate:g}), {left:.2f} times "
                "those without dropout; for each sample: "
                "{sample:.1%} (p {sample_drop:g}, rate {sample_rate:g}). One draw for a batch, with these settings: "
                "{batch:.1%}.",
                (above("epoch_ratio", 1.03), above("left", 0.93)),
            ),
            Part(
                "randomly drop nodes",
                "holds",
                "Without dropout: {plain:.1%} (rate {plain_rate:g}).",
                (above("gain", 1.05),),
            ),
        ),
        control=Control(
            "Not every shared draw does harm: one for each batch makes {batch_ratio:.2f} times the errors of one for "
            "each sample, since there are many batches.",
            (between("batch_ratio", 0.85, 1.2),),
        ),
        verdict="wrong",
        correction="Nodes are drawn in every forward pass of training, and for each sample by itself. An epoch has "
        "many batches; with one draw for all of them, only as many thinned networks are trained as there are epochs, "
        "and what dropout gains is lost. How often nodes are drawn counts; whether the samples of a batch share a draw "
        "makes little difference here.",
        source=f"{SRIVASTAVA}, where a thinned network is drawn for each training case",
        neighbours=vary(
            width=(32, 128), n_samples=(100,), wrong=(0.3,), batch_size=(20,), n_epochs=(30,), data=("printed digits",)
        ),
    ),
    Claim(
        id="04.04",
        in_notes="C65",
        unit=UNIT,
        statement="Risk-sensitive applications or when latency is less critical: Utilize MC Dropout to improve "
        "performance and provide reliable probability estimates along with uncertainty estimates.",
        question="Digits turned by 90 degrees are hardly ever recognised. What probability does Monte-Carlo dropout "
        "give to the digit that it chooses, on average, compared with the share of them that it gets right?",
        options=(
            "no more than 10 points above that share",
            "10 to 30 points above it",
            "at least 30 points above it",
        ),
        answer=at_least("turned_excess", 0.1, 0.3),
        experiment=mc_dropout,
        setting="One hidden layer of {width} ReLU units with dropout behind it, {n_samples} samples of {data}, a "
        "share of {wrong} with wrong labels, {n_epochs} epochs in batches of 20. Mean of {n_passes} passes with "
        "dropout, against one pass without; each at the best of the rates and probabilities for its loss. Means over "
        "{n_networks} networks.",
        rates={"rates": MC_RATES, "probabilities": MC_PROBABILITIES},
        parts=(
            Part(
                "improve performance",
                "misleading",
                "Errors on new digits {mc_error:.1%} (p {mc_drop:g}, rate {mc_rate:g}), with one plain pass "
                "{plain_error:.1%} ({plain_drop:g}, {plain_rate:g}); loss {mc_loss:.2f} and {plain_loss:.2f} nats.",
                (between("error_ratio", 0.85, 1.2),),
            ),
            Part(
                "provide reliable probability estimates",
                "misleading",
                "On digits as they are, it gives {mc_sure:.0%} and is right in {mc_right:.0%}; on turned ones it gives "
                "{turned_sure:.0%} and is right in {turned_right:.0%} (one plain pass gives {turned_plain_sure:.0%}).",
                (between("excess", -0.1, 0.05), above("turned_excess", 0.35), above("less_sure", 0.0)),
            ),
            Part(
                "along with uncertainty estimates",
                "holds",
                "Its entropy is {entropy_wrong:.2f} nats where it errs, {entropy_right:.2f} where it is right. Random "
                "pixels: {noise_sure:.0%} for the chosen digit.",
                (above("entropy_ratio", 1.5),),
            ),
        ),
        control=Control(
            "One plain pass tells right from wrong just as well: a wrong answer has the larger entropy in "
            "{plain_rank:.1%} of all pairs of a right and a wrong answer, with Monte-Carlo dropout in {mc_rank:.1%}.",
            (between("rank_gain", -0.05, 0.02),),
        ),
        verdict="misleading",
        correction="The mean of many passes is unsure where it errs, but so is a single pass without dropout, which "
        "costs a thirtieth and makes as many errors. The probabilities are fair for digits like those in training. "
        "For others they are not: less sure than one pass, and still far too sure.",
        source=f"{GAL}, for the method; Ovadia and others 2019, arXiv:1906.02530, on images unlike those of training",
        neighbours=vary(
            width=(32, 128),
            n_samples=(100, 400),
            wrong=(0.1,),
            n_epochs=(60,),
            n_passes=(10, 100),
            data=("printed digits",),
        ),
    ),
)
