# %% [markdown]
# # A variational autoencoder on Fashion-MNIST
#
# An autoencoder squeezes a picture into two numbers and draws it again from them. It is tempting to pick two
# numbers yourself and have it draw something new. It mostly fails. In this notebook you find out why, and build
# the model that makes it work: the **variational autoencoder** (VAE). You write the parts that matter – seven
# short exercises, and a bug to find – and then *your* code learns to draw garments.
#
# **When you are done you can**
#
# - show where an autoencoder's latent space has holes, and say which part of its loss puts them there (none!);
# - write a sampling layer that gradients can pass through, and explain the trick that makes it possible;
# - derive and compute the KL divergence between the encoder's Gaussian and the prior;
# - put the loss of a VAE together, with the right units, and say what `beta` trades for what;
# - draw new garments from nothing but Gaussian noise, and walk through the latent plane between them.
#
# **What you need:** the autoencoder and its transposed convolutions (the notebook before this one), how a PyTorch
# training step works, and the density of a Gaussian. **Time:** about 90 minutes. The computer's share is two
# to three minutes on two idle CPU cores.
#
# Each exercise is a cell that ends in `raise NotImplementedError`. Replace that line with your code, run the cell,
# then run the check below it: it says what holds, and when something does not, usually which mistake it is.
# Stuck? `!genlab hint vae_fashion/kl_loss` in a cell of your own gives a hint, and each further call a stronger one.

# %% given="imports"
import math

import torch
from torch import nn
from torch.nn import functional as F

import genlab
from autograder import reuse
from genlab import plots

# %% [markdown]
# The same notebook runs at three sizes: `smoke` (seconds, to test that everything runs – the pictures are noise),
# `cpu` (minutes) and `gpu` (the book's full setting: all 60,000 images, five epochs). The kit chooses by what it
# finds; the environment variable `GENLAB_SCALE` overrules it.

# %% given="settings"
LATENT_DIM = 2  # a plane, so that we can look at all of it
BETA = 1024 / 500  # the weight of the KL term; section 6 says why this odd number

TRAIN_IMAGES = genlab.pick(smoke=256, cpu=60_000, gpu=60_000)
EPOCHS = genlab.pick(smoke=1, cpu=1, gpu=5)
BATCH_SIZE = genlab.pick(smoke=32, cpu=50, gpu=100)
LEARNING_RATE = genlab.pick(smoke=1e-3, cpu=1e-3, gpu=5e-4)
TEST_IMAGES = genlab.pick(smoke=200, cpu=10_000, gpu=10_000)
DEVICE = genlab.device()
GREY, ORANGE = "#5F6B76", plots.COLOURS[4]

plots.figure_style()
print(f"scale {genlab.scale()}, on {DEVICE}")

# %% [markdown]
# The data: small grey pictures of ten kinds of garment, 28×28 pixels with a margin of two black pixels around them,
# which makes 32×32 – a size that can be halved three times. The line below says which source is in use: the real
# Fashion-MNIST where it can be had, otherwise a stand-in that the kit draws itself, with the same ten classes.

# %% payoff="data" alt="Ten garments in a row, one of each class of Fashion-MNIST, white on black."
data = genlab.data.load("fashion_mnist", size=32)
train_images = data.train.images[:TRAIN_IMAGES]  # (N, 1, 32, 32) uint8
test_images, test_labels = data.test.images[:TEST_IMAGES], data.test.labels[:TEST_IMAGES]
x_test = test_images[:5000].to(DEVICE).float() / 255  # (N, 1, 32, 32) in [0, 1], for the pictures
labels = test_labels[:5000]

one_of_each = [int((data.train.labels == k).nonzero()[0]) for k in range(10)]
plots.strip(data.train.images[one_of_each], titles=data.classes)

# %% [markdown]
# ## 1. Why you cannot draw from an autoencoder
#
# Let us try, with **your decoder** of the previous notebook: a linear layer to 2,048 numbers, seen as 128 channels of
# 4×4 pixels, which three transposed convolutions double to 32×32. Its output are **logits**, one per pixel; a sigmoid
# turns them into intensities between 0 (black) and 1 (white).
#
# The line below takes it from `01_autoencoder.ipynb` in this folder (saved, and with its check passed). Is that
# notebook not here, as in Colab? Then put your class in place of the line.

# %% reuse="autoencoder/Decoder"
Decoder = reuse("autoencoder/Decoder")

# %% [markdown]
# In front of it, for this first experiment only, goes the plainest encoder there is: two linear layers that turn the
# picture into a point `z` of the plane. (Yours will be better, and convolutional.) The pair is trained to reproduce
# its input.

# %% payoff="autoencoder"
torch.manual_seed(0)
point_encoder = nn.Sequential(nn.Flatten(), nn.Linear(1024, 256), nn.ReLU(), nn.Linear(256, LATENT_DIM)).to(DEVICE)
point_decoder = Decoder(LATENT_DIM).to(DEVICE)
optimizer = torch.optim.Adam([*point_encoder.parameters(), *point_decoder.parameters()], lr=2e-3)


def autoencoder_step(x):
    optimizer.zero_grad()
    loss = F.binary_cross_entropy_with_logits(point_decoder(point_encoder(x)), x)
    loss.backward()
    optimizer.step()
    return {"pixel BCE": loss.item()}


autoencoder_history = genlab.fit(
    autoencoder_step,
    train_images[: genlab.pick(smoke=128, cpu=25_000, gpu=60_000)],
    epochs=genlab.pick(smoke=1, cpu=1, gpu=3),
    batch_size=BATCH_SIZE,
    state={"encoder": point_encoder, "decoder": point_decoder, "optimizer": optimizer},
)

# %% [markdown]
# Now draw from it. Nobody tells us where in the plane to pick our points, so we do the obvious: find the box that
# holds the codes of the test images, and choose 27 points in it at random.

# %% payoff="box_samples" alt="Twenty-seven numbered pictures that the plain autoencoder draws at places chosen evenly in the box around its points."
with torch.no_grad():
    points = point_encoder(x_test)  # (N, 2)
    low, high = points.amin(0), points.amax(0)
    torch.manual_seed(0)
    chosen = low + (high - low) * torch.rand(27, LATENT_DIM).to(DEVICE)  # (27, 2)
    drawn = torch.sigmoid(point_decoder(chosen))  # (27, 1, 32, 32)

plots.image_grid(drawn, rows=3, cols=9, titles=[str(number) for number in range(1, 28)])

# %% [markdown]
# Many are garments. Others are blots, shreds, burnt to plain white, or next to nothing. The map shows why: a dot for
# each test image, and the 27 points with their numbers. Cut the box into 20×20 equal cells; a number is orange when
# its cell holds no test image at all. The arrows show what the encoder thinks of the pictures just drawn: they lead
# from each point to the code of *its own picture*. Where the decoder knows a place, the two are nearly the same.


