"""Takes the function that the judge compares with."""
# where: kl_loss
# lost: kl_loss vae_loss train_step mended_vae_loss

from autograder.checks.vae_fashion.kl_loss import oracle as kl_loss
