# %% [markdown]
# # A DCGAN on LEGO bricks
#
# Two networks play against each other. One, the **generator**, draws pictures from random numbers. The other, the
# **discriminator**, is shown real pictures and drawn ones and has to say which is which. Each is the other's only
# teacher. When it goes well, the generator ends up drawing things that nobody ever photographed. When it goes badly, it
# draws the same thing for ever, or the teacher becomes so strict that nothing is learnt at all. In this notebook you
# build the pair, make it work, make it fail on purpose, and repair it.
#
# **When you are done you can**
#
# - say what the two networks minimise, and what the best discriminator knows about the two densities;
# - build the generator and the discriminator of a **deep convolutional GAN** (DCGAN) layer by layer;
# - write its training step so that each phase moves the weights that it should, and no others – and prove it;
# - tell good label noise from label noise with a wrong sign, which sends a loss below zero;
# - recognise mode collapse and a discriminator that dominates, and cure them;
# - see where the checkerboard in generated pictures comes from, and build a generator without it;
# - test whether a generator merely remembers its training images.
#
# **What you need:** transposed convolutions and batch norm (chapters 2 and 3), and a PyTorch training step.
# **Time:** about two hours. At `cpu` scale the bricks take four minutes of two cores, all other trainings together two; drawing them, the first time, one.
#
# Each exercise is a cell that ends in `raise NotImplementedError`. Replace that line with your code, run the cell, then
# run the check below it. Stuck? `!genlab hint dcgan/train_step` in a cell of your own gives a hint, and each
# further call a stronger one.

# %% given="imports"
import itertools
import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import genlab
from genlab import measures, plots

# %% [markdown]
# The notebook runs at three sizes: `smoke` (seconds, to test that everything runs – the pictures are noise), `cpu`
# (minutes, with narrow networks) and `gpu` (the book's networks, all images). The kit chooses by what it finds; the
# environment variable `GENLAB_SCALE` overrules it. At `cpu` only some kinds of brick are trained on, so that a narrow network gets
# somewhere in minutes: its bricks have the right proportions, sides in light and shade, and a trace of knobs.

# %% given="settings"
LATENT_DIM = 100
LABEL_NOISE = 0.1  # section 4 says what this is

KINDS = genlab.pick(smoke=[""], cpu=["brick 2x3", "brick 2x4"], gpu=[""])  # train on the kinds with this in their name
WIDTH = genlab.pick(smoke=2, cpu=16, gpu=64)  # channels of the widest pictures; the book has 64
GENERATOR_WIDTH = genlab.pick(smoke=2, cpu=32, gpu=64)
DROPOUT = genlab.pick(smoke=0.3, cpu=0.0, gpu=0.3)  # see section 7
TRAIN_IMAGES = genlab.pick(smoke=64, cpu=3000, gpu=36_000)
EPOCHS = genlab.pick(smoke=2, cpu=36, gpu=20)
BATCH_SIZE = genlab.pick(smoke=16, cpu=16, gpu=128)
LEARNING_RATE = genlab.pick(smoke=1e-3, cpu=1e-3, gpu=2e-4)  # narrow networks stand larger steps
AVERAGING = genlab.pick(smoke=0.9, cpu=0.995, gpu=0.999)  # of the generator's weights, section 7
SAMPLES = genlab.pick(smoke=40, cpu=320, gpu=4000)  # to measure quality with
DEVICE = genlab.device()
GREY, BLUE, ORANGE = "#5F6B76", plots.COLOURS[0], plots.COLOURS[4]

plots.figure_style()
print(f"scale {genlab.scale()}, on {DEVICE}")

# %% [markdown]
# The data: pictures of fifty kinds of LEGO brick, rendered from all angles, grey on black, 64×64 pixels. The line below
# says which source is in use: the real set of the book where it can be had, or a stand-in that the kit draws itself. At `cpu` scale
# we keep two kinds, the bricks of 2×3 and 2×4 knobs: large, and with knobs that one can see.

# %% payoff="data" alt="Thirty grey pictures of LEGO bricks on black, turned in all directions."
data = genlab.data.load("lego_bricks", size=64, limit=genlab.pick(smoke=512, cpu=None, gpu=None))
wanted = [k for k, kind in enumerate(data.classes) if any(name in kind for name in KINDS)]
chosen_kinds = torch.tensor(wanted or range(len(data.classes)))


def of_chosen_kinds(split):
    """The images (N, 1, 64, 64) of the chosen kinds, and their labels (N,), counted from 0."""
    kept = torch.isin(split.labels, chosen_kinds)
    return split.images[kept], torch.searchsorted(chosen_kinds, split.labels[kept])


train_images, train_labels = (part[:TRAIN_IMAGES] for part in of_chosen_kinds(data.train))
test_images = of_chosen_kinds(data.test)[0][:SAMPLES]
print(f"{len(chosen_kinds)} kinds, {len(train_images):,} pictures to train with")
plots.image_grid(train_images[:30], rows=3, cols=10)

# %% [markdown]
# ## 1. The game
#
# The generator $G$ turns noise $z \sim \mathcal{N}(0, I)$ into a picture. All its pictures together have some density
# $p_G$, which nobody can write down – but we can draw from it. The discriminator $D$ gets a picture $x$ and answers with
# the probability that it is real. The discriminator wants to be right,
#
# $$\max_D \; \mathbb{E}_{x \sim p_\text{data}}[\log D(x)] + \mathbb{E}_{z}[\log(1 - D(G(z)))],$$
#
# and the generator wants it to be wrong. No likelihood appears anywhere, no reconstruction, no pixel is compared with
# another. What does the discriminator learn? At a place $x$ it sees real pictures in proportion to $p_\text{data}(x)$ and
# fakes in proportion to $p_G(x)$, so the best it can answer is the share of real ones,
#
# $$D^*(x) = \frac{p_\text{data}(x)}{p_\text{data}(x) + p_G(x)}.$$
#
# That is a number with a slope, and the slope tells the generator where to go: uphill, to where the answer is "real". In
# one dimension, with two bell curves, we can watch it:

# %% payoff="game" alt="Three charts of the data's density, blue, the generator's, orange, and the best discriminator, dashed. Far apart, it is a cliff with flat land; nearer, a slope; where the two are equal, level at one half."
x_axis = torch.linspace(-5, 5, 400)


figure, axes = plots.subplots(1, 3, width=11, height=2.9)
stages = [(-2.4, 0.6, "early"), (0.2, 0.8, "later"), (1.2, 0.7, "the end: $p_G = p_\\mathrm{data}$")]
for ax, (mean, std, title) in zip(axes, stages, strict=True):
    log_p_data, log_p_g = (torch.distributions.Normal(m, s).log_prob(x_axis) for m, s in ((1.2, 0.7), (mean, std)))
    ax.fill_between(x_axis, log_p_data.exp(), color=BLUE, alpha=0.3, lw=0)
    ax.fill_between(x_axis, log_p_g.exp(), color=ORANGE, alpha=0.3, lw=0)
    ax.plot(x_axis, torch.sigmoid(log_p_data - log_p_g), "k--", lw=1.5)  # the share of p_data in the sum of both
    ax.set(title=title, xlabel="$x$", ylim=(0, 1.05), yticks=[0, 0.5, 1])
axes[0].text(-2.4, 0.75, "$p_G$", color=ORANGE, ha="center")
axes[0].text(1.2, 0.63, "$p_\\mathrm{data}$", color=BLUE, ha="center")
axes[0].text(3.2, 0.86, "$D^*$", ha="center")
figure.tight_layout()
figure

