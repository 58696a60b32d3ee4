"""Objects as a cluster gives them back: with what the control plane adds."""

from __future__ import annotations

from .prose import Prose
from .render import Object, as_json

_TIME = "2026-03-14T09:26:53Z"


def from_cluster(item: Object, prose: Prose) -> Object:
    """The object with its UID, versions, the annotation of `kubectl apply` and a status."""
    meta = dict(item["metadata"])
    if prose.chance(0.4):
        applied = {"kubectl.kubernetes.io/last-applied-configuration": as_json(item) + "\n"}
        meta["annotations"] = {**meta.get("annotations", {}), **applied}
    uid = f"{prose.hex(8)}-{prose.hex(4)}-4{prose.hex(3)}-8{prose.hex(3)}-{prose.hex(12)}"
    meta |= {
        "creationTimestamp": _TIME,
        "resourceVersion": str(prose.between(10_000, 99_999_999)),
        "uid": uid,
    }
    live = {**item, "metadata": meta}
    if item["kind"] in ("Deployment", "StatefulSet", "DaemonSet"):
        meta["generation"] = prose.between(1, 40)
        live["status"] = _status(prose)
    return live


def _status(prose: Prose) -> Object:
    condition = {
        "lastTransitionTime": _TIME,
        "lastUpdateTime": _TIME,
        "message": f'ReplicaSet "{prose.app()}-{prose.hex(10)}" has successfully progressed.',
        "reason": "NewReplicaSetAvailable",
        "status": "True",
        "type": "Progressing",
    }
    minimum = {**condition, "message": "Deployment has minimum availability.", "type": "Available"}
    count = prose.between(1, 5)
    return {
        "availableReplicas": count,
        "readyReplicas": count,
        "replicas": count,
        "conditions": [condition, minimum],
    }
