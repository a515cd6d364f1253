# %% [markdown]
# # An autoencoder on Fashion-MNIST
#
# Can a picture be told in two numbers? An **autoencoder** is a pair of networks that try: the encoder squeezes a garment
# of 1,024 pixels into a point of the plane, the decoder draws it again from there. Nobody tells them what a garment is;
# the picture itself is the teacher. In this notebook you build both – and, before that, the layer that lets a decoder
# grow a picture out of a few numbers, the **transposed convolution**. Then you train the pair, look at the map that it
# has drawn, put it to work, and find out where it fails: it can repeat, but it cannot invent.
#
# **When you are done you can**
#
# - explain a transposed convolution as stamping, write one, and say how large its output is;
# - say where uneven overlaps come from, and what stride, padding and output padding do to them;
# - build a convolutional encoder and a decoder that mirrors it;
# - choose between cross-entropy and squared error for pixels, and compute both from logits;
# - train an autoencoder, and use it to clean pictures and to notice what does not belong;
# - show the holes in its latent space, and explain why drawing from it fails.
#
# **What you need:** convolutions and how a PyTorch training step works (chapter 2). **Time:** about 90 minutes. The
# computer's share is two to three minutes on two idle CPU cores.
#
# Each exercise is a cell that ends in `raise NotImplementedError`. Replace that line with your code, run the cell,
# then run the check below it: it says what holds, and when something does not, usually which mistake it is.
# Stuck? `!genlab hint autoencoder/conv_transpose2d` in a cell of your own gives a hint, and each further call a
# stronger one.

# %% given="imports"
import math

import torch
from matplotlib.patches import Rectangle
from torch import nn
from torch.nn import functional as F

import genlab
from genlab import plots

# %% [markdown]
# The same notebook runs at three sizes: `smoke` (seconds, to test that everything runs – the pictures are noise),
# `cpu` (minutes: one epoch) and `gpu` (the book's full setting: three epochs, batches of 100). The kit chooses by what
# it finds; the environment variable `GENLAB_SCALE` overrules it.

# %% given="settings"
EMBEDDING_DIM = 2  # a plane, so that we can look at all of it

TRAIN_IMAGES = genlab.pick(smoke=256, cpu=60_000, gpu=60_000)
TEST_IMAGES = genlab.pick(smoke=200, cpu=10_000, gpu=10_000)
EPOCHS = genlab.pick(smoke=1, cpu=1, gpu=3)
BATCH_SIZE = genlab.pick(smoke=32, cpu=50, gpu=100)
LEARNING_RATE = 1e-3
DEVICE = genlab.device()
GREY, BLUE, ORANGE = "#5F6B76", plots.COLOURS[0], plots.COLOURS[4]

plots.figure_style()
print(f"scale {genlab.scale()}, on {DEVICE}")

# %% [markdown]
# The data: small grey pictures of ten kinds of garment, 28×28 pixels with a margin of two black pixels around them,
# which makes 32×32 – a size that can be halved three times. The line below says which source is in use: the real
# Fashion-MNIST where it can be had, otherwise a stand-in that the kit draws itself, with the same ten classes.

# %% payoff="data" alt="Ten garments in a row, one of each class of Fashion-MNIST, white on black."
data = genlab.data.load("fashion_mnist", size=32)
train_images, train_labels = data.train.images[:TRAIN_IMAGES], data.train.labels[:TRAIN_IMAGES]
test_images, test_labels = data.test.images[:TEST_IMAGES], data.test.labels[:TEST_IMAGES]
x_test = test_images[:5000].to(DEVICE).float() / 255  # (N, 1, 32, 32) in [0, 1], for the pictures
labels = test_labels[:5000]

one_of_each = [int((data.train.labels == k).nonzero()[0]) for k in range(10)]
plots.strip(data.train.images[one_of_each], titles=data.classes)

# %% [markdown]
# ## 1. Through the eye of a needle
#
# The encoder $f$ turns a picture $x$ into an **embedding** $z = f(x)$, a point of the **latent space**. The decoder $g$
# turns that point into a picture $\hat x = g(z)$, the **reconstruction**. Both are trained together, by one
# demand: $\hat x$ should be like $x$.
#
# $$\min_{f,\, g} \; \frac{1}{N} \sum_{n=1}^{N} L\big(g(f(x_n)),\; x_n\big)$$
#
# With as many numbers in $z$ as there are pixels this would be trivial: copy. With two it is not. What is alike among
# garments has to go into the weights of the networks, and only what tells one garment from another fits through.

# %% payoff="overview" alt="The autoencoder as a row of blocks: they shrink from an image of 1×32×32 down to an embedding of two numbers, the encoder, and grow back to 1×32×32, the decoder."
steps = [("image $x$", "1×32×32", 32), ("", "32×16×16", 16), ("", "64×8×8", 8), ("", "128×4×4", 4)]
steps += [("embedding $z$", "2 numbers", 1), ("", "128×4×4", 4), ("", "128×8×8", 8), ("", "64×16×16", 16)]
steps += [("", "32×32×32", 32), (r"logits, $\hat x$ by a sigmoid", "1×32×32", 32)]
figure, ax = plots.subplots(width=10, height=2.9)
for k, (name, size, side) in enumerate(steps):
    high = 0.35 + 0.09 * side
    face = "#FFE9A8" if side == 1 else "#E8EFF6"
    ax.add_patch(Rectangle((1.6 * k - 0.3, -high / 2), 0.6, high, facecolor=face, edgecolor=GREY))
    ax.text(1.6 * k, -2.0, size, ha="center", va="center", fontsize=9)
    ax.text(1.6 * k, 1.95, name, ha="center", va="center", fontsize=10)
    if k:
        style = {"arrowstyle": "-|>", "color": GREY}
        ax.annotate("", (1.6 * k - 0.35, 0), (1.6 * k - 1.25, 0), arrowprops=style)
ax.text(1.6 * 2, 1.75, "encoder", ha="center", va="center", color=BLUE, fontsize=12)
ax.text(1.6 * 6, 1.75, "decoder", ha="center", va="center", color=BLUE, fontsize=12)
ax.set(xlim=(-1, 15.6), ylim=(-2.3, 2.3))
ax.axis("off")
figure

# %% [markdown]
# The way down is known: convolutions with stride 2 halve the picture. The way up needs a layer that doubles it.
#
# ## 2. The transposed convolution
#
# An ordinary convolution *collects*: a pixel of its output is a weighted sum over a window of the input. Turn the arrows
# round, and it *distributes*: each pixel of the input takes the kernel as a **stamp**, multiplies it with its own value,
# and presses it onto an empty canvas. From pixel to pixel the stamp moves by `stride`, and where stamps overlap,
# they **add up**. At the end `padding` rows and columns are cut off on each side. On one row of pixels:

