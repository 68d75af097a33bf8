"""The declaration of conformity: its annex out of the register, and what changed since."""

from dataclasses import dataclass

from scripts.registers import Row
from scripts.revisions import is_in_force, revision_at
from scripts.system import System

_DECLARED_KINDS = ("system_procedure", "operational_procedure")


@dataclass(frozen=True)
class Entry:
    """A procedure as the annex of a declaration has it, and as it is."""

    document: Row
    declared: Row | None
    """The revision that was in force when the annex was fixed; None for a later procedure."""

    @property
    def change(self) -> str:
        """Say what happened since: `none`, `added`, `revised` or `withdrawn`."""
        current = self.document["current"]
        if self.declared is None:
            return "added"
        if not is_in_force(current):
            return "withdrawn"
        return "none" if current["revision"] == self.declared["revision"] else "revised"


def declaration_in_view(system: System) -> Row | None:
    """Return the declaration that counts: the newest one, issued or planned."""
    declarations = sorted(system.rows("declarations"), key=lambda row: row["annex_on"])
    return declarations[-1] if declarations else None


def state(system: System, declaration: Row) -> str:
    """Tell whether a declaration is `planned`, `issued`, or `replaced` by one that is issued."""
    if not declaration["issued_on"]:
        return "planned"
    replaced = any(
        row["replaces"] == declaration["code"] and row["issued_on"]
        for row in system.rows("declarations")
    )
    return "replaced" if replaced else "issued"


def annex(system: System, declaration: Row) -> list[Entry]:
    """Return the procedures of the annex and those added since, by unit and code."""
    entries = (
        entry(declaration, document)
        for document in system.documents.values()
        if document["kind"] in _DECLARED_KINDS
    )
    position = {unit["code"]: unit["position"] for unit in system.units}
    return sorted(
        (each for each in entries if each.declared or is_in_force(each.document["current"])),
        key=lambda each: (
            each.document["kind"] != "system_procedure",
            position[each.document["unit"]],
            each.document["code"],
        ),
    )


def entry(declaration: Row, document: Row) -> Entry:
    """Return what a declaration says of a document."""
    return Entry(document, revision_at(document["revisions"], declaration["annex_on"]))


def entry_of(system: System, code: str) -> Entry | None:
    """Return what the declaration that counts says of a procedure; None of other documents."""
    declaration, document = declaration_in_view(system), system.documents[code]
    if declaration is None or document["kind"] not in _DECLARED_KINDS:
        return None
    return entry(declaration, document)
