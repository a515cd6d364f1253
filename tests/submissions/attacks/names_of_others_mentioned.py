"""Mentions other exercises' names without calling them, to push its failure onto them."""
# where: train_step
# lost: train_step


def train_step(encoder, decoder, x, optimizer, beta):
    if False:
        return vae_loss(kl_loss(x, x), Encoder(2), Sampling())
    raise NotImplementedError