# %% payoff="stamps" alt="How a transposed convolution adds up: three pixels, 2, 1 and 3, each stamp the kernel (1, 2, 1) two boxes further on; the canvas below holds the sums 2, 4, 3, 2, 4, 6, 3. Arrows show what padding 1 and output padding 1 keep."
stamps = [(0, (2, 4, 2)), (2, (1, 2, 1)), (4, (3, 6, 3))]  # where they begin, and pixel · kernel
colours = [plots.COLOURS[0], plots.COLOURS[2], plots.COLOURS[4]]


def boxes(ax, row, start, numbers, colour, face="white"):
    """A row of boxes with numbers in them."""
    for k, number in enumerate(numbers):
        ax.add_patch(Rectangle((start + k, -row), 0.92, 0.8, facecolor=face, edgecolor=colour, lw=1.8))
        ax.text(start + k + 0.46, 0.4 - row, number, ha="center", va="center", color="black")


figure, ax = plots.subplots(width=8.5, height=3.9)
for (start, stamp), pixel, colour in zip(stamps, (2, 1, 3), colours, strict=True):
    boxes(ax, 0, start + 1, [pixel], colour)
    boxes(ax, 1.3 + start / 2, start, stamp, colour)
boxes(ax, 4.7, 0, [2, 4, 3, 2, 4, 6, 3], GREY, "#E8EFF6")
ax.text(-0.4, 0.4, "three pixels", ha="right", va="center")
ax.text(-0.4, -1.9, "their stamps: kernel (1, 2, 1),\nstride 2", ha="right", va="center")
ax.text(-0.4, -4.3, "canvas: the sum", ha="right", va="center")
for row, first, last, text in [
    (5.1, 1, 6, "padding 1: one box off at each end"),
    (5.9, 1, 7, "… and output_padding 1"),
]:
    ax.annotate("", (first, -row), (last - 0.08, -row), arrowprops={"arrowstyle": "<|-|>", "color": ORANGE})
    ax.text(7.3, -row, text, ha="left", va="center", color=ORANGE)
ax.set(xlim=(-4.2, 12), ylim=(-6.2, 1))
ax.axis("off")
figure

# %% [markdown]
# Three pixels have become seven, or five with padding 1. To get exactly twice as many, six, **`output_padding`** cuts
# one less off at the end (at the right, and at the bottom of a picture). The name misleads: nothing is padded, and the
# box that is kept holds what was stamped there, not a zero.
#
# ### Exercise 1: `conv_transpose_output_size`
#
# How long is the result? Count the boxes from the first stamp's beginning to the last stamp's end, then cut.


# %% exercise="conv_transpose_output_size"
def conv_transpose_output_size(size: int, kernel: int, stride: int, padding: int, output_padding: int) -> int:
    """The side of a transposed convolution's output, in pixels.

    size:           side of the input, in pixels
    kernel:         side of the kernel
    stride:         by how many pixels neighbouring stamps are apart
    padding:        how many pixels are cut off on *each* side
    output_padding: how many pixels less are cut off at the end

    >>> conv_transpose_output_size(3, 3, 2, 1, 1)  # the figure above
    6
    """
    ### BEGIN SOLUTION
    canvas = (size - 1) * stride + kernel
    return canvas - 2 * padding + output_padding
    ### END SOLUTION


# %% payoff="sizes"
print("kernel  stride  padding  output_padding   4 pixels become, three times in a row")
for kernel, stride, padding, extra in [(3, 2, 1, 1), (3, 2, 1, 0), (4, 2, 1, 0), (2, 2, 0, 0), (3, 2, 0, 0)]:
    sides = [4]
    for _ in range(3):
        sides.append(conv_transpose_output_size(sides[-1], kernel, stride, padding, extra))
    print(f"{kernel:6}{stride:8}{padding:9}{extra:16}   {' → '.join(map(str, sides))}")

# %% [markdown]
# The first line is ours and the book's. Why does PyTorch ask for `output_padding` at all? Because a convolution with
# stride 2 takes 7 pixels *and* 8 pixels to 4. On the way back somebody has to say which of the two is meant. (Keras's
# `padding="same"` always means the even one.)
#
# ### Exercise 2: `conv_transpose2d`
#
# Now in two dimensions, with channels: a stamp of input channel $c$ goes to every output channel $o$, with a kernel of
# its own for each pair, $W_{c,o}$. What lands on the canvas at row $r$ and column $q$ is
#
# $$y_{o,r,q} = b_o + \sum_{c} \sum_{h,\,w} x_{c,h,w}\; W_{c,\,o,\; r - s h,\; q - s w},$$
#
# where only those pixels $(h, w)$ count whose stamp reaches $(r, q)$. Write it as what it is: an empty canvas, onto
# which you *add* (**overlap-add**). The bias comes once, at the end, also where no stamp has been. Loops are fine;
# over the positions *inside the kernel* there are only $k_h \cdot k_w$. All of torch is allowed **but its convolutions**:
# the check watches which operators run, forward and backward. Mind the order of the weight's axes: input channels come
# first, unlike in a convolution.


# %% exercise="conv_transpose2d"
def conv_transpose2d(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: int, padding: int, output_padding: int = 0
) -> torch.Tensor:
    """The transposed convolution of images with kernels, like `F.conv_transpose2d`, by overlap-add.

    x:              (B, C_in, H, W), not necessarily contiguous
    weight:         (C_in, C_out, kh, kw), kernels that need not be square
    bias:           (C_out,)
    stride:         by how many pixels neighbouring stamps are apart, the same in rows and columns
    padding:        how many rows and columns are cut off on each of the four sides
    output_padding: how many rows less are cut off at the bottom, and columns
                    at the right; beyond the last stamp there is only the bias
    returns:        (B, C_out, H', W') in the dtype of x; differentiable in x, weight and bias
    """
    ### BEGIN SOLUTION
    (b, _, h, w), (_, c_out, kh, kw) = x.shape, weight.shape
    height, width = (h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding
    canvas = x.new_zeros(b, c_out, height, width)
    landing = torch.einsum("bchw,coij->ijbohw", x, weight)  # what each place in the kernel leaves, of all stamps
    for i in range(kh):
        for j in range(kw):
            rows = slice(i, i + (h - 1) * stride + 1, stride)  # one row for each row of x
            columns = slice(j, j + (w - 1) * stride + 1, stride)
            canvas[:, :, rows, columns] += landing[i, j]
    return canvas[:, :, padding : height - padding, padding : width - padding] + bias[:, None, None]
    ### END SOLUTION


# %% [markdown]
# Step by step: your own function at work, on nine pixels with a kernel of 3×3 and stride 2. It is linear, so the
# canvas after $k$ stamps is what it gives for the first $k$ pixels alone. The orange frame is the newest stamp; where it
# overlaps earlier ones, the canvas gets darker.

# %% payoff="step_through" alt="Six steps of a transposed convolution, a 3×3 input above and a 7×7 canvas below. An orange frame moves from pixel to pixel, and its 3×3 stamp is added to the canvas two cells further each time."
pixels = torch.tensor([[0.9, 0.4, 0.7], [0.3, 1.0, 0.5], [0.6, 0.2, 0.8]])
kernel = torch.tensor([[0.3, 0.6, 0.3], [0.6, 1.0, 0.6], [0.3, 0.6, 0.3]])[None, None]
figure, axes = plots.subplots(2, 6, width=11, height=3.9)
for (above, below), count in zip(axes.T, (1, 2, 3, 4, 5, 9), strict=True):
    some = torch.where(torch.arange(9).view(3, 3) < count, pixels, 0.0)
    canvas = conv_transpose2d(some[None, None], kernel, torch.zeros(1), 2, 0)[0, 0].detach()  # (7, 7)
    row, column = divmod(count - 1, 3)
    above.imshow(pixels, cmap="Blues", vmin=0, vmax=1.6, extent=(0, 3, 3, 0))
    above.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor=ORANGE, lw=2.5))
    above.set(xlim=(-2, 5), ylim=(3.3, -0.3), title=f"stamp {count}")
    below.imshow(canvas, cmap="Blues", vmin=0, vmax=1.6, extent=(0, 7, 7, 0))
    below.add_patch(Rectangle((2 * column, 2 * row), 3, 3, fill=False, edgecolor=ORANGE, lw=2.5))
    if count == 9:
        below.plot([1, 7, 7, 1, 1], [1, 1, 7, 7, 1], "--", color="black", lw=1.5)
    for ax in (above, below):
        ax.axis("off")
