"""Answers of imaginary students to `wgan_gp/gradient_penalty`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch import autograd
from torch.func import functional_call, grad, vmap
from torch.nn import functional as F


def line(real, fake, share=None):
    share = torch.rand(len(real), 1, 1, 1).to(real) if share is None else share
    return (share * real.detach() + (1 - share) * fake.detach()).requires_grad_(True)


def slopes_at(critic, between, graph=True):
    scores = critic(between)
    return autograd.grad(scores, between, torch.ones_like(scores), create_graph=graph)[0]


def lengths(slopes):
    return torch.linalg.vector_norm(slopes, dim=(1, 2, 3))


# ---------------------------------------------------------------- right answers


def plain(critic, real, fake):
    weight = torch.rand(real.size(0), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real.detach() + (1 - weight) * fake.detach()).requires_grad_()
    (slopes,) = autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def weight_on_the_fake(critic, real, fake):
    """ε belongs to the fake: as uniform as the other."""
    real, fake = real.data, fake.data
    epsilon = torch.empty_like(real[:, :1, :1, :1]).uniform_()
    between = torch.lerp(real, fake, epsilon).requires_grad_()
    return F.mse_loss(lengths(slopes_at(critic, between)), torch.ones_like(epsilon.flatten()))


def expanded(critic, real, fake):
    epsilon = torch.rand(len(real), device=real.device).to(real.dtype).view(-1, 1, 1, 1).expand_as(real)
    with torch.no_grad():
        between = real * epsilon + fake * (1 - epsilon)
    between = between.clone().requires_grad_()
    norms = slopes_at(critic, between).reshape(len(real), -1).norm(2, dim=1)
    return torch.pow(norms - 1, 2).mean()


def with_a_tiny_number(critic, real, fake):
    """The root of a sum of squares, with something under it."""
    squares = slopes_at(critic, line(real, fake)).square().sum(dim=(1, 2, 3))
    return (torch.sqrt(squares + 1e-12) - 1).square().mean()


def one_by_one(critic, real, fake):
    penalties = []
    for a, b in zip(real.detach(), fake.detach(), strict=True):
        epsilon = torch.rand((), dtype=a.dtype, device=a.device)
        point = (epsilon * a + (1 - epsilon) * b)[None].requires_grad_()
        (slope,) = autograd.grad(critic(point)[0], point, create_graph=True)
        penalties.append((slope.norm() - 1) ** 2)
    return torch.stack(penalties).mean()


def a_millionth_under_the_root(critic, real, fake):
    slopes = slopes_at(critic, line(real, fake)).flatten(1)
    return ((slopes.square().sum(dim=1) + 1e-6).sqrt() - 1).square().mean()


def by_vmap(critic, real, fake):
    between = line(real, fake).detach()
    parameters = dict(critic.named_parameters())

    def score(point):
        return functional_call(critic, parameters, (point[None],)).squeeze()

    return (lengths(vmap(grad(score))(between)) - 1).square().mean()


RIGHT = {
    "plain": plain,
    "weight_on_the_fake": weight_on_the_fake,
    "expanded": expanded,
    "with_a_tiny_number": with_a_tiny_number,
    "one_by_one": one_by_one,
    "by_vmap": by_vmap,
    "a_millionth_under_the_root": a_millionth_under_the_root,
}

# ---------------------------------------------------------------- known mistakes


def normal_weights(critic, real, fake):
    epsilon = torch.empty(len(real), 1, 1, 1).normal_().to(real)
    return (lengths(slopes_at(critic, line(real, fake, epsilon))) - 1).square().mean()


def one_weight_per_batch(critic, real, fake):
    epsilon = torch.rand(1).item()
    return (lengths(slopes_at(critic, line(real, fake, epsilon))) - 1).square().mean()


def one_weight_per_pixel(critic, real, fake):
    """One for each column of pixels."""
    epsilon = torch.rand(len(real), 1, 1, real.shape[3]).to(real)
    return (lengths(slopes_at(critic, line(real, fake, epsilon))) - 1).square().mean()


def midpoint(critic, real, fake):
    return (lengths(slopes_at(critic, line(real, fake, 0.5))) - 1).square().mean()


def at_real(critic, real, fake):
    return (lengths(slopes_at(critic, real.detach().clone().requires_grad_())) - 1).square().mean()


def at_fake(critic, real, fake):
    return (lengths(slopes_at(critic, fake.detach().requires_grad_())) - 1).square().mean()


def norm_per_channel(critic, real, fake):
    slopes = slopes_at(critic, line(real, fake))
    return (slopes.square().sum(dim=(2, 3)).add(1e-14).sqrt() - 1).square().mean()


def norm_per_pixel(critic, real, fake):
    norms = torch.linalg.vector_norm(slopes_at(critic, line(real, fake)), dim=1)
    return ((norms - 1) ** 2).mean()


def norm_of_batch(critic, real, fake):
    return (torch.linalg.vector_norm(slopes_at(critic, line(real, fake))) - 1) ** 2


def no_create_graph(critic, real, fake):
    return (lengths(slopes_at(critic, line(real, fake), graph=False)) - 1).square().mean()


def no_root(critic, real, fake):
    slopes = slopes_at(critic, line(real, fake)).flatten(1)
    return (torch.einsum("bi,bi->b", slopes, slopes) - 1).pow(2).mean()


def not_squared(critic, real, fake):
    norms = lengths(slopes_at(critic, line(real, fake)))
    return F.l1_loss(norms, torch.ones_like(norms))


def one_not_subtracted(critic, real, fake):
    return slopes_at(critic, line(real, fake)).square().sum(dim=(1, 2, 3)).mean()


def one_sided(critic, real, fake):
    return F.relu(lengths(slopes_at(critic, line(real, fake))) - 1).square().mean()


def square_of_mean(critic, real, fake):
    return (torch.mean(lengths(slopes_at(critic, line(real, fake)))) - 1) ** 2


def mean_score(critic, real, fake):
    between = line(real, fake)
    slopes = autograd.grad(torch.mean(critic(between)), between, create_graph=True)[0]
    return (lengths(slopes) - 1).square().mean()


def summed(critic, real, fake):
    return torch.sum((lengths(slopes_at(critic, line(real, fake))) - 1) ** 2)


def times_ten(critic, real, fake):
    return plain(critic, real, fake) * 10.0


def not_detached(critic, real, fake):
    epsilon = torch.rand(len(real), 1, 1, 1).to(real)
    between = epsilon * real + (1 - epsilon) * fake
    if not between.requires_grad:
        between.requires_grad_()
    return (lengths(slopes_at(critic, between)) - 1).square().mean()


def backward_called(critic, real, fake):
    between = line(real, fake)
    scores = critic(between)
    scores.backward(torch.ones_like(scores), create_graph=True)
    return (lengths(between.grad) - 1).square().mean()


def nan_when_flat(critic, real, fake):
    slopes = slopes_at(critic, line(real, fake)).flatten(1)
    return (torch.sqrt((slopes**2).sum(1)) - 1).square().mean()


MISTAKES = {
    "normal_weights": normal_weights,
    "one_weight_per_batch": one_weight_per_batch,
    "one_weight_per_pixel": one_weight_per_pixel,
    "midpoint": midpoint,
    "at_real": at_real,
    "at_fake": at_fake,
    "norm_per_channel": norm_per_channel,
    "norm_per_pixel": norm_per_pixel,
    "norm_of_batch": norm_of_batch,
    "no_create_graph": no_create_graph,
    "no_root": no_root,
    "not_squared": not_squared,
    "one_not_subtracted": one_not_subtracted,
    "one_sided": one_sided,
    "square_of_mean": square_of_mean,
    "mean_score": mean_score,
    "summed": summed,
    "times_ten": times_ten,
    "not_detached": not_detached,
    "backward_called": backward_called,
    "nan_when_flat": nan_when_flat,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(critic, real, fake):
    return critic.penalty(real, fake)


def only_returns(critic, real, fake):
    return plain(critic, real, fake)[None]


def only_fed(critic, real, fake):
    """The critic is asked about the first image only."""
    return plain(critic, real[:1], fake[:1])


def only_on_the_line(critic, real, fake):
    """A little noise is added to the points."""
    between = (line(real, fake) + 0.1 * torch.randn_like(real)).detach().requires_grad_()
    return (lengths(slopes_at(critic, between)) - 1).square().mean()


def only_shares(critic, real, fake):
    """The same weights in every call."""
    torch.manual_seed(0)
    return plain(critic, real, fake)


def only_value(critic, real, fake):
    """Right where the critic is flat."""
    norms = lengths(slopes_at(critic, line(real, fake)))
    return (norms - 1).square().square().mean()


def only_gradient(critic, real, fake):
    """The value is right, the gradient twice as long."""
    penalty = plain(critic, real, fake)
    return 2 * penalty - penalty.detach()


def only_detached(critic, real, fake):
    """The real images leak."""
    return plain(critic, real, fake) + 0 * real.sum() + (real - real.detach()).sum()


def only_flat(critic, real, fake):
    norms = lengths(slopes_at(critic, line(real, fake)))
    return torch.where(norms > 0, (norms - 1).square(), 0.0).mean()


def only_dtype(critic, real, fake):
    penalty = plain(critic, real, fake)
    return penalty.double() if penalty.dtype == torch.float32 else penalty.float()


def only_inputs_unchanged(critic, real, fake):
    penalty = plain(critic, real, fake)
    critic.eval()
    return penalty


def without_graph(critic, real, fake):
    with torch.no_grad():
        return plain(critic, real, fake)


def finite_differences(critic, real, fake):
    """The slope along the line only."""
    real, fake = real.detach(), fake.detach()
    rise = critic(real) - critic(fake)
    return (rise.abs() / (real - fake).flatten(1).norm(dim=1) - 1).square().mean()


def largest_slope(critic, real, fake):
    return (slopes_at(critic, line(real, fake)).flatten(1).abs().amax(1) - 1).square().mean()


def one_norm(critic, real, fake):
    return (slopes_at(critic, line(real, fake)).flatten(1).norm(p=1, dim=1) - 1).square().mean()


def halved(critic, real, fake):
    return plain(critic, real, fake) / 2


def item_returned(critic, real, fake):
    return plain(critic, real, fake).item()


def beyond_the_ends(critic, real, fake):
    epsilon = 2 * torch.rand(len(real), 1, 1, 1).to(real) - 0.5
    return (lengths(slopes_at(critic, line(real, fake, epsilon))) - 1).square().mean()


def shuffled_weights_from_a_grid(critic, real, fake):
    epsilon = (torch.randperm(len(real)) + 0.5).to(real).view(-1, 1, 1, 1) / len(real)
    return (lengths(slopes_at(critic, line(real, fake, epsilon))) - 1).square().mean()


def spherical(critic, real, fake):
    epsilon = torch.rand(len(real), 1, 1, 1).to(real)
    between = (epsilon.sqrt() * real.detach() + (1 - epsilon).sqrt() * fake.detach()).requires_grad_()
    return (lengths(slopes_at(critic, between)) - 1).square().mean()


def root_mean_square(critic, real, fake):
    slopes = slopes_at(critic, line(real, fake)).flatten(1)
    return (slopes.norm(dim=1) / slopes.shape[1] ** 0.5 - 1).square().mean()


def gathered_gradients_cleared(critic, real, fake):
    critic.zero_grad()
    return plain(critic, real, fake)


def linear_for_steep_slopes(critic, real, fake):
    norms = lengths(slopes_at(critic, line(real, fake)))
    return 2 * F.huber_loss(norms, torch.ones_like(norms))


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_fed": only_fed,
    "only_on_the_line": only_on_the_line,
    "only_shares": only_shares,
    "only_value": only_value,
    "only_gradient": only_gradient,
    "only_detached": only_detached,
    "only_flat": only_flat,
    "only_dtype": only_dtype,
    "only_inputs_unchanged": only_inputs_unchanged,
    "without_graph": without_graph,
    "finite_differences": finite_differences,
    "largest_slope": largest_slope,
    "one_norm": one_norm,
    "halved": halved,
    "item_returned": item_returned,
    "beyond_the_ends": beyond_the_ends,
    "shuffled_weights_from_a_grid": shuffled_weights_from_a_grid,
    "spherical": spherical,
    "root_mean_square": root_mean_square,
    "gathered_gradients_cleared": gathered_gradients_cleared,
    "linear_for_steep_slopes": linear_for_steep_slopes,
}
