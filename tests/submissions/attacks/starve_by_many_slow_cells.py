"""Makes every cell slow by a hook, each below the limit of one cell."""
# where: first
# lost: any
# seconds: 400

import time

get_ipython().events.register("pre_run_cell", lambda *a: time.sleep(20))
