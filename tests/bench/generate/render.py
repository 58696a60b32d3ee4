"""Objects as text: as `kubectl get -o yaml` prints them, as people write them, as JSON."""

from __future__ import annotations

import json
import re
from typing import Any

Object = dict[str, Any]

# What YAML 1.1 reads as a string without quotes.
_PLAIN = re.compile(r"[A-Za-z_/.$][^\n:#'\"]*(?::[^\s'\"#][^\n:#'\"]*)*")
_NOT_A_STRING = re.compile(r"(?i:y|n|yes|no|on|off|true|false|null|~)|[-+.0-9][0-9._eE+:-]*|.* ")

# Where go-yaml starts to look for a place to break a line.
_WIDTH = 80


def as_json(item: Object | list[Any]) -> str:
    """One line, no blanks, as from `kubectl get -o json | jq -c`."""
    return json.dumps(item, separators=(",", ":"))


def as_kubectl(item: Object, indent: int = 0) -> str:
    """Sorted keys, lists not indented, long lines folded: go-yaml's form."""
    lines: list[str] = []
    _mapping(lines, item, " " * indent, sort=True, step="")
    return "\n".join(lines) + "\n"


def as_written(item: Object, indented_lists: bool) -> str:
    """Keys in the order that people like."""
    lines: list[str] = []
    _mapping(lines, item, "", sort=False, step="  " if indented_lists else "")
    return "\n".join(lines) + "\n"


def as_items(item: Object) -> str:
    """An entry of a list at the outer level."""
    lines: list[str] = []
    _sequence(lines, [item], "", sort=True, step="")
    return "\n".join(lines) + "\n"


def _mapping(lines: list[str], mapping: Object, indent: str, sort: bool, step: str, head: str | None = None) -> None:
    """Appends a mapping. `head` stands in the place of the first entry's indentation: `- `."""
    for key in sorted(mapping) if sort else mapping:
        value = mapping[key]
        start = f"{indent if head is None else head}{_key(key)}:"
        head = None
        if isinstance(value, dict) and value:
            lines.append(start)
            _mapping(lines, value, indent + "  ", sort, step)
        elif isinstance(value, list) and value:
            lines.append(start)
            _sequence(lines, value, indent + step, sort, step)
        else:
            _value(lines, start, value, indent)


def _sequence(lines: list[str], items: list[Any], indent: str, sort: bool, step: str) -> None:
    for item in items:
        if isinstance(item, dict) and item:
            _mapping(lines, item, indent + "  ", sort, step, head=indent + "- ")
        else:
            _value(lines, indent + "-", item, indent)


def _value(lines: list[str], start: str, value: Any, indent: str) -> None:
    if isinstance(value, str):
        if "\n" in value:
            lines.append(start + (" |" if value.endswith("\n") else " |-"))
            lines.extend(f"{indent}  {line}" if line else "" for line in value.rstrip("\n").split("\n"))
        else:
            _fold(lines, f"{start} {_scalar(value)}", indent + "  ", len(start) + 1)
    else:
        lines.append(f"{start} {json.dumps(value)}")


def _key(key: str) -> str:
    return key if _PLAIN.fullmatch(key) and not _NOT_A_STRING.fullmatch(key) else json.dumps(key)


def _scalar(value: str) -> str:
    if _PLAIN.fullmatch(value) and not _NOT_A_STRING.fullmatch(value):
        return value
    return "'" + value.replace("'", "''") + "'"


def _fold(lines: list[str], text: str, indent: str, start: int) -> None:
    """Breaks a line at the first space after the width, as go-yaml does, and never inside the key."""
    at = max(_WIDTH, start)
    while (
        len(text) > at
        and (space := text.find(" ", at)) != -1
        and text[space - 1] != " "
        and text[space + 1 : space + 2].strip()
    ):
        lines.append(text[:space])
        text, at = indent + text[space + 1 :], max(_WIDTH, len(indent))
    lines.append(text)
