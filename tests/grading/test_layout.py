"""Whose a submission is, and which notebook counts, says the folder of the class alone: in a folder as in a zip."""

import codecs
import os
import unicodedata
import zipfile

import pytest
from public_folder import public_folder

from autograder.grading.submissions import tree
from autograder.grading.submissions.collect import look_through, read_submission
from autograder.grading.submissions.submission import Refused

NAME = "01_lesson"
OWN = f"{NAME}.ipynb"


@pytest.fixture(params=["folder", "zip"])
def class_of(request, tmp_path):
    """A function that looks through a tree of files, given by their paths, which is a folder or a zip."""

    def write(*paths: str, **contents: bytes):
        files = {path: path.encode() for path in paths} | contents
        if request.param == "zip":
            with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
                for path, data in files.items():
                    archive.writestr(path, data)
            return look_through(tmp_path / "class.zip", NAME)
        for path, data in files.items():
            place = tmp_path / "class" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        return look_through(tmp_path / "class", NAME)

    return write


def graded(found) -> dict[str, str]:
    """The file that is graded, by student; each holds its own path."""
    return {submission.student: submission.data.decode() for submission in found.submissions}


def remarks(found, student: str) -> str:
    (submission,) = [submission for submission in found.submissions if submission.student == student]
    return "; ".join((submission.problem, *submission.remarks))


FORGED = [
    f"{NAME}/victim/{NAME}/{OWN}",
    f"{NAME}/submitted/victim/{NAME}/{OWN}",
    f"{NAME}/victim_12_99999_{OWN}",
    f"{NAME}/Victim_12_assignsubmission_file_/{OWN}",
    f"{NAME}/victim.ipynb",
    f"victim/{NAME}/{OWN}",
    f"victim/{OWN}",
    f"victim_12_99999_{OWN}",
    f"Victim_12_assignsubmission_file_/{OWN}",
    f"victim_{NAME}.ipynb",
]


@pytest.mark.parametrize("top", ["", "submitted/", "Some course/"])
@pytest.mark.parametrize("layout", [f"{{}}/{NAME}/{OWN}", f"{{}}/{OWN}", f"{{}}_7_assignsubmission_file_/{OWN}"])
@pytest.mark.parametrize("forged", FORGED)
def test_nothing_below_a_students_folder_is_anybody_elses(class_of, top, layout, forged):
    victim = top + layout.format("victim")
    mallory = top + layout.format("mallory").partition("/")[0]
    looked = class_of(victim, f"{top}{layout.format('ada')}", f"{mallory}/{forged}")
    found = graded(looked)
    assert {name.partition("_")[0] for name in found} - {"mallory"} == {"victim", "ada"}
    assert len(found) == 3 or looked.left_out == (f"mallory: nothing for {NAME}, but victim",)
    assert next(data for name, data in found.items() if name.startswith("victim")) == victim
    assert all(data == victim for name, data in found.items() if "ictim" in name)


@pytest.mark.parametrize("forged", [f"{NAME}/friend/{NAME}/{OWN}", f"friend/{NAME}/{OWN}", f"friend/{OWN}"])
def test_who_hands_in_alone_hands_in_for_no_friend(class_of, forged):
    assert set(graded(class_of(f"mallory/{forged}"))) == {"mallory"}


def test_canvas_files_name_one_student_whatever_stands_behind(class_of):
    own = f"mallory_1_7_{OWN}"
    behind = ("victim_2_9_", "x_", "LATE_2_9_", "victim_2_9_assignsubmission_file_")
    found = class_of(own, *(f"mallory_1_5_{name}{OWN}" for name in behind), f"victim_2_4_{OWN}")
    assert graded(found) == {"mallory_1": own, "victim_2": f"victim_2_4_{OWN}"}


def test_a_name_is_the_same_however_its_accents_are_written(tmp_path):
    forms = [unicodedata.normalize(form, "Zo\N{LATIN SMALL LETTER E WITH ACUTE}") for form in ("NFC", "NFD")]
    for form in forms:
        (tmp_path / form / NAME).mkdir(parents=True)
        (tmp_path / form / NAME / OWN).write_text(form)
    found = look_through(tmp_path, NAME)
    assert set(graded(found)) == {forms[0]}
    assert f"two are called {forms[0]}, with accents written in two ways: one is not graded" in remarks(found, forms[0])