# %% [markdown]
# Left, the two hardly overlap: $D^*$ is a cliff with flat land on both sides. In the middle it has slopes where the
# generator is, and they point to the data. On the right nothing is left to tell apart: $D^* = \frac{1}{2}$ everywhere. There
# the game ends, in theory. In practice both sides only ever see samples and take small steps, and the
# flat land on the left is where most of this notebook's troubles live.
#
# ## 2. Pictures from −1 to 1
#
# The generator's last layer is a tanh, whose values lie in (−1, 1). So must the real pictures, or the
# discriminator could tell them by their range alone. Bytes $k$ from 0 to 255 and numbers $x$ from −1 to 1 belong together by
#
# $$x = \frac{k}{127.5} - 1, \qquad k = \mathrm{round}\big(127.5\,(x + 1)\big).$$
#
# ### Exercise 1: `to_tanh_range`
#
# Mind the type: a byte can be neither negative nor a fraction.


# %% exercise="to_tanh_range"
def to_tanh_range(images: torch.Tensor) -> torch.Tensor:
    """The images as float32 in [-1, 1]: 0 becomes -1, and 255 becomes 1.

    images:  uint8, of any shape, such as (N, 1, 64, 64)
    returns: float32, of the same shape and on the same device
    """
    ### BEGIN SOLUTION
    return images.float() / 127.5 - 1
    ### END SOLUTION


# %% [markdown]
# ### Exercise 2: `from_tanh_range`
#
# The way back. Two traps wait here. A conversion to bytes cuts fractions off, so everything gets a little
# darker unless you round. And a byte wraps around: 256 becomes 0, so that a pixel brighter than white comes out black.
# (A tanh never leaves [−1, 1], but other pictures that you will want to show do.)


# %% exercise="from_tanh_range"
def from_tanh_range(x: torch.Tensor) -> torch.Tensor:
    """The images as bytes: -1 and less becomes 0, 1 and more
    becomes 255, the rest is rounded to the nearest byte.

    x:       floats, of any shape, such as (N, 1, 64, 64)
    returns: uint8, of the same shape and on the same device

    All 256 bytes come back from `to_tanh_range` as they were.
    """
    ### BEGIN SOLUTION
    return ((x + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    ### END SOLUTION


# %% payoff="round_trip"
every_byte = torch.arange(256, dtype=torch.uint8)
there = to_tanh_range(every_byte)
print(
    f"from {there.min():.0f} to {there.max():.0f}; all bytes come back: {bool((from_tanh_range(there) == every_byte).all())}"
)

# %% [markdown]
# ## 3. Two networks
#
# The architecture is that of the DCGAN paper (Radford et al., 2015) with the book's details. Its rules came out of many
# failed tries: no pooling, but strided convolutions; batch norm nearly everywhere, except at the picture ends of both
# networks; leaky ReLUs, which let a gradient through on both sides; tanh at the end.
#
# ### Exercise 3: `Generator`
#
# A vector of `latent_dim` numbers is seen as a picture of 1×1 pixels with `latent_dim` channels. A transposed convolution
# with kernel 4 stamps a 4×4 picture from it; four more, with kernel 4, stride 2 and padding 1, double the size each time.
# With $w$ for the width:
#
# | | channels | size | then |
# |---|---|---|---|
# | stride 1, padding 0 | latent_dim → 8w | 1 → 4 | batch norm, LeakyReLU 0.2 |
# | stride 2, padding 1 | 8w → 4w | 4 → 8 | batch norm, LeakyReLU 0.2 |
# | stride 2, padding 1 | 4w → 2w | 8 → 16 | batch norm, LeakyReLU 0.2 |
# | stride 2, padding 1 | 2w → w | 16 → 32 | batch norm, LeakyReLU 0.2 |
# | stride 2, padding 1 | w → 1 | 32 → 64 | tanh |
#
# None of the convolutions has a bias: batch norm would subtract it right away.


# %% exercise="Generator"
class Generator(nn.Module):
    """Noise (B, latent_dim) → images (B, 1, 64, 64) in [-1, 1] (Radford et al. 2015)."""

    def __init__(self, latent_dim: int, width: int = 64) -> None:
        """Transposed convolutions latent_dim → 8w → 4w → 2w → w → 1
        with kernel 4 and no bias; w is the width."""
        super().__init__()
        ### BEGIN SOLUTION

        def block(c_in: int, c_out: int, stride: int, padding: int) -> nn.Sequential:
            convolution = nn.ConvTranspose2d(c_in, c_out, 4, stride, padding, bias=False)
            return nn.Sequential(convolution, nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2))

        self.layers = nn.Sequential(
            block(latent_dim, 8 * width, 1, 0),  # (B, 8w, 4, 4)
            block(8 * width, 4 * width, 2, 1),  # (B, 4w, 8, 8)
            block(4 * width, 2 * width, 2, 1),  # (B, 2w, 16, 16)
            block(2 * width, width, 2, 1),  # (B, w, 32, 32)
            nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False),  # (B, 1, 64, 64)
            nn.Tanh(),
        )
        ### END SOLUTION

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """One image for each row of z.

        z: (B, latent_dim)
        """
        ### BEGIN SOLUTION
        return self.layers(z[:, :, None, None])
        ### END SOLUTION


# %% [markdown]
# ### Exercise 4: `Discriminator`
#
# The generator in a mirror: strided convolutions halve the picture until one number is left. It is a **logit**, not a
# probability: the loss takes the sigmoid itself, for the reasons that you know from the VAE. Dropout after each block
# weakens the discriminator on purpose; it has the easier job of the two.
#
# | | channels | size | then |
# |---|---|---|---|
# | stride 2, padding 1 | 1 → w | 64 → 32 | LeakyReLU 0.2, dropout 0.3 |
# | stride 2, padding 1 | w → 2w | 32 → 16 | batch norm, LeakyReLU 0.2, dropout 0.3 |
# | stride 2, padding 1 | 2w → 4w | 16 → 8 | batch norm, LeakyReLU 0.2, dropout 0.3 |
# | stride 2, padding 1 | 4w → 8w | 8 → 4 | batch norm, LeakyReLU 0.2, dropout 0.3 |
# | stride 1, padding 0 | 8w → 1 | 4 → 1 | nothing: the logit |
#
# The kernel is 4 throughout, without biases. The result has the shape (B,), for a single picture, too.


