# %% [markdown]
# # PyTorch in ten cells, for readers who know Keras
#
# The book writes its models in Keras, this course in PyTorch. The ideas are the same, and most of the layers; what
# differs is who runs the loop, and a handful of defaults. This page shows both on one small problem, in ten cells
# to run and to change. There is nothing to hand in.
#
# | in Keras | in PyTorch |
# |---|---|
# | `Sequential([...])` | `nn.Sequential(...)` |
# | the functional API, `Model` subclasses | a class derived from `nn.Module`, with `forward` |
# | `Input(shape=...)` | nothing: each layer is told the size of its input |
# | `compile(optimizer, loss)` | two objects that you make: an optimizer and a loss function |
# | `fit(x, y, epochs, batch_size)` | a loop of five lines that you write |
# | `evaluate`, `predict` | call the model in eval mode, without gradients |
# | `training=True` / `False` | `model.train()` / `model.eval()` |
# | `summary()` | `print(model)`, and a sum over `model.parameters()` |
# | `save_weights`, `load_weights` | `torch.save(model.state_dict(), …)`, `model.load_state_dict(…)` |
# | images `(N, H, W, C)` | images `(N, C, H, W)` |

# %% given="imports"
import io
import math

import torch
from torch import nn
from torch.nn import functional as F

import genlab
from genlab import plots

# %% [markdown]
# **1. Tensors.** A tensor is an array that knows its device and can remember how it was made. Here are 600 points
# of the plane on two spirals, and the number of the spiral as a label. Inputs are `float32`, class labels `int64`:
# PyTorch converts nothing by itself and says so when dtypes or devices do not fit.

# %% payoff="tensors"
DEVICE = genlab.device()  # cuda, mps or cpu
torch.manual_seed(0)
labels = torch.arange(600) % 2  # (600,) int64
angle = 3 * math.pi * torch.rand(600).sqrt()
arms = (angle + math.pi * labels)[:, None]
points = angle[:, None] / (3 * math.pi) * torch.cat([arms.cos(), arms.sin()], dim=1) + 0.02 * torch.randn(600, 2)
points, labels = points.to(DEVICE), labels.to(DEVICE)
print(points.shape, points.dtype, points.device, labels.dtype)

# %% [markdown]
# **2. `Sequential`.** The same as in Keras, but each layer is told how many numbers come *in*, and activations are
# layers of their own. The last layer gives logits: no softmax.

# %% payoff="sequential"
model = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))
model = model.to(DEVICE)
print(model)
print(model(points[:3]))


# %% [markdown]
# **3. `nn.Module`.** For everything that is not a chain. Layers are made in `__init__` (that is how the module
# finds their parameters) and used in `forward`, in plain Python. Nothing is compiled beforehand: a `print` in
# `forward` prints at every call, and an error points at its line.


# %% payoff="module"
class WithShortcut(nn.Module):
    """Points (B, 2) → logits (B, 2); the second layer's input is added to its output."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.last = nn.Linear(2, 32), nn.Linear(32, 32), nn.Linear(32, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, 2) → (B, 2)."""
        hidden = torch.tanh(self.first(x))
        hidden = hidden + torch.tanh(self.second(hidden))
        return self.last(hidden)


torch.manual_seed(0)
model = WithShortcut().to(DEVICE)
print(model(points[:3]))

# %% [markdown]
# **4. Gradients.** A tensor that was computed from parameters remembers how. `backward()` follows the way back and
# *adds* each derivative to the `.grad` of its parameter. It adds: what was there before stays, until it is zeroed.

# %% payoff="gradients"
loss = F.cross_entropy(model(points), labels)  # from logits and class numbers, the mean over the batch
loss.backward()
print(f"loss {loss.item():.3f}, gradient of the last bias {model.last.bias.grad.tolist()}")
F.cross_entropy(model(points), labels).backward()
print(f"once more without zeroing:            {model.last.bias.grad.tolist()}")

# %% [markdown]
# **5. The loop.** This is what `compile` and `fit` do. The five lines in the middle are in every PyTorch program;
# the lessons of this course give them to `genlab.fit`, which adds the shuffling, a progress bar and a live loss
# curve.

# %% payoff="loop" alt="A line: the loss of each batch over the steps of the training."
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
epochs = genlab.pick(smoke=2, cpu=150, gpu=150)
losses = []
for _ in range(epochs):
    for chosen in torch.randperm(len(points), device=DEVICE).split(100):  # batches of 100, shuffled
        loss = F.cross_entropy(model(points[chosen]), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())  # a number; the tensor would keep its graph alive
plots.curves({"loss": losses}, xlabel="step", title="the loss of each batch")

# %% [markdown]
# **6. `predict`.** Two switches belong to it, and they are independent. `model.eval()` tells layers such as dropout
# and batch norm that training is over. `torch.no_grad()` tells autograd to remember nothing, which saves memory.
# Forgetting the first gives wrong answers, forgetting the second slow ones.

