# %% [markdown]
# # A multilayer perceptron on CIFAR-10
#
# Before a network can draw pictures it must be able to take them in. In this notebook you build the simplest network
# that can, a **multilayer perceptron** (MLP), and teach it to tell airplanes from frogs. You write every part of it
# once – seven short exercises, and a bug of somebody else's to find – and see your loss agree with PyTorch's to the last digit. Then *your* code trains, and
# you look at what it gets wrong.
#
# **When you are done you can**
#
# - turn a stack of picture files into the tensor that a network expects, and say what a wrong `reshape` does to it;
# - count the parameters of a dense layer, and those of a whole network, without running it;
# - build a network as an `nn.Module`, and explain what would be missing without its ReLUs;
# - derive the cross-entropy from "the probability of the right class", and compute it where the textbook formula breaks;
# - write a train step and a fair measurement of accuracy – the two functions that every later lesson has, too;
# - say how much of a result is due to the network, and how much to the way it was trained.
#
# **What you need:** tensors, and what a derivative is. If PyTorch is quite new to you, its own sixty-minute
# introduction first. **Time:** about 75 minutes. The computer's share is two to three minutes on two idle CPU cores.
#
# Each exercise is a cell that ends in `raise NotImplementedError`. Replace that line with your code, run the cell,
# then run the check below it: it says what holds, and when something does not, usually which mistake it is.
# Stuck? `!genlab hint mlp/cross_entropy` in a cell of your own gives a hint, and each further call a stronger one.

# %% given="imports"
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F

import genlab
from genlab import plots

# %% [markdown]
# The same notebook runs at three sizes: `smoke` (seconds, to test that everything runs), `cpu` and `gpu` (the book's
# full setting: all 50,000 images, ten epochs). The kit chooses by what it finds; the environment variable
# `GENLAB_SCALE` overrules it. A network as small as this one trains in about a minute on a laptop, so here
# `cpu` and `gpu` are the same.

# %% given="settings"
TRAIN_IMAGES = genlab.pick(smoke=600, cpu=50_000, gpu=50_000)
TEST_IMAGES = genlab.pick(smoke=300, cpu=10_000, gpu=10_000)
EPOCHS = genlab.pick(smoke=2, cpu=10, gpu=10)
BATCH_SIZE = 32
LEARNING_RATE = 5e-4
DEVICE = genlab.device()
GREY, ORANGE = "#5F6B76", plots.COLOURS[4]

plots.figure_style()
print(f"scale {genlab.scale()}, on {DEVICE}")

# %% [markdown]
# The data: CIFAR-10, small colour pictures of ten kinds of things, 32×32 pixels, 50,000 to learn from and 10,000
# to be tested on. The line below says which source is in use: the real photographs where they can be had, otherwise
# a stand-in that the kit draws itself, with the same ten classes.

# %% payoff="data" alt="Three rows of ten small colour pictures, a column for each class of CIFAR-10, from airplane to truck."
data = genlab.data.load("cifar10", limit=genlab.pick(smoke=600, cpu=None, gpu=None))
train_images, train_labels = data.train.images[:TRAIN_IMAGES], data.train.labels[:TRAIN_IMAGES]
test_images, test_labels = data.test.images[:TEST_IMAGES], data.test.labels[:TEST_IMAGES]

some_of_each = torch.stack([(train_labels == k).nonzero()[:3, 0] for k in range(10)], dim=1).flatten()
plots.image_grid(train_images[some_of_each], rows=3, cols=10, titles=[*data.classes, *[""] * 20])

# %% [markdown]
# ## 1. Pictures as numbers
#
# A picture file holds bytes: for every pixel three numbers from 0 to 255, for red, green and blue. Most programs hand
# them over in the order in which a screen is painted: row by row, pixel by pixel, and the three colours of a pixel
# together. A stack of $N$ pictures then has the shape $(N, H, W, 3)$.
#
# PyTorch wants two things changed.
#
# - **The numbers.** Networks calculate with floats, and learn best from inputs of moderate size: $x = \text{byte} / 255$
#   lies in $[0, 1]$.
# - **The axes.** The layers of PyTorch expect the channels right after $N$: $(N, 3, H, W)$, three grey pictures
#   per image. No number changes by this; each only gets another address. What stood at `[n, row, column, channel]`
#   should stand at `[n, channel, row, column]`.
#
# ### Exercise 1: `scale_images`


# %% exercise="scale_images"
def scale_images(images: torch.Tensor) -> torch.Tensor:
    """Pictures as a network takes them: float32 in [0, 1], channels first.

    images:  (N, H, W, 3) uint8, 0 to 255, as they come from files
    returns: (N, 3, H, W) float32, on the same device; the same pictures, pixel for pixel
    """
    ### BEGIN SOLUTION
    return images.permute(0, 3, 1, 2).float() / 255
    ### END SOLUTION


