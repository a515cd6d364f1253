"""Answers of imaginary students to `vae_fashion/train_step`: right ones, known mistakes, unlisted mistakes."""

import sys
import warnings

import torch
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.func import functional_call
from torch.nn import functional as F
from tqdm import tqdm


def divergence(z_mean, z_log_var):
    return -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()


def cross_entropy(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / x.shape[0]


def vae_loss(logits, x, z_mean, z_log_var, beta):
    reconstruction, kl = cross_entropy(logits, x), divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def named(total, reconstruction, kl):
    return {"total": float(total), "reconstruction": float(reconstruction), "kl": float(kl)}


# ---------------------------------------------------------------- right answers


def plain(encoder, decoder, x, optimizer, beta):
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder(x)
    total, reconstruction, kl = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}


def zeroed_after_the_step(encoder, decoder, x, optimizer, beta):
    for network in (encoder, decoder):
        network.train(True)
    mu, log_var, z = encoder(x)
    losses = vae_loss(logits=decoder(z), x=x, z_mean=mu, z_log_var=log_var, beta=beta)
    report = {k: v.item() for k, v in zip(("total", "reconstruction", "kl"), losses, strict=True)}
    losses[0].backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=False)
    return report


def redrawn_by_rsample(encoder, decoder, x, optimizer, beta):
    """z is drawn here, from the posterior that the encoder gives."""
    optimizer.zero_grad()
    encoder.train(), decoder.train()
    z_mean, z_log_var, _ = encoder(x)
    posterior = Normal(z_mean, torch.exp(z_log_var / 2))
    logits = decoder(posterior.rsample())
    prior = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
    kl = kl_divergence(posterior, prior).sum(1).mean()
    recon = -Bernoulli(logits=logits, validate_args=False).log_prob(x).flatten(1).sum(1).mean()
    loss = recon + beta * kl
    loss.backward()
    optimizer.step()
    return {"kl": kl.tolist(), "reconstruction": recon.tolist(), "total": loss.tolist()}


def redrawn_by_randn(encoder, decoder, x, optimizer, beta):
    decoder.train()
    encoder.train()
    mu, log_var = encoder(x)[:2]
    z = torch.addcmul(mu, (log_var / 2).exp(), torch.randn_like(mu))
    logits = decoder(z)
    reconstruction = (F.softplus(logits) - x * logits).flatten(1).sum(1).mean()
    kl = 0.5 * (mu.square() + log_var.expm1() - log_var).sum(1).mean()
    optimizer.zero_grad()
    (beta * kl + reconstruction).backward()
    optimizer.step()
    values = {"reconstruction": float(reconstruction), "kl": float(kl)}
    return values | {"total": values["reconstruction"] + float(beta) * values["kl"]}


def gradients_by_hand(encoder, decoder, x, optimizer, beta):
    """autograd.grad instead of backward."""
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder(x)
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    parameters = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
    for parameter, grad in zip(parameters, torch.autograd.grad(losses[0], parameters, allow_unused=True), strict=True):
        parameter.grad = grad
    optimizer.step()
    return named(*losses)


def two_backwards(encoder, decoder, x, optimizer, beta):
    """The two terms are differentiated one after the other: their gradients add up."""
    encoder.train()
    decoder.train()
    encoder.zero_grad()
    decoder.zero_grad()
    z_mean, z_log_var, z = encoder(x)
    _, reconstruction, kl = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    reconstruction.backward(retain_graph=True)
    (beta * kl).backward()
    optimizer.step()
    return named(reconstruction + beta * kl, reconstruction, kl)


def with_closure(encoder, decoder, x, optimizer, beta):
    nn.ModuleList([encoder, decoder]).train()
    report = {}

    def closure():
        optimizer.zero_grad()
        z_mean, z_log_var, z = encoder(x)
        total, reconstruction, kl = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
        total.backward()
        report.update(named(total, reconstruction, kl))
        return total

    optimizer.step(closure)
    return report


