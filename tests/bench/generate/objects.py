"""Applications: objects that belong together, some of them with mistakes that rules find."""

from __future__ import annotations

import base64
from typing import Any

from .other import script
from .prose import TEAMS, Prose
from .render import Object
from .workload import cron_job, deployment, labels, metadata

_RBAC = "rbac.authorization.k8s.io"

# How many applications of a hundred have a certain mistake. Real repositories have about that many.
MISTAKES = {
    "unknown account": 2,
    "token secret": 3,
    "misspelled annotation": 1,
    "old field": 2,
    "subject": 2,
    "api": 2,
}


class Application:
    """A workload with its identity, rights, configuration and network."""

    def __init__(self, seed: str, environment: str) -> None:
        self.prose = Prose(seed)
        self.app = f"{self.prose.app()}-{self.prose.hex(3)}"
        self.team = self.prose.one(TEAMS)
        self.namespace = f"{self.team}-{environment}"

    def _errs(self, mistake: str) -> bool:
        return self.prose.chance(MISTAKES[mistake] / 100)

    def files(self) -> list[tuple[str, list[Object]]]:
        """Names of files and the objects in them; the first names all others."""
        files = [
            ("deployment.yaml", [self.workload()]),
            ("service.yaml", [self.service(), self.budget()]),
            ("serviceaccount.yaml", [self.account()]),
            ("rbac.yaml", [self.role(), self.binding()]),
            ("configmap.yaml", [self.config()]),
            ("secret.yaml", [self.secret()]),
            ("networkpolicy.yaml", [self.network_policy()]),
            ("ingress.yaml", [self.ingress()]),
            ("cronjob.yaml", [self.job()]),
        ]
        names: list[Any] = [name for name, _ in files]
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": self.namespace,
            "resources": names,
            "images": [{"name": f"registry.example.com/{self.app}", "newTag": self.prose.hex(12)}],
        }
        return [("kustomization.yaml", [kustomization]), *files]

    def objects(self) -> list[Object]:
        """What is applied to a cluster."""
        return [item for name, items in self.files() if name != "kustomization.yaml" for item in items]

    def workload(self) -> Object:
        """A Deployment, StatefulSet or DaemonSet."""
        account = self.app + "x" if self._errs("unknown account") else self.app
        item = deployment(self.prose, self.app, self.team, self.namespace, account)
        if self._errs("old field"):
            pod = item["spec"]["template"]["spec"]
            pod["serviceAccount"] = pod.pop("serviceAccountName")
        return item

    def job(self) -> Object:
        """A CronJob."""
        item = cron_job(self.prose, f"{self.app}-cleanup", self.team, self.namespace, self.app)
        if self._errs("api"):
            item["apiVersion"] = "batch/v1beta1"
        return item

    def account(self) -> Object:
        """The ServiceAccount."""
        item = self._object("v1", "ServiceAccount", self.app)
        if self.prose.chance(0.3):
            role = f"arn:aws:iam::000000000000:role/{self.team}-{self.app}"
            item["metadata"]["annotations"] = {"eks.amazonaws.com/role-arn": role}
        if self.prose.chance(0.3):
            item["automountServiceAccountToken"] = False
        return item

    def role(self) -> Object:
        """What the application may do."""
        groups = (
            ("", ["configmaps", "pods"]),
            ("apps", ["deployments"]),
            ("batch", ["jobs"]),
            ("", ["services"]),
        )
        rules = []
        for _ in range(self.prose.between(1, 8)):
            group, resources = self.prose.one(groups)
            verbs = ["get", "list", "watch"] + (["create", "patch"] if self.prose.chance(0.3) else [])
            rules.append({"apiGroups": [group], "resources": list(resources), "verbs": verbs})
        return {**self._object(f"{_RBAC}/v1", "Role", self.app), "rules": rules}

    def binding(self) -> Object:
        """Who may do it."""
        subject = {"kind": "ServiceAccount", "name": self.app, "namespace": self.namespace}
        if self._errs("subject"):
            subject["apiGroup"] = "v1"
        item = self._object(f"{_RBAC}/v1", "RoleBinding", self.app)
        return {
            **item,
            "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": self.app},
            "subjects": [subject],
        }

    def secret(self) -> Object:
        """Credentials of the application; now and then a token Secret as in old times."""
        if self._errs("token secret"):
            item = self._object("v1", "Secret", f"{self.app}-token")
            key = "sevice-account" if self._errs("misspelled annotation") else "service-account"
            item["metadata"]["annotations"] = {f"kubernetes.io/{key}.name": self.app}
            return {**item, "type": "kubernetes.io/service-account-token"}
        data = {key: _base64(self.prose.sentence()) for key in ("database_url", "queue_user", "cache_timeout")}
        return {**self._object("v1", "Secret", f"{self.app}-credentials"), "type": "Opaque", "data": data}

    def config(self) -> Object:
        """Settings, some of them files of their own."""
        settings = {
            f"{self.prose.camel()}.{self.prose.camel()}": self.prose.one(["10", "true", "info", "cluster.local"])
        }
        properties = (
            "\n".join(
                f"{self.prose.camel()}={self.prose.one(['1', 'on', 'info'])}" for _ in range(self.prose.between(5, 60))
            )
            + "\n"
        )
        data = {**settings, "application.properties": properties, "NOTES": self.prose.lines(5)}
        if self.prose.chance(0.2):
            data["deploy.sh"] = script(self.prose)
        return {**self._object("v1", "ConfigMap", f"{self.app}-config"), "data": data}

    def service(self) -> Object:
        """The Service."""
        ports = [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}]
        spec = {"type": "ClusterIP", "selector": {"app.kubernetes.io/name": self.app}, "ports": ports}
        return {**self._object("v1", "Service", self.app), "spec": spec}

    def budget(self) -> Object:
        """The PodDisruptionBudget."""
        spec = {"minAvailable": 1, "selector": {"matchLabels": labels(self.app, self.team)}}
        return {**self._object("policy/v1", "PodDisruptionBudget", self.app), "spec": spec}

    def ingress(self) -> Object:
        """The Ingress."""
        host = f"{self.app}.{self.team}.example.com"
        backend = {"service": {"name": self.app, "port": {"name": "http"}}}
        paths = [
            {"path": f"/{self.prose.camel()}", "pathType": "Prefix", "backend": backend}
            for _ in range(self.prose.between(1, 5))
        ]
        item = self._object("networking.k8s.io/v1", "Ingress", self.app)
        item["metadata"]["annotations"] = {
            "cert-manager.io/cluster-issuer": "letsencrypt",
            "example.com/limit": "100",
        }
        tls = [{"hosts": [host], "secretName": f"{self.app}-tls"}]
        return {
            **item,
            "spec": {
                "ingressClassName": "nginx",
                "tls": tls,
                "rules": [{"host": host, "http": {"paths": paths}}],
            },
        }

    def network_policy(self) -> Object:
        """Who may talk to it."""
        peers = [
            {"podSelector": {"matchLabels": {"app.kubernetes.io/name": self.prose.app()}}}
            for _ in range(self.prose.between(2, 26))
        ]
        ingress = [{"from": peers, "ports": [{"protocol": "TCP", "port": 8080}]}]
        pods = {"matchLabels": {"app.kubernetes.io/name": self.app}}
        item = self._object("networking.k8s.io/v1", "NetworkPolicy", self.app)
        return {**item, "spec": {"podSelector": pods, "policyTypes": ["Ingress"], "ingress": ingress}}

    def _object(self, version: str, kind: str, name: str) -> Object:
        return {"apiVersion": version, "kind": kind, "metadata": metadata(name, self.team, self.namespace)}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
