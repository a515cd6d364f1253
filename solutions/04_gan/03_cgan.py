# %% [markdown]
# # A conditional GAN: faces on demand
#
# The generator of the last notebook draws faces, but it draws the one it likes. In this notebook it takes orders: a face
# with blond hair, a face with glasses, the *same* face with and without. All that it takes is a label, shown to both
# networks – and some care, because there is a way to do this that runs, looks healthy, and does not work at all. In the public run of the book's
# notebook the row of blond faces is noise. You will build a conditional GAN, **measure** whether it obeys, and then break it
# in the most common way to see what the measure says.
#
# **When you are done you can**
#
# - turn labels into planes that a convolution can see beside an image;
# - build a critic and a generator that are told the label, and say why *both* must be;
# - write the training step: which label goes with which image in each of its calls, the gradient penalty's included;
# - draw the same noise under different labels, and read what the label alone changes;
# - combine several attributes into the classes of one label;
# - measure conditioning by a classifier, and recognise a generator that ignores its label.
#
# **What you need:** the WGAN-GP of the last notebook; its `gradient_penalty` is used again here. **Time:** about 90 minutes.
# Training is the largest part of the computer's share: at `cpu` scale 14 minutes of one core, and a second, shorter run takes 4.
#
# Each exercise is a cell that ends in `raise NotImplementedError`. Replace that line with your code, run the cell, then
# run the check below it. Stuck? `!genlab hint cgan/train_step` in a cell of your own gives a hint, and each
# further call a stronger one.

# %% given="imports"
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import genlab
from autograder import reuse
from genlab import measures, plots

# %% [markdown]
# The notebook runs at three sizes: `smoke` (seconds, to test that everything runs – the pictures are noise), `cpu`
# (minutes, with narrow networks) and `gpu` (the widths of the book). The kit chooses by what it finds; the environment variable
# `GENLAB_SCALE` overrules it. The exercises and measurements are the same at every scale.

# %% given="settings"
ATTRIBUTES = ("Blond_Hair", "Eyeglasses")  # what the generator is to obey
CLASSES = ("neither", "glasses", "blond", "blond, glasses")  # all their combinations
LATENT_DIM = 32
GP_WEIGHT = 10.0
CRITIC_STEPS = genlab.pick(smoke=2, cpu=1, gpu=3)

WIDTH = genlab.pick(smoke=2, cpu=16, gpu=64)  # channels of the widest pictures; the book has 64
GENERATOR_WIDTH = genlab.pick(smoke=2, cpu=32, gpu=64)
DROPOUT = genlab.pick(smoke=0.3, cpu=0.0, gpu=0.3)  # in the critic; see section 7
BATCH_SIZE = genlab.pick(smoke=8, cpu=16, gpu=128)  # images per update
TRAIN_IMAGES = genlab.pick(smoke=32, cpu=8000, gpu=36_000)
EPOCHS = genlab.pick(smoke=2, cpu=12, gpu=60)
GENERATOR_RATE = genlab.pick(smoke=1e-3, cpu=5e-4, gpu=2e-4)  # learning rates
CRITIC_RATE = genlab.pick(smoke=1e-3, cpu=1e-3, gpu=2e-4)
AVERAGING = genlab.pick(smoke=0.9, cpu=0.997, gpu=0.999)  # of the generator's weights
SAMPLES = genlab.pick(smoke=16, cpu=1000, gpu=2000)  # to measure with
JUDGE_IMAGES = genlab.pick(smoke=64, cpu=7000, gpu=36_000)
DEVICE = genlab.device()
BLUE, ORANGE, GREY = plots.COLOURS[0], plots.COLOURS[4], "#5F6B76"

plots.figure_style()
print(f"scale {genlab.scale()}, on {DEVICE}")

# %% [markdown]
# The data: faces of 64×64 pixels with attributes. The line below says which are in use: CelebA's photographs where they
# can be had, otherwise cartoon faces that the kit draws itself, with attributes of the same names.
#
# A network takes *one* label here, a whole number. Two yes-or-no attributes are no obstacle: their four combinations are the classes.


# %% given="classes_of"
def classes_of(attributes: torch.Tensor) -> torch.Tensor:
    """The class of each image, int64 (N,): 2 if it is blond,
    plus 1 if it wears glasses. attributes: bool (N, 2)."""
    return (attributes.long() * torch.tensor([2, 1])).sum(dim=1)


# %% payoff="data" alt="Four rows of eight faces, one for each combination of blond hair and eyeglasses."
data = genlab.data.load("celeba", size=64, limit=genlab.pick(smoke=64, cpu=8000, gpu=None))
columns = [data.classes.index(name) for name in ATTRIBUTES]
attributes, test_attributes = data.train.labels[:, columns], data.test.labels[:, columns]  # bool (N, 2)
train_images = data.train.images[:TRAIN_IMAGES]  # (N, 3, 64, 64) uint8
train_labels = classes_of(attributes)[:TRAIN_IMAGES]  # int64 (N,), 0 … 3
test_images, test_labels = data.test.images[:SAMPLES], classes_of(test_attributes)[:SAMPLES]

