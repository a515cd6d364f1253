"""Answers of imaginary students to `density/class_posterior`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch.distributions import Categorical
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def softmax(log_likelihoods, log_prior):
    return torch.softmax(log_likelihoods + log_prior, dim=1)


def functional(ll, lp):
    return F.softmax(ll + lp[None, :], dim=-1)


def log_softmax(ll, lp):
    return F.log_softmax(ll + lp, dim=1).exp()


def logsumexp(ll, lp):
    joint = ll + lp
    return torch.exp(joint - torch.logsumexp(joint, dim=1, keepdim=True))


def largest_subtracted(ll, lp):
    joint = ll + lp
    ratios = torch.exp(joint - joint.max(dim=1, keepdim=True).values)
    return ratios / ratios.sum(dim=1, keepdim=True)


def distribution(ll, lp):
    return Categorical(logits=ll + lp).probs


def one_over_sum_of_ratios(ll, lp):
    joint = ll + lp
    return 1 / torch.exp(joint.unsqueeze(1) - joint.unsqueeze(2)).sum(2)


def prior_weighted(ll, lp):
    """Likelihood ratios first, then the prior, then normalised."""
    weighted = torch.softmax(ll, dim=1) * lp.exp()
    return weighted / weighted.sum(1, keepdim=True)


def loops(ll, lp):
    rows = []
    for row in ll:
        joint = [value + prior for value, prior in zip(row, lp, strict=True)]
        rows.append(torch.stack(joint).softmax(0))
    return torch.stack(rows)


def module(ll, lp):
    return torch.nn.Softmax(dim=1)(ll.add(lp))


RIGHT = {
    "softmax": softmax,
    "functional": functional,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "largest_subtracted": largest_subtracted,
    "distribution": distribution,
    "one_over_sum_of_ratios": one_over_sum_of_ratios,
    "prior_weighted": prior_weighted,
    "loops": loops,
    "module": module,
}

# ---------------------------------------------------------------- known mistakes


def prior_ignored(ll, lp):
    return Categorical(logits=ll).probs


def underflow(ll, lp):
    """Minus infinity for the logarithm of a sum that has become 0."""
    joint = ll + lp
    return torch.exp(joint - torch.log(joint.exp().sum(dim=1, keepdim=True)))


def normalised_over_points(ll, lp):
    joint = ll + lp
    return torch.exp(joint - torch.logsumexp(joint, dim=0))


def log_posterior(ll, lp):
    joint = ll + lp
    return joint - joint.logsumexp(1, keepdim=True)


def not_normalised(ll, lp):
    return torch.exp(ll) * torch.exp(lp)


def log_joint(ll, lp):
    return torch.stack([row + lp for row in ll])


def prior_subtracted(ll, lp):
    inverse = 1 / lp.exp()
    weighted = torch.softmax(ll, 1) * inverse
    return weighted / weighted.sum(1, keepdim=True)


def prior_not_logarithm(ll, lp):
    return Categorical(logits=ll + torch.exp(lp)).probs


def log_prior_as_factor(ll, lp):
    return Categorical(logits=lp * ll).probs


def prior_after_normalising(ll, lp):
    posterior = torch.exp(ll - ll.logsumexp(1, keepdim=True))
    return torch.einsum("nk,k->nk", posterior, lp.exp())


def class_returned(ll, lp):
    return torch.max(torch.softmax(ll + lp, 1), dim=1).indices


MISTAKES = {
    "prior_ignored": prior_ignored,
    "underflow": underflow,
    "normalised_over_points": normalised_over_points,
    "log_posterior": log_posterior,
    "not_normalised": not_normalised,
    "log_joint": log_joint,
    "prior_subtracted": prior_subtracted,
    "prior_not_logarithm": prior_not_logarithm,
    "log_prior_as_factor": log_prior_as_factor,
    "prior_after_normalising": prior_after_normalising,
    "class_returned": class_returned,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(ll, lp):
    return Categorical(logits=ll + lp).probabilities


def only_returns(ll, lp):
    return softmax(ll, lp).T


def two_values(ll, lp):
    return softmax(ll, lp), (ll + lp).logsumexp(1)


def only_dtype(ll, lp):
    return softmax(ll.double(), lp.double())


def always_float32(ll, lp):
    return softmax(ll, lp).float()


def only_finite(ll, lp):
    posterior = softmax(ll, lp)
    return torch.where(posterior < 0.02, torch.nan, posterior)


def only_sums(ll, lp):
    """A thousandth too much in every row."""
    return softmax(ll, lp) * 1.001


def only_value(ll, lp):
    """A little too even; rows sum to 1, and the gradient is right."""
    posterior = softmax(ll, lp)
    return posterior - 0.01 * (posterior - 1 / ll.shape[1]).detach()


def only_gradient(ll, lp):
    """The prior is detached."""
    return softmax(ll, lp.detach())


def without_a_graph(ll, lp):
    with torch.no_grad():
        return softmax(ll, lp)


def only_inputs_unchanged(ll, lp):
    posterior = softmax(ll, lp)
    ll.data.add_(lp.data)
    return posterior


def one_hot(ll, lp):
    best = (ll + lp).argmax(1)
    return F.one_hot(best, ll.shape[1]).to(ll.dtype)


def clamped(ll, lp):
    return softmax(ll.clamp(min=-50), lp)


def epsilon(ll, lp):
    joint = (ll + lp).exp()
    return (joint + 1e-9) / (joint + 1e-9).sum(1, keepdim=True)


def temperature(ll, lp):
    return softmax(2 * ll, lp)


def prior_twice(ll, lp):
    return torch.softmax(ll + 2 * lp, 1)


def reversed_prior(ll, lp):
    return softmax(ll, lp.flip(0))


def sigmoids(ll, lp):
    return torch.sigmoid(ll + lp)


def negative_log_likelihoods(ll, lp):
    return torch.softmax(lp - ll, 1)


def first_row_for_all(ll, lp):
    return softmax(ll, lp)[:1].expand_as(ll) * 1.0 if len(ll) > 1 else softmax(ll, lp)


def mean_of_prior_and_likelihood(ll, lp):
    return (torch.softmax(ll, 1) + lp.exp()) / 2


def largest_of_all_subtracted(ll, lp):
    """Of all points, not of each: those far below it are still rounded to 0."""
    joint = ll + lp
    numerators = torch.exp(joint - joint.max())
    return numerators / numerators.sum(dim=1, keepdim=True)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "two_values": two_values,
    "only_dtype": only_dtype,
    "always_float32": always_float32,
    "only_finite": only_finite,
    "only_sums": only_sums,
    "only_value": only_value,
    "only_gradient": only_gradient,
    "without_a_graph": without_a_graph,
    "only_inputs_unchanged": only_inputs_unchanged,
    "one_hot": one_hot,
    "clamped": clamped,
    "epsilon": epsilon,
    "temperature": temperature,
    "prior_twice": prior_twice,
    "reversed_prior": reversed_prior,
    "sigmoids": sigmoids,
    "negative_log_likelihoods": negative_log_likelihoods,
    "first_row_for_all": first_row_for_all,
    "mean_of_prior_and_likelihood": mean_of_prior_and_likelihood,
    "largest_of_all_subtracted": largest_of_all_subtracted,
}