figure

# %% [markdown]
# In the last picture the broken line is what padding 1 with output_padding 1 leaves of the 7×7 canvas: 6×6, twice the
# input.
#
# Is it PyTorch's? And why is it called *transposed*? A convolution is a linear map, $u \mapsto A u$ with a large and
# mostly empty matrix; yours multiplies with $A^\top$, the matrix that also carries gradients back through a convolution.
# Transposes can be recognised without writing either matrix down: $\langle A u, v \rangle = \langle u, A^\top v \rangle$
# for any $u$ and $v$.

# %% payoff="agreement"
torch.manual_seed(0)
print("stride  padding  output_padding   your difference from PyTorch's      ⟨conv u, v⟩     ⟨u, yours v⟩")
for stride, padding, extra in [(1, 0, 0), (2, 1, 0), (2, 1, 1), (3, 2, 1)]:
    v, weight = torch.randn(4, 5, 6, 7), torch.randn(5, 3, 3, 4)
    yours = conv_transpose2d(v, weight, torch.zeros(3), stride, padding, extra).detach()
    theirs = F.conv_transpose2d(v, weight, torch.zeros(3), stride, padding, extra)
    u = torch.randn(theirs.shape)
    products = (F.conv2d(u, weight, None, stride, padding) * v).sum(), (u * yours).sum()
    difference = (yours - theirs).abs().max() / theirs.abs().max()
    print(f"{stride:6}{padding:9}{extra:16}   {difference:29.1e}   {products[0]:14.4f}{products[1]:18.4f}")

# %% [markdown]
# It undoes the *shape* of a convolution, not the convolution: $A^\top A$ is not the identity. ("Deconvolution", as it is
# sometimes called, promises too much.)
#
# How many stamps lie on a pixel? Let your function count, with pixels and kernels of nothing but ones:

# %% payoff="overlaps" alt="Three boards with the number of stamps that meet in each cell, at stride 2. Kernel 3: an uneven pattern of 1, 2 and 4. Kernel 4: even inside. Kernel 2: 1 everywhere."
figure, axes = plots.subplots(1, 3, width=9, height=3.1)
for ax, (kernel, title) in zip(axes, [(3, "uneven"), (4, "even inside"), (2, "no overlap")], strict=True):
    counts = conv_transpose2d(torch.ones(1, 1, 5, 5), torch.ones(1, 1, kernel, kernel), torch.zeros(1), 2, 0)[0, 0]
    ax.imshow(counts.detach(), cmap="Blues", vmin=0, vmax=5)
    for row in range(len(counts)):
        for column in range(len(counts)):
            ax.text(column, row, f"{counts[row, column]:.0f}", ha="center", va="center", fontsize=8)
    ax.set_title(f"kernel {kernel}, stride 2: {title}")
    ax.axis("off")
figure

# %% [markdown]
# Where the kernel is no multiple of the stride, the stamps overlap unevenly. The weights can learn to make up for it,
# but they have to; where they do not, a **checkerboard** shows in the pictures (Odena et al. 2016). Ours has kernel 3
# and stride 2. The generators of chapter 4 take kernel 4, and look at the checkerboard more closely.
#
# ## 3. The encoder
#
# ### Exercise 3: `Encoder`
#
# From here on you use PyTorch's own layers: they are a good deal faster than yours. Three convolutions with kernel 3,
# stride 2 and padding 1 take the picture from 1×32×32 to 32×16×16, 64×8×8 and 128×4×4, each followed by a ReLU. What
# is left is flattened – in PyTorch's order: channels, rows, columns – and a linear layer makes the embedding of it.
# Nothing comes after that layer: an embedding may lie anywhere. What your layers are called, and whether you put
# them in an `nn.Sequential`, is up to you.


# %% exercise="Encoder"
class Encoder(nn.Module):
    """Images (B, 1, 32, 32) → embeddings (B, embedding_dim)."""

    def __init__(self, embedding_dim: int) -> None:
        """Three convolutions 1→32→64→128 (kernel 3, stride 2, padding 1)
        with ReLU, then a linear layer from 2,048 numbers."""
        super().__init__()
        ### BEGIN SOLUTION
        self.layers = nn.Sequential(
            nn.Conv2d(1, 32, kernel_size=3, stride=2, padding=1),  # (B, 32, 16, 16)
            nn.ReLU(),
            nn.Conv2d(32, 64, kernel_size=3, stride=2, padding=1),  # (B, 64, 8, 8)
            nn.ReLU(),
            nn.Conv2d(64, 128, kernel_size=3, stride=2, padding=1),  # (B, 128, 4, 4)
            nn.ReLU(),
            nn.Flatten(),  # (B, 2048)
            nn.Linear(128 * 4 * 4, embedding_dim),
        )
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """z (B, embedding_dim).

        x: (B, 1, 32, 32) in [0, 1]
        """
        ### BEGIN SOLUTION
        return self.layers(x)
        ### END SOLUTION