def test_an_export_of_canvas(class_of):
    found = class_of(
        f"leeann_12345_67890_{OWN}",
        f"newtonisaac_12348_67893_{OWN}",
        f"newtonisaac_12348_67999_{NAME}-1.ipynb",
        f"obrienpat_LATE_12346_67891_{NAME}-1.ipynb",
        "textwriter_12349_text.html",
    )
    assert graded(found) == {
        "leeann_12345": f"leeann_12345_67890_{OWN}",
        "newtonisaac_12348": f"newtonisaac_12348_67999_{NAME}-1.ipynb",
        "obrienpat_12346": f"obrienpat_LATE_12346_67891_{NAME}-1.ipynb",
    }
    assert "not graded: 01_lesson.ipynb" in remarks(found, "newtonisaac_12348")
    assert "late, according to Canvas" in remarks(found, "obrienpat_12346")
    assert found.left_out == ("textwriter_12349_text.html: typed in, and no notebook",)


@pytest.mark.parametrize("top", ["", "Course-Lesson-99/"])
def test_an_export_of_moodle(class_of, top):
    ada, bob = f"{top}Ada L_7_assignsubmission_file_/{OWN}", f"{top}Bob_8_assignsubmission_file_{OWN}"
    found = class_of(ada, bob, f"{top}Cyd_9_assignsubmission_onlinetext_/onlinetext.html")
    assert graded(found) == {"Ada L_7": ada, "Bob_8": bob}
    assert found.left_out == ("Cyd_9 has typed something in (onlinetext), which is no notebook",)


def test_a_folder_for_each_student(class_of):
    found = class_of(
        f"ann/{OWN}", "ann/README.md", "ann/.git/config", f"bob/work/{OWN}", "cyd/README.md", "dee/solution.ipynb"
    )
    assert graded(found) == {"ann": f"ann/{OWN}", "bob": f"bob/work/{OWN}", "dee": "dee/solution.ipynb"}
    assert f"called work/{OWN} instead" in remarks(found, "bob")
    assert "called solution.ipynb instead" in remarks(found, "dee")
    assert found.left_out == (f"cyd: no notebook for {NAME}",)


@pytest.mark.parametrize("top", ["", f"{NAME}-submissions/"])
def test_the_names_that_github_classroom_gives(class_of, top):
    found = class_of(f"{top}01-lesson-ann/{OWN}")
    assert set(graded(found)) == {"ann"}
    assert set(graded(class_of(f"{top}01_lesson_bob/{OWN}", f"{top}01-Lesson-cy-d/{OWN}"))) >= {"bob", "cy-d"}


def test_a_folder_of_another_assignment_is_no_submission_and_is_said(class_of):
    found = class_of(f"ada/{NAME}/{OWN}", "bob/02_next/02_next.ipynb", "cyd/02_next/mine.ipynb")
    assert set(graded(found)) == {"ada"}
    assert found.left_out == tuple(f"{student}: nothing for {NAME}, but 02_next" for student in ("bob", "cyd"))


def test_a_misnamed_folder_of_the_assignment_is_found(class_of):
    found = class_of(f"ada/{NAME}/{OWN}", f"bob/01_LESSON/{OWN}", f"cyd/{OWN}", f"dee/lesson one/{OWN}")
    assert set(graded(found)) == {"ada", "bob", "cyd", "dee"}
    assert "the folder is called 01_LESSON instead" in remarks(found, "bob")


MISNAMED = [
    f"{NAME}.IPYNB", f"{OWN}.txt", f"{OWN}.json", f"Copy_of_{OWN}", f"Copy of {OWN}", f"{NAME} (1).ipynb",
    f"{NAME}-Copy1.ipynb", f"{NAME} - Copy.ipynb", f"{NAME} copy.ipynb", "01-Lesson.ipynb", f"Copy_of_{NAME}.IPYNB.txt",
]  # fmt: skip


