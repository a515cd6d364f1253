"""Hand-ins get from whatever folder or archive they come in to where nbgrader looks, and nowhere else."""

import json
import os
import shutil
import stat
import warnings
import zipfile
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from autograder.handin import archives
from autograder.handin.collect import collect, repair_submitted
from autograder.handin.reading import Refused
from genlab import grading_commands
from tests.one_lesson import keep_one_lesson
from tests.submissions import damaged

ROOT = Path(__file__).parents[2]
CHAPTER, NAME = "03_vae", "02_vae_fashion"
RELEASED = json.loads((ROOT / "lessons" / CHAPTER / f"{NAME}.ipynb").read_text(encoding="utf-8"))


def answer(text: str) -> bytes:
    """A whole notebook in which one exercise is answered with this text."""
    return damaged.dumped(damaged.solved(RELEASED, {"kl_loss": f"def kl_loss(m, v):\n    return {text!r}"}))


def answer_in(data: bytes) -> str:
    return damaged.source(json.loads(data), "kl_loss-solution").partition("return ")[2].strip("'\"")


BLANK = damaged.dumped(RELEASED)


@pytest.fixture
def course(tmp_path):
    """A course into which nothing has been handed in."""
    folder = tmp_path / "course"
    folder.mkdir()
    shutil.copy(ROOT / "course.yml", folder)
    for name in ("datasets", "lessons"):
        shutil.copytree(ROOT / name, folder / name)
    keep_one_lesson(folder, "vae_fashion")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def submitted(course: Path, student: str) -> Path:
    return course / "submitted" / student / CHAPTER / f"{NAME}.ipynb"


def kept(course: Path, student: str) -> list[bytes]:
    found = files(course / "originals" / student) if (course / "originals" / student).exists() else {}
    return [data for name, data in found.items() if not name.endswith("mended.json")]


def write(folder: Path, contents: dict[str, bytes], time: float = 1_800_000_000) -> Path:
    for name, data in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (time, time))
    return folder


def archive(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two entries of one name
        for name, data in contents.items():
            file.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 19, 40, 0)), data, zipfile.ZIP_DEFLATED)
    return path


LAYOUT = {
    "ada/02_vae_fashion.ipynb": answer("ada"),
    "bob/deeper/still/Copy of 02_vae_fashion.ipynb": answer("bob"),
    "bob/.ipynb_checkpoints/02_vae_fashion-checkpoint.ipynb": answer("not this"),
    "__MACOSX/ada/._02_vae_fashion.ipynb": b"\0\5\26\7",
    "cyd.ipynb": answer("cyd"),
    "d.e+f@g.org_02_vae_fashion.ipynb": answer("def"),
    "eve_homework.ipynb": answer("eve"),
    "Zoë O'Hara/02_vae_fashion.ipynb": answer("zoe"),
    "readme.txt": b"no notebook",
}
STUDENTS = {"ada": "ada", "bob": "bob", "cyd": "cyd", "d.e+f@g.org": "def", "eve": "eve", "Zoë O'Hara": "zoe"}


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_every_layout_ends_where_nbgrader_looks(course, tmp_path, kind):
    source = write(tmp_path / "in", LAYOUT) if kind == "folder" else archive(tmp_path / "in.zip", LAYOUT)
    *rows, stray = collect(course, CHAPTER, source)
    assert (stray.student, stray.state) == ("“readme.txt”", "stray")
    assert {row.student: row.state for row in rows} == dict.fromkeys(STUDENTS, "ok") | {"bob": "mended"}
    assert {row.notebook for row in rows} == {NAME}
    assert next(row for row in rows if row.student == "bob").notes == (
        "It was handed in as “deeper/still/Copy of 02_vae_fashion.ipynb”.",
    )
    for student, text in STUDENTS.items():
        assert answer_in(submitted(course, student).read_bytes()) == text
        assert sorted(os.listdir(submitted(course, student).parent)) == [f"{NAME}.ipynb", "timestamp.txt"]
    assert sorted(os.listdir(course / "submitted")) == sorted(STUDENTS)