# %% exercise="Discriminator"
class Discriminator(nn.Module):
    """Images (B, 1, 64, 64) in [-1, 1] → logits (B,) of "this one is real"."""

    def __init__(self, width: int = 64) -> None:
        """Convolutions 1 → w → 2w → 4w → 8w → 1 with kernel 4 and no bias; w is the width."""
        super().__init__()
        ### BEGIN SOLUTION

        def block(c_in: int, c_out: int) -> nn.Sequential:
            convolution = nn.Conv2d(c_in, c_out, 4, stride=2, padding=1, bias=False)
            norm = nn.BatchNorm2d(c_out) if c_in > 1 else nn.Identity()
            return nn.Sequential(convolution, norm, nn.LeakyReLU(0.2), nn.Dropout(0.3))

        self.layers = nn.Sequential(
            block(1, width),  # (B, w, 32, 32)
            block(width, 2 * width),  # (B, 2w, 16, 16)
            block(2 * width, 4 * width),  # (B, 4w, 8, 8)
            block(4 * width, 8 * width),  # (B, 8w, 4, 4)
            nn.Conv2d(8 * width, 1, 4, bias=False),  # (B, 1, 1, 1)
            nn.Flatten(0),  # (B,)
        )
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One logit for each image.

        x: (B, 1, 64, 64)
        """
        ### BEGIN SOLUTION
        return self.layers(x)
        ### END SOLUTION


# %% [markdown]
# At the book's width the generator has 3,574,656 parameters and the discriminator 2,763,520. Yours? And what do the two
# think of the world before they have learnt anything?

# %% payoff="untrained" alt="Ten pictures from an untrained generator: grey noise with a faint regular pattern."
for network in (Generator(LATENT_DIM), Discriminator()):
    count = sum(parameter.numel() for parameter in network.parameters())
    print(f"{type(network).__name__}: {count:,} parameters")

torch.manual_seed(0)
untrained = Generator(LATENT_DIM, WIDTH)(torch.randn(10, LATENT_DIM)).detach()
plots.strip(from_tanh_range(untrained), title="an untrained generator: noise, with a pattern that section 10 explains")

# %% [markdown]
# ## 4. Labels with noise
#
# For the discriminator this is classification: real pictures have the label 1, fakes 0, and the loss is the binary
# cross-entropy. A discriminator that is very sure of itself is a bad teacher (the flat land of section 1), and there is a
# simple way to keep it modest: **noisy labels**. Not "1", but something between 0.9 and 1; not "0", but something between 0
# and 0.1. Then being too sure costs, and the best logit is finite.
#
# The direction matters. The book's code adds the noise to the ones and subtracts it from the zeros: its
# labels lie *outside* of [0, 1]. Look at what this does to the cross-entropy of a real picture,
# $-y \log \sigma(a) - (1 - y) \log(1 - \sigma(a))$, as a function of the logit $a$:

# %% payoff="direction" alt="The cross-entropy of a real picture over its logit, for three labels: with 0.95 it has a lowest point, with 1 it levels out at zero, with 1.05 it falls below zero and on and on."
logit = torch.linspace(-3, 12, 200)
figure, ax = plots.subplots(width=6.5, height=3.2)
for y, colour in [(1.05, ORANGE), (1.0, GREY), (0.95, BLUE)]:
    ax.plot(logit, F.binary_cross_entropy_with_logits(logit, torch.full_like(logit, y), reduction="none"), color=colour)
    ax.text(
        12.2,
        F.binary_cross_entropy_with_logits(torch.tensor(12.0), torch.tensor(y)),
        f"label {y}",
        color=colour,
        va="center",
    )
ax.plot([-3, 12], [0, 0], color="black", lw=0.8)
ax.set(xlabel="logit $a$", ylabel="loss in nats", xlim=(-3, 14.6), ylim=(-0.8, 2))
figure

# %% [markdown]
# With 0.95 the curve has a lowest point, at $a = \log(0.95 / 0.05) \approx 2.94$. With 1 it flattens out at zero. With 1.05 it
# goes *down for ever*: the surer, the better, without end. That is the opposite of what the noise is for. In a public run
# of the book's notebook the discriminator's loss reaches −0.08 in epoch 32 – a cross-entropy below zero, which no
# true label allows. Let us see it happen: a small discriminator, real bricks against an untrained generator's pictures,
# with the book's labels.

# %% payoff="book_labels"
DEMO_STEPS = genlab.pick(smoke=3, cpu=80, gpu=80)
demo_real = to_tanh_range(train_images[:1024].to(DEVICE))


def discriminator_alone(loss_of, seed=0):
    """Losses (DEMO_STEPS,) of a discriminator that learns to
    tell bricks from the pictures of an untrained generator."""
    torch.manual_seed(seed)
    generator, discriminator = Generator(LATENT_DIM, 8).to(DEVICE), Discriminator(8).to(DEVICE)
    optimizer = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    losses = []
    for _ in range(DEMO_STEPS):
        real = demo_real[torch.randint(len(demo_real), (32,), device=DEVICE)]
        with torch.no_grad():
            fake = generator(torch.randn(32, LATENT_DIM, device=DEVICE))
        loss = loss_of(discriminator(real), discriminator(fake))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def book_loss(real_logits, fake_logits):
    ones = 1 + LABEL_NOISE * torch.rand_like(real_logits)  # the book's signs
    zeros = 0 - LABEL_NOISE * torch.rand_like(fake_logits)
    real = F.binary_cross_entropy_with_logits(real_logits, ones)
    return (real + F.binary_cross_entropy_with_logits(fake_logits, zeros)) / 2


book_losses = discriminator_alone(book_loss)
print(f"the book's labels: the loss ends at {book_losses[-1]:.3f}")

# %% [markdown]
# (PyTorch's `binary_cross_entropy`, which takes probabilities, refuses such labels with an error. The version that takes logits
# accepts them silently.)
#
# ### Exercise 5: `noisy_labels`
#
# Mend it: ones go down, zeros go up, each label by its own draw from $U(0, \text{amount})$.


# %% exercise="noisy_labels"
def noisy_labels(labels: torch.Tensor, amount: float) -> torch.Tensor:
    """The labels, each moved towards the other one by
    its own draw of U(0, amount): never out of [0, 1].

    labels:  (B,), each exactly 0 or 1; not changed
    amount:  between 0 and 1
    returns: a new tensor (B,), on the device and in the dtype of the labels

    The draws come from PyTorch's global generator, anew in every call.
    """
    ### BEGIN SOLUTION
    noise = amount * torch.rand_like(labels)
    return torch.where(labels == 1, 1 - noise, noise)
    ### END SOLUTION


# %% [markdown]
# ### Exercise 6: `discriminator_loss`
#
# Half of the cross-entropy of the real pictures plus half of that of the fakes, each a mean over the batch:
#
# $$\mathcal{L}_D = \frac{1}{2} \, \mathrm{BCE}(\text{real logits}, \text{real labels})
# + \frac{1}{2} \, \mathrm{BCE}(\text{fake logits}, \text{fake labels}).$$
#
# The labels come from outside, so that the noise is not this function's business.


# %% exercise="discriminator_loss"
def discriminator_loss(
    real_logits: torch.Tensor,
    fake_logits: torch.Tensor,
    real_labels: torch.Tensor,
    fake_labels: torch.Tensor,
) -> torch.Tensor:
    """½(BCE of the real images + BCE of the fakes) in nats,
    from logits: a scalar, differentiable in the logits.

    real_logits, fake_logits: (B,), the discriminator's answers
    real_labels, fake_labels: (B,) in [0, 1], what they are compared with
    """
    ### BEGIN SOLUTION
    real = F.binary_cross_entropy_with_logits(real_logits, real_labels)
    fake = F.binary_cross_entropy_with_logits(fake_logits, fake_labels)
    return (real + fake) / 2
    ### END SOLUTION


# %% [markdown]
# The same experiment with your labels and your loss. A label that is $\frac{1}{20}$ away from certainty in the mean
# has an entropy, and no discriminator can get below it: the dotted line.


# %% payoff="your_labels" alt="The loss of a discriminator over its steps, with the book's labels and with the exercise's; a dotted line marks the floor for the latter."
def your_loss(real_logits, fake_logits):
    ones, zeros = torch.ones_like(real_logits), torch.zeros_like(fake_logits)
    return discriminator_loss(
        real_logits, fake_logits, noisy_labels(ones, LABEL_NOISE), noisy_labels(zeros, LABEL_NOISE)
    )


your_losses = discriminator_alone(your_loss)
floor = -0.05 * math.log(0.05) - 0.95 * math.log(0.95)  # the cross-entropy is linear in the label: its mean counts
figure, ax = plots.subplots(width=6.5, height=3.2)
ax.plot(book_losses, color=ORANGE, label="the book's labels")
ax.plot(your_losses, color=BLUE, label="yours")
ax.axhline(floor, color=BLUE, ls=":", lw=1.2)
ax.axhline(0, color="black", lw=0.8)
ax.set(xlabel="step", ylabel="discriminator's loss in nats")
ax.legend()
print(f"yours ends at {your_losses[-1]:.3f}; the floor is {floor:.3f}")
figure

# %% [markdown]
# ## 5. What the generator wants
#
# The game of section 1 says that the generator minimises $\log(1 - D(G(z)))$. Early on that is a bad idea. The first
# fakes are found out at once, their logits $a$ are far below zero, and there the curve is flat: the generator learns
# nothing just when it has most to learn. The loss is said to *saturate*. Goodfellow et al. (2014) give the way out in the same paper:
# minimise $-\log D(G(z))$ instead. It has the same best generator and a strong gradient where it is needed:

# %% payoff="saturating" alt="Two charts over the logit of a fake. Left: the saturating and the non-saturating loss. Right: their derivatives; the saturating one's is zero where the fake has been found out."
logit = torch.linspace(-8, 6, 200)
figure, (left, right) = plots.subplots(1, 2, width=10, height=3)
for name, value, colour in [
    ("$\\log(1 - D)$, saturating", -F.softplus(logit), GREY),
    ("$-\\log D$, non-saturating", F.softplus(-logit), ORANGE),
]:
    left.plot(logit, value, color=colour, label=name)
slopes = {GREY: -torch.sigmoid(logit), ORANGE: -torch.sigmoid(-logit)}
for colour, slope in slopes.items():
    right.plot(logit, slope, color=colour)
left.set(title="the loss of one fake", xlabel="its logit $a$")
left.legend()
right.set(title="its derivative by $a$", xlabel="its logit $a$")
right.annotate(
    "found out:\nno gradient",
    (-6, -0.01),
    (-6, -0.45),
    ha="center",
    color=GREY,
    arrowprops={"arrowstyle": "->", "color": GREY},
)
figure.tight_layout()
figure

# %% [markdown]
# ### Exercise 7: `generator_loss`
#
# The non-saturating loss, a mean over the batch. Read it as a cross-entropy: what label does the generator wish for?


# %% exercise="generator_loss"
def generator_loss(fake_logits: torch.Tensor) -> torch.Tensor:
    """The mean of −log D(fake) in nats, from logits: a scalar,
    differentiable (Goodfellow et al. 2014, section 3).

    fake_logits: (B,), the discriminator's answers to the generator's images
    """
    ### BEGIN SOLUTION
    return F.binary_cross_entropy_with_logits(fake_logits, torch.ones_like(fake_logits))
    ### END SOLUTION


# %% [markdown]
# ## 6. The training step
#
# One step has two phases. Each runs through *both* networks, and each may move *one* of them.


# %% payoff="diagram" alt="The two phases of a step as boxes from z through generator and discriminator to the loss. In phase 1 the discriminator moves, and the gradient stops at the fakes; in phase 2 the gradient goes through the discriminator to the generator, which moves."
def phase(ax, title, moving, stop):
    """Draws the way from z to a loss; the moving network is
    orange, the others grey; `stop` marks the detached fakes."""
    boxes = {"z": (0, 0, "$z$"), "G": (1.6, 0, "generator"), "fake": (3.6, 0, "fake"), "D": (6, 0, "discriminator")}
    boxes |= {"loss": (8.6, 0, "loss")}
    if stop:
        boxes["real"] = (3.6, 1.1, "real")
    drawn = {}
    for name, (x, y, text) in boxes.items():
        face = "#FFD9A8" if name == moving else "#E8EFF6"
        box = {"boxstyle": "round,pad=0.45", "facecolor": face, "edgecolor": ORANGE if name == moving else GREY}
        drawn[name] = ax.text(x, y, text, ha="center", va="center", fontsize=11, bbox=box)
    ways = [("z", "G"), ("G", "fake"), ("fake", "D"), ("D", "loss")] + ([("real", "D")] if stop else [])
    back = [("loss", "D")] if stop else [("loss", "D"), ("D", "fake"), ("fake", "G")]
    for pairs, colour, bend in ((ways, GREY, 0), (back, ORANGE, -0.45)):
        for a, b in pairs:
            style = {"arrowstyle": "-|>", "color": colour, "lw": 1.8, "connectionstyle": f"arc3,rad={bend}"}
            style |= {
                "patchA": drawn[a].get_bbox_patch(),
                "patchB": drawn[b].get_bbox_patch(),
                "shrinkA": 3,
                "shrinkB": 3,
            }
            ax.annotate("", drawn[b].get_position(), drawn[a].get_position(), arrowprops=style)
    if stop:
        ax.text(4.45, -0.62, "detach: no gradient further back", color=ORANGE, ha="center")
    ax.set(xlim=(-0.6, 9.3), ylim=(-0.9, 1.5))
    ax.set_title(title, loc="left", y=0.95 if stop else 0.66)
    ax.axis("off")


figure, (top, bottom) = plots.subplots(2, 1, width=9, height=4.6)
phase(top, "phase 1: only the discriminator's weights move", "D", stop=True)
phase(bottom, "phase 2: only the generator's weights move", "G", stop=False)
figure.tight_layout()
figure

# %% [markdown]
# Three slips are easy here, and none of them raises an error.
#
# - In phase 1 the gradient must stop at the fakes. `fake.detach()` is the same picture without its past.
# - In phase 2 the gradient has to pass *through* the discriminator to reach the generator, and on its way leaves
#   something in the discriminator's `.grad`. It must not take part in the discriminator's next update: that would
#   teach it to be fooled.
# - Each optimizer holds the parameters of one network; a `step()` of the wrong one undoes the game.
#
# The weights are what the optimizers move. Batch norm's running statistics are another matter: they follow every call in
# train mode, so those of the generator move in phase 1, too, and those of the discriminator in phase 2. That is all right.
#
# ### Exercise 8: `train_step`
#
# Phase 1: fakes from fresh noise, one $z$ for each real picture; logits of the real ones and of the detached fakes, in
# *two calls* (batch norm would mix their statistics otherwise); noisy labels; one step of the discriminator's optimizer. Phase 2:
# the *updated* discriminator judges the fakes – the same ones, or new ones, as you like – and the generator's optimizer
# makes one step. Its labels are clean. (The book computes both gradients first and then moves both networks at once. It
# hardly matters; in turn is what Goodfellow et al. wrote.)


# %% exercise="train_step"
def train_step(
    generator: nn.Module,
    discriminator: nn.Module,
    real: torch.Tensor,
    generator_optimizer: torch.optim.Optimizer,
    discriminator_optimizer: torch.optim.Optimizer,
    latent_dim: int,
    label_noise: float,
) -> dict[str, float]:
    """The losses of one update of each network, "discriminator"
    and "generator", as floats, each from before its update.

    generator:     z (B, latent_dim) → images in the shape of real
    discriminator: images → logits (B,)
    real:          (B, …) in [-1, 1], on the networks' device;
                   noise z ~ N(0, I) has its dtype and device
    label_noise:   the amount of `noisy_labels`, for the discriminator's labels only

    First the discriminator is updated, then the generator, each by its own optimizer and down
    the gradient of its own loss alone. Both networks are put in train mode and stay in it.
    """
    ### BEGIN SOLUTION
    generator.train()
    discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)

    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    real_labels = noisy_labels(torch.ones_like(real_logits), label_noise)
    fake_labels = noisy_labels(torch.zeros_like(fake_logits), label_noise)
    d_loss = discriminator_loss(real_logits, fake_logits, real_labels, fake_labels)
    discriminator_optimizer.zero_grad()  # removes what the generator's last loss left here, too
    d_loss.backward()
    discriminator_optimizer.step()

    g_loss = generator_loss(discriminator(fake))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}
    ### END SOLUTION


# %% [markdown]
# You need not take the check's word for it. An optimizer can call back after each of its steps. The next cell uses that to take a
# picture of all weights and running statistics when a phase ends, and says what has moved in each.

# %% payoff="who_moves"
torch.manual_seed(0)
networks = {"generator": Generator(8, 2), "discriminator": Discriminator(2)}
optimizers = {name: torch.optim.Adam(network.parameters(), lr=1e-3) for name, network in networks.items()}


def state_of(network):
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def moved(before, after):
    """The share of a network's weights, and of its
    running statistics, that differ between two states."""
    kinds = {"weights": [], "statistics": []}
    for name in before:
        if not name.endswith("num_batches_tracked"):
            kinds["statistics" if "running" in name else "weights"].append((before[name] != after[name]).flatten())
    return {kind: torch.cat(parts).float().mean().item() for kind, parts in kinds.items()}


pictures = [{name: state_of(network) for name, network in networks.items()}]
for optimizer in optimizers.values():
    optimizer.register_step_post_hook(
        lambda *_: pictures.append({name: state_of(network) for name, network in networks.items()})
    )
train_step(
    *networks.values(), to_tanh_range(train_images[:8]), optimizers["generator"], optimizers["discriminator"], 8, 0.1
)
print(f"{'':24}generator's                discriminator's")
print(f"{'':24}weights   statistics       weights   statistics")
for number, (before, after) in enumerate(itertools.pairwise(pictures), start=1):
    rows = [moved(before[name], after[name]) for name in networks]
    print(
        f"moved in phase {number}:     "
        + "       ".join(f"{r['weights']:7.0%}   {r['statistics']:10.0%}" for r in rows)
    )

# %% [markdown]
# ## 7. Bricks
#
# Everything is in place; `genlab.fit` does the repetition. It hands out pictures in [0, 1], and the little function below
# brings them to [−1, 1] before your step gets them. The weights start as in the paper, drawn from $\mathcal{N}(0, 0.02^2)$, and so
# do the two settings of Adam: a momentum of 0.5 instead of 0.9, because the game changes direction all the time.
#
# Three settings are neither the paper's nor the book's, and buy much where time is short:
#
# - **Averaged weights.** The generator never comes to rest: each step answers the discriminator of the moment. So after every step a copy of it
#   moves a little towards it, $\bar\theta \leftarrow \beta\bar\theta + (1 - \beta)\theta$, and the *copy* draws the pictures. That is an
#   **exponential moving average** (Yazıcı et al., 2018); it costs next to nothing and trains nothing.
# - **Small batches** at `cpu` scale: sixteen pictures, so that as many as can be had of the minutes are steps.
# - **No dropout** at `cpu` scale. It is there to hold a strong discriminator back, and a narrow one is not strong: with dropout, on all fifty kinds, its
#   loss was 0.59 over steps 501 to 1,000, near the 0.69 of guessing. And drawing what to drop took a quarter of each step's time.
#
# And on an NVIDIA GPU your train step is *replayed*. On an H100 one step is 6 ms of work but took 13, as the GPU kept waiting for Python to name
# the next kernel. So `genlab.graphed` lets Python run three steps, records the fourth as a **CUDA graph**, a list of its kernels, and from then
# on hands the GPU the whole list at once. (What you print in your train step does not show in a replay. The slower the GPU, the less it waits.)
#
# After each epoch the averaged generator draws the same noise again: a picture per epoch. You can interrupt the training and run
# the cell again, it goes on where it was.


# %% given="training"
def dcgan_init(network: nn.Module) -> nn.Module:
    """The network on DEVICE, weights of convolutions from
    N(0, 0.02²) (Radford et al. 2015), dropout as at this scale."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(layer.weight, 0, 0.02)
        elif isinstance(layer, nn.Dropout):
            layer.p = DROPOUT
    return network.to(DEVICE, memory_format=torch.channels_last)  # the same numbers in another order: faster here


