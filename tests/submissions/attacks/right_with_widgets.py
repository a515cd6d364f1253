"""Everything is right, and the last cell shows sliders and a table, which hardly anything can show later."""
# where: last
# lost: none

from IPython.display import Audio, HTML, Image, Markdown, clear_output, display

display(HTML("<table><tr><td>1</td></tr></table>"), Markdown("**done**"))
display(Audio(data=[0.0, 0.1] * 100, rate=8000))
clear_output(wait=True)
genlab.latent_explorer(lambda z: z, points=torch.zeros(3, 2), labels=torch.zeros(3).long(), classes=["a"])
