# %% [markdown]
# # Faces from a WGAN with gradient penalty
#
# The loss of a GAN tells you who is winning, and nothing about the pictures. It can stand still while the pictures get
# better, and while they get worse. The **Wasserstein GAN** gives the second network another job: it no longer answers "real
# or fake?", it measures *how far* the fakes are from the real pictures. Then the loss means something, and the
# generator gets a direction from everywhere. One condition has to hold for it, and how to keep it is the heart of this notebook:
# the **gradient penalty**.
#
# **When you are done you can**
#
# - say what the Wasserstein distance measures, and why it still has a slope where the discriminator's answer is flat;
# - write the losses of a critic and a generator, two lines that contain no logarithm;
# - show in one dimension what a critic does without a Lipschitz constraint, and with one;
# - differentiate through a gradient, and test your penalty on critics whose slope you know;
# - find the bug in the book's penalty by looking at it;
# - write a training step with several critic updates, each on new data and new noise;
# - read a loss curve beside a measure of quality, and say how far to trust it.
#
# **What you need:** the DCGAN notebook, from which this one takes some pieces *that you wrote there*: keep the two in one folder.
# **Time:** about two hours. The computer needs ten minutes of CPU time, nine of them for training.
#
# Each exercise is a cell that ends in `raise NotImplementedError`. Replace that line with your code, run the cell, then
# run the check below it. Stuck? `!genlab hint wgan_gp/gradient_penalty` in a cell of your own gives a hint, and each
# further call a stronger one.

# %% given="imports"
import torch
from torch import nn

import genlab
from autograder import reuse
from genlab import measures, plots

# %% [markdown]
# The notebook runs at three sizes: `smoke` (seconds, to test that everything runs – the pictures are noise), `cpu`
# (minutes, with narrow networks) and `gpu` (networks of the book's width). The kit chooses by what it finds; the
# environment variable `GENLAB_SCALE` overrules it.

# %% given="settings"
LATENT_DIM = 128
CRITIC_STEPS = 3  # critic updates for each update of the generator, as in the book
GP_WEIGHT = 10.0  # weight of the penalty, as in the paper

WIDTH = genlab.pick(smoke=2, cpu=16, gpu=64)  # channels of the widest pictures; the book has 64
BATCH_SIZE = genlab.pick(smoke=4, cpu=32, gpu=64)
TRAIN_IMAGES = genlab.pick(smoke=24, cpu=6_048, gpu=59_904)  # whole steps: multiples of CRITIC_STEPS · BATCH_SIZE
EPOCHS = genlab.pick(smoke=1, cpu=16, gpu=30)
LEARNING_RATE = genlab.pick(smoke=5e-4, cpu=5e-4, gpu=2e-4)  # narrow networks stand larger steps
SAMPLES = genlab.pick(smoke=24, cpu=1000, gpu=2000)  # to measure quality with
TOY_STEPS = genlab.pick(smoke=4, cpu=400, gpu=400)  # of the critics on a line
DEVICE = genlab.device()
GREY, BLUE, ORANGE = "#5F6B76", plots.COLOURS[0], plots.COLOURS[4]

plots.figure_style()
print(f"scale {genlab.scale()}, on {DEVICE}")

# %% [markdown]
# From the DCGAN notebook come your block that doubles a picture, and your two conversions between bytes and [−1, 1].

# %% reuse="dcgan/upsample_block"
upsample_block = reuse("dcgan/upsample_block")

# %% reuse="dcgan/to_tanh_range"
to_tanh_range = reuse("dcgan/to_tanh_range")

# %% reuse="dcgan/from_tanh_range"
from_tanh_range = reuse("dcgan/from_tanh_range")

# %% [markdown]
# The data: faces, 64×64 pixels, in colour. The line below says which source is in use: CelebA, the real set of the book,
# where it can be had, or portraits that the kit draws itself.

# %% payoff="data" alt="Twenty-four small colour pictures of faces."
data = genlab.data.load("celeba", size=64, limit=genlab.pick(smoke=256, cpu=8_000, gpu=None))
train_images = data.train.images[:TRAIN_IMAGES]  # (N, 3, 64, 64) uint8
test_images = data.test.images[:SAMPLES]
plots.image_grid(train_images[:24], rows=2, cols=12)

# %% [markdown]
# ## 1. A distance that has a slope
#
# Put real data at 0 on a line and fakes at $\theta$. How far apart are they? A perfect discriminator says "I can tell them
# all apart" as soon as $\theta \neq 0$, and says the same at $\theta = 1$ and at $\theta = 100$. What a GAN minimises, when its
# discriminator is perfect, is the Jensen–Shannon divergence, and that is $\ln 2$ everywhere but at 0: it has no slope, and the generator
# learns nothing from it.
#
# Now think of the two as heaps of earth. The **Wasserstein distance** (or earth mover's distance) is the least work that
# moves one heap to the other, mass times way:
#
# $$W(p, q) = \inf_{\gamma \in \Pi(p, q)} \; \mathbb{E}_{(x, y) \sim \gamma} \, \lVert x - y \rVert,$$
#
# where $\gamma$ is a plan that says how much goes from $x$ to $y$. Here all of the earth goes the way $|\theta|$, so $W = |\theta|$.
# Let us look at heaps with some width, two bell curves whose distance we change:

