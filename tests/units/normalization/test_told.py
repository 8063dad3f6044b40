"""What strangers' wrong answers are told: each mistake, and nothing that they have not done."""

import pytest

from autograder.check import check
from normalization.strangers import (
    batchnorm_backward_wrong,
    batchnorm_forward_wrong,
    diagnose_batchnorm_wrong,
    fold_batchnorm_wrong,
    is_batchnorm_wrong,
    standardize_wrong,
)

TOLD = [
    (is_batchnorm_wrong.is_batchnorm__biased_only, "several", ["Either divisor is right there", "a batch of one"]),
    (is_batchnorm_wrong.is_batchnorm__training_only, "several", ["training=False", "a batch of one"]),
    (is_batchnorm_wrong.is_batchnorm__old_dict, "fails_everything", ["in the dict that you gave"]),
    (is_batchnorm_wrong.is_batchnorm__one_eps, "too_strict", ["where its eps is 1e-08 or its eps is 0.001:"]),
    (is_batchnorm_wrong.is_batchnorm__var_unseen, "too_lenient", ["evaluation sets the running variance back to 1;"]),
    (diagnose_batchnorm_wrong.diagnose_batchnorm__overwrites_record, "corner_unchanged", ["`record` is changed"]),
    (diagnose_batchnorm_wrong.diagnose_batchnorm__too_tolerant, "confused", ["where `std` is due it is `unscaled`"]),
    (fold_batchnorm_wrong.fold_batchnorm__not_a_copy, "corner_unchanged", ["`b` and `w` are changed in place"]),
    (fold_batchnorm_wrong.fold_batchnorm__rows, "scales_the_rows", ["A unit is a column of w"]),
    (batchnorm_backward_wrong.batchnorm_backward__s_cubed, "third_power_with_xhat", ["It goes with x - mean"]),
    (batchnorm_forward_wrong.batchnorm_forward__inv_squared, "caches_the_inverse_variance", ["the root is missing"]),
    (standardize_wrong.standardize__ddof_no_guard, "n_minus_one_and_divides_by_zero", ["N - 1", "is divided by 0"]),
    (batchnorm_backward_wrong.batchnorm_backward__product_of_means, "without_the_variance", ["missing in dx, or 0"]),
    (batchnorm_forward_wrong.batchnorm_forward__variance_about_the_running_mean,
     "running_variance_about_the_running_mean", ["the spread about the running mean"]),
    (diagnose_batchnorm_wrong.diagnose_batchnorm__wrong_axis, "first_batch_taken_for_reversed", ["over the samples"]),
    (diagnose_batchnorm_wrong.diagnose_batchnorm__stops_before_the_last_batch,
     "divides_by_n_minus_one", ["all of them"]),
    (diagnose_batchnorm_wrong.diagnose_batchnorm__mean_of_all_batches,
     "confused", ["the most frequent is `reversed` where `healthy` is due"]),
]  # fmt: skip
NOT_TOLD = {
    "batchnorm_forward__variance_about_the_running_mean": "out is right",
    "is_batchnorm__one_eps": "divides by N",
    "is_batchnorm__var_unseen": "the running mean",
    "is_batchnorm__biased_only": "chance",
}


@pytest.mark.parametrize(("answer", "name", "words"), TOLD, ids=lambda given: getattr(given, "__name__", ""))
def test_a_wrong_answer_is_told_its_own_mistakes(answer, name, words):
    diagnosis = check(answer.__name__.partition("__")[0], answer).diagnosis
    assert diagnosis.name == name
    assert [told for told in words if told not in diagnosis.sentence] == []
    assert NOT_TOLD.get(answer.__name__, "?!") not in diagnosis.sentence
