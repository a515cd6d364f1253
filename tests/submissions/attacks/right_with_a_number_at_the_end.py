"""A right answer whose cell ends in a float, which nbgrader could take for points."""
# where: kl_loss
# lost: none


def kl_loss(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=1).mean()


float(kl_loss(torch.zeros(5, 2), torch.zeros(5, 2)))
