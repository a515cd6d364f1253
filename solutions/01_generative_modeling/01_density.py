# %% [markdown]
# # Density: a world you can see
#
# A generative model is a guess at how the data came to be, put into numbers: a probability density over everything
# that could be observed. For images nobody has ever seen such a density; an image has thousands of dimensions. So we
# begin where there are two, and where the true density is known: on a map. Animals are seen here and there on its
# land, and never at sea. You fit three models to the sightings, draw new ones from them, and see at a glance what
# each model gets wrong. The ideas are those of the rest of the course; only the pictures are smaller.
#
# **When you are done you can**
#
# - say what $p_\text{data}$ and $p_\text{model}$ are, and measure how far the one is from the other without knowing
#   the first: by the log-likelihood of points that were held out;
# - fit a density in three ways – with a formula, by counting, and by gradient descent – and sample from it;
# - show why counting is hopeless for images;
# - turn a generative model into a classifier, and name something that it can do and a discriminative one cannot;
# - place the families of generative models on a tree, by what they do about the density.
#
# **What you need:** PyTorch tensors and gradients, and what a probability density is. **Time:** about 80 minutes; the
# computer's share is about half a minute on one CPU core. A GPU would have nothing to do.
#
# Each exercise is a cell that ends in `raise NotImplementedError` (the last one: a table with gaps). Replace that line
# with your code, run the cell, then run the check below it: it says what holds, and when something does not, usually
# which mistake it is. Stuck? `!genlab hint density/fit_gaussian` in a cell of your own gives a hint, and each further call a stronger one.

# %% given="imports"
import math

import torch
from torch import nn
from torch.nn import functional as F

import genlab
from genlab import plots

# %% given="settings"
SEED = 25  # of the world: try another one, once you are through
SIGHTINGS = genlab.pick(smoke=400, cpu=4000, gpu=4000)  # to learn from
HELD_OUT = genlab.pick(smoke=1000, cpu=10_000, gpu=10_000)  # to test with
EPOCHS = genlab.pick(smoke=2, cpu=40, gpu=40)
CELLS = 150  # on a side, for the maps
BLUE, ORANGE, GREEN = plots.COLOURS[0], plots.COLOURS[4], plots.COLOURS[2]

plots.figure_style()
print(f"scale {genlab.scale()}")

# %% [markdown]
# ## 1. The world
#
# The kit draws the world from a seed. A dot is a sighting: a fox of the south, an owl of the north, or a goat on the cliffs by the coast. On
# the right is the density that the dots were drawn from, $p_\text{data}$: how likely a sighting is *per unit of area*.
# It is uneven on land, and zero at sea.

# %% payoff="world" alt="Two maps of an invented land with its coastline. Left: sightings as dots in three colours, one for each kind of animal. Right: the true density of sightings, darker where it is higher."
world = genlab.world.World(SEED)
low, high = world.low, world.high  # both axes run from low to high
x, y = world.sightings(SIGHTINGS, seed=1)  # (N, 2) places, (N,) kinds
x_test, y_test = world.sightings(HELD_OUT, seed=2)

centres = world.grid(CELLS)  # (CELLS², 2): the middles of the cells of the maps
heights = world.height(centres).view(CELLS, CELLS)  # above the sea
p_data = world.density(centres).view(CELLS, CELLS)
cell_area = ((high - low) / CELLS) ** 2

figure, (left, right) = plots.subplots(1, 2, width=10, height=4.2)
for k, name in enumerate(world.kinds):
    left.scatter(*x[y == k][:400].T, s=5, alpha=0.7, lw=0, label=f"{name} ({world.prior[k]:.0%})")
plots.outline(heights, low, high, left)
left.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, markerscale=2, handletextpad=0.0, columnspacing=1.0)
left.set(xlim=(low, high), ylim=(low, high), aspect="equal")
left.set_title("sightings", pad=24)
plots.density_map(p_data, low, high, ax=right, title="$p_{data}$", bar="density per unit of area")
plots.outline(heights, low, high, right)
figure

# %% [markdown]
# In life $p_\text{data}$ is never given. All we get is the dots, a sample. **Generative modelling** is to find, from the
# dots alone, a density $p_\text{model}$ that is close to $p_\text{data}$, in a form that we can use: to draw new points
# from (*generate*), to tell how likely a given point is, or both. Here we kept the truth, so that we can look.
#
# How close is close? Take the **log-likelihood**, the mean of $\log p_\text{model}(x)$ over the data. On average it
# cannot exceed what the truth itself would get:
#
# $$\mathbb{E}_{x \sim p_\text{data}}\left[\log p_\text{data}(x)\right] -
# \mathbb{E}_{x \sim p_\text{data}}\left[\log p_\text{model}(x)\right]
# = D_\mathrm{KL}\left(p_\text{data} \,\|\, p_\text{model}\right) \ge 0.$$
#
# So more is better, and the distance to the top is the Kullback–Leibler divergence from the truth to the model, in
# nats. To estimate the second mean we need no $p_\text{data}$, just points drawn from it – points that the model was
# *not* fitted to, for a model can learn its own points by heart.

# %% payoff="ceiling"
scores = {"the truth": world.density(x_test).log().mean().item()}
print(f"the best mean log-likelihood there is: {scores['the truth']:.2f} nats per sighting")