CLASS = ["ada", "bob", "cyd", "dan", "eve"]


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_everybody_of_the_class_has_a_row_and_what_is_no_notebook_is_kept(course, tmp_path, kind):
    contents = {"ada/02_vae_fashion.ipynb": answer("ada"), "bob/report.pdf": b"%PDF", "bob/more/notes.txt": b"text"}
    contents |= {"eve_essay.docx": b"PK", "minutes.docx": b"PK", "ada_notes.txt": b"for the above"}
    source = write(tmp_path / "in", contents)
    (source / "cyd" / "empty").mkdir(parents=True)
    if kind == "zip":
        source = Path(shutil.make_archive(str(tmp_path / "in"), "zip", source))
    rows = collect(course, CHAPTER, source, enrolled=CLASS)
    found = {row.student: (row.state, row.notes[:1]) for row in rows}
    assert [found[student][0] for student in CLASS] == ["ok", "other", "other", "absent", "other"]
    assert len(found) == len(rows) == 6 and found["“minutes.docx”"][0] == "stray"
    assert "no notebook, but “notes.txt”, “report.pdf”" in found["bob"][1][0]
    assert "“eve_essay.docx”" in found["eve"][1][0] and "nothing for this assignment" in found["cyd"][1][0]
    assert files(course / "submitted" / "bob") == {f"{CHAPTER}/report.pdf": b"%PDF", f"{CHAPTER}/notes.txt": b"text"}
    before = files(course)
    assert collect(course, CHAPTER, source, enrolled=CLASS) == rows and files(course) == before
    later = collect(course, CHAPTER, write(tmp_path / "later", {"dan.ipynb": answer("dan")}), enrolled=CLASS)
    states = {row.student: row.state for row in later}
    assert states == dict(zip(CLASS, ["earlier", "other", "other", "ok", "other"], strict=True))


def test_another_file_of_the_same_name_overwrites_none(course, tmp_path):
    for number in (1, 2, 2):
        collect(course, CHAPTER, write(tmp_path / f"{number}", {"bob/report.pdf": b"%d" % number}))
    assert sorted(files(course / "submitted" / "bob").values()) == [b"1", b"2"]


@pytest.mark.parametrize("name", ["ada/02_vae_fashion.ipynb", "ada.ipynb", "ada/homework/x.ipynb"])
def test_a_folder_around_all_hand_ins_is_no_student(course, tmp_path, name):
    contents = {f"class 3a/{name.replace('ada', who)}": answer(who) for who in ("ada", "bob", "cyd")}
    rows = collect(course, CHAPTER, archive(tmp_path / "in.zip", contents))
    assert [row.student for row in rows] == ["ada", "bob", "cyd"]


@pytest.mark.parametrize("names", [("03_vae/x.ipynb", "01_intro/y.ipynb"), ("02_vae_fashion.ipynb", "x.ipynb")])
def test_a_single_student_is_no_folder_around_others(course, tmp_path, names):
    source = write(tmp_path / "in", {f"ada/{name}": answer("ada") for name in names})
    assert [row.student for row in collect(course, CHAPTER, source)] == ["ada"]


@pytest.mark.parametrize("name", ["02_vae_fashion.ipynb", "Copy of 02_vae_fashion.ipynb"])
def test_a_file_that_does_not_say_whose_it_is_is_refused(course, tmp_path, name):
    [row] = collect(course, CHAPTER, write(tmp_path / "in", {name: answer("somebody")}))
    assert row.state == "refused" and "whose it is" in row.notes[0]


def test_a_second_collect_changes_nothing(course, tmp_path):
    contents = LAYOUT | {"fay/a.ipynb": b"<html>", "gus/a.ipynb": b"\xef\xbb\xbf" + answer("gus")}
    source = write(tmp_path / "in", contents)
    rows = collect(course, CHAPTER, source)
    before = files(course)
    assert collect(course, CHAPTER, source) == rows
    assert files(course) == before
    assert {row.student: row.state for row in rows if row.student in ("fay", "gus")} == {
        "fay": "refused",
        "gus": "mended",
    }


