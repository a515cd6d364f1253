"""Resizes, empties and retypes the arguments it was given, whose copies go into the record."""
# where: kl_loss
# lost: kl_loss vae_loss train_step mended_vae_loss


def kl_loss(z_mean, z_log_var):
    z_mean.data = torch.zeros(0, dtype=torch.int8)
    z_log_var.data = torch.zeros(2, 0, 3, dtype=torch.complex128)
    return z_mean.float().sum() * float("nan")
