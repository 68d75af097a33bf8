"""What the gate measures by: the table `[gate]` of the configuration file."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Budgets, and what the search must answer."""

    page_bytes: int = 250_000
    index_bytes: int = 20_000_000
    queries: dict[str, str] = field(default_factory=dict)
    """A page by a query that must find it."""

    @classmethod
    def load(cls, configuration: Path) -> "Settings":
        """Read the table; what it leaves out is as above."""
        raw = tomllib.loads(configuration.read_text(encoding="utf-8"))
        return cls(**raw.get("gate", {}))
