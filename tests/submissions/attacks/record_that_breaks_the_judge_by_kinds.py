"""Returns tensors that are none: sparse, complex, quantized, nested, on no device, conjugated, of float8."""
# where: latent_grid
# lost: latent_grid


def latent_grid(n):
    makers = [
        lambda: torch.zeros(n * n, 2).to_sparse(),
        lambda: torch.zeros(n * n, 2, dtype=torch.complex64).conj(),
        lambda: torch.quantize_per_tensor(torch.zeros(n * n, 2), 0.1, 0, torch.quint8),
        lambda: torch.nested.nested_tensor([torch.zeros(n, 2), torch.zeros(1, 2)]),
        lambda: torch.zeros(n * n, 2, device="meta"),
        lambda: torch.zeros(n * n, 2).to(torch.float8_e4m3fn),
        lambda: torch.zeros(n * n, 2).to_sparse_csr(),
        lambda: torch.zeros(n * n, 2).unsqueeze(0).transpose(0, 2).expand(2, n * n, 5),
    ]
    return makers[n % len(makers)]()
