"""Words and names: the same for the same seed."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

VERBS = (
    "selects sets names limits holds describes controls enables disables overrides references defines configures "
    "restricts requires ignores replaces reports records determines specifies matches allows rejects"
).split()
NOUNS = (
    "field controller resource volume namespace container policy request endpoint certificate cluster schedule "
    "backup replica selector condition template listener route bucket queue replication interval timeout retry "
    "identity provider region network subnet snapshot storage metric threshold target label annotation owner status "
    "version revision strategy probe port address protocol header secret key value name object reference size limit"
).split()
ADJECTIVES = (
    "optional required default desired observed last current maximum minimum external internal read-only immutable "
    "deprecated human-readable unique additional existing empty"
).split()
LINKS = (
    "of the",
    "for the",
    "in the",
    "by the",
    "from the",
    "with the",
    "when the",
    "that the",
    "and the",
    "or the",
)
FIELDS = (
    "name type mode size port path key value class count level limit interval timeout policy selector template "
    "endpoint region zone bucket queue role secret config storage network target source version strategy schedule "
    "retention encryption replication monitoring logging backup probe header rule action filter owner scope address"
).split()
APPS = (
    "cart checkout catalog billing ledger gateway search mailer report invoice session profile media upload "
    "webhook scheduler worker indexer exporter proxy cache router auth audit inventory pricing shipping notifier"
).split()
TEAMS = "shop platform payments data edge search media finance support identity logistics growth".split()

_PLURALS = {"policy": "policies", "retry": "retries"}


class Prose:
    """A source of words. Every method draws from the same seeded stream."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def one(self, choices: Sequence[T]) -> T:
        """One of several."""
        return choices[int(self.random.random() * len(choices))]

    def chance(self, probability: float) -> bool:
        """Whether something rare happens this time."""
        return self.random.random() < probability

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + int(self.random.random() * (high - low + 1))

    def sentence(self) -> str:
        """A sentence as in the description of a field."""
        words = [self.one(NOUNS).capitalize(), self.one(VERBS), "the", self.one(ADJECTIVES), self.one(NOUNS)]
        for _ in range(self.between(0, 3)):
            words += [self.one(LINKS), self.one(NOUNS)]
        if self.chance(0.12):
            words.append(f"`{self.camel()}`")
        return " ".join(words) + "."

    def paragraph(self, sentences: int) -> str:
        """Sentences on one line."""
        return " ".join(self.sentence() for _ in range(sentences))

    def lines(self, count: int) -> str:
        """Text of several lines, as Go comments are written."""
        return "\n".join(self.sentence() + (" " + self.sentence() if self.chance(0.1) else "") for _ in range(count))

    def camel(self) -> str:
        """The name of a field: `storageClass`."""
        first, second = self.one(FIELDS), self.one(FIELDS)
        return first + second.capitalize() if self.chance(0.7) else first

    def pascal(self) -> str:
        """The name of a kind: `BackupPolicy`."""
        return self.one(NOUNS).replace("-", " ").title().replace(" ", "") + self.one(FIELDS).capitalize()

    def app(self) -> str:
        """The name of an application: `cart-worker`."""
        return f"{self.one(APPS)}-{self.one(APPS)}" if self.chance(0.5) else self.one(APPS)

    def hex(self, digits: int) -> str:
        """A hash."""
        return "".join(self.one("0123456789abcdef") for _ in range(digits))

    def letters(self, count: int) -> str:
        """What base64 looks like."""
        return "".join(self.one(string.ascii_letters + string.digits) for _ in range(count))


def plural(word: str) -> str:
    """The plural of a lower-case noun."""
    return _PLURALS.get(word, word + ("es" if word.endswith("s") else "s"))
