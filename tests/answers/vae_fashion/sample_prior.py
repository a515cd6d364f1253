"""Answers of imaginary students to `vae_fashion/sample_prior`: right ones, known mistakes, unlisted mistakes."""

import copy
import sys
import warnings
from contextlib import contextmanager

import torch
from torch import nn
from torch.distributions import Bernoulli, Independent, MultivariateNormal, Normal
from tqdm import tqdm


def like(decoder):
    """Device and dtype of the decoder."""
    weight = next(decoder.parameters())
    return {"device": weight.device, "dtype": weight.dtype}


# ---------------------------------------------------------------- right answers


def plain(decoder, n, latent_dim):
    was_training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = torch.sigmoid(decoder(torch.randn(n, latent_dim, **like(decoder))))
    decoder.train(was_training)
    return images


@torch.no_grad()
def decorated(decoder, n, latent_dim):
    mode = decoder.training
    try:
        return decoder.eval()(torch.randn((n, latent_dim), **like(decoder))).sigmoid()
    finally:
        decoder.train(mode)


@torch.inference_mode()
def inference_mode(decoder, n, latent_dim):
    """Every submodule gets back its own mode."""
    modes = {module: module.training for module in decoder.modules()}
    decoder.eval()
    logits = decoder(torch.empty(n, latent_dim, **like(decoder)).normal_())
    for module, mode in modes.items():
        module.training = mode
    return logits.sigmoid_()


def in_chunks(decoder, n, latent_dim):
    was_training = decoder.training
    decoder.train(False)
    with torch.set_grad_enabled(False):
        z = torch.normal(0.0, 1.0, (n, latent_dim), **like(decoder))
        images = torch.cat([1 / (1 + torch.exp(-decoder(part))) for part in z.split(3)])
    if was_training:
        decoder.train()
    return images


def one_by_one(decoder, n, latent_dim):
    was_training = decoder.training
    decoder.eval()
    images = []
    for _ in tqdm(range(n)):
        with torch.no_grad():
            images += [torch.special.expit(decoder(torch.randn(1, latent_dim, **like(decoder))))[0]]
    decoder.train(mode=was_training)
    return torch.stack(images)


def by_distributions(decoder, n, latent_dim):
    weight = next(iter(decoder.parameters()))
    prior = Independent(Normal(weight.new_zeros(latent_dim), weight.new_ones(latent_dim)), 1)
    before = decoder.training
    with torch.no_grad():
        decoder.eval()
        probabilities = Bernoulli(logits=decoder(prior.sample((n,)))).probs
        decoder.train(before)
    return probabilities


@contextmanager
def evaluating(network):
    modes = [(module, module.training) for module in network.modules()]
    try:
        with torch.no_grad():
            yield network.eval()
    finally:
        for module, mode in modes:
            module.training = mode


def context_manager(decoder, n, latent_dim):
    with evaluating(decoder) as network:
        eye = torch.eye(latent_dim, **like(network))
        z = MultivariateNormal(torch.zeros_like(eye[0]), eye).rsample([n])
        return 0.5 + 0.5 * torch.tanh(network(z) / 2)


def deep_copy(decoder, n, latent_dim):
    """A copy is put in eval mode: the decoder itself is not touched."""
    frozen = copy.deepcopy(decoder).eval()
    with torch.no_grad():
        return nn.Sigmoid()(frozen(torch.randn(n, latent_dim).to(next(decoder.parameters()))))


def helper_function(decoder, n, latent_dim):
    @torch.no_grad()
    def decode(z):
        return torch.sigmoid(decoder(z))

    switch = decoder.train if decoder.training else decoder.eval
    decoder.eval()
    images = decode(torch.special.ndtri(torch.rand(n, latent_dim, **like(decoder)).clamp(1e-7, 1 - 1e-7)))
    switch()
    return images


def talkative(decoder, n, latent_dim):
    print(f"drawing {n} codes")
    print("decoding", file=sys.stderr)
    warnings.warn("samples of an untrained decoder are gray", stacklevel=2)
    return plain(decoder, n=n, latent_dim=latent_dim)


def grad_mode_by_hand(decoder, n, latent_dim):
    grad, mode = torch.is_grad_enabled(), decoder.training
    torch.set_grad_enabled(False)
    decoder.eval()
    try:
        images = torch.sigmoid(decoder(torch.randn(n, latent_dim, **like(decoder))))
    finally:
        torch.set_grad_enabled(grad)
        decoder.train(mode)
    return images


