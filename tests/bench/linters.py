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
    looks_at: str
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
    Tool("cat", _on_files(ends=("",)), "nothing"),
    Tool("wc", _on_files("-l", ends=("",)), "line ends"),
]

_VERSION = ("version",)

KNOWN = [
    Tool("yamllint", _on_folder("-d", "relaxed"), "YAML"),
    Tool("ryl", _on_folder("check", "--no-cache", "-d", "relaxed"), "YAML"),
    Tool("prettier", _on_folder("--check", "--ignore-path="), "form", done=(0, 1, 2)),
    Tool("kubeconform", _on_folder("-ignore-missing-schemas", "-summary"), "schemas", version=("-v",)),
    Tool("kubernetes-validate", _on_files(ends=(".yaml", ".yml")), "schemas", done=(0, 1, 2)),
    Tool("kubectl-validate", _on_folder(), "schemas", version=_VERSION),
    Tool("kube-linter", _on_folder("lint"), "workloads", version=_VERSION),
    Tool("kube-score", _on_files("score"), "workloads", version=_VERSION),
    Tool("kubesec", _on_files("scan"), "workloads", done=(0, 1, 2), version=_VERSION),
    Tool("kubeaudit", _on_files("all", "-f"), "workloads", version=_VERSION),
    Tool("polaris", _on_folder("audit", "--format=score", "--audit-path"), "workloads", version=_VERSION),
    Tool("datree", _on_folder("test", "--no-record"), "workloads", done=(0, 1, 2), version=_VERSION),
    Tool("checkov", _on_folder("--framework", "kubernetes", "--quiet", "--compact", "-d"), "workloads"),
    Tool("trivy", _on_folder("config", "--skip-check-update", "--quiet"), "workloads"),
    Tool("kics", _on_folder("scan", "-p"), "workloads", done=(0, 20, 30, 40, 50, 60), version=_VERSION),
    Tool("terrascan", _on_folder("scan", "-i", "k8s", "-d"), "workloads", done=(0, 3), version=_VERSION),
    Tool("kubescape", _on_folder("scan", "--keep-local"), "workloads", version=_VERSION),
    Tool("pluto", _on_folder("detect-files", "-d"), "old APIs", done=(0, 2, 3), version=_VERSION),
    Tool("helm", _on_folder("lint"), "charts", version=("version", "--short")),
    # Reads all objects and changes nothing: what the parser of Kubernetes itself costs.
    Tool("kubectl", _on_folder("label", "--local", "a=b", "-R", "-f"), "nothing", version=("version", "--client")),
]
