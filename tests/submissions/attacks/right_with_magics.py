"""A right answer among magics and shell lines, as in many notebooks from Colab."""
# where: kl_loss
# lost: none

# %matplotlib inline
# %config InlineBackend.figure_format = "retina"
# %load_ext autoreload
# %autoreload 2
# %pip install -q einops
# !nvidia-smi
# !ls -la && echo "$HOME"
# %env GENLAB_NOTE=1
# %timeit -n 1 -r 1 sum(range(10))
# files = !ls
# !pip install tensorboard --quiet
# %time done = 1 + 1


def kl_loss(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=1).mean()


# %timeit -n 2 -r 1 kl_loss(torch.zeros(5, 2), torch.zeros(5, 2))
# kl_loss?
