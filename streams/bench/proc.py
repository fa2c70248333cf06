"""What Linux tells about processes, from ``/proc``: their memory, their processor time and their children."""

import os
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM = 1, 11, 12
"""Where ``stat`` has these, counted behind the name, which may hold anything."""


def peak_bytes(pid: int) -> int:
    """Return the most memory that a process has had resident at a time; 0 when it is gone."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def own_bytes() -> int:
    """Return what this process has in memory that no file backs."""
    lines = (PROC / "self" / "status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


def mapped_bytes(folder: Path) -> int:
    """Return what this process has in memory of the files in a folder: pages that it shares with whoever maps them."""
    total, inside = 0, False
    for line in (PROC / "self" / "smaps").read_text().splitlines():
        name, _, rest = line.partition(":")
        if " " in name:  # the head of a mapping: addresses, rights, offset, device, inode, path
            inside = str(folder) in line
        elif inside and name == "Rss":
            total += int(rest.split()[0]) * 1024
    return total


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, in user and system mode; 0 when it is gone."""
    stat = _stat(pid)
    return (int(stat[_USER]) + int(stat[_SYSTEM])) / TICKS_PER_S if stat else 0.0


def descendants(pid: int) -> set[int]:
    """Return the ids of a process's children, their children, and so on."""
    parents = {int(each.name): _stat(int(each.name)) for each in PROC.iterdir() if each.name.isdigit()}
    found: set[int] = set()
    level = {pid}
    while level:
        level = {child for child, stat in parents.items() if stat and int(stat[_PARENT]) in level}
        found |= level
    return found


def _stat(pid: int) -> list[str]:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
