"""Raises an error with a message of 300 MB, a type name of a megabyte and a chain of 20,000 causes."""
# where: latent_grid
# lost: latent_grid
# seconds: 90


def latent_grid(n):
    error = ValueError("x" * 300_000_000)
    for number in range(20_000):
        following = type("E" * 50, (ValueError,), {})(str(number))
        following.__cause__ = following.__context__ = error
        error = following
    raise type("N" * 1_000_000, (ValueError,), {})("last") from error