# %% payoff="holes" alt="The map of the test images with the 27 numbered places of the pictures above, orange where no image is near; arrows lead to where the encoder puts each picture."
def cell_of(u, cells=20):
    """The number of the cell that each of the points u (N, 2)
    is in, on a board of cells × cells over the unit square."""
    column, row = (u.cpu() * cells).long().clamp(0, cells - 1).T
    return cells * row + column


occupied = cell_of((points - low) / (high - low)).unique()
in_hole = ~torch.isin(cell_of((chosen - low) / (high - low)), occupied)
with torch.no_grad():
    returned = point_encoder(drawn)

figure, ax = plots.subplots(width=7.5, height=4.8)
plots.latent_map(points, labels, data.classes, ax=ax, title="where the autoencoder puts the test images")
for k, hole in enumerate(in_hole.tolist()):
    colour = ORANGE if hole else "black"
    badge = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": colour}
    arrow = {"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", returned[k].tolist(), chosen[k].tolist(), arrowprops=arrow)
    ax.text(*chosen[k].tolist(), k + 1, color=colour, ha="center", va="center", fontsize=8, bbox=badge)
box_empty = 1 - len(occupied) / 400
print(f"{box_empty:.0%} of the box is empty")
figure

# %% [markdown]
# The long arrows start in the holes: there the decoder draws something, but what it draws belongs elsewhere, or nowhere.
# And holes are common: the share of empty cells is the chance that a point drawn from the box falls into one.
#
# Look at the autoencoder's loss: pixels in, pixels out. It rewards codes that can be told apart, nothing else. Not
# *where* the codes lie, not how far apart, not what happens between them. The holes are no accident of this run;
# there is simply no term that would mind them. And even in the crowded places there is no law for the codes that we
# could draw from – the box was our guess.
#
# ## 2. From a point to a Gaussian
#
# A VAE changes two things.
#
# 1. **The encoder answers with a Gaussian instead of a point.** For an image $x$ it gives a mean $\mu$ and a variance
#    $\sigma^2$ for each latent dimension, and the decoder gets a *draw* $z \sim q(z|x) = \mathcal{N}(\mu, \sigma^2)$
#    – a different one each time. So it has to make sense of the whole neighbourhood of $\mu$, and neighbours must be
#    similar.
# 2. **All these Gaussians are pulled towards one and the same: the prior** $p(z) = \mathcal{N}(0, I)$. Together
#    they then fill the prior's plane, and we know the law to draw from.

# %% payoff="points_to_gaussians" alt="Two charts of codes on a line. Left, autoencoder: every image is a thin line, with empty stretches between. Right, VAE: every image is a bell curve, and all together come close to the prior N(0, 1), dashed."
z_axis = torch.linspace(-3.6, 3.6, 300)


def bell(mean, std):
    return torch.exp(torch.distributions.Normal(mean, std).log_prob(z_axis))


figure, (left, right) = plots.subplots(1, 2, width=10, height=2.8)
left.vlines([-2.7, -2.5, -2.2, -1.9, 0.2, 0.4, 0.6, 2.5, 2.8], 0, 1, colors=plots.COLOURS[0])
left.text(-0.85, 0.5, "what should\nthe decoder\ndraw here?", ha="center", va="center")
left.set(title="autoencoder: every image is a point", xlabel="$z$", yticks=[], xlim=(-3.6, 3.6))
bells = [bell(mean, 0.5) for mean in (-1.38, -0.84, -0.51, -0.24, 0, 0.24, 0.51, 0.84, 1.38)]
for one in bells:
    right.fill_between(z_axis, one / 9, color=plots.COLOURS[0], alpha=0.25, lw=0)
right.plot(z_axis, sum(bells) / 9, color=plots.COLOURS[0], label="all images together")
right.plot(z_axis, bell(0, 1), "--", color=plots.COLOURS[4], label="prior $\\mathcal{N}(0, 1)$")
right.set(title="VAE: every image is a Gaussian", xlabel="$z$", yticks=[], ylim=(0, 0.52))
right.legend(loc="upper right")
figure

# %% [markdown]
# The encoder's second output is not $\sigma^2$ but its logarithm, $\log \sigma^2$, called `z_log_var` here. A linear
# layer can give any real number, a variance must be positive, and $e^{\text{anything}}$ is. Very small and very large
# variances are equally easy to reach, and the KL term below contains $\log \sigma^2$ anyway. (The book's code calls
# this variable `z_var`, although it is a *log*-variance there, too. We call it what it is: the two are easily mixed up.)
# From it,
#
# $$\sigma = \sqrt{\sigma^2} = e^{\frac{1}{2} \log \sigma^2}.$$
#
# ## 3. The reparametrisation trick
#
# A draw is in the way of learning. The loss should tell the encoder how to change $\mu$ and $\sigma$, but what is the
# derivative of a random number with respect to the parameters of its law? The trick is to say the same thing in
# another way: draw the noise first, from a law *without* parameters, then shift and stretch it,
#
# $$z = \mu + \sigma \cdot \varepsilon, \qquad \varepsilon \sim \mathcal{N}(0, 1).$$
#
# This $z$ has exactly the law $\mathcal{N}(\mu, \sigma^2)$. But now the randomness is an input like the image, and
# what the encoder controls is reached by plain arithmetic, which has derivatives. In grey the way from the image to
# the loss, in orange the way back of the reconstruction's gradient; chance is yellow.


# %% payoff="diagram"
def diagram(ax, boxes, ways, back=()):
    """Draws boxes {name: (x, y, text)} and arrows (from, to)
    between them; what is drawn at random is yellow."""
    drawn = {}
    for name, (x, y, text) in boxes.items():
        random = "sim" in text or "Sampling" in text
        shape, face = ("ellipse,pad=0.3", "#FFE9A8") if random else ("round,pad=0.5", "#E8EFF6")
        box = {"boxstyle": shape, "facecolor": face, "edgecolor": GREY}
        drawn[name] = ax.text(x, y, text, ha="center", va="center", fontsize=11, bbox=box)
    for names, colour, bend in [*((w, GREY, 0) for w in ways), *((b, ORANGE, -0.3) for b in back)]:
        start, end = drawn[names[0]], drawn[names[1]]
        style = {"arrowstyle": "-|>", "color": colour, "lw": 1.8, "connectionstyle": f"arc3,rad={bend}"}
        style |= {"patchA": start.get_bbox_patch(), "patchB": end.get_bbox_patch(), "shrinkA": 3, "shrinkB": 3}
        ax.annotate("", end.get_position(), start.get_position(), arrowprops=style)
    ax.axis("off")


