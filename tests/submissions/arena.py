"""Runs the attacks of `corpus` against the engine, as python tests/submissions/arena.py --tier 1 [--ordinary-user] [NAME …]

Prints a line of JSON for each attack: what it achieved that it should not (nothing, one hopes), and how long it took.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import corpus  # noqa: E402
from users import in_reach  # noqa: E402

LESSON = "vae_fashion"
CELL_SECONDS, NOTEBOOK_SECONDS = 3.0, 30.0  # short: many attacks only end when their time does
AT_ONCE = 4  # most of their time they wait for their end


def ordinary_user(command: list[str]) -> list[str]:
    """The command, run by a user without rights: in a mount namespace where that user can reach this Python."""
    if os.geteuid() != 0:
        return command
    drop = "setpriv --reuid 23456 --regid 23456 --clear-groups"
    return in_reach([sys.executable, "-P", "-s", *command[1:]], drop)


class Arena:
    """A course with secrets in it, listeners, and a bystander: what attacks are after."""

    def __init__(self) -> None:
        from autograder import checks
        from autograder.definitions import solution_source

        self.secret = secrets.token_hex(16)
        os.environ["GENLAB_CANARY_SECRET"] = self.secret
        self.course = Path(tempfile.mkdtemp(prefix="genlab-arena-"))
        os.chmod(self.course, 0o777)  # what keeps attacks out is the sandbox alone
        files = {
            "CANARY_FILE": self.course / "canary.txt",
            "GRADEBOOK": self.course / "gradebook.db",
            "NEIGHBOUR": self.course / "submitted/neighbour/03_vae/02_vae_fashion.ipynb",
        }
        answers = self.course / "solutions/03_vae/02_vae_fashion.py"
        for path in (*files.values(), answers):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"# {self.secret}\n")
            path.chmod(0o666)
        with answers.open("a", encoding="utf-8") as file:
            file.write((ROOT / "solutions/03_vae/02_vae_fashion.py").read_text(encoding="utf-8"))
        self.heard: list[str] = []
        ports = {
            "CANARY_TCP_PORT": self._listen(socket.SOCK_STREAM),
            "CANARY_UDP_PORT": self._listen(socket.SOCK_DGRAM),
        }
        self.bystander = subprocess.Popen(["sleep", "86400"])
        self.places = {
            **files,
            **ports,
            "COURSE": self.course,
            "SOLUTIONS": self.course / "solutions",
            "VICTIM_PID": self.bystander.pid,
        }
        self.released = json.loads((ROOT / "lessons/03_vae/02_vae_fashion.ipynb").read_text(encoding="utf-8"))
        self.answers = {e.split("/")[1]: solution_source(e) for e in checks.ids(LESSON)}
        self.files = self._state()

    def _listen(self, kind: socket.SocketKind) -> int:
        listener = socket.socket(type=kind)
        listener.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            listener.listen()

        def hear() -> None:
            while True:
                if kind == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(100)
                self.heard.append(kind.name)

        threading.Thread(target=hear, daemon=True).start()
        return int(listener.getsockname()[1])

    def _state(self) -> dict[str, str]:
        found = sorted(p for p in self.course.rglob("*") if p.is_file() or p.is_symlink())
        return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "link" for p in found}

    def fight(self, judges: Any, attack: corpus.Attack) -> dict[str, Any]:
        """What the attack achieved, as sentences, and the seconds that it took."""
        notebook = corpus.submission(attack, self.released, self.answers, self.places)
        began = time.monotonic()
        limits = {"cell_seconds": CELL_SECONDS, "notebook_seconds": NOTEBOOK_SECONDS}
        outcome = judges.grade(notebook, LESSON, b"k" * 32, **limits)
        seconds = time.monotonic() - began
        lost = {r.exercise.split("/")[1] for r in outcome.reports.values() if not r.points}
        said = json.dumps(outcome.outputs) + repr(outcome.reports) + repr(outcome.notes)
        achieved = [f"won {name}" for name in attack.must_lose if name not in lost]
        if not attack.may_lose:
            achieved += [f"cost {name}" for name in sorted(lost - set(attack.must_lose))]
        if corpus.ESCAPED in said:
            place = said.index(corpus.ESCAPED)
            achieved.append(f"got out: {said[max(0, place - 80) : place + 120]}")
        if self.secret in said:
            achieved.append("told the secret")
        if seconds > attack.seconds:
            achieved.append(f"took {seconds:.0f} s")
        return {"attack": attack.name, "achieved": achieved, "seconds": round(seconds, 1)}

    def damage(self) -> list[str]:
        """What has happened outside the sandbox since the last look."""
        found = [f"reached the {kind} listener" for kind in self.heard]
        self.heard.clear()
        if (files := self._state()) != self.files:
            found.append(f"changed files: {sorted(set(files.items()) ^ set(self.files.items()))[:3]}")
            self.files = files
        left = corpus.traces(self.course)
        found += [f"left {path}" for path in left]
        for path in left:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        if self.bystander.poll() is not None or "(stopped)" in Path(f"/proc/{self.bystander.pid}/status").read_text():
            found.append("ended or stopped another process")
            self.bystander.kill()
            self.bystander = subprocess.Popen(["sleep", "86400"])
            self.places["VICTIM_PID"] = self.bystander.pid
        return found

    def close(self) -> None:
        """Leave nothing."""
        self.bystander.kill()
        self.bystander.wait()
        shutil.rmtree(self.course)


def main() -> None:
    """Run the attacks that the command line names, or all; the last line is about what they left."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tier", type=int, default=1)
    parser.add_argument("--ordinary-user", action="store_true")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    if given.ordinary_user and os.geteuid() == 0:
        again = [sys.executable, __file__, "--tier", str(given.tier), *given.names]
        with tempfile.TemporaryDirectory() as home:
            os.chmod(home, 0o777)
            command = ordinary_user(again)
            sys.exit(
                subprocess.run(
                    command, env=os.environ | {"HOME": home, "GENLAB_HOME": home}, cwd="/", check=False
                ).returncode
            )

    from autograder.engine.judges import Judges

    attacks = [a for a in corpus.load() if not given.names or a.name in given.names]
    arena = Arena()
    try:
        with Judges(given.tier, count=AT_ONCE) as judges, ThreadPoolExecutor(AT_ONCE) as pool:
            for result in pool.map(lambda attack: arena.fight(judges, attack), attacks):
                result["achieved"] += arena.damage()
                print(json.dumps(result), flush=True)
        achieved = arena.damage() + [f"process {pid} lives on" for pid in corpus.survivors()]
        print(
            json.dumps({"attack": "afterwards", "achieved": achieved, "seconds": 0.0, "user": os.geteuid()}), flush=True
        )
    finally:
        arena.close()


if __name__ == "__main__":
    main()
