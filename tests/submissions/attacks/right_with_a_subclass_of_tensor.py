"""A right answer that goes through a Tensor subclass and a custom autograd function on its way."""
# where: kl_loss
# lost: none


class Halve(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x / 2

    @staticmethod
    def backward(ctx, grad):
        return grad / 2


class Named(torch.Tensor):
    pass


def kl_loss(z_mean, z_log_var):
    inside = z_mean.as_subclass(Named) ** 2 + z_log_var.exp() - 1 - z_log_var
    return Halve.apply(inside.as_subclass(torch.Tensor)).sum(1).mean()
