"""Archives of learning platforms end where nbgrader looks, under a name that is the same in every assignment."""

import io
import json
import os
import shutil
import warnings
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.handin import archives
from autograder.handin.collect import collect
from autograder.handin.students import as_id, unsafe
from autograder.lms.enrol import twice
from autograder.lms.roster import read_roster
from autograder.lms.table import TableError
from genlab.cli import app
from tests.lms import platforms
from tests.one_lesson import keep_one_lesson
from tests.submissions import damaged

ROOT = Path(__file__).parents[2]
CHAPTER, NAME = "03_vae", "02_vae_fashion"
RELEASED = json.loads((ROOT / "lessons" / CHAPTER / f"{NAME}.ipynb").read_text(encoding="utf-8"))
FILE = f"{NAME}.ipynb"
DUE = "2026-11-22 20:00 UTC"


def answer(text: str) -> bytes:
    """A whole notebook in which one exercise is answered with this text."""
    return damaged.dumped(damaged.solved(RELEASED, {"kl_loss": f"def kl_loss(m, v):\n    return {text!r}"}))


def zipped(contents: dict[str, bytes], time: tuple[int, ...] = (2026, 11, 25, 9, 0, 0)) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in contents.items():
            file.writestr(zipfile.ZipInfo(name, time), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A course of one lesson, due on a day, into which nothing has been handed in."""
    folder = tmp_path_factory.mktemp("course") / "course"
    folder.mkdir()
    shutil.copy(ROOT / "course.yml", folder)
    for name in ("datasets", "lessons"):
        shutil.copytree(ROOT / name, folder / name)
    keep_one_lesson(folder, "vae_fashion")
    text = (folder / "course.yml").read_text(encoding="utf-8")
    title = "    title: Variational autoencoders\n"
    assert title in text
    (folder / "course.yml").write_text(text.replace(title, f"{title}    due: {DUE}\n"), encoding="utf-8")
    return folder


@pytest.fixture
def gather(empty, tmp_path):
    """Collects an archive of these contents; (answers, time stamps, notes) by student."""
    course = tmp_path / "course"
    shutil.copytree(empty, course)

    def run(contents, roster=None, folder=False):
        if folder:
            source = tmp_path / "in"
            for name, data in contents.items():
                (source / name).parent.mkdir(parents=True, exist_ok=True)
                (source / name).write_bytes(data)
        else:
            source = tmp_path / "in.zip"
            source.write_bytes(zipped(contents))
        if roster is not None:
            (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
        rows = collect(course, CHAPTER, source, read_roster(tmp_path / "roster.csv") if roster else None)
        found = {}
        for row in rows:
            place = course / "submitted" / row.student / CHAPTER
            there = (place / FILE).exists()
            text = damaged.source(json.loads((place / FILE).read_bytes()), "kl_loss-solution") if there else ""
            stamp = (place / "timestamp.txt").read_text() if there else ""
            found[row.student] = (text.partition("return ")[2].strip("'\""), stamp, " ".join(row.notes))
        return found

    return run


CANVAS = {
    f"lovelaceada_10201_501_{FILE}": answer("first"),
    "lovelaceada_10201_655_02_vae_fashion-1.ipynb": answer("second"),
    f"garcamrquezzo_LATE_10202_502_{FILE}": answer("zoe"),
    "bob_10203_503_homework.zip": zipped({f"work/{FILE}": answer("bob"), f"__MACOSX/work/._{FILE}": b"\0\5"}),
    "turingalan_10204_text.html": b"<p>I have no notebook</p>",
    f"__MACOSX/._lovelaceada_10201_501_{FILE}": b"\0\5",
    f"._lovelaceada_10201_501_{FILE}": b"\0\5",
}


@pytest.mark.parametrize("around", ["", "submissions/"])
def test_canvas_gives_its_users_numbers_and_the_last_attempt_counts(gather, around):
    found = gather({around + name: data for name, data in CANVAS.items()})
    assert {student: text for student, (text, *_) in found.items()} == {
        "10201": "second",
        "10202": "zoe",
        "10203": "bob",
        "10204": "",
    }
    assert f"“{FILE}” was handed in as well" in found["10201"][2]
    # The archive's entries are dated when it was made. Who is not marked late was in time, whatever the entry says.
    assert [found[student][1][:10] for student in found] == ["2026-11-22", "2026-11-25", "2026-11-22", ""]
    assert "late" in found["10202"][2] and "late" not in found["10203"][2]
    assert "no notebook, but “text.html”" in found["10204"][2].replace("turingalan_10204_", "")


def test_canvas_gradebook_turns_numbers_to_logins(gather):
    found = gather(CANVAS | {f"eve_10909_504_{FILE}": answer("eve")}, platforms.CANVAS_GRADEBOOK)
    assert {student: text for student, (text, *_) in found.items()} == {
        "ada": "second",
        "zoe": "zoe",
        "bob": "bob",
        "alan": "",
        "10909": "eve",
    }
    assert "not on the class list" in found["10909"][2]


MOODLE = {
    f"Ada Lovelace_7001_assignsubmission_file_/{FILE}": answer("ada"),
    "Ada Lovelace_7001_assignsubmission_onlinetext_/onlinetext.html": b"<p>see file</p>",
    f"Zoë García Márquez_7002_assignsubmission_file_{FILE}": answer("zoe"),
    f"Lab B-Bob +49_7003_assignsubmission_file/deeper/{FILE}": answer("bob"),
    "Alan Turing_7004_assignsubmission_onlinetext_/onlinetext.html": b"<p>later</p>",
}


@pytest.mark.parametrize("name", ["Copy of 02_vae_fashion", "my homework", "02_vae_fashion (1)"])
@pytest.mark.parametrize("start", ["Ada Lovelace_7001_assignsubmission_file_/", "lovelaceada_10201_501_"])
def test_what_a_student_renamed_is_said_and_what_canvas_renamed_is_not(gather, start, name):
    [(_, _, said)] = gather({f"{start}{name}.ipynb": answer("ada")}).values()
    assert said == f"It was handed in as “{name}.ipynb”."
    [(text, _, said)] = gather({"lovelaceada_10201_655_02_vae_fashion-1.ipynb": answer("second")}).values()
    assert (text, said) == ("second", "")


def test_lateness_without_a_due_date_is_not_lost(empty, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(empty, course)
    contents = course / "course.yml"
    with_due = contents.read_text(encoding="utf-8")
    contents.write_text(with_due.replace(f"    due: {DUE}\n", ""), encoding="utf-8")
    source = tmp_path / "in.zip"
    source.write_bytes(zipped(CANVAS))

    def gathered():
        stamps = course / "submitted"
        done = CliRunner().invoke(app, ["collect", CHAPTER, str(source), "--course", str(course)])
        return done.output, {p.parts[-3]: p.read_text()[:10] for p in stamps.glob(f"*/{CHAPTER}/timestamp.txt")}

    said, stamps = gathered()
    assert "1 came late" in said and "`due: 2" in said and f"genlab release {CHAPTER}" in said
    assert "3 as handed in, 1 without a notebook, 1 late" in said, "lateness is no damage"
    assert set(stamps.values()) == {"2026-11-25"}
    contents.write_text(with_due, encoding="utf-8")
    said, stamps = gathered()
    assert "1 late, says" in said and "came late" not in said
    assert stamps == {"10201": "2026-11-22", "10202": "2026-11-25", "10203": "2026-11-22"}, "only one is late"


@pytest.mark.parametrize("folder", [False, True])
def test_moodle_gives_names_not_folders(gather, folder):
    found = gather(MOODLE, folder=folder)
    assert {student: text for student, (text, *_) in found.items()} == {
        "Ada Lovelace": "ada",
        "Zoë García Márquez": "zoe",
        "Lab B-Bob +49": "bob",
        "Alan Turing": "",
    }


def test_moodle_people_with_one_name_stay_two(gather):
    twins = {f"Ada Lovelace_{n}_assignsubmission_file_/{FILE}": answer(str(n)) for n in (7001, 7009)}
    assert set(gather(twins)) == {"Ada Lovelace 7001", "Ada Lovelace 7009"}


def test_moodle_worksheet_gives_addresses_and_who_was_late(gather):
    found = gather(MOODLE, platforms.MOODLE_WORKSHEET)
    assert list(found) == ["ada@example.org", "alan@example.org", "bob@example.org", "zoe@example.org"]
    assert [stamp[:10] for _, stamp, _ in found.values()] == ["2026-11-22", "", "2026-11-22", "2026-11-25"]
    assert "late" in found["zoe@example.org"][2]


def test_who_was_collected_before_the_list_was_there_is_found_twice(gather, tmp_path):
    gather(MOODLE)
    gather(MOODLE, platforms.MOODLE_WORKSHEET)
    found = twice(tmp_path / "course", CHAPTER, read_roster(tmp_path / "roster.csv"))
    assert ("Ada Lovelace", "ada@example.org") in found
    assert all((tmp_path / "course/submitted" / name / CHAPTER).is_dir() for pair in found for name in pair)
    assert (
        twice(tmp_path / "course", CHAPTER, None)
        == twice(tmp_path, CHAPTER, read_roster(tmp_path / "roster.csv"))
        == []
    )


def test_gradescope_tells_people_of_a_group_and_times(gather):
    inside = {
        "assignment_1_export/submission_metadata.yml": platforms.GRADESCOPE_METADATA.encode(),
        f"assignment_1_export/submission_90001/{FILE}": answer("group"),
        "assignment_1_export/submission_90002/x.ipynb": answer("bob"),
    }
    found = gather(inside)
    assert {student: (text, stamp) for student, (text, stamp, _) in found.items()} == {
        "S-1": ("group", "2026-11-22 19:40:53 UTC"),
        "S-2": ("group", "2026-11-22 19:40:53 UTC"),
        "S-3": ("bob", "2026-11-22 20:10:00 UTC"),
    }


def test_blackboard_names_user_and_time(gather, monkeypatch):
    start = "Autoencoders_adal_attempt_2026-11-2"
    inside = {f"{start}{day}-19-40-00_{FILE}": answer(str(day)) for day in (1, 2)}
    inside |= {f"{start}{day}-19-40-00.txt": b"Name: Ada" for day in (1, 2)}
    [(student, (text, stamp, said))] = gather(inside).items()
    assert (student, text, stamp[:10]) == ("adal", "2", "2026-11-22") and "as well" in said


def test_archives_in_a_folder_are_students(gather):
    bomb = zipped({FILE: b" " * 8_000_000})
    deep = {f"{FILE}": answer("deep")}
    for _ in range(3):
        deep = {"again.zip": zipped(deep)}
    found = gather(
        {
            "ada.zip": zipped({FILE: answer("ada")}),
            "bob/mine.zip": zipped({f"a/{FILE}": answer("bob"), f"../../{FILE}": answer("evil")}),
            "cyd.zip": b"PK\3\4 no more",
            "dan.zip": bomb,
            "eve.zip": deep["again.zip"],
        },
        folder=True,
    )
    said = {student.strip("“”"): (text, notes) for student, (text, _, notes) in found.items()}
    assert said["ada"][0] == "ada" and said["bob"][0] == "bob"
    assert "no readable .zip" in said["cyd.zip"][1]
    assert "zip bomb" in said["dan"][1]
    assert "archive in an archive" in said["eve/again/again.zip"][1]
    assert "leads out" in said[f"bob/mine/../../{FILE}"][1]


def test_nested_archives_are_not_kept_nor_counted_twice(gather, monkeypatch):
    inside = {f"s{n}.zip": zipped({FILE: answer(str(n)), "notes.bin": os.urandom(200_000)}) for n in range(6)}
    monkeypatch.setattr(archives, "MOST_TOGETHER", sum(map(len, inside.values())) + 7 * len(answer("1")))
    assert {text for text, *_ in gather(inside).values()} == {str(n) for n in range(6)}


@pytest.mark.parametrize(
    "name", ["आदित्य शर्मा", "Nguyễn Văn A", "王小明", "O’Hara, Zoë (Lab 3) ", "..", "a/b\\c", "=cmd", "x" * 300]
)
def test_any_name_makes_an_id_that_a_folder_can_bear(name):
    made = as_id(name)
    assert not made.strip() or not unsafe(made)
    assert made == as_id(made)


def test_a_file_that_is_no_class_list_says_which_are(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(TableError, match="Moodle in English"):
        read_roster(tmp_path / "x.csv")
