"""Pods and what makes them."""

from __future__ import annotations

from typing import Any

from .prose import Prose
from .render import Object

_REGISTRY = "registry.example.com"


def labels(app: str, team: str) -> Object:
    """The labels that tools put on everything."""
    return {
        "app.kubernetes.io/name": app,
        "app.kubernetes.io/part-of": team,
        "app.kubernetes.io/managed-by": "kustomize",
    }


def deployment(prose: Prose, app: str, team: str, namespace: str, account: str | None) -> Object:
    """A Deployment with one container or two."""
    kind = prose.one(["Deployment", "Deployment", "Deployment", "StatefulSet", "DaemonSet"])
    spec: Object = {
        "replicas": prose.between(1, 5),
        "selector": {"matchLabels": {"app.kubernetes.io/name": app}},
    }
    if kind == "DaemonSet":
        del spec["replicas"]
    if kind == "StatefulSet":
        spec["serviceName"] = app
    spec["template"] = {"metadata": {"labels": labels(app, team)}, "spec": pod_spec(prose, app, account)}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata(app, team, namespace), "spec": spec}


def cron_job(prose: Prose, app: str, team: str, namespace: str, account: str | None) -> Object:
    """A CronJob."""
    pod = pod_spec(prose, app, account)
    pod["restartPolicy"] = "OnFailure"
    spec = {
        "schedule": f"{prose.between(0, 59)} {prose.between(0, 23)} * * *",
        "concurrencyPolicy": "Forbid",
        "jobTemplate": {"spec": {"template": {"spec": pod}}},
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": metadata(app, team, namespace),
        "spec": spec,
    }


def metadata(name: str, team: str, namespace: str) -> Object:
    """Name, namespace, labels."""
    return {"name": name, "namespace": namespace, "labels": labels(name, team)}


def pod_spec(prose: Prose, app: str, account: str | None) -> Object:
    """What runs, as whom, and with which volumes."""
    spec: Object = {}
    if account:
        spec["serviceAccountName"] = account
    if prose.chance(0.3):
        spec["automountServiceAccountToken"] = prose.chance(0.3)
    if prose.chance(0.4):
        spec["securityContext"] = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    if prose.chance(0.2):
        spec["initContainers"] = [_waiting(prose)]
    spec["containers"] = [_container(prose, app, main=True)]
    if prose.chance(0.25):
        spec["containers"].append(_container(prose, "metrics-exporter", main=False))
    spec["volumes"] = [
        {"name": "config", "configMap": {"name": f"{app}-config"}},
        {"name": "tmp", "emptyDir": {}},
    ]
    if prose.chance(0.1):
        token = {"serviceAccountToken": {"path": "token", "audience": "vault", "expirationSeconds": 3600}}
        spec["volumes"].append({"name": "vault-token", "projected": {"sources": [token]}})
    return spec


def _waiting(prose: Prose) -> Object:
    """A container that waits for another application with a script."""
    other = prose.app()
    lines = f"set -e\nuntil nc -z {other} 8080; do\n  echo waiting for {other}\n  sleep 2\ndone\n"
    if prose.chance(0.2):
        lines += f"kubectl wait --for=condition=available deployment/{other} --timeout=300s\n"
    return {"name": "wait", "image": f"{_REGISTRY}/tools:v1.0.0", "command": ["/bin/sh", "-c", lines]}


def _container(prose: Prose, name: str, main: bool) -> Object:
    image = f"{_REGISTRY}/{name}:v{prose.between(0, 9)}.{prose.between(0, 30)}.{prose.between(0, 9)}"
    container: Object = {"name": name, "image": image, "ports": [{"name": "http", "containerPort": 8080}]}
    if main:
        container["args"] = [f"--{prose.one(['config', 'listen', 'log-level', 'leader-elect'])}={prose.camel()}"] * 2
        container["env"] = [_variable(prose, name) for _ in range(prose.between(0, 12))]
        container["volumeMounts"] = [{"name": "config", "mountPath": "/etc/config", "readOnly": True}]
        container["livenessProbe"] = _probe(prose, "/healthz")
        container["readinessProbe"] = _probe(prose, "/ready")
    sizes = {"cpu": f"{prose.between(1, 9)}00m", "memory": f"{prose.between(1, 8) * 64}Mi"}
    container["resources"] = {"limits": sizes, "requests": dict(sizes)}
    if prose.chance(0.5):
        capabilities = {"drop": ["ALL"]}
        container["securityContext"] = {"allowPrivilegeEscalation": False, "capabilities": capabilities}
    return container


def _variable(prose: Prose, app: str) -> Object:
    name = (
        f"{prose.one(['DATABASE', 'QUEUE', 'CACHE', 'HTTP', 'LOG'])}_{prose.one(['URL', 'USER', 'LEVEL', 'TIMEOUT'])}"
    )
    if prose.chance(0.2):
        return {
            "name": name,
            "valueFrom": {"secretKeyRef": {"name": f"{app}-credentials", "key": name.lower()}},
        }
    if prose.chance(0.1):
        return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}
    return {
        "name": name,
        "value": prose.one(["info", "30", "true", "http://gateway:8080", "postgres.data.svc"]),
    }


def _probe(prose: Prose, path: str) -> dict[str, Any]:
    return {
        "httpGet": {"path": path, "port": "http"},
        "initialDelaySeconds": prose.between(3, 30),
        "periodSeconds": 10,
    }