@torch.no_grad()
def draw(generator: nn.Module, z: torch.Tensor) -> torch.Tensor:
    """Images (n, 1, 64, 64) uint8, on the CPU, drawn in eval mode from z (n, latent_dim)."""
    generator.eval()
    return torch.cat([from_tanh_range(generator(part)).cpu() for part in z.split(250)])


def train_gan(
    generator: nn.Module, discriminator: nn.Module, images: torch.Tensor, epochs: int, z: torch.Tensor, name: str
) -> tuple[genlab.History, genlab.Frames, nn.Module]:
    """The history of training the two with `train_step` on images (N, 1, 64, 64) uint8, what became
    of z in each epoch, and the average of the generator over the last steps, which is what draws z.
    """
    frames, adam = genlab.Frames(), {"lr": LEARNING_RATE, "betas": (0.5, 0.999), "fused": DEVICE.type == "cuda"}
    average = AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(AVERAGING), use_buffers=True)
    g_adam = torch.optim.Adam(generator.parameters(), **adam)
    d_adam = torch.optim.Adam(discriminator.parameters(), **adam)
    replayed = genlab.graphed(train_step)

    def step(x: torch.Tensor) -> dict[str, float]:
        losses = replayed(generator, discriminator, 2 * x - 1, g_adam, d_adam, LATENT_DIM, LABEL_NOISE)
        average.update_parameters(generator)
        return losses

    history = genlab.fit(
        step,
        images,
        epochs=epochs,
        batch_size=BATCH_SIZE,
        state={"generator": generator, "discriminator": discriminator, "average": average}
        | {"g_adam": g_adam, "d_adam": d_adam, "frames": frames},
        on_epoch=lambda epoch, history: frames.add(epoch, draw(average, z)),
        name=name,
    )
    return history, frames, average


