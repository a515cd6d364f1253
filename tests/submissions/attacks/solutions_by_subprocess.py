"""Has other programs read what Python may not: cat, tar, grep, find, python -S, dd."""
# where: latent_grid
# lost: latent_grid

import subprocess

commands = [
    "cat CANARY_FILE SOLUTIONS/03_vae/02_vae_fashion.py",
    "dd if=CANARY_FILE status=none",
    "grep -r . CANARY_FILE",
    "tar cf - SOLUTIONS CANARY_FILE | strings",
    "find SOLUTIONS COURSE -name '*.py' -exec head -c 300 {} +",
    "python3 -S -c 'print(open(\"CANARY_FILE\").read())'",
    "sh -c 'exec 9<CANARY_FILE; cat <&9'",
    "base64 -d <(base64 CANARY_FILE)",
]
for command in commands:
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, errors="replace", timeout=10)
    print(command, "→", done.stdout[:3000], done.stderr[:300])