# %% [markdown]
# Below, your function at work, and in the second row the classic mistake. `reshape` gives the same shape without
# complaint, but it moves nothing: it counts the numbers off anew in the order in which they lie in memory. The upper
# third of the picture becomes its red channel, with the three colours of every pixel side by side as if they were
# three pixels.

# %% payoff="reshape" alt="Two rows of eight pictures. Above, scaled and permuted: the pictures as they are. Below, reshaped instead: the same numbers as coloured stripes."
as_in_files = test_images[:8].permute(0, 2, 3, 1).contiguous()  # (8, 32, 32, 3) uint8
scrambled = as_in_files.reshape(8, 3, 32, 32)
plots.compare({"your scale_images": scale_images(as_in_files), "reshaped instead": scrambled})

# %% [markdown]
# (The kit keeps its pictures with the channels first already, as bytes, and converts a batch when it is needed. That is
# a quarter of the memory, and nothing else.)
#
# ## 2. Labels as numbers
#
# The label of a picture is a class number, 0 for airplane to 9 for truck. But 9 is not more than 0, and the mean
# of a cat (3) and a dog (5) is no deer (4). So the target of a classifier is written as a **one-hot code**: a row with
# a place for each class, 1 in the place of the label and 0 elsewhere. Read as a distribution, it says "this class, with
# certainty", and it is what the network's answer is compared with.
#
# $$y_{nk} = \begin{cases} 1 & \text{if } k = \text{label}_n \\ 0 & \text{otherwise} \end{cases}$$
#
# ### Exercise 2: `one_hot`