# %% payoff="train"
torch.manual_seed(0)
generator = dcgan_init(Generator(LATENT_DIM, GENERATOR_WIDTH))
discriminator = dcgan_init(Discriminator(WIDTH))
z_fixed = torch.randn(10, LATENT_DIM, device=DEVICE)
history, frames, average = train_gan(generator, discriminator, train_images, EPOCHS, z_fixed, "dcgan-bricks")

# %% [markdown]
# Two curves, and a picture per epoch:

# %% payoff="curves" alt="Losses of discriminator and generator over the epochs."
plots.loss_curve(history)

# %% payoff="epochs" alt="A row of pictures for each of several epochs, made from the same noise."
some = sorted(range(len(frames) - 1, -1, -max(1, len(frames) // 6)))
plots.compare({f"epoch {frames.epochs[i]}": frames.images[i] for i in some})

# %% [markdown]
# Read a column from top to bottom: the same $z$, a shape that becomes firmer. (The first rows are pale: the average still remembers the untrained
# weights. `plots.animation(frames)` makes a film of it all.) And now look at the curves above. The generator's does *not* fall; it may well
# rise while its pictures get better. The discriminator's lies between its floor, 0.20, and $\log 2 \approx 0.69$, which is what guessing costs; where
# it sinks, the discriminator learns faster than the generator. Each loss says how one network stands against *today's* other one,
# not how good the pictures are. So a DCGAN is judged by looking (or by section 8's numbers), and its curves only tell when
# something is broken. The next notebook changes the game until its curve means something.
#
# What has the average done? The same noise, drawn by the generator as the last step left it, and by its average:

# %% payoff="averaged" alt="Two rows of ten bricks from the same noise, by the generator of the last step and by the average, whose are smoother."
plots.compare({"last step": draw(generator, z_fixed), "average": draw(average, z_fixed)})

# %% [markdown]
# The same shapes, with less grain. Forty new bricks, by the average:

# %% payoff="samples" alt="Forty bricks that the generator drew."
torch.manual_seed(1)
z = torch.randn(SAMPLES, LATENT_DIM, device=DEVICE)
samples, last = draw(average, z), draw(generator, z)  # (S, 1, 64, 64) uint8
plots.image_grid(samples[:40], rows=4, cols=10)

# %% [markdown]
# ## 8. How good are they?
#
# A number for "these pictures are like those": train a small classifier on the kinds of brick, take what its last layer sees in
# each picture, and compare the two clouds of features by mean and covariance. That is the **Fréchet distance**. (With the features of one
# particular large network it is known as FID; ours are another network's, so the numbers cannot be compared with papers.)
# Zero is the same; what real bricks are apart from other real bricks is the best one can hope for. The interval is from resampling.
#
# In a run of ours on drawn bricks, at `cpu` scale, the average came to 0.14 and the generator of the last step to 0.04, where other real bricks have 0.02, noise
# 2.1, and an untrained generator 10. (At `gpu` scale, in a run that was not replayed: 0.23 and 0.06, noise 6.0. Replayed, the training takes 41 seconds of an H100.) So here eye and measure disagree about averaging: it takes away the grain, and with it some of the fine structure that the
# sides of real bricks have. Neither is the truth; look at both.

# %% payoff="quality"
judge = measures.classifier(train_images, train_labels, epochs=genlab.pick(smoke=1, cpu=4, gpu=4), name="lego_bricks")
other_real = train_images[-SAMPLES:]
noise = torch.randint(0, 256, samples.shape, dtype=torch.uint8)
torch.manual_seed(2)
beginner = draw(dcgan_init(Generator(LATENT_DIM, GENERATOR_WIDTH)), torch.randn(SAMPLES, LATENT_DIM, device=DEVICE))
distances = {
    "real against other real": measures.frechet_distance(judge, other_real, test_images),
    "your generator, averaged": measures.frechet_distance(judge, samples, test_images),
    "your generator at the last step": measures.frechet_distance(judge, last, test_images),
    "an untrained generator": measures.frechet_distance(judge, beginner, test_images),
    "noise": measures.frechet_distance(judge, noise, test_images),
}
print("Fréchet distance to real test images, with a 95 % interval")
for name, distance in distances.items():
    print(f"{name:32} {distance:.3f}")
print("\n", measures.diversity(judge, samples), sep="")

# %% [markdown]
# ### Exercise 9: `nearest_images`
#
# Perhaps the generator has only learnt some training pictures by heart? The simplest test: find the training picture nearest
# to each sample, by the mean absolute difference of their pixels, and put the two side by side.
#
# Two things to mind. These are bytes: $3 - 5$ is 254 there. And do not compute all differences at once: 15 samples times 40,000
# pictures times 4,096 pixels are ten gigabytes.


# %% exercise="nearest_images"
def nearest_images(samples: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """For each sample the number of the image with the
    smallest mean absolute pixel difference: int64 (S,).

    samples: (S, …), images: (N, …), of one shape and dtype: uint8 or floats
    returns: (S,), int64; the first of several that are equally near

    Works in chunks: 15 samples and 40,000 images of 64×64 fit into a gigabyte.
    """
    ### BEGIN SOLUTION
    flat = images.flatten(1)  # (N, P)
    found = []
    for sample in samples.flatten(1):
        chunks = [(chunk.float() - sample.float()).abs().mean(dim=1) for chunk in flat.split(2000)]
        found.append(torch.cat(chunks).argmin())
    return torch.stack(found)
    ### END SOLUTION


# %% payoff="nearest" alt="Twelve samples above the training images that are nearest to them."
chosen = samples[:12]
plots.compare({"sample": chosen, "nearest training image": train_images[nearest_images(chosen, train_images)]})

# %% [markdown]
# Expect pairs that are alike in size and attitude, because that is what the pixel difference sees: near is not copied.
# A generator that had learnt by heart would show pairs here. (The test is one-sided: it finds copies, but shifted
# or turned ones would escape it.)
#
# ## 9. When it goes wrong
#
# GANs fail in typical ways. To see them one would like to see all of $p_\text{data}$ and $p_G$ at once, so let us take a
# world that is small enough: eight heaps of points on a circle. The networks are small, too. The
# training step is yours, as it is: it does not care what it trains.


# %% given="ring"
RING_STEPS = genlab.pick(smoke=4, cpu=800, gpu=800)
CENTRES = torch.tensor([[math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)] for k in range(8)])


def ring(n: int) -> torch.Tensor:
    """n points (n, 2) of eight narrow heaps on the unit circle."""
    return CENTRES[torch.randint(8, (n,))] + 0.05 * torch.randn(n, 2)


def small_network(n_in: int, n_out: int, slope: float) -> nn.Sequential:
    """Three linear layers with leaky ReLUs between them; a single output comes as (B,)."""
    bend = nn.LeakyReLU(slope)
    layers = [nn.Linear(n_in, 64), bend, nn.Linear(64, 64), bend, nn.Linear(64, n_out)]
    return nn.Sequential(*layers, *([nn.Flatten(0)] if n_out == 1 else []))


def play_on_ring(
    generator_rate: float, discriminator_rate: float, label_noise: float = 0.0, seed: int = 0, update=train_step
) -> dict:
    """Points (1000, 2) of the generator at four times of a
    training with `update`, the losses, and the discriminator."""
    torch.manual_seed(seed)
    generator, discriminator = small_network(2, 2, slope=0.0), small_network(2, 1, slope=0.2)
    adams = [
        torch.optim.Adam(network.parameters(), lr=rate, betas=(0.5, 0.999))
        for network, rate in ((generator, generator_rate), (discriminator, discriminator_rate))
    ]
    points, losses = [], []
    for step in range(1, RING_STEPS + 1):
        losses.append(update(generator, discriminator, ring(128), *adams, 2, label_noise))
        if step % (RING_STEPS // 4) == 0:
            with torch.no_grad():
                points.append(generator(torch.randn(1000, 2)))
    return {"points": points, "losses": losses, "discriminator": discriminator}


def heaps_found(points: torch.Tensor) -> int:
    """How many of the eight heaps have at least 2 % of the points (n, 2) within 0.2 of their centre."""
    near = torch.cdist(points, CENTRES) < 0.2  # (n, 8)
    return int((near.float().mean(0) > 0.02).sum())


# %% [markdown]
# ### Mode collapse
#
# First both networks learn at the same rate. Then the generator learns five times as slowly as the discriminator.

# %% payoff="collapse" alt="Two rows of four charts. Eight heaps of data on a ring, blue, and what a small generator draws, orange, at four moments of its training; titles count the heaps that it finds."
runs = {"same rate": play_on_ring(1e-3, 1e-3), "generator five times slower": play_on_ring(2e-4, 1e-3)}
figure, axes = plots.subplots(2, 4, width=11, height=5.8)
for row, (name, run) in zip(axes, runs.items(), strict=True):
    for number, (ax, points) in enumerate(zip(row, run["points"], strict=True), start=1):
        ax.scatter(*ring(600).T, s=2, color=BLUE, alpha=0.35, lw=0)
        ax.scatter(*points.T, s=3, color=ORANGE, alpha=0.6, lw=0)
        title = f"step {number * RING_STEPS // 4}: {heaps_found(points)} of 8 heaps"
        ax.set(xlim=(-1.8, 1.8), ylim=(-1.8, 1.8), xticks=[], yticks=[], aspect="equal", title=title)
    row[0].set_ylabel(name)
figure.tight_layout()
figure

# %% [markdown]
# Above, the generator has found that *one* place is enough: whatever the discriminator currently believes most is drawn by
# all the noise there is. The discriminator notices and stops believing in that heap, the whole cloud moves on to
# the next – they chase each other around the circle, and never get everything at once. This is **mode collapse**. Nothing in
# the generator's loss asks for variety: each fake is judged by itself.
#
# Below, the discriminator has time to learn what the generator *currently* does before it moves: then its slope points to
# all the heaps that are missing. Unequal learning rates are one of the standard cures (Heusel et al., 2017); the other is
# batch norm in the discriminator, which your DCGAN has: it sees a batch as a whole, and a batch of equal pictures
# looks strange. With bricks you would notice collapse in the samples, as the same brick over and over, or in the number of
# classes that the judge of section 8 finds in them.
#
# ### A discriminator that dominates
#
# The opposite: a discriminator that learns far too fast. Then the same with noisy labels, for once with a lot of noise.

# %% payoff="dominating" alt="Three panels: the logits of a discriminator over the plane, with the generator's points in black, trained with exact labels and with label noise; and the discriminator's loss in both runs."
runs = {"exact labels": play_on_ring(1e-4, 5e-3), "label noise 0.2": play_on_ring(1e-4, 5e-3, label_noise=0.2)}
grid = torch.cartesian_prod(torch.linspace(-1.8, 1.8, 60), torch.linspace(-1.8, 1.8, 60))  # (3600, 2), x first
figure, axes = plots.subplots(1, 3, width=11.5, height=3.5)
for ax, (name, run) in zip(axes, runs.items(), strict=False):
    with torch.no_grad():
        logits = run["discriminator"](grid).view(60, 60)
    picture = ax.imshow(
        logits.T, origin="lower", extent=(-1.8, 1.8) * 2, aspect="auto", cmap="PuOr_r", vmin=-12, vmax=12
    )
    ax.scatter(*run["points"][-1].T, s=2, color="black", alpha=0.5, lw=0)
    ax.set(title=f"{name}: {heaps_found(run['points'][-1])} of 8 heaps", xticks=[], yticks=[])
figure.colorbar(picture, ax=axes[1], label="logit", fraction=0.046, pad=0.04)
for (name, run), colour in zip(runs.items(), (GREY, ORANGE), strict=True):
    axes[2].plot([loss["discriminator"] for loss in run["losses"]], color=colour, lw=1, label=name)
axes[2].set(title="the discriminator's loss", xlabel="step", ylim=(0, 1))
axes[2].legend()
figure.tight_layout()
figure

# %% payoff="dominating_numbers"
print("                     mean |logit| of real points   generator's loss, last 50 steps")
for name, run in runs.items():
    with torch.no_grad():
        size = run["discriminator"](ring(1000)).abs().mean()
    last = [loss["generator"] for loss in run["losses"][-50:]]
    print(f"{name:20} {size:28.2f}   {sum(last) / len(last):31.2f}")

# %% [markdown]
# With exact labels the discriminator is several times as sure of itself: the map has steep cliffs with flat land between, and
# the generator, which climbs only where it is steep enough, sits on some of the heaps and does not find the others. Noisy labels set a
# limit. With an amount of 0.2 they are 0.1 away from certainty in the mean, so no logit beyond $\log 9 \approx 2.2$ pays. The
# map is gentler, and the generator gets further. (Not always as clearly as here: with another seed it was 5 heaps against 4. Noise does not make the
# teacher wrong, only modest. The *generator's* labels have none: there is nothing to be capped.)

# %% [markdown]
# ### Find the bug: `mended_train_step`
#
# *"Sometimes it works for a while, then the discriminator goes mad."* On your ring, with the learning rates that found all the
# heaps above, this training step does the following. A discriminator that knows nothing says ½ for everything and pays
# $\log 2 \approx 0.69$ (dotted):

# %% payoff="goes_mad" alt="Three charts. The points of the generator over the eight heaps of the ring, with your step and with the strange one; and the discriminator's loss with both, against the step, with log 2 dotted."
from autograder.bugs.dcgan import mended_train_step as strange_step

runs = {"yours": play_on_ring(2e-4, 1e-3), "the strange one": play_on_ring(2e-4, 1e-3, update=strange_step)}
figure, axes = plots.subplots(1, 3, width=11.5, height=3.5)
for ax, (name, run) in zip(axes, runs.items(), strict=False):
    ax.scatter(*ring(600).T, s=2, color=BLUE, alpha=0.35, lw=0)
    ax.scatter(*run["points"][-1].T, s=3, color=ORANGE, alpha=0.6, lw=0)
    title = f"{name}: {heaps_found(run['points'][-1])} of 8 heaps"
    ax.set(xlim=(-1.8, 1.8), ylim=(-1.8, 1.8), xticks=[], yticks=[], aspect="equal", title=title)
for (name, run), colour in zip(runs.items(), (GREY, ORANGE), strict=True):
    axes[2].plot([loss["discriminator"] for loss in run["losses"]], color=colour, lw=1, label=name)
axes[2].axhline(math.log(2), color="black", ls=":", lw=1)
axes[2].set(title="the discriminator's loss", xlabel="step")
axes[2].legend()
figure.tight_layout()
figure

# %% [markdown]
# Its discriminator does worse than one that knows nothing, again and again. The function is below, and everything in it was written
# by somebody who understood GANs; one line was copied and not changed. Mend it. The contract, and the check, are those of your
# `train_step`.


# %% exercise="mended_train_step"
def mended_train_step(
    generator: nn.Module,
    discriminator: nn.Module,
    real: torch.Tensor,
    generator_optimizer: torch.optim.Optimizer,
    discriminator_optimizer: torch.optim.Optimizer,
    latent_dim: int,
    label_noise: float,
) -> dict[str, float]:
    """The losses of one update of each network, with the contract of `train_step`.

    There is a bug in this one: mend it.
    """
    ### BEGIN SOLUTION
    generator.train()
    discriminator.train()
    bce, batch = F.binary_cross_entropy_with_logits, len(real)

    # the discriminator's turn
    z = torch.randn(batch, latent_dim, device=real.device, dtype=real.dtype)
    on_real = discriminator(real)  # (B,)
    on_fake = discriminator(generator(z).detach())
    ones = 1 - label_noise * torch.rand_like(on_real)
    zeros = label_noise * torch.rand_like(on_fake)
    d_loss = 0.5 * (bce(on_real, ones) + bce(on_fake, zeros))
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()

    # the generator's turn
    z = torch.randn(batch, latent_dim, device=real.device, dtype=real.dtype)
    on_fake = discriminator(generator(z))
    g_loss = bce(on_fake, torch.ones_like(on_fake))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}
    ### END SOLUTION


# %% [markdown]
# ## 10. The checkerboard
#
# Look closely at the untrained generator's pictures in section 3: a pattern of dots. A transposed convolution stamps its
# kernel onto the output in steps of its stride. With kernel 3 and stride 2 the stamps overlap in every second pixel
# only; with kernel 4 the overlap is even, but each of four positions gets its own quarter of the kernel's weights, and
# nothing makes these four agree. The cure (Odena et al., 2016): enlarge the picture first, by repeating pixels, then draw on it
# with an ordinary convolution, whose weights are the same everywhere.
#
# ### Exercise 10: `upsample_block`
#
# Write the block that can replace one of the generator's: nearest upsampling by 2, a convolution with kernel 3, stride 1, padding
# 1 and no bias, batch norm, LeakyReLU 0.2. It is a function that returns a module.


# %% exercise="upsample_block"
def upsample_block(c_in: int, c_out: int) -> nn.Module:
    """A module (B, c_in, H, W) → (B, c_out, 2H, 2W) without transposed convolution (Odena et al. 2016).

    Each pixel is repeated to 2×2; then convolution with kernel 3 (no bias), batch norm, LeakyReLU 0.2.
    """
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode="nearest"),
        nn.Conv2d(c_in, c_out, 3, padding=1, bias=False),
        nn.BatchNorm2d(c_out),
        nn.LeakyReLU(0.2),
    )
    ### END SOLUTION


# %% [markdown]
# The same experiment three times: a picture that is 1 everywhere goes through three layers with random weights. Whatever
# structure comes out in the middle was put there by the layers, not by the picture.

# %% payoff="stamps" alt="Three enlarged patches of what three layers make of a uniform input. Transposed convolutions leave a checkerboard, upsampling followed by a convolution does not."
torch.manual_seed(0)
kinds = {
    "transposed, kernel 3": lambda c: nn.ConvTranspose2d(c, c, 3, 2, 1, output_padding=1, bias=False),
    "transposed, kernel 4": lambda c: nn.ConvTranspose2d(c, c, 4, 2, 1, bias=False),
    "upsample, then convolve": lambda c: nn.Sequential(
        nn.Upsample(scale_factor=2), nn.Conv2d(c, c, 3, padding=1, bias=False)
    ),
}
figure, axes = plots.subplots(1, 3, width=9, height=3.3)
with torch.no_grad():
    for ax, (name, make) in zip(axes, kinds.items(), strict=True):
        out = nn.Sequential(*(make(16) for _ in range(3)))(torch.ones(1, 16, 12, 12))  # (1, 16, 96, 96)
        middle = out[:, :1, 36:60, 36:60]
        contrast = middle - middle.mean()
        plots.image_grid(0.5 + 0.5 * contrast / contrast.abs().max().clamp(min=1e-5), suptitle=name, ax=ax)
figure.tight_layout()
figure

# %% [markdown]
# Now in earnest: two small generators, equal but for their blocks, learn from the same bricks for the same number of steps.


# %% given="UpsampleGenerator"
class UpsampleGenerator(nn.Module):
    """As `Generator`, with `upsample_block` in place of its transposed convolutions of stride 2."""

    def __init__(self, latent_dim: int, width: int = 64) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ConvTranspose2d(latent_dim, 8 * width, 4, bias=False),  # (B, 8w, 4, 4): one stamp, nothing overlaps
            nn.BatchNorm2d(8 * width),
            nn.LeakyReLU(0.2),
            upsample_block(8 * width, 4 * width),  # (B, 4w, 8, 8)
            upsample_block(4 * width, 2 * width),  # (B, 2w, 16, 16)
            upsample_block(2 * width, width),  # (B, w, 32, 32)
            nn.Upsample(scale_factor=2),
            nn.Conv2d(width, 1, 3, padding=1, bias=False),  # (B, 1, 64, 64)
            nn.Tanh(),
        )

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """z (B, latent_dim) → images (B, 1, 64, 64) in [-1, 1]."""
        return self.layers(z.view(len(z), -1, 1, 1))