# %% [markdown]
# A density is not a probability: it has a unit, one over area, and where it is higher than one its logarithm is
# positive. Only differences between models on the same data mean something.
#
# ## 2. A formula: the Gaussian
#
# The first model is the one that everybody tries first, a normal distribution. In each of the $D$ dimensions it has a
# mean $\mu_d$ and a standard deviation $\sigma_d$, and the dimensions are independent, so the densities multiply
# and their logarithms add up:
#
# $$\log p(x) = \sum_{d=1}^{D} \left[ -\tfrac12 \log 2\pi - \log \sigma_d - \frac{(x_d - \mu_d)^2}{2 \sigma_d^2} \right].$$
#
# The first two terms make the density integrate to one: the wider the bell, the lower it has to be. Computing the
# logarithm directly is not a matter of taste. Forty standard deviations from the mean the density is $e^{-800}$,
# a number that a computer rounds to zero, and the logarithm of zero is $-\infty$.
#
# ### Exercise 1: `gaussian_log_likelihood`
#
# One log-density for each point, in nats.


# %% exercise="gaussian_log_likelihood"
def gaussian_log_likelihood(x: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """Log-density (N,), in nats, of each point under a Gaussian with independent dimensions.

    x:       (N, D), the points
    mean:    (D,), the means
    std:     (D,), the standard deviations, positive
    returns: (N,), finite also far from the mean; differentiable in all three

    >>> gaussian_log_likelihood(torch.zeros(1, 2), torch.zeros(2), torch.ones(2))  # the top: -log(2π)
    tensor([-1.8379])
    """
    ### BEGIN SOLUTION
    z = (x - mean) / std  # (N, D)
    return (-0.5 * math.log(2 * math.pi) - torch.log(std) - 0.5 * z**2).sum(dim=1)
    ### END SOLUTION


# %% [markdown]
# A test that every density has to pass: add up density × area over a grid that covers all of it, and get one. Below,
# it is done for three Gaussians.

# %% payoff="integral"
for mean, std in [((0.0, 0.0), (0.5, 0.5)), ((0.3, -0.4), (0.2, 0.6)), ((-1.0, 1.0), (0.1, 0.3))]:
    density = gaussian_log_likelihood(centres, torch.tensor(mean), torch.tensor(std)).exp()
    print(f"mean {mean}, std {std}: highest {density.max():5.2f}, integral {density.sum() * cell_area:.4f}")

# %% [markdown]
# **Maximum likelihood.** Which $\mu$ and $\sigma$? Those under which the data we have are most likely. For one dimension,
# set the derivatives of $\sum_n \log p(x_n)$ to zero:
#
# $$\sum_n \frac{x_n - \mu}{\sigma^2} = 0 \;\Rightarrow\; \mu = \frac1N \sum_n x_n, \qquad
# \sum_n \left[ -\frac1\sigma + \frac{(x_n - \mu)^2}{\sigma^3} \right] = 0
# \;\Rightarrow\; \sigma^2 = \frac1N \sum_n (x_n - \mu)^2.$$
#
# Divided by $N$, not by $N - 1$: the well-known correction (Bessel's) makes the *variance* right on average over many
# samples, but another $\sigma$ than this one gives the data a lower likelihood. With thousands of points the two are
# nearly the same; with a handful they are not.
#
# ### Exercise 2: `fit_gaussian`
#
# Both formulas, for every dimension by itself, and the second one as a standard deviation.


# %% exercise="fit_gaussian"
def fit_gaussian(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(mean, std), each (D,), of the Gaussian under which the points are most likely.

    x: (N, D), the points

    std is the maximum-likelihood estimate, the square
    root of the mean squared deviation (divided by N).

    >>> fit_gaussian(torch.tensor([[0.0, 5.0], [2.0, 5.0]]))
    (tensor([1., 5.]), tensor([1., 0.]))
    """
    ### BEGIN SOLUTION
    mean = x.mean(dim=0)
    std = (x - mean).square().mean(dim=0).sqrt()
    return mean, std
    ### END SOLUTION


# %% [markdown]
# The model, its draws, and its gap: violet where it expects too few sightings, orange where it expects too many. A
# draw at sea is orange, too.


# %% payoff="three_maps"
def three_maps(name, density, draws):
    """Figure of a model's density (CELLS, CELLS), the first
    1,000 of its draws (n, 2), and its gap to p_data."""
    at_sea = world.height(draws) <= 0
    figure, axes = plots.subplots(1, 3, width=11, height=3.6)
    plots.density_map(density, low, high, ax=axes[0], title=f"$p_{{model}}$: {name}", most=float(p_data.max()))
    colours = [ORANGE if wet else BLUE for wet in at_sea[:1000]]
    axes[1].scatter(*draws[:1000].T, s=5, alpha=0.7, lw=0, c=colours)
    axes[1].set(xlim=(low, high), ylim=(low, high), aspect="equal", title=f"draws: {at_sea.float().mean():.0%} at sea")
    gap = density - p_data
    plots.density_map(gap, low, high, ax=axes[2], title="$p_{model} - p_{data}$", most=0.25, signed=True)
    for ax in axes:
        plots.outline(heights, low, high, ax)
    return figure


# %% payoff="gaussian" alt="Three maps under the coastline, for the Gaussian: its density, one round cloud; points drawn from it, blue on land and vermilion at sea; and its difference from the true density, orange and violet."
torch.manual_seed(0)
mean, std = fit_gaussian(x)
scores["Gaussian"] = gaussian_log_likelihood(x_test, mean, std).mean().item()
print(f"held-out log-likelihood {scores['Gaussian']:.2f}, the truth has {scores['the truth']:.2f}")
density = gaussian_log_likelihood(centres, mean, std).exp().view(CELLS, CELLS)
three_maps("Gaussian", density, mean + std * torch.randn(5000, 2))

# %% [markdown]
# The Gaussian has one hill. It puts it where the *mean* of all sightings is, in the middle of the sea between the
# continents, and two thirds of its draws are in the water. It is the best Gaussian there is, and a bad model: what
# is wrong is not the fit, but the family. (The same happens to a network that is trained with squared error to draw
# *the* picture when several are possible: it draws their mean, which is none of them.)
#
# ## 3. Counting: the histogram
#
# The second model supposes nothing about the shape. Cut the box into equal cells and count. With $n_{ij}$ of the $n$
# points in cell $(i, j)$, and cells of area $a$,
#
# $$p(x) = \frac{n_{ij}}{n \, a} \quad \text{for } x \text{ in cell } (i, j).$$
#
# The share of the points, $n_{ij} / n$, is the **mass** of the cell, a probability. Divided by the area it is a
# **density**, and does not change when you cut the same cell in two.
#
# ### Exercise 3: `histogram_density`
#
# The box may be smaller than the data: points outside are left out, of the count and of $n$, so that the
# density integrates to one over the box.


# %% exercise="histogram_density"
def histogram_density(x: torch.Tensor, bins: int, low: float, high: float) -> torch.Tensor:
    """Density per unit of area (bins, bins) of the points that lie in the box [low, high)².

    x:       (N, 2), the points; those outside the box are left out altogether
    bins:    number of cells along each axis
    low, high: edges of the box, the same for both axes
    returns: (bins, bins), in the dtype of x and on its device; element [i, j] is
             bin i of x[:, 0] and bin j of x[:, 1]; it integrates to 1 over the box

    Each bin includes its lower edge and excludes its upper
    one. Raises ValueError when no point lies in the box.
    """
    ### BEGIN SOLUTION
    width = (high - low) / bins
    inside = x[((x >= low) & (x < high)).all(dim=1)]
    if len(inside) == 0:
        raise ValueError("no point lies in the box")
    index = ((inside - low) / width).long().clamp(max=bins - 1)  # (n, 2); rounding may reach the upper edge
    counts = torch.bincount(index[:, 0] * bins + index[:, 1], minlength=bins * bins)
    return counts.reshape(bins, bins).to(x) / (len(inside) * width**2)
    ### END SOLUTION


# %% [markdown]
# **Drawing from it** takes two steps: first a cell, with a probability equal to its mass; then a point in the cell, anywhere
# with the same chance, for inside a cell the density is constant.
#
# ### Exercise 4: `sample_histogram`


# %% exercise="sample_histogram"
def sample_histogram(density: torch.Tensor, low: float, high: float, n: int) -> torch.Tensor:
    """n independent draws (n, 2) from a histogram: a cell by its mass, then a uniform point inside it.

    density: (bins, bins), as `histogram_density` returns it;
             it integrates to 1 over the box [low, high)²
    returns: (n, 2), in the dtype of density and on its device; new draws in every call

    The same cell may be drawn again and again, and a cell of density 0 never is.
    """
    ### BEGIN SOLUTION
    bins = len(density)
    width = (high - low) / bins
    # the cells have equal areas, so that their masses are in proportion to the densities
    cell = torch.multinomial(density.flatten(), n, replacement=True)  # (n,)
    corner = torch.stack([cell // bins, cell % bins], dim=1)  # (n, 2)
    return low + width * (corner + torch.rand(n, 2, dtype=density.dtype, device=density.device))
    ### END SOLUTION


# %% payoff="histogram" alt="Three maps under the coastline, for the histogram: its density, in square steps; points drawn from it, blue on land and vermilion at sea; and its difference from the true density."
def look_up(density, x):
    """Density (N,) of a histogram (bins, bins) at points x (N, 2) of the box."""
    at = (2 * x - low - high) / (high - low)  # the box as [-1, 1]²
    return F.grid_sample(density.T[None, None], at[None, None], mode="nearest", align_corners=False)[0, 0, 0]


torch.manual_seed(0)
histogram = histogram_density(x, 20, low, high)
three_maps("20×20 cells", look_up(histogram, centres).view(CELLS, CELLS), sample_histogram(histogram, low, high, 5000))

# %% [markdown]
# Much better: you can see both continents. What is still wrong is at the coasts, where a cell is half land and half
# sea. Then take smaller cells! Below, the mean log-likelihood for more and more cells, on the sightings that
# were counted and on those held out. (One held-out point in an empty cell has the log-likelihood $-\infty$, and so has the
# mean. To see more than that, 1 % of the mass is spread evenly over the box before the curve is drawn.)

# %% payoff="bins" alt="Two charts over the number of cells on a side, from 5 to 112. Left: mean log-likelihood of counted and of held-out points, with a dotted line for the truth. Right: the share of held-out points that fall into empty cells."
numbers = [5, 7, 10, 14, 20, 28, 40, 56, 80, 112]


def spread(density):
    """The histogram with 1 % of its mass spread evenly over the box."""
    return 0.99 * density + 0.01 / (high - low) ** 2


found = [histogram_density(x, bins, low, high) for bins in numbers]
counted = [look_up(spread(h), x).log().mean() for h in found]
held_out = [look_up(spread(h), x_test).log().mean() for h in found]
empty = [(look_up(h, x_test) == 0).float().mean() for h in found]

figure, (left, right) = plots.subplots(1, 2, width=10, height=3.0)
left.semilogx(numbers, counted, ".-", label="counted points")
left.semilogx(numbers, held_out, ".-", color=ORANGE, label="held-out points")
left.axhline(scores["the truth"], color="black", lw=1, ls=":", label="the truth, held-out points")
left.set(title="mean log-likelihood (nats)", xlabel="cells on a side")
left.legend(loc="lower right", bbox_to_anchor=(0.72, 0.0))
right.semilogx(numbers, empty, ".-", color=ORANGE)
right.set(title="held-out points in empty cells", xlabel="cells on a side")
right.yaxis.set_major_formatter("{x:.0%}")
for ax in (left, right):
    ax.set_xticks([5, 10, 20, 40, 80], ["5", "10", "20", "40", "80"])
    ax.minorticks_off()
best = max(range(len(numbers)), key=lambda i: held_out[i])
scores["histogram"] = held_out[best].item()
print(f"best: {numbers[best]}×{numbers[best]} cells, held-out log-likelihood {scores['histogram']:.2f}")
figure

# %% [markdown]
# The two curves part. With ever smaller cells the counted points look ever more likely, beyond the truth even, which
# is how you know that something is wrong: the model has learnt its points by heart. It calls impossible what it has not
# seen.
#
# And this is with two dimensions. A cell needs a few points in it. Ten cells on a side make 100 cells here, and a grey image
# of 28×28 pixels with ten levels of grey has $10^{784}$ cells; there are about $10^{80}$ atoms in the observable
# universe. Every image you will ever see falls into a cell that was empty before. Counting does not generalise. Models
# for images must say something about places where no point was, and what they say comes from their *form*.
#
# ## 4. Gradient descent: a mixture
#
# The third model has the form of the first, many times over. Each of $K$ Gaussians has its own mean and standard
# deviations, and a weight $w_k$; the weights sum to one:
#
# $$p(x) = \sum_{k=1}^{K} w_k \, \mathcal{N}(x; \mu_k, \sigma_k^2).$$
#
# No formula gives the best parameters now. But the log-likelihood has a gradient, and that is all we need. The loss to
# descend on is its negative, the **negative log-likelihood**, averaged over the points of the batch:
#
# $$\mathrm{NLL} = -\frac1N \sum_{n=1}^{N} \log p_\text{model}(x_n).$$
#
# Minimising it *is* maximum likelihood, and so minimises the divergence from $p_\text{data}$ to the model. This is the
# loss of the autoregressive models and normalizing flows of the book's chapters 5 and 6, and of every language model.
#
# ### Exercise 5: `negative_log_likelihood`


# %% exercise="negative_log_likelihood"
def negative_log_likelihood(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Mean negative log-likelihood of the points under the model, in nats: a scalar tensor.

    model:   has a method log_prob(x) that returns the log-density (N,) of each point
    x:       (N, D), the points
    returns: scalar, differentiable in the model's parameters
    """
    ### BEGIN SOLUTION
    return -model.log_prob(x).mean()
    ### END SOLUTION


# %% [markdown]
# The mixture itself is given. Its pieces are your `gaussian_log_likelihood`. It keeps log-weights and log-deviations as
# parameters, because those may be any number, and adds densities without leaving the logarithm: `torch.logsumexp`
# is $\log \sum_k e^{a_k}$, computed so that nothing overflows or vanishes.


# %% given="mixture"
class GaussianMixture(nn.Module):
    """A weighted sum of Gaussians, with its means at randomly chosen points to start with."""

    def __init__(self, x: torch.Tensor, components: int) -> None:
        super().__init__()
        chosen = torch.randperm(len(x))[:components]
        self.logits = nn.Parameter(torch.zeros(components))  # (K,): the weights are their softmax
        self.means = nn.Parameter(x[chosen].clone())  # (K, D)
        self.log_stds = nn.Parameter(torch.full_like(x[chosen], -1.0))  # (K, D)

    def log_prob(self, x: torch.Tensor) -> torch.Tensor:
        """Log-density (N,) of points (N, D)."""
        parts = zip(self.means, self.log_stds, strict=True)
        each = torch.stack([gaussian_log_likelihood(x, mean, log_std.exp()) for mean, log_std in parts])  # (K, N)
        return torch.logsumexp(each + F.log_softmax(self.logits, dim=0)[:, None], dim=0)

    @torch.no_grad()
    def sample(self, n: int) -> torch.Tensor:
        """n draws (n, D)."""
        noise = -torch.empty(n, len(self.logits)).exponential_().log()
        k = (self.logits + noise).argmax(dim=1)  # (n,): a component by its weight (the Gumbel-max trick)
        return self.means[k] + self.log_stds[k].exp() * torch.randn(n, self.means.shape[1])


def fit_mixture(
    x: torch.Tensor, x_test: torch.Tensor, components: int, name: str
) -> tuple[GaussianMixture, genlab.History]:
    """A mixture fitted to points (N, D) by Adam on
    `negative_log_likelihood`, and the history of its training."""
    torch.manual_seed(0)
    model = GaussianMixture(x, components)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)

    def step(batch: torch.Tensor) -> dict[str, float]:
        optimizer.zero_grad()
        loss = negative_log_likelihood(model, batch)
        loss.backward()
        optimizer.step()
        return {"NLL": loss.item()}

    @torch.no_grad()
    def evaluate() -> dict[str, float]:
        return {"NLL": negative_log_likelihood(model, x_test).item()}

    state = {"model": model, "optimizer": optimizer}
    history = genlab.fit(step, x, epochs=EPOCHS, batch_size=200, state=state, evaluate=evaluate, name=name)
    return model, history


# %% payoff="mixture_fit"
mixture, history = fit_mixture(x, x_test, 30, "density-mixture")

# %% payoff="mixture_curve" alt="The mixture's negative log-likelihood over the epochs, with circles for held-out points, between horizontal lines for the Gaussian, the best histogram and the truth."
scores["mixture"] = -history.evaluations[-1]["NLL"]
figure, ax = plots.subplots(width=7.5, height=3.0)
plots.loss_curve({"mixture's": history}, ax=ax)
ax.axhline(-scores["Gaussian"], color=ORANGE, lw=1.2, ls="--", label="Gaussian, held out")
ax.axhline(-scores["histogram"], color=GREEN, lw=1.2, ls="--", label="best histogram, held out")
ax.axhline(-scores["the truth"], color="black", lw=1, ls=":", label="the truth, held out")
ax.set(
    title="negative log-likelihood (circles: held out)", ylim=(-scores["the truth"] - 0.1, -scores["Gaussian"] + 0.2)
)
ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
figure

# %% payoff="mixture" alt="Three maps under the coastline, for the mixture: its density, made of several blobs; points drawn from it, blue on land and vermilion at sea; and its difference from the true density."
with torch.no_grad():
    density = mixture.log_prob(centres).exp().view(CELLS, CELLS)
torch.manual_seed(0)
three_maps("mixture of 30", density, mixture.sample(5000))

# %% payoff="scores"
parameters = {"the truth": "", "Gaussian": 4, "histogram": f"{numbers[best] ** 2} cells"}
parameters["mixture"] = sum(p.numel() for p in mixture.parameters())
print(f"{'model':12}{'numbers':>12}{'log-likelihood':>17}{'below the truth':>18}")
for name, score in scores.items():
    print(f"{name:12}{parameters[name]!s:>12}{score:17.2f}{scores['the truth'] - score:18.2f}")

# %% [markdown]
# The last column estimates $D_\mathrm{KL}(p_\text{data} \| p_\text{model})$. With 150 numbers the mixture does as well as
# the best histogram with several hundred, and it has no empty cells. (The histogram is even flattered a little: its number of
# cells was chosen on the held-out points.) Yet it shares a fault with the Gaussian. A Gaussian has no
# edge; to cover a coast, it must spill into the water. Log-likelihood hardly minds: what it punishes, without
# mercy, is a sighting where the model has *no* mass. Mass where there are no sightings costs only what is missing elsewhere.
# So models trained by likelihood err on the side of covering too much, and their draws may land where no data are. Keep
# this in mind: the blur of a VAE's images has a similar cause, and the GANs of chapter 4 err on the other side.
#
# ## 5. A classifier out of densities
#
# So far the kinds of animals did not matter. Suppose that someone reports a sighting at $x$: what was it? There are two
# ways to answer.
#
# - A **discriminative** model learns $p(y|x)$, the probability of each kind at a place, and nothing else.
# - A **generative** model learns $p(x|y)$, where each kind is found, and $p(y)$, how common it is. Then Bayes' rule
#   turns it around:
#
# $$p(y|x) = \frac{p(x|y)\, p(y)}{\sum_{y'} p(x|y')\, p(y')}.$$
#
# ### Exercise 6: `class_posterior`
#
# You get logarithms. In two dimensions it would be all right to take their exponentials and insert them. For an image
# the log-likelihood is a sum over all its pixels, easily $-1000$; then numerator and denominator are both rounded
# to zero, and $0/0$ is no answer. Find a way that works for these too. (Adding the same number to all logarithms of
# a row does not change the result.)


# %% exercise="class_posterior"
def class_posterior(log_likelihoods: torch.Tensor, log_prior: torch.Tensor) -> torch.Tensor:
    """p(y given x) for each point and class, by Bayes' rule: probabilities (N, K) whose rows sum to 1.

    log_likelihoods: (N, K), log p(x given y) of each point under
                     each class, in nats; may be thousands below zero
    log_prior:       (K,), log p(y), finite, of probabilities that sum to 1
    returns:         (N, K), differentiable in both
    """
    ### BEGIN SOLUTION
    return torch.softmax(log_likelihoods + log_prior, dim=1)
    ### END SOLUTION


# %% [markdown]
# Now the contest. The generative side: a mixture for each kind, fitted as before, and the shares of the kinds among the
# sightings. The discriminative side: a small network with three outputs, trained with cross-entropy on the very same
# sightings. It learns $p(y|x)$ directly.

# %% payoff="contest"
log_prior = torch.stack([(y == k).float().mean() for k in range(3)]).log()  # (K,)
models = []
for k, name in enumerate(world.kinds):
    print(f"a mixture for the {name}")
    models.append(fit_mixture(x[y == k], x_test[y_test == k], 15, f"density-{name}")[0])

print("a discriminative network")
torch.manual_seed(0)
network = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 3))
optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)


