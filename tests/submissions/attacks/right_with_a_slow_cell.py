"""Everything is right, and the last cell sleeps for a quarter of a minute."""
# where: last
# lost: none
# seconds: 90

import time

time.sleep(15)
