"""Everything is right, and the last cell is a scratch cell full of errors."""
# where: last
# lost: none

print(undefined_name)
1 / 0