def test_an_earlier_submission_goes_to_the_originals_with_its_time(course, tmp_path):
    for number, text in enumerate(("first", "second", "third")):
        source = write(tmp_path / text, {"ada/02_vae_fashion.ipynb": answer(text)}, time=1_800_000_000 + 3600 * number)
        collect(course, CHAPTER, source)
        stamp = submitted(course, "ada").with_name("timestamp.txt").read_text()
        assert stamp == f"2027-01-15 {8 + number:02d}:00:00 UTC"
    assert answer_in(submitted(course, "ada").read_bytes()) == "third"
    old = [answer_in(data) for data in kept(course, "ada") if data.startswith(b"{")]
    assert sorted(old) == ["first", "second"]


def test_of_a_mended_earlier_submission_only_the_original_is_kept(course, tmp_path):
    bom = b"\xef\xbb\xbf" + answer("first")
    collect(course, CHAPTER, write(tmp_path / "1", {"ada/02_vae_fashion.ipynb": bom}))
    collect(course, CHAPTER, write(tmp_path / "2", {"ada/02_vae_fashion.ipynb": answer("second")}))
    assert [data for data in kept(course, "ada") if b"nbformat" in data] == [bom]
    assert answer_in(submitted(course, "ada").read_bytes()) == "second"


@pytest.mark.parametrize(
    "spoil", [bytes, lambda data: data.replace(b'"kernelspec"', b'"kernel"')], ids=["sound", "mended"]
)
def test_what_gave_way_to_a_newer_hand_in_does_not_come_back(course, tmp_path, spoil):
    old, new = spoil(answer("old")), spoil(answer("new"))
    whole_class = write(tmp_path / "class", {f"ada/{NAME}.ipynb": old, f"bo/{NAME}.ipynb": old})
    again = write(tmp_path / "again", {f"ada/{NAME}.ipynb": new}, 1_800_000_500)
    for source in (whole_class, again, whole_class):
        rows = {row.student: row.notes[-1:] for row in collect(course, CHAPTER, source)}
    assert rows["ada"] == (
        f"It is older than the one that was collected after it, which stays. To go back to it, delete “submitted/ada/{CHAPTER}/{NAME}.ipynb” "
        "and collect again.",
    )
    assert rows["bo"] != rows["ada"] and answer_in(submitted(course, "ada").read_bytes()) == "new"
    assert (submitted(course, "ada").parent / "timestamp.txt").read_text().startswith("2027-01-15 08:08:20")
    submitted(course, "ada").unlink()
    collect(course, CHAPTER, whole_class)
    assert answer_in(submitted(course, "ada").read_bytes()) == "old"
    collect(course, CHAPTER, again)
    collect(course, CHAPTER, write(tmp_path / "back", {f"ada/{NAME}.ipynb": old}, 1_800_000_900))
    assert answer_in(submitted(course, "ada").read_bytes()) == "old", "handed in once more, after the other"


def test_of_two_notebooks_the_newest_with_answers_counts(course, tmp_path):
    source = write(tmp_path / "in", {"ada/old.ipynb": answer("old")}, time=1_000)
    write(source, {"ada/new.ipynb": answer("new")}, time=2_000)
    write(source, {"ada/02_vae_fashion.ipynb": BLANK}, time=3_000)
    write(source, {"ada/newest.ipynb": answer("cut")[:3000]}, time=4_000)
    [row] = collect(course, CHAPTER, source)
    assert row.state == "mended"
    assert answer_in(submitted(course, "ada").read_bytes()) == "new"
    said = "\n".join(row.notes)
    assert all(f"“{name}.ipynb” was handed in as well" in said for name in ("old", "02_vae_fashion"))
    assert "handed in as “new.ipynb”" in said