@pytest.mark.parametrize("name", MISNAMED)
@pytest.mark.parametrize("folder", [f"ada/{NAME}", "ada", "Ada_7_assignsubmission_file_"])
def test_a_notebook_that_was_renamed_on_its_way_is_graded_and_named(class_of, folder, name):
    found = class_of(f"{folder}/{name}", f"{folder}/scratch.ipynb", f"{folder}/old/{OWN}", f"zoe/{OWN}")
    student = next(student for student in graded(found) if student != "zoe")
    assert graded(found)[student] == f"{folder}/{name}"
    assert f"called {name} instead of {OWN}" in remarks(found, student)
    assert f"not graded: scratch.ipynb, old/{OWN}" in remarks(found, student)


@pytest.mark.parametrize("name", ["ada", "Copy of ada", "ada (1)", f"Copy_of_{NAME}_ada", f"ada_{NAME}-Copy1"])
@pytest.mark.parametrize("ending", [".ipynb", ".IPYNB", ".ipynb.txt"])
def test_a_flat_notebook_that_was_renamed_on_its_way_is_the_same_students(class_of, name, ending):
    assert set(graded(class_of(f"{name}{ending}", "bob.ipynb"))) == {"ada", "bob"}


def test_of_several_copies_the_newest_counts_and_the_others_are_said(tmp_path):
    folder = tmp_path / "ada" / NAME
    folder.mkdir(parents=True)
    for number, age in ((1, 100), (2, 300), (3, 200)):
        (folder / f"{NAME} ({number}).ipynb").write_text(str(number))
        os.utime(folder / f"{NAME} ({number}).ipynb", (age, age))
    found = look_through(tmp_path, NAME)
    assert graded(found) == {"ada": "2"}
    assert "(2).ipynb is graded, the newest with the expected name; not graded: 01_lesson (1)" in remarks(found, "ada")