# %% payoff="distances" alt="Three charts: two bell curves at a distance θ; their Jensen–Shannon divergence, which is flat at ln 2 as soon as they are apart; and their Wasserstein distance, which grows evenly with θ."
x_axis = torch.linspace(-12, 12, 4000)
shifts = torch.linspace(-6, 6, 121)


def bell(mean, std=0.5):
    """The density of a Gaussian on the axis, (4000,)."""
    return torch.exp(torch.distributions.Normal(mean, std).log_prob(x_axis))


def jensen_shannon(p, q):
    middle = (p + q) / 2
    return torch.trapezoid((torch.xlogy(p, p / middle) + torch.xlogy(q, q / middle)).nan_to_num() / 2, x_axis)


def wasserstein(p, q):
    """On a line: the area between the two distribution functions."""
    step = x_axis[1] - x_axis[0]
    return ((p - q).cumsum(0) * step).abs().sum() * step


figure, (left, middle, right) = plots.subplots(1, 3, width=11, height=2.9)
left.fill_between(x_axis, bell(0.0), color=BLUE, alpha=0.4, lw=0)
left.fill_between(x_axis, bell(3.0), color=ORANGE, alpha=0.4, lw=0)
left.annotate("", (3, 0.9), (0, 0.9), arrowprops={"arrowstyle": "<->", "color": GREY})
left.text(1.5, 0.92, r"$\theta$", ha="center", va="bottom", color=GREY)
left.set(title="real data (blue), fakes (orange)", xlim=(-2, 5), ylim=(0, 1.1), yticks=[], xlabel="$x$")
middle.plot(shifts, [jensen_shannon(bell(0.0), bell(float(s))) for s in shifts], color=GREY)
middle.axhline(0.6931, color=GREY, ls=":", lw=1)
middle.text(-6, 0.66, r"$\ln 2$", color=GREY, va="top")
middle.set(title="Jensen–Shannon divergence", xlabel=r"$\theta$", ylim=(0, 0.75))
right.plot(shifts, [wasserstein(bell(0.0), bell(float(s))) for s in shifts], color=GREY)
right.set(title="Wasserstein distance", xlabel=r"$\theta$", ylim=(0, 6.3))
figure.tight_layout()
figure

# %% [markdown]
# Beyond $|\theta| \approx 2$ the divergence is flat. The distance falls towards 0 with the same slope from everywhere.
#
# ## 2. The critic
#
# Nobody can search through all plans for millions of pictures. But the distance has a second form (Kantorovich and
# Rubinstein, 1958):
#
# $$W(p_\text{data}, p_G) = \sup_{f \text{ 1-Lipschitz}} \; \mathbb{E}_{x \sim p_\text{data}}[f(x)] - \mathbb{E}_{x \sim p_G}[f(x)].$$
#
# Think of $f$ as a price per place: buy earth where the fakes are, sell it where the real data are. The gain per unit can never
# exceed the way, as long as the price rises by at most 1 per unit of way. That is what **1-Lipschitz** means:
# $|f(x) - f(y)| \le \lVert x - y \rVert$, a slope of at most 1 everywhere. And the best price list earns exactly the cost of the
# best plan. So we let a network be $f$ and call it the **critic**: it scores pictures, and the scores are any numbers, not probabilities.
#
# ### Exercise 1: `critic_loss`
#
# The critic makes the difference of the two means large. A loss is minimised, so
#
# $$\mathcal{L}_\text{critic} = \operatorname{mean} f(\text{fake}) - \operatorname{mean} f(\text{real}).$$


# %% exercise="critic_loss"
def critic_loss(real_scores: torch.Tensor, fake_scores: torch.Tensor) -> torch.Tensor:
    """What the critic minimises: mean score of the fakes minus mean score of the real images.

    real_scores: (B,), fake_scores: (B,), any numbers
    returns:     scalar tensor, differentiable; its negative estimates
                 the Wasserstein distance (Arjovsky et al. 2017)
    """
    ### BEGIN SOLUTION
    return fake_scores.mean() - real_scores.mean()
    ### END SOLUTION


# %% [markdown]
# ### Exercise 2: `generator_loss`
#
# The generator wants its pictures to be scored high:
#
# $$\mathcal{L}_G = -\operatorname{mean} f(\text{fake}).$$


# %% exercise="generator_loss"
def generator_loss(fake_scores: torch.Tensor) -> torch.Tensor:
    """What the generator minimises: minus the mean score of its images.

    fake_scores: (B,), any numbers
    returns:     scalar tensor, differentiable
    """
    ### BEGIN SOLUTION
    return -fake_scores.mean()
    ### END SOLUTION


# %% [markdown]
# ### What happens without the condition
#
# Two heaps on a line, one at −2 and one at 2: the distance is 4. A small network shall be the critic, with your loss and
# nothing else. (The points are written as images of a single pixel, so that what you write for pictures works for them, too.)


# %% given="line"
def on_a_line(n: int, mean: float) -> torch.Tensor:
    """n points around `mean` with standard deviation 0.3, as images (n, 1, 1, 1) of one pixel."""
    return mean + 0.3 * torch.randn(n, 1, 1, 1)


