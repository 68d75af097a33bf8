"""The security requirements of OWASP ASVS, each with what shows it: `content/quan-tri/asvs.csv`."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

TABLE = Path("quan-tri/asvs.csv")
STATES = ("holds", "not applicable", "falls short")
CHAPTERS = {
    "1": "Encoding and sanitization",
    "2": "Validation and business logic",
    "3": "Web frontend security",
    "4": "API and web service",
    "5": "File handling",
    "6": "Authentication",
    "7": "Session management",
    "8": "Authorization",
    "9": "Self-contained tokens",
    "10": "OAuth and OIDC",
    "11": "Cryptography",
    "12": "Secure communication",
    "13": "Configuration",
    "14": "Data protection",
    "15": "Secure coding and architecture",
    "16": "Security logging and error handling",
    "17": "WebRTC",
}


def requirements(content: Path) -> dict[str, Any]:
    """Return what the page of the requirements shows."""
    rows = read(content / TABLE)
    chapters: dict[str, list[dict[str, str]]] = {chapter: [] for chapter in CHAPTERS}
    for row in rows:
        chapters[chapter_of(row)].append(row)
    states = Counter(row["state"] for row in rows)
    counts = {state: states[state] for state in STATES}
    return {"chapters": chapters, "titles": CHAPTERS, "counts": counts}


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of the table."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def chapter_of(row: dict[str, str]) -> str:
    """Return the number of the chapter that a requirement stands in."""
    return row["requirement"].partition("-")[2].partition(".")[0]
