"""A right answer that prints a few shapes at each call, and other alphabets."""
# where: kl_loss
# lost: none


def kl_loss(z_mean, z_log_var):
    print("z_mean", z_mean.shape, "平均 – среднее – 🙂 – \ud83d")
    kl = 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=1).mean()
    print(f"KL = {kl}")
    return kl


kl_loss(torch.zeros(5, 2), torch.zeros(5, 2))
