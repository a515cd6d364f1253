"""Google Drive as the kit's folder, so that a disconnect of Colab costs nothing that was kept there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from genlab import paths

MOUNT = Path("/content/drive")


def use_drive(folder: str = "genlab") -> Path:
    """The folder of your Google Drive in which prepared data, trained states and progress are kept from now on.

    Call it in Colab before data is loaded; the first call asks for leave to use the Drive. Whatever was trained there before goes
    on. Outside Colab nothing changes, which is said in a line. Raises RuntimeError, with what to do, when the Drive cannot be used.
    """
    before = paths.home()
    try:
        from google.colab import drive
    except ImportError:
        print(f"This is not Colab: data, training and progress stay in {before} (GENLAB_HOME).")
        return before
    chosen = MOUNT / "MyDrive" / folder
    try:
        drive.mount(str(MOUNT))
        chosen.mkdir(parents=True, exist_ok=True)
        if (before / "progress.json").exists() and not (chosen / "progress.json").exists():
            shutil.copy(before / "progress.json", chosen)
    except Exception as error:  # of Colab's own kinds: leave refused, mount timed out, Drive full
        raise RuntimeError(
            f"Your Drive cannot be used ({error}). Run this cell again and allow it, or go on without: "
            f"everything then stays in {before} until Colab disconnects."
        ) from error
    os.environ["GENLAB_HOME"] = str(chosen)
    print(f"Data, training and progress are kept in your Drive, in {folder}/.")
    return chosen
