"""Answers of imaginary students to `mlp/train_step`: right ones, known mistakes, unlisted mistakes."""

import copy
import sys

import torch
from torch import nn
from torch.nn import functional as F


def cross_entropy(logits, labels):
    return (logits.logsumexp(1) - logits.gather(1, labels[:, None])[:, 0]).mean()


# ---------------------------------------------------------------- right answers


def plain(model, images, labels, optimizer):
    model.train()
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def zeroed_after_the_step(model, images, labels, optimizer):
    loss = cross_entropy(model.train()(images), labels)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=False)
    return float(loss)


def with_closure(model, images, labels, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(images), labels)
        loss.backward()
        return loss

    model.train(True)
    return optimizer.step(closure).item()


def gradients_by_hand(model, images, labels, optimizer):
    model.train()
    loss = cross_entropy(model(images), labels)
    parameters = list(model.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return loss.tolist()


def model_zeroed(model, images, labels, optimizer):
    model.train()
    model.zero_grad()
    loss = F.nll_loss(model(images).log_softmax(1), labels)
    torch.autograd.backward([loss])
    optimizer.step()
    print(f"loss {loss:.3f}", file=sys.stderr)
    return loss.detach().numpy().item()


def gradient_mode_set(model, images, labels, optimizer):
    with torch.enable_grad():
        model.train()
        loss = F.cross_entropy(model.forward(images), labels, reduction="sum") / len(labels)
        for parameter in model.parameters():
            parameter.grad = None
        loss.backward()
    optimizer.step()
    return float(loss.detach())


RIGHT = {
    "plain": plain,
    "zeroed_after_the_step": zeroed_after_the_step,
    "with_closure": with_closure,
    "gradients_by_hand": gradients_by_hand,
    "model_zeroed": model_zeroed,
    "gradient_mode_set": gradient_mode_set,
}

# ---------------------------------------------------------------- known mistakes


def stale_gradients(model, images, labels, optimizer):
    loss = cross_entropy(model.train()(images), labels)
    parameters = list(model.parameters())
    for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        p.grad = gradient if p.grad is None else p.grad + gradient
    optimizer.step()
    return float(loss)


def no_update(model, images, labels, optimizer):
    loss = cross_entropy(model.train()(images), labels)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return float(loss)


def tensor_returned(model, images, labels, optimizer):
    loss = cross_entropy(model.train()(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach().clone()


def eval_mode(model, images, labels, optimizer):
    """Back in train mode at the end, too late for the step."""
    model.eval()
    optimizer.zero_grad()
    loss = cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    model.train()
    return float(loss)


def loss_after_the_update(model, images, labels, optimizer):
    plain(model, images, labels, optimizer)
    with torch.no_grad():
        later = copy.deepcopy(model)
        return cross_entropy(later(images), labels).item()


def summed_loss(model, images, labels, optimizer):
    """The mean is what is told, the sum is what is minimised."""
    loss = len(labels) * cross_entropy(model.train()(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss) / len(labels)


def double_softmax(model, images, labels, optimizer):
    loss = cross_entropy(F.softmax(model.train()(images), 1), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss)


MISTAKES = {
    "stale_gradients": stale_gradients,
    "no_update": no_update,
    "tensor_returned": tensor_returned,
    "eval_mode": eval_mode,
    "loss_after_the_update": loss_after_the_update,
    "summed_loss": summed_loss,
    "double_softmax": double_softmax,
}

# ---------------------------------------------------------------- unlisted mistakes


def update(loss, optimizer):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def only_runs(model, images, labels, optimizer):
    return update(F.cross_entropy(model.train()(images), labels.float()), optimizer)


def only_returns(model, images, labels, optimizer):
    return {"loss": plain(model, images, labels, optimizer)}


def only_called_on_images(model, images, labels, optimizer):
    noisy = images + 0.1 * torch.randn_like(images)
    return update(F.cross_entropy(model.train()(noisy), labels), optimizer)


def only_losses(model, images, labels, optimizer):
    return plain(model, images, labels, optimizer) * len(labels)


def only_update(model, images, labels, optimizer):
    """Two steps down the same gradient."""
    value = plain(model, images, labels, optimizer)
    optimizer.step()
    return value


def only_buffers(model, images, labels, optimizer):
    model.train()
    with torch.no_grad():
        model(images)
    return plain(model, images, labels, optimizer)


def only_train_mode(model, images, labels, optimizer):
    value = plain(model, images, labels, optimizer)
    model.eval()
    return value


def only_flags_kept(model, images, labels, optimizer):
    model.requires_grad_(True)
    value = plain(model, images, labels, optimizer)
    model.requires_grad_(False)
    return value


def only_inputs_unchanged(model, images, labels, optimizer):
    value = plain(model, images, labels, optimizer)
    images.zero_()
    return value


def graph_missing(model, images, labels, optimizer):
    model.train()
    with torch.no_grad():
        loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def none(model, images, labels, optimizer):
    plain(model, images, labels, optimizer)


def gradient_ascent(model, images, labels, optimizer):
    loss = F.cross_entropy(model.train()(images), labels)
    update(-loss, optimizer)
    return loss.item()


def squared_error(model, images, labels, optimizer):
    logits = model.train()(images)
    return update(F.mse_loss(logits.softmax(1), F.one_hot(labels, logits.shape[1]).to(logits)), optimizer)


def smoothed(model, images, labels, optimizer):
    return update(F.cross_entropy(model.train()(images), labels, label_smoothing=0.1), optimizer)


def clipped(model, images, labels, optimizer):
    loss = F.cross_entropy(model.train()(images), labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    optimizer.step()
    return loss.item()


def half_of_the_batch(model, images, labels, optimizer):
    half = len(labels) // 2
    return plain(model, images[:half], labels[:half], optimizer)


def image_by_image(model, images, labels, optimizer):
    """In eval mode, since batch norm refuses a batch of one."""
    losses = [
        update(F.cross_entropy(model.eval()(x[None]), y[None]), optimizer) for x, y in zip(images, labels, strict=True)
    ]
    return sum(losses) / len(losses)


def own_optimizer(model, images, labels, optimizer):
    return plain(model, images, labels, torch.optim.SGD(model.parameters(), lr=0.05))


def accuracy_returned(model, images, labels, optimizer):
    plain(model, images, labels, optimizer)
    return (copy.deepcopy(model).eval()(images).argmax(1) == labels).double().mean().item()


def last_layer_only(model, images, labels, optimizer):
    loss = F.cross_entropy(model.train()(images), labels)
    optimizer.zero_grad()
    loss.backward()
    for parameter in list(model.parameters())[:-2]:
        parameter.grad = None
    optimizer.step()
    return loss.item()


def text(model, images, labels, optimizer):
    return f"{plain(model, images, labels, optimizer):.4f}"


def loss_doubled(model, images, labels, optimizer):
    return update(2 * F.cross_entropy(model.train()(images), labels), optimizer)


def rounded(model, images, labels, optimizer):
    return round(plain(model, images, labels, optimizer), 1)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_called_on_images": only_called_on_images,
    "only_losses": only_losses,
    "only_update": only_update,
    "only_buffers": only_buffers,
    "only_train_mode": only_train_mode,
    "only_flags_kept": only_flags_kept,
    "only_inputs_unchanged": only_inputs_unchanged,
    "graph_missing": graph_missing,
    "none": none,
    "gradient_ascent": gradient_ascent,
    "squared_error": squared_error,
    "smoothed": smoothed,
    "clipped": clipped,
    "half_of_the_batch": half_of_the_batch,
    "image_by_image": image_by_image,
    "own_optimizer": own_optimizer,
    "accuracy_returned": accuracy_returned,
    "last_layer_only": last_layer_only,
    "text": text,
    "loss_doubled": loss_doubled,
    "rounded": rounded,
}
