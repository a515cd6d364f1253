"""A right answer with a doctest, asserts, unittest and a check called by hand."""
# where: kl_loss
# lost: none

import doctest
import unittest


def kl_loss(z_mean, z_log_var):
    """
    >>> kl_loss(torch.ones(5, 2), torch.zeros(5, 2))
    tensor(1.)
    """
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=1).mean()


class TestIt(unittest.TestCase):
    def test_prior(self):
        self.assertEqual(float(kl_loss(torch.zeros(5, 2), torch.zeros(5, 2))), 0.0)


doctest.run_docstring_examples(kl_loss, globals())
unittest.main(argv=[""], exit=False)
check("vae_fashion/kl_loss", kl_loss)
