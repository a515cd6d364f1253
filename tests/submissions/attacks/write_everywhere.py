"""Leaves a small file in every folder that it can write to."""
# where: latent_grid
# lost: latent_grid

import os
import site
import sys

folders = [
    "/",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/run",
    "/run/lock",
    "/etc",
    "/root",
    "/home",
    "/opt",
    "/srv",
    "/mnt",
    "/usr/local/bin",
]
folders += [
    "COURSE",
    "SOLUTIONS",
    "COURSE/submitted",
    "COURSE/autograded",
    "COURSE/feedback",
    "COURSE/lessons",
    "COURSE/originals",
]
folders += [
    os.path.expanduser("~"),
    os.path.dirname("CANARY_FILE"),
    os.path.dirname("GRADEBOOK"),
    os.path.dirname("NEIGHBOUR"),
]
folders += [
    *sys.path,
    *site.getsitepackages(),
    site.getusersitepackages(),
    os.path.dirname(sys.executable),
    "/proc/self/cwd/../..",
    "..",
]
for folder in folders:
    for way in (folder, "/proc/self/root/" + folder, "/proc/1/root/" + folder):
        try:
            with open(os.path.join(way, "genlab-attack-was-here"), "w") as file:
                file.write("genlab-attack")
        except OSError as error:
            print(error)