# %% payoff="graph" alt="Two diagrams from x through the encoder, z and the decoder to the loss. Above: z is drawn, and the gradient stops there. Below: z is the mean plus σ times a noise that comes from outside, and the gradient passes to both."
boxes = {"x": (0, 0, "$x$"), "encoder": (1.4, 0, "encoder"), "decoder": (7.9, 0, "decoder"), "loss": (9.4, 0, "loss")}
boxes |= {"mean": (3.2, 0.8, "z_mean"), "log_var": (3.2, -0.8, "z_log_var")}
before = boxes | {"z": (5.7, 0, r"$z \sim \mathcal{N}(\mu, \sigma^2)$")}
after = boxes | {"z": (5.7, 0, r"$z = \mu + \sigma\,\varepsilon$")}
after |= {"noise": (5.7, 1.25, r"$\varepsilon \sim \mathcal{N}(0, 1)$")}
ways = [("x", "encoder"), ("encoder", "mean"), ("encoder", "log_var"), ("mean", "z"), ("log_var", "z")]
ways += [("z", "decoder"), ("decoder", "loss")]
back = [("loss", "decoder"), ("decoder", "z")]
further = [("z", "mean"), ("z", "log_var"), ("mean", "encoder"), ("log_var", "encoder")]

figure, (top, bottom) = plots.subplots(2, 1, width=9, height=5.6)
diagram(top, before, ways, back)
top.text(5.7, -0.95, "the gradient stops here:\na draw has no derivative", color=ORANGE, ha="center", va="center")
diagram(bottom, after, [*ways, ("noise", "z")], back + further)
bottom.text(3.85, 0.95, r"$\partial z / \partial \mu = 1$", color=ORANGE)
bottom.text(5.1, -1.0, r"$\partial z / \partial \log \sigma^2 = \frac{1}{2} \sigma \varepsilon$", color=ORANGE)
for ax, title in [
    (top, "before: the draw is in the way"),
    (bottom, "after: the noise is an input, the gradient passes"),
]:
    ax.set(xlim=(-0.4, 9.9), ylim=(-1.3, 1.6))
    ax.set_title(title, loc="left")
figure

# %% [markdown]
# ### Exercise 1: `Sampling`
#
# Write the trick as a layer. Each number of `z` needs noise of its own – one for every image *and* every dimension –
# and fresh noise every time the layer is called, in training and afterwards alike.


# %% exercise="Sampling"
class Sampling(nn.Module):
    """A draw z ~ N(z_mean, exp(z_log_var)) that gradients
    pass through (Kingma & Welling 2013, section 2.4)."""

    def forward(self, z_mean: torch.Tensor, z_log_var: torch.Tensor) -> torch.Tensor:
        """One draw of z for each image and dimension.

        z_mean:    (B, D), the means
        z_log_var: (B, D), the natural logarithms of the variances
        returns:   (B, D), on the device and in the dtype of the inputs; differentiable in both of them

        The noise is standard normal, from PyTorch's global generator, and new in every
        element and every call. Train and eval mode do the same. The inputs are not changed.
        """
        ### BEGIN SOLUTION
        std = torch.exp(0.5 * z_log_var)
        return z_mean + std * torch.randn_like(std)
        ### END SOLUTION


# %% [markdown]
# Your layer at work: three images' Gaussians, 1,000 draws from each, and rings at one and two standard deviations. In
# two dimensions 39 % of the draws should fall inside the inner ring and 86 % inside the outer one.

# %% payoff="sampling" alt="Three clouds of 1,000 points each, drawn by the sampling layer, inside the ellipses of one and two standard deviations of their Gaussians."
torch.manual_seed(0)
means = torch.tensor([[-2.0, 0.5], [0.5, -0.5], [2.5, 1.0]])
stds = torch.tensor([[0.4, 0.8], [1.0, 0.3], [0.2, 0.2]])
circle = torch.linspace(0, 2 * math.pi, 100)
ring = torch.stack([circle.cos(), circle.sin()], dim=1)  # (100, 2)

figure, ax = plots.subplots(width=7.5, height=3.4)
for k in range(3):
    mean, log_var = means[k].expand(1000, 2), 2 * stds[k].log().expand(1000, 2)
    z = Sampling()(mean, log_var)
    ax.scatter(*z.T, s=4, alpha=0.5, lw=0)
    for radius in (1, 2):
        ax.plot(*(means[k] + radius * stds[k] * ring).T, color="black", lw=1)
    within = [((((z - means[k]) / stds[k]) ** 2).sum(1) < r**2).float().mean() for r in (1, 2)]
    print(f"Gaussian {k + 1}: {within[0]:.0%} and {within[1]:.0%}")
ax.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")
figure

# %% [markdown]
# ## 4. The pull towards the prior
#
# Left to itself, the encoder would shrink every $\sigma$ to almost nothing and move the means far apart: less noise,
# better pictures – and we would be back at points. What holds against it is the **Kullback–Leibler divergence** from
# the encoder's Gaussian $q = \mathcal{N}(\mu, \sigma^2)$ to the prior $p = \mathcal{N}(0, 1)$: the mean, under $q$, of
# how much more likely $z$ is under $q$ than under $p$, in logarithms:
#
# $$D_\mathrm{KL}(q \,\|\, p) = \mathbb{E}_{z \sim q}\left[\log q(z) - \log p(z)\right].$$
#
# For two Gaussians it needs no sampling. The logarithms of the densities are
#
# $$\log q(z) = -\tfrac12 \log 2\pi - \tfrac12 \log \sigma^2 - \frac{(z-\mu)^2}{2\sigma^2},
# \qquad \log p(z) = -\tfrac12 \log 2\pi - \tfrac12 z^2,$$
#
# and under $q$ the mean of $(z-\mu)^2$ is $\sigma^2$, the mean of $z^2$ is $\mu^2 + \sigma^2$. Insert both:
#
# $$D_\mathrm{KL} = \underbrace{-\tfrac12 \log \sigma^2 - \tfrac12}_{\mathbb{E} \log q} +
# \underbrace{\tfrac12 (\mu^2 + \sigma^2)}_{-\mathbb{E} \log p}
# = -\tfrac12 \left(1 + \log \sigma^2 - \mu^2 - \sigma^2\right)$$
#
# ($\tfrac12 \log 2\pi$ cancels). It is zero for $\mu = 0$, $\sigma = 1$ and positive for everything else. With natural
# logarithms its unit is the *nat*; 1 nat is $1/\ln 2 \approx 1.44$ bits. The dimensions of the code are independent,
# under $q$ and under $p$, so their divergences **add up**.
#
# ### Exercise 2: `kl_loss`
#
# One number for a batch: summed over the dimensions of the code, then averaged over the images. Remember which of the
# formula's symbols you are given, and which one you have to make.


# %% exercise="kl_loss"
def kl_loss(z_mean: torch.Tensor, z_log_var: torch.Tensor) -> torch.Tensor:
    """KL divergence from N(z_mean, exp(z_log_var)) to N(0, I), in nats, as a mean over the batch.

    z_mean:    (B, D), the means
    z_log_var: (B, D), the natural logarithms of the variances
    returns:   scalar tensor, summed over D and averaged over B; differentiable in both inputs

    >>> kl_loss(torch.zeros(5, 2), torch.zeros(5, 2))  # the prior itself
    tensor(0.)
    >>> kl_loss(torch.ones(5, 2), torch.zeros(5, 2))  # half a nat for each of the two dimensions
    tensor(1.)
    """
    ### BEGIN SOLUTION
    per_dimension = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp())  # (B, D)
    return per_dimension.sum(dim=1).mean()
    ### END SOLUTION


