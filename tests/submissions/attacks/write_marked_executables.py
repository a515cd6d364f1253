"""Makes set-user-id programs, devices and pipes in its folder."""
# where: latent_grid
# lost: latent_grid

import os
import shutil
import stat

try:
    shutil.copy("/bin/true", "genlab-attack-setuid")
    os.chown("genlab-attack-setuid", 0, 0)
    os.chmod("genlab-attack-setuid", 0o6755)
except OSError as error:
    print(error)
for number, (major, minor) in enumerate([(1, 1), (1, 2), (254, 0), (252, 0), (8, 0), (259, 0), (10, 232)]):
    for kind in (stat.S_IFBLK, stat.S_IFCHR):
        name = f"genlab-attack-node-{number}-{kind}"
        try:
            os.mknod(name, kind | 0o666, os.makedev(major, minor))
            os.close(os.open(name, os.O_RDONLY | os.O_NONBLOCK))
            print("escaped".upper(), name)
        except OSError as error:
            print(error)
