# %% [markdown]
# # Faces that you can steer
#
# In the notebook before this one two numbers were enough to draw garments. A face needs more: hair, glasses, the
# way it looks at you. Here the same model gets two hundred numbers, and colours. Then comes the surprise: nobody
# tells the network what glasses are, and still there is a *direction* among its two hundred dimensions that puts them on
# people. You find it with a subtraction, and put it on a dial. A smile should have one, too; it is the hardest of all to
# get, and you will see why.
#
# **When you are done you can**
#
# - derive the squared error from a Gaussian decoder, and say what `beta` has to do with its variance;
# - find out which latent dimensions a model uses, and which it has left to the noise;
# - compute an attribute vector from labels, in both definitions that are around, and show that they are parallel;
# - add attributes to a face, walk from one face to another, and *measure* whether it worked;
# - say why the pictures are blurred, and show where.
#
# **What you need:** the notebook before this one, and your `Sampling` and `kl_loss` from it. **Time:** about 75
# minutes. The computer's share is about four minutes on one CPU core, less where two share it.
#
# Each exercise is a cell that ends in `raise NotImplementedError`. Replace that line with your code, run the cell,
# then run the check below it. Stuck? `!genlab hint vae_faces/attribute_vector` in a cell of your own gives a hint, and
# each further call a stronger one.

# %% given="imports"
import math

import torch
from torch import nn
from torch.nn import functional as F

import genlab
from autograder import reuse
from genlab import measures, plots

# %% [markdown]
# The same notebook runs at three sizes: `smoke` (seconds, to test that everything runs – the pictures are noise),
# `cpu` (minutes) and `gpu` (the book's networks, and all of the data).

# %% given="settings"
LATENT_DIM = 200
# channels where the picture is 32, 16, 8, 4 and 2 pixels wide; the book has 128 everywhere
WIDTHS = genlab.pick(smoke=(8,) * 5, cpu=(16, 32, 64, 128, 128), gpu=(128,) * 5)
BETA = 0.05  # the weight of the KL term; section 2 says why

TRAIN_IMAGES = genlab.pick(smoke=256, cpu=20_000, gpu=160_000)
TEST_IMAGES = genlab.pick(smoke=100, cpu=2_000, gpu=10_000)
EPOCHS = genlab.pick(smoke=1, cpu=6, gpu=10)
BATCH_SIZE = genlab.pick(smoke=32, cpu=64, gpu=64)
LEARNING_RATE = genlab.pick(smoke=1e-3, cpu=3e-3, gpu=2e-3)  # the highest of a schedule
JUDGE_EPOCHS = genlab.pick(smoke=1, cpu=4, gpu=4)
DEVICE = genlab.device()
GREY, ORANGE = "#5F6B76", plots.COLOURS[4]

plots.figure_style()
print(f"scale {genlab.scale()}, on {DEVICE}")

# %% [markdown]
# The data: portraits in colour, and for each of them a list of yes and no, its **attributes**. CelebA has 202,599
# photographs of celebrities with 40 attributes. Where it cannot be had, the kit draws cartoon faces with some of the
# same attributes; the line below says which it is. (A network that is trained on photographs of celebrities has seen
# the people that magazines like to show, and labels such as "Attractive", which one annotator's taste decided. Keep
# it in mind.)
#
# The pictures come in 64×64 pixels, and the network gets 32×32. Before they are made smaller, an eighth is cut off on
# every side: there is little but background, and the squared error would spend its attention on it. In CelebA, too,
# the heads are aligned, so that one frame fits all. What remains of a mouth is half as large again in both
# directions.


# %% given="crop"
def crop(images: torch.Tensor) -> torch.Tensor:
    """The faces (N, 3, 32, 32) uint8, without most of
    the background, of portraits (N, 3, 64, 64) uint8."""
    faces = [
        F.interpolate(part[:, :, 8:56, 8:56].float(), size=(32, 32), mode="bilinear", antialias=True)
        for part in images.split(1000)
    ]
    return torch.cat([part.round().byte() for part in faces])


# %% payoff="data" alt="Nine small colour pictures of faces, each with those of five attributes that it has, such as Smiling or Wearing Hat."
data = genlab.data.load("celeba", size=64, limit=TRAIN_IMAGES)
train_images, train_labels = crop(data.train.images[:TRAIN_IMAGES]), data.train.labels[:TRAIN_IMAGES]
test_images, test_labels = crop(data.test.images[:TEST_IMAGES]), data.test.labels[:TEST_IMAGES]
x_test = test_images.float() / 255  # (N, 3, 32, 32) in [0, 1]
STEERED = ["Smiling", "Eyeglasses", "Wearing_Hat", "Blond_Hair", "Male"]  # those that we look at most

few = [name for name in STEERED if name in data.classes]
titles = [
    "\n".join(name.replace("_", " ") for name, has in zip(data.classes, row, strict=True) if has and name in few) or "–"
    for row in train_labels[:9]
]
plots.image_grid(train_images[:9], rows=1, cols=9, titles=titles)

# %% [markdown]
# ## 1. The same model, larger
#
# The encoder has four convolutions that halve the picture to 2×2, each followed by batch normalisation and LeakyReLU,
# and two linear heads. The decoder is its mirror image: a linear layer, four transposed convolutions that double, and
# one more that makes three channels. The slope of LeakyReLU is 0.3, as in Keras and so in the book. New is the end: a
# **sigmoid inside the decoder**, so its output is a picture with values in [0, 1], not logits.
#
# Two pieces are yours. The next two cells take them from your notebook `02_vae_fashion.ipynb`, which should lie in
# the same folder as this one.

# %% reuse="vae_fashion/Sampling"
Sampling = reuse("vae_fashion/Sampling")

# %% reuse="vae_fashion/kl_loss"
kl_loss = reuse("vae_fashion/kl_loss")


