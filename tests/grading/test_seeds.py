"""Hidden cases cannot be predicted without the class's key, and are the same whenever they are drawn with it."""

import hashlib
import hmac
import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.call import call
from autograder.catalogue import load
from autograder.check import HIDDEN, judge, report_on
from autograder.grading.judging.grade_submission import fair_report
from autograder.grading.seeds import KEY_FILE, Key, KeyProblem, class_key, read_key, seeds_of
from autograder.grading.submissions.submission import Submission
from autograder.probes import Probes

KEY = Key(bytes(range(32)))
WORDS = ("01_lesson", "ada", "relu_backward", "ab12")


def test_the_seed_is_hmac_sha256_of_who_and_what():
    # RFC 2104, computed here with the inner and the outer hash
    message = json.dumps(("seed", *WORDS)).encode()
    block = KEY.secret.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
    digest = hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()
    assert KEY.seed(*WORDS) == int.from_bytes(digest[:16], "big")
    assert hmac.compare_digest(digest, hmac.new(KEY.secret, message, "sha256").digest())


@pytest.mark.parametrize("place", range(4))
def test_every_part_and_the_key_change_the_seed(place):
    other = [*WORDS]
    other[place] += "x"
    assert KEY.seed(*other) != KEY.seed(*WORDS)
    assert Key(bytes(32)).seed(*WORDS) != KEY.seed(*WORDS)
    assert KEY.seed("ab", "c", "d", "e") != KEY.seed("a", "bc", "d", "e")


def test_two_students_and_two_submissions_get_other_inputs_and_a_regrade_the_same(assignment):
    cases = load("relu_backward").cases

    def inputs(key, student, contents):
        seeds = seeds_of(key, assignment, Submission(student, Path("x.ipynb"), contents))
        return [case.inputs(seeds["check-relu_backward"])["dout"] for case in cases]

    ada, again = inputs(KEY, "ada", b"{}"), inputs(Key(KEY.secret), "ada", b"{}")
    published = [case.inputs(HIDDEN)["dout"] for case in cases]
    assert all(np.array_equal(x, y) for x, y in zip(ada, again, strict=True))
    for other in (inputs(KEY, "bob", b"{}"), inputs(KEY, "ada", b"{ }"), published):
        assert not all(np.array_equal(x, y) for x, y in zip(ada, other, strict=True))


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    before = os.umask(0)  # the least careful setting
    try:
        key = class_key(tmp_path)
    finally:
        os.umask(before)
    path = tmp_path / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert class_key(tmp_path) == key
    assert class_key(tmp_path, expected=key.id) == key
    assert len(key.secret) == 32
    assert [p.name for p in tmp_path.iterdir()] == [KEY_FILE]
    other = tmp_path / "other"
    other.mkdir()
    assert class_key(other) != key


def test_neither_repr_nor_id_tell_the_secret():
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY.secret)[2:-1] not in repr(KEY)
    assert KEY.id not in KEY.secret.hex()
    assert Key(bytes(32)).id != KEY.id


def test_a_lost_key_is_said_and_not_replaced_unasked(tmp_path):
    key = class_key(tmp_path)
    (tmp_path / KEY_FILE).rename(tmp_path / "backup")
    with pytest.raises(KeyProblem, match=rf"{key.id} is lost.*--key-file.*--new-key"):
        class_key(tmp_path, expected=key.id)
    assert not (tmp_path / KEY_FILE).exists()
    assert class_key(tmp_path, tmp_path / "backup", expected=key.id) == key
    assert class_key(tmp_path, expected=key.id, new=True) != key


def test_another_key_is_refused(tmp_path, monkeypatch):
    key = class_key(tmp_path)
    monkeypatch.setenv("COURSE_KEY_FILE", str(tmp_path / "mine"))
    mine = class_key(tmp_path)
    assert mine != key
    with pytest.raises(KeyProblem, match=f"holds the key {mine.id}.*graded with {key.id}"):
        class_key(tmp_path, expected=key.id)


@pytest.mark.parametrize("text", ["", "abc", "00" * 31, "zz" * 32])
def test_what_is_no_key_is_refused_without_showing_it(tmp_path, text):
    path = tmp_path / "key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyProblem, match="holds no key") as error:
        read_key(path)
    assert not text or text not in str(error.value)


def test_a_key_that_others_can_read_is_refused(tmp_path):
    class_key(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o640)
    with pytest.raises(KeyProblem, match="chmod 600"):
        class_key(tmp_path)


def test_a_link_is_no_key(tmp_path):
    class_key(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / KEY_FILE)
    with pytest.raises(KeyProblem, match="cannot be read"):
        read_key(tmp_path / "link")


@pytest.mark.parametrize(
    ("exercise", "name"),
    [
        ("relu_backward", "applies_relu_to_the_gradient"),
        ("softmax_xent", "logarithm_with_1e_8"),
        ("rel_error", "signed_denominator_without_eps"),
    ],
)
def test_a_misconception_earns_the_same_whatever_is_drawn(exercise, name):
    judged = load(exercise)
    form = next(f for f in judged.misconceptions if f.name == name)

    def report(seed):
        probes = Probes(judged, seed)
        return report_on(probes, probes.outcomes_of(form))

    seeds = [KEY.seed("01_lesson", f"student {number}", exercise, "ab12") for number in range(24)]
    drawn = [report(seed) for seed in seeds]
    assert {r.diagnosis.name for r in drawn} == {name}
    published = report(HIDDEN).score
    assert {fair_report(r, judged).score for r in drawn} == {published} == {fair_report(report(HIDDEN), judged).score}


def test_a_score_that_luck_has_given_does_not_count():
    """Were a case decided by luck after all; the cases as they are leave none to a known misconception."""
    judged = load("relu_backward")
    function = next(f.function for f in judged.misconceptions if f.name == "applies_relu_to_the_gradient")
    published = judge(judged, lambda inputs: call(function, inputs), HIDDEN)
    lucky = replace(published, score=0.75, cases=published.cases[:1])
    assert fair_report(lucky, judged) == fair_report(published, judged)
    assert fair_report(lucky, judged).score == published.score != lucky.score


def test_a_report_tells_neither_the_seed_nor_the_numbers():
    judged = load("relu_backward")
    seed = KEY.seed(*WORDS)
    report = judge(judged, lambda inputs: call(lambda dout, z: 17.0 * dout, inputs), seed)
    assert report.diagnosis is None or report.diagnosis.kind == "derived"
    lines = [case.reproduce for case in fair_report(report, judged).cases if case.reproduce]
    assert lines
    assert all(line.startswith("relu_backward(*example('relu_backward', ") for line in lines)
    assert str(seed) not in repr(fair_report(report, judged))