shares = torch.bincount(train_labels, minlength=4) / len(train_labels)
for name, share in zip(CLASSES, shares.tolist(), strict=True):
    print(f"{name:15} {share:.0%} of the training images")
plots.compare(
    {name: train_images[train_labels == k][:8] for k, name in enumerate(CLASSES) if (train_labels == k).any()}
)

# %% [markdown]
# The classes are of unequal size, as they nearly always are. Remember the rarest: a network that never gets it right is still right
# most of the time. That is why further down each class is measured by itself.
#
# ## 1. What the critic has to see
#
# Write $y$ for the label. We want a generator $G(z, y)$ whose pictures, for each $y$, have the density $p_\text{data}(x \mid y)$. The
# obvious first try is to give the label to the generator and to leave the critic as it was. Why does it fail?
#
# A critic $f(x)$ compares two densities of *pictures*. It can see that blond people are missing, or too many. It
# cannot see that a blond face came although a dark one was ordered: taken together, the pictures are as they should be. In the figure
# a picture is a single number. Real pictures of class 0 lie on the left, those of class 1 on the right. The generator on the
# left obeys; the one on the right draws whatever it likes for either label. Their sums, dashed, are the same – and the sum is all that
# $f(x)$ is shown.

# %% payoff="marginals" alt="Two charts of what a generator draws for two labels, blue and orange, and of all together, dashed. When it obeys, each label has a hump of its own; when it ignores the label, both have both humps. The dashed curve is the same."
x_axis = torch.linspace(-4, 4, 400)


def bell(mean):
    return torch.exp(torch.distributions.Normal(mean, 0.7).log_prob(x_axis))


low, high = bell(-1.5), bell(1.5)
figure, axes = plots.subplots(1, 2, width=10, height=2.8)
drawn = {
    "it obeys": (0.7 * low, 0.3 * high),
    "it ignores the label": (0.7 * (0.7 * low + 0.3 * high), 0.3 * (0.7 * low + 0.3 * high)),
}
for ax, (title, (first, second)) in zip(axes, drawn.items(), strict=True):
    ax.fill_between(x_axis, first, color=BLUE, alpha=0.35, lw=0, label="$y = 0$ was ordered")
    ax.fill_between(x_axis, second, color=ORANGE, alpha=0.35, lw=0, label="$y = 1$ was ordered")
    ax.plot(x_axis, first + second, "k--", lw=1.5, label="all together")
    ax.set(title=title, xlabel="$x$", yticks=[], ylim=(0, 0.45))
axes[1].legend(loc="upper right")
figure.tight_layout()
figure

# %% [markdown]
# So the critic gets the label, too, and judges *pairs*: is this a likely picture, **and** does it suit this label?
#
# $$\max_{f} \;\; \mathbb{E}_{(x, y) \sim p_\text{data}}\big[f(x, y)\big] \; - \;
# \mathbb{E}_{y \sim p_\text{data},\; z}\big[f(G(z, y), y)\big] \; - \; \lambda\,\text{(gradient penalty)}.$$
#
# Mind the second expectation: the labels of the fakes are drawn from the *same* law as those of the real pictures. If they were
# not, the critic could tell real from fake by counting labels, and would. The simplest way to get this right: a batch of fakes takes
# over the labels of the real batch that it is compared with.
#
# ## 2. A label that a convolution can see
#
# The critic is a convolutional network; what it eats are images. A label becomes one by being painted: for each class a plane of
# the picture's size, filled with ones if the picture is of this class and with zeros if not. The planes are put behind the three colour channels.
# Every pixel then knows the label, so a filter of the very first layer can ask "blond, and dark pixels here?"
#
# ### Exercise 1: `label_planes`
#
# Why not a single plane with the label's number in it? Because class 2 is not twice as much of anything as class 1.


# %% exercise="label_planes"
def label_planes(labels: torch.Tensor, num_classes: int, size: int) -> torch.Tensor:
    """One-hot planes (B, K, size, size), float32: ones
    all over the plane of the label, zeros in the others.

    labels:      int64 (B,), from 0 to K − 1
    num_classes: K
    size:        height and width of the planes, in pixels

    The planes are on the labels' device.

    >>> label_planes(torch.tensor([1]), 2, 3)[0, :, 0, 0]
    tensor([0., 1.])
    """
    ### BEGIN SOLUTION
    codes = F.one_hot(labels, num_classes).float()  # (B, K)
    return codes[:, :, None, None].expand(-1, -1, size, size)
    ### END SOLUTION


# %% [markdown]
# What the critic will see of four pictures, one of each class: the image, and beside it its four planes.