def network_step(places, kinds):
    optimizer.zero_grad()
    loss = F.cross_entropy(network(places), kinds)
    loss.backward()
    optimizer.step()
    return {"cross-entropy": loss.item()}


state = {"network": network, "optimizer": optimizer}
_ = genlab.fit(network_step, x, labels=y, epochs=2 * EPOCHS, batch_size=200, state=state, name="density-network")


# %% payoff="accuracies"
@torch.no_grad()
def generative(x, log_prior=log_prior):
    """p(y given x) (N, K) and log p(x) (N,) of the generative model."""
    log_likelihoods = torch.stack([model.log_prob(x) for model in models], dim=1)  # (N, K)
    posterior = class_posterior(log_likelihoods, log_prior)
    best, kind = posterior.max(dim=1, keepdim=True)
    log_density = log_likelihoods.gather(1, kind) + log_prior[kind] - best.log()  # Bayes' rule, solved for p(x)
    return posterior, log_density[:, 0]


@torch.no_grad()
def discriminative(x):
    """p(y given x) (N, K) of the network: e to the minus cross-entropy of each kind."""
    costs = [F.cross_entropy(network(x), torch.full((len(x),), k), reduction="none") for k in range(3)]
    return torch.stack(costs, dim=1).neg().exp()


def accuracy(posterior):
    return (posterior.argmax(dim=1) == y_test).float().mean().item()


