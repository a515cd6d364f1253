"""Never ends, in the cell."""
# where: sample_prior
# lost: sample_prior
# seconds: 120

while True:
    pass
