"""Answers of imaginary students to `vae_fashion/Sampling`: right ones, known mistakes, unlisted mistakes."""

import math
import sys
import warnings

import numpy as np
import torch
from torch import nn
from torch.distributions import AffineTransform, Independent, MultivariateNormal, Normal, TransformedDistribution
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


class RandnLike(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean)


class Rsample(nn.Module):
    def forward(self, z_mean, z_log_var):
        return Normal(z_mean, (z_log_var / 2).exp()).rsample()


class LoopOverDimensions(nn.Module):
    def forward(self, mu, log_var):
        columns = zip(mu.unbind(1), log_var.unbind(1), strict=True)
        return torch.stack([m + (v / 2).exp() * torch.randn_like(m) for m, v in columns], dim=1)


class LoopOverImages(nn.Module):
    def forward(self, mu, log_var):
        rows = []
        for m, v in zip(mu, log_var, strict=True):
            noise = torch.randn(mu.shape[1], dtype=mu.dtype, device=mu.device)
            rows += [m + noise * v.mul(0.5).exp()]
        return torch.stack(rows)


class Einsum(nn.Module):
    def forward(self, z_mean, z_log_var):
        eps = torch.normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
        return z_mean + torch.einsum("bd,bd->bd", torch.exp(z_log_var / 2), eps)


class FilledInPlace(nn.Module):
    """In place operations on the student's own temporaries only."""

    def forward(self, z_mean, z_log_var):
        eps = torch.empty_like(z_mean).normal_()
        z = torch.exp(0.5 * z_log_var) * eps
        z += z_mean
        return z


class RandnTo(nn.Module):
    def forward(self, z_mean, z_log_var):
        return torch.addcmul(z_mean, torch.exp(z_log_var * 0.5), torch.randn(z_mean.shape).to(z_mean))


class BoxMuller(nn.Module):
    """Normal noise from two uniform draws per element."""

    def forward(self, z_mean, z_log_var):
        radius = torch.sqrt(-2 * torch.log1p(-torch.rand_like(z_mean)))
        angle = 2 * math.pi * torch.rand_like(z_mean)
        return z_mean + (z_log_var / 2).exp() * radius * torch.cos(angle)


class InverseCdf(nn.Module):
    """Normal noise as the quantile of a uniform draw, in float64 so that 0 is as good as never drawn."""

    def forward(self, z_mean, z_log_var):
        u = torch.rand(z_mean.shape, dtype=torch.float64, device=z_mean.device).clamp_(1e-16, 1 - 1e-16)
        return z_mean + (z_log_var / 2).exp() * torch.special.ndtri(u).to(z_mean.dtype)


class MinusSign(nn.Module):
    """The normal law is symmetric: minus is as right as plus."""

    def forward(self, z_mean, z_log_var):
        std = z_log_var.div(2).exp()
        return z_mean - std * torch.randn(*z_mean.shape, out=torch.empty_like(z_mean))


class SquareRootOfVariance(nn.Module):
    def forward(self, z_mean, z_log_var):
        variance = torch.exp(z_log_var)
        return variance**0.5 * torch.randn_like(variance) + z_mean


class FullCovariance(nn.Module):
    def forward(self, z_mean, z_log_var):
        return MultivariateNormal(z_mean, scale_tril=torch.diag_embed(torch.exp(z_log_var / 2))).rsample()


class Transformed(nn.Module):
    def forward(self, z_mean, z_log_var):
        base = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
        return TransformedDistribution(base, [AffineTransform(z_mean, torch.exp(0.5 * z_log_var))]).rsample()


class OwnFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, mean, log_var):
        noise = torch.randn_like(mean).mul_(torch.exp(log_var / 2))
        ctx.save_for_backward(noise)
        return mean + noise

    @staticmethod
    def backward(ctx, grad):
        (noise,) = ctx.saved_tensors
        return grad, grad * noise / 2


class WithOwnBackward(nn.Module):
    def forward(self, z_mean, z_log_var):
        return OwnFunction.apply(z_mean, z_log_var)


