"""Displays a hundred thousand small things and a few huge pictures."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

from IPython.display import HTML, Image, display

for number in range(100_000):
    display(HTML(f"<b>{number}</b>"))
for _ in range(20):
    display(Image(data=b"\x89PNG\r\n\x1a\n" + bytes(20_000_000)))
    display({"application/json": [[0] * 1000] * 1000}, raw=True)


def latent_grid(n):
    return torch.zeros(n * n, 2)