RIGHT = {
    "plain": plain,
    "decorated": decorated,
    "inference_mode": inference_mode,
    "in_chunks": in_chunks,
    "one_by_one": one_by_one,
    "by_distributions": by_distributions,
    "context_manager": context_manager,
    "deep_copy": deep_copy,
    "helper_function": helper_function,
    "talkative": talkative,
    "grad_mode_by_hand": grad_mode_by_hand,
}

# ---------------------------------------------------------------- known mistakes


def logits_returned(decoder, n, latent_dim):
    with evaluating(decoder):
        return torch.cat([decoder(torch.randn(1, latent_dim, **like(decoder))) for _ in range(n)])


def uniform_draws(decoder, n, latent_dim):
    with evaluating(decoder):
        z = torch.empty(n, latent_dim, **like(decoder)).uniform_(-1, 1)
        return Bernoulli(logits=decoder(z)).probs


def graph_kept(decoder, n, latent_dim):
    modes = {module: module.training for module in decoder.modules()}
    logits = decoder.eval()(torch.randn(n, latent_dim, **like(decoder)))
    for module, mode in modes.items():
        module.training = mode
    return 1 / (1 + torch.exp(-logits))


def train_mode(decoder, n, latent_dim):
    zero = next(decoder.parameters()).new_zeros(n, latent_dim)
    with torch.inference_mode():
        return Bernoulli(logits=decoder(Normal(zero, 1.0).sample())).probs


@torch.no_grad()
def left_in_eval(decoder, n, latent_dim):
    for module in decoder.modules():
        module.training = False
    return torch.cat([decoder(z[None]).sigmoid() for z in torch.randn(n, latent_dim, **like(decoder))])


@torch.inference_mode()
def left_in_train(decoder, n, latent_dim):
    z = Normal(torch.zeros(n, latent_dim, **like(decoder)), 1.0).sample()
    images = Bernoulli(logits=decoder.eval()(z)).probs
    for module in decoder.modules():
        module.training = True
    return images


def same_every_time(decoder, n, latent_dim):
    generator = torch.Generator(device=next(decoder.parameters()).device).manual_seed(7)
    with evaluating(decoder):
        z = torch.randn(n, latent_dim, generator=generator, **like(decoder))
        return 1 / (1 + torch.exp(-decoder(z)))


MISTAKES = {
    "logits_returned": logits_returned,
    "uniform_draws": uniform_draws,
    "graph_kept": graph_kept,
    "train_mode": train_mode,
    "left_in_eval": left_in_eval,
    "left_in_train": left_in_train,
    "same_every_time": same_every_time,
}

# ---------------------------------------------------------------- unlisted mistakes


def decode(decoder, z):
    with evaluating(decoder):
        return torch.sigmoid(decoder(z))


def normal(decoder, n, latent_dim):
    return torch.randn(n, latent_dim, **like(decoder))


def only_runs(decoder, n, latent_dim):
    """The two sizes are added instead of listed."""
    return decode(decoder, torch.randn(n + latent_dim, **like(decoder))[None, None, None])


def only_returns(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, n, latent_dim)).flatten(1)


def one_too_many(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, n + 1, latent_dim))


def one_image(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, n, latent_dim))[0]


def squeezed(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, n, latent_dim)).squeeze()


def numpy_array(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, n, latent_dim)).cpu().numpy()


def with_codes(decoder, n, latent_dim):
    z = normal(decoder, n, latent_dim)
    return decode(decoder, z), z


def returns_none(decoder, n, latent_dim):
    decode(decoder, normal(decoder, n, latent_dim))


def list_of_images(decoder, n, latent_dim):
    return list(decode(decoder, normal(decoder, n, latent_dim)))


def only_probabilities(decoder, n, latent_dim):
    """Black and white images."""
    return decode(decoder, normal(decoder, n, latent_dim)).round()


def sigmoid_twice(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, n, latent_dim)).sigmoid()


def clamped_logits(decoder, n, latent_dim):
    with evaluating(decoder):
        return decoder(normal(decoder, n, latent_dim)).clamp(0, 1)


def tanh_range(decoder, n, latent_dim):
    """(tanh(logit) + 1)/2 is the sigmoid of twice the logit."""
    with evaluating(decoder):
        return (torch.tanh(decoder(normal(decoder, n, latent_dim))) + 1) / 2