class WithBuffer(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("one_half", torch.tensor(0.5))

    def forward(self, z_mean, z_log_var):
        return z_mean + (self.one_half * z_log_var).exp() * torch.randn_like(z_log_var)


class HelpersAndLambdas(nn.Module):
    def __init__(self):
        super().__init__()
        self.std = lambda log_var: torch.pow(math.e, log_var / 2)
        self.noise = torch.randn_like

    def forward(self, *args):
        mean, log_var = args
        return sum([mean, self.std(log_var) * self.noise(mean)])


class Vmapped(nn.Module):
    def forward(self, z_mean, z_log_var):
        def one(mean, log_var):
            return mean + torch.exp(log_var / 2) * torch.randn_like(mean)

        return torch.vmap(one, randomness="different")(z_mean, z_log_var)


class Talkative(nn.Module):
    def forward(self, z_mean, z_log_var):
        print("sampling", tuple(z_mean.shape))
        print("still sampling", file=sys.stderr)
        warnings.warn("sampling is random", stacklevel=2)
        return Independent(Normal(z_mean, torch.exp(0.5 * z_log_var)), 1).rsample()


RIGHT = {
    "randn_like": RandnLike,
    "rsample": Rsample,
    "loop_over_dimensions": LoopOverDimensions,
    "loop_over_images": LoopOverImages,
    "einsum": Einsum,
    "filled_in_place": FilledInPlace,
    "randn_to": RandnTo,
    "box_muller": BoxMuller,
    "inverse_cdf": InverseCdf,
    "minus_sign": MinusSign,
    "square_root_of_variance": SquareRootOfVariance,
    "full_covariance": FullCovariance,
    "transformed": Transformed,
    "own_backward": WithOwnBackward,
    "with_buffer": WithBuffer,
    "helpers_and_lambdas": HelpersAndLambdas,
    "vmapped": Vmapped,
    "talkative": Talkative,
}

# ---------------------------------------------------------------- known mistakes


class ExpLogVarAsStd(nn.Module):
    def forward(self, mu, log_var):
        return Normal(mu, log_var.exp()).rsample()


class LogVarAsStd(nn.Module):
    def forward(self, mu, log_var):
        eps = torch.empty_like(mu).normal_()
        return torch.einsum("bd,bd->bd", log_var, eps) + mu


class OneNoisePerBatch(nn.Module):
    def forward(self, mu, log_var):
        eps = mu.new_empty(()).normal_()
        return torch.stack([m + (v / 2).exp() * eps for m, v in zip(mu, log_var, strict=True)])


class OneNoisePerImage(nn.Module):
    def forward(self, mu, log_var):
        z = [
            m + (v / 2).exp() * torch.randn((), dtype=m.dtype, device=m.device)
            for m, v in zip(mu, log_var, strict=True)
        ]
        return torch.stack(z)


class OneNoisePerDimension(nn.Module):
    def forward(self, mu, log_var):
        columns = []
        for d in range(mu.shape[1]):
            eps = torch.normal(0.0, 1.0, (1,), dtype=mu.dtype, device=mu.device)
            columns += [mu[:, d] + eps * log_var[:, d].mul(0.5).exp()]
        return torch.stack(columns, 1)


class UniformNoise(nn.Module):
    def forward(self, mu, log_var):
        eps = torch.empty_like(mu).uniform_()
        return torch.addcmul(mu, (log_var / 2).exp(), eps)


class FixedNoise(nn.Module):
    def __init__(self):
        super().__init__()
        self.store = {}

    def forward(self, mu, log_var):
        key = (mu.shape, mu.dtype, mu.device)
        if key not in self.store:
            self.store[key] = Normal(torch.zeros_like(mu), 1.0).sample()
        return mu + self.store[key] * torch.exp(log_var / 2)


class Reseeded(nn.Module):
    def forward(self, mu, log_var):
        torch.manual_seed(len("reproducible"))
        return Normal(mu, torch.exp(log_var * 0.5)).rsample()


class Detached(nn.Module):
    def forward(self, mu, log_var):
        return Normal(mu, (log_var / 2).exp()).sample()


class NoiseNotLikeInput(nn.Module):
    def forward(self, mu, log_var):
        eps = Normal(0.0, 1.0).sample(mu.shape)
        return mu + torch.exp(log_var / 2) * eps


class MeanLeftOut(nn.Module):
    def forward(self, mu, log_var):
        return Normal(torch.zeros_like(mu), torch.exp(log_var / 2)).rsample()


class NoNoise(nn.Module):
    def forward(self, mu, log_var):
        return Normal(mu, (log_var / 2).exp()).mean


MISTAKES = {
    "exp_log_var_as_std": ExpLogVarAsStd,
    "log_var_as_std": LogVarAsStd,
    "one_noise_per_batch": OneNoisePerBatch,
    "one_noise_per_image": OneNoisePerImage,
    "one_noise_per_dimension": OneNoisePerDimension,
    "uniform_noise": UniformNoise,
    "fixed_noise": FixedNoise,
    "reseeded": Reseeded,
    "detached": Detached,
    "noise_not_like_input": NoiseNotLikeInput,
    "mean_left_out": MeanLeftOut,
    "no_noise": NoNoise,
}

# ---------------------------------------------------------------- unlisted mistakes


def right(z_mean, z_log_var):
    return z_mean + torch.exp(z_log_var / 2) * torch.randn_like(z_mean)


class OnlyModule(nn.Module):
    """A learnable scale, which is 1 at first."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, z_mean, z_log_var):
        return z_mean + self.scale * torch.exp(z_log_var / 2) * torch.randn_like(z_mean)


class NotAModule:
    def __call__(self, z_mean, z_log_var):
        return right(z_mean, z_log_var)


class OnlyRuns(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + z_log_var.std_dev() * torch.randn_like(z_mean)


class OnlyReturns(nn.Module):
    def forward(self, z_mean, z_log_var):
        return right(z_mean, z_log_var).unsqueeze(1)


class OnlyDtype(nn.Module):
    def forward(self, z_mean, z_log_var):
        return right(z_mean, z_log_var).double()


class AlwaysFloat32(nn.Module):
    def forward(self, z_mean, z_log_var):
        return right(z_mean, z_log_var).float()


class OnlyFinite(nn.Module):
    """0/0 in every element."""

    def forward(self, z_mean, z_log_var):
        zero = torch.zeros_like(z_mean)
        return right(z_mean, z_log_var) + zero / zero


class RootOfLogVar(nn.Module):
    """NaN wherever the log-variance is negative."""

    def forward(self, z_mean, z_log_var):
        return z_mean + z_log_var.sqrt() * torch.randn_like(z_mean)


class OnlyLaw(nn.Module):
    """Laplace noise of variance 1: mean and standard deviation are right, the law is not."""

    def forward(self, z_mean, z_log_var):
        u = torch.rand_like(z_mean) - 0.5
        eps = -u.sign() * torch.log1p(-2 * u.abs()) / math.sqrt(2)
        return z_mean + torch.exp(z_log_var / 2) * eps


class SlightlyTooWide(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + 1.1 * torch.exp(z_log_var / 2) * torch.randn_like(z_mean)


class PointFiveFive(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(0.55 * z_log_var) * torch.randn_like(z_mean)


class QuarterOfLogVar(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(z_log_var / 2).sqrt() * torch.randn_like(z_mean)


class Truncated(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(z_log_var / 2) * torch.randn_like(z_mean).clamp(-1.5, 1.5)


class UnitNoise(nn.Module):
    """The standard deviation is left out."""

    def forward(self, z_mean, z_log_var):
        return z_mean + 0 * z_log_var + torch.randn_like(z_mean)


class OnlyGradient(nn.Module):
    """Only the path to z_log_var is cut."""

    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(z_log_var.detach() / 2) * torch.randn_like(z_mean)


class MeanDetached(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean.detach() + torch.exp(z_log_var / 2) * torch.randn_like(z_mean)


class OnlyFresh(nn.Module):
    """Every draw is used for two calls."""

    def __init__(self):
        super().__init__()
        self.spare = None

    def forward(self, z_mean, z_log_var):
        spare, self.spare = self.spare, None
        if spare is None or spare.shape != z_mean.shape or spare.dtype != z_mean.dtype:
            spare = self.spare = torch.randn_like(z_mean)
        return z_mean + torch.exp(z_log_var / 2) * spare


class OnlyEvalMode(nn.Module):
    def forward(self, z_mean, z_log_var):
        return right(z_mean, z_log_var) if self.training else z_mean


class OnlySeeded(nn.Module):
    """A generator of its own, new noise at every call."""

    def __init__(self):
        super().__init__()
        self.generator = torch.Generator()
        self.generator.seed()

    def forward(self, z_mean, z_log_var):
        eps = torch.randn(z_mean.shape, generator=self.generator, dtype=z_mean.dtype)
        return z_mean + torch.exp(z_log_var / 2) * eps.to(z_mean.device)


class NumpyNoise(nn.Module):
    def forward(self, z_mean, z_log_var):
        eps = torch.from_numpy(np.random.standard_normal(tuple(z_mean.shape))).to(z_mean)
        return z_mean + torch.exp(z_log_var / 2) * eps


class OnlyInputsUnchanged(nn.Module):
    """Turns z_log_var into the standard deviation after it was used."""

    def forward(self, z_mean, z_log_var):
        z = right(z_mean, z_log_var)
        z_log_var.data.div_(2).exp_()
        return z


class ReturnsNone(nn.Module):
    def forward(self, z_mean, z_log_var):
        right(z_mean, z_log_var)


class Pair(nn.Module):
    def forward(self, z_mean, z_log_var):
        eps = torch.randn_like(z_mean)
        return z_mean + torch.exp(z_log_var / 2) * eps, eps


class NumpyArray(nn.Module):
    def forward(self, z_mean, z_log_var):
        return right(z_mean, z_log_var).detach().cpu().numpy()


class Squeezed(nn.Module):
    """Wrong at B = 1 and at D = 1 only."""

    def forward(self, z_mean, z_log_var):
        return right(z_mean, z_log_var).squeeze()


class Transposed(nn.Module):
    def forward(self, z_mean, z_log_var):
        return right(z_mean, z_log_var).T


class VarianceAndUniform(nn.Module):
    """Two mistakes at once."""

    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(z_log_var) * (torch.rand_like(z_mean) * 2 - 1)


class MeanTwice(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + right(z_mean, z_log_var)


class SharedByPairs(nn.Module):
    """The images 0 and 1, 2 and 3, … share their noise."""

    def forward(self, z_mean, z_log_var):
        eps = torch.randn_like(z_mean)
        eps[1::2] = eps[: len(eps) // 2 * 2 : 2]
        return z_mean + torch.exp(z_log_var / 2) * eps


class BatchNormalisedNoise(nn.Module):
    """The noise is standardised over the batch, NaN at B = 1."""

    def forward(self, z_mean, z_log_var):
        eps = torch.randn_like(z_mean)
        return z_mean + torch.exp(z_log_var / 2) * (eps - eps.mean(0)) / eps.std(0)


class SoftplusStd(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + F.softplus(z_log_var) * torch.randn_like(z_mean)


UNLISTED = {
    "only_module": OnlyModule,
    "only_runs": OnlyRuns,
    "only_returns": OnlyReturns,
    "only_dtype": OnlyDtype,
    "only_finite": OnlyFinite,
    "only_law": OnlyLaw,
    "only_gradient": OnlyGradient,
    "only_fresh": OnlyFresh,
    "only_eval_mode": OnlyEvalMode,
    "only_seeded": OnlySeeded,
    "only_inputs_unchanged": OnlyInputsUnchanged,
    "not_a_module": NotAModule,
    "always_float32": AlwaysFloat32,
    "root_of_log_var": RootOfLogVar,
    "slightly_too_wide": SlightlyTooWide,
    "point_five_five": PointFiveFive,
    "quarter_of_log_var": QuarterOfLogVar,
    "truncated": Truncated,
    "unit_noise": UnitNoise,
    "mean_detached": MeanDetached,
    "numpy_noise": NumpyNoise,
    "returns_none": ReturnsNone,
    "pair": Pair,
    "numpy_array": NumpyArray,
    "squeezed": Squeezed,
    "transposed": Transposed,
    "variance_and_uniform": VarianceAndUniform,
    "mean_twice": MeanTwice,
    "shared_by_pairs": SharedByPairs,
    "batch_normalised_noise": BatchNormalisedNoise,
    "softplus_std": SoftplusStd,
}
