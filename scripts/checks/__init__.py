"""One checker for all registers and pages, in the words of the secretariat.

A rule is a generator of findings; the same rules run in `make check`, in every build and, each with
a broken sample, in the tests.
"""

from intake.configuration import Places
from scripts.checks import (
    audits,
    consultations,
    corrections,
    files,
    form_fields,
    pages,
    procedures,
    registers,
    revisions,
    schemas,
    texts,
    workflows,
)
from scripts.checks.material import Finding, Material, Rule

RULES: tuple[Rule, ...] = (
    *registers.RULES,
    *audits.RULES,
    *consultations.RULES,
    *corrections.RULES,
    *revisions.RULES,
    *procedures.RULES,
    *form_fields.RULES,
    *files.RULES,
    *pages.RULES,
    *texts.RULES,
    *workflows.RULES,
)
"""The rules that look at what is valid by its schema."""


def check(places: Places, validated: bool = False) -> list[Finding]:
    """Return everything that is wrong, by file and line; empty when nothing is.

    When a register breaks its schema only that is told: the other rules need sound rows.

    Args:
        places: the project.
        validated: the registers as they are were found valid by their schemas before.
    """
    found = list(schemas.check_files(places))
    if not found and not validated:
        found = list(schemas.check_package(places))
    if not found:
        material = Material.load(places)
        found = [finding for rule in RULES for finding in rule(material)]
    return sorted(found)


__all__ = ["RULES", "Finding", "Material", "check"]
