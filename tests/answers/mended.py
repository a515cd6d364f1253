"""What imaginary students make of the code with a bug: an edit, and what it deserves.

A verdict is "right", the name of a mistake, or "" for a wrong answer without a name.
"""

EDITS: dict[str, list[tuple[str, str, str, str]]] = {
    "mlp/mended_train_step": [
        (
            "emptied after the step",
            "    optimizer.zero_grad()  # clear the old ones\n    optimizer.step()",
            "    optimizer.step()\n    optimizer.zero_grad()",
            "right",
        ),
        ("emptied by the model", "optimizer.zero_grad()", "model.zero_grad()", "no_update"),
        ("never emptied", "    optimizer.zero_grad()  # clear the old ones\n", "", "stale_gradients"),
    ],
    "cnn/mended_batch_norm": [
        (
            "the shares exchanged",
            "        count =",
            "        momentum = 1 - momentum\n        count =",
            "right",
        ),
        (
            "the mean alone",
            "momentum * running_mean + (1 - momentum) * mean",
            "(1 - momentum) * running_mean + momentum * mean",
            "",
        ),
        (
            "the factor left out instead",
            " * count / (count - 1)",
            "",
            "",
        ),
        ("other names", "x_hat", "y", "keras_momentum"),
    ],
    "autoencoder/mended_train_step": [
        (
            "the loss for probabilities",
            "binary_cross_entropy_with_logits(x_hat, x)",
            "binary_cross_entropy(x_hat, x)",
            "right",
        ),
        ("other names", "x_hat", "reconstruction", "sigmoid_twice"),
        ("squared error", "binary_cross_entropy_with_logits(x_hat, x)", "mse_loss(x_hat, x)", ""),
    ],
    "vae_fashion/mended_vae_loss": [
        (
            "summed, then divided",
            "_with_logits(logits, x)",
            "_with_logits(logits, x, reduction='sum') / x.shape[0]",
            "right",
        ),
        ("times the pixels", "_with_logits(logits, x)", "_with_logits(logits, x) * x[0].numel()", "right"),
        (
            "summed over the batch, too",
            "_with_logits(logits, x)",
            "_with_logits(logits, x, reduction='sum')",
            "summed_over_batch",
        ),
        (
            "the KL made small instead",
            "kl_loss(z_mean, z_log_var)",
            "kl_loss(z_mean, z_log_var) / z_mean.shape[1]",
            "pixel_mean",
        ),
        ("other names", "reconstruction", "pixels", "pixel_mean"),
    ],
    "vae_faces/mended_attribute_vector": [
        (
            "asked first",
            "    with_it =",
            "    if has_attribute.dtype != torch.bool or has_attribute.all():\n        raise ValueError('bool, please')\n    with_it =",
            "right",
        ),
        ("guessed better", "has_attribute.bool()", "has_attribute > 0", "labels_taken_as_bool"),
        ("everybody alone", "len(with_it) == 0", "len(with_it) in (0, len(z))", "labels_taken_as_bool"),
    ],
    "dcgan/mended_train_step": [
        (
            "emptied at the start",
            "    discriminator.train()\n",
            "    discriminator.train()\n    discriminator_optimizer.zero_grad()\n",
            "right",
        ),
        (
            "emptied after the step",
            "    discriminator_optimizer.step()\n",
            "    discriminator_optimizer.step()\n    discriminator_optimizer.zero_grad()\n",
            "leaked_to_discriminator",
        ),
        ("the fakes left attached", ".detach()", "", "leaked_to_discriminator"),
    ],
    "wgan_gp/mended_gradient_penalty": [
        ("both words", "retain_graph=True", "retain_graph=True, create_graph=True", "right"),
        ("the word left out", ", retain_graph=True", "", "no_create_graph"),
        (
            "asked to be differentiable",
            "    length =",
            "    gradient.requires_grad_()\n    length =",
            "no_create_graph",
        ),
    ],
    "cgan/mended_label_planes": [
        (
            "two more axes",
            "pixels.view(len(labels), num_classes, size, size)",
            "rows[:, :, None, None].repeat(1, 1, size, size)",
            "right",
        ),
        (
            "the classes last, then moved",
            "pixels.view(len(labels), num_classes, size, size)",
            "pixels.view(len(labels), size, size, num_classes).permute(0, 3, 1, 2)",
            "right",
        ),
        ("the batch repeated", "rows.repeat(1, size * size)", "rows.repeat(size * size, 1)", ""),
        ("other names", "pixels", "wide", "rows_repeated"),
    ],
}
