"""Zips of Canvas, Moodle and others are read as their exports are named; what is no honest file is refused by name."""

import stat
import zipfile
from datetime import UTC, datetime

import pytest

from autograder.grading.submissions.collect import Refused, collect, look_through
from autograder.grading.submissions.intake import MAX_RATIO, RATIO_FROM

NAME = "01_lesson"


@pytest.fixture
def pack(tmp_path):
    """A function that writes a zip of (name, data) pairs, or of ZipInfo and data."""

    def write(*entries, name="class.zip", compression=zipfile.ZIP_DEFLATED):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", compression) as archive:
            for entry, data in entries:
                archive.writestr(entry, data, compress_type=compression)
        return path

    return write


def by_student(path, **options):
    return {submission.student: submission for submission in collect(path, NAME, **options)}


def info(name, mode=stat.S_IFREG | 0o644, date=(2026, 1, 2, 3, 4, 6)):
    entry = zipfile.ZipInfo(name, date)
    entry.external_attr = mode << 16
    return entry


def test_an_export_of_canvas(pack):
    path = pack(
        (f"lovelaceada_123_4567_{NAME}.ipynb", b"ada"),
        (f"boolegeorge_LATE_124_4568_{NAME}-2.ipynb", b"george"),
        (f"smith2anna_125_4569_{NAME}.ipynb", b"anna"),
        (f"LATE_anon_x7Yz9_4570_{NAME}.ipynb", b"anonymous"),
        ("textwriter_126_text.html", b"<p>typed in</p>"),
    )
    found = by_student(path)
    assert {student: s.data for student, s in found.items()} == {
        "lovelaceada_123": b"ada",
        "boolegeorge_124": b"george",
        "smith2anna_125": b"anna",
        "anon_x7Yz9": b"anonymous",
    }
    late = {student for student, s in found.items() if any("late" in remark for remark in s.remarks)}
    assert late == {"boolegeorge_124", "anon_x7Yz9"}
    assert not any(s.problem for s in found.values())


def test_the_newest_of_several_files_counts(pack):
    path = pack(
        (f"lovelaceada_123_9_{NAME}.ipynb", b"old"),
        (f"lovelaceada_123_100_{NAME}-1.ipynb", b"new"),
        ("lovelaceada_123_200_scratch.ipynb", b"not the lesson"),
        ("boolegeorge_124_5_first.ipynb", b"first"),
        ("boolegeorge_124_6_second.ipynb", b"second"),
    )
    found = by_student(path)
    assert found["lovelaceada_123"].data == b"new"
    assert f"{NAME}.ipynb, scratch.ipynb" in found["lovelaceada_123"].remarks[0]
    assert found["boolegeorge_124"].data == b"second"
    assert any("instead of" in remark for remark in found["boolegeorge_124"].remarks)


@pytest.mark.parametrize("top", ["", "Course-Lesson-99/"])
def test_an_export_of_moodle(pack, top):
    path = pack(
        (f"{top}Ada Lovelace_1234567_assignsubmission_file_/{NAME}.ipynb", b"ada"),
        (f"{top}José Müller_1234568_assignsubmission_file_/{NAME}.ipynb", b"jose"),
        (f"{top}George Boole_1234569_assignsubmission_file_{NAME}.ipynb", b"flat"),
        (f"{top}Kurt Gödel_1234570_assignsubmission_file/{NAME}.ipynb", b"newer Moodle"),
        (f"{top}Ada Lovelace_1234567_assignsubmission_onlinetext_/onlinetext.html", b"text"),
        (f"{top}Emmy Noether_1234571_assignsubmission_onlinetext_/onlinetext.html", b"text only"),
    )
    assert {student: s.data for student, s in by_student(path).items()} == {
        "Ada Lovelace_1234567": b"ada",
        "José Müller_1234568": b"jose",
        "George Boole_1234569": b"flat",
        "Kurt Gödel_1234570": b"newer Moodle",
    }


def test_a_zip_of_nbgraders_layout(pack):
    path = pack(
        (f"submitted/ada/{NAME}/{NAME}.ipynb", b"1"),
        (f"submitted/ada/{NAME}/timestamp.txt", b"2026-01-02 03:04:05 UTC"),
        (f"submitted/bob/another/{NAME.replace('1', '2')}.ipynb", b"x"),
        (f"submitted/cyd/{NAME}.ipynb", b"3"),
        (f"__MACOSX/submitted/ada/{NAME}/._{NAME}.ipynb", b"x"),
        (f"submitted/ada/{NAME}/.ipynb_checkpoints/{NAME}-checkpoint.ipynb", b"x"),
    )
    found = by_student(path)
    assert {student: s.data for student, s in found.items()} == {"ada": b"1", "cyd": b"3"}
    assert found["ada"].timestamp == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found["ada"].remarks == found["cyd"].remarks == ()
    assert look_through(path, NAME).left_out == (f"bob: nothing for {NAME}, but another",)


def test_a_zip_of_flat_notebooks(pack):
    path = pack((f"flat/dee_{NAME}.ipynb", b"4"), (f"flat/eve_2026_{NAME}.ipynb", b"5"), ("flat/readme.txt", b"none"))
    assert {student: s.data for student, s in by_student(path).items()} == {"dee": b"4", "eve_2026": b"5"}
    assert look_through(path, NAME).left_out == ("nobody's work: readme.txt",)


