"""What strangers' wrong answers are told: the mistake that each has made."""

import pytest

from autograder.check import check
from regularization.strangers import diagnose_curve_wrong, is_dropout_wrong, train_on_few_wrong

TOLD = [
    (diagnose_curve_wrong.diagnose_curve__last_four, "leaves_out_the_last_pass", "[-5:-1] ends before it"),
    (diagnose_curve_wrong.diagnose_curve__first_loss, "compares_with_the_first_loss", "with the first"),
    (diagnose_curve_wrong.diagnose_curve__other_word, "confused", "none of the words which the text lists"),
    (is_dropout_wrong.is_dropout__exact_share, "too_lenient", "all that is right fails too"),
    (train_on_few_wrong.train_on_few__one_pass, "learns_too_little", "few right ones either"),
]


@pytest.mark.parametrize(("answer", "name", "words"), TOLD, ids=lambda given: getattr(given, "__name__", ""))
def test_a_wrong_answer_is_told_its_own_mistake(answer, name, words):
    diagnosis = check(answer.__name__.partition("__")[0], answer).diagnosis
    assert diagnosis.name == name
    assert words in diagnosis.sentence
