"""Names and messages that a spreadsheet would run as formulas when marks are exported."""
# where: sample_prior
# lost: sample_prior


def sample_prior(decoder, n, latent_dim):
    raise type('=cmd|"/c calc"!A1', (Exception,), {})('=HYPERLINK("http://127.0.0.1/?"&A1,"ok")\n+1+1\n@SUM(1)\t-2')
