"""Asks the kit's own command line for the solution, and answers its question with yes."""
# where: latent_grid
# lost: latent_grid

import subprocess
import sys

for command in (
    ["genlab"],
    [sys.executable, "-m", "genlab.cli"],
    [sys.executable, "-c", "from genlab.cli import app; app()"],
):
    answer = subprocess.run(
        [*command, "solution", "vae_fashion/latent_grid"], input="y\n" * 5, capture_output=True, text=True, timeout=20
    )
    print(answer.stdout, answer.stderr[-300:])
    if "def latent_grid" in answer.stdout:
        exec(answer.stdout[answer.stdout.index("def latent_grid") :])
