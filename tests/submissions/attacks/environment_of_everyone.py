"""Reads the environment and the command line of every process in sight, its own and its parents' first."""
# where: sample_prior
# lost: sample_prior

import glob
import os

print(dict(os.environ))
print(os.environb, os.getenv("GENLAB_CANARY_SECRET"))
for path in sorted(glob.glob("/proc/*/environ") + glob.glob("/proc/*/task/*/environ") + glob.glob("/proc/*/cmdline")):
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        continue
    print(path, content)
print(os.popen("env; cat /proc/1/environ; ps auxe").read())
