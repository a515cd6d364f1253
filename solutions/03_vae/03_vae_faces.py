# %% [markdown]
# # Faces that you can steer
#
# %% given="imports"
import torch
from torch import nn
from torch.nn import functional as F


# %% given="kl_loss"
def kl_loss(z_mean, z_log_var):
    return -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(1).mean()


# %% exercise="beta_vae_loss"
def beta_vae_loss(
    x_hat: torch.Tensor,
    x: torch.Tensor,
    z_mean: torch.Tensor,
    z_log_var: torch.Tensor,
    beta: float,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(total, reconstruction, kl): the loss of a beta-VAE with a Gaussian decoder, and its two terms, per image.

    x_hat:          (B, 3, H, W), the decoder's output, images in [0, 1]
    x:              (B, 3, H, W), the images in [0, 1]
    z_mean:         (B, D), z_log_var: (B, D), the encoder's Gaussians
    beta:           weight of the KL term
    reconstruction: scalar tensor, squared error summed over pixels and channels of an image, mean over the batch
    kl:             scalar tensor, as in `kl_loss`, without beta
    total:          scalar tensor, reconstruction + beta · kl

    All three are differentiable.
    """
    ### BEGIN SOLUTION
    reconstruction = F.mse_loss(x_hat, x, reduction="sum") / len(x)
    kl = kl_loss(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl
    ### END SOLUTION


# %% exercise="kl_per_dimension"
def kl_per_dimension(z_mean: torch.Tensor, z_log_var: torch.Tensor) -> torch.Tensor:
    """The KL."""
    ### BEGIN SOLUTION
    return -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).mean(dim=0)
    ### END SOLUTION


# %% exercise="attribute_vector"
def attribute_vector(z: torch.Tensor, has_attribute: torch.Tensor) -> torch.Tensor:
    """The."""
    ### BEGIN SOLUTION
    if has_attribute.dtype != torch.bool:
        raise ValueError(f"has_attribute is {has_attribute.dtype}, not bool")
    if has_attribute.all() or not has_attribute.any():
        raise ValueError("nothing")
    return z[has_attribute].mean(dim=0) - z.mean(dim=0)
    ### END SOLUTION


# %% exercise="add_attribute"
def add_attribute(z: torch.Tensor, vector: torch.Tensor, strengths: torch.Tensor) -> torch.Tensor:
    """The."""
    ### BEGIN SOLUTION
    return z.unsqueeze(-2) + strengths[:, None] * vector
    ### END SOLUTION


# %% exercise="morph"
def morph(z_a: torch.Tensor, z_b: torch.Tensor, steps: int) -> torch.Tensor:
    """The."""
    ### BEGIN SOLUTION
    t = torch.linspace(0, 1, steps, dtype=z_a.dtype, device=z_a.device)[:, None]
    return (1 - t) * z_a + t * z_b
    ### END SOLUTION