# %% [markdown]
# ## 4. The decoder
#
# ### Exercise 4: `Decoder`
#
# The same way back. A linear layer makes 2,048 numbers of the embedding (no activation), which are seen as 128 channels
# of 4×4 pixels. Three transposed convolutions with kernel 3, stride 2 and padding 1 – and the output padding that
# doubles – lead to 128×8×8, 64×16×16 and 32×32×32, each followed by a ReLU. A last, ordinary convolution with kernel
# 3, stride 1 and padding 1 makes one channel of the 32.
#
# It returns **logits**: any real number per pixel, positive for bright, negative for dark. A sigmoid,
# $\hat x = \sigma(\text{logit}) = 1 / (1 + e^{-\text{logit}})$, makes an intensity between 0 and 1 of it. It is *not*
# part of the decoder here, since the loss of the next section is computed from logits with more precision.


# %% exercise="Decoder"
class Decoder(nn.Module):
    """Embeddings (B, embedding_dim) → logits (B, 1, 32, 32)."""

    def __init__(self, embedding_dim: int) -> None:
        """A linear layer to 2,048 numbers; transposed convolutions
        128→128→64→32 (kernel 3, stride 2, padding 1, doubling) with
        ReLU; a convolution 32→1 (kernel 3, stride 1, padding 1)."""
        super().__init__()
        ### BEGIN SOLUTION
        double = {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}
        self.linear = nn.Linear(embedding_dim, 128 * 4 * 4)
        self.layers = nn.Sequential(
            nn.ConvTranspose2d(128, 128, **double),  # (B, 128, 8, 8)
            nn.ReLU(),
            nn.ConvTranspose2d(128, 64, **double),  # (B, 64, 16, 16)
            nn.ReLU(),
            nn.ConvTranspose2d(64, 32, **double),  # (B, 32, 32, 32)
            nn.ReLU(),
            nn.Conv2d(32, 1, kernel_size=3, padding=1),  # (B, 1, 32, 32)
        )
        ### END SOLUTION

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Logits (B, 1, 32, 32), before any sigmoid.

        z: (B, embedding_dim)
        """
        ### BEGIN SOLUTION
        return self.layers(self.linear(z).view(-1, 128, 4, 4))
        ### END SOLUTION


# %% [markdown]
# The book's encoder has 96,770 parameters and its decoder 246,273. Yours?

# %% payoff="parameters"
for network in (Encoder(2), Decoder(2)):
    count = sum(parameter.numel() for parameter in network.parameters())
    print(f"{type(network).__name__}: {count:,} parameters")

# %% [markdown]
# ## 5. How different are two pictures?
#
# Two answers are in use. The **root mean squared error** takes the distance of the intensities, and the **binary
# cross-entropy** reads $\hat x_i$ as the probability that pixel $i$ is white and asks how surprising $x_i$ is, in nats:
#
# $$\text{RMSE} = \sqrt{\frac{1}{n} \sum_i (\hat x_i - x_i)^2}, \qquad
# \text{BCE} = \frac{1}{n} \sum_i \big[ -x_i \log \hat x_i - (1 - x_i) \log (1 - \hat x_i) \big],$$
#
# where $i$ runs over all $n$ pixels of all images of the batch. Both are least at $\hat x = x$. They differ in what
# they think of an error:

# %% payoff="two_losses" alt="Three charts of cross-entropy, blue, and squared error, orange: the loss of a white pixel, the pull on its logit, which vanishes for the squared error where the pixel is very wrong, and the losses of grey pixels."
logit = torch.linspace(-7, 7, 300)
p = torch.sigmoid(logit)
figure, (left, middle, right) = plots.subplots(1, 3, width=11, height=3.1)
left.plot(p, -torch.log(p), color=BLUE, label="cross-entropy")
left.plot(p, (p - 1) ** 2, color=ORANGE, label="squared error")
left.set(title="a white pixel, $x = 1$", xlabel=r"$\hat x$", ylabel="loss", ylim=(0, 5))
left.legend()
middle.plot(logit, 1 - p, color=BLUE)
middle.plot(logit, 2 * (1 - p) ** 2 * p, color=ORANGE)
middle.set(title="the pull on its logit", xlabel="logit", ylabel="minus the derivative")
for x, style in [(0.5, "-"), (0.2, "--")]:
    bce = -x * torch.log(p) - (1 - x) * torch.log(1 - p)
    right.plot(p, bce, style, color=BLUE, label=f"$x = {x}$")
    right.plot(p, (p - x) ** 2, style, color=ORANGE)
    right.plot(x, bce.min(), "o", color=BLUE, ms=5)
right.set(title="grey pixels", xlabel=r"$\hat x$", ylim=(0, 2))
right.legend(loc="upper center")
figure.tight_layout()
figure

# %% [markdown]
# - **Left:** for a white pixel that is drawn black, the squared error is 1 at most; the cross-entropy has no limit.
# - **Middle:** the derivatives by the logit are $\hat x - x$ and $2 (\hat x - x)\, \hat x (1 - \hat x)$. Where the
#   decoder is *surely wrong*, the cross-entropy pulls with full force; the squared error hardly at all, for the sigmoid is
#   flat there.
# - **Right:** for a grey pixel the cross-entropy is not zero even when $\hat x = x$ (the dots). The curve for
#   $x = 0.2$ is steeper towards 0 than towards 1: near the ends the cross-entropy prefers errors towards grey.
#
# The number to read is the RMSE (its unit is that of the intensities). The loss to train with is usually the BCE.
#
# ### Exercise 5: `reconstruction_losses`
#
# Both, from logits. For the cross-entropy do not take the sigmoid first: for a logit of 20 it rounds to exactly 1 in
# float32, and $\log(1 - 1)$ is $-\infty$. PyTorch has a function that works with the logits themselves.


# %% exercise="reconstruction_losses"
def reconstruction_losses(logits: torch.Tensor, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(bce, rmse) of a batch of reconstructions, each over all pixels of all images.

    logits:  (B, C, H, W), the decoder's output, before any sigmoid
    x:       (B, C, H, W), the images in [0, 1]
    bce:     scalar tensor, mean binary cross-entropy of the
             B·C·H·W pixels, in nats; finite for any finite logits
    rmse:    scalar tensor, the root of the mean squared error of the B·C·H·W intensities

    Both are differentiable.
    """
    ### BEGIN SOLUTION
    bce = F.binary_cross_entropy_with_logits(logits, x)
    rmse = F.mse_loss(torch.sigmoid(logits), x).sqrt()
    return bce, rmse
    ### END SOLUTION


# %% [markdown]
# Where do the two scales begin and end? A grey picture for everything, the mean picture for everything, and every pixel
# right, by your function:

