"""Which isolation this machine offers: tier 1 (namespaces of its own for each child), tier 2 (Landlock and seccomp), or none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import autograder
from autograder.engine import stage
from autograder.sandbox.policy import LANDLOCK, NAMESPACES, NONE, Limits, Policy
from genlab import paths

SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"),
    *("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime", "/etc/mime.types"),
    "/sys/devices/system/cpu",
)
NAMES = {
    NAMESPACES: "tier 1: a user, process, mount, network and IPC namespace for each child, Landlock, seccomp, limits",
    LANDLOCK: "tier 2: Landlock, seccomp, limits",
    NONE: "no isolation",
}


class NoSandbox(RuntimeError):
    """This machine can isolate nothing; the message says what would change that."""


@dataclass(frozen=True)
class Trial:
    """Whether a tier works here; `reason` says why not."""

    tier: int
    works: bool
    reason: str = ""

    @property
    def remedy(self) -> str:
        """The one command that would make it work, or an empty text."""
        return "" if self.works else _remedy(self.tier, self.reason)


@contextmanager
def workplace() -> Iterator[tuple[Path, Path]]:
    """Two folders, of the staged kit and for the server to write in; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="genlab-grading-") as name:
        folder = Path(name)
        os.chmod(folder, 0o711)
        staged, scratch = folder / "kit", folder / "scratch"
        staged.mkdir()
        scratch.mkdir()
        os.chmod(scratch, 0o711)
        stage.build(staged)
        yield staged, scratch


def policy(tier: int, staged: Path, scratch: Path, limits: Limits) -> Policy:
    """What children may see here: the system's libraries, this Python with its packages, the staged kit, prepared data."""
    data = paths.home() / "data"
    python = {sys.prefix, sys.base_prefix, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    folders = [*SYSTEM, *sorted(python), str(staged), *([str(data)] if data.is_dir() else [])]
    real = [
        p for f in folders for p in dict.fromkeys((os.path.abspath(f), os.path.realpath(f) if f not in SYSTEM else f))
    ]
    package = Path(autograder.__file__).resolve().parent
    clone = paths.clone()
    hidden = [str(package), str(package.parent / "genlab"), *([str(clone / "solutions")] if clone else [])]
    return Policy(tier, tuple(dict.fromkeys(real)), tuple(hidden), str(scratch), limits)


def try_out(tier: int) -> Trial:
    """Lock in one empty child, for real, and see."""
    if sys.platform != "linux":
        return Trial(tier, False, "only Linux has it")
    with workplace() as (staged, scratch):
        done = subprocess.run(
            [sys.executable, "-m", "autograder.sandbox.rehearsal"],
            input=policy(tier, staged, scratch, Limits()).to_json(),
            capture_output=True,
            text=True,
            env=environment(staged),
            timeout=60,
            check=False,
        )
    if done.returncode == 0 and not done.stdout.strip():
        return Trial(tier, True)
    said = (done.stdout.strip() or done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
    return Trial(tier, False, said)


def environment(staged: Path) -> dict[str, str]:
    """Environment of the server: nothing of the grader's own but what Python needs to find the staged kit."""
    kept = {k: os.environ[k] for k in ("LANG", "LC_ALL", "LD_LIBRARY_PATH") if k in os.environ}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(staged),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONHASHSEED": "0",
        "TQDM_DISABLE": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # a heap in large pages, see `kernel.use_large_pages`
        "GENLAB_HOME": str(paths.home()),
        "GENLAB_SCALE": os.environ.get("GENLAB_SCALE", "smoke"),
        "GENLAB_PROGRESS": "off",
        "GENLAB_CHECKPOINTS": "off",
        "GENLAB_PREPARED_ONLY": "1",
    }


def _remedy(tier: int, reason: str) -> str:
    if "seccomp" in reason:
        return "sudo apt install libseccomp2 && pip install 'genlab[teach]'"
    if tier == NAMESPACES:
        for setting, wanted in (
            ("kernel/apparmor_restrict_unprivileged_userns", "0"),
            ("kernel/unprivileged_userns_clone", "1"),
        ):
            file = Path("/proc/sys", setting)
            if file.exists() and file.read_text().strip() != wanted:
                return f"sudo sysctl -w {setting.replace('/', '.')}={wanted}"
        most = Path("/proc/sys/user/max_user_namespaces")
        if most.exists() and most.read_text().strip() == "0":
            return "sudo sysctl -w user.max_user_namespaces=15000"
        if Path("/.dockerenv").exists() or shutil.which("systemd-detect-virt") is None:
            return "in a container: start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
        return "a kernel of 5.12 or newer with user namespaces"
    return "a kernel of 5.13 or newer with Landlock in its lsm= list (boot parameter lsm=landlock,…)"
