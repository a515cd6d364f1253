"""Downloads: whole or not at all, whatever the network does."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from genlab import data
from genlab.data.download import Patience, fetch
from genlab.data.errors import DataError

IMAGES = "train-images-idx3-ubyte.gz"
QUICK = Patience(connect=0.5, silence=0.3, pause=0.01, tries=3)


def downloaded(folder: Path, small) -> bool:
    return all((folder / n).read_bytes() == c for n, c in small.contents.items())


def test_all_files_arrive_byte_for_byte(online, server, small, tmp_path):
    fetch(online, tmp_path, QUICK)
    assert downloaded(tmp_path, small)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(small.contents)


def test_files_already_there_are_not_asked_for_again(online, server, tmp_path):
    fetch(online, tmp_path, QUICK)
    server.asked.clear()
    fetch(online, tmp_path, QUICK)
    assert server.asked == []


def test_a_cut_connection_is_resumed_where_it_stopped(online, server, small, tmp_path):
    server.faults[IMAGES] = ["cut", "cut"]
    fetch(online, tmp_path, QUICK)
    assert downloaded(tmp_path, small)
    size = len(small.contents[IMAGES])
    ranges = [asked for name, asked in server.asked if name == IMAGES]
    half = size // 2
    assert ranges == [None, f"bytes={half}-", f"bytes={half + (size - half) // 2}-"]


def test_a_later_run_resumes_what_an_earlier_one_left(online, server, small, tmp_path):
    server.faults[IMAGES] = ["cut", "404"]
    with pytest.raises(DataError, match="404"):
        fetch(online, tmp_path, QUICK)
    assert not (tmp_path / IMAGES).exists()
    server.asked.clear()
    fetch(online, tmp_path, QUICK)
    assert downloaded(tmp_path, small)
    assert server.asked[0] == (IMAGES, f"bytes={len(small.contents[IMAGES]) // 2}-")


def test_a_server_without_ranges_sends_the_whole_file_again(online, server, small, tmp_path):
    server.faults[IMAGES] = ["cut", "no-range"]
    fetch(online, tmp_path, QUICK)
    assert downloaded(tmp_path, small)


def test_an_old_part_of_another_file_is_started_afresh(online, server, small, tmp_path):
    (tmp_path / f"{IMAGES}.part").write_bytes(b"\x1f\x8b" + b"old" * 20)
    fetch(online, tmp_path, QUICK)
    assert downloaded(tmp_path, small)


def test_a_part_that_another_process_is_writing_is_left_alone(online, server, small, tmp_path):
    theirs = tmp_path / f"{IMAGES}.part-theirs"
    theirs.write_bytes(b"\x1f\x8btheirs")
    fetch(online, tmp_path, QUICK)
    assert theirs.read_bytes() == b"\x1f\x8btheirs"
    assert downloaded(tmp_path, small)


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        (["corrupt"], "wrong checksum"),
        (["html"], "web page"),
        (["404"], "404"),
        (["long"], "more than the"),
        (["503"] * 3, "503"),
        (["hang"] * 3, "sent nothing for 0.3 seconds"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_stays(online, server, tmp_path, faults, says):
    server.faults[IMAGES] = faults
    with pytest.raises(DataError, match=says) as caught:
        fetch(online, tmp_path, QUICK)
    assert IMAGES in str(caught.value) and "127.0.0.1" in str(caught.value)
    assert not (tmp_path / IMAGES).exists()


def test_a_busy_server_and_a_pause_are_waited_out(online, server, small, tmp_path):
    server.faults[IMAGES] = ["503", "hang", "cut", "503"]
    fetch(online, tmp_path, QUICK)
    assert downloaded(tmp_path, small)


def test_a_second_mirror_helps_when_the_first_fails(online, server, small, tmp_path):
    server.faults[IMAGES] = ["corrupt"]
    card = replace(online, mirrors=(f"{server.url}/one", f"{server.url}/two"))
    fetch(card, tmp_path, QUICK)
    assert downloaded(tmp_path, small)


def test_an_unreachable_network_is_given_up_in_time(small, tmp_path):
    # 192.0.2.0/24 is reserved for documentation: nobody answers there. Port 9 here is refused.
    card = replace(small.card, mirrors=("http://192.0.2.1", "http://127.0.0.1:9"))
    start = time.monotonic()
    with pytest.raises(DataError, match="offline"):
        fetch(card, tmp_path, QUICK)
    assert time.monotonic() - start < 3


def test_load_downloads_prepares_and_says_official(home, online, server, capsys):
    held = data.load(online)
    assert held.source == "official" and len(held.train) == 40
    assert capsys.readouterr().out.startswith("Fashion-MNIST: the official images (40 + 20)")
    server.asked.clear()
    assert data.load(online).source == "official"
    assert server.asked == []


def test_a_failed_download_falls_back_and_says_why(home, online, server, capsys):
    server.faults[IMAGES] = ["html"]
    held = data.load(online)
    out = capsys.readouterr().out
    assert held.source == "drawn"
    assert "DRAWN STAND-IN" in out and "web page" in out and "genlab data get" in out
    assert out.count("\n") == 1


def test_after_a_failure_load_does_not_ask_again_but_get_does(home, online, server, capsys):
    server.faults[IMAGES] = ["404"]
    assert data.load(online).source == "drawn"
    server.asked.clear()
    assert data.load(online).source == "drawn"
    assert server.asked == []
    assert data.get(online).name == "official"
    assert not list(home.rglob("failed.json"))
    assert data.load(online).source == "official"


def test_asking_for_the_official_set_never_falls_back(home, online, server):
    server.faults[IMAGES] = ["404"]
    with pytest.raises(DataError, match=r'source="official" is not possible.*404.*GENLAB_DATA'):
        data.load(online, source="official")


def test_offline_means_no_request(home, online, server, monkeypatch, capsys):
    monkeypatch.setenv("GENLAB_OFFLINE", "1")
    assert data.load(online).source == "drawn"
    assert server.asked == []
    assert "GENLAB_OFFLINE is set" in capsys.readouterr().out