class LineCritic(nn.Module):
    """Points (B, 1, 1, 1) → scores (B,), with two hidden layers."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(1, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x).flatten()


# %% payoff="unconstrained" alt="Two charts of a critic without a penalty. Left: its scores along a line at four moments of its training. Right: its “distance” over the steps, and the truth, 4, as a dotted line."
def critic_on_a_line(penalty=None, steps=TOY_STEPS, seed=0):
    """A critic for points around −2 (fakes) and 2 (real),
    its scores on a grid every few steps, and its losses."""
    torch.manual_seed(seed)
    critic, losses, pictures = LineCritic(), [], {}
    optimizer = torch.optim.Adam(critic.parameters(), lr=2e-3, betas=(0.5, 0.9))
    for step in range(1, steps + 1):
        real, fake = on_a_line(64, 2.0), on_a_line(64, -2.0)
        loss = critic_loss(critic(real), critic(fake))
        optimizer.zero_grad()
        (loss + GP_WEIGHT * penalty(critic, real, fake) if penalty else loss).backward()
        optimizer.step()
        losses.append(loss.item())
        if step in (1, steps // 8, steps // 4, steps):
            with torch.no_grad():
                scores = critic(line.view(-1, 1, 1, 1))
            pictures[step] = scores - scores.mean()
    return critic, losses, pictures


line = torch.linspace(-4, 4, 201)
_, free_losses, free_pictures = critic_on_a_line()

figure, (left, right) = plots.subplots(1, 2, width=10, height=3)
for (step, scores), alpha in zip(free_pictures.items(), (0.25, 0.45, 0.7, 1), strict=False):
    left.plot(line, scores, color=BLUE, alpha=alpha, label=f"step {step}")
left.set(title="the scores along the line", xlabel="$x$", ylabel="score")
left.legend(loc="upper left")
right.plot([-loss for loss in free_losses], color=BLUE)
right.axhline(4, color=GREY, ls=":")
right.set(title='its "distance" (the truth is dotted: 4)', xlabel="step", yscale="symlog", ylim=(-1, None))
figure.tight_layout()
print(f'after {TOY_STEPS} steps the "distance" is {-free_losses[-1]:,.0f}')
figure

# %% [markdown]
# It never ends. Multiply all scores by ten, and the loss is ten times better; nothing in it minds. The first WGAN
# (Arjovsky et al., 2017) cut all weights off at ±0.01 after each update – "a clearly terrible way", its authors write,
# "to enforce a Lipschitz constraint". Gulrajani et al. (2017) found a better one.
#
# ## 3. The gradient penalty
#
# A differentiable function is 1-Lipschitz exactly if its gradient is nowhere longer than 1. And the best critic has, almost everywhere on
# the straight lines along which earth is moved, a gradient of length *exactly* 1. So draw points between real pictures and fakes,
# look at the critic's gradient there, and punish each length that is not 1:
#
# $$\hat x = \varepsilon\, x_\text{real} + (1 - \varepsilon)\, x_\text{fake}, \quad \varepsilon \sim U(0, 1), \qquad
# \text{penalty} = \operatorname{mean}\big( \lVert \nabla_{\hat x} f(\hat x) \rVert_2 - 1 \big)^2.$$
#
# ### Exercise 3: `gradient_penalty`
#
# Four things to get right:
#
# - **One ε per picture**: the same for all of its channels and pixels, so that $\hat x$ lies on the line between the two.
# - **The gradient of each score by its own picture.** The scores do not depend on each other's pictures, so the gradient of their
#   *sum* holds all of them, row by row.
# - **One length per picture**, over all of C, H and W: a picture is one point in a space of 12,288 dimensions.
# - **A gradient that can be differentiated again.** The penalty depends on the critic's weights *through a gradient*.
#   `torch.autograd.grad` keeps the graph of its own work if told to.
#
# And two traps: the penalty teaches the critic, so nothing of it should reach the generator; and where the critic is
# flat, the length is 0, and the derivative of a square root at 0 is infinite.


# %% exercise="gradient_penalty"
def gradient_penalty(critic: nn.Module, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """Mean over the images of (‖∇ critic‖₂ − 1)² at random
    points between real and fake (Gulrajani et al. 2017, eq. 3).

    critic:  images (B, C, H, W) → scores (B,); asked once about each
             of the points between, in the mode in which it comes
    real:    (B, C, H, W), fake: (B, C, H, W), on the same device and of the same dtype
    returns: scalar tensor, differentiable by the critic's weights, and by nothing else

    The weights of the points are U(0, 1), one for each image, from
    PyTorch's global generator and new in each call. No `.grad` is touched.
    Where the critic is flat the penalty is 1, and its gradient finite.
    """
    ### BEGIN SOLUTION
    weight = torch.rand(len(real), 1, 1, 1, device=real.device, dtype=real.dtype)
    between = weight * real.detach() + (1 - weight) * fake.detach()
    between.requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)  # (B, C, H, W)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()
    ### END SOLUTION


# %% [markdown]
# ### Does it measure slopes?
#
# Ask it about critics whose gradient you know. A linear critic $f(x) = w \cdot x$ has the gradient $w$ at every point,
# whatever ε is; a quadratic one, $f(x) = \frac{a}{2} \lVert x \rVert^2$, has $a x$, which differs from point to point.


# %% payoff="known"
class Known(nn.Module):
    """f(x) = slope · x₁ + a/2 · ‖x‖², whose gradient is known."""

    def __init__(self, slope, a=0.0):
        super().__init__()
        self.slope, self.a = slope, a

    def forward(self, x):
        rows = x.flatten(1)
        return self.slope * rows[:, 0] + self.a / 2 * rows.square().sum(dim=1)


torch.manual_seed(0)
real, fake = torch.rand(2, 2000, 3, 2, 2) - 0.5
print("slope   (slope − 1)²   your penalty")
for slope in (0.0, 0.5, 1.0, 3.0):
    print(f"{slope:5.1f}   {(slope - 1) ** 2:12.4f}   {gradient_penalty(Known(slope), real, fake):12.4f}")

weight = torch.rand(2000, 1, 1, 1)
lengths = (weight * real + (1 - weight) * fake).flatten(1).norm(dim=1)  # of x; the gradient of a/2·‖x‖² is a·x
print("    a   by formula     your penalty   (other points, so about the same)")
for a in (1.0, 4.0):
    print(f"{a:5.1f}   {(a * lengths - 1).square().mean():12.4f}   {gradient_penalty(Known(0.0, a), real, fake):12.4f}")

# %% [markdown]
# ### The same line again, with the penalty

# %% payoff="constrained" alt="Two charts of a critic with the gradient penalty. Left: its scores along a line at four moments of its training, beside a dotted line of slope 1. Right: its distance over the steps, and the truth, 4, dotted."
_, tame_losses, tame_pictures = critic_on_a_line(gradient_penalty)

figure, (left, right) = plots.subplots(1, 2, width=10, height=3)
for (step, scores), alpha in zip(tame_pictures.items(), (0.25, 0.45, 0.7, 1), strict=False):
    left.plot(line, scores, color=ORANGE, alpha=alpha, label=f"step {step}")
left.plot(line, line, color=GREY, ls=":", label="slope 1")
left.set(title="the scores along the line", xlabel="$x$", ylabel="score")
left.legend(loc="lower right")
right.plot([-loss for loss in tame_losses], color=ORANGE)
right.axhline(4, color=GREY, ls=":")
right.set(title="its distance (the truth is dotted: 4)", xlabel="step", ylim=(0, 5.5))
figure.tight_layout()
print(f"after {TOY_STEPS} steps the distance is {-tame_losses[-1]:.2f}")
figure

# %% [markdown]
# Now it ends. Between the heaps the critic is a straight line – but its slope is about 1.2, not 1, and the estimate about 4.8. The penalty is a price,
# not a wall: with slope $g$ the critic earns $W g - \lambda (g - 1)^2$, and that is largest at
# $g = 1 + W / (2 \lambda) = 1 + 4 / 20 = 1.2$. So the estimate is a little too large, and the more so the larger the distance. It
# rises and falls with the truth, and that is what we need.
#
# This is also why a WGAN's critic may be trained *well*: a better discriminator has less and less slope, a better critic has a better one.

# %% [markdown]
# ### Find the bug: `mended_gradient_penalty`
#
# *"I have the penalty in my loss, and still my critic explodes. Here, I even print it!"* The number that was printed is
# right, to the last digit. Its critic on the same line, and beside it the penalty, step by step:

# %% payoff="nobody_pays" alt="Two charts with a line for your penalty and one for the forum's: the critic's scores along the line at the end, and the penalty against the step, on a logarithmic scale."
from autograder.bugs.wgan_gp import mended_gradient_penalty as forum_penalty

figure, (left, right) = plots.subplots(1, 2, width=10, height=3)
for name, penalty, colour in [("yours", gradient_penalty, BLUE), ("the forum's", forum_penalty, ORANGE)]:
    seen = []

    def noted(*arguments, penalty=penalty, seen=seen):
        """The penalty, its value noted."""
        value = penalty(*arguments)
        seen.append(value.item())
        return value

    _, losses, pictures = critic_on_a_line(noted)
    left.plot(line, list(pictures.values())[-1], color=colour, label=name)
    right.plot(seen, color=colour, label=name)
left.set(title="the scores along the line, at the end", xlabel="$x$", ylabel="score")
right.set(title="the penalty", xlabel="step", yscale="log")
left.legend(loc="upper left")
figure.tight_layout()
figure

# %% [markdown]
# The critic sees the bill and does not pay. Mend it: one word will do. The contract, and the check, are those of your
# `gradient_penalty`.


# %% exercise="mended_gradient_penalty"
def mended_gradient_penalty(critic: nn.Module, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """Mean of (‖∇ critic‖₂ − 1)², with the contract of `gradient_penalty`.

    There is a bug in this one: mend it.
    """
    ### BEGIN SOLUTION
    real, fake = real.detach(), fake.detach()
    share = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    mixed = torch.lerp(fake, real, share).requires_grad_()  # (B, C, H, W)
    scores = critic(mixed)  # (B,)
    gradient = torch.autograd.grad(scores.sum(), mixed, create_graph=True)[0]  # with a graph of its own
    length = gradient.flatten(1).norm(dim=1)  # (B,)
    return (length - 1).square().mean()
    ### END SOLUTION


# %% [markdown]
# ### The book's bug: where are the points?
#
# The book's code draws the weights by a normal distribution, as did the Keras example that it follows. It runs, it trains, nobody sees
# it in the loss. Look at where the points are:

# %% payoff="normal_weights" alt="Two histograms of where the penalty looks. Uniform weights lie between the fake and the real image; normal weights spread far beyond both."
torch.manual_seed(0)
weights = {"uniform weights": torch.rand(20_000), "the book's: normal weights": torch.randn(20_000)}
figure, axes = plots.subplots(1, 2, width=10, height=2.6)
for ax, (name, weight), colour in zip(axes, weights.items(), (BLUE, ORANGE), strict=True):
    ax.hist(weight, bins=60, range=(-3, 3), density=True, color=colour, alpha=0.6)
    ax.axvspan(0, 1, color=GREY, alpha=0.15)
    ax.text(0.5, 1.12, "between", ha="center", color=GREY)
    ax.set(title=name, xlabel="0: the fake, 1: the real image", ylim=(0, 1.25), yticks=[])
    inside = ((weight >= 0) & (weight <= 1)).float().mean()
    print(f"{name:28} {inside:.0%} of the points are between a fake and its real image")
figure.tight_layout()
figure

# %% [markdown]
# Two thirds of the points lie on no way from a fake to a real picture. Half of all are beyond the *fake*, on the far side from the
# data. There a slope of 1 is asked for, too, where the theory asks for nothing but "at most 1", and
# the lines themselves get a third of the attention. On pictures it is worse than it looks here: a mix with weight −1 is no
# picture at all, but one with twice the contrast, minus another.
#
# What does it do to a critic? Train it on the line once more, three times with each kind of weights, and look at its slope:


# %% payoff="steepness" alt="The slopes of critics along a line, three runs each with uniform and with normal weights; grey marks the stretch between the two heaps, a dotted line slope 1."
def normal_penalty(critic, real, fake):
    """The book's: the penalty with weights of N(0, 1)."""
    weight = torch.randn(len(real), 1, 1, 1)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


