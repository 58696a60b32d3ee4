"""CustomResourceDefinitions as controller-gen writes them: deep schemas with long descriptions."""

from __future__ import annotations

from typing import Any

from .prose import Prose, plural
from .render import Object

_API_VERSION = (
    "APIVersion defines the versioned schema of this representation of an object.\n"
    "Servers should convert recognized schemas to the latest internal value, and\n"
    "may reject unrecognized values."
)
_KIND = (
    "Kind is a string value representing the REST resource this object represents.\n"
    "Servers may infer this from the endpoint the client submits requests to.\n"
    "Cannot be updated.\n"
    "In CamelCase."
)


def definition(prose: Prose, environment: str) -> Object:
    """A CustomResourceDefinition; most have 15 to 50 KB, few several hundred."""
    kind = prose.pascal()
    singular = kind.lower()
    group = f"{prose.one(['storage', 'network', 'compute', 'identity', 'messaging'])}.{environment}.example.com"
    fields = int(45 * 2 ** (prose.random.random() ** 3 * 6))
    versions = [_version(prose, "v1", fields, stored=True)]
    if prose.chance(0.15):
        versions.append(_version(prose, "v1beta1", fields // 2, stored=False))
    names = {"kind": kind, "listKind": kind + "List", "plural": plural(singular), "singular": singular}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "annotations": {"controller-gen.kubebuilder.io/version": "v0.17.2"},
            "name": f"{plural(singular)}.{group}",
        },
        "spec": {"group": group, "names": names, "scope": "Namespaced", "versions": versions},
    }


def _version(prose: Prose, name: str, fields: int, stored: bool) -> Object:
    properties = {
        "apiVersion": {"description": _API_VERSION, "type": "string"},
        "kind": {"description": _KIND, "type": "string"},
        "metadata": {"type": "object"},
        "spec": _object(prose, fields, described=True),
        "status": _object(prose, max(4, fields // 6), described=True),
    }
    schema = {"description": prose.lines(2), "properties": properties, "required": ["spec"], "type": "object"}
    columns = [{"jsonPath": f".status.{prose.camel()}", "name": prose.one(["Ready", "Age"]), "type": "string"}]
    version: Object = {
        "additionalPrinterColumns": columns,
        "name": name,
        "schema": {"openAPIV3Schema": schema},
        "served": True,
        "storage": stored,
        "subresources": {"status": {}},
    }
    return version


def _object(prose: Prose, fields: int, described: bool) -> Object:
    """A schema with so many fields in it, at any depth."""
    properties: Object = {}
    while fields > 0:
        share = 1 if prose.chance(0.45) else max(1, min(fields, int(fields * prose.random.random())))
        name = prose.camel()
        properties[name if name not in properties else f"{name}{len(properties)}"] = _field(prose, share)
        fields -= share
    schema: Object = {"properties": properties, "type": "object"}
    if described:
        schema["description"] = prose.paragraph(2)
    if prose.chance(0.5):
        schema["required"] = sorted(list(properties)[: prose.between(1, 3)])
    return schema


def _field(prose: Prose, fields: int) -> Object:
    if fields <= 1:
        schema = _leaf(prose)
    elif prose.chance(0.4):
        schema = {"items": _object(prose, fields - 1, described=prose.chance(0.3)), "type": "array"}
        if prose.chance(0.2):
            schema["x-kubernetes-list-type"] = "atomic"
    else:
        schema = _object(prose, fields - 1, described=False)
    if prose.chance(0.45):
        schema["description"] = _description(prose)
    return schema


def _description(prose: Prose) -> str:
    if prose.chance(0.005):
        return prose.sentence() + " Use `kubectl apply --server-side` to change it."
    return prose.lines(prose.between(2, 7)) if prose.chance(0.45) else prose.sentence()


def _leaf(prose: Prose) -> Object:
    roll = prose.random.random()
    schema: dict[str, Any] = {"type": "string"}
    if roll < 0.12:
        schema = {"type": "boolean"}
    elif roll < 0.24:
        schema = {"format": prose.one(["int32", "int64"]), "type": "integer"}
    elif roll < 0.32:
        schema = {"enum": [prose.one(["Always", "Never"]), prose.pascal(), prose.pascal()], "type": "string"}
    elif roll < 0.40:
        schema = {"items": {"type": "string"}, "type": "array"}
    elif roll < 0.46:
        schema = {"additionalProperties": {"type": "string"}, "type": "object"}
    elif roll < 0.49:
        pattern = "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))$"
        types = [{"type": "integer"}, {"type": "string"}]
        schema = {"anyOf": types, "pattern": pattern, "x-kubernetes-int-or-string": True}
    if roll > 0.9:
        schema["default"] = prose.one(["None", "10", "true", "Cluster"])
    return schema
