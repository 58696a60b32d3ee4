#!/usr/bin/env python3
"""Times `cat`, `wc -l`, saudit and every other linter on PATH on the same files, in turn; prints Markdown."""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import measure
from linters import FLOOR, KNOWN, Tool
from measure import Cost, machine, megabytes, rate, seconds, table
from run import command


@dataclass
class Entry:
    """A row of the table: a program and what it cost on each part."""

    name: str
    tool: Tool | None
    costs: dict[str, list[Cost]] = field(default_factory=dict)

    def command(self, binary: Path, folder: Path) -> list[str]:
        """What to run on a folder."""
        found = self.tool.command(folder) if self.tool else command(binary, folder)
        assert found is not None, "only what was found has a row"
        return found

    def has_failed(self, cost: Cost) -> bool:
        """Whether it ended in another way than by saying what it found."""
        return cost.status not in (self.tool.done if self.tool else (0,))


def entries(only: list[str]) -> tuple[list[Entry], list[str]]:
    """What can be run here, and the names of what cannot."""
    rows, missing = [Entry(tool.program, tool) for tool in FLOOR], []
    for tool in KNOWN:
        if only and tool.program not in only:
            continue
        if tool.command(Path()) is None:
            missing.append(tool.program)
        elif (version := _version(tool)) is None:
            missing.append(f"{tool.program} (does not start)")
        else:
            rows.append(Entry(f"{tool.program} {version}", tool))
    return [*rows, Entry("saudit", None)], missing


def _version(tool: Tool) -> str | None:
    """The first word with a digit in what it says of itself; `None` if it cannot even say that."""
    done = subprocess.run([tool.program, *tool.version], capture_output=True, text=True, timeout=120, check=False)
    words = (done.stdout + done.stderr).split()
    version = next((word.strip(",") for word in words if any(c.isdigit() for c in word)), "")
    return version if done.returncode == 0 else None


def time_all(rows: list[Entry], binary: Path, folder: Path, parts: list[str], runs: int, limit: int) -> None:
    """Runs everything on everything. What was too slow once is not run again."""
    for part in parts:
        measure.warm(folder / part)
        for number in range(runs):
            for row in rows:
                costs = row.costs.setdefault(part, [])
                if number and not costs[-1].in_time:
                    continue
                print(f"{part} {number + 1}/{runs}: {row.name}", file=sys.stderr)
                costs.append(measure.run(row.command(binary, folder / part), limit))


def cell(row: Entry, part: str, count: int, limit: int) -> str:
    """What a program cost on a part."""
    cost = measure.median(row.costs[part])
    if not cost.in_time:
        return f"> {limit} s"
    failed = f" (exit {cost.status})" if row.has_failed(cost) else ""
    return f"{seconds(cost.wall)}, {rate(count, cost.wall)}, {megabytes(cost.peak)}{failed}"


def report(rows: list[Entry], folder: Path, parts: list[str], limit: int) -> str:
    """The table: a row for each program, a column for each part."""
    counts = {part: measure.size(folder / part) for part in parts}
    amounts = {part: f"{len(measure.files(folder / part))} files, {megabytes(counts[part])}" for part in parts}
    head = ["program", "looks at", *(f"{part} ({amounts[part]})" for part in parts)]
    lines = []
    for row in rows:
        cells = [cell(row, part, counts[part], limit) for part in parts]
        lines.append([row.name, row.tool.looks_at if row.tool else "identities", *cells])
    return table(head, lines)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="what corpus.py wrote")
    parser.add_argument("--binary", type=Path, default=Path("target/release/saudit"))
    parser.add_argument("--part", action="append", help="a folder of the corpus; may be repeated")
    parser.add_argument("--tool", action="append", default=[], help="only this program; may be repeated")
    parser.add_argument("--runs", type=int, default=3, help="of each program; the median is printed")
    parser.add_argument("--limit", type=int, default=120, help="seconds after which a program is stopped")
    args = parser.parse_args()
    folder = args.corpus.resolve(strict=True)
    parts = args.part or ["small", "fifty", "crds-1x"]
    rows, missing = entries(args.tool)
    description = machine()
    time_all(rows, args.binary.resolve(strict=True), folder, parts, args.runs, args.limit)
    print(f"{description} Medians of {args.runs} runs, warm cache: time, rate, peak memory.\n")
    print(report(rows, folder, parts, args.limit))
    if missing:
        print(f"\nNot on PATH, so not run: {', '.join(missing)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