wide = torch.linspace(-6, 6, 241).view(-1, 1, 1, 1).requires_grad_()
figure, ax = plots.subplots(width=7, height=3)
for name, penalty, colour in [("uniform weights", gradient_penalty, BLUE), ("normal weights", normal_penalty, ORANGE)]:
    for seed in range(3):
        steep, losses, _ = critic_on_a_line(penalty, seed=seed)
        (slope,) = torch.autograd.grad(steep(wide).sum(), wide)
        ax.plot(wide.detach().flatten(), slope.flatten(), color=colour, lw=1.3, label=None if seed else name)
        inside = slope.flatten()[(wide.flatten() > -2) & (wide.flatten() < 2)].mean()
        print(f"{name:16} mean slope between the heaps {inside:.2f}, distance {-sum(losses[-50:]) / 50:.2f}")
ax.axhline(1, color=GREY, ls=":")
ax.axvspan(-2, 2, color=GREY, alpha=0.12)
ax.set(title="slope of the critics (the heaps are at the edges of the grey)", xlabel="$x$", ylim=(-1.2, 2.2))
ax.legend(loc="lower left")
figure

# %% [markdown]
# With uniform weights the critics do as they like outside of the grey, and inside they keep near the 1.2 of the formula: the estimates
# lay between 4.7 and 4.9. With normal weights they keep to 1 far outside, where nobody asked them to, and are clearly
# steeper inside, the only place that counts: about 1.4 to 1.6, with estimates near 5.9. The formula explains that as well: only a third of the penalty
# is left for the inside, which is as good as a third of $\lambda$, and
# $1 + W / (2 \cdot 0.34 \lambda) \approx 1.6$.
#
# ## 4. The critic's network
#
# The DCGAN's discriminator, with four differences: three colours; **no batch norm**; biases, which batch norm had made useless;
# and no dropout after the first block.
#
# Why no batch norm? The penalty is about the slope of *one* picture's score by *that* picture. With batch norm in train
# mode, every score depends on all pictures of its batch, and there is no such thing:

