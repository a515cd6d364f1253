"""Answers of imaginary students to `autoencoder/train_step`: right ones, known mistakes, unlisted mistakes."""

import copy
import sys

import torch
from torch import nn
from torch.nn import functional as F


def losses(logits, x):
    return (F.softplus(logits) - x * logits).mean(), (torch.sigmoid(logits) - x).square().mean().sqrt()


def update(loss, optimizer):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# ---------------------------------------------------------------- right answers


def plain(encoder, decoder, x, optimizer):
    encoder.train()
    decoder.train()
    optimizer.zero_grad()
    bce, _ = losses(decoder(encoder(x)), x)
    bce.backward()
    optimizer.step()
    return bce.item()


def zeroed_after_the_step(encoder, decoder, x, optimizer):
    z = encoder.train()(x)
    loss = nn.BCEWithLogitsLoss()(decoder.train()(z), x)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=False)
    return float(loss)


def with_closure(encoder, decoder, x, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(decoder(encoder(x)), x)
        loss.backward()
        return loss

    for network in (encoder, decoder):
        network.train(True)
    return optimizer.step(closure).item()


def gradients_by_hand(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    loss = losses(decoder(encoder(x)), x)[0]
    parameters = [*encoder.parameters(), *decoder.parameters()]
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return loss.tolist()


def as_one_network(encoder, decoder, x, optimizer):
    whole = nn.Sequential(encoder, decoder).train()
    loss = F.binary_cross_entropy_with_logits(whole(x), x, reduction="sum") / x.numel()
    whole.zero_grad()
    torch.autograd.backward([loss])
    optimizer.step()
    print(f"loss {loss:.3f}", file=sys.stderr)
    return loss.detach().numpy().item()


def both_halves_apart(encoder, decoder, x, optimizer):
    """The gradient is carried over the embedding by hand."""
    optimizer.zero_grad()
    z = encoder.train()(x)
    middle = z.detach().requires_grad_()
    loss = losses(decoder.train()(middle), x)[0]
    loss.backward()
    z.backward(middle.grad)
    optimizer.step()
    return loss.item()


def gradient_mode_set(encoder, decoder, x, optimizer):
    with torch.enable_grad():
        encoder.train(), decoder.train()
        loss = losses(decoder.forward(encoder.forward(x)), x)[0]
        for parameter in [*encoder.parameters(), *decoder.parameters()]:
            parameter.grad = None
        loss.backward()
    optimizer.step()
    return float(loss.detach())


RIGHT = {
    "plain": plain,
    "zeroed_after_the_step": zeroed_after_the_step,
    "with_closure": with_closure,
    "gradients_by_hand": gradients_by_hand,
    "as_one_network": as_one_network,
    "both_halves_apart": both_halves_apart,
    "gradient_mode_set": gradient_mode_set,
}

# ---------------------------------------------------------------- known mistakes


def encoder_left_out(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    with torch.no_grad():
        z = encoder(x)
    return update(losses(decoder(z), x)[0], optimizer)


def decoder_left_out(encoder, decoder, x, optimizer):
    """Frozen for the time of the step."""
    encoder.train(), decoder.train()
    decoder.requires_grad_(False)
    value = update(losses(decoder(encoder(x)), x)[0], optimizer)
    decoder.requires_grad_(True)
    return value


def other_target(encoder, decoder, x, optimizer):
    """The next image of the batch."""
    encoder.train(), decoder.train()
    return update(losses(decoder(encoder(x)), x.roll(1, 0))[0], optimizer)


def stale_gradients(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    loss = losses(decoder(encoder(x)), x)[0]
    parameters = [*encoder.parameters(), *decoder.parameters()]
    for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        p.grad = gradient if p.grad is None else p.grad + gradient
    optimizer.step()
    return float(loss)


def no_update(encoder, decoder, x, optimizer):
    loss = losses(decoder.train()(encoder.train()(x)), x)[0]
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return float(loss)


def rmse_minimised(encoder, decoder, x, optimizer):
    """Told and minimised is the second of the two."""
    encoder.train(), decoder.train()
    _, loss = losses(decoder(encoder(x)), x)
    return update(loss, optimizer)


def sigmoid_twice(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    return update(losses(torch.sigmoid(decoder(encoder(x))), x)[0], optimizer)


def mode_as_found(encoder, decoder, x, optimizer):
    return update(losses(decoder(encoder(x)), x)[0], optimizer)


def tensor_returned(encoder, decoder, x, optimizer):
    loss = losses(decoder.train()(encoder.train()(x)), x)[0]
    update(loss, optimizer)
    return loss.detach().clone()


def loss_after_the_update(encoder, decoder, x, optimizer):
    plain(encoder, decoder, x, optimizer)
    with torch.no_grad():
        return losses(copy.deepcopy(decoder)(copy.deepcopy(encoder)(x)), x)[0].item()


MISTAKES = {
    "encoder_left_out": encoder_left_out,
    "decoder_left_out": decoder_left_out,
    "other_target": other_target,
    "stale_gradients": stale_gradients,
    "no_update": no_update,
    "rmse_minimised": rmse_minimised,
    "sigmoid_twice": sigmoid_twice,
    "mode_as_found": mode_as_found,
    "tensor_returned": tensor_returned,
    "loss_after_the_update": loss_after_the_update,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    return update(F.binary_cross_entropy_with_logits(decoder(encoder(x)), x.flatten(1)), optimizer)


def only_returns(encoder, decoder, x, optimizer):
    return {"bce": plain(encoder, decoder, x, optimizer)}


def only_both_called(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    z = encoder(x)
    return update(losses(decoder(z + 0.1 * torch.randn_like(z)), x)[0], optimizer)


def only_losses(encoder, decoder, x, optimizer):
    return plain(encoder, decoder, x, optimizer) * len(x)


def only_update(encoder, decoder, x, optimizer):
    """Two steps down the same gradient."""
    value = plain(encoder, decoder, x, optimizer)
    optimizer.step()
    return value


def only_buffers(encoder, decoder, x, optimizer):
    encoder.train()
    with torch.no_grad():
        encoder(x)
    return plain(encoder, decoder, x, optimizer)


def only_train_mode(encoder, decoder, x, optimizer):
    value = plain(encoder, decoder, x, optimizer)
    decoder.eval()
    return value


def only_flags_kept(encoder, decoder, x, optimizer):
    encoder.requires_grad_(True)
    value = plain(encoder, decoder, x, optimizer)
    encoder.requires_grad_(False)
    return value


def only_inputs_unchanged(encoder, decoder, x, optimizer):
    value = plain(encoder, decoder, x, optimizer)
    x.zero_()
    return value


def only_floats(encoder, decoder, x, optimizer):
    """A number that is no float."""
    return torch.tensor(plain(encoder, decoder, x, optimizer), dtype=torch.float64).numpy()


def noisy_input(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    return update(losses(decoder(encoder(x + 0.3 * torch.randn_like(x))), x)[0], optimizer)


def both_losses(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    bce, rmse = losses(decoder(encoder(x)), x)
    return update(bce, optimizer), rmse.item()


def sum_of_losses(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    bce, rmse = losses(decoder(encoder(x)), x)
    update(bce + rmse, optimizer)
    return bce.item()


def summed(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    loss = F.binary_cross_entropy_with_logits(decoder(encoder(x)), x, reduction="sum") / len(x)
    return update(loss, optimizer)


def squared_error(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    return update(F.mse_loss(torch.sigmoid(decoder(encoder(x))), x), optimizer)


def logits_compared(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    return update(F.mse_loss(decoder(encoder(x)), x), optimizer)


def gradient_ascent(encoder, decoder, x, optimizer):
    loss = losses(decoder.train()(encoder.train()(x)), x)[0]
    update(-loss, optimizer)
    return loss.item()


def only_the_encoder_in_train_mode(encoder, decoder, x, optimizer):
    encoder.train()
    return update(losses(decoder(encoder(x)), x)[0], optimizer)


def in_eval_mode(encoder, decoder, x, optimizer):
    encoder.eval(), decoder.eval()
    value = update(losses(decoder(encoder(x)), x)[0], optimizer)
    encoder.train(), decoder.train()
    return value


def own_optimizer(encoder, decoder, x, optimizer):
    mine = torch.optim.SGD([*encoder.parameters(), *decoder.parameters()], lr=0.05)
    return plain(encoder, decoder, x, mine)


def clipped(encoder, decoder, x, optimizer):
    loss = losses(decoder.train()(encoder.train()(x)), x)[0]
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([*encoder.parameters(), *decoder.parameters()], 0.01)
    optimizer.step()
    return loss.item()


def half_of_the_batch(encoder, decoder, x, optimizer):
    return plain(encoder, decoder, x[: len(x) // 2], optimizer)


def one_after_the_other(encoder, decoder, x, optimizer):
    """A step for the decoder, then one for the encoder."""
    encoder_left_out(encoder, decoder, x, optimizer)
    return decoder_left_out(encoder, decoder, x, optimizer)


def graph_missing(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    with torch.no_grad():
        loss = losses(decoder(encoder(x)), x)[0]
    return update(loss, optimizer)


def decoder_first(encoder, decoder, x, optimizer):
    return update(losses(encoder.train()(decoder.train()(x)), x)[0], optimizer)


def none(encoder, decoder, x, optimizer):
    plain(encoder, decoder, x, optimizer)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_both_called": only_both_called,
    "only_losses": only_losses,
    "only_update": only_update,
    "only_buffers": only_buffers,
    "only_train_mode": only_train_mode,
    "only_flags_kept": only_flags_kept,
    "only_inputs_unchanged": only_inputs_unchanged,
    "only_floats": only_floats,
    "noisy_input": noisy_input,
    "both_losses": both_losses,
    "sum_of_losses": sum_of_losses,
    "summed": summed,
    "squared_error": squared_error,
    "logits_compared": logits_compared,
    "gradient_ascent": gradient_ascent,
    "only_the_encoder_in_train_mode": only_the_encoder_in_train_mode,
    "in_eval_mode": in_eval_mode,
    "own_optimizer": own_optimizer,
    "clipped": clipped,
    "half_of_the_batch": half_of_the_batch,
    "one_after_the_other": one_after_the_other,
    "graph_missing": graph_missing,
    "decoder_first": decoder_first,
    "none": none,
}
