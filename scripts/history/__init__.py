"""History is evidence: what was published or committed isn't rewritten, only corrected."""

import json

from intake.configuration import Places
from scripts.checks.material import Finding
from scripts.history.memory import committed, present, published
from scripts.history.model import CORRECTIONS, Comparison, Corrections, policies_of
from scripts.history.rules import RULES
from scripts.manifest import SINCE


def check_history(places: Places) -> list[Finding]:
    """Return where the registers contradict the published release or the commits before.

    Both are looked at only as far as they are evidence: made under the present package's
    `evidence_since`. The registers must be valid by their schemas.
    """
    package = json.loads((places.registers / "datapackage.json").read_text(encoding="utf-8"))
    if SINCE not in package:
        return []
    schemas = {
        raw["name"]: json.loads((places.registers / raw["schema"]).read_text(encoding="utf-8"))
        for raw in package["resources"]
    }
    policies = policies_of(package, schemas)
    now = present(places.registers, policies)
    corrections = Corrections(now.get(CORRECTIONS, {}).values())
    since = package[SINCE]
    earlier = (published(places, policies, since), committed(places, policies, since))
    compared = [
        Comparison(each.state, now, policies, corrections, each.day) for each in earlier if each
    ]
    return sorted({found for each in compared for rule in RULES for found in rule(each)})


__all__ = ["check_history"]