def test_a_name_in_utf8_without_the_flag_is_read(pack):
    flagged = pack((f"Müller_1_assignsubmission_file_/{NAME}.ipynb", b"1"))
    data = flagged.read_bytes()
    plain = data.replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00").replace(b"\x00\x08\x00\x00", b"\x00\x00\x00\x00")
    assert plain != data
    flagged.write_bytes(plain)
    with zipfile.ZipFile(flagged) as archive:
        assert "Müller" not in archive.namelist()[0]
    assert set(by_student(flagged)) == {"Müller_1"}


@pytest.mark.parametrize(
    "name", ["../../evil.ipynb", "/etc/evil.ipynb", "a/../../evil.ipynb", "C:\\evil.ipynb", "\\\\host\\evil.ipynb"]
)
def test_names_that_lead_out_are_refused_and_nothing_is_written(pack, tmp_path, name):
    path = pack((name, b"evil"), ("honest.ipynb", b"1"))
    before = sorted(tmp_path.rglob("*"))
    found = look_through(path, NAME)
    assert [(s.student, s.data) for s in found.submissions] == [("honest", b"1")]
    (left_out,) = found.left_out
    assert "leads out of the archive" in left_out
    assert sorted(tmp_path.rglob("*")) == before


def test_links_pipes_and_other_packings_are_refused(pack):
    lzma = info("lzma.ipynb")
    path = pack(
        (info("link.ipynb", stat.S_IFLNK | 0o777), b"/etc/passwd"),
        (info("pipe.ipynb", stat.S_IFIFO | 0o644), b""),
        (info("honest.ipynb"), b"1"),
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(lzma, b"x" * 100, compress_type=zipfile.ZIP_LZMA)
    found = by_student(path)
    assert found.pop("honest").data == b"1"
    assert all(s.data == b"" for s in found.values())
    words = {"link": "is a link", "pipe": "not a regular file", "lzma": "only deflate"}
    assert all(word in found[student].problem for student, word in words.items())


def test_an_encrypted_file_is_refused(pack):
    path = pack(("ada.ipynb", b"secret"), ("bob.ipynb", b"1"))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    found = by_student(path)
    assert "is encrypted" in found["ada"].problem
    assert found["bob"].data == b"1"


def test_bombs_are_refused_unread(pack):
    zeros = b"0" * (MAX_RATIO * RATIO_FROM // 100)
    path = pack(("bomb.ipynb", zeros), ("honest.ipynb", b"{}" * 1000))
    found = by_student(path)
    assert "a bomb" in found["bomb"].problem
    assert found["honest"].data == b"{}" * 1000
    assert "larger than" in by_student(path, max_bytes=1999)["honest"].problem
    assert len(by_student(path, max_bytes=2000)["honest"].data) == 2000


def test_a_file_that_says_it_is_smaller_than_it_is(pack):
    path = pack(("ada.ipynb", b"x" * 5000), ("bob.ipynb", b"1"))
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    found = by_student(path)
    assert "is damaged" in found["ada"].problem
    assert found["bob"].data == b"1"


def test_a_damaged_file_stops_no_other(pack):
    path = pack(("ada.ipynb", b"a" * 100), ("bob.ipynb", b"b" * 100), compression=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"a" * 100, b"a" * 99 + b"!"))
    found = by_student(path)
    assert "is damaged" in found["ada"].problem
    assert found["bob"].data == b"b" * 100


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(pack):
    path = pack(("ada.ipynb", b"1"), ("ada.ipynb", b"2"), ("bob.ipynb", b"3"))
    found = by_student(path)
    assert "appears twice" in found["ada"].problem
    assert found["bob"].data == b"3"


def test_zips_inside_are_refused_with_a_clear_sentence(pack):
    path = pack(
        ("lovelaceada_123_4567_work.zip", b"PK"),
        ("Bob_7_assignsubmission_file_/work.tar.gz", b"x"),
        (f"cyd/{NAME}/{NAME}.zip", b"x"),
        ("dee_125_9_essay.pdf", b"x"),
    )
    found = by_student(path)
    for student in ("lovelaceada_123", "Bob_7", "cyd"):
        assert "was submitted instead of a notebook" in found[student].problem
    assert "found no notebook, but essay.pdf" in found["dee_125"].problem


def test_names_that_are_no_ids_are_refused(pack):
    path = pack((f"=1+1/{NAME}/{NAME}.ipynb", b"x"), (f"{'x' * 120}.ipynb", b"x"), ("ada.ipynb", b"1"))
    found = look_through(path, NAME)
    assert [(s.student, s.data) for s in found.submissions] == [("ada", b"1")]
    assert len(found.left_out) == 2
    assert all("cannot be a student's id" in left_out for left_out in found.left_out)


def test_collect_takes_a_zip_and_a_folder_with_packed_work(pack, tmp_path):
    path = pack(("ada.ipynb", b"1"))
    assert [(s.student, s.data) for s in collect(path, NAME)] == [("ada", b"1")]
    folder = tmp_path / "submitted"
    (folder / "bob" / NAME).mkdir(parents=True)
    (folder / "bob" / NAME / "mine.zip").write_bytes(b"PK")
    (folder / "cyd.zip").write_bytes(b"PK")
    found = {s.student: s.problem for s in collect(folder, NAME)}
    assert set(found) == {"bob", "cyd"}
    assert all("ask for the .ipynb file itself" in problem for problem in found.values())


def test_what_is_no_zip_says_so(tmp_path, pack):
    path = tmp_path / "class.zip"
    with pytest.raises(FileNotFoundError, match="does not exist"):
        collect(path, NAME)
    path.write_bytes(b"no zip")
    with pytest.raises(Refused, match=r"class\.zip is not a readable zip"):
        collect(path, NAME)
    with pytest.raises(FileNotFoundError, match="holds no submissions of 01_lesson"):
        collect(pack(("readme.txt", b"")), NAME)