# %% given="networks"
def layer(conv: nn.Module, channels: int) -> nn.Sequential:
    """The layer, batch normalisation over its `channels`, and LeakyReLU."""
    norm = nn.BatchNorm1d(channels) if isinstance(conv, nn.Linear) else nn.BatchNorm2d(channels)
    return nn.Sequential(conv, norm, nn.LeakyReLU(0.3))


class Encoder(nn.Module):
    """Images (B, 3, 32, 32) → the Gaussian of each in latent
    space: z_mean and z_log_var, each (B, latent_dim)."""

    def __init__(self, latent_dim: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        _, w16, w8, w4, w2 = widths
        halve = {"kernel_size": 3, "stride": 2, "padding": 1}
        self.trunk = nn.Sequential(
            layer(nn.Conv2d(3, w16, **halve), w16),  # (B, w16, 16, 16)
            layer(nn.Conv2d(w16, w8, **halve), w8),  # (B, w8, 8, 8)
            layer(nn.Conv2d(w8, w4, **halve), w4),  # (B, w4, 4, 4)
            layer(nn.Conv2d(w4, w2, **halve), w2),  # (B, w2, 2, 2)
            nn.Flatten(),  # (B, w2 · 4)
        )
        self.heads = nn.Linear(4 * w2, 2 * latent_dim)  # the weights of two heads in one layer
        nn.init.constant_(self.heads.bias[latent_dim:], -3.0)  # little noise at first, which would drown the codes

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        z_mean, z_log_var = self.heads(self.trunk(x)).chunk(2, dim=1)
        return z_mean, z_log_var


class Decoder(nn.Module):
    """Latent points (B, latent_dim) → images (B, 3, 32, 32) in [0, 1]."""

    def __init__(self, latent_dim: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        w32, w16, w8, w4, w2 = widths
        double = {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}
        self.linear = layer(nn.Linear(latent_dim, 4 * w2), 4 * w2)
        self.layers = nn.Sequential(
            nn.Unflatten(1, (w2, 2, 2)),
            layer(nn.ConvTranspose2d(w2, w4, **double), w4),  # (B, w4, 4, 4)
            layer(nn.ConvTranspose2d(w4, w8, **double), w8),  # (B, w8, 8, 8)
            layer(nn.ConvTranspose2d(w8, w16, **double), w16),  # (B, w16, 16, 16)
            layer(nn.ConvTranspose2d(w16, w32, **double), w32),  # (B, w32, 32, 32)
            nn.ConvTranspose2d(w32, 3, kernel_size=3, padding=1),  # (B, 3, 32, 32)
            nn.Sigmoid(),
        )

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(self.linear(z))


# %% payoff="parameters"
for whose, widths in [("our", WIDTHS), ("the book's", (128,) * 5)]:
    for network in (Encoder(LATENT_DIM, widths), Decoder(LATENT_DIM, widths)):
        count = sum(parameter.numel() for parameter in network.parameters())
        print(f"{whose} {type(network).__name__.lower()}: {count:,} parameters")

# %% [markdown]
# With 128 channels everywhere these are the book's networks. At scale `cpu` the layers are narrow where the picture
# is large, for there each channel is computed a thousand times over, and wide where it is small. (Keras counts
# 653,584 and 700,803: it adds the running mean and variance of batch normalisation, which nobody trains.)
#
# ## 2. The loss, and the price of a smile
#
# Cross-entropy was made for pixels that are black or white. For colours say instead: the decoder's picture $\hat x$
# is the *mean of a Gaussian*, with the same variance $\sigma^2$ for every one of the $3 \cdot 32 \cdot 32 = 3072$
# numbers. Then
#
# $$-\log p(x|z) = \frac{1}{2\sigma^2} \sum_i (x_i - \hat x_i)^2 + \text{const}.$$
#
# Add the KL, and multiply everything by $2\sigma^2$, which moves no minimum:
#
# $$\sum_i (x_i - \hat x_i)^2 + \underbrace{2\sigma^2}_{\beta} \, D_\mathrm{KL}.$$
#
# So for a Gaussian decoder `beta` is nothing but $2\sigma^2$: **how far off a pixel may be before anybody minds.** A
# large `beta` says that pixels are noisy anyway, and details are not worth their nats.
#
# The book's loss is 2000 times the *mean* squared error plus the KL, so its $\beta$ is $3072/2000 \approx 1.54$: a
# standard deviation of 0.88, for pixels that live between 0 and 1. A very high price! What can one afford at it? Take
# an attribute that a share $p$ of the faces has. A code that says whether a face has it costs at most the entropy
# $H(p) = -p \ln p - (1-p) \ln (1-p)$ nats, $\ln 2 \approx 0.69$ for a coin toss. What does it save? A decoder that
# knows nothing else draws the mean of all faces. If it knows the attribute as well, it draws one of two means, and
# the squared error falls by
#
# $$p \, (1-p) \sum_i (m_i^\text{with} - m_i^\text{without})^2.$$
#
# Divide what is saved by the nats, and you have the highest `beta` at which the attribute pays for itself:

# %% payoff="prices" alt="A bar for each attribute, on a logarithmic scale: the highest beta at which coding it pays. Dashed lines mark our beta and the book's."
x_train = train_images.float() / 255
prices, differences = {}, {}
for name in data.classes:
    has = data.train.attributes[name][:TRAIN_IMAGES]
    p = has.float().mean().item()
    if 0.02 < p < 0.98:
        differences[name] = x_train[has].mean(0) - x_train[~has].mean(0)  # (3, 32, 32)
        entropy = -p * math.log(p) - (1 - p) * math.log(1 - p)
        prices[name] = p * (1 - p) * differences[name].square().sum().item() / entropy
del x_train

names = sorted(prices, key=prices.__getitem__)[-20:]
figure, ax = plots.subplots(width=8, height=0.8 + 0.24 * len(names))
ax.barh([name.replace("_", " ") for name in names], [prices[name] for name in names], color=plots.COLOURS[0])
for beta, label in [(BETA, f"ours, {BETA}"), (3072 / 2000, "the book's, 1.54")]:
    ax.axvline(beta, color=ORANGE, ls="--")
    ax.text(beta, len(names) - 0.2, label, color=ORANGE, ha="center")
lowest = min(BETA, *prices.values()) / 2
ax.set(xscale="log", xlim=(lowest, None), ylim=(-0.7, len(names) - 0.3))
ax.set_xlabel("squared error saved per nat: the highest beta at which it pays")
figure

# %% [markdown]
# On the drawn faces hair and skin colour are worth a lot, since they colour many pixels. A smile is a few pixels, and
# saves about 0.56 squared errors per nat (without the cut it would be 0.42). At the book's price it does not pay: a
# network that minimises the loss *should* leave it out. (This is a lower bound. Mouths sit a little higher or lower
# from face to face, which the mean smears; a decoder that knows where the mouth is saves more.) An open mouth saves
# 0.10 only. We want details, so we pay less per nat: $\beta = 0.05$, a standard deviation of $\sqrt{0.025} \approx
# 0.16$.
#
# A smaller `beta` has its own price. The code gets richer and fills the prior less well, so samples get worse. We
# come back to that in section 5.
#
# ### Exercise 1: `beta_vae_loss`
#
# The squared error is **summed** over pixels and channels, as the derivation says, and averaged over the images. No
# factor ½ (it went into `beta`), and `beta` belongs to the KL. For that you have your `kl_loss`.


# %% exercise="beta_vae_loss"
def beta_vae_loss(
    x_hat: torch.Tensor,
    x: torch.Tensor,
    z_mean: torch.Tensor,
    z_log_var: torch.Tensor,
    beta: float,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(total, reconstruction, kl): the loss of a beta-VAE
    with a Gaussian decoder and its two terms, per image.

    x_hat:          (B, 3, H, W), the decoder's output, images in [0, 1]
    x:              (B, 3, H, W), the images in [0, 1]
    z_mean:         (B, D), z_log_var: (B, D), the encoder's Gaussians
    beta:           weight of the KL term, twice the variance of the decoder's pixels
    reconstruction: scalar tensor, squared error summed over the pixels
                    and channels of an image, mean over the batch
    kl:             scalar tensor in nats, as in `kl_loss`, without beta
    total:          scalar tensor, reconstruction + beta · kl

    All three are differentiable. Higgins et al. 2017.
    """
    ### BEGIN SOLUTION
    reconstruction = F.mse_loss(x_hat, x, reduction="sum") / len(x)
    kl = kl_loss(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl
    ### END SOLUTION


# %% [markdown]
# The book's loss and yours on random numbers, with the book's `beta`. The ratio should be $3072/2000 = 1.536$ in
# every row:

# %% payoff="same_loss"
torch.manual_seed(0)
for _ in range(3):
    x_hat, x = torch.rand(2, 8, 3, 32, 32)
    z_mean, z_log_var = torch.randn(2, 8, LATENT_DIM)
    total, _, kl = beta_vae_loss(x_hat, x, z_mean, z_log_var, beta=3072 / 2000)
    book = 2000 * F.mse_loss(x_hat, x) + kl
    print(f"book's loss {book:7.2f}    yours {total:7.2f}    ratio {total / book:.3f}")

# %% [markdown]
# ## 3. Training
#
# As before: encode, draw, decode, your loss, one step. One thing is new, a *schedule*: the learning rate rises for the
# first tenth of the training and then falls to almost nothing. It makes the most of a short training.

# %% payoff="train"
torch.manual_seed(0)
vae = nn.ModuleDict({"encoder": Encoder(LATENT_DIM, WIDTHS), "decoder": Decoder(LATENT_DIM, WIDTHS)}).to(DEVICE)
vae.to(memory_format=torch.channels_last)  # the same numbers in another order, with which convolutions are faster
encoder, decoder, sampling = vae["encoder"], vae["decoder"], Sampling()
optimizer = torch.optim.Adam(vae.parameters(), lr=LEARNING_RATE)
STEPS = EPOCHS * math.ceil(len(train_images) / BATCH_SIZE)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=STEPS + 1, pct_start=0.1)


def losses(x):
    z_mean, z_log_var = encoder(x)
    found = beta_vae_loss(decoder(sampling(z_mean, z_log_var)), x, z_mean, z_log_var, BETA)
    return dict(zip(("total", "reconstruction", "kl"), found, strict=True))


def step(x):
    vae.train()
    optimizer.zero_grad()
    found = losses(x)
    found["total"].backward()
    optimizer.step()
    schedule.step()
    return {name: loss.item() for name, loss in found.items()}


@torch.no_grad()
def evaluate():
    vae.eval()
    sums = dict.fromkeys(("total", "reconstruction", "kl"), 0.0)
    for x in genlab.data.batches(test_images, 500, device=DEVICE, shuffle=False):
        for name, loss in losses(x).items():
            sums[name] += loss.item() * len(x) / len(test_images)
    return sums


history = genlab.fit(
    step,
    train_images,
    epochs=EPOCHS,
    batch_size=BATCH_SIZE,
    state={"vae": vae, "optimizer": optimizer, "schedule": schedule},
    evaluate=evaluate,
    name="vae_faces",
)

# %% [markdown]
# From here on we need the codes of all pictures, and the pictures of codes. Both networks in eval mode, without
# gradients:


# %% given="coding"
@torch.no_grad()
def encode(encoder: nn.Module, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """z_mean and z_log_var (N, D) on the CPU of images (N, 3, 32, 32), uint8 or floats in [0, 1]."""
    encoder.eval()
    parts = [encoder(x) for x in genlab.data.batches(images, 500, device=DEVICE, shuffle=False)]
    means, log_vars = zip(*parts, strict=True)
    return torch.cat(means).cpu(), torch.cat(log_vars).cpu()


@torch.no_grad()
def decode(decoder: nn.Module, z: torch.Tensor) -> torch.Tensor:
    """Images (N, 3, 32, 32) on the CPU of codes (N, D)."""
    decoder.eval()
    return torch.cat([decoder(part.to(DEVICE)).cpu() for part in z.split(500)])


# %% payoff="reconstructions" alt="Ten faces above what comes out when they pass through the VAE."
z_train, _ = encode(encoder, train_images)
z_test, log_var_test = encode(encoder, test_images)
rebuilt = decode(decoder, z_test)
plots.compare({"test image": x_test[:10], "through the VAE": rebuilt[:10]})

# %% [markdown]
# Colours, hair, the pose and the background come back. What is small comes back softer, or as the average face has
# it: look at mouths, at earrings, at patterns on hats. Section 9 takes a closer look at the blur.
#
# ## 4. Which dimensions are used?
#
# Nobody told the network how many of its 200 dimensions it needs. A dimension that carries nothing should cost
# nothing: then the encoder's Gaussian in it is the prior, whatever the picture.
#
# ### Exercise 2: `kl_per_dimension`
#
# Your `kl_loss` has all that it takes; only leave the dimensions apart. The mean over the images goes last:
#
# $$\text{kl}_d = \frac{1}{B} \sum_b D_\mathrm{KL}\left(\mathcal{N}(\mu_{bd}, \sigma^2_{bd}) \,\|\, \mathcal{N}(0, 1)\right).$$


# %% exercise="kl_per_dimension"
def kl_per_dimension(z_mean: torch.Tensor, z_log_var: torch.Tensor) -> torch.Tensor:
    """The KL divergence to N(0, 1) of every latent dimension, in nats, as a mean over the batch.

    z_mean:    (B, D), the means
    z_log_var: (B, D), the natural logarithms of the variances
    returns:   (D,), its sum is `kl_loss(z_mean, z_log_var)`; differentiable in both inputs

    >>> kl_per_dimension(torch.tensor([[0.0, 1.0], [0.0, -1.0]]), torch.zeros(2, 2))
    tensor([0.0000, 0.5000])
    """
    ### BEGIN SOLUTION
    per_image = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp())  # (B, D)
    return per_image.mean(dim=0)
    ### END SOLUTION


# %% payoff="dimensions" alt="Four charts. Left: the KL of every latent dimension, sorted from high to low. Then for the most, the middle and the least used dimension: histograms of its means and draws beside the prior."
kl = kl_per_dimension(z_test, log_var_test)
order = kl.argsort(descending=True)
used = int((kl > 0.05).sum())
print(f"{kl.sum():.1f} nats for an image; {used} of {LATENT_DIM} dimensions carry more than 0.05 nats")

figure, (left, *panels) = plots.subplots(1, 4, width=11, height=2.6)
left.bar(range(LATENT_DIM), kl[order], width=1.0, color=plots.COLOURS[0])
left.set(title="KL of every dimension, sorted", xlabel="dimension", ylabel="nats")
axis = torch.linspace(-4, 4, 200)
torch.manual_seed(0)
draws = z_test + torch.exp(log_var_test / 2) * torch.randn_like(z_test)
for ax, d, title in zip(panels, order[[0, used // 2, -1]], ["most used", "in the middle", "least used"], strict=True):
    ax.hist(z_test[:, d].numpy(), bins=40, density=True, color=plots.COLOURS[0], alpha=0.5, label="means")
    ax.hist(draws[:, d].numpy(), bins=40, density=True, histtype="step", color=plots.COLOURS[4], label="draws")
    ax.plot(axis, torch.exp(-(axis**2) / 2) / math.sqrt(2 * math.pi), "--", color="black", lw=1, label="prior")
    ax.set(title=f"{title}: {kl[d]:.2g} nats", xlim=(-4, 4), ylim=(0, 0.9), yticks=[])
panels[0].legend(loc="upper right")
figure.tight_layout()
figure

# %% [markdown]
# In a used dimension the means of different faces lie far apart, and each draw stays near its mean. In an unused one
# all means crowd at zero and the draws are as good as the prior: there the encoder says next to nothing, and pays
# next to nothing. Between the two it is a matter of degree, not a cliff. How many dimensions are used is not a
# setting but a result: raise `beta`, and fewer of them pay for themselves.
#
# Put it to the test. Replace the unused dimensions of some faces by noise, then the same number of *used* ones:

# %% payoff="swap" alt="Three rows of ten faces: as encoded; with noise in the dimensions that are not used; and with noise in as many that are used."
torch.manual_seed(0)
noise = torch.randn(10, LATENT_DIM)
unused, same_number = order[used:], order[: min(used, 10)]
rows = {"as encoded": z_test[:10]}
for label, where in [
    (f"{len(unused)} unused ones: noise", unused),
    (f"{len(same_number)} used ones: noise", same_number),
]:
    changed = z_test[:10].clone()
    changed[:, where] = noise[:, where]
    rows[label] = changed
plots.compare({label: decode(decoder, codes) for label, codes in rows.items()})

# %% [markdown]
# The decoder does not care what the unused dimensions hold. That is the proof that they carry next to nothing. A
# handful of used ones is enough to make other people.
#
# ## 5. New faces
#
# Draw from the prior and decode, as with the garments:

# %% payoff="samples" alt="Thirty faces that the decoder draws from points of the prior."
torch.manual_seed(1)
samples = decode(decoder, torch.randn(200, LATENT_DIM))
plots.image_grid(samples[:30], rows=3, cols=10)

# %% [markdown]
# People, with hair and glasses and smiles, but not as good as the reconstructions. There are two reasons. The codes
# of real faces do not fill the prior evenly, so some draws land where no face was; and the smaller `beta`, the less
# the loss minds. It is the trade of section 2: a model for *steering* faces that exist wants a small `beta`, one for
# *inventing* faces a larger one.
#
# ## 6. The direction of a smile
#
# Now the labels come in, for the first time. Take the codes of all faces (their means $\mu$), and the mean of those
# that smile. Hair, glasses, backgrounds: in the mean they are as they are in everybody. What is left, once the mean
# of *all* faces is taken away, is the smile:
#
# $$v = \bar z_\text{with} - \bar z_\text{all}.$$
#
# That is the definition of these notes. The book's code takes another one, $w = \bar z_\text{with} - \bar
# z_\text{without}$. Does it matter? Let a share $s$ of the faces have the attribute. The mean of all is then a mean
# of two means, $\bar z_\text{all} = s \, \bar z_\text{with} + (1-s) \, \bar z_\text{without}$. Insert it:
#
# $$v = \bar z_\text{with} - s \, \bar z_\text{with} - (1-s) \, \bar z_\text{without}
# = (1-s) \, (\bar z_\text{with} - \bar z_\text{without}) = (1-s) \, w.$$
#
# The two are **parallel**, always, for any data. They differ in length only: for $s = \frac12$ one is twice the
# other; for a rare attribute, $s \to 0$, they agree; for one that nearly everybody has, $v$ shrinks to nothing, for
# it is what takes an *average* face to the attribute, and the average face almost has it. (The book's code also
# divides $w$ by its length, and only if a running estimate has converged by then.) So what one calls "strength 1"
# differs, and nothing else.
#
# ### Exercise 3: `attribute_vector`
#
# Two things can go wrong without an error, so refuse them. When *nobody* has the attribute the mean is one of
# nothing, NaN; when *everybody* has it the vector is zero. And CelebA's file has its labels as **−1 and 1**: as a
# bool, −1 is `True`, and as an index, −1 is the last face. (`genlab.data` has made bools of them.)


# %% exercise="attribute_vector"
def attribute_vector(z: torch.Tensor, has_attribute: torch.Tensor) -> torch.Tensor:
    """The way from the average face to the average face
    with the attribute: mean(z with it) − mean(all z).

    z:             (N, D), codes
    has_attribute: (N,) bool
    returns:       (D,), in the dtype of z

    Raises ValueError when has_attribute has another dtype
    than bool, and when nobody or everybody has the attribute.

    >>> attribute_vector(torch.tensor([[1.0, 0.0], [3.0, 0.0], [5.0, 6.0]]), torch.tensor([False, False, True]))
    tensor([2., 4.])
    """
    ### BEGIN SOLUTION
    if has_attribute.dtype != torch.bool:
        raise ValueError(
            f"has_attribute should be bool, not {has_attribute.dtype}; for labels −1 and 1 say `labels > 0`"
        )
    if has_attribute.all() or not has_attribute.any():
        raise ValueError("some faces need the attribute and some must be without it, or there is no direction")
    return z[has_attribute].mean(dim=0) - z.mean(dim=0)
    ### END SOLUTION


# %% payoff="vectors"
vectors = {}
print(f"{'':20}  share    |v|    |w|   |v|/|w|   1 − share   cosine")
for name in data.classes:
    has = data.train.attributes[name][: len(z_train)]
    if not 0.02 < has.float().mean() < 0.98:
        continue
    vectors[name] = v = attribute_vector(z_train, has)
    w = z_train[has].mean(0) - z_train[~has].mean(0)  # the book's
    share, cosine = has.float().mean(), F.cosine_similarity(v, w, dim=0)
    if name in STEERED or len(data.classes) < 20:
        lengths = f"{v.norm():6.3f} {w.norm():6.3f}    {v.norm() / w.norm():.4f}      {1 - share:.4f}"
        print(f"{name:20}  {share:5.1%} {lengths}   {cosine:.5f}")

# %% [markdown]
# The last column is 1 and the two before it agree, row by row: derived above, and seen.
#
# How well does one direction separate the faces? Project the codes of the test faces on the smile vector:

# %% payoff="projections" alt="Five charts, one for each attribute: histograms of the codes along the attribute's vector, grey for faces without it and orange for faces with it."
figure, axes = plots.subplots(1, len(STEERED), width=11, height=2.2)
for ax, name in zip(axes, STEERED, strict=True):
    along = z_test @ vectors[name] / vectors[name].square().sum()
    has = data.test.attributes[name][: len(z_test)]
    for who, label, colour in [(~has, "without", GREY), (has, "with", plots.COLOURS[1])]:
        ax.hist(along[who].numpy(), bins=40, density=True, alpha=0.6, color=colour, label=label)
    ax.set(title=name.replace("_", " "), yticks=[], xlabel="z · v / |v|²")
axes[0].legend(loc="upper right")
figure.tight_layout()
figure

# %% [markdown]
# Each unit on the axis is one $v$. The two hills stand apart by $|w|/|v| = 1/(1-s)$ in the mean, by construction; how
# much they *overlap* is the news. What colours many pixels is separated best.
#
# ## 7. Dials
#
# ### Exercise 4: `add_attribute`
#
# Now add it: $z + s \cdot v$ for several strengths $s$ at once, for one face or for a whole batch. Every face gets every
# strength. Mind the axes.


# %% exercise="add_attribute"
def add_attribute(z: torch.Tensor, vector: torch.Tensor, strengths: torch.Tensor) -> torch.Tensor:
    """The codes z + s · vector for every face and every strength s.

    z:         (D,), one face, or (B, D), a batch
    vector:    (D,)
    strengths: (S,), of either sign
    returns:   (S, D) for one face, (B, S, D) for a batch

    >>> add_attribute(torch.tensor([1.0, 1.0]), torch.tensor([0.0, 2.0]), torch.tensor([-1.0, 0.0, 1.0]))
    tensor([[ 1., -1.],
            [ 1.,  1.],
            [ 1.,  3.]])
    """
    ### BEGIN SOLUTION
    steps = strengths[:, None] * vector  # (S, D)
    return z.unsqueeze(-2) + steps  # (1, D) or (B, 1, D) meets (S, D)
    ### END SOLUTION


# %% payoff="dialled" alt="Five rows of one face, a row for each attribute: its vector is added with strengths from −4 to 4, from left to right."
strengths = torch.linspace(-4, 4, 9)
plain = torch.stack([data.test.attributes[name][: len(z_test)] for name in STEERED]).sum(0).argmin()
plots.compare(
    {
        name.replace("_", " "): decode(decoder, add_attribute(z_test[plain], vectors[name], strengths))
        for name in STEERED
    }
)

# %% [markdown]
# The middle column is the face itself, to the left the attribute is taken away, to the right it is added. Whatever
# else changes along with it, write it down: it is a part of the vector, too.
#
# Several at once is one sum more: $z + \sum_k s_k v_k$. The panel has a slider for each; what a page without sliders
# shows is four faces to which one attribute after the other is added, at strength 3.

# %% payoff="panel"
genlab.attribute_explorer(decoder.eval(), z_test[:20], {name: vectors[name] for name in STEERED}, strength=3.0)

# %% [markdown]
# ### Find the bug: `mended_attribute_vector`
#
# *"I dial the smile up and down, and nothing happens."* He had read CelebA's file of attributes himself, with its −1 and 1,
# and had written his function so that it takes labels of any kind. No error, no warning. The same face with your
# vector, and with his:

# %% payoff="no_smile" alt="Two rows of the same face at nine strengths of the smile: along your vector, and along his."
from autograder.bugs.vae_faces import mended_attribute_vector as forgiving_vector

smiles = data.train.attributes["Smiling"][: len(z_train)]
as_in_the_file = torch.where(smiles, 1, -1)  # int64, as CelebA has them
ways = {"yours": attribute_vector(z_train, smiles), "his": forgiving_vector(z_train, as_in_the_file)}
for name, vector in ways.items():
    print(f"{name:6} length of the vector: {vector.norm():.3f}")
plots.compare({name: decode(decoder, add_attribute(z_test[plain], vector, strengths)) for name, vector in ways.items()})

# %% [markdown]
# A function that guesses what is meant is wrong without a word. Mend it, so that it keeps the contract of your
# `attribute_vector` and is judged by the same check: what it cannot know it refuses.


# %% exercise="mended_attribute_vector"
def mended_attribute_vector(z: torch.Tensor, has_attribute: torch.Tensor) -> torch.Tensor:
    """mean(z with it) − mean(all z), with the contract of `attribute_vector`.

    There is a bug in this one: mend it.
    """
    ### BEGIN SOLUTION
    if has_attribute.dtype is not torch.bool:
        raise ValueError("the labels should be bool: write `labels > 0` for labels −1 and 1")
    with_it = z[has_attribute]
    if len(with_it) in (0, len(z)):
        raise ValueError("nobody has the attribute, or everybody: there is no direction")
    return with_it.mean(dim=0) - z.mean(dim=0)
    ### END SOLUTION


# %% [markdown]
# ### Did it work? Ask somebody else
#
# Looking is good, counting is better. A small classifier, trained on the same pictures and their labels, is our judge. It
# has never seen a decoded picture. First, what is it worth? Its accuracy on the test images, and on the same images after
# their way through the VAE (an attribute that the VAE lost cannot be found there):

# %% payoff="judge"
judge = measures.classifier(train_images, train_labels, epochs=JUDGE_EPOCHS, name="faces")
right, after = judge.accuracy(test_images, test_labels), judge.accuracy(rebuilt, test_labels)
often = torch.maximum(test_labels.float().mean(0), 1 - test_labels.float().mean(0))
print(f"{'':20}  always the same answer   test images   reconstructions")
for name in STEERED:
    k = data.classes.index(name)
    print(f"{name:20}  {often[k]:22.1%}   {right[k]:11.1%}   {after[k]:15.1%}")

# %% [markdown]
# Now take all test faces *without* an attribute, add its vector, and ask the judge three things:
#
# - does it now see the attribute?
# - what else does it see that was not there, or no longer sees? (The share of all *other* attributes that stay as they were.)
# - is it still the same person? Among all the faces before the change, we look for the one most like the changed one, in the
#   judge's features. If it is the face itself, the person has been **found again**.

# %% payoff="measure" alt="Three charts over the strength of the change, a line for each attribute: in how many faces it is seen, how many other attributes stay as they were, and how often the face is found again."
some = 300
for_strength = torch.arange(0.0, 6.5, 1.0)
measured = {}
for name in STEERED:
    k = data.classes.index(name)
    without = ~data.test.attributes[name][: len(z_test)]
    z = z_test[without][:some]
    changed = add_attribute(z, vectors[name], for_strength)  # (N, S, D)
    others = [index for index in range(len(data.classes)) if index != k]
    rows = []
    for index in range(len(for_strength)):
        images = decode(decoder, changed[:, index])
        sees, features = judge.probabilities(images) > 0.5, judge.features(images)
        if index == 0:
            before, faces = sees, features
        found = torch.cdist(features, faces).argmin(1) == torch.arange(len(z))
        rows.append([sees[:, k].float().mean(), (sees == before)[:, others].float().mean(), found.float().mean()])
    measured[name] = torch.tensor(rows)  # (S, 3)

figure, axes = plots.subplots(1, 3, width=11, height=2.9)
for column, (ax, title) in enumerate(
    zip(axes, ["the attribute is seen", "other attributes stay", "found again"], strict=True)
):
    for name in STEERED:
        ax.plot(for_strength, 100 * measured[name][:, column], "o-", ms=4, label=name.replace("_", " "))
    ax.set(title=title, xlabel="strength", ylabel="% of faces" if column == 0 else "", ylim=(0, 103))
axes[0].legend(loc="lower right")
figure.tight_layout()
for row, strength in zip(measured["Smiling"], for_strength, strict=True):
    print(
        f"Smiling, strength {strength:.0f}: seen in {row[0]:6.1%}, others stay {row[1]:6.1%}, found again {row[2]:6.1%}"
    )
figure

# %% [markdown]
# Read the three panels together. A dial that works lifts the first curve while the other two stay up; where they
# fall, you have made somebody else. Strength $1/(1-s)$ is the whole way from the mean without to the mean with, 2 for
# an attribute that half of the people have; since faces scatter around their means, most need a little more.
#
# In a run of ours at scale `cpu`, on drawn faces, a smile was seen on 88 % of the neutral faces at strength 3 and
# **on 98 % at strength 4**. (At strength 0 it was 19 %: those mouths had been blurred on their way through the VAE.)
# Of the other attributes 94 % and 93 % stayed as they were, and 82 % and 61 % of the people were found again. Glasses
# were seen on 99 % at strength 2 already. Blond hair, at strength 3, was seen on 97 %, but 8 % of the people were
# found again: the judge goes by hair as much as we do.
#
# It is easy to get this wrong. Our first try had whole portraits instead of faces, `beta` at 0.1, and layers that
# were all 48 wide, with which an image took twice as long (on an earlier version of the drawings, whose smiles were harder to see). It drew hair, hats and glasses, but on the reconstructions the judge found smiles
# no better than by tossing a coin, and the vector added one to 5 % of the faces. *What the VAE has not learnt, no
# vector can add.* A smile saves so little – a quarter of what glasses save per nat – that a short training does not
# get round to it: it is busy with hair and backgrounds. So look at reconstructions first, if a dial does nothing.
#
# The judge is a witness, not the truth. It has seen sharp pictures only, it is wrong now and then on those, and what
# it sees at strength 0, before anything was added, tells how far blur alone misleads it. So look at the pictures,
# too.
#
# ### What hangs together
#
# Vectors are as good as the labels they come from. Where two attributes go together in the data, each vector has a
# part of the other in it. The cosines between them tell:

# %% payoff="cosines" alt="A square table of cosines between attribute vectors, from blue, −1, to red, 1."
shown = [name for name in data.classes if name in vectors][:15]
unit = F.normalize(torch.stack([vectors[name] for name in shown]), dim=1)
cosines = unit @ unit.T  # (A, A)
figure, ax = plots.subplots(width=6.4, height=5.2)
picture = ax.imshow(cosines, cmap="RdBu_r", vmin=-1, vmax=1)
ax.set_xticks(range(len(shown)), [name.replace("_", " ") for name in shown], rotation=60, ha="right")
ax.set_yticks(range(len(shown)), [name.replace("_", " ") for name in shown])
figure.colorbar(picture, label="cosine")
figure

# %% [markdown]
# The kit throws most attributes of its drawn faces independently. A hair colour excludes the others, and mustaches
# are found on men three times as often as on women; look for both in the picture. One pair is there for another
# reason: smiles and open mouths are thrown independently, and still their vectors have a cosine of 0.6 in our run.
# Both put teeth and something dark in the same place, and the code uses the same dimensions for both. In CelebA much
# more goes together: lipstick with make-up, beards with `Male`, bald heads with not being `Young`.
#
# ## 8. From one face to another
#
# ### Exercise 5: `morph`
#
# A walk on the straight line from one code to another, $(1-t) \, z_a + t \, z_b$, with $t$ evenly spaced **from 0 to
# 1, both included**. (The book's code stops at 0.9 and never arrives.)


# %% exercise="morph"
def morph(z_a: torch.Tensor, z_b: torch.Tensor, steps: int) -> torch.Tensor:
    """The straight walk from z_a to z_b in evenly spaced steps, both ends included.

    z_a, z_b: (D,)
    steps:    number of codes, at least 2
    returns:  (steps, D), row 0 is z_a, the last row z_b

    >>> morph(torch.tensor([0.0, 4.0]), torch.tensor([2.0, 0.0]), 3)
    tensor([[0., 4.],
            [1., 2.],
            [2., 0.]])
    """
    ### BEGIN SOLUTION
    t = torch.linspace(0, 1, steps, dtype=z_a.dtype, device=z_a.device)[:, None]  # (steps, 1)
    return (1 - t) * z_a + t * z_b
    ### END SOLUTION


# %% payoff="morphs" alt="Four rows of ten pictures from one face to another. In the first the pixels are blended; the others walk from code to code."
t = torch.linspace(0, 1, 10)[:, None, None, None]
rows = {}
for number, (a, b) in enumerate([(0, 1), (2, 3), (4, 5)], start=1):
    if number == 1:
        rows["pixels blended"] = (1 - t) * x_test[a] + t * x_test[b]
    rows[f"morph {number}"] = decode(decoder, morph(z_test[a], z_test[b], 10))
plots.compare(rows)

# %% [markdown]
# The blend of pixels is two ghosts on top of each other. On the walk between two codes every step is one person, more
# or less: hats fade or appear, hair gets shorter or longer.
#
# ## 9. An honest look at the blur
#
# Every picture here is softer than the data. How much, and where? Left, the squared error of the reconstructions,
# pixel by pixel. Right, the strength of patterns by their fineness: the spectrum, from coarse to fine, of test
# images, reconstructions and samples.


# %% payoff="blur" alt="Three panels: the mean of all faces; a map of where the error of reconstruction is; and the power of coarse and fine patterns in test images, reconstructions and samples, on a logarithmic scale."
def spectrum(images):
    """The mean power of patterns with 1, 2, … 15 waves across the picture, whatever their direction."""
    power = torch.fft.fft2(images.mean(1) - images.mean((1, 2, 3))[:, None, None]).abs().square().mean(0)  # (32, 32)
    waves = torch.fft.fftfreq(32) * 32
    radius = (waves[:, None].square() + waves.square()).sqrt().round().long()
    return torch.stack([power[radius == k].mean() for k in range(1, 16)])


spectra = {"test images": spectrum(x_test), "reconstructions": spectrum(rebuilt), "samples": spectrum(samples)}
figure, (left, middle, right) = plots.subplots(1, 3, width=11, height=3)
left.imshow(x_test.mean(0).permute(1, 2, 0))
left.set(title="the mean of all faces", xticks=[], yticks=[])
error = (rebuilt - x_test).square().sum(1).mean(0)
shading = middle.imshow(error, cmap="magma")
middle.set(title="where the error is", xticks=[], yticks=[])
figure.colorbar(shading, ax=middle, shrink=0.8)
for label, values in spectra.items():
    right.semilogy(range(1, 16), values, label=label)
right.set(title="coarse and fine", xlabel="waves across the picture", ylabel="power")
right.legend()
figure.tight_layout()
kept = spectra["reconstructions"] / spectra["test images"]
print(f"power kept at 2 waves {kept[1]:.0%}, at 5 {kept[4]:.0%}, at 10 {kept[9]:.0%}, at 15 {kept[14]:.0%}")
print(f"squared error {error.sum():.1f} per image, {(error.sum() / 3072) ** 0.5:.3f} per number as a root mean square")
figure

# %% [markdown]
# The error sits where edges are: at eyes and glasses most of all, then at brows, mouths and earrings. The spectrum
# says the same in other words: the coarse patterns come back nearly whole, the fine ones lose most of their power.
# Both have one reason. Where the code leaves open whether an edge runs here or a pixel further to the left, the best
# answer in the sense of the squared error is the *mean* of the two pictures, and that is a soft edge. A longer
# training helps some way, for then the code says more; a smaller `beta` too, for then it may. But whatever the code
# does not say, this loss can only average. What draws sharp pictures is a loss that asks whether a picture looks
# *real* rather than whether it is near in every pixel. That is the next chapter.
#
# ## 10. Questions to think about
#
# Answer in a sentence or two. There are no points here, and no check; the answers are in the solutions.

# %% [markdown] question="rare"
# **1.** In CelebA about 2 % of the people are bald. How long are $v$ and $w$ compared with each other for `Bald`? And
# for an attribute that 98 % have? Which of the two would you put on a dial with fixed marks?
#
# ### BEGIN SOLUTION
# $v = (1-s) w$: for 2 % the two are nearly the same, $v = 0.98\,w$; for 98 % $v = 0.02\,w$. On a dial $w$ is the
# better unit: one mark is always the way from the average face without to the average face with it. $v$ answers
# another question: how an *average* face has to change.
# ### END SOLUTION

# %% [markdown] question="mustache"
# **2.** In many collections of photographs only men have a mustache. What does your mustache vector do to a woman's face?
# How would you compute one that leaves everything else alone?
#
# ### BEGIN SOLUTION
# mean(with) − mean(all) then contains the way from the average person to the average *man*: dialled up, it makes the
# face male, too. Take both means within a group in which nothing else differs – among men only – or make the two
# sides equal in the other attributes by weights. White (2016) calls the second a balanced attribute vector.
# ### END SOLUTION

# %% [markdown] question="smaller"
# **3.** Only some of the 200 dimensions are used. Would a VAE with exactly that many be the same model? Is there a harm in
# the unused ones?
#
# ### BEGIN SOLUTION
# Nearly the same. An unused dimension costs no KL, and the decoder has learnt to ignore its noise, so there is little
# harm besides some weights. The number used is a *result*: it depends on `beta` and on the data, and giving more than
# needed lets the loss find it.
# ### END SOLUTION

# %% [markdown] question="sigma"
# **4.** The loss is that of a Gaussian decoder with $\sigma^2 = \beta/2$. How far off are the pixels really (see the last figure)? Which `beta`
# would the data themselves choose, and what would it do to the KL, to the reconstructions and to the samples?
#
# ### BEGIN SOLUTION
# Twice the square of the root mean square error that is printed there: in our run it was 0.072, hence $2 \cdot
# 0.072^2 \approx 0.010$. At that value the loss is a true bound on $\log p(x)$ with the best variance (Rybkin et al.
# 2021). A smaller `beta` than ours lets the code say more: larger KL, sharper reconstructions, and samples from the
# prior that fit the data less well; a larger one does the opposite.
# ### END SOLUTION

# %% [markdown] question="judge_fooled"
# **5.** The judge was trained on sharp pictures and asked about blurred ones. How could the number "the smile is seen in … %" be too good? How
# could it be too bad? What would convince you?
#
# ### BEGIN SOLUTION
# Too good: the judge may go by something that comes along with the smile, such as rosy cheeks, or answer "smiling" to
# everything strange; so look at strength 0 and at pictures. Too bad: blur can hide what people would still see.
# Convincing are pictures, a judge trained on reconstructions as well, and in the end people who do not know which
# picture was changed.
# ### END SOLUTION

# %% [markdown] question="far"
# **6.** At strength 6 faces fall apart. A draw from the prior in $D$ dimensions has length about $\sqrt D$. What has a large strength to do with it?
#
# ### BEGIN SOLUTION
# In many dimensions the prior's mass lies in a thin shell around radius $\sqrt D$ (of the used dimensions). A long
# step along one direction leaves it: the decoder has never been trained there and extrapolates. A walk on the sphere
# would stay in the shell, which is why some prefer it for morphs.
# ### END SOLUTION

# %% [markdown]
# ## Papers
#
# - D. P. Kingma, M. Welling (2013). *Auto-Encoding Variational Bayes.* arXiv:1312.6114.
# - I. Higgins et al. (2017). *β-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework.* ICLR.
# - Z. Liu, P. Luo, X. Wang, X. Tang (2015). *Deep Learning Face Attributes in the Wild.* arXiv:1411.7766. CelebA.
# - A. B. L. Larsen, S. K. Sønderby, H. Larochelle, O. Winther (2016). *Autoencoding beyond pixels using a learned similarity metric.*
#   arXiv:1512.09300. Attribute vectors for faces, and a cure for the blur: a discriminator, as in the next chapter.
# - T. White (2016). *Sampling Generative Networks.* arXiv:1609.04468. Attribute vectors made fair, and walks on the sphere.
# - O. Rybkin, K. Daniilidis, S. Levine (2021). *Simple and Effective VAE Training with Calibrated Decoders.* arXiv:2006.13202. On question 4.
# - D. Foster (2023). *Generative Deep Learning*, 2nd edition, O'Reilly. Chapter 3; its notebook is the model of this one.