# %% payoff="no_batch_norm"
torch.manual_seed(0)
pictures = to_tanh_range(train_images[:8])
for name, norm in [("with batch norm", nn.BatchNorm2d(8)), ("without", nn.Identity())]:
    small = nn.Sequential(nn.Conv2d(3, 8, 4, 4), norm, nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(8 * 16 * 16, 1))
    watched = pictures.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(small(watched)[0].sum(), watched)
    others = slopes[1:].flatten(1).norm(dim=1).mean() / slopes[0].norm()
    print(f"{name:16} the first score's slope by another picture is {others:.1%} of that by its own")

# %% [markdown]
# ### Exercise 4: `Critic`
#
# With $w$ for the width:
#
# | | channels | size | then |
# |---|---|---|---|
# | stride 2, padding 1 | 3 → w | 64 → 32 | LeakyReLU 0.2 |
# | stride 2, padding 1 | w → 2w | 32 → 16 | LeakyReLU 0.2, dropout 0.3 |
# | stride 2, padding 1 | 2w → 4w | 16 → 8 | LeakyReLU 0.2, dropout 0.3 |
# | stride 2, padding 1 | 4w → 8w | 8 → 4 | LeakyReLU 0.2, dropout 0.3 |
# | stride 1, padding 0 | 8w → 1 | 4 → 1 | nothing: the score |
#
# The kernel is 4 throughout, with biases. (In the book's code the second LeakyReLU has the slope 0.3, Keras's default: a slip.)