# %% payoff="two_generators"
few_images = train_images[: genlab.pick(smoke=32, cpu=3000, gpu=20_000)]
narrow = genlab.pick(smoke=2, cpu=8, gpu=32)
rivals = {}
for name, kind in (("transposed", Generator), ("upsampled", UpsampleGenerator)):
    torch.manual_seed(0)
    rival, its_judge = dcgan_init(kind(LATENT_DIM, narrow)), dcgan_init(Discriminator(narrow))
    train_gan(rival, its_judge, few_images, genlab.pick(smoke=1, cpu=12, gpu=4), z_fixed, f"dcgan-{name}")
    rivals[name] = draw(rival, torch.randn(500, LATENT_DIM, device=DEVICE))

# %% payoff="rivals" alt="Three rows of eight pictures: bricks by the generator with transposed convolutions, by the one with upsampling, and real ones."
plots.compare({name: pictures[:8] for name, pictures in rivals.items()} | {"real": test_images[:8]})

# %% [markdown]
# A pattern that repeats every two pixels is hard to see and easy to measure. The **Fourier spectrum** says how much of
# each frequency a picture contains: the centre of the map is "smooth", its edge is "changes from pixel to pixel", half a
# period per pixel. Averaged over many pictures, in decibels:


# %% payoff="spectrum" alt="Three maps of power over frequency, for real pictures and those of the two generators, and a chart of the three along the horizontal axis."
def spectrum(images):
    """The mean power spectrum (64, 64) of images (N, 1, 64, 64)
    uint8 in decibels, frequency 0 in the middle."""
    x = to_tanh_range(images)[:, 0]
    power = torch.fft.fft2(x - x.mean(dim=(1, 2), keepdim=True)).abs().square().mean(0)
    return 10 * torch.log10(torch.fft.fftshift(power) + 1e-3)