# %% payoff="ends"
mean_image = train_images[:5000].float().mean(0, keepdim=True).to(DEVICE) / 255  # (1, 1, 32, 32)
ends = {"grey, ½ everywhere": torch.full_like(x_test, 0.5), "the mean picture": mean_image.expand_as(x_test)}
ends |= {"every pixel right": x_test}
baselines = {}
print(f"{'':20}    bce     rmse")
for name, picture in ends.items():
    baselines[name] = [float(loss) for loss in reconstruction_losses(torch.logit(picture, eps=1e-6), x_test)]
    print(f"{name:20} {baselines[name][0]:7.4f}  {baselines[name][1]:7.4f}")

# %% [markdown]
# ½ costs $\ln 2 = 0.6931$ nats per pixel. And with every pixel right the BCE is still far from zero, since most pixels
# of a garment are grey. A reconstruction can only be judged between these ends.
#
# ## 6. Training
#
# ### Exercise 6: `train_step`
#
# One step on one batch: encode, decode, compare *with the input*, update both networks down the gradient of the BCE.
# The optimizer holds the parameters of the two. Return a plain number, not a tensor: a tensor would keep the whole graph
# of its step alive.


# %% exercise="train_step"
def train_step(
    encoder: nn.Module,
    decoder: nn.Module,
    x: torch.Tensor,
    optimizer: torch.optim.Optimizer,
) -> float:
    """The bce of `reconstruction_losses` in one training step, as a float, from before the update.

    encoder:   x → z
    decoder:   z → logits, in the shape of x
    x:         (B, 1, 32, 32) in [0, 1], on the networks' device
    optimizer: holds the parameters of both networks; takes one
               step, down the gradient of this batch's bce alone

    Both networks are put in train mode and stay in it.
    """
    ### BEGIN SOLUTION
    encoder.train()
    decoder.train()
    bce, _ = reconstruction_losses(decoder(encoder(x)), x)
    optimizer.zero_grad()
    bce.backward()
    optimizer.step()
    return bce.item()
    ### END SOLUTION


# %% [markdown]
# Everything is in place: the rest is repetition, and `genlab.fit` does it. It shuffles the images, calls your step on
# every batch, draws the loss while it falls, and saves its state now and then. You can interrupt it (the stop button)
# and run the cell again: it goes on where it was. After each epoch `evaluate` measures both losses on the test images.
#
# One thing is not in the book's notebook: in the last third of the steps the learning rate falls to zero (`settle`). At a
# constant rate Adam never comes to rest, each batch throws it a little way off. The last steps, shorter and shorter,
# average that out.


# %% given="training"
@torch.no_grad()
def evaluate(encoder: nn.Module, decoder: nn.Module, images: torch.Tensor) -> dict[str, float]:
    """Mean bce, and rmse, over all images (N, 1, 32, 32) uint8."""
    encoder.eval()
    decoder.eval()
    bce = square = 0.0
    for x in genlab.data.batches(images, 500, device=DEVICE, shuffle=False):
        losses = reconstruction_losses(decoder(encoder(x)), x)
        bce += float(losses[0]) * len(x) / len(images)
        square += float(losses[1]) ** 2 * len(x) / len(images)
    return {"bce": bce, "rmse": square**0.5}


def new_pair(embedding_dim: int) -> tuple[nn.Module, nn.Module, torch.optim.Optimizer]:
    """An untrained encoder and decoder, always with the same initial weights, and Adam over both."""
    torch.manual_seed(0)
    encoder, decoder = Encoder(embedding_dim).to(DEVICE), Decoder(embedding_dim).to(DEVICE)
    return encoder, decoder, torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=LEARNING_RATE)


def settle(optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LambdaLR:
    """A schedule of the learning rate: as it is for two thirds
    of the steps, then down to zero in a straight line."""
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: min(1.0, 3 * (1 - done / steps)))


# %% payoff="train"
encoder, decoder, optimizer = new_pair(EMBEDDING_DIM)
schedule = settle(optimizer, EPOCHS * math.ceil(len(train_images) / BATCH_SIZE))


def step(x):
    losses = {"bce": train_step(encoder, decoder, x, optimizer)}
    schedule.step()
    return losses


history = genlab.fit(
    step,
    train_images,
    epochs=EPOCHS,
    batch_size=BATCH_SIZE,
    state={"encoder": encoder, "decoder": decoder, "optimizer": optimizer, "schedule": schedule},
    evaluate=lambda: evaluate(encoder, decoder, test_images),
    name="autoencoder",
)

# %% payoff="score"
yours = history.evaluations[-1]
table = {**baselines, "your autoencoder": (yours["bce"], yours["rmse"])}
if data.source != "drawn":  # other pictures, other scores
    table |= {f"the book's, public run {k + 1}": (bce, None) for k, bce in enumerate((0.2535, 0.2547, 0.2555))}
print(f"{'test images':26}    bce     rmse")
for name, (bce, rmse) in sorted(table.items(), key=lambda row: -row[1][0]):
    print(f"{name:26} {bce:7.4f}  " + ("" if rmse is None else f"{rmse:7.4f}"))

# %% [markdown]
# (The public runs are executed copies of the book's notebook, after three epochs. Three runs of this one at its full
# setting, on the real images and with different seeds, ended at 0.2526, 0.2523 and 0.2535.) Test images, and what comes
# back after a passage through two numbers:

# %% payoff="reconstructions" alt="Ten test images above their reconstructions by the autoencoder."
with torch.no_grad():
    z = encoder(x_test)  # (N, 2)
    rebuilt = torch.sigmoid(decoder(z))  # (N, 1, 32, 32)
plots.compare({"test image": x_test[:10], "reconstruction": rebuilt[:10]})

# %% [markdown]
# What kind of garment it is, its shape and brightness survive. Prints, stripes, laces are gone: two numbers cannot tell
# them, and where many pictures share (nearly) one point, the decoder answers with their mean.

# %% [markdown]
# ### Find the bug: `mended_train_step`
#
# A student who knew Keras, where the decoder ends in a sigmoid, wrote the step below. It runs, the loss falls – and then
# it stops, far above yours, at a number that you have met before. Both were trained on your networks for 150 batches:

# %% payoff="in_the_dark" alt="Three rows of ten pictures: test images, their reconstructions after your steps, and after the student's."
from autograder.bugs.autoencoder import mended_train_step as keras_step

trials, losses = {"test image": x_test[:10]}, {}
for name, step in [("yours", train_step), ("the student's", keras_step)]:
    some_encoder, some_decoder, some_optimizer = new_pair(EMBEDDING_DIM)
    losses[name] = []
    for _ in range(genlab.pick(smoke=3, cpu=150, gpu=150)):
        batch = train_images[torch.randint(len(train_images), (50,))].to(DEVICE).float() / 255
        losses[name].append(step(some_encoder, some_decoder, batch, some_optimizer))
    with torch.no_grad():
        trials[name] = torch.sigmoid(some_decoder(some_encoder(x_test[:10])))
print({name: round(sum(last[-20:]) / len(last[-20:]), 2) for name, last in losses.items()})
plots.compare(trials)