# %% exercise="one_hot"
def one_hot(labels: torch.Tensor, num_classes: int) -> torch.Tensor:
    """A row for each label with a 1 in the label's column and 0 elsewhere.

    labels:      (N,) int64, from 0 to num_classes - 1; not every class need occur
    num_classes: K, the number of columns
    returns:     (N, K) float32, on the labels' device

    >>> one_hot(torch.tensor([2, 0]), 3)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    ### BEGIN SOLUTION
    classes = torch.arange(num_classes, device=labels.device)
    return (labels[:, None] == classes).float()  # (N, 1) against (K,): (N, K)
    ### END SOLUTION


# %% payoff="codes" alt="A table of ten rows, the classes, and twelve columns, the images: in every column one cell is dark."
shown = 12
figure, ax = plots.subplots(width=7, height=3.4)
ax.imshow(one_hot(test_labels[:shown], 10).T, cmap="Blues", vmax=1.6)
ax.set_yticks(range(10), data.classes)
ax.set_xticks(range(shown), [f"image {n}" for n in range(shown)], rotation=90)
ax.set_xticks([n + 0.5 for n in range(shown)], minor=True)
ax.set_yticks([k + 0.5 for k in range(10)], minor=True)
ax.grid(which="minor", color="white", lw=1.5)
ax.tick_params(which="both", length=0)
ax.set_title("the first one-hot codes of the test set, a column for each image")
figure

# %% [markdown]
# ## 3. A dense layer
#
# A **dense** layer (PyTorch: `nn.Linear`) takes $n_\text{in}$ numbers and gives $n_\text{out}$. Each output is a
# weighted sum of *all* inputs, plus a number of its own, the bias:
#
# $$h_j = \sum_{i=1}^{n_\text{in}} W_{ji}\, x_i + b_j, \qquad j = 1, \dots, n_\text{out}.$$
#
# Our network has three of them. The 3·32·32 = 3,072 numbers of a picture are written in a row and go to 200 units,
# those to 150, and those to 10, one for each class:

# %% payoff="diagram" alt="Four columns of dots joined by lines, layer to layer: an image of 3,072 numbers, hidden layers of 200 and 150 units, and 10 logits."
figure, ax = plots.subplots(width=9, height=3.2)
columns = [(0, 3072, 12, "image"), (1, 200, 9, "hidden"), (2, 150, 8, "hidden"), (3, 10, 6, "logits")]
heights = [torch.linspace(-1, 1, dots).tolist() for _, _, dots, _ in columns]
for x, (ys, ys_next) in enumerate(pairwise(heights)):
    for y in ys:
        for y_next in ys_next:
            ax.plot([x, x + 1], [y, y_next], color=GREY, lw=0.4, alpha=0.5, zorder=1)
for (x, units, _, name), ys in zip(columns, heights, strict=True):
    ax.scatter([x] * len(ys), ys, s=70, color=plots.COLOURS[0], zorder=2)
    ax.text(x, -1.35, f"{name}\n{units:,}", ha="center", va="top")
for x, text in [(0.5, "linear"), (1.5, "ReLU, linear"), (2.5, "ReLU, linear")]:
    ax.text(x, 1.25, text, ha="center", color=ORANGE)
ax.set(xlim=(-0.4, 3.4), ylim=(-1.9, 1.5))
ax.axis("off")
figure

# %% [markdown]
# How many numbers does such a layer learn? It is worth being able to say so without a computer: parameters are memory,
# and they are what can be learnt by heart.
#
# ### Exercise 3: `linear_parameters`


# %% exercise="linear_parameters"
def linear_parameters(n_in: int, n_out: int) -> int:
    """The number of trainable parameters of a dense layer
    with n_in inputs and n_out outputs, biases included."""
    ### BEGIN SOLUTION
    return n_in * n_out + n_out
    ### END SOLUTION


# %% payoff="count"
sizes = [3 * 32 * 32, 200, 150, 10]
counts = []
for n_in, n_out in pairwise(sizes):
    counts.append(linear_parameters(n_in, n_out))
    print(f"{n_in:5,} → {n_out:3}: {counts[-1]:8,} parameters")
print(f"together:    {sum(counts):8,}  (the book's network: 646,260)")

# %% [markdown]
# Nineteen of every twenty sit in the first layer, and there are thirteen parameters for each training image. Keep that
# in mind for the next notebook, where convolutions see more with less.
#
# ## 4. What the ReLU is for
#
# Put two linear layers one after the other and you get $W_2 (W_1 x + b_1) + b_2 = (W_2 W_1) x + (W_2 b_1 + b_2)$: again
# a linear layer. Ten of them are still one. What makes depth worth anything is something between them that is *not*
# linear. The simplest is the **rectified linear unit**,
#
# $$\text{ReLU}(h) = \max(0, h),$$
#
# a line with one kink. Sums of kinked lines can follow any curve, the more units the better. Here the best fit of
# a hidden layer (with kinks at fixed places) to a curve:

# %% payoff="kinks" alt="Three charts of the same wavy target. Linear layers alone fit a straight line, three hidden units with ReLU a line with three kinks, ten nearly the curve."
t = torch.linspace(-3, 3, 400, dtype=torch.float64)
target = torch.sin(2 * t) + 0.4 * t


def best_fit(units):
    """The least-squares fit to the target by a linear layer and `units` ReLUs."""
    kinks = torch.linspace(-3, 3, units + 2, dtype=torch.float64)[1:-1]
    features = torch.cat([t[:, None], torch.ones(400, 1, dtype=torch.float64), (t[:, None] - kinks).relu()], dim=1)
    return features @ torch.linalg.lstsq(features, target[:, None]).solution[:, 0]


figure, axes = plots.subplots(1, 3, width=10, height=2.6)
for ax, units in zip(axes, (0, 3, 10), strict=True):
    ax.plot(t, target, color=GREY, lw=1.5, label="target")
    ax.plot(t, best_fit(units), color=ORANGE, lw=2, label="fit")
    ax.set(title="linear layers only" if units == 0 else f"{units} hidden units with ReLU", xticks=[], yticks=[])
axes[0].legend(loc="lower right")
figure

# %% [markdown]
# ### Exercise 4: `MLP`
#
# Build the network of the picture above. The last layer stays as it is: its ten outputs, the **logits**, may have any
# sign and size. The loss will turn them into probabilities, and it does that better than a softmax layer could
# (section 5 shows why). The book's Keras model ends in a softmax; in PyTorch that is the mistake that is made most often.


# %% exercise="MLP"
class MLP(nn.Module):
    """Images (B, 3, 32, 32) → logits (B, 10), by two hidden
    layers of 200 and 150 units with ReLU; 646,260 parameters."""

    def __init__(self) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),  # (B, 3072)
            nn.Linear(3 * 32 * 32, 200),
            nn.ReLU(),
            nn.Linear(200, 150),
            nn.ReLU(),
            nn.Linear(150, 10),
        )
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (B, 3, 32, 32) → logits (B, 10), without softmax."""
        ### BEGIN SOLUTION
        return self.layers(x)
        ### END SOLUTION


# %% payoff="parameters"
for name, parameter in MLP().named_parameters():
    print(f"{name:18} {tuple(parameter.shape)!s:12} {parameter.numel():8,}")
print(f"{'together':18} {'':12} {sum(p.numel() for p in MLP().parameters()):8,}")

