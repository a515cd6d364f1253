"""A right answer that uses lambdas, helpers and constants of its own at the top level."""
# where: kl_loss
# lost: none

from functools import partial, reduce
from operator import add

half = 0.5
square = lambda x: x * x
scaled = partial(torch.mul, torch.tensor(half))
terms = lambda m, v: [square(m), v.exp(), -v, torch.full_like(v, -1.0)]
kl_loss = lambda z_mean, z_log_var: scaled(reduce(add, terms(z_mean, z_log_var)).sum(1).mean().to(z_mean))
