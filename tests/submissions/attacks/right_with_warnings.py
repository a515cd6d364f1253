"""A right answer that warns at import, in the cell and at every call."""
# where: kl_loss
# lost: none

import warnings

warnings.simplefilter("always")
warnings.warn("in the cell", DeprecationWarning, stacklevel=1)


def kl_loss(z_mean, z_log_var):
    warnings.warn("in the answer", UserWarning, stacklevel=2)
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=1).mean()
