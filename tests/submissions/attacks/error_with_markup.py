"""Puts markup and terminal codes into everything that is quoted: type names, messages, keys, function names, file names."""
# where: train_step
# lost: train_step

MARKUP = '</pre><script>document.title="genlab-attack"</script><img src=x onerror=alert(1)>\x1b]0;owned\x07\x1b[8mhidden"\'`&lt;'


def train_step(encoder, decoder, x, optimizer, beta):
    code = compile("def f():\n    raise E(M)", MARKUP + ".py", "exec")
    scope = {"E": type(MARKUP, (Exception,), {}), "M": MARKUP}
    exec(code, scope)
    if x.sum() > 0:
        return {MARKUP: 1.0, "total": MARKUP, "reconstruction": type(MARKUP, (), {})(), "kl": 1.0}
    scope["f"]()


print(MARKUP)
MARKUP