# %% [markdown]
# ## 5. The loss
#
# The **softmax** turns logits $a_1, \dots, a_K$ into probabilities:
#
# $$p_k = \frac{e^{a_k}}{\sum_j e^{a_j}}.$$
#
# A good network gives the right class a high probability. If the images are independent, the probability of *all* the
# labels is the product of those of the right classes; its logarithm is a sum, and the negative mean of it is the loss
# that we minimise, the **cross-entropy**:
#
# $$\text{loss} = -\frac{1}{B} \sum_{n=1}^{B} \sum_k y_{nk} \log p_{nk} = -\frac{1}{B} \sum_{n=1}^{B} \log p_{n, \text{label}_n}.$$
#
# The one-hot code $y$ picks one term of each row. A network that knows nothing says 1/10 for every class and pays
# $\log 10 \approx 2.30$ nats per image; one that is sure and right pays nothing; and being sure and wrong has no upper
# limit.

# %% payoff="surprise" alt="The loss, minus the logarithm of the right class's probability: about 4.6 nats at probability 0.01, 2.3 at 0.1 and 0.1 at 0.9."
p = torch.linspace(0.002, 1, 300)
figure, ax = plots.subplots(width=5.6, height=3)
ax.plot(p, -p.log(), color=plots.COLOURS[0])
for probability, text in [(0.01, "sure and wrong"), (0.1, "knows nothing"), (0.9, "sure and right")]:
    loss = -torch.tensor(probability).log().item()
    ax.plot(probability, loss, "o", color=ORANGE)
    ax.annotate(f"{text}: {loss:.2f}", (probability, loss), (8, 6), textcoords="offset points")
ax.set(xlabel="probability of the right class", ylabel="loss in nats", ylim=(0, 6.4))
figure

# %% [markdown]
# **Never compute it in two steps.** In float32, $e^{89}$ is already infinite and $e^{-104}$ is zero. Logits of such a size
# are not rare in training. Written out as in the formulas, the loss breaks on both sides:

# %% payoff="overflow"
for size in (1.0, 50.0, 100.0, 10_000.0):
    logits = torch.tensor([size, 0.0, -size])
    probabilities = logits.exp() / logits.exp().sum()
    print(f"logits ±{size:<7g} probabilities {probabilities.tolist()}   loss of class 2: {-probabilities[2].log():.4g}")

# %% [markdown]
# The last class is simply less likely by a factor of $e^{-2 \cdot \text{size}}$, so its loss should be about twice the size.
# The way out is to take the logarithm on paper:
#
# $$-\log p_k = \log \sum_j e^{a_j} - a_k.$$
#
# The logarithm of the sum is safe after one more step: a constant $m$ can be taken out of all logits, and with
# $m = \max_j a_j$ no exponential is larger than 1, and one of them is exactly 1:
#
# $$\log \sum_j e^{a_j} = m + \log \sum_j e^{a_j - m}.$$
#
# (PyTorch has a function of this name. Use it or write it: both are right.)
#
# ### Exercise 5: `cross_entropy`