# %% [markdown]
# What does this term do to a Gaussian? Take $\mathcal{N}(2, 0.3^2)$, the code of an image that is sure of itself and
# far from the middle, and let nothing but your `kl_loss` act on it: gradient descent on $\mu$ and $\log \sigma^2$.

# %% payoff="kl_pull" alt="Two charts. Left: a narrow bell curve far from the prior slides and spreads, step by step, until it is the prior. Right: the same way down the contours of the KL, over μ and log σ², to the star at the origin."
code = torch.tensor([[2.0, 2 * math.log(0.3)]])  # mean and log-variance of one image, D = 1
path = [code]
for _ in range(60):
    code = code.clone().requires_grad_()
    kl_loss(code[:, :1], code[:, 1:]).backward()
    code = (code - 0.2 * code.grad).detach()
    path.append(code)
path = torch.cat(path)  # (61, 2)

mean_axis, log_var_axis = torch.linspace(-3.2, 3.2, 41), torch.linspace(-3.4, 2, 41)
heights = [[kl_loss(m.view(1, 1), v.view(1, 1)) for m in mean_axis] for v in log_var_axis]

figure, (left, right) = plots.subplots(1, 2, width=11, height=3.6)
left.plot(z_axis, bell(0, 1), "--", color=ORANGE, label="prior $\\mathcal{N}(0, 1)$")
for step, alpha in [(0, 1), (3, 0.7), (8, 0.5), (20, 0.35), (60, 0.25)]:
    mean, std = path[step, 0], torch.exp(path[step, 1] / 2)
    left.plot(z_axis, bell(mean, std), color=plots.COLOURS[0], alpha=alpha)
    left.text(mean, bell(mean, std).max() + 0.02, f"step {step}", ha="center")
left.set(title="it slides and spreads until it is the prior", xlabel="$z$", yticks=[], ylim=(-0.03, 1.5))
left.legend(loc="upper left")
lines = right.contour(mean_axis, log_var_axis, heights, levels=[0.1, 0.5, 1, 2, 4], colors=GREY, linewidths=1)
right.clabel(lines, fmt="%g nats")
right.plot(*path.T, ".-", color=plots.COLOURS[0])
right.plot(0, 0, "*", color=ORANGE, markersize=14)
right.set(title="its way down the KL", xlabel=r"$\mu$", ylabel=r"$\log \sigma^2$")
figure

# %% [markdown]
# The pull has the simplest form: $\partial D_\mathrm{KL} / \partial \mu = \mu$, a spring that is fixed at zero, and
# $\partial D_\mathrm{KL} / \partial \log \sigma^2 = \tfrac12 (\sigma^2 - 1)$, which widens what is narrow and tames
# what is wide. In training, the reconstruction pulls the other way. Where the two forces balance, the image settles.
#
# ## 5. The encoder
#
# Now the network itself. The trunk has three convolutions that halve the image, each followed by a ReLU. Its output
# feeds **two heads**, linear layers of their own: one for the means, one for the log-variances. Then your `Sampling`.

# %% payoff="architecture" alt="The encoder as boxes: image 1×32×32, three convolutions with ReLU down to 128×4×4, flatten to 2,048, and two linear heads, z_mean and z_log_var, that meet in the sampling layer and give z."
boxes = {
    "x": (0, 0, "image\n1×32×32"),
    "conv1": (1.95, 0, "conv, ReLU\n32×16×16"),
    "conv2": (3.9, 0, "conv, ReLU\n64×8×8"),
}
boxes |= {"conv3": (5.85, 0, "conv, ReLU\n128×4×4"), "flat": (7.8, 0, "flatten\n2048")}
boxes |= {"mean": (9.6, 0.55, "linear\nz_mean"), "log_var": (9.6, -0.55, "linear\nz_log_var")}
boxes |= {"sampling": (11.6, 0, "Sampling"), "z": (13.1, 0, "$z$")}
ways = [
    ("x", "conv1"),
    ("conv1", "conv2"),
    ("conv2", "conv3"),
    ("conv3", "flat"),
    ("flat", "mean"),
    ("flat", "log_var"),
]
ways += [("mean", "sampling"), ("log_var", "sampling"), ("sampling", "z")]

figure, ax = plots.subplots(width=11, height=2.4)
diagram(ax, boxes, ways)
ax.set(xlim=(-0.7, 13.4), ylim=(-1.1, 1.1))
figure

# %% [markdown]
# ### Exercise 3: `Encoder`
#
# The convolutions go from 1 to 32, 64 and 128 channels, each with kernel size 3, stride 2 and padding 1. What the
# names of your layers are, and whether you put them in an `nn.Sequential`, is up to you. No activation on the heads: a
# mean may be negative, and a ReLU on the log-variance would forbid every variance below one.