def image_by_image_losses(encoder, decoder, x, optimizer, beta):
    """One forward pass, the losses summed over the images in a loop."""
    encoder.train()
    decoder.train()
    with torch.enable_grad():
        z_mean, z_log_var, z = encoder(x)
        logits = decoder(z)
        reconstruction = kl = 0.0
        for a, t, m, v in tqdm(list(zip(logits, x, z_mean, z_log_var, strict=True))):
            reconstruction = reconstruction + torch.logaddexp(a, torch.zeros_like(a)).sum() - (a * t).sum()
            kl = kl + 0.5 * (torch.dot(m, m) + (v.exp() - v - 1).sum())
        reconstruction, kl = reconstruction / len(x), kl / len(x)
        total = reconstruction + beta * kl
    for parameter in (*encoder.parameters(), *decoder.parameters()):
        parameter.grad = None
    total.backward()
    optimizer.step()
    return named(total, reconstruction, kl)


def functional_calls(encoder, decoder, x, optimizer, beta):
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = functional_call(encoder, dict(encoder.named_parameters()), (x,))
    logits = functional_call(decoder, dict(decoder.named_parameters()), (z,))
    losses = vae_loss(logits, x, z_mean, z_log_var, beta)
    optimizer.zero_grad(set_to_none=True)
    torch.autograd.backward(losses[0])
    optimizer.step()
    return named(*[loss.detach() for loss in losses])


def forward_called_directly(encoder, decoder, x, optimizer, beta):
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder.forward(x)
    logits = decoder.forward(z)
    total, reconstruction, kl = vae_loss(logits, x, z_mean, z_log_var, beta)
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    return named(total, reconstruction, kl)


def talkative(encoder, decoder, x, optimizer, beta):
    report = plain(encoder, decoder, x, optimizer, beta)
    print(" ".join(f"{name}={value:.2f}" for name, value in report.items()))
    print("one step", file=sys.stderr)
    warnings.warn("training is slow without an accelerator", stacklevel=2)
    return report


RIGHT = {
    "plain": plain,
    "zeroed_after_the_step": zeroed_after_the_step,
    "redrawn_by_rsample": redrawn_by_rsample,
    "redrawn_by_randn": redrawn_by_randn,
    "gradients_by_hand": gradients_by_hand,
    "two_backwards": two_backwards,
    "with_closure": with_closure,
    "image_by_image_losses": image_by_image_losses,
    "functional_calls": functional_calls,
    "forward_called_directly": forward_called_directly,
    "talkative": talkative,
}

# ---------------------------------------------------------------- known mistakes


def uses_z_mean(encoder, decoder, x, optimizer, beta):
    nn.ModuleList([encoder, decoder]).train()
    posterior = encoder(x)[:2]
    total, reconstruction, kl = vae_loss(decoder(posterior[0]), x, *posterior, beta)
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    return named(total, reconstruction, kl)


def stale_gradients(encoder, decoder, x, optimizer, beta):
    nn.ModuleList([encoder, decoder]).train()
    z_mean, z_log_var, z = encoder(x)
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    parameters = [*encoder.parameters(), *decoder.parameters()]
    for p, grad in zip(parameters, torch.autograd.grad(losses[0], parameters, allow_unused=True), strict=True):
        if grad is not None:
            p.grad = grad if p.grad is None else p.grad + grad
    optimizer.step()
    return named(*losses)


def kl_dropped(encoder, decoder, x, optimizer, beta):
    nn.ModuleList([encoder, decoder]).train()
    z_mean, z_log_var, z = encoder(x)
    reconstruction = -Bernoulli(logits=decoder(z), validate_args=False).log_prob(x).flatten(1).sum(1).mean()

    def closure():
        optimizer.zero_grad()
        reconstruction.backward()
        return reconstruction

    optimizer.step(closure)
    with torch.no_grad():
        kl = divergence(z_mean, z_log_var)
        return named(reconstruction + beta * kl, reconstruction, kl)


