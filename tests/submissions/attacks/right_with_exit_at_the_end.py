"""Everything is right, and the last cell calls exit() and quit()."""
# where: last
# lost: none

exit()
quit()