# %% exercise="Critic"
class Critic(nn.Module):
    """Images (B, 3, 64, 64) in [-1, 1] → scores (B,), any numbers."""

    def __init__(self, width: int = 64) -> None:
        """Convolutions 3 → w → 2w → 4w → 8w → 1 with kernel 4,
        biases and no batch norm; w is the width."""
        super().__init__()
        ### BEGIN SOLUTION
        self.layers = nn.Sequential(
            nn.Conv2d(3, width, 4, stride=2, padding=1),  # (B, w, 32, 32)
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),  # (B, 2w, 16, 16)
            nn.LeakyReLU(0.2),
            nn.Dropout(0.3),
            nn.Conv2d(2 * width, 4 * width, 4, stride=2, padding=1),  # (B, 4w, 8, 8)
            nn.LeakyReLU(0.2),
            nn.Dropout(0.3),
            nn.Conv2d(4 * width, 8 * width, 4, stride=2, padding=1),  # (B, 8w, 4, 4)
            nn.LeakyReLU(0.2),
            nn.Dropout(0.3),
            nn.Conv2d(8 * width, 1, 4),  # (B, 1, 1, 1)
            nn.Flatten(0),  # (B,)
        )
        ### END SOLUTION

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """One score for each image.

        images: (B, 3, 64, 64)
        """
        ### BEGIN SOLUTION
        return self.layers(images)
        ### END SOLUTION


# %% [markdown]
# At the book's width the critic has 2,764,737 parameters. Yours?

# %% payoff="parameters"
print(f"{sum(parameter.numel() for parameter in Critic().parameters()):,}")

# %% [markdown]
# The generator is built from your `upsample_block`: a linear layer to 4×4 pixels, four doublings, and a convolution to three colours.
# No checkerboard, you saw to that.


