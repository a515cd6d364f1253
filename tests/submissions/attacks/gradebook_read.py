"""Reads the marks of the class."""
# where: latent_grid
# lost: latent_grid

import shutil
import sqlite3

for way in (
    "GRADEBOOK",
    "COURSE/gradebook.db",
    "../../../gradebook.db",
    "/proc/1/root" + "GRADEBOOK",
    "/proc/self/root" + "GRADEBOOK",
):
    for address in (f"file:{way}?mode=ro", f"file:{way}?immutable=1", f"file:{way}?nolock=1"):
        try:
            rows = sqlite3.connect(address, uri=True).execute("select * from grade").fetchall()
            print("escaped".upper(), rows[:5])
        except sqlite3.Error as error:
            print(error)
    try:
        shutil.copy(way, "genlab-attack-gradebook")
        print("escaped".upper(), way)
    except OSError as error:
        print(error)
