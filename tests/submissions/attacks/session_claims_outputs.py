"""Ends a cell in the grader's protocol before it has run, with outputs full of markup and numbers."""
# where: latent_grid
# lost: latent_grid

import sys

MARKUP = "<script>document.title='genlab-attack'</script>"


def latent_grid(n):
    session = getattr(sys.modules.get("autograder.sandbox.child"), "_session", None)
    outputs = [
        {
            "output_type": "execute_result",
            "data": {"text/plain": "3.0", "text/html": MARKUP},
            "metadata": {},
            "execution_count": MARKUP,
        },
        {
            "output_type": "display_data",
            "data": {"image/png": MARKUP, "application/javascript": MARKUP},
            "metadata": {"a": MARKUP},
        },
        {"output_type": "stream", "name": MARKUP, "text": ["a", MARKUP, 7]},
        {"output_type": "error", "ename": MARKUP, "evalue": {}, "traceback": [[MARKUP]] * 1000},
        {"output_type": MARKUP, "html": MARKUP},
        MARKUP,
    ]
    session.send({"outputs": outputs * 100, "good": True})
    session.send({"outputs": {"0": outputs}, "good": MARKUP, "errors": MARKUP})
    return torch.zeros(n * n, 2)
