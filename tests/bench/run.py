#!/usr/bin/env python3
"""Times saudit, the whole process with default rules, on the corpus; prints Markdown."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import corpus
import measure
from measure import Cost, interleaved, machine, megabytes, rate, seconds, table

PARTS = ["crds", "small", "fifty", "list", "json", "chart", "scripts"]
GROWTH = ["crds-1x", "crds-2x", "crds-4x", "crds"]

# Counting instructions slows a program down fifty times: it is done on smaller copies.
SMALLER = {"crds": 0.02, "small": 0.1, "fifty": 1, "list": 0.02, "json": 0.05, "chart": 0.2, "scripts": 0.2}


def command(binary: Path, folder: Path, *more: str) -> list[str]:
    """saudit with default rules on one folder, whatever stands around it."""
    return [
        str(binary),
        "check",
        "--no-config",
        "--exit-zero",
        "--max-file-size=1G",
        f"--root={folder}",
        *more,
        str(folder),
    ]


def costs_of_parts(binaries: list[Path], folder: Path, parts: list[str], runs: int) -> str:
    """What each part costs, for each binary."""
    rows = []
    for part in parts:
        path = folder / part
        count = measure.size(path)
        measure.warm(path)
        costs = interleaved([command(binary, path) for binary in binaries], _repeats(count, runs))
        for binary, cost in zip(binaries, costs, strict=True):
            about = [_label(part, binary, binaries), str(len(measure.files(path))), megabytes(count)]
            rows.append([*about, *_figures(cost, count)])
    return table(["part", "files", "size", "rate", "wall", "user", "peak memory"], rows)


def threads(binary: Path, folder: Path, parts: list[str], runs: int) -> str:
    """One thread against all."""
    rows = []
    for part in parts:
        path = folder / part
        count = measure.size(path)
        commands = [command(binary, path, "--threads=1"), command(binary, path)]
        one, every = interleaved(commands, _repeats(count, runs))
        gain = f"{one.wall / every.wall:.2f}"
        rows.append([part, *_speed(one, count), *_speed(every, count), gain])
    return table(["part", "one thread", "", "all threads", "", "times faster"], rows)


def growth(binary: Path, folder: Path, runs: int) -> str:
    """Whether twice the input takes twice the time."""
    rows = []
    counts = [measure.size(folder / part) for part in GROWTH]
    costs = interleaved([command(binary, folder / part) for part in GROWTH], runs)
    for count, cost in zip(counts, costs, strict=True):
        per_byte = f"{cost.user / count * 1e9:.1f} ns"
        memory = [megabytes(cost.peak), f"{cost.peak / count:.2f}"]
        rows.append([megabytes(count), *_speed(cost, count), per_byte, *memory])
    return table(["size", "wall", "rate", "user time per byte", "peak memory", "peak / size"], rows)


def instructions(binaries: list[Path], parts: list[str]) -> str | None:
    """Instructions per byte with one thread, less those of a run on nothing."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        (copy / "nothing").mkdir()
        starts = [measure.instructions(command(binary, copy / "nothing", "--threads=1")) for binary in binaries]
        for part in parts:
            corpus.write(copy, SMALLER[part], [part])
            count = measure.size(copy / part)
            for binary, start in zip(binaries, starts, strict=True):
                total = measure.instructions(command(binary, copy / part, "--threads=1"))
                if total is None or start is None:
                    return None
                per_byte = f"{(total - start) / count:.0f}"
                rows.append([_label(part, binary, binaries), megabytes(count), per_byte])
    for binary, start in zip(binaries, starts, strict=True):
        rows.append([_label("nothing (in all)", binary, binaries), "", f"{start:,}"])
    return table(["part", "size", "instructions per byte"], rows)


def _repeats(count: int, runs: int) -> int:
    """What is over in no time needs more runs."""
    return runs if count > 1_000_000 else runs * 10


def _speed(cost: Cost, count: int) -> list[str]:
    return [seconds(cost.wall), rate(count, cost.wall)]


def _figures(cost: Cost, count: int) -> list[str]:
    note = "" if cost.status == 0 and cost.in_time else f" (exit {cost.status})"
    return [rate(count, cost.wall), seconds(cost.wall) + note, seconds(cost.user), megabytes(cost.peak)]


def _label(part: str, binary: Path, binaries: list[Path]) -> str:
    if len(binaries) == 1:
        return part
    return part if binary is binaries[0] else f"{part}, baseline"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="what corpus.py wrote")
    parser.add_argument("--binary", type=Path, default=Path("target/release/saudit"))
    parser.add_argument("--baseline", type=Path, help="another binary, run in turn with the first")
    parser.add_argument("--part", action="append", help="only this folder of the corpus; may be repeated")
    parser.add_argument("--runs", type=int, default=5, help="of each command; the median is printed")
    parser.add_argument("--no-instructions", action="store_true", help="do not count instructions, which takes minutes")
    args = parser.parse_args()
    binaries = [path.resolve(strict=True) for path in (args.binary, args.baseline) if path]
    folder = args.corpus.resolve(strict=True)
    parts = args.part or PARTS
    print(f"{machine()} Medians of {args.runs} runs, warm cache.\n", flush=True)
    print(costs_of_parts(binaries, folder, parts, args.runs), flush=True)
    print(f"\nThreads:\n\n{threads(binaries[0], folder, parts, args.runs)}", flush=True)
    if not args.part:
        print(f"\nGrowth:\n\n{growth(binaries[0], folder, args.runs)}", flush=True)
    if not args.no_instructions:
        known = [part for part in parts if part in SMALLER]
        counted = instructions(binaries, known) or "Neither perf nor valgrind can count them here."
        print(f"\nInstructions:\n\n{counted}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
