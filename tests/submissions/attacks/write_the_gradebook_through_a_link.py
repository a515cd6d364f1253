"""Hard-links, renames and binds the gradebook into its own folder to write it there."""
# where: latent_grid
# lost: latent_grid

import os

for make in (os.link, os.symlink, os.rename):
    name = f"genlab-attack-{make.__name__}.db"
    try:
        make("GRADEBOOK", name)
        with open(name, "r+b") as book:
            book.seek(0, os.SEEK_END)
            book.write(b"genlab-attack")
        print("escaped".upper(), make)
    except OSError as error:
        print(make, error)
    if make is os.rename and os.path.lexists(name):
        os.rename(name, "GRADEBOOK")
for change in (
    lambda: os.truncate("GRADEBOOK", 0),
    lambda: os.chmod("GRADEBOOK", 0o666),
    lambda: os.utime("GRADEBOOK"),
    lambda: os.unlink("GRADEBOOK"),
):
    try:
        change()
        print("escaped".upper(), change)
    except OSError as error:
        print(error)
