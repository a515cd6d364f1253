"""seccomp: system calls that no answer needs and that reach out of the sandbox, or around its limits."""

from __future__ import annotations

import errno
import os

from autograder.sandbox import kernel

# By what they reach. Calls that an architecture lacks are passed over.
DENIED = {
    "the network, UDP too": "socket connect bind listen accept accept4",
    "other processes": "ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_open pidfd_getfd pidfd_send_signal "
    "rt_sigqueueinfo rt_tgsigqueueinfo setpriority sched_setscheduler sched_setattr sched_setaffinity ioprio_set setsid migrate_pages "
    "move_pages process_mrelease",
    "the file system": "mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr mknod mknodat "
    "name_to_handle_at open_by_handle_at fanotify_init quotactl swapon swapoff",
    "namespaces": "unshare setns",
    # Their memory is in no process's resident set, so the watcher would not see it.
    "memory that nobody counts": "memfd_create memfd_secret shmget shmat mlock mlock2 mlockall mq_open",
    "the kernel": "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key "
    "init_module finit_module delete_module kexec_load kexec_file_load reboot acct syslog settimeofday clock_settime clock_adjtime "
    "adjtimex sethostname setdomainname iopl ioperm vhangup lookup_dcookie landlock_create_ruleset",
}
# What Landlock does not rule on; needed where nothing but Landlock stands before the grader's files.
METADATA = (
    "setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat chmod fchmod fchmodat fchmodat2 chown "
    "lchown fchown fchownat utime utimes utimensat futimesat file_setattr"
)
NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW… flag


class Missing(OSError):
    """This machine has no libseccomp, or the kernel no seccomp."""


def available() -> bool:
    """Whether filters can be made here."""
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, OSError, RuntimeError):
        return False
    return True


def restrict(*, shared_files: bool, signals_to_itself_alone: bool) -> None:
    """Deny those calls to this process and its children, for good. Raises Missing.

    shared_files: for where the grader's files are in sight, and only Landlock before them.
    signals_to_itself_alone: for kernels whose Landlock cannot keep signals inside, and for want of a PID namespace.
    """
    try:
        import pyseccomp as sec
    except (ImportError, OSError, RuntimeError) as error:
        raise Missing(f"libseccomp cannot be loaded ({error})") from None
    refuse, absent = sec.ERRNO(errno.EPERM), sec.ERRNO(errno.ENOSYS)
    rules = sec.SyscallFilter(defaction=sec.ALLOW)
    denied = " ".join(DENIED.values()).split() + (METADATA.split() if shared_files else [])
    for name in denied:
        if sec.resolve_syscall(sec.Arch.NATIVE, name) >= 0:
            rules.add_rule(refuse, name)
    # glibc falls back to clone, whose flags a filter can read.
    rules.add_rule(absent, "clone3")
    for bit in range(32):
        flag = 1 << bit
        if NEW_NAMESPACES & flag:
            rules.add_rule(refuse, "clone", sec.Arg(0, sec.MASKED_EQ, flag, flag))
    # A child is to die with its keeper, whatever it thinks of that.
    rules.add_rule(refuse, "prctl", sec.Arg(0, sec.EQ, kernel.PR_SET_PDEATHSIG))
    # Limits of other processes; 0 is the caller itself.
    rules.add_rule(refuse, "prlimit64", sec.Arg(0, sec.NE, 0))
    if signals_to_itself_alone:
        rules.add_rule(refuse, "kill", sec.Arg(0, sec.NE, os.getpid()))
        rules.add_rule(refuse, "tgkill", sec.Arg(0, sec.NE, os.getpid()))
        rules.add_rule(refuse, "tkill", sec.Arg(0, sec.NE, os.getpid()))
    rules.load()