def test_a_zip_that_begins_with_a_dot_or_was_made_on_windows(tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(f"./ada/./{OWN}", b"1")
        entry = zipfile.ZipInfo(f"bob\\{NAME}\\{OWN}")
        entry.create_system = 0
        archive.writestr(entry, b"2")
    assert graded(look_through(tmp_path / "class.zip", NAME)) == {"ada": "1", "bob": "2"}


def test_a_whole_course_folder_is_read_from_its_submitted(class_of):
    found = class_of(f"source/{NAME}/{OWN}", f"submitted/ada/{NAME}/{OWN}", f"autograded/ada/{NAME}/{OWN}")
    assert graded(found) == {"ada": f"submitted/ada/{NAME}/{OWN}"}


def test_only_names_that_are_no_ids_are_said_and_nothing_is_raised(class_of):
    found = class_of(f"a&b/{NAME}/{OWN}")
    assert found.submissions == []
    assert found.left_out == ("a&b: its name cannot be a student's id: it holds &. Rename it, and grade again",)


def test_a_notebook_beside_thousands_of_files_is_graded_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(tree, "MAX_LOOKED_AT", 20)
    for number in range(50):
        place = tmp_path / "ada" / "a folder" / f"{number}.csv"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
        (tmp_path / "ada" / f"{number}.txt").touch()
    (tmp_path / "ada" / OWN).write_text("1")
    assert graded(look_through(tmp_path, NAME)) == {"ada": "1"}
    monkeypatch.setattr(tree, "MAX_ENTRIES", 40)
    with pytest.raises(Refused, match="more than 40 files"):
        look_through(tmp_path / "ada", NAME)


def test_the_folder_of_one_student_is_named(tmp_path):
    (tmp_path / "ada" / NAME).mkdir(parents=True)
    (tmp_path / "ada" / NAME / OWN).write_bytes(b"1")
    (tmp_path / "ada" / "02_next").mkdir()
    (tmp_path / "ada" / "02_next" / "02_next.ipynb").write_bytes(b"2")
    with pytest.raises(FileNotFoundError, match="the folder of one student: give the one above it"):
        look_through(tmp_path / "ada", NAME)


@pytest.mark.parametrize("others", [f"ann/{OWN}", f"ann/{NAME}/{OWN}", "ann.ipynb"])
def test_a_folder_that_is_only_named_after_the_assignment_stops_no_class(class_of, others):
    found = class_of(f"{NAME}/{OWN}", others)
    assert set(graded(found)) == {"ann"}
    assert "it is the assignment's name" in found.left_out[0]


@pytest.mark.parametrize("locked", ["eve", f"eve/{NAME}", f"eve/{NAME}/{OWN}", f"eve/{NAME}/timestamp.txt"])
def test_what_we_may_not_read_is_our_fault(locked):
    with public_folder("layout-") as top:  # not tmp_path, which other users may not enter
        for student in ("ada", "eve"):
            (top / student / NAME).mkdir(parents=True)
            for file in (OWN, "timestamp.txt"):
                (top / student / NAME / file).write_text("2026-01-01 00:00:00 UTC")
        for path in top.rglob("*"):
            path.chmod(0o755)
        (top / locked).chmod(0)
        user = os.geteuid()
        codecs.lookup("utf-8-sig")  # which that user could not import
        os.seteuid(65534 if user == 0 else user)  # root may read everything
        try:
            found = {submission.student: submission for submission in look_through(top, NAME).submissions}
        finally:
            os.seteuid(user)
            (top / locked).chmod(0o755)
    assert not found["ada"].ours and found["ada"].problem == ""
    assert found["eve"].ours
    assert "Permission denied" in found["eve"].problem


def test_one_submission_is_a_folder_of_any_name_or_a_notebook(tmp_path):
    for place in (f"ada/{NAME}", "clone", "flat"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / OWN).write_text(place)
        (tmp_path / place / "helpers.py").write_text("x")
    (tmp_path / "flat" / "bob.ipynb").write_text("bob's")
    for path in (f"ada/{NAME}", f"ada/{NAME}/{OWN}", "clone", f"clone/{OWN}"):
        submission = read_submission("ada", tmp_path / path, NAME)
        assert submission.data.decode() == path.removesuffix(f"/{OWN}")
        assert set(submission.files) == {"helpers.py"}
    alone = read_submission("bob", tmp_path / "flat" / "bob.ipynb", NAME)
    assert (alone.data, alone.files, alone.remarks) == (b"bob's", {}, ())


SEVERAL = {
    "ada_Problem 1.ipynb": "ada_{}.ipynb",
    "ada_ps1_Problem 1.ipynb": "ada_ps1_{}.ipynb",
    "Problem 1_ada.ipynb": "{}_ada.ipynb",
    "ada_11_22_Problem 1.ipynb": "ada_11_22_{}.ipynb",
    "ada/Problem 1.ipynb": "ada/{}.ipynb",
    "ada/ps1/Problem 1.ipynb": "ada/ps1/{}.ipynb",
}


@pytest.mark.parametrize("form", SEVERAL.values(), ids=SEVERAL)
def test_of_an_assignment_of_several_notebooks_each_is_found_or_the_others_are_said(tmp_path, form):
    one, other = "Problem 1", "Problem 2"
    for path in (form.format(one), form.format(other), form.format(other).replace("ada", "bob")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    found = look_through(tmp_path, "ps1", notebook=one, siblings=(other,))
    by_name = {submission.student.partition("_")[0]: submission for submission in found.submissions}
    assert sorted(by_name) == ["ada", "bob"]
    assert by_name["ada"].data.decode() == form.format(one)
    assert by_name["bob"].problem == "there is no Problem 1.ipynb, only Problem 2.ipynb"


def test_a_file_that_may_be_any_of_several_notebooks_is_said(tmp_path):
    for name in ("ada", "bob_Problem 1", "bob_Problem 1 (1)", "Problem 2"):
        (tmp_path / f"{name}.ipynb").write_text("{}")
    found = look_through(tmp_path, "ps1", notebook="Problem 1", siblings=("Problem 2",))
    assert "ada.ipynb may be any of Problem 1, Problem 2: name it after" in remarks(found, "ada")
    assert remarks(found, "bob") == "; Problem 1.ipynb is graded; not graded: Problem 1 (1).ipynb"
    assert len(found.submissions) == 2
    assert "Problem 2.ipynb: its name cannot be a student's id" in found.left_out[0]