# %% exercise="Encoder"
class Encoder(nn.Module):
    """Images (B, 1, 32, 32) → the Gaussian of each in latent space, and a draw from it."""

    def __init__(self, latent_dim: int) -> None:
        """Three convolutions 1→32→64→128 (kernel 3, stride 2, padding 1),
        then two linear heads from 2,048 numbers."""
        super().__init__()
        ### BEGIN SOLUTION
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 32, kernel_size=3, stride=2, padding=1),  # (B, 32, 16, 16)
            nn.ReLU(),
            nn.Conv2d(32, 64, kernel_size=3, stride=2, padding=1),  # (B, 64, 8, 8)
            nn.ReLU(),
            nn.Conv2d(64, 128, kernel_size=3, stride=2, padding=1),  # (B, 128, 4, 4)
            nn.ReLU(),
            nn.Flatten(),  # (B, 2048)
        )
        self.mean_head = nn.Linear(128 * 4 * 4, latent_dim)
        self.log_var_head = nn.Linear(128 * 4 * 4, latent_dim)
        self.sampling = Sampling()
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(z_mean, z_log_var, z), each (B, latent_dim): mean, log-variance, and a draw with these two.

        x: (B, 1, 32, 32) in [0, 1]
        """
        ### BEGIN SOLUTION
        features = self.trunk(x)
        z_mean, z_log_var = self.mean_head(features), self.log_var_head(features)
        return z_mean, z_log_var, self.sampling(z_mean, z_log_var)
        ### END SOLUTION


# %% [markdown]
# The book's encoder has 100,868 parameters and its decoder 246,273. Yours?

# %% payoff="parameters"
for network in (Encoder(2), Decoder(2)):
    count = sum(parameter.numel() for parameter in network.parameters())
    print(f"{type(network).__name__}: {count:,} parameters")

# %% [markdown]
# ## 6. The loss
#
# What should the network maximise? The probability $p(x)$ that the model gives to the training images, where the
# model draws $z$ from the prior and then $x$ from what the decoder says: $p(x) = \mathbb{E}_{z \sim p(z)}[p(x|z)]$.
# Nearly every $z$ from the prior decodes to a garment unlike $x$, so estimating this mean by drawing is a waste, and in
# many dimensions hopeless. Instead we draw from the encoder's $q(z|x)$, which knows where to look, correct with the
# ratio of the two densities, and use that the logarithm of a mean is at least the mean of the logarithms (Jensen's
# inequality):
#
# $$\log p(x) = \log \mathbb{E}_{z \sim q(z|x)}\left[\frac{p(x|z)\, p(z)}{q(z|x)}\right]
# \;\ge\; \underbrace{\mathbb{E}_{z \sim q(z|x)}\left[\log p(x|z)\right]}_{-\text{reconstruction}}
# \; - \; D_\mathrm{KL}\left(q(z|x) \,\|\, p(z)\right)$$
#
# The right-hand side is the **evidence lower bound**, ELBO. Its negative is our loss. The mean over $q$ is estimated
# with a single draw per image, the one from `Sampling`; over thousands of steps the noise averages out.
#
# **The reconstruction term.** Read the decoder's output as the probability $\hat x_i$ that pixel $i$ is white. Then
# $-\log p(x|z)$ is the binary cross-entropy, and since the model takes the pixels as independent given $z$, their
# log-probabilities **add up** over all 1,024 of them:
#
# $$-\log p(x|z) = \sum_{i=1}^{1024} -x_i \log \hat x_i - (1 - x_i) \log (1 - \hat x_i).$$
#
# **Sum, not mean.** Both terms are in nats per image, so they can be weighed against each other. Divide only the first
# one by 1,024, and the loss says that a picture's worth of pixels counts as much as one. A decoder that answers grey
# (½) everywhere pays $\ln 2 \approx 0.69$ nats per pixel: 710 nats per image as a sum, and 0.69 as a mean. With the
# mean, even a perfect decoder would save less than 0.69 nats, so that is all that its code may cost. The encoder does
# best to answer every image with the prior, and the decoder to draw the same picture always: *posterior collapse*. (We
# tried: after 120 steps the KL was 0.00001 nats, and the reconstruction about that of one picture for all.)
#
# **`beta`** is the weight of the KL term: $\text{total} = \text{reconstruction} + \beta \cdot \text{KL}$. With
# $\beta = 1$ it is the ELBO; Higgins et al. (2017) made it a knob, the $\beta$-VAE. The book writes its loss the other
# way round: a constant `BETA = 500` multiplies the *reconstruction*, and that is the mean over the pixels. So a larger
# `BETA` there means a *weaker* pull to the prior, against the usage of the paper. The two are the same up to a factor:
#
# $$500 \cdot \frac{1}{1024} \sum_i \text{BCE}_i + \text{KL}
# = \frac{500}{1024} \left( \sum_i \text{BCE}_i + \frac{1024}{500} \, \text{KL} \right)$$
#
# A factor in front of the whole loss moves no minimum (and Adam, which divides each gradient by its own size, takes
# practically the same steps). In the paper's letters the book's model is a $\beta$-VAE with
# $\beta = 1024/500 \approx 2.05$, and so is ours: that is the `BETA` at the top.
#
# ### Exercise 4: `vae_loss`
#
# The decoder gives logits. Compute the cross-entropy from them directly – PyTorch has a function for it – and not from
# the output of a sigmoid, which is exactly 0 or 1 once a logit is large, and then has an infinite logarithm.


# %% exercise="vae_loss"
def vae_loss(
    logits: torch.Tensor,
    x: torch.Tensor,
    z_mean: torch.Tensor,
    z_log_var: torch.Tensor,
    beta: float,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(total, reconstruction, kl): the loss of a beta-VAE and its two terms, in nats per image.

    logits:         (B, 1, 32, 32), the decoder's output, before any sigmoid
    x:              (B, 1, 32, 32), the images in [0, 1]
    z_mean:         (B, D), z_log_var: (B, D), the encoder's Gaussians
    beta:           weight of the KL term
    reconstruction: scalar tensor, binary cross-entropy summed over
                    the pixels of an image, mean over the batch
    kl:             scalar tensor, as in `kl_loss`, without beta
    total:          scalar tensor, reconstruction + beta · kl

    All three are differentiable. Higgins et al. 2017; with
    beta = 1 the negative ELBO of Kingma & Welling 2013.
    """
    ### BEGIN SOLUTION
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kl = kl_loss(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl
    ### END SOLUTION


# %% [markdown]
# The book's loss and yours, on the same random numbers. The ratio should be $1024/500 = 2.048$ in every row:

# %% payoff="same_loss"
torch.manual_seed(0)
for _ in range(3):
    logits, x = 3 * torch.randn(8, 1, 32, 32), torch.rand(8, 1, 32, 32)
    z_mean, z_log_var = torch.randn(2, 8, LATENT_DIM)
    total, _, kl = vae_loss(logits, x, z_mean, z_log_var, beta=1024 / 500)
    book = 500 * F.binary_cross_entropy_with_logits(logits, x) + kl
    print(f"book's loss {book:7.2f}    yours {total:7.2f}    ratio {total / book:.3f}")

# %% [markdown]
# ## 7. Training
#
# ### Exercise 5: `train_step`
#
# One step on one batch: encode, decode *the draw*, compute the loss, update both networks. The optimizer holds the
# parameters of the two. Return plain numbers, not tensors: a tensor would keep the whole graph of its step alive.


# %% exercise="train_step"
def train_step(
    encoder: nn.Module,
    decoder: nn.Module,
    x: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    beta: float,
) -> dict[str, float]:
    """The losses of one training step, "total", "reconstruction"
    and "kl", as floats, from before the update.

    encoder:   x → (z_mean, z_log_var, z)
    decoder:   z → logits, in the shape of x
    x:         (B, 1, 32, 32) in [0, 1], on the networks' device
    optimizer: holds the parameters of both networks; takes one
               step, down the gradient of this batch's total alone

    Both networks are put in train mode and stay in it.
    """
    ### BEGIN SOLUTION
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder(x)
    total, reconstruction, kl = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}
    ### END SOLUTION


# %% [markdown]
# Everything is in place: the rest is repetition, and `genlab.fit` does it. It shuffles the images, calls your step on
# every batch, draws the losses while they fall, and saves its state now and then. You can interrupt it (the stop
# button) and run the cell again: it goes on where it was. (With a current Keras the book's notebook saves
# nothing: its step reports `total_loss`, and its checkpoint callback waits for `loss`.)
#
# After each epoch `evaluate` measures the same losses on the test images: in eval mode, with `z` sampled as in
# training, and the total in the book's measure, 500 · mean BCE + KL, so that it can be compared.


# %% given="training"
@torch.no_grad()
def evaluate(encoder: nn.Module, decoder: nn.Module, images: torch.Tensor) -> dict[str, float]:
    """Mean reconstruction and KL per image in nats, and
    the book's measure; images (N, 1, 32, 32) uint8."""
    encoder.eval()
    decoder.eval()
    reconstruction = kl = 0.0
    for x in genlab.data.batches(images, 500, device=DEVICE, shuffle=False):
        z_mean, z_log_var, z = encoder(x)
        losses = vae_loss(decoder(z), x, z_mean, z_log_var, BETA)
        reconstruction += float(losses[1]) * len(x) / len(images)
        kl += float(losses[2]) * len(x) / len(images)
    return {"reconstruction": reconstruction, "kl": kl, "book": 500 / 1024 * reconstruction + kl}


