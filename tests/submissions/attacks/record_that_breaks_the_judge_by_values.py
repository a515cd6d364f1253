"""Returns losses of every odd kind, to make the judge stumble: a broken judge costs no points."""
# where: train_step
# lost: train_step

ODD = [
    {"data": 1},
    [1.0, [2.0]],
    "1.0",
    None,
    True,
    torch.zeros(3),
    torch.zeros(()).bool(),
    object(),
    float("nan"),
    10**400,
    1j,
    b"1",
]


def train_step(encoder, decoder, x, optimizer, beta):
    odd = ODD.pop() if ODD else "last"
    return {"total": odd, "reconstruction": odd, "kl": odd, 1: odd, None: odd, ("kl",): odd}