def no_update(encoder, decoder, x, optimizer, beta):
    nn.ModuleList([encoder, decoder]).train()
    z_mean, z_log_var, z = encoder(x)
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    losses[0].backward()
    for network in (encoder, decoder):
        for parameter in network.parameters():
            parameter.grad = None
    optimizer.step()
    return named(*losses)


def mode_as_found(encoder, decoder, x, optimizer, beta):
    def closure():
        optimizer.zero_grad()
        z_mean, z_log_var, z = encoder(x)
        losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
        losses[0].backward()
        report.update(named(*losses))
        return losses[0]

    report = {}
    optimizer.step(closure)
    return report


def tensors_returned(encoder, decoder, x, optimizer, beta):
    nn.ModuleList([encoder, decoder]).train()
    z_mean, z_log_var, z = encoder(x)
    losses = dict(zip(("total", "reconstruction", "kl"), vae_loss(decoder(z), x, z_mean, z_log_var, beta), strict=True))
    optimizer.zero_grad()
    losses["total"].backward()
    optimizer.step()
    return {name: loss.detach().clone() for name, loss in losses.items()}


def beta_dropped(encoder, decoder, x, optimizer, beta):
    nn.ModuleList([encoder, decoder]).train()
    z_mean, z_log_var, z = encoder(x)
    losses = torch.stack([cross_entropy(decoder(z), x), divergence(z_mean, z_log_var)])
    optimizer.zero_grad()
    losses.backward(torch.ones_like(losses))
    optimizer.step()
    return named(losses.sum(), *losses)


MISTAKES = {
    "uses_z_mean": uses_z_mean,
    "stale_gradients": stale_gradients,
    "kl_dropped": kl_dropped,
    "no_update": no_update,
    "mode_as_found": mode_as_found,
    "tensors_returned": tensors_returned,
    "beta_dropped": beta_dropped,
}

# ---------------------------------------------------------------- unlisted mistakes


def forward(encoder, decoder, x, beta):
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder(x)
    return vae_loss(decoder(z), x, z_mean, z_log_var, beta)