def train_vae(
    beta: float, images: torch.Tensor, epochs: int, test_images: torch.Tensor
) -> tuple[nn.Module, nn.Module, genlab.History]:
    """An encoder and a decoder, trained from scratch with
    `train_step`, and the history of their training."""
    torch.manual_seed(0)
    encoder, decoder = Encoder(LATENT_DIM).to(DEVICE), Decoder(LATENT_DIM).to(DEVICE)
    parameters = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE)
    history = genlab.fit(
        lambda x: train_step(encoder, decoder, x, optimizer, beta),
        images,
        epochs=epochs,
        batch_size=BATCH_SIZE,
        state={"encoder": encoder, "decoder": decoder, "optimizer": optimizer},
        evaluate=lambda: evaluate(encoder, decoder, test_images),
        name=f"vae_fashion-beta-{beta:.3g}-{len(images)}x{epochs}",
    )
    return encoder, decoder, history


# %% payoff="train"
encoder, decoder, history = train_vae(BETA, train_images, EPOCHS, test_images)

# %% [markdown]
# The reconstruction falls fast, and the KL *rises*: the encoder starts near the prior, where the code says nothing,
# and buys information nat by nat, as long as a nat of KL saves more than `BETA` nats of reconstruction. (The circles
# are the evaluation on the test images.)
#
# ## 8. What it has learnt
#
# First the task it was trained on: test images, and what comes back after a passage through two numbers. Prints and
# patterns are lost on the way. What kind of garment it is, and roughly its shape and brightness, survives.

# %% payoff="reconstructions" alt="Three rows of ten garments: test images, their reconstructions by the plain autoencoder, and those by the VAE."
with torch.no_grad():
    z_mean, z_log_var, z = encoder(x_test)
    rebuilt = {
        "test image": x_test[:10],
        "autoencoder": torch.sigmoid(point_decoder(points[:10])),
        "your VAE": torch.sigmoid(decoder(z[:10])),
    }
plots.compare(rebuilt)

# %% [markdown]
# Now the map that this notebook is about. Left the autoencoder's codes, right your VAE's draws `z` for the same images,
# with rings at one, two and three standard deviations of the prior. The network has never seen a label; the colours
# are only painted on afterwards. For the VAE the box is replaced by what *it* promises, the prior: $\Phi(z)$, the
# normal distribution function, turns the prior into the uniform law on a square, cut into 20×20 cells as before.

# %% payoff="maps" alt="Two maps of the test images, coloured by class. Left, the autoencoder's points. Right, the VAE's, with rings at 1, 2 and 3 standard deviations."
vae_empty = 1 - len(cell_of(torch.special.ndtr(z.cpu())).unique()) / 400

figure, (left, right) = plots.subplots(1, 2, width=11, height=4.6)
title = f"autoencoder: {box_empty:.0%} of the box is empty"
plots.latent_map(points, labels, data.classes, ax=left, title=title)
left.get_legend().remove()
title = f"VAE: {vae_empty:.0%} of the prior is empty"
plots.latent_map(z, labels, data.classes, ax=right, extent=3.5, title=title)
for radius in (1, 2, 3):
    right.plot(*(radius * ring).T, color="black", lw=1)
figure

# %% [markdown]
# ### Find the bug: `mended_vae_loss`
#
# *"My VAE draws the same garment for every input"* is perhaps the most common cry for help about this model. The loss
# that belongs to one of them is below. Its KL is your own `kl_loss`, so that part is right. Here your
# networks after 150 batches with it, and after 150 batches with yours:

# %% payoff="one_for_all" alt="Three rows of ten pictures: test images, their reconstructions after training with your loss, and with the forum's."
from autograder.bugs import vae_fashion as forum

forum.kl_loss = kl_loss  # yours
trials = {"test image": x_test[:10]}
for name, loss in [("your loss", vae_loss), ("the forum's", forum.mended_vae_loss)]:
    torch.manual_seed(0)
    some_encoder, some_decoder = Encoder(LATENT_DIM).to(DEVICE), Decoder(LATENT_DIM).to(DEVICE)
    adam = torch.optim.Adam([*some_encoder.parameters(), *some_decoder.parameters()], lr=1e-3)
    for _ in range(genlab.pick(smoke=3, cpu=150, gpu=150)):
        x = train_images[torch.randint(len(train_images), (50,))].to(DEVICE).float() / 255
        some_mean, some_log_var, some_z = some_encoder(x)
        total, _, kl = loss(some_decoder(some_z), x, some_mean, some_log_var, BETA)
        adam.zero_grad()
        total.backward()
        adam.step()
    print(f"{name:12} KL {kl.item():.5f} nats")
    with torch.no_grad():
        trials[name] = torch.sigmoid(some_decoder(some_encoder(x_test[:10])[2]))
plots.compare(trials)

# %% [markdown]
# Mend it. The contract, and the check, are those of your `vae_loss`.


