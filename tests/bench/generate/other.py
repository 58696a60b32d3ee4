"""What stands in repositories beside manifests: values, pipelines, scripts, documentation."""

from __future__ import annotations

from .prose import TEAMS, Prose


def values(prose: Prose) -> str:
    """The values of a chart, or settings of another program: YAML that is not for Kubernetes."""
    lines = ["# Settings for the application.", ""]
    for _ in range(prose.between(8, 18)):
        lines += [f"# {prose.sentence()}", f"{prose.camel()}:"]
        for _ in range(prose.between(1, 5)):
            value = prose.one(["true", "10", '""', "[]", "{}", '"30s"', "info", "cluster.local"])
            lines.append(f"  {prose.camel()}: {value}")
    return "\n".join(lines) + "\n"


def pipeline(prose: Prose) -> str:
    """A workflow of a CI system with commands in it."""
    team, app = prose.one(TEAMS), prose.app()
    lines = [
        "name: deploy",
        "on:",
        "  push:",
        "    branches: [main]",
        "jobs:",
        "  deploy:",
        "    runs-on: ubuntu-latest",
    ]
    lines.append("    steps:")
    for step in range(prose.between(3, 7)):
        lines += [f"      - name: {prose.camel()} {step}", "        run: |"]
        lines += [f"          {line}" for line in _commands(prose, app, team, 3)]
    return "\n".join(lines) + "\n"


def script(prose: Prose) -> str:
    """A shell script that deploys something."""
    team, app = prose.one(TEAMS), prose.app()
    lines = [
        "#!/usr/bin/env bash",
        f"# {prose.sentence()}",
        "set -euo pipefail",
        "",
        f'namespace="${{1:-{team}}}"',
        "",
    ]
    for _ in range(prose.between(2, 5)):
        lines += [f"{prose.camel()}() {{", f'  local target="$1"  # {prose.sentence()}']
        lines += [f"  {line}" for line in _commands(prose, app, team, 5)]
        lines += ["}", ""]
    lines += ["kubectl apply -f - <<EOF", "apiVersion: v1", "kind: ServiceAccount", "metadata:"]
    lines += [f"  name: {app}", f"  namespace: {team}", "EOF", ""]
    return "\n".join(lines)


def makefile(prose: Prose) -> str:
    """A Makefile."""
    lines = [".PHONY: all", "IMG ?= controller:latest", ""]
    for _ in range(prose.between(4, 9)):
        lines.append(f"{prose.camel()}: ## {prose.sentence()}")
        lines += [f"\t{line}" for line in _commands(prose, prose.app(), prose.one(TEAMS), 2)]
        lines.append("")
    return "\n".join(lines)


def readme(prose: Prose) -> str:
    """Documentation with commands in it."""
    parts = [f"# {prose.pascal()}\n"]
    for _ in range(prose.between(3, 6)):
        commands = "\n".join(_commands(prose, prose.app(), prose.one(TEAMS), 2))
        parts.append(f"## {prose.pascal()}\n\n{prose.paragraph(4)}\n\n```sh\n{commands}\n```\n")
    return "\n".join(parts)


def _commands(prose: Prose, app: str, team: str, count: int) -> list[str]:
    known = (
        f"kubectl apply -n {team} -f deploy/{app}.yaml",
        f"kubectl rollout status deployment/{app} --namespace {team} --timeout=120s",
        f'docker build -t "registry.example.com/{app}:${{GIT_SHA}}" .',
        f"helm upgrade --install {app} ./charts/{app} --namespace {team} --set image.tag=$GIT_SHA",
        f"kubectl create serviceaccount {app} -n {team} --dry-run=client -o yaml | kubectl apply -f -",
        f'if [ -z "${{{app.upper().replace("-", "_")}:-}}" ]; then echo "not set" >&2; exit 1; fi',
        "go test ./... -race -coverprofile cover.out",
        f"kubectl create token {app} -n {team} --duration=1h > token.txt",
        f"for pod in $(kubectl get pods -n {team} -l app={app} -o name); do kubectl logs $pod; done",
    )
    return [prose.one(known) for _ in range(count)]