# %% payoff="planes" alt="Four rows, one for each class: a face, and four planes beside it, of which one is light, the label's, and the others are black."
first_of_each = [
    int((classes_of(attributes) == k).nonzero()[0]) if (classes_of(attributes) == k).any() else 0 for k in range(4)
]
planes = 0.85 * label_planes(torch.arange(4), 4, 64)  # (4, 4, 64, 64); ones a little darker than the page
beside = torch.cat([planes[:, k : k + 1].expand(-1, 3, -1, -1) for k in range(4)])  # plane 0 of all, plane 1 of all …
pictures = data.train.images[first_of_each].float() / 255
tiles = torch.cat([pictures, beside]).view(5, 4, 3, 64, 64).transpose(0, 1).flatten(0, 1)
plots.compare({name: tiles[5 * k : 5 * k + 5] for k, name in enumerate(CLASSES)})

# %% [markdown]
# ### Find the bug: `mended_label_planes`
#
# *"The critic does not care about the labels. The shapes are right, I have checked, and each image's planes sum to 64·64."*
# True, both of it. Then somebody asked her to look at the planes, of four images, one of each class. (To see the pixels, planes of
# 12×12.)

# %% payoff="stripes" alt="Five rows of the four planes of an image, black and white: yours for class 2, then hers for each of the classes 0 to 3."
from autograder.bugs.cgan import mended_label_planes as her_planes

rows = {}
for name, function in [("yours", label_planes), ("hers", her_planes)]:
    made = function(torch.arange(4), 4, 12)  # (4, 4, 12, 12)
    print(f"{name}: shape {tuple(made.shape)}, sums {made.sum(dim=(1, 2, 3)).tolist()}")
    for k in (0, 1, 2, 3) if name == "hers" else (2,):
        rows[f"{name}, of class {k}"] = 0.85 * made[k][:, None]
plots.compare(rows)

# %% [markdown]
# A row has the four planes of an image. All the numbers are there, and in the wrong places: every pixel of every plane now says
# something about *its column*. Mend it. The contract, and the check, are those of your `label_planes`.


# %% exercise="mended_label_planes"
def mended_label_planes(labels: torch.Tensor, num_classes: int, size: int) -> torch.Tensor:
    """One-hot planes (B, K, size, size), with the contract of `label_planes`.

    There is a bug in this one: mend it.
    """
    ### BEGIN SOLUTION
    rows = torch.eye(num_classes, device=labels.device)[labels]  # (B, K), one-hot
    pixels = rows.repeat_interleave(size * size, dim=1)  # (B, K · size²): each number size² times in a row
    return pixels.view(len(labels), num_classes, size, size)
    ### END SOLUTION


# %% [markdown]
# ## 3. Two networks that are told
#
# ### Exercise 2: `ConditionalCritic`
#
# The critic of this notebook is a little narrower than the last one's; with $w$ for the width and $K$ classes:
#
# | | channels | size | then |
# |---|---|---|---|
# | convolution 4×4, stride 2, padding 1 | 3 + K → w | 64 → 32 | LeakyReLU 0.2 |
# | the same | w → 2w | 32 → 16 | LeakyReLU 0.2, dropout 0.3 |
# | the same | 2w → 2w | 16 → 8 | LeakyReLU 0.2, dropout 0.3 |
# | the same | 2w → 2w | 8 → 4 | LeakyReLU 0.2, dropout 0.3 |
# | convolution 4×4, no padding | 2w → 1 | 4 → 1 | nothing: a score |
#
# All with bias, and without batch norm: the penalty is about each picture by itself. (The book's second layer has LeakyReLU 0.3, a
# slip: Keras's default instead of 0.2.) First the image, then the planes. Scores have shape (B,), also for a
# single picture.