# %% exercise="cross_entropy"
def cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean over the batch of the negative log-probability of the right class, in nats.

    logits:  (B, K), before any softmax, of any sign and size:
             the result stays finite and right at ±10,000
    labels:  (B,) int64, from 0 to K - 1
    returns: scalar tensor in the dtype of the logits, differentiable in them
    """
    ### BEGIN SOLUTION
    own = logits[torch.arange(len(labels), device=labels.device), labels]  # (B,), each image's logit of its label
    return (torch.logsumexp(logits, dim=1) - own).mean()
    ### END SOLUTION


# %% [markdown]
# Compare it with PyTorch's own on random numbers, small and large. And look at the gradient. With your one-hot codes
# it can be written down: $\partial\, \text{loss} / \partial a_{nk} = (p_{nk} - y_{nk}) / B$, the difference between what
# the network said and what is true. There is hardly a simpler one.

# %% payoff="agreement"
torch.manual_seed(0)
print("size of the logits   yours          PyTorch's      difference   gradient against (p - y)/B")
for size in (1, 30, 1000):
    logits = (size * torch.randn(32, 10)).requires_grad_()
    labels = torch.randint(10, (32,))
    yours, theirs = cross_entropy(logits, labels), F.cross_entropy(logits, labels)
    gradient = torch.autograd.grad(yours, logits)[0]
    expected = (logits.softmax(dim=1) - one_hot(labels, 10)) / 32
    apart = (gradient - expected).abs().max()
    print(f"{size:18}   {yours:<12.6f}   {theirs:<12.6f}   {abs(yours - theirs):<10.1e}   {apart:.1e}")

# %% [markdown]
# The differences are those of rounding: float32 has seven digits. From here on we use `F.cross_entropy`, which is the same
# and faster. It takes class numbers directly and looks up each image's own logit, so the one-hot table is never built.
#
# ## 6. Learning
#
# ### Exercise 6: `train_step`
#
# One step of learning: show the network a batch, compute the loss, ask autograd in which direction each parameter should
# move, and let the optimizer move them. Two habits belong to it from the start. The network is put in **train mode** –
# for this one it makes no difference, for the next it will. And the step returns a **plain number**: a tensor
# would keep the whole graph of its batch in memory. The order of things matters; PyTorch *adds* every new gradient to
# what is already there.


# %% exercise="train_step"
def train_step(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, optimizer: torch.optim.Optimizer) -> float:
    """One update of the model on one batch; returns the
    batch's mean cross-entropy from before the update, a float.

    model:     images → logits (B, K); put in train mode and left in it
    images:    (B, …), labels: (B,) int64, on the model's device
    optimizer: holds the model's parameters; takes one step,
               down the gradient of this batch's loss alone
    """
    ### BEGIN SOLUTION
    model.train()
    loss = F.cross_entropy(model(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
    ### END SOLUTION


# %% [markdown]
# ### Find the bug: `mended_train_step`
#
# From a forum, where this question returns every month: *"My network learns nothing. The loss stays at about 2.3, and I have
# tried three learning rates. I do call `backward`, `zero_grad` and `step`, all three!"* Everything that the code needs is
# indeed there. This is what it does to your MLP, and beside it your own step on the same batches:

# %% payoff="learns_nothing" alt="A chart of the loss against the step: one line for each of three learning rates of the forum's step, and one for yours."
from autograder.bugs.mlp import mended_train_step as forum_step


def first_losses(step, rate, steps=150):
    """The losses of the first steps of an MLP, always on the same batches."""
    torch.manual_seed(0)
    model = MLP().to(DEVICE)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    batches = [torch.randint(len(train_images), (BATCH_SIZE,)) for _ in range(steps)]
    return [
        step(model, train_images[n].to(DEVICE).float() / 255, train_labels[n].to(DEVICE), optimizer) for n in batches
    ]


runs = {f"from the forum, rate {rate:g}": first_losses(forum_step, rate) for rate in (1e-4, 1e-3, 1e-2)}
runs |= {"yours, rate 0.001": first_losses(train_step, 1e-3)}
smooth = {name: torch.tensor(losses).unfold(0, 15, 1).mean(1) for name, losses in runs.items()}
figure = plots.curves(smooth, xlabel="step", title="loss, a mean of 15 batches")
for line, width in zip(figure.axes[0].lines, (8, 5, 2, 2), strict=True):  # three of them lie on one another
    line.set_linewidth(width)
figure

# %% [markdown]
# The three rates give one and the same line: whatever moves the parameters does not. Here is the function. Change as little
# as you can; the contract, and the check, are those of your `train_step`.


# %% exercise="mended_train_step"
def mended_train_step(
    model: nn.Module, images: torch.Tensor, labels: torch.Tensor, optimizer: torch.optim.Optimizer
) -> float:
    """One update of the model on one batch, with the contract of `train_step`.

    There is a bug in this one: mend it.
    """
    ### BEGIN SOLUTION
    model.train()
    logits = model(images)  # (B, K)
    loss = F.cross_entropy(logits, labels)
    optimizer.zero_grad()  # clear the old gradients, before there are new ones
    loss.backward()
    optimizer.step()
    return loss.item()
    ### END SOLUTION


# %% [markdown]
# ### Exercise 7: `accuracy`
#
# The loss is what we minimise; what we want to know is how often the network is right. Its answer is the class with the
# largest logit (the softmax would not change which one that is). Measuring must not disturb what it measures: the model
# is called in **eval mode, without gradients**, and whoever called you finds it in the mode in which it was before.


# %% exercise="accuracy"
def accuracy(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of images whose largest logit is that of their label: a float in [0, 1].

    model:  images → logits (N, K); called in eval mode with
            gradients off, then left in the mode it was found in
    images: (N, …), labels: (N,) int64, on the model's device
    """
    ### BEGIN SOLUTION
    was_training = model.training
    model.eval()
    with torch.no_grad():
        right = (model(images).argmax(dim=1) == labels).float().mean().item()
    model.train(was_training)
    return right
    ### END SOLUTION


# %% [markdown]
# A network before its first step should do no better than chance: an accuracy near 10 %, and a loss near $\log 10$. This
# takes a second to look at, and finds many mistakes before hours of training do.

# %% payoff="chance"
x_test = scale_images(test_images.permute(0, 2, 3, 1)).to(DEVICE)  # (N, 3, 32, 32) in [0, 1]
y_test = test_labels.to(DEVICE)
torch.manual_seed(0)
untrained = MLP().to(DEVICE)
with torch.no_grad():
    first_loss = F.cross_entropy(untrained(x_test), y_test)
