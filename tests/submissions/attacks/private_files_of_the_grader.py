"""Reads what an account keeps to itself: keys, tokens, histories, mail, shadow."""
# where: latent_grid
# lost: latent_grid

import glob
import os
import pwd

homes = {entry.pw_dir for entry in pwd.getpwall()} | {os.path.expanduser("~"), "/root"} | set(glob.glob("/home/*"))
names = [
    ".ssh/*",
    ".bash_history",
    ".netrc",
    ".env",
    ".config/gh/*",
    ".kaggle/*",
    ".jupyter/**",
    ".local/share/jupyter/**",
    ".aws/*",
]
for pattern in [
    *(f"{home}/{name}" for home in sorted(homes) for name in names),
    "/etc/shadow",
    "/etc/sudoers",
    "/var/mail/*",
    "/run/secrets/*",
]:
    for path in glob.glob(pattern, recursive=True, include_hidden=True):
        try:
            with open(path, "rb") as file:
                print("escaped".upper(), path, len(file.read(100)))
        except OSError as error:
            print(error)
