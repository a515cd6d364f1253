"""Changes what the whole process shares – folder, umask, environment, limits, locale – in the first cell."""
# where: first
# lost: any

import gc
import locale
import os
import resource
import sys

os.chdir("/")
os.umask(0o777)
os.environ.clear()
sys.path.clear()
sys.modules.pop("autograder", None)
gc.disable()
sys.setswitchinterval(1000)
try:
    locale.setlocale(locale.LC_ALL, "C")
    resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
except (OSError, ValueError, locale.Error) as error:
    print(error)