true_posterior = world.density_of_kinds(x_test) * world.prior
contest = {
    "always the most common": world.prior.expand_as(true_posterior),
    "generative, your class_posterior": generative(x_test)[0],
    "discriminative network": discriminative(x_test),
    "the true posterior": true_posterior,
}
for name, posterior in contest.items():
    print(f"{name:34}{accuracy(posterior):.1%} of the held-out sightings")

# %% [markdown]
# A draw: where there are data the two are about equally good, some points below the best that anyone could do, which is
# to know the true posterior. Now look at the whole map. The colour is
# the kind that each model believes in; the stronger it is, the surer the model. The generative model also says how
# likely a sighting at this place is at all, whatever the kind: $p(x) = \sum_y p(x|y) p(y)$, the denominator of
# Bayes' rule. Where $\log p(x)$ is lower than for all but 1 % of the sightings it has learnt from, it is left
# white: *nowhere I know*.

# %% payoff="nowhere" alt="Two maps coloured by the animal that a model believes in, paler where it is less sure. Left, discriminative: the whole box is coloured, the sea too. Right, generative: places where next to nothing was seen stay white."
posterior, log_density = generative(centres)
threshold = generative(x)[1].quantile(0.01)
colours = torch.tensor([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in plots.COLOURS[:3]])  # (K, 3)