print(f"accuracy {accuracy(untrained, x_test, y_test):.1%}, loss {first_loss:.3f} (log 10 = 2.303)")

# %% [markdown]
# ## 7. Training, twice
#
# The network is fixed; how it is trained is not. We train it twice with *your* train step, for ten epochs each, in
# batches of 32 with Adam, as in the book. The first run is the book's in everything: pixels in $[0, 1]$ and a constant
# learning rate. The second changes three things around the network, not in it:
#
# - **Normalised inputs.** From every channel its mean over the training set is subtracted, and the rest divided by its
#   standard deviation. Pixels in $[0, 1]$ are all positive, so all weights of a hidden unit are pushed in
#   the same direction at once; around zero they are not.
# - **A learning rate that falls** in a straight line to zero. Large steps find the right region; at the end they only
#   jump around in it.
# - **Mirrored images.** Every training image is mirrored left to right with probability ½. A mirrored truck is a truck,
#   and the network sees each picture in two versions.
#
# `genlab.fit` does the repetition: it shuffles the images, calls the step on every batch, draws the loss, and saves its
# state now and then. You can interrupt it (the stop button) and run the cell again: it goes on where it was.


# %% given="training"
def normaliser(images: torch.Tensor):
    """A function that normalises batches (B, 3, H, W) in
    [0, 1] by the channels of `images` (N, 3, H, W) uint8."""
    few = images[:10_000].float() / 255  # enough to know the means to well under a percent
    mean, std = (s.view(1, 3, 1, 1).to(DEVICE) for s in (few.mean((0, 2, 3)), few.std((0, 2, 3))))
    return lambda x: (x - mean) / std


def mirrored(x: torch.Tensor) -> torch.Tensor:
    """The images (B, 3, H, W), each of them mirrored left to right with probability ½."""
    chosen = torch.rand(len(x), 1, 1, 1).to(x) < 0.5
    return torch.where(chosen, x.flip(3), x)


def train(name: str, training, test, prepare, augment, last_rate: float) -> tuple[nn.Module, genlab.History]:
    """An MLP trained from scratch by `train_step`, and
    its history with the test accuracy of every epoch.

    training:  images (N, 3, 32, 32) uint8 and labels (N,)
    test:      images (N, 3, 32, 32) in [0, 1] and labels (N,), on the device
    prepare:   what is done to every image; augment: to training images, before it
    last_rate: the learning rate at the end, as a share of that
               at the beginning, reached in a straight line
    """
    torch.manual_seed(0)
    model = MLP().to(DEVICE)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    steps = EPOCHS * -(-len(training[0]) // BATCH_SIZE)  # rounded up
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, last_rate, total_iters=steps)
    prepared_test = prepare(test[0])

    def step(x, labels):
        loss = train_step(model, prepare(augment(x)), labels, optimizer)
        schedule.step()
        return {"loss": loss}

    history = genlab.fit(
        step,
        training[0],
        labels=training[1],
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        state={"model": model, "optimizer": optimizer, "schedule": schedule},
        evaluate=lambda: {"accuracy": accuracy(model, prepared_test, test[1])},
        name=f"mlp-{name}-{len(training[0])}x{EPOCHS}",
    )
    return model, history


def unchanged(x: torch.Tensor) -> torch.Tensor:
    """The images as they are."""
    return x


# %% payoff="train_book"
print("as in the book")
training, test = (train_images, train_labels), (x_test, y_test)
book_model, book_history = train("book", training, test, unchanged, unchanged, last_rate=1.0)

# %% payoff="train_better"
print("normalised, mirrored, with a falling learning rate")
normalise = normaliser(train_images)
model, history = train("better", training, test, normalise, mirrored, last_rate=0.0)

# %% payoff="both_runs" alt="Two charts of two training runs, as in the book and with three changes. Left: loss on the training batches. Right: accuracy on the test images, epoch by epoch."
runs = {"as in the book": book_history, "normalised, mirrored, falling rate": history}
figure, (left, right) = plots.subplots(1, 2, width=10, height=3.6)
plots.loss_curve(runs, ax=left)
left.set_title("loss on the training batches")
left.get_legend().remove()
accuracies = {name: [e["accuracy"] for e in run.evaluations] for name, run in runs.items()}
plots.curves(accuracies, x=range(1, EPOCHS + 1), ax=right, xlabel="epoch", title="accuracy on the test images")
right.set_xticks(range(1, EPOCHS + 1))
figure

# %% [markdown]
# ## 8. What it has learnt
#
# First the numbers. Guessing is right one time in ten. The public runs are executed copies of the book's notebook, on
# the official files.

