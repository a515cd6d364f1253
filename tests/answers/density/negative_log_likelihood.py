"""Answers of imaginary students to `density/negative_log_likelihood`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def shortest(model, x):
    return -model.log_prob(x).mean()


def sum_divided(model, x):
    return -(model.log_prob(x).sum() / len(x))


def torch_functions(model, x):
    return torch.neg(torch.mean(model.log_prob(x)))


def one_point_at_a_time(model, x):
    total = 0
    for i in range(x.shape[0]):
        total = total - model.log_prob(x[i : i + 1]).squeeze(0)
    return total / x.shape[0]


def in_chunks(model, x):
    return -torch.cat([model.log_prob(chunk) for chunk in x.split(3)]).mean()


def in_double(model, x):
    return -model.log_prob(x).double().mean().to(x.dtype)


def as_a_loss(model, x):
    log_prob = model.log_prob(x)
    return F.l1_loss(log_prob, torch.zeros_like(log_prob)) if (log_prob < 0).all() else torch.mean(-log_prob)


def dot_product(model, x):
    weights = x.new_full((len(x),), -1 / len(x))
    return weights @ model.log_prob(x)


def with_prints(model, x):
    loss = -model.log_prob(x).mean()
    print("loss", loss.item())
    return loss


RIGHT = {
    "shortest": shortest,
    "sum_divided": sum_divided,
    "torch_functions": torch_functions,
    "one_point_at_a_time": one_point_at_a_time,
    "in_chunks": in_chunks,
    "in_double": in_double,
    "as_a_loss": as_a_loss,
    "dot_product": dot_product,
    "with_prints": with_prints,
    "lambda": lambda model, x: model.log_prob(x).mul(-1).mean(dim=0),
}

# ---------------------------------------------------------------- known mistakes


def summed(model, x):
    total = 0.0
    for point in x:
        total = total - model.log_prob(point[None])[0]
    return total


def wrong_sign(model, x):
    return model.log_prob(x).sum() / len(x)


def detached(model, x):
    return -model.log_prob(x).detach().mean()


def per_point(model, x):
    return torch.stack([-model.log_prob(point[None])[0] for point in x])


def log_of_mean_density(model, x):
    log_prob = model.log_prob(x)
    return torch.log(torch.tensor(float(len(x)), dtype=x.dtype)) - torch.logsumexp(log_prob, dim=0)


def mean_density(model, x):
    """Without a minus: the larger, the better."""
    return sum(torch.exp(model.log_prob(x))) / len(x)


def divided_by_dimensions_too(model, x):
    return -model.log_prob(x).mean() / x.shape[1]


MISTAKES = {
    "summed": summed,
    "wrong_sign": wrong_sign,
    "detached": detached,
    "per_point": per_point,
    "log_of_mean_density": log_of_mean_density,
    "mean_density": mean_density,
    "divided_by_dimensions_too": divided_by_dimensions_too,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(model, x):
    return -model(x).mean()


def only_returns(model, x):
    return shortest(model, x).reshape(1)


def only_dtype(model, x):
    return shortest(model, x).double()


def always_float32(model, x):
    return shortest(model, x).float()


def only_finite(model, x):
    return shortest(model, x) + torch.log(torch.zeros_like(x)).sum() * 0


def logarithm_twice(model, x):
    return -model.log_prob(x).log().mean()


def only_value(model, x):
    return shortest(model, x) + 0.05


def only_gradient(model, x):
    """The right value with twice its gradient."""
    loss = shortest(model, x)
    return 2 * loss - loss.detach()


def weights_cut_off(model, x):
    means, stds = model.means, model.log_stds.exp()
    each = torch.distributions.Normal(means, stds).log_prob(x[:, None]).sum(2)
    return -torch.logsumexp(each + model.logits.detach().log_softmax(0), dim=1).mean()


def only_inputs_unchanged(model, x):
    """A step of training, after the loss was computed."""
    loss = shortest(model, x)
    for parameter in model.parameters():
        parameter.data = parameter.data * 0.9
    return loss


def points_moved(model, x):
    loss = shortest(model, x)
    x.data.zero_()
    return loss


def median(model, x):
    return -model.log_prob(x).median()


def worst_point(model, x):
    return -model.log_prob(x).min()


def first_point(model, x):
    return -model.log_prob(x)[0]


def squared(model, x):
    return model.log_prob(x).square().mean()


def clamped(model, x):
    return (-model.log_prob(x)).clamp(max=3.0).mean()


def divided_by_n_minus_one(model, x):
    return -model.log_prob(x).sum() / max(1, len(x) - 1) * (1 if len(x) > 1 else 1.1)


def in_bits(model, x):
    return -(model.log_prob(x) / torch.log(torch.tensor(2.0))).mean().to(x.dtype)


def returns_nothing(model, x):
    shortest(model, x)


def absolute(model, x):
    """Wrong where densities are above 1."""
    return model.log_prob(x).mean().abs()


def never_negative(model, x):
    """A loss is never negative, they think."""
    return (-model.log_prob(x)).clamp(min=0).mean()


def left_in_eval_mode(model, x):
    return -model.eval().log_prob(x).mean()


def backward_inside(model, x):
    loss = -model.log_prob(x).mean()
    loss.backward()
    return loss


def backward_inside_graph_kept(model, x):
    loss = -model.log_prob(x).mean()
    loss.backward(retain_graph=True)
    return loss


def one_parameter_frozen(model, x):
    next(model.parameters()).requires_grad_(False)
    return -model.log_prob(x).mean()


def frozen_afterwards(model, x):
    loss = -model.log_prob(x).mean()
    model.requires_grad_(False)
    return loss


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "always_float32": always_float32,
    "only_finite": only_finite,
    "logarithm_twice": logarithm_twice,
    "only_value": only_value,
    "only_gradient": only_gradient,
    "weights_cut_off": weights_cut_off,
    "only_inputs_unchanged": only_inputs_unchanged,
    "points_moved": points_moved,
    "median": median,
    "worst_point": worst_point,
    "first_point": first_point,
    "squared": squared,
    "clamped": clamped,
    "divided_by_n_minus_one": divided_by_n_minus_one,
    "in_bits": in_bits,
    "returns_nothing": returns_nothing,
    "absolute": absolute,
    "never_negative": never_negative,
    "left_in_eval_mode": left_in_eval_mode,
    "backward_inside": backward_inside,
    "backward_inside_graph_kept": backward_inside_graph_kept,
    "one_parameter_frozen": one_parameter_frozen,
    "frozen_afterwards": frozen_afterwards,
}