def kind_map(posterior, known, ax, title):
    """Draw the believed kind (CELLS², K) as a colour,
    paler where less sure, and white where not known."""
    best, kind = posterior.max(dim=1)
    sure = ((best - 1 / 3) / (2 / 3)).clamp(0, 1)[:, None] * 0.9 + 0.1
    picture = torch.where(known[:, None], 1 - sure * (1 - colours[kind]), 1.0).view(CELLS, CELLS, 3)
    ax.imshow(picture.transpose(0, 1), origin="lower", extent=(low, high, low, high))
    plots.outline(heights, low, high, ax)
    ax.set_title(title)


figure, axes = plots.subplots(1, 2, width=10, height=4.4)
kind_map(discriminative(centres), torch.ones(len(centres), dtype=torch.bool), axes[0], "discriminative: p(y|x)")
kind_map(posterior, log_density >= threshold, axes[1], "generative: p(y|x), and p(x)")
for k, name in enumerate(world.kinds):
    axes[0].scatter([], [], color=plots.COLOURS[k], label=name)
axes[0].legend(loc="lower left", bbox_to_anchor=(0.0, 1.08), ncols=3)
figure

# %% payoff="nowhere_numbers"
far = world.height(centres) < -0.5  # open sea
reports = {"held-out sightings": x_test, "reports from the open sea": centres[far]}
print(f"{'':28}{'network is over 90 % sure':>28}{'flagged by p(x)':>18}")
for name, places in reports.items():
    sure = (discriminative(places).max(dim=1).values > 0.9).float().mean()
    flagged = (generative(places)[1] < threshold).float().mean()
    print(f"{name:28}{sure:28.0%}{flagged:18.0%}")

