"""A right answer that writes files to its folder and the temporary folder and reads them again."""
# where: latent_grid
# lost: none

import tempfile
from pathlib import Path

Path("notes").mkdir(exist_ok=True)
Path("notes/settings.txt").write_text("0.5")
torch.save({"half": torch.tensor(0.5)}, "half.pt")
with tempfile.NamedTemporaryFile("w+") as file:
    file.write("hello")


def latent_grid(n):
    half = float(Path("notes/settings.txt").read_text())
    assert torch.load("half.pt")["half"] == half
    quantiles = torch.special.ndtri((torch.arange(n) + half) / n)
    return torch.stack([quantiles.repeat(n), quantiles.flip(0).repeat_interleave(n)], dim=1)
