"""Opens for writing the kernel's settings, its memory, disks and control groups, without changing them."""
# where: latent_grid
# lost: latent_grid

import glob
import os

paths = [
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sysrq-trigger",
    "/proc/kcore",
    "/dev/mem",
    "/dev/kmsg",
    "/dev/kvm",
]
paths += [
    "/dev/vda",
    "/dev/sda",
    "/dev/nvme0n1",
    "/dev/loop-control",
    "/dev/fuse",
    "/dev/net/tun",
    "/sys/kernel/uevent_helper",
    "/dev/tty",
    "/dev/console",
]
paths += [
    *glob.glob("/sys/fs/cgroup/*/release_agent"),
    *glob.glob("/sys/fs/cgroup/**/cgroup.procs")[:10],
    *glob.glob("/dev/pts/*"),
    *glob.glob("/dev/input/*"),
]
for path in paths:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY))
        print("escaped".upper(), path)
    except OSError as error:
        print(error)