# %% payoff="score"
table = {
    "guessing": 0.1,
    "your MLP, trained as in the book": accuracy(book_model, x_test, y_test),
    "your MLP, trained better": accuracy(model, normalise(x_test), y_test),
}
if data.source != "drawn":  # other pictures, other scores
    table |= {"book's notebook, public run 1": 0.4964, "public run 2": 0.4781}
for name, score in table.items():
    print(f"{name:34} {score:6.1%}")
on_training = accuracy(
    model, normalise(train_images[:10_000].to(DEVICE).float() / 255), train_labels[:10_000].to(DEVICE)
)
print(f"(the better one on training images: {on_training:.1%})")

# %% [markdown]
# Some answers. Above each picture stands what the network says and how sure it is; and where it is wrong, what it is.

# %% payoff="answers" alt="Fourteen test images, each with the class that the network says and its probability, and the true class where that is another."
with torch.no_grad():
    probabilities = model.eval()(normalise(x_test)).softmax(dim=1).cpu()  # (N, 10)
guessed = probabilities.argmax(dim=1)


def answers(which):
    """Pictures with the network's answer, its probability, and the true class where that is another."""
    titles = []
    for n in which.tolist():
        said, true = data.classes[guessed[n]], data.classes[test_labels[n]]
        sure = f"{said}\n{probabilities[n, guessed[n]]:.0%}"
        titles.append(sure if said == true else f"{sure}\nis: {true}")
    return titles


first = torch.arange(14)
plots.image_grid(test_images[first], rows=2, cols=7, titles=answers(first))

# %% [markdown]
# And its **worst mistakes**: the test images with the highest loss, where it gave the right class the least probability.

# %% payoff="worst" alt="The fourteen test images to whose true class the network gives the least probability, with its answer and the truth."
own = probabilities[torch.arange(len(test_labels)), test_labels]
worst = own.argsort()[:14]
plots.image_grid(test_images[worst], rows=2, cols=7, titles=answers(worst))

# %% [markdown]
# Look at their colours and at where things are: a red boat can be an automobile with great certainty. (Among the
# photographs you may find one where the network is right and the *label* is wrong. There are some in every large data
# set, and they collect at this end of the list.) Then look at who is taken for whom: each row is a class, and says in percent what
# its test images are called.

# %% payoff="confusion" alt="A table of ten true classes by ten guessed ones, in percent of each row, darker where it is more; right answers are on the diagonal."
plots.confusion(test_labels, guessed, data.classes, title="who is taken for whom")

# %% [markdown]
# The first layer can be looked at directly: each of its 200 units has a weight for every pixel and channel, so its
# weights *are* a picture of 32×32, of what it answers to most. Here the 30 with the largest weights (grey is zero).

# %% payoff="weights" alt="Thirty small colour pictures: the weights of the first layer's largest units, each shown as an image."
weight = next(p for p in model.parameters() if p.shape == (200, 3072)).detach().cpu()  # (200, 3072)
largest = weight.norm(dim=1).argsort(descending=True)[:30]
pictures = weight[largest].view(30, 3, 32, 32)
reach = pictures.abs().flatten(1).quantile(0.995, dim=1).view(30, 1, 1, 1)
plots.image_grid((0.5 + 0.5 * pictures / reach).clamp(0, 1), rows=3, cols=10)

# %% [markdown]
# Soft patches of colour in fixed places, and many of them the same left and right: the mirrored images have done that. For
# this network a picture is 3,072 unrelated numbers: it does not know that
# two pixels are neighbours, and what it learns about a frog on the left it must learn again for a frog on the right.
# It would do just as well if all pictures had their pixels shuffled by the same rule. That is what the next notebook
# changes.
#
# ## 9. What bought the difference
#
# The network is the book's to the last parameter, and so are the ten epochs, the batches of 32 and Adam with a rate of
# $5 \cdot 10^{-4}$. What was each change around it worth? The accuracy on the test images of CIFAR-10 after the last epoch,
# for three seeds:
#
# | training | mean | the three seeds | on training images |
# |---|---|---|---|
# | as in the book: pixels in $[0, 1]$, constant rate | 49.2 % | 48.4, 48.7, 50.4 | 52 % |
# | the same, normalised | 52.8 % | 52.4, 52.9, 53.0 | 72 % |
# | and with a falling rate | 55.1 % | 54.9, 55.0, 55.3 | 74 % |
# | and with mirrored images | 56.6 % | 56.3, 56.7, 56.9 | 66 % |
#
# The two public runs of the book's notebook reached 49.6 % and 47.8 %. (Measured again with other shufflings, the last row
# came out at 57.0 %: differences of half a percent are luck.) Two more things were tried, and nothing else:
#
# - The *average of the weights* over the last thousand steps or so instead of a falling rate: 55.2 %. The two cure the
#   same trouble, the jumping around at the end.
# - *Batches of 128*. With the rate doubled and everything else as in the last row: 56.5 %, the same, in half the time.
#   Normalised with a constant rate: 53.6 % against 52.8 %, since a larger batch jumps around less.
#
# So more than seven percentage points came from the way of training alone – many a clever architecture brings less – and half
# of them from two lines that normalise. Compare networks only when they are trained alike!
#
# **A caveat.** These numbers were not measured on the official files, but on the same 60,000 images stored as JPEG, with a loss
# (at a quality of about 75); the public runs had the original pixels. The first row says that it mattered little: it
# lies between the two public runs. All rows were measured on the same files, by one thread of a CPU, and
# `benchmarks/cifar10.py` measures them again.
#
# ## 10. Questions to think about
#
# Answer in a sentence or two. There are no points here, and no check; the answers are in the solutions.