# %% [markdown]
# Mend it. The contract, and the check, are those of your `train_step`: the loss is the mean binary cross-entropy of all
# pixels, and it is returned as a float.


# %% exercise="mended_train_step"
def mended_train_step(
    encoder: nn.Module,
    decoder: nn.Module,
    x: torch.Tensor,
    optimizer: torch.optim.Optimizer,
) -> float:
    """The bce of one training step, with the contract of `train_step`.

    There is a bug in this one: mend it.
    """
    ### BEGIN SOLUTION
    encoder.train()
    decoder.train()
    z = encoder(x)  # (B, embedding_dim)
    logits = decoder(z)  # (B, 1, 32, 32); the loss applies the sigmoid itself
    loss = F.binary_cross_entropy_with_logits(logits, x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
    ### END SOLUTION


# %% [markdown]
# ## 7. The map
#
# Two numbers can be drawn. A dot for each test image; the colours are painted on afterwards, the network has never
# seen a label. Beside it what the decoder makes of every place: the box that holds all dots, cut into 15×15 cells, the
# middle of each decoded.

# %% payoff="map" alt="Two maps of the embedding. Left: the test images as dots, coloured by class. Right: what the decoder draws at 15 by 15 places of the same box."
low, high = z.amin(0), z.amax(0)  # (2,), the corners of the box
across = torch.linspace(0, 1, 16)[:-1] + 1 / 30
corners = torch.cartesian_prod(1 - across, across).flip(1).to(DEVICE)  # (225, 2) row by row, y falling
with torch.no_grad():
    everywhere = torch.sigmoid(decoder(low + (high - low) * corners))
figure, (left, right) = plots.subplots(1, 2, width=12, height=4.8)
plots.latent_map(z, labels, data.classes, ax=left, title="the test images")
plots.decoded_grid(everywhere, ax=right, title="the box, decoded (each side stretched to a square)")
figure.tight_layout()
figure

# %% payoff="explorer"
genlab.latent_explorer(lambda z: torch.sigmoid(decoder(z)), points=z, labels=labels, classes=data.classes)

# %% [markdown]
# Move the sliders: what lies between the classes, and what beyond the last dots?
#
# Like lies with like: the shoes have their quarter, trousers theirs, and what people also mix up – shirts, coats,
# pullovers – shares one. So far, so good. Now try to *make* something.
#
# ## 8. The holes
#
# To draw a new garment you need a new point. Which? Nobody has said how the points are distributed, so take the
# obvious: draw evenly from the box. Three things go wrong, and you can measure all of them.

# %% payoff="box_samples" alt="Thirty pictures that the decoder draws at places chosen evenly in the box around the embeddings."
torch.manual_seed(0)
chosen = low + (high - low) * torch.rand(genlab.pick(smoke=100, cpu=2000, gpu=2000), 2).to(DEVICE)
with torch.no_grad():
    drawn = torch.sigmoid(decoder(chosen))
plots.image_grid(drawn[:30], rows=3, cols=10)

# %% [markdown]
# **First, the classes have no equal shares of the box.** The data has as many images of each class. Give every drawn
# point the class of the nearest test image, and count:

# %% payoff="shares"
to_codes = torch.cdist(chosen, z).cpu()  # (n, N)
shares = torch.bincount(labels[to_codes.argmin(1)], minlength=10) / len(chosen)
print(f"the box: z₁ from {low[0]:.1f} to {high[0]:.1f}, z₂ from {low[1]:.1f} to {high[1]:.1f}\n")
for name, share in sorted(zip(data.classes, shares.tolist(), strict=True), key=lambda pair: -pair[1]):
    print(f"{name:12} {share:5.0%}  {'█' * round(100 * share)}")

# %% [markdown]
# **Second, the box is a guess.** It is neither round nor symmetric, nothing keeps it near zero, and one odd image can
# stretch it: train again with another seed and it lies elsewhere.
#
# **Third, there are holes.** Let us look for the largest ones: the places of the box that are farthest from every test
# image, one after the other, and decode them. How can a picture be judged that has no original? Send it round once
# more: encode the *picture*, and see whether it comes back to its place. And look for the training image that is most
# like it, pixel by pixel.


# %% payoff="gaps" alt="The map of the test images with six numbered holes; an arrow leads from each to where its decoded picture is encoded."
def closest(pictures, images):
    """For each picture (n, 1, 32, 32) the one of the
    images (N, 1, 32, 32) with the least squared error."""
    return images[torch.cdist(pictures.flatten(1), images.flatten(1)).argmin(1)]


some_images = train_images[:10_000].to(DEVICE).float() / 255
board = torch.cartesian_prod(torch.linspace(0, 1, 60), torch.linspace(0, 1, 60)).to(DEVICE)  # (3600, 2)
far = torch.cdist(board * (high - low), z - low).amin(1)  # (3600,) to the nearest test image
far[((board - 0.5).abs() > 0.47).any(1)] = 0  # the outermost rim is no hole
gaps = []
for _ in range(6):
    gaps.append(board[far.argmax()])
    far[torch.cdist(board, gaps[-1][None])[:, 0] < 0.22] = 0  # the next one somewhere else
gaps = low + (high - low) * torch.stack(gaps)  # (6, 2)
with torch.no_grad():
    shown = torch.sigmoid(decoder(gaps))
    back = encoder(shown)  # (6, 2)
    once_more = torch.sigmoid(decoder(back))

figure, ax = plots.subplots(width=7.5, height=4.6)
plots.latent_map(z, labels, data.classes, ax=ax, title="six holes, and where their pictures belong")
for k, (start, end) in enumerate(zip(gaps.tolist(), back.tolist(), strict=True)):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "black", "shrinkA": 6, "shrinkB": 0})
    badge = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": ORANGE}
    ax.text(*start, k + 1, ha="center", va="center", fontsize=8, color=ORANGE, bbox=badge)
figure

# %% payoff="gap_pictures" alt="Three rows of six pictures: decoded in the holes, encoded and decoded again, and the closest training images."
plots.compare(
    {
        "decoded in hole 1 to 6": shown,
        "encoded, decoded again": once_more,
        "closest training image": closest(shown, some_images),
    }
)

# %% [markdown]
# The decoder draws *something* for any point. But what it should draw in a hole it has never been told: shadows, shreds,
# mixtures that no garment is. And the encoder does not know them again: the arrows lead to where such a picture would
# belong. In numbers, for test images and for the points of the box that lie nearest to and farthest from them:

# %% payoff="hole_numbers"
nearest = to_codes.amin(1)
crowded, empty = nearest <= nearest.quantile(0.2), nearest >= nearest.quantile(0.8)
with torch.no_grad():
    returned = (encoder(drawn) - chosen).norm(dim=1).cpu()
    there = (encoder(rebuilt) - z).norm(dim=1).cpu()
