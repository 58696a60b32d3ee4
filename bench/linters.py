"""Other programs that read the same files, and how each is told to read a folder with its own defaults."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import measure

Arguments = Callable[[Path], list[str]]


@dataclass(frozen=True)
class Tool:
    """A program, and its arguments for a folder."""

    program: str
    arguments: Arguments
    about: str
    # Statuses with which it says "done", with findings or without.
    done: tuple[int, ...] = (0, 1)
    version: tuple[str, ...] = ("--version",)

    def command(self, folder: Path) -> list[str] | None:
        """What to run; `None` if the program is not on PATH."""
        found = shutil.which(self.program)
        return [found, *self.arguments(folder)] if found else None


def _on_folder(*words: str) -> Arguments:
    return lambda folder: [*words, str(folder)]


def _on_files(*words: str, ends: tuple[str, ...] = (".yaml", ".yml", ".json")) -> Arguments:
    """For programs that do not look into folders."""
    return lambda folder: [*words, *(str(path) for path in measure.files(folder) if path.name.endswith(ends))]


# The floor: what reading the bytes costs.
FLOOR = [
    Tool("cat", _on_files(ends=("",)), "reads the bytes"),
    Tool("wc", _on_files("-l", ends=("",)), "counts lines"),
]

KNOWN = [
    Tool("yamllint", _on_folder("-d", "relaxed"), "YAML style"),
    Tool("ryl", _on_folder("-d", "relaxed"), "YAML style"),
    Tool("prettier", _on_folder("--check", "--ignore-path="), "YAML form", done=(0, 1, 2)),
    Tool("kube-linter", _on_folder("lint"), "objects", version=("version",)),
    Tool("kubeconform", _on_folder("-ignore-missing-schemas", "-summary"), "schemas", version=("-v",)),
    Tool("kubernetes-validate", _on_files(ends=(".yaml", ".yml")), "schemas", done=(0, 1, 2)),
    Tool("kubectl-validate", _on_folder(), "schemas", version=("version",)),
    Tool("kube-score", _on_files("score"), "objects", version=("version",)),
    Tool("kubesec", _on_files("scan"), "objects", done=(0, 1, 2), version=("version",)),
    Tool("checkov", _on_folder("--framework", "kubernetes", "--quiet", "--compact", "-d"), "objects"),
    Tool("trivy", _on_folder("config", "--offline-scan", "--quiet"), "objects"),
    Tool("polaris", _on_folder("audit", "--format=score", "--audit-path"), "objects", version=("version",)),
    Tool("conftest", _on_folder("test", "--policy=policy"), "your own policies"),
    Tool("datree", _on_folder("test", "--no-record"), "objects", done=(0, 1, 2), version=("version",)),
    Tool(
        "kics",
        _on_folder("scan", "--no-progress", "-p"),
        "objects",
        done=(0, 20, 30, 40, 50, 60),
        version=("version",),
    ),
    Tool("terrascan", _on_folder("scan", "-i", "k8s", "-d"), "objects", done=(0, 3), version=("version",)),
    Tool("pluto", _on_folder("detect-files", "-d"), "versions of APIs", done=(0, 2, 3), version=("version",)),
    Tool("kubescape", _on_folder("scan", "--keep-local"), "objects", version=("version",)),
    Tool("kubeaudit", _on_files("all", "-f"), "objects", version=("version",)),
    Tool("helm", _on_folder("lint"), "charts", version=("version", "--short")),
    # Reads the objects and does nothing with them: what the parser of Kubernetes itself costs.
    Tool(
        "kubectl",
        _on_folder("label", "--local", "-o", "name", "a=b", "-R", "-f"),
        "reads",
        version=("version", "--client"),
    ),
]
