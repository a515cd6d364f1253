"""A right answer put together by decorators, closures, a class with __call__ and a subclass."""
# where: kl_loss
# lost: none

import functools


def shouted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print("CALLING")
        return function(*args, **kwargs)

    return wrapper


class Divergence:
    def per_dimension(self, m, v):
        return 0.5 * (m.square() + v.exp() - 1 - v)


class Mean(Divergence):
    def __call__(self, m, v):
        return self.per_dimension(m, v).sum(-1).mean()


@shouted
def kl_loss(z_mean, z_log_var):
    return Mean()(z_mean, z_log_var)