# %% exercise="mended_vae_loss"
def mended_vae_loss(
    logits: torch.Tensor,
    x: torch.Tensor,
    z_mean: torch.Tensor,
    z_log_var: torch.Tensor,
    beta: float,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(total, reconstruction, kl), with the contract of `vae_loss`.

    There is a bug in this one: mend it.
    """
    ### BEGIN SOLUTION
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=(1, 2, 3)).mean()
    divergence = kl_loss(z_mean, z_log_var)
    return reconstruction + beta * divergence, reconstruction, divergence
    ### END SOLUTION


# %% [markdown]
# ## 9. New garments
#
# ### Exercise 6: `sample_prior`
#
# Generating is now almost nothing: draw $z \sim \mathcal{N}(0, I)$ and decode it. The encoder is not needed any more.
# Two habits belong to it. The decoder works in **eval mode without gradients**; and whoever called you finds the decoder
# in the mode in which it was before.


# %% exercise="sample_prior"
def sample_prior(decoder: nn.Module, n: int, latent_dim: int) -> torch.Tensor:
    """n new images (n, 1, 32, 32): pixel probabilities in [0, 1], decoded from draws z ~ N(0, I).

    decoder:    (n, latent_dim) → logits (n, 1, 32, 32); called in eval mode
                with gradients off, then left in the mode it was found in
    n:          number of images
    latent_dim: dimension of z

    z is drawn on the decoder's device; the result stays there and carries no graph.
    """
    ### BEGIN SOLUTION
    parameter = next(decoder.parameters())
    z = torch.randn(n, latent_dim, device=parameter.device, dtype=parameter.dtype)
    was_training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = torch.sigmoid(decoder(z))
    decoder.train(was_training)
    return images
    ### END SOLUTION


# %% payoff="samples" alt="Forty garments that the decoder draws from points of the prior."
torch.manual_seed(0)
plots.image_grid(sample_prior(decoder, 40, LATENT_DIM), rows=4, cols=10)

# %% [markdown]
# Each of these was made from two random numbers. Compare them with what came out of the box in section 1. The dim and
# doubtful ones come from the borders between the classes and from the last empty places of the map.
#
# ## 10. The whole plane at once
#
# Two dimensions can be decoded completely: put a grid on the plane and decode every point of it. A regular grid would
# waste most of its images on the sparse outskirts of the prior. Better to space it by *probability*, so that between
# two neighbours lies always the same share of the prior: take equally spaced probabilities and send each through
# $\Phi^{-1}$, the normal quantile function (`torch.special.ndtri`). The book does so with 15 probabilities from 0 to 1:

# %% payoff="book_grid" alt="A grid of 15 by 15 garments whose outermost rows and columns are plain grey: there the pictures are not a number."
quantiles = torch.special.ndtri(torch.linspace(0, 1, 15))
print(quantiles)
with torch.no_grad():
    decoded = torch.sigmoid(decoder(torch.cartesian_prod(quantiles, quantiles).to(DEVICE)))
broken = decoded.isnan().flatten(1).any(1)
print(f"{broken.sum()} of {len(decoded)} images are not a number (drawn in grey)")
decoded[broken] = 0.5
figure, ax = plots.subplots(width=5, height=5)
plots.image_grid(decoded, rows=15, cols=15, ax=ax)

# %% [markdown]
# The quantiles of 0 and 1 are $-\infty$ and $+\infty$: below what value does a normal variable fall with probability
# zero? The linear layer adds up infinities of both signs and gets *not a number*, for the whole border. In a
# public run of the book's notebook the border is blank, and only 13×13 of the 15×15 images are seen.
#
# ### Exercise 7: `latent_grid`
#
# Mend it. The probabilities should be equally spaced *inside* (0, 1) and symmetric about ½, so that the middle of the
# grid is the middle of the prior. The order is that of a page: the first n points are the top row, from left to right.


# %% exercise="latent_grid"
def latent_grid(n: int) -> torch.Tensor:
    """n·n points of the plane (n·n, 2) at normal quantiles, all finite, row by row from the top left.

    Column 0 is x and rises within a row; column 1 is y, the same within a row and falling from
    row to row. Both take the same n values: the standard normal quantiles of n probabilities
    that are equally spaced inside (0, 1) and symmetric about 1/2. For n = 1 that is the origin.

    >>> latent_grid(1)
    tensor([[0., 0.]])
    """
    ### BEGIN SOLUTION
    probabilities = (torch.arange(n) + 0.5) / n  # the middles of n equal parts of (0, 1)
    quantiles = torch.special.ndtri(probabilities)
    x = quantiles.repeat(n)  # (n·n,), rises within each row
    y = quantiles.flip(0).repeat_interleave(n)  # (n·n,), falls from row to row
    return torch.stack([x, y], dim=1)
    ### END SOLUTION


# %% payoff="grid" alt="A map of garments, 15 by 15, decoded from the latent plane at places spaced by probability, from left to right and from bottom to top."
grid = latent_grid(15)
with torch.no_grad():
    decoded = torch.sigmoid(decoder(grid.to(DEVICE)))
plots.decoded_grid(decoded, ticks=grid[:15, 0], title="the plane of your VAE, spaced by probability")

# %% [markdown]
# Compare it with the map in section 8: the regions lie in the same places, and between them garments change into each
# other step by step.
#
# ### A walk between two garments
#
# Smoothness can be tested on a straight line: encode two garments, and decode the points between their means. Trousers
# become a pullover, a sneaker becomes an ankle boot. Above each walk the two *images* are blended instead, which gives
# two ghosts on top of each other.

# %% payoff="interpolation" alt="Four rows of ten pictures, from one garment to another. In two of them the pixels are blended, so both shine through; in the others the VAE walks from code to code."
t = torch.linspace(0, 1, 10, device=DEVICE)[:, None]  # (10, 1)
rows = {}
for name, start, end in [("trousers", 1, 2), ("sneaker", 7, 9)]:
    pair = data.train.images[[one_of_each[start], one_of_each[end]]].to(DEVICE).float() / 255
    rows[f"{name}, pixels blended"] = torch.lerp(pair[:1], pair[1:], t[:, :, None, None])
    with torch.no_grad():
        means = encoder(pair)[0]  # (2, 2)
        rows[f"{name}, your VAE"] = torch.sigmoid(decoder((1 - t) * means[0] + t * means[1]))
plots.compare(rows)

# %% [markdown]
# ### Explore it
#
# Move the sliders. Where are the borders between the classes? What changes along a coat? What lives outside the
# third ring?


# %% payoff="explorer"
def decode(z):
    return torch.sigmoid(decoder(z))


genlab.latent_explorer(decode, points=z, labels=labels, classes=data.classes)

# %% [markdown]
# ## 11. What `beta` trades
#
# The two terms of the loss want opposite things. `beta` says how much of one to give up for the other. Three networks
# make it visible. They are trained from scratch with the same seed, the same images and the same number of steps, and
# differ in nothing but `beta`: zero, the book's value, and ten times that.

# %% payoff="betas"
few_images = train_images[: genlab.pick(smoke=64, cpu=15_000, gpu=60_000)]
few_epochs = genlab.pick(smoke=1, cpu=1, gpu=2)
runs = {}
for beta in (0.0, BETA, 10 * BETA):
    print(f"beta = {beta:.3g}")
    runs[beta] = train_vae(beta, few_images, few_epochs, test_images[:5000])

# %% payoff="beta_pictures" alt="Three rows for three weights of the KL. Each: the map of the codes with a ring at two standard deviations, test images above their reconstructions, and sixteen samples."
figure, axes = plots.subplots(3, 3, width=10, height=9.6)
for (beta, (enc, dec, _)), (left, middle, right) in zip(runs.items(), axes, strict=True):
    with torch.no_grad():
        codes = enc(x_test)[2]
        back = torch.sigmoid(dec(codes[:8]))
    plots.latent_map(codes, labels, data.classes, ax=left, title=f"beta = {beta:.3g}: codes")
    left.get_legend().remove()
    left.plot(*(2 * ring).T, color="black", lw=1)
    both = torch.cat([x_test[:4], back[:4], x_test[4:8], back[4:8]])
    plots.image_grid(both, rows=4, cols=4, suptitle="test images, each above its return", ax=middle)
    torch.manual_seed(0)
    plots.image_grid(sample_prior(dec, 16, LATENT_DIM), rows=4, cols=4, suptitle="samples", ax=right)
figure.tight_layout()
figure

# %% payoff="beta_numbers"
print("  beta   reconstruction     KL   (nats per test image)")
for beta, (_, _, run) in runs.items():
    scores = run.evaluations[-1]
    print(f"{beta:6.2f}   {scores['reconstruction']:14.1f}   {scores['kl']:4.1f}")

# %% [markdown]
# Row by row:
#
# - **`beta = 0`** is an autoencoder in disguise: your encoder, your noise, but nobody charges for precision. The KL is
#   large, the codes go where they like (the ring marks two standard deviations of the prior), and samples from the
#   prior come from wherever the prior happens to lie, on the map or off it. So it was not the plain encoder of
#   section 1 that made the holes.
# - **The book's `beta`**: the codes fill the prior, and the reconstruction pays little or nothing for it.
# - **Ten times as much**: a nat of KL has to save ten times as many nats of pixels to be worth it. The codes of
#   different garments overlap, so the decoder answers with their average. The samples are clean, and much alike. You
#   may find that one dimension has given up altogether: along it, every code is noise.
#
# ## 12. How good is it?
#
# All in the book's measure, 500 · mean BCE + KL, on the test images with `z` sampled. Two rows are no models but the
# ends of the scale: one image for everything, the mean of 5,000 training images; and a decoder that gets every pixel
# exactly right. The public runs are two executed copies of the book's notebook, after its five epochs.
# (A run of ours at `gpu` scale, which has five too: 127.8 and 5.1, together 132.9.)

# %% payoff="score"
mean_image = train_images[:5000].float().mean(0, keepdim=True).to(DEVICE) / 255
no_code = 500 * F.binary_cross_entropy(mean_image.expand_as(x_test), x_test).item()
perfect = 500 * F.binary_cross_entropy(x_test, x_test).item()
yours = history.evaluations[-1]
table = {
    "the same image for all": (no_code, 0.0),
    "your VAE": (500 / 1024 * yours["reconstruction"], yours["kl"]),
    "every pixel right, KL left out": (perfect, 0.0),
}
if data.source != "drawn":  # other pictures, other scores
    table |= {"book's notebook, public run 1": (130.35, 5.12), "public run 2": (129.29, 5.29)}
print(f"{'':30}   500·mean BCE     KL   total")
for name, (bce, kl) in table.items():
    print(f"{name:30}   {bce:12.1f}   {kl:4.1f}   {bce + kl:5.1f}")

# %% [markdown]
# ## 13. Questions to think about
#
# Answer in a sentence or two. There are no points here, and no check; the answers are in the solutions.

# %% [markdown] question="beta_zero"
# **1.** With `beta = 0` the encoder still has its noise. Why does the noise not keep the codes together by itself? What
# do you expect of `z_log_var` in that run? (You can look: `runs[0.0][0](x_test)[1].mean(0)`.)
#
# ### BEGIN SOLUTION
# Noise only matters relative to the distances between the codes. Without a price the encoder is free to shrink the
# noise (`z_log_var` becomes very negative) and to push the means apart. Both make images easier to tell apart, so the
# gradient of the reconstruction does both, and what is left is an autoencoder: almost points, wherever they like.
# ### END SOLUTION

# %% [markdown] question="half"
# **2.** Someone forgets the ½ in the sampling layer, $z = \mu + e^{\log \sigma^2} \varepsilon$, and leaves the KL as it is.
# Training runs, the loss falls, the pictures look fine. What is wrong?
#
# ### BEGIN SOLUTION
# The two parts of the model speak of different Gaussians. The noise has the standard deviation $\sigma^2$, the KL charges
# for $\sigma$. For $\sigma < 1$ the draw is more precise than what was paid for, so the total is no bound on $\log p(x)$
# any more and its KL and yours cannot be compared. Since the real codes are narrower than the KL believes, they also
# fill the prior less well.
# ### END SOLUTION

# %% [markdown] question="bits"
# **3.** Suppose that the KL of a trained model is 5 nats. About how many garments can its code tell apart? The name of
# one of ten equally frequent classes is worth how many nats? What may the rest be used for?
#
# ### BEGIN SOLUTION
# The mean KL is an upper bound on the information that $z$ carries about $x$: 5 nats, or $5 / \ln 2 \approx 7.2$ bits,
# enough to tell $e^5 \approx 150$ cases apart. The name of the class takes $\ln 10 \approx 2.3$ nats. The other half
# says what varies within a class: brightness, width, length of the sleeves.
# ### END SOLUTION

# %% [markdown] question="blur"
# **4.** Why are the reconstructions blurred – no stripes, no prints? Would more training help? More latent dimensions?
#
# ### BEGIN SOLUTION
# Many different images share (nearly) the same `z`, because two numbers of a few nats cannot say more. For all of them
# the decoder must give one answer, and cross-entropy is least for the mean of their pixels: a mean of many prints is
# grey. More training helps little. More dimensions let the code say more and make the reconstructions sharper. But
# the pixels are independent given `z`, so whatever `z` does not say can only be averaged, never drawn as one of several
# possible patterns.
# ### END SOLUTION

# %% [markdown] question="floor"
# **5.** The last table has a row in which every pixel is right. Why is its cross-entropy not zero? What does that say about
# reading our reconstruction term as $-\log p(x|z)$?
#
# ### BEGIN SOLUTION
# Cross-entropy with a grey target $x$ is least at $\hat x = x$, and there it is the entropy of $x$, which is zero only for
# black and white. As a log-probability the term is meant for pixels that *are* 0 or 1; for grey ones it is a sound
# measure of distance (least in the right place, in every pixel), but not the logarithm of a density of grey values.
# The density that would belong to it is the continuous Bernoulli of Loaiza-Ganem and Cunningham (2019).
# ### END SOLUTION

# %% [markdown] question="rotation"
# **6.** Train again with another seed, and the map comes out turned, perhaps mirrored, with about the same score. Why?
# What does it say about giving the axes a meaning, such as "$z_1$ is the length of the sleeves"?
#
# ### BEGIN SOLUTION
# $\mathcal{N}(0, I)$ looks the same from all sides, so turning or mirroring all codes costs no KL beyond the small
# price of Gaussians that then lie askew to the axes, and the linear layer of the decoder can turn them back. The loss
# hardly prefers any direction. A single axis therefore has no meaning of its own; directions and neighbourhoods in
# the plane have.
# ### END SOLUTION

# %% [markdown]
# ## Papers
#
# - D. P. Kingma, M. Welling (2013). *Auto-Encoding Variational Bayes.* arXiv:1312.6114. The VAE; section 2.4 is the trick,
#   appendix B the KL.
# - D. J. Rezende, S. Mohamed, D. Wierstra (2014). *Stochastic Backpropagation and Approximate Inference in Deep
#   Generative Models.* arXiv:1401.4082. The same idea, found at the same time.
# - C. Doersch (2016). *Tutorial on Variational Autoencoders.* arXiv:1606.05908. The gentle way through the theory.
# - I. Higgins et al. (2017). *β-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework.* ICLR.
# - C. P. Burgess et al. (2018). *Understanding Disentangling in β-VAE.* arXiv:1804.03599. What `beta` does to the
#   information in the code.
# - G. Loaiza-Ganem, J. P. Cunningham (2019). *The Continuous Bernoulli: Fixing a Pervasive Error in Variational
#   Autoencoders.* arXiv:1907.06845. On question 5.
# - D. Foster (2023). *Generative Deep Learning*, 2nd edition, O'Reilly. Chapter 3; its notebook is the model of this one.
