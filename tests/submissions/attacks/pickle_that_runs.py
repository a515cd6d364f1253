"""Returns objects whose unpickling runs a command, in case a record is a pickle after all."""
# where: latent_grid
# lost: latent_grid

import copyreg
import os


class Bomb:
    def __reduce__(self):
        return os.system, ("echo escaped | tr a-z A-Z; touch /tmp/genlab-attack-pickle",)

    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = lambda self: self


copyreg.pickle(torch.Tensor, lambda tensor: Bomb().__reduce__())


def latent_grid(n):
    result = torch.zeros(n * n, 2)
    result.__class__.__reduce_ex__ = lambda self, protocol: Bomb().__reduce__()
    return result if n % 2 else Bomb()
