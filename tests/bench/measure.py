"""Runs commands and says what they cost; writes Markdown."""

from __future__ import annotations

import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str]


@dataclass(frozen=True)
class Cost:
    """What one run of a command cost."""

    wall: float
    user: float
    peak: int
    status: int
    in_time: bool = True


def run(command: Command, limit: int = 600) -> Cost:
    """Runs a command with its output thrown away, and kills it with all its children after `limit` seconds."""
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("one.py")), str(limit)]
    done = subprocess.run([*launcher, *command], stdout=subprocess.PIPE, text=True, check=True)
    wall, user, peak, status = done.stdout.split()
    return Cost(float(wall), float(user), int(peak), int(status), in_time=float(wall) < limit)


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        wall=statistics.median(cost.wall for cost in costs),
        user=statistics.median(cost.user for cost in costs),
        peak=int(statistics.median(cost.peak for cost in costs)),
        status=max((cost.status for cost in costs), key=abs),
        in_time=all(cost.in_time for cost in costs),
    )


def interleaved(commands: Sequence[Command], runs: int, limit: int = 600) -> list[Cost]:
    """The median cost of each command: one run of each in turn, so that what else the machine does hits all alike."""
    costs: list[list[Cost]] = [[] for _ in commands]
    for _ in range(runs):
        for command, of_command in zip(commands, costs, strict=True):
            of_command.append(run(command, limit))
    return [median(of_command) for of_command in costs]


def instructions(command: Command) -> int | None:
    """How many instructions a command executes in user space; `None` where nothing can count them."""
    return _by_perf(command) or _by_valgrind(command)


def _by_perf(command: Command) -> int | None:
    if shutil.which("perf") is None:
        return None
    counted = _stderr(["perf", "stat", "-x", ",", "-e", "instructions:u", *command])
    found = re.search(r"^(\d+),[^,]*,instructions", counted, re.MULTILINE)
    return int(found[1]) if found else None


def _by_valgrind(command: Command) -> int | None:
    if shutil.which("valgrind") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        out = f"--callgrind-out-file={folder}/callgrind.out"
        counted = _stderr(["valgrind", "--tool=callgrind", out, *command])
    found = re.search(r"Collected : (\d+)", counted)
    return int(found[1]) if found else None


def _stderr(command: Command) -> str:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    return done.stderr.decode(errors="replace")


def size(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def files(folder: Path) -> list[Path]:
    """All files below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def warm(folder: Path) -> None:
    """Reads all files once, so that nobody is the first to wait for the disk."""
    for path in files(folder):
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass


def machine() -> str:
    """What the figures depend on, without names."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    busy = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    nothing = median([run(["true"]) for _ in range(9)])
    return (
        f"{platform.system()} on {platform.machine()}, {cores} cores{busy}. Starting a process that does nothing takes "
        f"{nothing.wall * 1000:.1f} ms; peaks below {megabytes(nothing.peak)} cannot be seen."
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def megabytes(count: float) -> str:
    """`12 MB`."""
    return f"{_digits(count / 1e6)} MB"


def rate(count: int, time_taken: float) -> str:
    """`12 MB/s`."""
    return f"{_digits(count / 1e6 / time_taken)} MB/s"


def seconds(time_taken: float) -> str:
    """`12.3 ms` or `3.45 s`."""
    return f"{time_taken * 1000:.1f} ms" if time_taken < 0.1 else f"{time_taken:.2f} s"


def _digits(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"
