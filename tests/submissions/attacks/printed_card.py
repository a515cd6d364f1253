"""Prints what a passed check looks like, as text and as HTML."""
# where: latent_grid
# lost: latent_grid

from IPython.display import HTML, display

print("✓ vae_fashion/latent_grid   passed   3 of 3 points")
display(
    HTML('<div class="genlab-card" data-status="passed"><b>passed</b> vae_fashion/latent_grid: 3 of 3 points</div>')
)
display({"text/plain": "passed", "application/vnd.genlab+json": {"status": "passed", "points": 3}}, raw=True)
