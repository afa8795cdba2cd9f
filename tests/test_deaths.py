"""How a process died is said, and lack of memory is blamed only with evidence."""

import pytest

from ssad_lib import deaths
from ssad_lib.deaths import MemoryKills, explained, memory_kills


@pytest.mark.parametrize(
    ("exit_code", "for_memory", "said"),
    [
        (-11, False, "killed by signal 11 (SIGSEGV)"),
        (-11, True, "killed by signal 11 (SIGSEGV)"),
        (-6, True, "killed by signal 6 (SIGABRT)"),
        (-9, False, "killed by signal 9 (SIGKILL)"),
        (-9, True, "killed (SIGKILL), probably for lack of memory"),
        (-123, False, "killed by signal 123 (unknown here)"),
        (3, True, "ended by itself with exit code 3"),
    ],
)
def test_signal_and_evidence_decide_what_is_said(exit_code, for_memory, said):
    assert explained(exit_code, for_memory=for_memory) == said


MACHINE = {"proc/vmstat": "nr_free_pages 5\noom_kill 7\n"}
MODERN = {
    "proc/self/cgroup": "0::/user.slice/mine\n",
    "sys/fs/cgroup/user.slice/mine/memory.events": "oom 9\noom_kill 2\n",
}
CONTAINER = {
    "proc/self/cgroup": "0::/docker/abc\n",
    "sys/fs/cgroup/memory.events": "oom 9\noom_kill 3\n",
}
OLD = {
    "proc/self/cgroup": "4:cpu,memory:/mine\n1:name=systemd:/\n",
    "sys/fs/cgroup/memory/mine/memory.oom_control": "under_oom 0\noom_kill 4\n",
}


@pytest.mark.parametrize(
    ("files", "count"),
    [({}, 0), (MACHINE, 7), (MACHINE | MODERN, 2), (MACHINE | CONTAINER, 3), (MACHINE | OLD, 4)],
)
def test_the_nearest_counter_of_the_kernel_is_read(files, count, tmp_path):
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert memory_kills(tmp_path) == count


def test_a_kill_counts_once(monkeypatch):
    counts = iter([5, 6, 6])
    monkeypatch.setattr(deaths, "memory_kills", lambda: next(counts))
    kills = MemoryKills()
    assert kills.happened()
    assert not kills.happened()