spectra = {"real": spectrum(test_images[:500])} | {name: spectrum(pictures) for name, pictures in rivals.items()}
figure, axes = plots.subplots(1, 4, width=12, height=3)
for ax, (name, power) in zip(axes, spectra.items(), strict=False):
    picture = ax.imshow(power, cmap="magma", vmin=0, vmax=50, extent=(-0.5, 0.5, -0.5, 0.5))
    ax.set(title=name, xticks=[-0.5, 0, 0.5], yticks=[])
for (name, power), colour in zip(spectra.items(), (GREY, ORANGE, BLUE), strict=True):
    axes[3].plot(torch.arange(1, 32) / 64, power[32, 33:], color=colour, label=name)
axes[3].set(title="along the horizontal axis", xlabel="periods per pixel", ylabel="dB")
axes[3].legend()
figure.tight_layout()
figure

# %% [markdown]
# Real bricks fade evenly towards the edge. The transposed generator has bright spots that no brick has, where its strides of 2
# leave their traces: at an eighth of a period per pixel, at a quarter, at three eighths, and on to the edge. The upsampling one has a haze along the
# axes, from the edges of enlarged pixels, and only a few faint spots. Frank et al. (2020) tell generated pictures from photographs by such traces alone.
#
# ## 11. Questions to think about
#
# Answer in a sentence or two. There are no points here, and no check; the answers are in the solutions.