def update(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def only_runs(encoder, decoder, x, optimizer, beta):
    """Every argument comes as a tuple."""
    encoder.train()
    decoder.train()
    z = encoder(x)
    return named(*vae_loss(decoder(z), x, *z, beta))


def backward_twice(encoder, decoder, x, optimizer, beta):
    """The graph is gone after the first backward: raises."""
    total, reconstruction, kl = forward(encoder, decoder, x, beta)
    optimizer.zero_grad()
    reconstruction.backward()
    total.backward()
    optimizer.step()
    return named(total, reconstruction, kl)


def only_returns(encoder, decoder, x, optimizer, beta):
    """Other names."""
    report = plain(encoder, decoder, x, optimizer, beta)
    return {"loss": report["total"], "bce": report["reconstruction"], "kld": report["kl"]}


def tuple_returned(encoder, decoder, x, optimizer, beta):
    return tuple(plain(encoder, decoder, x, optimizer, beta).values())


def total_alone(encoder, decoder, x, optimizer, beta):
    return plain(encoder, decoder, x, optimizer, beta)["total"]


def kl_missing_in_report(encoder, decoder, x, optimizer, beta):
    report = plain(encoder, decoder, x, optimizer, beta)
    del report["kl"]
    return report


def returns_none(encoder, decoder, x, optimizer, beta):
    plain(encoder, decoder, x, optimizer, beta)


def only_both_called(encoder, decoder, x, optimizer, beta):
    """A noisy copy of x is encoded."""
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder(x + 0.1 * torch.randn_like(x))
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    return named(*losses)


def negative_encoded(encoder, decoder, x, optimizer, beta):
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder(1 - x)
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    return named(*losses)


def only_sampled(encoder, decoder, x, optimizer, beta):
    """z is redrawn with the variance as the standard deviation."""
    encoder.train()
    decoder.train()
    z_mean, z_log_var, _ = encoder(x)
    z = z_mean + torch.exp(z_log_var) * torch.randn_like(z_mean)
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    return named(*losses)


def prior_decoded(encoder, decoder, x, optimizer, beta):
    encoder.train()
    decoder.train()
    z_mean, z_log_var, _ = encoder(x)
    losses = vae_loss(decoder(torch.randn_like(z_mean)), x, z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    return named(*losses)


def z_log_var_decoded(encoder, decoder, x, optimizer, beta):
    encoder.train()
    decoder.train()
    z_mean, z_log_var, _ = encoder(x)
    losses = vae_loss(decoder(z_log_var), x, z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    return named(*losses)


def noise_shared_by_batch(encoder, decoder, x, optimizer, beta):
    encoder.train()
    decoder.train()
    z_mean, z_log_var, _ = encoder(x)
    z = z_mean + torch.exp(z_log_var / 2) * torch.randn_like(z_mean[:1])
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    return named(*losses)


def z_detached(encoder, decoder, x, optimizer, beta):
    """The encoder learns from the KL alone."""
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder(x)
    losses = vae_loss(decoder(z.detach()), x, z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    return named(*losses)


def only_losses(encoder, decoder, x, optimizer, beta):
    """The update is right, the report is per pixel."""
    report = plain(encoder, decoder, x, optimizer, beta)
    return {name: value / x[0].numel() for name, value in report.items()}


def report_swapped(encoder, decoder, x, optimizer, beta):
    total, reconstruction, kl = forward(encoder, decoder, x, beta)
    update(optimizer, total)
    return named(total, kl, reconstruction)


def kl_reported_with_beta(encoder, decoder, x, optimizer, beta):
    total, reconstruction, kl = forward(encoder, decoder, x, beta)
    update(optimizer, total)
    return named(total, reconstruction, beta * kl)


def total_reported_without_beta(encoder, decoder, x, optimizer, beta):
    total, reconstruction, kl = forward(encoder, decoder, x, beta)
    update(optimizer, total)
    return named(reconstruction + kl, reconstruction, kl)


def not_a_number(encoder, decoder, x, optimizer, beta):
    plain(encoder, decoder, x, optimizer, beta)
    return named(*[float("nan")] * 3)


def reported_after_the_update(encoder, decoder, x, optimizer, beta):
    """A second pass in train mode: moves the running statistics of batch norm again."""
    update(optimizer, forward(encoder, decoder, x, beta)[0])
    with torch.no_grad():
        return named(*forward(encoder, decoder, x, beta))


def reported_after_in_eval(encoder, decoder, x, optimizer, beta):
    """The report is a second pass in eval mode, after the update."""
    update(optimizer, forward(encoder, decoder, x, beta)[0])
    encoder.eval()
    decoder.eval()
    with torch.no_grad():
        z_mean, z_log_var, z = encoder(x)
        losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    encoder.train()
    decoder.train()
    return named(*losses)


def only_update(encoder, decoder, x, optimizer, beta):
    """Gradients are clipped."""
    losses = forward(encoder, decoder, x, beta)
    optimizer.zero_grad()
    losses[0].backward()
    nn.utils.clip_grad_norm_([*encoder.parameters(), *decoder.parameters()], 0.1)
    optimizer.step()
    return named(*losses)


def two_steps(encoder, decoder, x, optimizer, beta):
    losses = forward(encoder, decoder, x, beta)
    update(optimizer, losses[0])
    optimizer.step()
    return named(*losses)


def zeroed_in_decoder_alone(encoder, decoder, x, optimizer, beta):
    losses = forward(encoder, decoder, x, beta)
    decoder.zero_grad()
    losses[0].backward()
    optimizer.step()
    return named(*losses)


def reconstruction_dropped(encoder, decoder, x, optimizer, beta):
    losses = forward(encoder, decoder, x, beta)
    update(optimizer, losses[2] * beta)
    return named(*losses)


def update_of_pixel_mean(encoder, decoder, x, optimizer, beta):
    """The report is right, the update is made with the mean over the pixels."""
    total, reconstruction, kl = forward(encoder, decoder, x, beta)
    update(optimizer, reconstruction / x[0].numel() + beta * kl)
    return named(total, reconstruction, kl)


def pixel_mean_everywhere(encoder, decoder, x, optimizer, beta):
    _, reconstruction, kl = forward(encoder, decoder, x, beta)
    reconstruction = reconstruction / x[0].numel()
    total = reconstruction + beta * kl
    update(optimizer, total)
    return named(total, reconstruction, kl)


def beta_on_reconstruction(encoder, decoder, x, optimizer, beta):
    _, reconstruction, kl = forward(encoder, decoder, x, beta)
    total = beta * reconstruction + kl
    update(optimizer, total)
    return named(total, reconstruction, kl)


def learning_rate_decays(encoder, decoder, x, optimizer, beta):
    report = plain(encoder, decoder, x, optimizer, beta)
    for group in optimizer.param_groups:
        group["lr"] *= 0.9
    return report


def own_optimizer(encoder, decoder, x, optimizer, beta):
    """The optimizer that is given is not used."""
    losses = forward(encoder, decoder, x, beta)
    update(torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.0123), losses[0])
    return named(*losses)


def encoder_alone_updated(encoder, decoder, x, optimizer, beta):
    losses = forward(encoder, decoder, x, beta)
    optimizer.zero_grad()
    losses[0].backward()
    decoder.zero_grad()
    optimizer.step()
    return named(*losses)


def only_buffers(encoder, decoder, x, optimizer, beta):
    """The decoder runs once more in train mode, to look at its picture."""
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder(x)
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    with torch.no_grad():
        decoder(z).sigmoid()
    return named(*losses)


def eval_during_forward(encoder, decoder, x, optimizer, beta):
    """In eval mode while it matters, in train mode afterwards."""
    encoder.eval()
    decoder.eval()
    z_mean, z_log_var, z = encoder(x)
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    encoder.train()
    decoder.train()
    update(optimizer, losses[0])
    return named(*losses)


def encoded_three_times(encoder, decoder, x, optimizer, beta):
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder(x)[0], encoder(x)[1], encoder(x)[2]
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    return named(*losses)


def only_train_mode(encoder, decoder, x, optimizer, beta):
    """Leaves the networks in eval mode, ready for pictures."""
    report = plain(encoder, decoder, x, optimizer, beta)
    encoder.eval()
    decoder.eval()
    return report


def encoder_alone_in_train_mode(encoder, decoder, x, optimizer, beta):
    encoder.train()
    z_mean, z_log_var, z = encoder(x)
    losses = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    return named(*losses)


def mode_restored(encoder, decoder, x, optimizer, beta):
    modes = encoder.training, decoder.training
    report = plain(encoder, decoder, x, optimizer, beta)
    encoder.train(modes[0])
    decoder.train(modes[1])
    return report


def only_floats(encoder, decoder, x, optimizer, beta):
    """NumPy scalars of single precision, which are not Python floats."""
    losses = forward(encoder, decoder, x, beta)
    update(optimizer, losses[0])
    values = [loss.detach().cpu().float().numpy()[()] for loss in losses]
    return dict(zip(("total", "reconstruction", "kl"), values, strict=True))


def kl_is_a_tensor(encoder, decoder, x, optimizer, beta):
    total, reconstruction, kl = forward(encoder, decoder, x, beta)
    update(optimizer, total)
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.detach()}


def strings(encoder, decoder, x, optimizer, beta):
    return {name: f"{value:.6f}" for name, value in plain(encoder, decoder, x, optimizer, beta).items()}


def only_flags_kept(encoder, decoder, x, optimizer, beta):
    """Frozen between the steps."""
    networks = nn.ModuleList([encoder, decoder]).requires_grad_(True)
    report = plain(encoder, decoder, x, optimizer, beta)
    networks.requires_grad_(False)
    return report


def decoder_left_frozen(encoder, decoder, x, optimizer, beta):
    for parameter in decoder.parameters():
        parameter.requires_grad = True
    report = plain(encoder, decoder, x, optimizer, beta)
    for parameter in decoder.parameters():
        parameter.requires_grad = False
    return report


def only_inputs_unchanged(encoder, decoder, x, optimizer, beta):
    """Binarises x in place after its use."""
    report = plain(encoder, decoder, x, optimizer, beta)
    x.data.round_()
    return report


def zero_grad_missing_and_z_mean(encoder, decoder, x, optimizer, beta):
    """Two mistakes at once."""
    encoder.train()
    decoder.train()
    z_mean, z_log_var, _ = encoder(x)
    losses = vae_loss(decoder(z_mean), x, z_mean, z_log_var, beta)
    losses[0].backward()
    optimizer.step()
    return named(*losses)


def gradient_ascent(encoder, decoder, x, optimizer, beta):
    losses = forward(encoder, decoder, x, beta)
    update(optimizer, -losses[0])
    return named(*losses)


def beta_squared(encoder, decoder, x, optimizer, beta):
    losses = forward(encoder, decoder, x, beta**2)
    update(optimizer, losses[0])
    return named(*losses)


def target_is_rounded(encoder, decoder, x, optimizer, beta):
    encoder.train()
    decoder.train()
    z_mean, z_log_var, z = encoder(x)
    losses = vae_loss(decoder(z), x.round(), z_mean, z_log_var, beta)
    update(optimizer, losses[0])
    return named(*losses)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_both_called": only_both_called,
    "only_sampled": only_sampled,
    "only_losses": only_losses,
    "only_update": only_update,
    "only_buffers": only_buffers,
    "only_train_mode": only_train_mode,
    "only_floats": only_floats,
    "only_flags_kept": only_flags_kept,
    "only_inputs_unchanged": only_inputs_unchanged,
    "backward_twice": backward_twice,
    "tuple_returned": tuple_returned,
    "total_alone": total_alone,
    "kl_missing_in_report": kl_missing_in_report,
    "returns_none": returns_none,
    "negative_encoded": negative_encoded,
    "prior_decoded": prior_decoded,
    "z_log_var_decoded": z_log_var_decoded,
    "noise_shared_by_batch": noise_shared_by_batch,
    "z_detached": z_detached,
    "report_swapped": report_swapped,
    "kl_reported_with_beta": kl_reported_with_beta,
    "total_reported_without_beta": total_reported_without_beta,
    "not_a_number": not_a_number,
    "reported_after_the_update": reported_after_the_update,
    "reported_after_in_eval": reported_after_in_eval,
    "two_steps": two_steps,
    "zeroed_in_decoder_alone": zeroed_in_decoder_alone,
    "reconstruction_dropped": reconstruction_dropped,
    "update_of_pixel_mean": update_of_pixel_mean,
    "pixel_mean_everywhere": pixel_mean_everywhere,
    "beta_on_reconstruction": beta_on_reconstruction,
    "learning_rate_decays": learning_rate_decays,
    "own_optimizer": own_optimizer,
    "encoder_alone_updated": encoder_alone_updated,
    "eval_during_forward": eval_during_forward,
    "encoded_three_times": encoded_three_times,
    "encoder_alone_in_train_mode": encoder_alone_in_train_mode,
    "mode_restored": mode_restored,
    "kl_is_a_tensor": kl_is_a_tensor,
    "strings": strings,
    "decoder_left_frozen": decoder_left_frozen,
    "zero_grad_missing_and_z_mean": zero_grad_missing_and_z_mean,
    "gradient_ascent": gradient_ascent,
    "beta_squared": beta_squared,
    "target_is_rounded": target_is_rounded,
}