def bytes_returned(decoder, n, latent_dim):
    return (255 * decode(decoder, normal(decoder, n, latent_dim))).to(torch.uint8)


def not_a_number(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, n, latent_dim)) * float("nan")


def only_law(decoder, n, latent_dim):
    """A standard deviation of 1.3."""
    return decode(decoder, 1.3 * normal(decoder, n, latent_dim))


def laplace(decoder, n, latent_dim):
    """Laplace noise of variance 1."""
    u = torch.rand(n, latent_dim, **like(decoder)) - 0.5
    return decode(decoder, -u.sign() * torch.log1p(-2 * u.abs()) / 2**0.5)


def same_code_for_all(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, 1, latent_dim).expand(n, -1).contiguous())


def same_number_for_all_dimensions(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, n, 1).expand(-1, latent_dim).contiguous())


def shifted(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, n, latent_dim) + 0.5)


def half_normal(decoder, n, latent_dim):
    return decode(decoder, normal(decoder, n, latent_dim).abs())


def on_the_sphere(decoder, n, latent_dim):
    z = normal(decoder, n, latent_dim)
    return decode(decoder, z / z.norm(dim=1, keepdim=True) * latent_dim**0.5)


def only_eval_mode(decoder, n, latent_dim):
    """Only the flag of the decoder itself is set: its batch norm stays in train mode."""
    was = decoder.training
    decoder.training = False
    with torch.no_grad():
        images = torch.sigmoid(decoder(normal(decoder, n, latent_dim)))
    decoder.training = was
    return images


def eval_after_decoding(decoder, n, latent_dim):
    was = decoder.training
    decoder.train()
    with torch.no_grad():
        images = torch.sigmoid(decoder(normal(decoder, n, latent_dim)))
    decoder.eval()
    decoder.train(was)
    return images


def only_mode_restored(decoder, n, latent_dim):
    """The mode is turned around instead of restored."""
    was = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = torch.sigmoid(decoder(normal(decoder, n, latent_dim)))
    decoder.train(not was)
    return images


def left_mixed(decoder, n, latent_dim):
    """Only the flag of the decoder itself is restored: its layers stay in eval mode."""
    was = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = torch.sigmoid(decoder(normal(decoder, n, latent_dim)))
    decoder.training = was
    return images


def only_no_grad(decoder, n, latent_dim):
    """Decoded without a graph, handed over with one to begin."""
    return decode(decoder, normal(decoder, n, latent_dim)).requires_grad_()


def grad_mode_left_off(decoder, n, latent_dim):
    """Gradients stay disabled for the whole program."""
    images = decode(decoder, normal(decoder, n, latent_dim))
    torch.set_grad_enabled(False)
    return images


def frozen_decoder(decoder, n, latent_dim):
    """The parameters stay frozen."""
    decoder.requires_grad_(False)
    return decode(decoder, normal(decoder, n, latent_dim))


def logits_in_train_mode(decoder, n, latent_dim):
    """Two mistakes at once."""
    with torch.no_grad():
        return decoder(normal(decoder, n, latent_dim))


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_probabilities": only_probabilities,
    "only_law": only_law,
    "only_eval_mode": only_eval_mode,
    "only_mode_restored": only_mode_restored,
    "only_no_grad": only_no_grad,
    "one_too_many": one_too_many,
    "one_image": one_image,
    "squeezed": squeezed,
    "numpy_array": numpy_array,
    "with_codes": with_codes,
    "returns_none": returns_none,
    "list_of_images": list_of_images,
    "sigmoid_twice": sigmoid_twice,
    "clamped_logits": clamped_logits,
    "tanh_range": tanh_range,
    "bytes_returned": bytes_returned,
    "not_a_number": not_a_number,
    "laplace": laplace,
    "same_code_for_all": same_code_for_all,
    "same_number_for_all_dimensions": same_number_for_all_dimensions,
    "shifted": shifted,
    "half_normal": half_normal,
    "on_the_sphere": on_the_sphere,
    "eval_after_decoding": eval_after_decoding,
    "left_mixed": left_mixed,
    "grad_mode_left_off": grad_mode_left_off,
    "frozen_decoder": frozen_decoder,
    "logits_in_train_mode": logits_in_train_mode,
}
