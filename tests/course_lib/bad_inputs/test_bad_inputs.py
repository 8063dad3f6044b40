"""Every bad call gets a sentence that says what is wrong, from the library itself and before anything is computed."""

import pytest
from judge import Judge
from table import ROWS


@pytest.fixture(scope="module")
def judge():
    judge = Judge(ROWS)
    yield judge
    judge.close()


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{row.module}: {row.name}" for row in ROWS])
def test_a_bad_call_is_refused_in_a_clear_sentence(judge, number):
    verdict = judge(number)
    assert verdict.kind == "clear", f"{ROWS[number].name}: {verdict.kind}, {verdict.said}"


def test_rows_have_names_of_their_own():
    names = [(row.module, row.name) for row in ROWS]
    assert len(set(names)) == len(names)