# %% [markdown]
# Goats in the open sea! The network has an answer everywhere, and in places where it has never seen anything it is often
# *surer* than on land. Nothing in its training told it otherwise: it was asked which kind, given that it is one. It
# never learnt where animals are. The generative model did, and that is what it can do and the other cannot: **say that
# an $x$ is from nowhere**.
#
# Two more things come for free. The prior is a separate piece, so it can be exchanged without training anything
# again: below, a plague has left one fox in twenty alive. And of course you can *draw*: places for a given kind.

# %% payoff="free" alt="Three maps under the coastline, one for each kind of animal, with points drawn from the mixture of that kind."
few_foxes = log_prior.exp() * torch.tensor([0.05, 1.0, 1.0])
few_foxes = few_foxes / few_foxes.sum()  # p(y) after the plague
before, after = (generative(x_test, prior)[0].mean(dim=0) for prior in (log_prior, few_foxes.log()))
for k, name in enumerate(world.kinds):
    print(f"mean probability of {name:6} at the held-out places: {before[k]:.0%} → {after[k]:.0%}")

torch.manual_seed(0)
figure, axes = plots.subplots(1, 3, width=11, height=3.6)
for k, ax in enumerate(axes):
    ax.scatter(*models[k].sample(700).T, s=5, alpha=0.7, lw=0, color=plots.COLOURS[k])
    plots.outline(heights, low, high, ax)
    ax.set(xlim=(low, high), ylim=(low, high), aspect="equal", title=f"{world.kinds[k]}, drawn from p(x|y)")
