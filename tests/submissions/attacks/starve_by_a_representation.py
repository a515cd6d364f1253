"""Ends a cell in an object whose representation never ends, in every format that a notebook asks for."""
# where: latent_grid
# lost: latent_grid
# seconds: 120


class Endless:
    def __repr__(self):
        while True:
            pass

    _repr_html_ = _repr_png_ = _repr_mimebundle_ = _ipython_display_ = __repr__


Endless()