@pytest.mark.parametrize("times, expected", [((5, 9), "two"), ((9, 5), "one")])
def test_in_an_archive_the_newest_is_told_by_its_entry(course, tmp_path, times, expected):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        file.writestr("bob/02_vae_fashion.ipynb", answer("bob"))
        for name, hour in zip(("one", "two"), times, strict=True):
            file.writestr(zipfile.ZipInfo(f"ada/{name}.ipynb", (2026, 11, 22, hour, 0, 0)), answer(name))
    collect(course, CHAPTER, tmp_path / "in.zip")
    assert answer_in(submitted(course, "ada").read_bytes()) == expected


def test_a_timestamp_beside_the_notebook_is_kept(course, tmp_path):
    good, bad = b"2026-11-22 19:40:00.123456 Europe/Berlin", b"soon"
    source = write(
        tmp_path / "in",
        {"ada/a/02_vae_fashion.ipynb": answer("a"), "ada/a/timestamp.txt": good, "ada/timestamp.txt": bad},
    )
    write(source, {"bob/02_vae_fashion.ipynb": answer("b"), "bob/timestamp.txt": bad})
    collect(course, CHAPTER, source)
    assert submitted(course, "ada").with_name("timestamp.txt").read_bytes() == good
    assert submitted(course, "bob").with_name("timestamp.txt").read_bytes() == b"2027-01-15 08:00:00 UTC"


def test_nbgrader_reads_the_timestamps_that_are_written(course, tmp_path):
    from nbgrader.utils import parse_utc

    collect(course, CHAPTER, write(tmp_path / "in", {"ada/02_vae_fashion.ipynb": answer("a")}))
    assert str(parse_utc(submitted(course, "ada").with_name("timestamp.txt").read_text())) == "2027-01-15 08:00:00"


def test_a_repair_mends_a_timestamp_that_would_stop_nbgrader(course):
    for student, stamp in {"ada": b"soon", "bob": b"2026-11-22 19:40:00 UTC"}.items():
        write(submitted(course, student).parent, {f"{NAME}.ipynb": answer("a"), "timestamp.txt": stamp})
    repair_submitted(course, CHAPTER)
    assert submitted(course, "ada").with_name("timestamp.txt").read_bytes() == b"2027-01-15 08:00:00 UTC"
    assert kept(course, "ada") == [b"soon"]
    assert submitted(course, "bob").with_name("timestamp.txt").read_bytes() == b"2026-11-22 19:40:00 UTC"


BAD_NAMES = {
    "../../evil/02_vae_fashion.ipynb": "leads out",
    "ada/../../02_vae_fashion.ipynb": "leads out",
    "/etc/02_vae_fashion.ipynb": "leads out",
    "C:\\x\\x.ipynb": "leads out",
    "..\\evil\\x.ipynb": "leads out",
    ".hidden/02_vae_fashion.ipynb": "name of a student",
    "-rf/02_vae_fashion.ipynb": "name of a student",
    "a*b/02_vae_fashion.ipynb": "name of a student",
    "a b /02_vae_fashion.ipynb": "name of a student",
    "_.ipynb": "whose it is",
    f"{'n' * 150}/02_vae_fashion.ipynb": "name of a student",
    f"{'n' * 250}/02_vae_fashion.ipynb": "too long",
    "a\nb/02_vae_fashion.ipynb": "name of a student",
}


def test_names_that_lead_elsewhere_are_refused_and_others_collected(course, tmp_path):
    source = archive(
        tmp_path / "in.zip", {name: answer("evil") for name in BAD_NAMES} | {"ada/02_vae_fashion.ipynb": answer("ada")}
    )
    before = files(tmp_path)
    rows = collect(course, CHAPTER, source)
    assert [row.student for row in rows if row.state == "ok"] == ["ada"]
    refused = [row for row in rows if row.state == "refused"]
    assert len(refused) == len(BAD_NAMES) and len(rows) == len(BAD_NAMES) + 1
    assert all(row.notes[0] and row.student.isprintable() for row in refused)
    for words in set(BAD_NAMES.values()):
        assert sum(words in row.notes[0] for row in refused) == sum(w == words for w in BAD_NAMES.values())
    new = files(tmp_path).keys() - before.keys()
    assert {name for name in new if b"evil" in (tmp_path / name).read_bytes()} == set()