figure

# %% [markdown]
# ## 6. The family tree
#
# The models of this course all answer the same question, what is $p_\text{model}(x)$, in three ways:
#
# - **tractable**: they have an explicit density, and are built so that it can be computed exactly;
# - **approximate**: they have an explicit density, but not its exact value; they are trained with a bound,
#   or with something else that takes its place;
# - **implicit**: they have no formula for a density at all; they only know how to draw.
#
# Your three models of this notebook are tractable. Here are the six families that are to come, in a sentence each, and the
# tree that they belong on.
#
# | family | how it works | chapter of the book |
# |---|---|---|
# | autoregressive | writes $p(x)$ as $p(x_1)\, p(x_2 \mid x_1)\, p(x_3 \mid x_1, x_2) \cdots$, and a network gives each of these conditional probabilities | 5 |
# | normalizing flow | sends Gaussian noise through invertible functions that have a known change of volume | 6 |
# | VAE | decodes a latent $z$ to $x$; $p(x)$ is an integral over all $z$, which nobody can compute | 3 |
# | energy-based | a network gives each $x$ an energy $E(x)$, and $p(x) = e^{-E(x)} / Z$, with $Z$ an integral over all $x$ | 7 |
# | diffusion | adds noise to $x$ in many small steps, and a network learns to undo them; $p(x)$ is an integral over all paths | 8 |
# | GAN | a network turns noise into $x$, and the only thing it is ever told is whether another network was fooled | 4 |


# %% payoff="tree" alt="A family tree: generative models split into explicit and implicit density, explicit ones into tractable and approximate. Six families lie on the ground below it, not yet placed."
PLACES = ("tractable", "approximate", "implicit")
LEAVES = {"autoregressive": "autoregressive", "normalizing_flow": "normalizing\nflow", "vae": "VAE"}
LEAVES |= {"energy_based": "energy-based", "diffusion": "diffusion", "gan": "GAN"}


def family_tree(placed):
    """Figure of the tree of generative models, each family below
    its place in `placed` {family: place}, or on the ground."""
    below = {place: [family for family in LEAVES if placed.get(family) == place] for place in PLACES}
    homeless = [family for family in LEAVES if placed.get(family) not in PLACES]
    figure, ax = plots.subplots(width=10.5, height=4.4)

    def box(x, y, text, colour, parent=None):
        if parent is not None:
            ax.plot(*zip(parent, (x, y), strict=True), color="#888888", lw=1, zorder=1)
        style = {"boxstyle": "round,pad=0.45", "facecolor": colour, "edgecolor": "#888888"}
        ax.text(x, y, text, ha="center", va="center", fontsize=9, bbox=style, zorder=2)

    middles, edge = {}, 0.0
    for place, families in below.items():
        middles[place] = edge + max(len(families), 1.3) / 2
        for k, family in enumerate(families):
            x = middles[place] + k - (len(families) - 1) / 2
            box(x, 1, LEAVES[family], "#FFE9A8", (middles[place], 3 if place == "implicit" else 2))
        edge += max(len(families), 1.3)
    explicit = (middles["tractable"] + middles["approximate"]) / 2
    top = (explicit + middles["implicit"]) / 2
    box(explicit, 3, "explicit density", "#E8EFF6", (top, 4))
    box(middles["implicit"], 3, "implicit (no density)", "#E8EFF6", (top, 4))
    box(top, 4, "generative models", "#E8EFF6")
    for place in PLACES[:2]:
        box(middles[place], 2, place, "#E8EFF6", (explicit, 3))
    for k, family in enumerate(homeless):
        box(edge / 2 + 0.85 * (k - (len(homeless) - 1) / 2), 0, LEAVES[family], "#FFE9A8")
    ax.set(xlim=(min(0.0, edge / 2 - 0.45 * len(homeless)), max(edge, edge / 2 + 0.45 * len(homeless))))
    ax.set(ylim=(-0.5 if homeless else 0.5, 4.4))
    ax.axis("off")
    return figure


family_tree({})