# %% exercise="ConditionalCritic"
class ConditionalCritic(nn.Module):
    """Images (B, 3, 64, 64) and their labels (B,)
    → scores (B,): high for real images that suit their label."""

    def __init__(self, num_classes: int, width: int = 64) -> None:
        """Convolutions 4×4 with stride 2 and padding 1 from 3 + num_classes
        channels to width, then three times to 2·width; a last one, 4×4
        without padding, to one score. All with bias; no batch norm.

        LeakyReLU 0.2 after the first four, and dropout 0.3
        after the LeakyReLUs of the second, third and fourth.
        """
        super().__init__()
        ### BEGIN SOLUTION
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)]  # (B, w, 32, 32)
        for c_in in (width, 2 * width, 2 * width):
            layers += [nn.Conv2d(c_in, 2 * width, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        layers += [nn.Conv2d(2 * width, 1, 4), nn.Flatten(0)]  # (B, 2w, 4, 4) → (B,)
        self.layers = nn.Sequential(*layers)
        ### END SOLUTION

    def forward(self, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Scores (B,).

        images: (B, 3, 64, 64) in [-1, 1]
        labels: int64 (B,)

        The first convolution sees the three colour channels
        and after them the num_classes label planes.
        """
        ### BEGIN SOLUTION
        planes = label_planes(labels, self.num_classes, images.shape[-1]).to(images)
        return self.layers(torch.cat([images, planes], dim=1))
        ### END SOLUTION


# %% [markdown]
# ### Exercise 3: `ConditionalGenerator`
#
# The generator begins with a vector, so here the label needs no planes: its one-hot code, $K$ numbers, is appended to $z$. In the
# table $D$ is the number of latent dimensions.
#
# | | channels | size | then |
# |---|---|---|---|
# | transposed convolution 4×4, no padding | D + K → 2w | 1 → 4 | batch norm, LeakyReLU 0.2 |
# | transposed 4×4, stride 2, padding 1 | 2w → 2w | 4 → 8 | batch norm, LeakyReLU 0.2 |
# | the same | 2w → 2w | 8 → 16 | batch norm, LeakyReLU 0.2 |
# | the same | 2w → w | 16 → 32 | batch norm, LeakyReLU 0.2 |
# | the same | w → 3 | 32 → 64 | tanh |
#
# None of them has a bias. Mind the axis: each picture gets its noise *and* its code.


# %% exercise="ConditionalGenerator"
class ConditionalGenerator(nn.Module):
    """Noise (B, latent_dim) and labels (B,) → images (B, 3, 64, 64) in [-1, 1]."""

    def __init__(self, latent_dim: int, num_classes: int, width: int = 64) -> None:
        """Transposed convolutions without bias: 4×4 without padding
        from latent_dim + num_classes channels to 2·width, then 4×4 with
        stride 2 and padding 1 to 2·width, 2·width, width, and to 3.

        Batch norm and LeakyReLU 0.2 after the first four, tanh after the last.
        """
        super().__init__()
        ### BEGIN SOLUTION
        self.num_classes = num_classes
        layers = [nn.ConvTranspose2d(latent_dim + num_classes, 2 * width, 4, bias=False)]  # (B, 2w, 4, 4)
        for c_in, c_out in ((2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)):
            layers += [nn.BatchNorm2d(c_in), nn.LeakyReLU(0.2)]
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False)]  # to 8×8, 16×16, 32×32
        layers += [nn.BatchNorm2d(width), nn.LeakyReLU(0.2)]
        layers += [nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh()]  # (B, 3, 64, 64)
        self.layers = nn.Sequential(*layers)
        ### END SOLUTION

    def forward(self, z: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Images (B, 3, 64, 64) in [-1, 1].

        z:      (B, latent_dim)
        labels: int64 (B,)

        The first layer sees the latent_dim numbers of z and after them the one-hot code of the label.
        """
        ### BEGIN SOLUTION
        codes = F.one_hot(labels, self.num_classes).to(z)  # (B, K)
        return self.layers(torch.cat([z, codes], dim=1)[:, :, None, None])
        ### END SOLUTION


# %% payoff="sizes"
for network in (ConditionalCritic(4), ConditionalGenerator(LATENT_DIM, 4)):
    count = sum(parameter.numel() for parameter in network.parameters())
    print(f"{type(network).__name__}: {count:,} parameters at width 64")

# %% [markdown]
# ## 4. The training step
#
# The gradient penalty is your own, from the last notebook. It knows a critic of *images*, `critic(images)`. Ours wants labels as well,
# and there is no need to write it again: a function of images alone that adds the labels will do, `lambda images: critic(images, …)`.
# Which labels belong to a picture half way between a real one and a fake? Both ends have the same one, since the fakes took over the
# labels of the real batch. So the picture in between has it, too – one more reason for this rule.

# %% reuse="wgan_gp/gradient_penalty"
gradient_penalty = reuse("wgan_gp/gradient_penalty")

# %% [markdown]
# ### Exercise 4: `train_step`
#
# It is the step of the WGAN-GP: `critic_steps` updates of the critic, each with a batch of its own and fresh noise, then one of the
# generator. With $y_i$ for `labels[i]`, the critic minimises in update $i$
#
# $$\underbrace{\tfrac1B \textstyle\sum f(G(z, y_i), y_i) - \tfrac1B \sum f(x_i, y_i)}_{\text{"critic"}} \; + \;
# \lambda\, \underbrace{\tfrac1B \textstyle\sum \big(\lVert \nabla_{\hat x} f(\hat x, y_i) \rVert_2 - 1\big)^2}_{\text{"gradient\_penalty"}},$$
#
# and the generator then minimises $-\tfrac1B \sum f(G(z, y), y)$ with the labels of the last batch. Before you write it, count the calls of a network that
# need a label. There are six in all, and each place where it is forgotten is a mistake that somebody has made.


# %% exercise="train_step"
def train_step(
    generator: nn.Module,
    critic: nn.Module,
    real: torch.Tensor,
    labels: torch.Tensor,
    generator_optimizer: torch.optim.Optimizer,
    critic_optimizer: torch.optim.Optimizer,
    latent_dim: int,
    critic_steps: int,
    gp_weight: float,
) -> dict[str, float]:
    """critic_steps updates of the critic, then one of the generator.

    generator:    (B, latent_dim), int64 (B,) → images (B, C, H, W)
    critic:       (B, C, H, W), int64 (B,) → scores (B,)
    real:         (critic_steps, B, C, H, W) in [-1, 1], a batch for each update of the critic
    labels:       int64 (critic_steps, B), the labels of these images
    critic_steps: updates of the critic per step
    gp_weight:    weight of the gradient penalty in the critic's loss

    In update i the critic, the fakes and the penalty use labels[i]; in the generator's
    update both networks use labels[-1]. Noise is N(0, I), fresh for every update, with
    the device and dtype of `real`. Both networks are put in train mode and left in it.

    Returns floats, each from before its own update: "critic", mean(fake scores)
    − mean(real scores) of the last critic update; "gradient_penalty", the last
    one, unweighted; "generator", −mean(fake scores).
    """
    ### BEGIN SOLUTION
    generator.train()
    critic.train()
    size = (real.shape[1], latent_dim)
    for images, own in zip(real, labels, strict=True):
        with torch.no_grad():
            fake = generator(torch.randn(size, device=real.device, dtype=real.dtype), own)
        critic_loss = critic(fake, own).mean() - critic(images, own).mean()
        penalty = gradient_penalty(lambda x, own=own: critic(x, own), images, fake)
        critic_optimizer.zero_grad()
        (critic_loss + gp_weight * penalty).backward()
        critic_optimizer.step()

    own = labels[-1]
    fake = generator(torch.randn(size, device=real.device, dtype=real.dtype), own)
    generator_loss = -critic(fake, own).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {
        "critic": critic_loss.item(),
        "gradient_penalty": penalty.item(),
        "generator": generator_loss.item(),
    }
    ### END SOLUTION


# %% [markdown]
# ## 5. The same noise under another label
#
# ### Exercise 5: `generate_with_label`
#
# The best thing about a label is that it can be changed while everything else stays: draw one $z$ under every label, and what differs
# is what the label does. For that the function must not add anything by chance: eval mode (batch norm would make a
# picture depend on its neighbours), no gradients, and the $z$ that it was given. And it leaves the generator in the mode in
# which it found it.


# %% exercise="generate_with_label"
def generate_with_label(generator: nn.Module, z: torch.Tensor, label: int) -> torch.Tensor:
    """Images (B, 3, 64, 64) in [-1, 1]: what the generator draws for z when every row has this label.

    generator: called as generator(z, labels) in eval mode with
               gradients off, then left in the mode it was found in
    z:         (B, latent_dim), used as it is
    label:     one class for all rows
    """
    ### BEGIN SOLUTION
    labels = torch.full((len(z),), label, device=z.device)  # int64 (B,)
    was_training = generator.training
    generator.eval()
    with torch.no_grad():
        images = generator(z, labels)
    generator.train(was_training)
    return images
    ### END SOLUTION


# %% [markdown]
# ## 6. Does it obey? A judge
#
# Whether a picture has glasses is a question for somebody who has seen many pictures with glasses and without. We train a small classifier on real faces and their
# attributes. It is not part of the game: it never talks to the generator, it only reads the results.
# First its own exam, on test pictures.

# %% payoff="judge"
judge = measures.classifier(
    data.train.images[:JUDGE_IMAGES],
    attributes[:JUDGE_IMAGES],
    epochs=genlab.pick(smoke=1, cpu=3, gpu=4),
    name="blond_glasses",
)
for name, share in zip(ATTRIBUTES, judge.accuracy(data.test.images, test_attributes).tolist(), strict=True):
    print(f"{name:12} the judge is right in {share:.1%} of the real test images")

# %% [markdown]
# The **conditioning accuracy** of an attribute is the share of pictures in which the judge finds it exactly if it was ordered. All four labels are
# ordered equally often, whatever their share in the data. So somebody who ignores the order gets 50 %, and that is the zero of this scale.


# %% given="obeys"
def draw(generator: nn.Module, z: torch.Tensor, label: int) -> torch.Tensor:
    """Images in [0, 1], (B, 3, 64, 64) on the CPU, of noise z (B, latent_dim) under one label."""
    return ((generate_with_label(generator, z, label) + 1) / 2).clamp(0, 1).cpu()


def obeys(generator: nn.Module, judge: measures.Classifier, z: torch.Tensor) -> torch.Tensor:
    """For each label that is ordered (4,) and each
    attribute (2,): how often the judge finds what was ordered, (4, 2)."""
    rows = []
    for label in range(4):
        found = judge.probabilities(draw(generator, z, label)) > 0.5  # (B, 2)
        ordered = torch.tensor([label // 2 == 1, label % 2 == 1])
        rows.append((found == ordered).float().mean(dim=0))
    return torch.stack(rows)


# %% [markdown]
# ## 7. Training
#
# `fit` hands over a long batch of pictures with their labels; it is cut into one slice for each update of the critic. After every epoch the
# judge looks at some pictures, so that beside the losses there is a curve of what we want.
#
# As with the bricks, the pictures are drawn by an average of the generator over its last steps, and at `cpu` scale batches are small and
# dropout is off. Averaging matters more here, since the generator's colours swing from step to step: in a trial of 2,400 steps the Fréchet distance of section 9 was 0.70
# for the generator and 0.20 for its average. At `cpu` scale the critic makes one update per step, not three, but learns at twice the generator's rate: unequal rates
# in place of unequal numbers of steps (Heusel et al., 2017). One update per step was enough for the WGAN-GPs of Karras et al. (2018), too.


# %% given="train_cgan"
def for_training(network: nn.Module) -> nn.Module:
    """The network on DEVICE, with this scale's dropout, and
    its weights in the order that convolutions like best."""
    for layer in network.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = DROPOUT
    return network.to(DEVICE, memory_format=torch.channels_last)


def train_cgan(
    generator: nn.Module,
    critic: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
    epochs: int,
    name: str,
    judge: measures.Classifier,
    frames: genlab.Frames,
) -> tuple[genlab.History, nn.Module]:
    """The history of training the two on images (N, 3, 64, 64)
    uint8 and their labels (N,), and the averaged generator.

    It is the average that the judge looks at after each epoch, and that draws the frames.
    N should be a multiple of CRITIC_STEPS · BATCH_SIZE,
    or the last few images are left out of their epoch.
    """
    whole = len(images) - len(images) % (CRITIC_STEPS * BATCH_SIZE)
    pairs = ((generator, GENERATOR_RATE), (critic, CRITIC_RATE))
    adam = {"betas": (0.5, 0.9), "fused": DEVICE.type == "cuda"}
    adams = [torch.optim.Adam(network.parameters(), lr=rate, **adam) for network, rate in pairs]
    average = AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(AVERAGING), use_buffers=True)
    chance = torch.Generator().manual_seed(1)
    z_few = torch.randn(10, LATENT_DIM, generator=chance).to(DEVICE)
    z_many = torch.randn(max(SAMPLES // 20, 4), LATENT_DIM, generator=chance).to(DEVICE)
    replayed = genlab.graphed(train_step)  # on an NVIDIA GPU, as in the notebooks before

    def step(x: torch.Tensor, y: torch.Tensor) -> dict[str, float]:
        real = (2 * x - 1).unflatten(0, (CRITIC_STEPS, -1))  # (critic_steps, B, 3, 64, 64)
        own = y.unflatten(0, (CRITIC_STEPS, -1))  # (critic_steps, B)
        losses = replayed(generator, critic, real, own, *adams, LATENT_DIM, CRITIC_STEPS, GP_WEIGHT)
        average.update_parameters(generator)
        return losses

    def evaluate() -> dict[str, float]:
        return dict(zip(ATTRIBUTES, obeys(average, judge, z_many).mean(dim=0).tolist(), strict=True))

    history = genlab.fit(
        step,
        images[:whole],
        labels=labels[:whole],
        epochs=epochs,
        batch_size=CRITIC_STEPS * BATCH_SIZE,
        state={"generator": generator, "critic": critic, "average": average}
        | {"g_adam": adams[0], "c_adam": adams[1], "frames": frames},
        evaluate=evaluate,
        on_epoch=lambda epoch, history: frames.add(epoch, torch.cat([draw(average, z_few, k) for k in range(4)])),
        name=name,
    )
    return history, average


# %% payoff="train"
torch.manual_seed(0)
generator = for_training(ConditionalGenerator(LATENT_DIM, 4, GENERATOR_WIDTH))
critic = for_training(ConditionalCritic(4, WIDTH))
frames = genlab.Frames()
history, average = train_cgan(generator, critic, train_images, train_labels, EPOCHS, "cgan", judge, frames)

# %% payoff="curves" alt="Losses of critic and generator over the epochs."
plots.loss_curve(history)

# %% [markdown]
# And what the judge says after each epoch. 50 % is what somebody gets who does not listen.

# %% payoff="obedience" alt="In how many percent of the pictures the generator obeys, over the epochs, a line for each attribute, and a level line at 50 for one that does not listen."
epochs_done = range(1, len(history.evaluations) + 1)
series = {name: [100 * found[name] for found in history.evaluations] for name in ATTRIBUTES}
plots.curves(series | {"not listening": [50.0] * len(epochs_done)}, x=epochs_done, xlabel="epoch", ylabel="obeyed, %")

# %% [markdown]
# In a run of ours on drawn faces, at `cpu` scale, hair came first: blond was obeyed in 98 % after four epochs, when the faces were still blurred.
# Glasses are a few dark pixels and need sharper pictures: 63 % after three epochs, 80 % after twelve. Blond had come down to 81 % by then;
# nothing holds one attribute while the networks work on another.
#
# The same ten $z$ after every epoch, a row for each label:

# %% payoff="epochs" alt="An animation over the epochs of faces drawn from the same noise, with a bar below that grows to the end."
plots.animation(frames, cols=10)

# %% [markdown]
# ## 8. One face, four labels
#
# Read a column from top to bottom: one $z$ under all four labels. If conditioning works, it is the same person – the same
# pose, the same background – who changes hair and puts on glasses. Nobody told the networks to keep the rest as it is. The
# generator found it cheaper to use one set of features for all classes.

# %% payoff="same_noise" alt="Four rows of ten faces, one for each class; from row to row the noise is the same, and only the label changes."
torch.manual_seed(1)
z = torch.randn(10, LATENT_DIM, device=DEVICE)
plots.compare({name: draw(average, z, k) for k, name in enumerate(CLASSES)})

# %% [markdown]
# Where does a label act? Draw many $z$ with and without one attribute and average how much each pixel changes. The bright places are
# what the generator takes "blond" and "glasses" to be.

# %% payoff="where" alt="Three panels: the mean of all faces, and where pictures change when blond hair, and when eyeglasses, are switched on."
torch.manual_seed(2)
z_map = torch.randn(genlab.pick(smoke=8, cpu=200, gpu=500), LATENT_DIM, device=DEVICE)
drawn = [draw(average, z_map, k) for k in range(4)]
changes = {"blond on and off": (0, 2), "glasses on and off": (0, 1)}
figure, axes = plots.subplots(1, 3, width=9, height=3)
axes[0].imshow(drawn[0].mean(0).permute(1, 2, 0))
axes[0].set_title("the mean of all faces")
for ax, (title, (without, with_it)) in zip(axes[1:], changes.items(), strict=True):
    ax.imshow((drawn[with_it] - drawn[without]).abs().mean(dim=(0, 1)), cmap="magma")
    ax.set_title(title)
for ax in axes:
    ax.axis("off")
figure

# %% [markdown]
# ## 9. The numbers
#
# For every label by itself, how often the judge finds what was ordered:

# %% payoff="accuracy"
torch.manual_seed(3)
z = torch.randn(max(SAMPLES // 4, 4), LATENT_DIM, device=DEVICE)
table = obeys(average, judge, z)
print(f"{'ordered':18}" + "".join(f"{name:>14}" for name in ATTRIBUTES))
for name, row in zip(CLASSES, table.tolist(), strict=True):
    print(f"{name:18}" + "".join(f"{share:14.1%}" for share in row))
print(f"{'all four alike':18}" + "".join(f"{share:14.1%}" for share in table.mean(dim=0).tolist()))

# %% [markdown]
# Obeying is one thing, drawing well another: a generator could paint one perfect blond face for ever. The **Fréchet distance** of the last notebooks, between
# generated pictures with the labels of the test images and the test images themselves, sees both quality and variety. Real against
# other real images is the best that one can hope for; noise is the other end. (The run above ended at 0.18, between 0.001 for other real faces and 1.09 for noise;
# over all four orders 79 % were right in hair and 83 % in glasses. Forty epochs of the same, about fifty minutes of one core, brought 92 % and 95 %, at a distance of 0.035.
# At `gpu` scale, in three minutes of an H100: 98 % and 91 %, at 0.12, where noise has 1.32. Hair was not obeyed before epoch 20, and glasses not before epoch 30.)

# %% payoff="quality"
torch.manual_seed(4)
samples = torch.empty(len(test_labels), 3, 64, 64)
for label in range(4):
    places = test_labels == label
    samples[places] = draw(average, torch.randn(int(places.sum()), LATENT_DIM, device=DEVICE), label)
distances = {
    "real against other real": measures.frechet_distance(judge, data.train.images[-len(test_images) :], test_images),
    "your generator": measures.frechet_distance(judge, samples, test_images),
    "noise": measures.frechet_distance(judge, torch.rand(test_images.shape), test_images),
}
print("Fréchet distance to real test images, with a 95 % interval")
for name, distance in distances.items():
    print(f"{name:25} {distance:.3f}")
print("\n", measures.diversity(judge, samples), sep="")

# %% [markdown]
# ## 10. A critic that does not see the labels
#
# Now the failure, on purpose. Everything stays as it was – your generator gets its label, your training step, your losses – except that the critic's
# labels are all set to 0 before it sees them. Section 1 says what should happen. This run is shorter; what counts
# is the comparison at the same epoch. (Ours, after three: blond 94 % against 48 %,
# glasses 63 % against 50 %. At `gpu` scale, after forty: 94 % against 50 %, and 65 % against 49 %.)


# %% given="BlindCritic"
class BlindCritic(nn.Module):
    """The critic, with its eyes shut to labels: (B, 3, 64, 64) and (B,) → (B,)."""

    def __init__(self, critic: nn.Module) -> None:
        super().__init__()
        self.critic = critic

    def forward(self, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The scores (B,) that the critic gives if every label is 0."""
        return self.critic(images, torch.zeros_like(labels))


# %% payoff="blind_training"
torch.manual_seed(0)
deaf_generator = for_training(ConditionalGenerator(LATENT_DIM, 4, GENERATOR_WIDTH))
blind_critic = BlindCritic(for_training(ConditionalCritic(4, WIDTH)))
few_epochs = genlab.pick(smoke=1, cpu=3, gpu=40)
blind_history, deaf_average = train_cgan(
    deaf_generator, blind_critic, train_images, train_labels, few_epochs, "cgan-blind", judge, genlab.Frames()
)
print(f"after epoch {few_epochs}:      the critic sees labels   it does not")
for name in ATTRIBUTES:
    seeing, blind = (run.evaluations[few_epochs - 1][name] for run in (history, blind_history))
    print(f"{name:12} obeyed in {seeing:17.1%} {blind:15.1%}")

# %% payoff="blind_curves" alt="Losses over the epochs of the run in which the critic sees the labels and of the one in which it is blind."
plots.loss_curve({"sees labels": history, "blind": blind_history})

# %% payoff="blind_faces" alt="Four rows of ten faces, one for each class, by the generator whose critic was blind; from row to row only the label changes."
torch.manual_seed(1)
z = torch.randn(10, LATENT_DIM, device=DEVICE)
plots.compare({name: draw(deaf_average, z, k) for k, name in enumerate(CLASSES)})

# %% [markdown]
# **The label is ignored**: that is the name of this failure. Look at the columns: the generator may do *something* with the label, it has the
# code among its inputs after all, but nothing pays it for doing what was ordered. And look at the loss curves: they do not give it away. A
# conditional GAN that ignores its label has losses like one that obeys, and its pictures, one by one, can be as good. Only somebody
# who compares orders with results finds out. So whenever you train one: draw the same $z$ under all labels, and count.
#
# ## 11. Questions to think about
#
# Answer in a sentence or two. There are no points here, and no check; the answers are in the solutions.

# %% [markdown] question="one_plane"
# **1.** Two classes only, "blond" and "not blond": would a single plane, filled with 0 or 1, do as well as two? And for three classes a plane
# with 0, 1 and 2?
#
# ### BEGIN SOLUTION
# For two classes one plane says everything that two say: the second is one minus the first, and a convolution with a bias can make either from
# the other. For three, a plane with 0, 1, 2 still tells them apart, but puts class 1 in the middle. A first layer is linear, so its answer to class 1 is
# half way between those to 0 and 2, and deeper layers have to undo that.
# ### END SOLUTION

# %% [markdown] question="penalty"
# **2.** The penalty looks at $\nabla_x f(x, y)$, not at a gradient by $y$. Why is that enough?
#
# ### BEGIN SOLUTION
# The fakes carry the labels of the real pictures, so within one label nothing has to be moved between labels: the distance is that of
# $p_G(x|y)$ to $p_\text{data}(x|y)$, averaged over $y$. For it $f(\cdot, y)$ has to be 1-Lipschitz in $x$ for each $y$, and may jump as it
# likes from one label to another.
# ### END SOLUTION

# %% [markdown] question="random_labels"
# **3.** Somebody gives the fakes labels that are drawn uniformly from the four classes, although the classes are of unequal size. The generator obeys
# all the same. What is wrong?
#
# ### BEGIN SOLUTION
# The critic can tell fakes from real pictures by the label alone: the rare class is more often fake. So part of its score is spent on the label, the
# same for all pictures of a class; it gives the generator no gradient, and its estimate of the distance never reaches zero. It also looks at
# interpolates whose two ends are of different classes.
# ### END SOLUTION

# %% [markdown] question="continuous"
# **4.** Your generator takes an int. Could it be asked for "half blond"? What would you change, and would the result be trustworthy?
#
# ### BEGIN SOLUTION
# The one-hot code is just a vector; one could feed (½, 0, ½, 0), since the layer is linear in it. What comes out is a picture
# of which the critic has never said anything: it has only seen whole labels. Often it looks like a mixture, and nothing guarantees it. The attribute
# vectors of the VAE are continuous from the start.
# ### END SOLUTION

# %% [markdown] question="imbalance"
# **5.** Blond hair with glasses is rare. Name two ways in which the rare class can go wrong without the accuracy over all *training-like* samples showing it, and what
# this notebook does about it.
#
# ### BEGIN SOLUTION
# It can be ignored, or drawn as a few memorised faces. With labels in the proportions of the data it counts for little in any average. Here every
# label is ordered equally often and has a row of its own in the table; variety can be measured for each class, too. In training one can draw classes
# equally often – for real pictures and fakes alike.
# ### END SOLUTION

# %% [markdown]
# ## Papers
#
# - M. Mirza, S. Osindero (2014). *Conditional Generative Adversarial Nets.* arXiv:1411.1784. The label for both networks.
# - I. Gulrajani et al. (2017). *Improved Training of Wasserstein GANs.* arXiv:1704.00028. The gradient penalty.
# - A. Odena, C. Olah, J. Shlens (2017). *Conditional Image Synthesis with Auxiliary Classifier GANs.* arXiv:1610.09585. The critic names the
#   label instead of being told it, and a classifier measures the results.
# - M. Heusel et al. (2017). *GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium.* arXiv:1706.08500.
# - T. Karras, T. Aila, S. Laine, J. Lehtinen (2018). *Progressive Growing of GANs for Improved Quality, Stability, and Variation.*
#   arXiv:1710.10196. One critic update per step, and pictures from averaged weights.
# - T. Miyato, M. Koyama (2018). *cGANs with Projection Discriminator.* arXiv:1802.05637. A better place for the label than the first layer.
# - Z. Liu et al. (2015). *Deep Learning Face Attributes in the Wild.* arXiv:1411.7766. CelebA.
# - D. Foster (2023). *Generative Deep Learning*, 2nd edition, O'Reilly. Chapter 4; its notebook is the model of this one.
