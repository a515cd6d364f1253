# %% [markdown]
# # A conditional GAN: faces on demand

# %% given="imports"
import torch
from torch import nn
from torch.nn import functional as F

from autograder import reuse


# %% exercise="label_planes"
def label_planes(labels: torch.Tensor, num_classes: int, size: int) -> torch.Tensor:
    """One-hot planes (B, K, size, size), float32: ones all over the plane of the label, zeros in the others.

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


# %% exercise="ConditionalCritic"
class ConditionalCritic(nn.Module):
    """Images (B, 3, 64, 64) and their labels (B,) → scores (B,): high for real images that suit their label."""

    def __init__(self, num_classes: int, width: int = 64) -> None:
        """Convolutions 4×4 with stride 2 and padding 1 from 3 + num_classes channels to width, then three times to
        2·width; a last one, 4×4 without padding, to one score. All with bias; no batch norm.

        LeakyReLU 0.2 after the first four, and dropout 0.3 after the LeakyReLUs of the second, third and fourth.
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

        The first convolution sees the three colour channels and after them the num_classes label planes.
        """
        ### BEGIN SOLUTION
        planes = label_planes(labels, self.num_classes, images.shape[-1]).to(images)
        return self.layers(torch.cat([images, planes], dim=1))
        ### END SOLUTION


# %% exercise="ConditionalGenerator"
class ConditionalGenerator(nn.Module):
    """Noise (B, latent_dim) and labels (B,) → images (B, 3, 64, 64) in [-1, 1]."""

    def __init__(self, latent_dim: int, num_classes: int, width: int = 64) -> None:
        """Transposed convolutions without bias: 4×4 without padding from latent_dim + num_classes channels to 2·width,
        then 4×4 with stride 2 and padding 1 to 2·width, 2·width, width, and to 3.

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


# %% reuse="wgan_gp/gradient_penalty"
gradient_penalty = reuse("wgan_gp/gradient_penalty")


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

    In update i the critic, the fakes and the penalty use labels[i]; in the generator's update both networks use
    labels[-1]. Noise is N(0, I), fresh for every update, with the device and dtype of `real`. Both networks are put in
    train mode and left in it.

    Returns floats, each from before its own update: "critic", mean(fake scores) − mean(real scores) of the last critic
    update; "gradient_penalty", the last one, unweighted; "generator", −mean(fake scores).
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


# %% exercise="generate_with_label"
def generate_with_label(generator: nn.Module, z: torch.Tensor, label: int) -> torch.Tensor:
    """Images (B, 3, 64, 64) in [-1, 1]: what the generator draws for z when every row has this label.

    generator: called as generator(z, labels) in eval mode with gradients off, then left in the mode it was found in
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