# %% [markdown]
# ### Exercise 7: `taxonomy`
#
# Complete the tree. This exercise is no function but a table: write `"tractable"`, `"approximate"` or `"implicit"` in
# place of each `...`. (Where the experts differ, take the book's word, which is that of the table above: what counts
# is what the family was *built for*.)

# %% exercise="taxonomy"
taxonomy = {
    ### BEGIN SOLUTION
    "autoregressive": "tractable",
    "normalizing_flow": "tractable",
    "vae": "approximate",
    "energy_based": "approximate",
    "diffusion": "approximate",
    "gan": "implicit",
    ### END SOLUTION
}

# %% payoff="your_tree" alt="The same family tree, with the six families of models hung where the answer of the exercise puts them."
family_tree(taxonomy)

# %% [markdown]
# The tree is a help, no law. A diffusion model can be rewritten so that its likelihood becomes computable (Song et al.
# 2021); a GAN's generator may be a flow, and then it has a density after all. What the tree tells you is which
# trade each family made: tractable models pay with their form (invertible, or one pixel after the other), approximate ones
# with a bound or a proxy, implicit ones with having no likelihood to be measured by.
#
# ## 7. Questions to think about
#
# Answer in a sentence or two. There are no points here, and no check; the answers are in the solutions.

# %% [markdown] question="discrete"
# **1.** Someone measures the map in metres instead of thousands of kilometres and fits the same Gaussian. What happens
# to the mean log-likelihood? Has the model become worse?
#
# ### BEGIN SOLUTION
# Lengths are $10^6$ times as large, areas $10^{12}$ times, so every density is divided by $10^{12}$ and every
# log-likelihood falls by $12 \ln 10 \approx 27.6$ nats, the truth's as well. The distance to the truth is the same, and the
# model as good as before. Log-likelihoods can be compared only on the same data in the same units.
# ### END SOLUTION

# %% [markdown] question="bessel"
# **2.** You fit the Gaussian to three sightings, once with division by $N$ and once by $N - 1$. Which has the higher
# log-likelihood on the three? Which would you expect to do better on held-out sightings?
#
# ### BEGIN SOLUTION
# On the three, division by $N$, by definition: it is the maximum. On others the wider one, as a rule: three points seldom
# show the whole spread, the narrow Gaussian calls too much of the world impossible, and likelihood punishes that hardest.
# It is the same overfitting as with the small cells.
# ### END SOLUTION

# %% [markdown] question="one_percent"
# **3.** Spreading 1 % of the mass over the box made the histogram's score finite. What would 0.01 % have done to the score on
# the held-out points, and why is there a best value in between?
#
# ### BEGIN SOLUTION
# A point in an empty cell then gets $\log(0.0001/36) \approx -12.8$ instead of $\log(0.01/36) \approx -8.2$, so with many cells
# the score falls further, in proportion to the share of such points. A larger share for the box costs the points in filled cells:
# $\log 0.99 \approx -0.01$ each. The best share balances the two: about the share of new points that fall into empty cells.
# ### END SOLUTION

# %% [markdown] question="mode"
# **4.** Our loss is $D_\mathrm{KL}(p_\text{data} \| p_\text{model})$, up to a constant. Suppose one could fit the single Gaussian with
# the two exchanged, $D_\mathrm{KL}(p_\text{model} \| p_\text{data})$. Where would it end up?
#
# ### BEGIN SOLUTION
# Now the mean is over the *model's* draws, and a draw at sea costs $-\log 0 = \infty$. A Gaussian has draws everywhere, so
# strictly every one costs infinitely much; with a shallow sea instead of an absolute one, the Gaussian would shrink onto one
# continent, sit in its interior and ignore the other. One direction covers, the other one picks: GANs are nearer to the second.
# ### END SOLUTION

# %% [markdown] question="flag"
# **5.** The generative model flags an $x$ by a low $p(x)$. In many dimensions this is known to fail: a density model of photographs
# can give plain grey images a *higher* density than photographs. How can that be, if photographs are what it was trained on?
#
# ### BEGIN SOLUTION
# Density is not probability. There may be few grey images and very many photographs, so that photographs as a whole have
# nearly all of the probability, though each by itself has a low density: as in a Gaussian of 1,000 dimensions,
# where the mean has the highest density, and no draw ever comes near it. See Nalisnick et al. (2019).
# ### END SOLUTION

# %% [markdown]
# ## Papers
#
# - D. Foster (2023). *Generative Deep Learning*, 2nd edition, O'Reilly. Chapter 1 has the example of a world map, and the tree.
# - I. Goodfellow (2016). *NIPS 2016 Tutorial: Generative Adversarial Networks.* arXiv:1701.00160. An earlier form of the tree,
#   and why maximum likelihood covers too much.
# - A. Y. Ng, M. I. Jordan (2001). *On Discriminative vs. Generative Classifiers: A Comparison of Logistic Regression and Naive
#   Bayes.* NIPS.
# - L. Theis, A. van den Oord, M. Bethge (2016). *A Note on the Evaluation of Generative Models.* arXiv:1511.01844. Why a good
#   likelihood and good samples are two things.
# - E. Nalisnick et al. (2019). *Do Deep Generative Models Know What They Don't Know?* arXiv:1810.09136. On question 5.
# - Y. Song et al. (2021). *Score-Based Generative Modeling through Stochastic Differential Equations.* arXiv:2011.13456.
