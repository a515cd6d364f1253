"""Everything is right, and the last cell begins with a magic that nobody knows."""
# where: last
# lost: none

# %%nonsense
not_python = "whatever follows"
