"""The front matter of a written page: the lines `name: value` between two lines of dashes."""

from collections.abc import Iterable


def front_matter(lines: Iterable[str]) -> dict[str, str]:
    """Return names and values, as text; empty for a page without front matter."""
    found: dict[str, str] = {}
    rest = iter(lines)
    if next(rest, "").rstrip() != "---":
        return {}
    for line in rest:
        if line.rstrip() == "---":
            return found
        name, _, value = line.partition(":")
        found[name.strip()] = value.strip()
    return {}