def test_names_in_other_encodings_are_read_or_refused(course, tmp_path):
    path = archive(
        tmp_path / "in.zip", {"aXXb/02_vae_fashion.ipynb": answer("utf-8"), "cXd/02_vae_fashion.ipynb": answer("latin")}
    )
    data = path.read_bytes().replace(b"aXXb", "aßb".encode()).replace(b"cXd", b"c\xffd")
    path.write_bytes(data)
    rows = collect(course, CHAPTER, path)
    assert {row.state: row.student for row in rows}["ok"] == "aßb"
    [refused] = [row for row in rows if row.state == "refused"]
    assert "UTF-8" in refused.notes[0]

    folder = write(tmp_path / "in", {"ada/02_vae_fashion.ipynb": answer("ada")})
    os.makedirs(os.fsencode(folder) + b"/c\xffd")
    with open(os.fsencode(folder) + b"/c\xffd/02_vae_fashion.ipynb", "wb") as file:
        file.write(answer("latin"))
    rows = collect(course, CHAPTER, folder)
    assert sorted((row.state, row.notes != ()) for row in rows) == [("ok", False), ("refused", True)]
    assert all(row.student.encode("utf-8") for row in rows)


def test_links_in_an_archive_are_refused(course, tmp_path):
    link = zipfile.ZipInfo("ada/02_vae_fashion.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        file.writestr(link, "/etc/passwd")
    [row] = collect(course, CHAPTER, tmp_path / "in.zip")
    assert (row.state, row.notes) == ("refused", ("It is a link.",))
    assert not (course / "submitted").exists()


def test_links_in_a_folder_are_never_followed(course, tmp_path):
    secret = write(tmp_path / "elsewhere", {"02_vae_fashion.ipynb": answer("secret")})
    folder = write(tmp_path / "in", {"cyd/02_vae_fashion.ipynb": answer("cyd")})
    (folder / "ada").symlink_to(secret)
    (folder / "bob").mkdir()
    (folder / "bob" / "02_vae_fashion.ipynb").symlink_to(secret / "02_vae_fashion.ipynb")
    (folder / "dan.ipynb").symlink_to(secret / "02_vae_fashion.ipynb")
    rows = collect(course, CHAPTER, folder)
    assert {row.student: row.state for row in rows} == {
        "bob": "refused",
        "cyd": "ok",
        "dan": "refused",
        "“ada”": "stray",
    }
    assert not any(b"secret" in data for data in files(course).values())


def test_zip_bombs_are_refused_and_others_collected(course, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_TOGETHER", 5_000_000)
    bomb = b" " * 4_000_000
    contents = {
        "ada/02_vae_fashion.ipynb": answer("ada"),
        "bob/02_vae_fashion.ipynb": bomb,
        "cyd/02_vae_fashion.ipynb": bomb,
        "dan/02_vae_fashion.ipynb": answer("dan"),
    }
    rows = collect(course, CHAPTER, archive(tmp_path / "in.zip", contents))
    found = {row.student: (row.state, *row.notes) for row in rows}
    assert found["ada"][0] == "ok"
    assert "zip bomb" in found["bob"][1] and "zip bomb" in found["cyd"][1]
    assert "more than anybody hands in" in found["dan"][1]


def test_a_header_that_lies_about_the_size_gains_nothing(course, tmp_path):
    path = archive(
        tmp_path / "in.zip", {"ada/02_vae_fashion.ipynb": b" " * 3_000_000, "bob/02_vae_fashion.ipynb": answer("bob")}
    )
    size = (3_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (100).to_bytes(4, "little")))
    assert {row.student: row.state for row in collect(course, CHAPTER, path)} == {"ada": "refused", "bob": "ok"}


def test_damaged_and_locked_entries_cost_only_themselves(course, tmp_path):
    path = archive(
        tmp_path / "in.zip", {"ada/02_vae_fashion.ipynb": answer("ada" * 99), "bob/02_vae_fashion.ipynb": answer("bob")}
    )
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(data)
    assert {row.student: row.state for row in collect(course, CHAPTER, path)} == {"ada": "refused", "bob": "ok"}

    path = archive(tmp_path / "locked.zip", {"cyd/02_vae_fashion.ipynb": answer("cyd")})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1  # the flag of encryption
    path.write_bytes(data)
    [row] = collect(course, CHAPTER, path)
    assert row.state == "refused" and "password" in row.notes[0]


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut"])
def test_what_is_no_archive_is_refused_as_a_whole(course, tmp_path, content):
    path = tmp_path / "in.zip"
    path.write_bytes(content)
    with pytest.raises(Refused, match="no folder and no readable"):
        collect(course, CHAPTER, path)
    with pytest.raises(Refused, match="does not exist"):
        collect(course, CHAPTER, tmp_path / "nothing")


def test_too_many_entries_are_refused(course, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    with pytest.raises(Refused, match="4 files"):
        collect(course, CHAPTER, archive(tmp_path / "in.zip", dict.fromkeys("abcd", b"")))


def add_assignment(course: Path) -> None:
    (course / "course.yml").write_text(
        (course / "course.yml").read_text()
        + "\n  - id: 09_more\n    title: GANs\n    lessons:\n      - id: gan_bricks\n        file: 01_gan\n"
        "        title: A GAN\n        data: []\n        minutes: 9\n        exercises:\n"
        "          - {id: Critic, points: 3, minutes: 5, difficulty: 1}\n"
    )


def test_a_notebook_of_another_assignment_is_said_to_be_one(course, tmp_path):
    add_assignment(course)
    notebook = {"cells": [damaged.code('check("gan_bricks/Critic", Critic)')], "metadata": {}, "nbformat": 4}
    source = write(
        tmp_path / "in", {"ada/a.ipynb": damaged.dumped(notebook), "bob/02_vae_fashion.ipynb": answer("bob")}
    )
    ada, bob = collect(course, CHAPTER, source)
    assert ada.state == "other" and "lesson gan_bricks" in ada.notes[1]
    assert bob.state == "ok"
    assert not files(course / "submitted" / "ada")


def test_a_damaged_file_with_another_lessons_name_is_not_taken_for_this_one(course, tmp_path):
    add_assignment(course)
    source = write(tmp_path / "in", {"ada/01_gan.ipynb": b"{", "bob/homework.ipynb": b"{"})
    ada, bob = collect(course, CHAPTER, source)
    assert ada.state == "other" and "of another assignment" in ada.notes[1]
    assert bob.state == "refused"


@pytest.mark.parametrize("place", [".", "..", "submitted", "submitted/ada", "autograded", "originals"])
def test_what_the_course_itself_keeps_is_not_collected(course, tmp_path, place):
    collect(course, CHAPTER, write(tmp_path / "in", {"ada/a.ipynb": answer("ada")}))
    write(course / "autograded" / "ada" / CHAPTER, {f"{NAME}.ipynb": answer("ada")})
    before = files(course)
    with pytest.raises(Refused, match="came from the students"):
        collect(course, CHAPTER, course / place)
    assert files(course) == before


def test_of_two_downloads_with_one_date_the_later_counts(course, tmp_path):
    both = {f"ada/{NAME}.ipynb": answer("one"), f"ada/{NAME} (1).ipynb": answer("two")}
    collect(course, CHAPTER, write(tmp_path / "in", both))
    assert answer_in(submitted(course, "ada").read_bytes()) == "two"


def test_a_repair_covers_everybody_or_those_who_are_named(course):
    for student in ("ada", "bob"):
        write(submitted(course, student).parent, {f"Copy of {NAME}.ipynb": answer(student)})
    (course / "submitted" / "cyd").mkdir()
    (course / "submitted" / ".hidden").mkdir()
    write(course / "submitted", {"readme.txt": b"notes"})
    rows = repair_submitted(course, CHAPTER, ["bob", "nobody", "../x"])
    assert [(row.student, row.state) for row in rows] == [
        ("bob", "mended"),
        ("nobody", "absent"),
        ("“../x”", "refused"),
    ]
    assert not submitted(course, "ada").exists()
    rows = repair_submitted(course, CHAPTER)
    found = [(row.student, row.state) for row in rows]
    assert found == [("ada", "mended"), ("bob", "ok"), ("cyd", "absent")]  # bob's was mended before
    assert answer_in(submitted(course, "ada").read_bytes()) == "ada"


@pytest.mark.parametrize("level", ["student", "assignment"])
def test_a_link_in_place_of_a_folder_is_not_followed(course, level):
    write(submitted(course, "ada").parent, {f"{NAME}.ipynb": answer("ada")})
    place = submitted(course, "bob").parent
    place = place.parent if level == "student" else place
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(submitted(course, "ada").parents[1 if level == "student" else 0])
    [row] = repair_submitted(course, CHAPTER, ["bob"])
    assert row.state == "absent" and "no ordinary file" in row.notes[1]
    assert not place.is_symlink()
    assert answer_in(submitted(course, "ada").read_bytes()) == "ada"


def test_a_notebook_in_the_wrong_place_is_pointed_out_and_left_alone(course):
    write(course / "submitted", {"ada.ipynb": answer("ada")})
    [row] = repair_submitted(course, CHAPTER)
    assert row.state == "refused" and "genlab collect" in row.notes[0]
    assert files(course / "submitted") == {"ada.ipynb": answer("ada")}


def test_an_unknown_assignment_or_a_course_that_is_not_built_is_said_so(course, tmp_path):
    with pytest.raises(LookupError, match="03_vae"):
        repair_submitted(course, "99_none")
    write(submitted(course, "ada").parent, {f"{NAME}.ipynb": answer("ada")})
    shutil.rmtree(course / "lessons")
    with pytest.raises(FileNotFoundError, match="genlab build"):
        repair_submitted(course, CHAPTER)


def run(*arguments: object):
    app = typer.Typer()
    grading_commands.add_to(app)
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200"})


def test_the_commands_show_a_row_for_each_and_fail_when_one_is_refused(course, tmp_path):
    source = write(
        tmp_path / "in",
        {
            "ada/02_vae_fashion.ipynb": answer("ada"),
            "[bold]/02_vae_fashion.ipynb": b"",
            "bob/02_vae_fashion.ipynb": b"",
        },
    )
    result = run("collect", CHAPTER, source, "--course", course)
    assert result.exit_code == 1
    assert "“[bold]/02_vae_fashion.ipynb”" in result.output
    assert "It is empty." in result.output
    assert "1 as handed in, 2 refused" in result.output
    result = run("repair", CHAPTER, "ada", "--course", course)
    assert result.exit_code == 0
    assert "1 as handed in\n" in result.output


def test_many_who_handed_in_nothing_take_one_line_and_are_all_named(course, tmp_path, monkeypatch):
    from autograder.lms import enrol

    absent = [f"student{number:03}" for number in range(120)]
    monkeypatch.setattr(enrol, "enrolled", lambda course: [*absent, "ada"])
    result = run("collect", CHAPTER, write(tmp_path / "in", {"ada.ipynb": answer("ada")}), "--course", course)
    assert result.exit_code == 0 and "1 as handed in, 120 with nothing handed in\n" in result.output
    assert result.output.count("○ not handed in") == 1 and all(name in result.output for name in absent)


def test_the_commands_say_what_to_do_next(course, tmp_path):
    result = run("repair", CHAPTER, "--course", course)
    assert (result.exit_code, result.output.count("\n")) == (0, 1)
    assert "genlab collect" in result.output
    result = run("collect", CHAPTER, tmp_path / "nothing", "--course", course)
    assert result.exit_code == 2 and "does not exist" in result.output
    result = run("repair", CHAPTER, "--course", tmp_path / "nowhere")
    assert result.exit_code == 2 and "Is this a course?" in result.output