# %% [markdown] question="shuffled"
# **1.** Choose one shuffling of the 1,024 pixel positions and apply it to all images, training and test. To you they are
# noise now. What does it do to the accuracy of the MLP, and why?
#
# ### BEGIN SOLUTION
# Nothing, apart from chance. A dense layer connects every input with every unit, so shuffling the inputs only shuffles
# the columns of the first weight matrix. Initial weights are drawn alike for all inputs, so the shuffled network is as
# likely as the other one. The network never used that pixels have neighbours.
# ### END SOLUTION

# %% [markdown] question="first_loss"
# **2.** Someone's network has a loss of 11 before the first step, with ten classes. What may be wrong? And what if it is
# exactly 2.3026 for every single image?
#
# ### BEGIN SOLUTION
# A loss of 11 means that the right class gets a probability of $e^{-11}$ on average: the logits are large and wrong. Most
# likely the images were not scaled (0 to 255), or the weights start too large. Exactly $\log 10$ for every image means
# that all logits are equal: a dead network, for example weights that are all zero, or a ReLU after the last layer
# that has cut everything to 0.
# ### END SOLUTION

# %% [markdown] question="double_softmax"
# **3.** A network ends in a softmax, and is trained with `F.cross_entropy` all the same. Training runs and the accuracy
# rises, slowly. What is the smallest loss it can reach, and why does it learn so slowly?
#
# ### BEGIN SOLUTION
# The loss then takes probabilities for logits. The best they can be is 1 for the right class and 0 for the other nine:
# $\log(e^1 + 9 e^0) - 1 = 1.46$ nats, never less. And the gradient passes a second softmax, which hardly answers
# any more once it is sure, whether it is right or wrong: the images it is most wrong about are the ones it learns
# from least.
# ### END SOLUTION

# %% [markdown] question="overfit"
# **4.** On training images the network is better than on test images. Which of the three changes of section 7 makes
# this gap smaller, and why does it lower the accuracy on the training set at the same time?
#
# ### BEGIN SOLUTION
# Mirroring. The network can no longer learn a single picture by heart, since it comes in two versions; what helps for
# both is more likely to hold for new images. With 646,260 parameters busy with twice as many different pictures, it
# fits each of them less well. Normalisation and a falling learning rate make the optimisation better, and that widens the gap.
# ### END SOLUTION

# %% [markdown] question="test_set"
# **5.** We looked at the test accuracy after every epoch, and compared several ways of training by it. What is wrong with
# reporting the best of them as the accuracy on new images? What should one do?
#
# ### BEGIN SOLUTION
# Choosing by the test set makes it part of the training: the winner is partly the luckiest on just these images, and
# will do a little worse on others. One should set aside a third part, a validation set, choose by it, and use the
# test set once, at the end. With 10,000 images the standard error of an accuracy near 55 % is half a percent, so
# differences of several percent between a handful of recipes are not luck; a tenth of a percent would be.
# ### END SOLUTION

# %% [markdown]
# ## Papers
#
# - A. Krizhevsky (2009). *Learning Multiple Layers of Features from Tiny Images.* Technical report, University of Toronto.
#   The data set.
# - V. Nair, G. E. Hinton (2010). *Rectified Linear Units Improve Restricted Boltzmann Machines.* ICML. The ReLU.
# - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller (1998). *Efficient BackProp.* In *Neural Networks: Tricks of the Trade*. Why inputs
#   are normalised (section 4.3).
# - D. P. Kingma, J. Ba (2014). *Adam: A Method for Stochastic Optimization.* arXiv:1412.6980.
# - C. M. Bishop (2006). *Pattern Recognition and Machine Learning*, Springer. Chapters 4 and 5: softmax, cross-entropy, and
#   networks.
# - D. Foster (2023). *Generative Deep Learning*, 2nd edition, O'Reilly. Chapter 2; its notebook is the model of this one.
