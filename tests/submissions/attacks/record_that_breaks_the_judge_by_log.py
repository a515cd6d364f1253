"""Rewrites the spies' log: other networks, other inputs, a thousand calls, entries that are no entries."""
# where: sample_prior
# lost: sample_prior


def sample_prior(decoder, n, latent_dim):
    log = decoder._log
    log.clear()
    noise = torch.randn(n, latent_dim)
    fine = {
        "network": "decoder",
        "training": False,
        "grad_enabled": False,
        "inputs": [noise],
        "outputs": [torch.zeros(n, 1, 32, 32)],
    }
    log.extend(
        [
            fine,
            {},
            {"network": "stranger", "inputs": []},
            {**fine, "inputs": []},
            {**fine, "outputs": [torch.zeros(1)] * 1000},
        ]
    )
    return torch.full((n, 1, 32, 32), 0.5)
