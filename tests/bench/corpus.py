#!/usr/bin/env python3
"""Writes the corpus that saudit is measured on: the same bytes every time, made up from seeds, nothing downloaded."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path

from generate.chart import chart
from generate.live import from_cluster
from generate.objects import Application
from generate.other import makefile, pipeline, readme, script, values
from generate.prose import Prose
from generate.render import Object, as_items, as_json, as_kubectl, as_written
from generate.schema import definition

MEGABYTE = 1_000_000

# So many groups of documents are made up; after that they come again, in another environment.
_POOL = 160

# Names in the pool end in this; each round has its own.
_ENVIRONMENT = "env-0"


def crds(folder: Path, scale: float) -> None:
    """CustomResourceDefinitions with other kinds between, in one file."""
    _write_stream(folder / "all.yaml", _concatenation(), 160 * MEGABYTE * scale)


def small(folder: Path, scale: float) -> None:
    """Small files in many folders, as in a repository of applications."""
    _write_applications(folder, int(9_000 * scale))


def fifty(folder: Path, scale: float) -> None:
    """A repository of fifty files, whatever the scale."""
    _write_applications(folder, 50)


def listed(folder: Path, scale: float) -> None:
    """One `kind: List`, as `kubectl get -o yaml` prints it."""
    head = "apiVersion: v1\nitems:\n"
    tail = 'kind: List\nmetadata:\n  resourceVersion: ""\n'
    _write_stream(folder / "list.yaml", map(as_items, _live()), 70 * MEGABYTE * scale, head, tail)


def json_line(folder: Path, scale: float) -> None:
    """One `kind: List` as JSON on one line."""
    objects = map(as_json, _live())
    parts = (part if number == 0 else f",{part}" for number, part in enumerate(objects))
    head = '{"apiVersion":"v1","kind":"List","items":['
    _write_stream(folder / "list.json", parts, 25 * MEGABYTE * scale, head, "]}\n")


def charts(folder: Path, scale: float) -> None:
    """Raw Helm charts."""
    for number in range(max(1, int(300 * scale))):
        for name, text in chart(f"chart {number}"):
            _write(folder / f"chart-{number:03}" / name, text)


def scripts(folder: Path, scale: float) -> None:
    """Shell scripts, Makefiles, documentation and pipelines."""
    kinds = (("deploy.sh", script), ("Makefile", makefile), ("README.md", readme), ("deploy.yaml", pipeline))
    for number in range(max(1, int(500 * scale))):
        for name, make in kinds:
            _write(folder / f"project-{number:03}" / name, make(Prose(f"{name} {number}")))


PARTS: dict[str, Callable[[Path, float], None]] = {
    "crds": crds,
    "small": small,
    "fifty": fifty,
    "list": listed,
    "json": json_line,
    "chart": charts,
    "scripts": scripts,
    "crds-1x": lambda folder, scale: crds(folder, scale / 8),
    "crds-2x": lambda folder, scale: crds(folder, scale / 4),
    "crds-4x": lambda folder, scale: crds(folder, scale / 2),
}


def write(folder: Path, scale: float, parts: list[str]) -> None:
    """Writes the named parts, each into a folder of its own."""
    for part in parts:
        PARTS[part](folder / part, scale)


def digest(folder: Path) -> str:
    """A hash of all names and bytes below the folder."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _concatenation() -> Iterator[str]:
    for number in count():
        yield _in_round(_group(number % _POOL), number // _POOL)


def _in_round(text: str, number: int) -> str:
    return text.replace(_ENVIRONMENT, f"env-{number}")


@cache
def _group(number: int) -> str:
    """A definition and the objects of some applications, each a document."""
    prose = Prose(f"group {number}")
    documents = [as_kubectl(definition(prose, _ENVIRONMENT))]
    for nested in range(2):
        documents += map(as_kubectl, Application(f"group {number} {nested}", _ENVIRONMENT).objects())
    if prose.chance(0.3):
        documents.append(values(prose))
    return "".join(f"---\n{document}" for document in documents)


def _live() -> Iterator[Object]:
    """What a cluster has: applications, and a definition now and then."""
    for number in count():
        prose = Prose(f"live {number}")
        environment = f"env-{number % 7}"
        for item in Application(f"live {number}", environment).objects():
            yield from_cluster(item, prose)
        if prose.chance(0.02):
            yield from_cluster(definition(prose, environment), prose)


def _write_applications(folder: Path, files: int) -> None:
    written = 0
    for number in count():
        prose = Prose(f"folder {number}")
        indented = prose.chance(0.5)
        texts = [
            (name, "---\n".join(as_written(item, indented) for item in items))
            for name, items in Application(f"application {number}", f"env-{number % 5}").files()
        ]
        if prose.chance(0.5):
            texts.append(("values.yaml", values(prose)))
        for name, text in texts:
            if written == files:
                return
            comment = f"# {prose.sentence()}\n" if prose.chance(0.3) else ""
            _write(folder / f"team-{number % 40:02}" / f"app-{number:03}" / name, comment + text)
            written += 1


def _write_stream(path: Path, parts: Iterator[str], size: float, head: str = "", tail: str = "") -> None:
    """Writes parts until the file has its size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        written = file.write(head)
        while written < size:
            written += file.write(next(parts))
        file.write(tail)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="the folder to write to")
    parser.add_argument("--scale", type=float, default=1, help="how large: 1 is the size that figures are given for")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    args = parser.parse_args()
    write(args.out, args.scale, args.part or list(PARTS))
    print(f"wrote {args.out}: {digest(args.out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