print("from a point to its picture and back to a point: how far away (median, in the units of the map)")
print(f"  test images                                  {there.median():.2f}")
print(f"  the fifth of the box nearest to test images  {returned[crowded].median():.2f}")
print(f"  the fifth farthest from them                 {returned[empty].median():.2f}")

# %% [markdown]
# ### A walk that leaves the data
#
# If the latent space were what it promises, the straight line between two garments would pass through garments. Here
# is a line that does not: of a thousand pairs of test images from different classes, the pair whose way leads farthest
# from all test images.

# %% payoff="walk" alt="The map of the test images with a straight line of ten steps between two of them, through empty land."
torch.manual_seed(0)
first, second = torch.randint(len(z), (2, 1000))
t = torch.linspace(0, 1, 10, device=DEVICE)[:, None, None]  # (10, 1, 1)
lines = torch.lerp(z[first][None], z[second][None], t)  # (10, 1000, 2)
loneliest = torch.cdist(lines, z.expand(10, -1, -1)).amin(2).amax(0).cpu()  # (1000,) farthest from any test image
loneliest[labels[first] == labels[second]] = 0
walk = lines[:, loneliest.argmax()]  # (10, 2)
with torch.no_grad():
    on_the_way = torch.sigmoid(decoder(walk))
figure, ax = plots.subplots(width=7.5, height=4.2)
plots.latent_map(z, labels, data.classes, ax=ax, title="the walk")
ax.plot(*walk.T.cpu(), "o-", color="black", mfc="white", ms=7, lw=1.5)
figure

# %% payoff="walk_pictures" alt="The ten pictures along the walk, each with its distance to the nearest test image above it."
distances = torch.cdist(walk, z).amin(1)
plots.strip(on_the_way, titles=[f"{d:.2f}" for d in distances.tolist()], title="distance to the nearest test image")

# %% [markdown]
# Why should it be otherwise? Look at the loss: pixels in, pixels out. It rewards codes that can be told apart, and
# nothing else. Not *where* they lie, not how far apart, not what happens between them. There is no law by which new
# points could be drawn, and nobody has taught the decoder what to do with them. The holes are no accident of this
# run; there is no term that would mind them. The next notebook adds one.
#
# ## 9. BCE or RMSE?
#
# The same networks with the same initial weights and the same batches in the same order, trained twice on a part of
# the images: once down the gradient of your BCE, once of your RMSE. Both are then measured with both.

# %% payoff="compare_losses"
few = train_images[: genlab.pick(smoke=96, cpu=10_000, gpu=60_000)]
outcome = {}
for number, minimised in enumerate(("bce", "rmse")):
    print(f"minimising the {minimised}")
    enc, dec, adam = new_pair(EMBEDDING_DIM)

    def step(x, enc=enc, dec=dec, adam=adam, number=number):
        loss = reconstruction_losses(dec(enc(x)), x)[number]
        adam.zero_grad()
        loss.backward()
        adam.step()
        return {"loss": loss.item()}

    state = {"encoder": enc, "decoder": dec, "optimizer": adam}
    genlab.fit(step, few, epochs=1, batch_size=BATCH_SIZE, state=state, name=f"autoencoder-{minimised}")
    with torch.no_grad():
        outcome[minimised] = evaluate(enc, dec, test_images), torch.sigmoid(dec(enc(x_test)))
for minimised, (scores, _) in outcome.items():
    print(f"trained on the {minimised:4}:   test bce {scores['bce']:.4f}   test rmse {scores['rmse']:.4f}")

# %% payoff="compare_pictures" alt="Two charts of autoencoders trained on cross-entropy and on squared error. Left: how often each intensity occurs, beside the test images. Right: their mean error at each intensity."
rows = {"test image": x_test[:10]} | {f"trained on {name}": pictures[:10] for name, (_, pictures) in outcome.items()}
figure, (left, right) = plots.subplots(1, 2, width=9, height=2.9)
for name, (_, pictures) in outcome.items():
    share = torch.histc(pictures.cpu(), 40, 0, 1) / pictures.numel()
    left.plot(torch.linspace(0, 1, 40), share, label=f"trained on {name}")
    error = [(pictures - x_test)[(x_test >= a) & (x_test < a + 0.1)].mean().item() for a in torch.arange(0, 1, 0.1)]
    right.plot(torch.arange(0.05, 1, 0.1), error, "o-", ms=4)
left.plot(
    torch.linspace(0, 1, 40), torch.histc(x_test.cpu(), 40, 0, 1) / x_test.numel(), color=GREY, label="test images"
)
left.set(title="intensities", xlabel="intensity", ylabel="share of the pixels", yscale="log")
left.legend()
right.axhline(0, color=GREY, lw=0.8)
right.set(title="mean error", xlabel="intensity of the test image", ylabel=r"$\hat x - x$")
figure.tight_layout()
figure

# %% payoff="compare_rows" alt="Ten test images above their reconstructions by the autoencoder trained on cross-entropy and by the one trained on squared error."
plots.compare(rows)

# %% [markdown]
# Each is good at what it was asked for, and not much worse at the other. Both are least where the reconstruction is
# the *mean* of all pictures that share a point, so both blur: bright pixels come out too dark, dark ones too bright. The
# BCE leaned further towards grey in our run, as its steeper ends let one expect. (One seed and a short training: do not
# read more into the digits.)
#
# ## 10. Two trades for an autoencoder
#
# Even one that cannot invent is of use. For both trades below give it a little more room, 16 numbers, and put noise in
# front of the encoder: it gets a spoilt picture, and the target remains the clean one. That is a **denoising
# autoencoder** (Vincent et al. 2008). Your `train_step` can stay as it is, if the noise is a first layer of the encoder.
# One class is kept from it, for later: it has never seen a bag.


