"""Opens for writing what a later login, program start or timer would run, without changing it."""
# where: latent_grid
# lost: latent_grid

import glob
import os

paths = [
    "/etc/passwd",
    "/etc/profile",
    "/etc/bash.bashrc",
    "/etc/ld.so.preload",
    "/etc/crontab",
    "/etc/hosts",
    *(os.path.join(os.sep, "root", name) for name in (".bashrc", ".profile")),
]
paths += [
    *glob.glob("/etc/cron.d/*"),
    *glob.glob("/home/*/.bashrc"),
    *glob.glob("/usr/lib/python3*/site.py"),
    *glob.glob("/usr/bin/python3*"),
    "/bin/sh",
]
for path in paths:
    for way in (path, "/proc/self/root" + path, "/proc/1/root" + path):
        try:
            os.close(os.open(way, os.O_WRONLY))
            print("escaped".upper(), way)
        except OSError as error:
            print(error)
