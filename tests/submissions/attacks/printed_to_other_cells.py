"""Publishes messages with made-up headers, so that its output might land in another cell."""
# where: latent_grid
# lost: latent_grid

shell = get_ipython()
for attribute in ("parent_header", "set_parent", "kernel", "execution_count"):
    try:
        setattr(shell, attribute, 9999)
    except Exception as error:
        print(error)
shell.execution_count = "<script>1</script>"
shell.payload_manager = shell.history_manager = None


def latent_grid(n):
    return torch.zeros(n * n, 2)
