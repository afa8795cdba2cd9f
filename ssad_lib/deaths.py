"""How a process died, in words; lack of memory is blamed only where the system says so (Linux)."""

from __future__ import annotations

import signal
from pathlib import Path

ROOT = Path("/")


class MemoryKills:
    """Tell whether processes were killed for lack of memory since this was made or last asked.

    The kernel counts them for each control group, or else for the whole machine. Where it does
    not (macOS, Windows), nothing was: a guess would send a user the wrong way.
    """

    def __init__(self) -> None:
        self._seen = memory_kills()

    def happened(self) -> bool:
        """Whether there was one since the last answer."""
        before, self._seen = self._seen, memory_kills()
        return self._seen > before


def memory_kills(root: Path = ROOT) -> int:
    """Return how many processes near this one the kernel has killed for lack of memory so far.

    Parameters
    ----------
    root : Path
        Where ``proc`` and ``sys`` are mounted.
    """
    for counter in (*_of_control_groups(root), root / "proc/vmstat"):
        try:
            lines = counter.read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        for line in lines:
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    return 0


def _of_control_groups(root: Path) -> list[Path]:
    """Return the files that may hold the counter of the control groups this process is in."""
    try:
        groups = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found = []
    for group in groups:
        _, controllers, place = group.split(":", 2)
        mount, name = root / "sys/fs/cgroup", "memory.events"
        if "memory" in controllers.split(","):
            mount, name = mount / "memory", "memory.oom_control"
        elif controllers:
            continue
        # Inside a container its own group is what is mounted.
        found += [mount / place.lstrip("/") / name, mount / name]
    return found


def explained(exit_code: int, *, for_memory: bool = False) -> str:
    """Return how a process ended, such as ``"killed by signal 11 (SIGSEGV)"``.

    Parameters
    ----------
    exit_code : int
        As `multiprocessing` and `subprocess` give it: negative for a signal.
    for_memory : bool
        Whether the system killed a process for lack of memory meanwhile (`MemoryKills`).
    """
    if exit_code >= 0:
        return f"ended by itself with exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = "unknown here"
    if name == "SIGKILL" and for_memory:
        return "killed (SIGKILL), probably for lack of memory"
    return f"killed by signal {-exit_code} ({name})"