# %% [markdown] question="half"
# **1.** At the end of the perfect game the discriminator answers ½ everywhere. What are the two losses then, with exact labels? Would
# you be glad to see these values after ten minutes of training?
#
# ### BEGIN SOLUTION
# Both are $\log 2 \approx 0.69$. It is no reason to be glad by itself: a discriminator that has learnt nothing, or that a
# collapsed generator keeps confusing, answers ½, too. The curves cannot tell a perfect generator from a poor judge.
# ### END SOLUTION

# %% [markdown] question="floor"
# **2.** Labels of 1 become $1 - u$ with $u \sim U(0, 0.1)$. Why does the best logit of a picture that is certainly real not depend on
# how $u$ is distributed, but only on its mean?
#
# ### BEGIN SOLUTION
# The cross-entropy is linear in the label, so its expectation over $u$ is the cross-entropy with the mean label, 0.95. Its lowest
# point is where $\sigma(a) = 0.95$. Fixed labels of 0.95 have the same optimum; the noise only adds scatter to the gradient.
# ### END SOLUTION

# %% [markdown] question="detach"
# **3.** Somebody forgets `.detach()` in phase 1, but zeroes the generator's gradients just before phase 2's `backward()` and draws
# new fakes there. Is the result wrong?
#
# ### BEGIN SOLUTION
# No, only slower: the gradient of the discriminator's loss runs on into the generator, is stored there, and is thrown away before it is
# used. Without that zeroing it would be added to the generator's own gradient – and it points the other way: the discriminator wants worse
# fakes.
# ### END SOLUTION

# %% [markdown] question="batch"
# **4.** Why does batch norm in the discriminator work against mode collapse? And why are real and fake pictures still shown in two calls?
#
# ### BEGIN SOLUTION
# It makes the answer to one picture depend on the others of its batch. In a batch of equal fakes the channels hardly vary, and dividing by that
# tiny spread makes them look unlike real ones. In a mixed batch the statistics would be those of both kinds together: the discriminator could
# tell fakes by comparing them with the real pictures beside them, which the generator's phase, with fakes alone, does not show.
# ### END SOLUTION

# %% [markdown] question="interpolate"
# **5.** Walk on a straight line between two $z$. What do you expect of a generator that has learnt its training pictures by heart, and what of one
# that has not? (Try it: `draw(average, torch.lerp(z_fixed[:1], z_fixed[1:2], torch.linspace(0, 1, 10, device=DEVICE)[:, None]))`.)
#
# ### BEGIN SOLUTION
# With pictures learnt by heart the walk jumps: long stretches of one picture, then suddenly another. Otherwise shapes and angles change step
# by step, and every picture on the way is a plausible brick.
# ### END SOLUTION

# %% [markdown] question="encoder"
# **6.** A VAE has an encoder, a GAN has none. Name something that you did in chapter 3 and cannot do here.
#
# ### BEGIN SOLUTION
# Give the code of a given picture: reconstruct it, change one of its attributes, find where it lies on the map. Nor is there a bound on
# $\log p(x)$ to compare models by. In exchange nothing here averages over possible pictures, so the samples are sharp.
# ### END SOLUTION

# %% [markdown]
# ## Papers
#
# - I. J. Goodfellow et al. (2014). *Generative Adversarial Nets.* arXiv:1406.2661. The game, the best discriminator, and the non-saturating loss.
# - A. Radford, L. Metz, S. Chintala (2015). *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks.*
#   arXiv:1511.06434. The architecture.
# - T. Salimans et al. (2016). *Improved Techniques for Training GANs.* arXiv:1606.03498. Label smoothing, and other tricks against collapse.
# - A. Odena, V. Dumoulin, C. Olah (2016). *Deconvolution and Checkerboard Artifacts.* Distill.
# - M. Heusel et al. (2017). *GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium.* arXiv:1706.08500. Unequal learning
#   rates, and the Fréchet distance.
# - Y. Yazıcı et al. (2018). *The Unusual Effectiveness of Averaging in GAN Training.* arXiv:1806.04498.
# - J. Frank et al. (2020). *Leveraging Frequency Analysis for Deep Fake Image Recognition.* arXiv:2003.08685.
# - D. Foster (2023). *Generative Deep Learning*, 2nd edition, O'Reilly. Chapter 4; its notebook is the model of this one.
