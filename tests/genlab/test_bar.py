"""The progress bar shows itself only where somebody watches."""

import ipykernel  # noqa: F401 - that it is imported does not make this process a notebook

from genlab.data.bar import progress_bar


def test_a_log_file_gets_no_bar(capsys):
    with progress_bar(10, "Drawing garments") as bar:
        bar.update(10)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_on_stdout(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with progress_bar(10, "Drawing garments") as bar:
        bar.update(10)
    shown = capsys.readouterr()
    assert "Drawing garments" in shown.out and not shown.err
