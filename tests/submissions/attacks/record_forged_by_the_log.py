"""Writes flattering calls into the spies' log without making them."""
# where: sample_prior
# lost: sample_prior


def sample_prior(decoder, n, latent_dim):
    noise = torch.randn(n, latent_dim)
    logits = torch.zeros(n, 1, 32, 32)
    entry = {"network": "decoder", "training": False, "grad_enabled": False, "inputs": [noise], "outputs": [logits]}
    decoder._log.append(entry)
    return torch.sigmoid(logits)