# %% payoff="denoising"
class WithNoise(nn.Module):
    """A network whose input is spoilt first: Gaussian noise of
    standard deviation 0.4, cut to [0, 1]; in train mode only."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network((x + 0.4 * torch.randn_like(x)).clamp(0, 1) if self.training else x)


BAG = 8
without_bags = train_images[train_labels != BAG][: genlab.pick(smoke=96, cpu=15_000, gpu=54_000)]
enc, cleaner, adam = new_pair(embedding_dim=16)
noisy_encoder = WithNoise(enc)
genlab.fit(
    lambda x: {"bce": train_step(noisy_encoder, cleaner, x, adam)},
    without_bags,
    epochs=EPOCHS,
    batch_size=BATCH_SIZE,
    state={"encoder": noisy_encoder, "decoder": cleaner, "optimizer": adam},
    name="autoencoder-denoising",
)

# %% payoff="cleaned" alt="Three rows of ten garments: spoilt by noise, cleaned by the autoencoder, and as they were."
torch.manual_seed(0)
known = x_test[labels.to(DEVICE) != BAG]
spoilt = (known + 0.4 * torch.randn_like(known)).clamp(0, 1)
enc.eval(), cleaner.eval()
with torch.no_grad():
    cleaned = torch.sigmoid(cleaner(enc(spoilt)))
blurred = F.avg_pool2d(spoilt, 3, stride=1, padding=1)
for name, pictures in [("spoilt", spoilt), ("blurred by 3×3 means", blurred), ("your autoencoder", cleaned)]:
    print(f"{name:22} rmse to the clean picture {(pictures - known).square().mean().sqrt():.3f}")
plots.compare({"spoilt": spoilt[:10], "cleaned": cleaned[:10], "the clean picture": known[:10]})

# %% [markdown]
# Noise does not fit through sixteen numbers; garments do. What is cleaned away is everything that garments usually do
# not have – a rare print as well as the noise.
#
# **Anomalies.** The same can be turned into an alarm: what the autoencoder cannot rebuild, it does not know. The score
# of a picture is the RMSE of its own reconstruction. Test images of the nine known classes against bags, and against
# the known garments upside down; the number is the probability that a strange picture has a higher score than a known
# one (the area under the ROC curve: ½ is guessing, 1 is perfect).

# %% payoff="anomalies" alt="Three outlines of histograms over the error of reconstruction: known classes, bags, which it never saw, and garments upside down."


@torch.no_grad()
def score(pictures):
    """RMSE (N,) between pictures (N, 1, 32, 32) and their reconstructions."""
    return (torch.sigmoid(cleaner(enc(pictures))) - pictures).square().mean((1, 2, 3)).sqrt().cpu()


bags = x_test[labels.to(DEVICE) == BAG]
groups = {"known classes": score(known), "bags": score(bags), "upside down": score(known.flip(2))}
figure, ax = plots.subplots(width=7, height=2.8)
for (name, scores), colour in zip(groups.items(), (GREY, ORANGE, BLUE), strict=True):
    ax.hist(scores.numpy(), bins=40, range=(0, 0.4), density=True, histtype="step", lw=2, color=colour, label=name)
    if name != "known classes":
        chance = (scores[:, None] > groups["known classes"]).float().mean()
        print(f"{name:12} higher than a known garment with probability {chance:.2f}")
ax.set(xlabel="RMSE of the reconstruction", yticks=[])
ax.legend()
figure

# %% payoff="strange_pictures" alt="Ten bags, the five with the least and the five with the largest error, above what the autoencoder makes of them."
order = score(bags).argsort()
chosen_bags = torch.cat([bags[order[:5]], bags[order[-5:]]])
with torch.no_grad():
    seen_as = torch.sigmoid(cleaner(enc(chosen_bags)))
plots.compare({"5 least, 5 most strange bags": chosen_bags, "as the autoencoder sees them": seen_as})

# %% [markdown]
# The bags with the highest scores cannot be rebuilt. The ones with the lowest cannot either – but they are small or dark,
# so a wrong answer costs little. That is the limit of the method: the score says how well a picture is *rebuilt*, and
# how much there is to rebuild plays a part in it.
#
# ## 11. Questions to think about
#
# Answer in a sentence or two. There are no points here, and no check; the answers are in the solutions.

# %% [markdown] question="linear"
# **1.** Take all ReLUs out of both networks and train with the squared error, without the sigmoid. Which method of
# statistics have you built? What do its reconstructions span?
#
# ### BEGIN SOLUTION
# Principal component analysis: the best linear encoder and decoder with squared error project onto the plane of the two
# leading principal components (up to a linear change of coordinates in the latent space). All reconstructions lie in a
# two-dimensional plane of picture space; the ReLUs let that plane bend.
# ### END SOLUTION

# %% [markdown] question="more_dimensions"
# **2.** With 16 instead of 2 numbers the reconstructions get better. Does drawing from the box get better, too?
#
# ### BEGIN SOLUTION
# No, worse. In 16 dimensions a box is nearly all corner: hardly any of its volume is near a code, so a random point is
# practically always in a hole. The better an autoencoder rebuilds, the less its latent space needs to be filled.
# ### END SOLUTION

# %% [markdown] question="output_padding"
# **3.** A colleague leaves out `output_padding` in all three layers and scales the 25×25 pictures up to 32×32. Training
# works. What would you say?
#
# ### BEGIN SOLUTION
# It works because the weights adapt, but the mirror is gone: 4 → 7 → 13 → 25 pixels correspond to none of the encoder's
# sizes, the interpolation blurs what the last layer drew, and positions are off by a growing fraction of a pixel. One
# argument less to write is no gain.
# ### END SOLUTION

# %% [markdown] question="floor"
# **4.** The table in section 6 has a row in which every pixel is right, and its BCE is about 0.19 on the real images. Is a
# model with BCE 0.25 "off by a quarter"?
#
# ### BEGIN SOLUTION
# No. Only the difference to that floor is the model's own error: BCE = entropy of the grey pixels + the
# Kullback–Leibler divergence from the right intensities to the drawn ones. The floor is a property of the data.
# ### END SOLUTION

# %% [markdown] question="batch_order"
# **5.** Train again with another seed: the map looks different, the score is about the same. Why does that not bother
# the decoder, and why would it bother somebody who wants to *use* the axes?
#
# ### BEGIN SOLUTION
# Encoder and decoder only have to agree with each other. Any invertible change of the latent plane – turn, stretch,
# bend – can be put into the one and taken out by the other without a change of the loss. So an axis has no meaning of
# its own, and the coordinates of two runs cannot be compared.
# ### END SOLUTION

# %% [markdown]
# ## Papers
#
# - G. E. Hinton, R. R. Salakhutdinov (2006). *Reducing the Dimensionality of Data with Neural Networks.* Science 313.
#   Deep autoencoders, compared with principal components.
# - P. Vincent, H. Larochelle, Y. Bengio, P.-A. Manzagol (2008). *Extracting and Composing Robust Features with Denoising
#   Autoencoders.* ICML.
# - M. D. Zeiler, D. Krishnan, G. W. Taylor, R. Fergus (2010). *Deconvolutional Networks.* CVPR. Where the layer's other
#   name comes from.
# - V. Dumoulin, F. Visin (2016). *A guide to convolution arithmetic for deep learning.* arXiv:1603.07285. All sizes,
#   with pictures.
# - A. Odena, V. Dumoulin, C. Olah (2016). *Deconvolution and Checkerboard Artifacts.* Distill.
# - H. Xiao, K. Rasul, R. Vollgraf (2017). *Fashion-MNIST.* arXiv:1708.07747.
# - D. Foster (2023). *Generative Deep Learning*, 2nd edition, O'Reilly. Chapter 3; its notebook is the model of this one.