# %% payoff="predict" alt="Two interlocking spirals of points, blue and vermilion, on a plane shaded from blue to red by the probability that the network gives to the second spiral."
model.eval()
axis = torch.linspace(-1.2, 1.2, 120, device=DEVICE)
grid = torch.cartesian_prod(axis, axis)  # (14400, 2)
with torch.no_grad():
    guessed = model(points).argmax(dim=1)
    second = model(grid).softmax(dim=1)[:, 1].view(120, 120)  # probability of the second spiral
print(f"accuracy {(guessed == labels).float().mean():.1%}")

figure, ax = plots.subplots(width=4.2, height=4.2)
ax.imshow(second.T.cpu(), extent=(-1.2, 1.2, -1.2, 1.2), origin="lower", cmap="RdBu_r", alpha=0.6)
ax.scatter(*points.T.cpu(), s=8, c=[plots.COLOURS[0] if k == 0 else plots.COLOURS[4] for k in labels.tolist()])
ax.set(xticks=[], yticks=[], title="what the network says about every place")
figure

# %% [markdown]
# **7. `summary`.** Parameters are what training changes. Buffers belong to the model, too, but nothing trains them:
# the running statistics of batch norm, for example. Keras counts those among its parameters, so its totals are
# larger.

# %% payoff="summary"
layer = nn.BatchNorm2d(32)
for name, parameter in layer.named_parameters():
    print(f"parameter {name:20} {tuple(parameter.shape)}")
for name, buffer in layer.named_buffers():
    print(f"buffer    {name:20} {tuple(buffer.shape)}")
print(f"the network above: {sum(p.numel() for p in model.parameters()):,} parameters")

# %% [markdown]
# **8. Saving.** What is saved is the `state_dict`, names and tensors; the class stays in your code. An optimizer
# has one as well (Adam's running means), so a training can be continued.

# %% payoff="saving"
file = io.BytesIO()  # or a path
torch.save(model.state_dict(), file)
file.seek(0)
twin = WithShortcut().to(DEVICE)
twin.load_state_dict(torch.load(file, map_location=DEVICE, weights_only=True))
with torch.no_grad():
    print("the same answers:", torch.allclose(model(points), twin(points)))

# %% [markdown]
# **9. Image layout.** Channels come first. Moving an axis is `permute`; `reshape` and `view` count the numbers off
# anew and scramble the picture, without any error.

# %% payoff="layout" alt="Two small pictures of the same numbers: permuted, a red square on black; reshaped, the square torn into coloured stripes."
picture = torch.zeros(1, 32, 32, 3)  # as from a file: N, H, W, C
picture[:, 8:24, 8:24, 0] = 1.0  # a red square
titles = ["permute", "reshape"]
plots.image_grid(torch.cat([picture.permute(0, 3, 1, 2), picture.reshape(1, 3, 32, 32)]), titles=titles)

# %% [markdown]
# **10. The defaults.** A network copied from Keras line by line is not the same network. The differences that
# matter in this course:
#
# | | Keras | PyTorch |
# |---|---|---|
# | slope of LeakyReLU | 0.3 | 0.01 |
# | batch norm: momentum | 0.99, the share that is *kept* | 0.1, the share of the *new* value |
# | batch norm: eps | 0.001 | 0.00001 |
# | Adam: eps | 10⁻⁷ | 10⁻⁸ |
# | weights of dense and convolutional layers | Glorot uniform; biases 0 | uniform in ±1/√n, n numbers coming in; biases, too |
# | `"same"` padding at stride 2, kernel 3 | one pixel at the bottom and right | `padding=1`: one pixel on each side |
# | transposed convolution, kernel 3, stride 2, ×2 | `padding="same"` | `padding=1, output_padding=1` |
# | transposed convolution, kernel 4, stride 2, ×2 | `padding="same"` | `padding=1` |
# | biases of an LSTM | one vector per gate | two, which are added: 4·hidden parameters more |
# | cross-entropy | of probabilities, unless `from_logits=True` | of logits |
#
# What PyTorch's column says can be looked up in the objects:

# %% payoff="defaults"
norm, adam = nn.BatchNorm1d(1), torch.optim.Adam([nn.Parameter(torch.zeros(1))])
print(
    f"slope {nn.LeakyReLU().negative_slope}, momentum {norm.momentum}, eps {norm.eps}, Adam's eps {adam.defaults['eps']}"
)
wide = nn.Linear(400, 5000)
print(f"largest weight {wide.weight.abs().max():.4f}, largest bias {wide.bias.abs().max():.4f}, 1/√400 = {1 / 20:.4f}")
small = torch.zeros(1, 8, 4, 4)
three = nn.ConvTranspose2d(8, 8, 3, stride=2, padding=1, output_padding=1)(small).shape[-1]
four = nn.ConvTranspose2d(8, 8, 4, stride=2, padding=1)(small).shape[-1]
print(f"transposed convolutions make of 4 pixels: {three} with kernel 3, {four} with kernel 4")
lstm = sum(p.numel() for p in nn.LSTM(100, 128).parameters())
print(f"LSTM from 100 to 128: {lstm:,} parameters, of which 4·128 = 512 are the second biases")