# %% given="Generator"
class Generator(nn.Module):
    """Noise (B, latent_dim) → images (B, 3, 64, 64) in [-1, 1]."""

    def __init__(self, latent_dim: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(latent_dim, 8 * width * 4 * 4)
        self.layers = nn.Sequential(
            nn.BatchNorm2d(8 * width),
            nn.LeakyReLU(0.2),  # (B, 8w, 4, 4)
            upsample_block(8 * width, 4 * width),  # (B, 4w, 8, 8)
            upsample_block(4 * width, 2 * width),  # (B, 2w, 16, 16)
            upsample_block(2 * width, width),  # (B, w, 32, 32)
            nn.Upsample(scale_factor=2),
            nn.Conv2d(width, 3, 3, padding=1),  # (B, 3, 64, 64)
            nn.Tanh(),
        )

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(self.linear(z).view(-1, 8 * self.width, 4, 4))


# %% [markdown]
# ## 5. Training
#
# ### Exercise 5: `train_step`
#
# One step: several updates of the critic, then one of the generator. A critic that lags behind measures nothing, so it
# gets a head start of `critic_steps` updates, **each on real pictures of its own and on fakes from noise of its own**. (The book's step shows the
# critic the same real pictures three times.) The critic minimises
#
# $$\mathcal{L}_\text{critic} + \texttt{gp\_weight} \cdot \text{penalty},$$
#
# and then the generator its own loss, with fresh noise once more, judged by the critic as it now is. Each optimizer
# moves its own network, down the gradient of its own loss alone: mind what an earlier `backward()` has left in `.grad`.


# %% exercise="train_step"
def train_step(
    generator: nn.Module,
    critic: nn.Module,
    real: torch.Tensor,
    generator_optimizer: torch.optim.Optimizer,
    critic_optimizer: torch.optim.Optimizer,
    latent_dim: int,
    critic_steps: int,
    gp_weight: float,
) -> dict[str, float]:
    """The losses of critic_steps updates of the critic and one
    of the generator, as floats, each from before its update.

    generator: z (B, latent_dim) → images in the shape of real[0]
    critic:    images → scores (B,)
    real:      (critic_steps, B, C, H, W) in [-1, 1], on the
               networks' device: update i of the critic sees real[i]
    gp_weight: weight of the gradient penalty in the critic's loss
    returns:   "critic" (critic_loss of the last update, without the penalty),
               "gradient_penalty" (of the last update, not weighted) and "generator"

    Noise z ~ N(0, I), of the dtype and on the device of real, is new for every update of
    the critic and for the generator's. Both networks are put in train mode and stay in it.
    """
    ### BEGIN SOLUTION
    generator.train()
    critic.train()
    z = torch.empty(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    for i in range(critic_steps):
        with torch.no_grad():
            fake = generator(torch.randn_like(z))
        loss = critic_loss(critic(real[i]), critic(fake))
        penalty = gradient_penalty(critic, real[i], fake)
        critic_optimizer.zero_grad()  # removes what the generator's last loss left here, too
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()

    fooling = generator_loss(critic(generator(torch.randn_like(z))))
    generator_optimizer.zero_grad()
    fooling.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": fooling.item()}
    ### END SOLUTION


# %% [markdown]
# `genlab.fit` repeats it. It hands out pictures in [0, 1], three batches' worth at a time; the small function below brings
# them to [−1, 1] and deals them out. Adam's second number is 0.9 as in the paper, and the first 0.5 as in the book (the paper has 0).
# On an NVIDIA GPU `genlab.graphed` records your step and replays it, as in the notebook before.
#
# How good are the pictures? After each epoch we measure the **Fréchet distance** to real test images in the feature space of a small
# classifier that has learnt the faces' attributes. (It is made as the well-known FID is, with another network, so its
# numbers can only be compared with one another.)

# %% payoff="judge"
judge = measures.classifier(
    data.train.images[: genlab.pick(smoke=64, cpu=6000, gpu=40_000)],
    data.train.labels[: genlab.pick(smoke=64, cpu=6000, gpu=40_000)],
    epochs=genlab.pick(smoke=1, cpu=4, gpu=4),
    name="wgan_gp-faces",
)


# %% given="training"
@torch.no_grad()
def draw(generator: nn.Module, z: torch.Tensor) -> torch.Tensor:
    """Images (n, 3, 64, 64) uint8, on the CPU, drawn in eval mode from z (n, latent_dim)."""
    generator.eval()
    return torch.cat([from_tanh_range(generator(part)).cpu() for part in z.split(250)])


def deal(x: torch.Tensor) -> torch.Tensor:
    """Images (critic_steps · B, 3, 64, 64) in [0, 1] as (critic_steps, B, 3, 64, 64) in [-1, 1]."""
    return (2 * x - 1).unflatten(0, (CRITIC_STEPS, -1))


# %% payoff="train"
torch.manual_seed(0)
critic, generator = Critic(WIDTH).to(DEVICE), Generator(LATENT_DIM, WIDTH).to(DEVICE)
adam = {"lr": LEARNING_RATE, "betas": (0.5, 0.9), "fused": DEVICE.type == "cuda"}
adams = [torch.optim.Adam(network.parameters(), **adam) for network in (generator, critic)]
replayed = genlab.graphed(train_step)
z_fixed = torch.randn(SAMPLES, LATENT_DIM, device=DEVICE)
beginner = draw(generator, z_fixed)
epoch_pictures = {}


def quality():
    found = draw(generator, z_fixed)
    epoch_pictures[len(epoch_pictures) + 1] = found[:10]
    return {"Fréchet distance": float(measures.frechet_distance(judge, found, test_images, resamples=0))}


history = genlab.fit(
    lambda x: replayed(generator, critic, deal(x), *adams, LATENT_DIM, CRITIC_STEPS, GP_WEIGHT),
    train_images,
    epochs=EPOCHS,
    batch_size=CRITIC_STEPS * BATCH_SIZE,
    state={"generator": generator, "critic": critic, "generator_adam": adams[0], "critic_adam": adams[1]},
    evaluate=quality,
    name="wgan_gp-faces",
)

# %% [markdown]
# The same noise after each of some epochs:

# %% payoff="epochs" alt="A row of faces for each of several epochs, made from the same noise."
chosen = sorted(epoch_pictures)[:: max(1, len(epoch_pictures) // 5)]
plots.compare({f"epoch {epoch}": epoch_pictures[epoch] for epoch in chosen})

# %% [markdown]
# ## 6. A loss that means something
#
# Left the critic's estimate of the Wasserstein distance, $-\mathcal{L}_\text{critic}$, in the middle the measured quality of
# the samples after each epoch. The critic has never seen the classifier that measures it.

# %% payoff="meaning" alt="Three charts: the critic's distance over the epochs, the Fréchet distance of the samples over the epochs, and one against the other, a dot for each epoch."
per_epoch = torch.tensor(history.steps["critic"]).view(len(history.evaluations), -1).neg().mean(dim=1)
frechet = torch.tensor([scores["Fréchet distance"] for scores in history.evaluations])
epochs = range(1, len(frechet) + 1)
figure, (left, middle, right) = plots.subplots(1, 3, width=11, height=3)
left.plot(epochs, per_epoch, ".-", color=BLUE)
left.set(title="critic's distance", xlabel="epoch", ylim=(0, None))
middle.plot(epochs, frechet, ".-", color=ORANGE)
middle.set(title="Fréchet distance of the samples", xlabel="epoch", ylim=(0, None))
right.scatter(per_epoch, frechet, c=list(epochs), cmap="viridis")
right.set(title="one against the other (a dot per epoch)", xlabel="critic's distance", ylabel="Fréchet distance")
left.locator_params(axis="x", integer=True)
middle.locator_params(axis="x", integer=True)
figure.tight_layout()
if len(frechet) > 4:
    ranks = torch.stack([per_epoch[2:].argsort().argsort().float(), frechet[2:].argsort().argsort().float()])
    print(f"rank correlation from epoch 3 on: {torch.corrcoef(ranks)[0, 1]:.2f}")
figure

# %% [markdown]
# How to read it. The critic's distance falls when the generator improves, and when the critic falls behind; it is too large by the
# factor of section 3, and dropout makes it noisy. So compare it with itself in one run, over epochs, not over steps – and believe it when
# the measured distance, which knows nothing of this critic, says the same. In a run of ours on drawn faces at `cpu` scale the critic's distance
# fell from 11.8 in epoch 2 to 5.4 in epoch 16, the Fréchet distance from 0.58 in epoch 1 to 0.35 (noise has 1.17, other real faces 0.01), and their ranks had
# a correlation of 0.78. (At `gpu` scale, in three minutes of an H100 that another run shared: from 17.1 in epoch 1 to 5.9 in epoch 30, and from 0.68 to 0.17 where
# noise has 1.26; the correlation was 0.96.) The loss of a DCGAN has no such reading at all: it says who is ahead.
#
# ## 7. How good are they?

# %% payoff="scores"
torch.manual_seed(1)
samples = draw(generator, torch.randn(SAMPLES, LATENT_DIM, device=DEVICE))
noise = torch.randint(256, test_images.shape, dtype=torch.uint8)
other_real = data.train.images[-len(test_images) :]
for name, images in {
    "real against other real": other_real,
    "your generator": samples,
    "an untrained generator": beginner,
    "noise": noise,
}.items():
    print(f"{name:26} Fréchet distance {measures.frechet_distance(judge, images, test_images):.2f}")
print("\n", measures.diversity(judge, samples), sep="")
print("\n", measures.memorisation(samples, train_images, test_images), sep="")

# %% payoff="samples" alt="Forty faces that the generator drew."
plots.image_grid(samples[:40], rows=4, cols=10)

# %% [markdown]
# ### A walk between faces
#
# Nobody asked for a smooth latent space here, no KL term, nothing. But a generator is a continuous function, and all of its
# values have to pass the critic:

# %% payoff="walk" alt="Three rows of ten faces, each a walk from one point of the latent space to another."
ends = torch.randn(6, LATENT_DIM, device=DEVICE)
t = torch.linspace(0, 1, 10, device=DEVICE)[:, None]
plots.compare({f"walk {i + 1}": draw(generator, torch.lerp(ends[2 * i], ends[2 * i + 1], t)) for i in range(3)})

# %% [markdown]
# ## 8. Questions to think about
#
# Answer in a sentence or two. There are no points here, and no check; the answers are in the solutions.

# %% [markdown] question="constant"
# **1.** Add 100 to every score of the critic. What happens to its loss, to the penalty, to the generator's loss, to the
# generator's gradient? What does that say about reading the generator's loss curve?
#
# ### BEGIN SOLUTION
# The critic's loss and the penalty stay the same, since both only know differences and slopes. The generator's loss falls by 100, and
# its gradient stays the same. So the level of the generator's loss means nothing, it may drift for ever; the critic's is the one to read.
# ### END SOLUTION

# %% [markdown] question="overtrained"
# **2.** In the DCGAN a discriminator that is too good is a danger. Why may the critic be trained as long as one likes? What is the price?
#
# ### BEGIN SOLUTION
# A perfect discriminator is flat where the fakes are, so the generator gets no gradient. A perfect critic has slope 1 along the
# ways from the fakes to the data: the better it is, the better the direction. The price is time: every critic update costs
# a forward pass on real pictures, fakes and interpolates, and a gradient of a gradient.
# ### END SOLUTION

# %% [markdown] question="one_sided"
# **3.** 1-Lipschitz means "at most 1". Why does the penalty punish slopes below 1, too? Where could that do harm?
#
# ### BEGIN SOLUTION
# Along the ways of the best plan the best critic has slope exactly 1 (Gulrajani et al., proposition 1), and a critic that is too flat
# there has not finished learning. But the points are drawn between *random* pairs, not between pairs of the best plan, and between those a slope
# below 1 may be right: with fakes in the middle and real data on both sides, the slope has to pass through 0 to change its sign, and the
# penalty holds it back. (We tried that on a line, fakes at 0 and real points at −2 and 2, three times: the critic kept one slope everywhere and
# saw a distance of at most 0.2 instead of 2.)
# The one-sided penalty leaves such places alone; in the paper's experiments the difference was small.
# ### END SOLUTION

# %% [markdown] question="estimate"
# **4.** At the end of training the critic's distance is still clearly above 0. Does that mean that the generator has not converged?
# What would the distance between two batches of *real* pictures be, for a critic trained to tell just these two apart?
#
# ### BEGIN SOLUTION
# Not necessarily. A narrow generator cannot reach all real pictures, so some distance stays. And a critic is trained on finite
# samples: two different batches of real pictures have a large Wasserstein distance between them, since in 12,288 dimensions every picture is far from
# every other. The number is meaningful in comparison, with itself at another time of the same run, not as such.
# ### END SOLUTION

# %% [markdown] question="batch_norm"
# **5.** The generator does have batch norm. Why does the argument against it not count there?
#
# ### BEGIN SOLUTION
# The penalty is about the critic's slope at given pictures. How these were made, and whether they depend on each other, is of no concern to it.
# ### END SOLUTION

# %% [markdown]
# ## Papers
#
# - M. Arjovsky, S. Chintala, L. Bottou (2017). *Wasserstein GAN.* arXiv:1701.07875. The distance, the critic, and weight clipping.
# - I. Gulrajani, F. Ahmed, M. Arjovsky, V. Dumoulin, A. Courville (2017). *Improved Training of Wasserstein GANs.* arXiv:1704.00028.
#   The gradient penalty.
# - M. Arjovsky, L. Bottou (2017). *Towards Principled Methods for Training Generative Adversarial Networks.* arXiv:1701.04862. Why a perfect
#   discriminator is a bad teacher.
# - H. Petzka, A. Fischer, D. Lukovnicov (2018). *On the regularization of Wasserstein GANs.* arXiv:1709.08894. For the one-sided penalty.
# - J. Stanczuk, C. Etmann, L. Kreusser, C.-B. Schönlieb (2021). *Wasserstein GANs Work Because They Fail (to Approximate the
#   Wasserstein Distance).* arXiv:2103.01678. On question 4.
# - D. Foster (2023). *Generative Deep Learning*, 2nd edition, O'Reilly. Chapter 4; its notebook is the model of this one.
