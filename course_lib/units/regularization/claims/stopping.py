"""Claims about early stopping: when, with which weights, and best for what."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.regularization.experiments.stopping_rules import stopping_rules

UNIT = "regularization"
PRECHELT = "Prechelt 1998, Early Stopping - But When?"
RUNS = (
    "One hidden layer of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with wrong labels, "
    "rate {rate}, batches of {batch_size}, {n_epochs} epochs; the loss of {n_validation} validation digits with "
    "right labels after each; patience {patience} epochs; losses and errors on other digits; means over {n_networks} "
    "networks."
)
NEIGHBOURS = vary(
    width=(32, 128),
    wrong=(0.1, 0.3),
    n_validation=(100,),
    rate=(0.06, 0.2),
    patience=(4, 8),
    batch_size=(10,),
    data=("printed digits",),
)

CLAIMS = (
    Claim(
        id="04.21",
        in_notes="C11",
        unit=UNIT,
        statement="Monitors validation loss: Stops training when validation loss stops decreasing to prevent excessive "
        "training.",
        question="Training stops the first time that the validation loss is higher than an epoch before. Compared "
        "with the epoch of the lowest loss that patience finds, that is ...",
        options=("at about the same time", "too early, before three quarters of that time", "too late"),
        answer=lambda r: 1 if r.first_share < 0.75 else 0 if r.first_share < 1.25 else 2,
        experiment=stopping_rules,
        setting=RUNS,
        parts=(
            Part(
                "Stops training when validation loss stops decreasing",
                "incomplete",
                "The first rise comes after {first_epoch:.1f} epochs, the lowest loss that patience finds after "
                "{best_epoch:.1f}; on other digits the loss is {first_loss:.3f} nats instead of {restored_loss:.3f}, "
                "the errors {first_error:.1%} instead of {restored_error:.1%}.",
                (below("first_share", 0.72), above("first_ratio", 1.0), between("first_error_ratio", 0.75, 1.05)),
            ),
            Part(
                "to prevent excessive training",
                "holds",
                "With patience, {saved:.0%} of the epochs are saved, and with the best weights put back "
                "{restored_error:.1%} of other digits are classified wrongly, after all epochs {end_error:.1%}.",
                (above("saved", 0.05), above("end_ratio", 1.03)),
            ),
        ),
        control=Control(
            "Training goes on to {end_train:.1%} training error if it is not stopped.", (below("end_train", 0.1),)
        ),
        verdict="incomplete",
        correction="A validation loss zigzags, and its first rise says little. Patience waits some epochs for a new "
        "best, and the weights of the best are kept. Here that lowers the loss, which the rule watches, by a few per "
        "cent. It does not make the errors fewer: at the first rise there are no more of them, even somewhat fewer.",
        source=PRECHELT,
        neighbours=NEIGHBOURS,
    ),
    Claim(
        id="04.22",
        in_notes="C37",
        unit=UNIT,
        statement="After each step we check validation loss. If validation loss is improved - continue training else "
        "stop training at that epoch if validation loss does not improve for some time.",
        question="The patience is used up, training stops, and the weights are used as they are. Compared with those "
        "of the lowest validation loss, they make ...",
        options=("fewer errors on other digits", "as many, within 2 %", "more errors"),
        answer=at_least("stop_error_ratio", 0.98, 1.02),
        experiment=stopping_rules,
        setting=RUNS,
        parts=(
            Part(
                "After each step we check validation loss.",
                "incomplete",
                "Looked at after each step, with a patience of {step_patience:.0f} steps instead of as many epochs, "
                "training ends with the weights of epoch {step_epoch:.1f} ({step_error:.1%} errors); with a patience "
                "of {often_patience:.0f} steps, which is as long, with those of epoch {often_epoch:.1f} "
                "({often_error:.1%}).",
                (below("step_share", 0.5), between("often_share", 0.7, 1.35), between("often_error_ratio", 0.85, 1.06)),
            ),
            Part(
                "If validation loss is improved - continue training else stop training at that epoch if validation "
                "loss does not improve for some time",
                "incomplete",
                "It stops after {stop_epoch:.1f} epochs, the best is {best_epoch:.1f}. As they are then, the weights "
                "make {stop_error:.1%} errors, those of the best {restored_error:.1%}; loss {stop_loss:.3f} and "
                "{restored_loss:.3f} nats.",
                (above("stop_error_ratio", 1.025), above("restored_ratio", 1.0)),
            ),
        ),
        control=Control(
            "After all epochs: {end_error:.1%}, with a training error of {end_train:.1%}.", (above("end_ratio", 1.03),)
        ),
        verdict="incomplete",
        correction="The stop comes some epochs after the best, by design, so keep a copy of the best weights and put "
        "it back. (Keras has restore_best_weights for this, off by default.) From step to step the validation loss "
        "goes up and down with the batches, and a few steps without a new best mean nothing. With a patience that is "
        "as long, a check after each step finds weights that are as good, and costs as many checks as there are "
        "steps: the loss is usually checked after each epoch, as for the other figures here.",
        source=PRECHELT,
        neighbours=NEIGHBOURS,
    ),
    Claim(
        id="04.23",
        in_notes="C38",
        unit=UNIT,
        statement="Early stopping stops the model where it performs best on unseen data, not where training accuracy "
        "is maximum.",
        question="On other digits, which no rule sees, how many errors do the chosen weights make, compared with "
        "those of the best epoch for these digits?",
        options=("as many, within 2 %", "2 % to 40 % more", "more than 40 % more"),
        answer=at_least("missed", 1.02, 1.4),
        experiment=stopping_rules,
        setting=RUNS,
        parts=(
            Part(
                "where it performs best on unseen data",
                "incomplete",
                "{restored_error:.1%} errors on other digits; in the best epoch for them, which is known only "
                "afterwards, {fewest:.1%}.",
                (between("missed", 1.03, 1.35),),
            ),
            Part(
                "not where training accuracy is maximum",
                "holds",
                "The weights of the epoch in which most training labels are learned make {fitted_error:.1%} errors on "
                "other digits, {fitted_ratio:.2f} times as many.",
                (above("fitted_ratio", 1.02),),
            ),
        ),
        control=Control(
            "After all epochs: {end_error:.1%} errors; {end_train:.1%} of the training labels are then not learned, "
            "with the chosen weights {restored_train:.0%}.",
            (above("end_ratio", 1.03),),
        ),
        verdict="incomplete",
        correction="It chooses what is best on the validation digits, here by their loss. That is close to the best "
        "for others, not the same. And the validation figure of the chosen epoch flatters, because the epoch was "
        "chosen for it; to know how well others will do, keep test data that decide nothing.",
        source=PRECHELT,
        neighbours=NEIGHBOURS,
    ),
)
