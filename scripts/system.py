"""The quality management system as its registers describe it: what pages ask for.

Everything is computed here, from rows, for one day; nothing of it is typed into a page.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from intake.cases.workflow import Workflow, load_workflows
from intake.configuration import Places, Portal
from intake.forms.schema import Form, load_forms
from intake.journal.model import NEW
from intake.packages.projection import DESCRIPTOR
from intake.paper.slips import Plan, load_plans
from scripts.front_matter import front_matter
from scripts.registers import Resource, Row, load_package
from scripts.revisions import (
    current_revision,
    events_of,
    is_in_force,
    revision_pages,
    sorted_chain,
)
from scripts.slugs import slug
from scripts.states import coverage, finding_state, objective_state

NEW_WITHIN = dt.timedelta(days=365)
"""How long an issue or revision counts as news on the home page."""

STATE = "state"
"""The column of a case's state."""
SAID = "said"
"""Where an event of a case keeps the public answers that were given with it."""

Key = tuple[str, ...]
"""The values of a primary key, as text."""


@dataclass(frozen=True)
class System:
    """The registers, the collected packages and the configuration, and what follows from them."""

    portal: Portal
    registers: dict[str, Resource]
    collected: dict[str, Resource]
    forms: dict[str, Form]
    form_pages: dict[str, str]
    """The address of the page that each form stands on."""
    day: dt.date
    revision_pages: dict[tuple[str, str], str] = field(default_factory=dict)
    """The address of the page of each frozen text and draft, by document and revision."""
    workflows: dict[str, Workflow] = field(default_factory=dict)
    """The workflow of each kind of case that has one."""
    plans: dict[str, Plan] = field(default_factory=dict)
    """The slips on paper of the forms, by name."""
    case_events: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    """What happened to the cases of each kind, in its order, with what was `said`, as far as it is
    public."""
    case_rows: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    """The cases of each kind as they are today, as far as that is public."""
    present: "System | None" = None
    """When this is the system as at an earlier day: the system of today."""

    @classmethod
    def load(cls, places: Places) -> "System":
        """Load everything that pages are built from."""
        portal = Portal.load(places.configuration)
        forms = load_forms(places.forms)
        collected: dict[str, Resource] = {}
        case_events: dict[str, tuple[Row, ...]] = {}
        case_rows: dict[str, tuple[Row, ...]] = {}
        for name in forms:
            descriptor = places.packages / name / DESCRIPTOR
            if descriptor.exists():
                package = load_package(descriptor, escaped=True)
                collected |= {
                    table: public(resource)
                    for table, resource in package.items()
                    if _holds_submissions(table, name)
                }
                case_events[name] = _case_events(package, name)
                if cases := package.get(f"{name}_cases"):
                    case_rows[name] = public(cases).rows
        registers = load_package(places.registers / "datapackage.json")
        pages = form_pages(places.content)
        texts = revision_pages(places.content)
        workflows = load_workflows(places.forms)
        return cls(
            portal=portal,
            registers=registers,
            collected=collected,
            forms=forms,
            form_pages=pages,
            day=portal.day(),
            revision_pages=texts,
            workflows=workflows,
            plans=load_plans(places.forms),
            case_events=case_events,
            case_rows=case_rows,
        )

    def rows(self, register: str) -> tuple[Row, ...]:
        """Return the rows of a register, in file order."""
        return self.registers[register].rows

    def label(self, register: str, field: str, value: Any) -> str:
        """Return the Vietnamese words for a value of an enum."""
        return self.registers[register].labels(field).get(str(value), str(value))

    def form_address(self, form: str) -> str:
        """Return the address of a form's page.

        Raises:
            KeyError: no page carries the form.
        """
        return self.form_pages[form]

    # Every table, and how rows are found and linked

    @cached_property
    def tables(self) -> dict[str, Resource]:
        """The registers and, under the name of its form, what was collected under all versions."""
        return self.registers | {
            name: self._of_all_versions(form)
            for name, form in self.forms.items()
            if name in self.collected
        }

    def _of_all_versions(self, form: Form) -> Resource:
        newest = self.collected[form.name]
        names = [field["name"] for field in newest.fields]
        keys = form.descriptor.get("foreignKeys", [])
        public_keys = [key for key in keys if set(key["fields"]) <= set(names)]
        if workflow := self.workflows.get(form.name):
            names.append(STATE)
            fields = [*newest.fields, state_field(workflow)]
        else:
            fields = newest.fields
        return replace(
            newest,
            schema={**newest.schema, "fields": fields, "foreignKeys": public_keys},
            rows=tuple(
                {name: row.get(name) for name in names} for row in self.submissions(form.name)
            ),
            page=form.descriptor.get("page"),
        )

    @cached_property
    def _by_key(self) -> dict[str, dict[Key, Row]]:
        return {
            name: {key_of(row, table.key): row for row in table.rows}
            for name, table in self.tables.items()
        }

    def find(self, register: str, key: Key) -> Row:
        """Return the row of a register by its primary key.

        Raises:
            KeyError: there is none.
        """
        return self._by_key[register][key]

    def address(self, register: str, key: Key) -> str | None:
        """Return the permanent address of a row's page, from the root; None when it has none."""
        if key not in self._by_key[register]:
            return None
        if register == "documents":
            return str(self.documents[key[0]]["address"])
        if register == "units":
            return f"don-vi/{self.unit_by_code[key[0]]['slug']}/"
        page = self.tables[register].page
        return f"{page['folder']}/{slug('-'.join(key))}/" if page else None

    def title(self, register: str, key: Key) -> str:
        """Return what a row is called: the field that its register names as the title."""
        names = {"documents": "title", "units": "name"}
        page = self.tables[register].page
        field = names[register] if register in names else (page or {})["title"]
        return str(self.find(register, key)[field])

    @cached_property
    def _referring(self) -> dict[str, dict[Key, dict[str, list[Row]]]]:
        """Rows by what they refer to: register, key, referring register."""
        found: dict[str, dict[Key, dict[str, list[Row]]]] = {}
        for name, table in self.tables.items():
            for reference in table.references:
                into = found.setdefault(reference.register, {})
                for row in table.rows:
                    if (key := key_of(row, reference.fields)) and all(key):
                        into.setdefault(key, {}).setdefault(name, []).append(row)
        return found

    def referring(self, register: str, key: Key) -> dict[str, list[Row]]:
        """Return the rows of other registers that refer to a row, by register."""
        return self._referring.get(register, {}).get(key, {})

    # Units and documents

    @cached_property
    def units(self) -> list[Row]:
        """The units in their order."""
        return sorted(self.rows("units"), key=lambda unit: unit["position"])

    @cached_property
    def unit_by_code(self) -> dict[str, Row]:
        """The units by code."""
        return {unit["code"]: unit for unit in self.units}

    @cached_property
    def documents(self) -> dict[str, Row]:
        """The documents by code, each with its revisions, the one that counts, and its address."""
        revisions: dict[str, list[Row]] = {}
        for revision in self.rows("revisions"):
            revisions.setdefault(revision["document"], []).append(revision)
        return {
            document["code"]: {
                **document,
                "revisions": (chain := sorted_chain(revisions.get(document["code"], []))),
                "current": current_revision(chain, self.day),
                "address": f"tai-lieu/{slug(document['code'])}/",
            }
            for document in self.rows("documents")
        }

    def documents_of_kind(self, kind: str) -> list[Row]:
        """Return the documents of a kind that are in force, in file order."""
        return [
            document
            for document in self.documents.values()
            if document["kind"] == kind and is_in_force(document["current"])
        ]

    def documents_of_unit(self, unit: str) -> list[Row]:
        """Return what a unit owns and is in force, form templates left out."""
        return [
            document
            for document in self.documents.values()
            if document["unit"] == unit
            and document["kind"] != "form_template"
            and is_in_force(document["current"])
        ]

    def counts(self) -> dict[str, int]:
        """Count units and documents in force by kind: the published figures come out of this."""
        kinds = Counter(
            document["kind"]
            for document in self.documents.values()
            if is_in_force(document["current"])
        )
        known = self.registers["documents"].labels("kind")
        return {"units": len(self.units), **{kind: kinds[kind] for kind in known}}

    def jobs_of_unit(self, unit: str) -> list[Row]:
        """Return the steps that people of a unit do: of its procedures and of the system's own.

        Each has the posts that do it as `posts`, one spelling for each.
        """
        documents = [
            *(each for each in self.documents_of_unit(unit) if each["kind"].endswith("_procedure")),
            *(each for each in self.documents_of_kind("system_procedure") if each["unit"] != unit),
        ]
        return [
            {**step, "posts": posts_of(step["actor"])}
            for document in documents
            for step in self.of_document("steps", document["code"])
        ]

    # What belongs to one document

    def of_document(self, register: str, code: str) -> list[Row]:
        """Return the rows of a register that name a document."""
        return [row for row in self.rows(register) if row["document"] == code]

    def forms_of(self, code: str) -> list[Row]:
        """Return the form templates of a procedure."""
        return [document for document in self.documents.values() if document["parent"] == code]

    def web_form_of(self, code: str) -> Form | None:
        """Return the form of the portal that stands for a paper form."""
        found = (form for form in self.forms.values() if form.descriptor.get("template") == code)
        return next(found, None)

    def workflow_of(self, code: str) -> Workflow | None:
        """Return the workflow that runs a procedure: that of the web form of one of its forms."""
        own = {form["code"] for form in self.forms_of(code)}
        found = (
            workflow
            for kind, workflow in self.workflows.items()
            if self.forms[kind].descriptor.get("template") in own
        )
        return next(found, None)

    def clauses_of(self, code: str) -> list[Row]:
        """Return the clauses that a document answers."""
        return [
            self.find("clauses", (link["edition"], link["clause"]))
            for link in self.of_document("clause_documents", code)
        ]

    def references_of(self, code: str) -> list[Row]:
        """Return the external documents that a document refers to."""
        return [
            self.find("external_documents", (row["number"],))
            for row in self.of_document("external_references", code)
        ]

    # Objectives

    def objectives(self, unit: str | None = None, *, bloc: bool = False) -> list[Row]:
        """Return objectives with their measurements: of the bloc, of a unit, or all."""
        measured: dict[str, list[Row]] = {}
        for measurement in sorted_by(self.rows("measurements"), "period"):
            if measurement["measured_on"] <= self.day:
                measured.setdefault(measurement["objective"], []).append(measurement)
        return [
            {
                **objective,
                "measurements": (
                    values := sorted_by(measured.get(objective["code"], []), "period")
                ),
                "state": objective_state(objective, values),
            }
            for objective in self.rows("objectives")
            if (unit is None and not bloc)
            or (bloc and objective["unit"] is None)
            or (unit is not None and objective["unit"] == unit)
        ]

    def objective(self, code: str) -> Row:
        """Return an objective with its measurements."""
        return next(each for each in self.objectives() if each["code"] == code)

    def reported_measurements(self, objective: str) -> list[Row]:
        """Return what was reported of an objective and isn't in its register, newest first."""
        entered = {
            (row["period"], row["value"])
            for row in self.rows("measurements")
            if row["objective"] == objective
        }
        return [
            row
            for row in self.submissions("objective_measurement")
            if row["objective"] == objective and (row["period"], row["value"]) not in entered
        ]

    # Findings

    def findings(self) -> list[Row]:
        """Return findings, each with its state and, while it is open, its age since the audit."""
        audited = {audit["code"]: audit["audited_on"] for audit in self.rows("audits")}
        return [
            {
                **finding,
                "state": finding_state(finding, self.day),
                "age": None
                if finding["closed_on"]
                else (self.day - audited[finding["audit"]]).days,
            }
            for finding in self.rows("findings")
        ]

    # Risks

    def risks(self, unit: str | None = None) -> list[Row]:
        """Return risks, the highest score first, each with its level and review day."""
        risks = [
            self.scored(risk) for risk in self.rows("risks") if unit is None or risk["unit"] == unit
        ]
        return sorted(risks, key=lambda risk: (-risk["score"], risk["code"]))

    def scored(self, risk: Row) -> Row:
        """Return a risk with its score, its level and the day it is to be reviewed by."""
        score = risk["likelihood"] * risk["severity"]
        level = self.risk_level(score)
        review_due = risk["reviewed_on"] + dt.timedelta(days=level["review_days"])
        return {**risk, "score": score, "level": level, "review_due_on": review_due}

    def risk_level(self, score: int) -> Row:
        """Return the level that a score falls in."""
        levels = self.rows("risk_levels")
        return next(level for level in levels if level["minimum"] <= score <= level["maximum"])

    # Clauses

    def clause_table(self, edition: str) -> list[Row]:
        """Return the clauses of an edition, each with the documents that answer it."""
        answers: dict[str, list[Row]] = {}
        for link in self.rows("clause_documents"):
            document = self.documents[link["document"]]
            if link["edition"] == edition and is_in_force(document["current"]):
                answers.setdefault(link["clause"], []).append(document)
        return [
            {
                **clause,
                "documents": answers.get(clause["clause"], []),
                "depth": clause["clause"].count("."),
                "gap": clause["auditable"] and not answers.get(clause["clause"]),
                "coverage": coverage(clause, answers.get(clause["clause"], [])),
            }
            for clause in sorted_by(self.rows("clauses"), "position")
            if clause["edition"] == edition
        ]

    # News

    def news(self, unit: str | None = None, within: dt.timedelta = NEW_WITHIN) -> list[Row]:
        """Return what was issued, revised or withdrawn lately, newest first: of a unit, or of all.

        Each is a revision with the title and address of its document, `happened_on` and `what`:
        `issued`, `revised` or `withdrawn`.
        """
        news = [
            {**event, "title": document["title"], "address": document["address"]}
            for document in self.documents.values()
            if document["kind"] != "form_template" and unit in (None, document["unit"])
            for revision in document["revisions"]
            for event in events_of(revision)
            if self.day - within <= event["happened_on"] <= self.day
        ]
        return sorted(news, key=lambda row: (row["happened_on"], row["revision"]), reverse=True)

    # What was collected

    def submissions(self, form: str) -> list[Row]:
        """Return what was sent with a form, under every version of it, newest first.

        What became a case of a kind that has a workflow has its `state`.
        """
        return list(self._submissions.get(form, ()))

    @cached_property
    def _submissions(self) -> dict[str, list[Row]]:
        return {form: self._sent_with(form) for form in self.forms}

    def _sent_with(self, form: str) -> list[Row]:
        rows = [
            {**row, **self._state_of(form, row["number"])}
            for name, resource in self.collected.items()
            if _holds_submissions(name, form)
            for row in resource.rows
        ]
        return sorted(rows, key=lambda row: (row["received_at"], row["number"]), reverse=True)

    def _state_of(self, kind: str, number: str) -> Row:
        return {STATE: self._states[kind].get(number, NEW)} if kind in self.workflows else {}

    @cached_property
    def _states(self) -> dict[str, dict[str, str]]:
        """The state to which the newest event of each case led, by kind and number."""
        return {
            kind: {event["number"]: event["state"] for event in self.case_events.get(kind, ())}
            for kind in self.workflows
        }

    def events_of(self, kind: str, number: str) -> list[Row]:
        """Return what happened to a case, in its order, as far as it is public."""
        return self._events.get(kind, {}).get(number, [])

    @cached_property
    def _events(self) -> dict[str, dict[str, list[Row]]]:
        found: dict[str, dict[str, list[Row]]] = {kind: {} for kind in self.workflows}
        for kind, by_number in found.items():
            for event in self.case_events.get(kind, ()):
                by_number.setdefault(event["number"], []).append(event)
        return found

    def public_fields(self, form: str) -> list[dict[str, Any]]:
        """Return the fields of a form that the portal publishes."""
        fields = self.forms[form].descriptor["fields"]
        return [field for field in fields if field["access"] == "public"]


def state_field(workflow: Workflow) -> dict[str, Any]:
    """Return the field that says in which state a case of a kind is."""
    return {
        "name": STATE,
        "title": "Trạng thái",
        "description": "Phiếu đang ở bước nào của quy trình xử lý.",
        "type": "string",
        "constraints": {"required": True, "enum": list(workflow.states)},
        "labels": {state.name: state.title for state in workflow.states.values()},
        "example": NEW,
        "access": "public",
    }


def _holds_submissions(table: str, form: str) -> bool:
    """Tell whether a table of a form's package holds what was sent, under any version of it."""
    return table == form or table.startswith(f"{form}-")


def _case_events(package: dict[str, Resource], kind: str) -> tuple[Row, ...]:
    """Return the events of a kind of case, each with the public answers given with it."""
    if f"{kind}_events" not in package:
        return ()
    said: dict[int, Row] = {}
    beside = {f"{kind}_events", f"{kind}_event_files"}
    for name, table in package.items():
        if name in beside or not any(field["name"] == "seq" for field in table.fields):
            continue
        for row in public(table).rows:
            said[row.pop("seq")] = row
    events = public(package[f"{kind}_events"]).rows
    return tuple({**event, SAID: said.get(event["seq"], {})} for event in events)


def public(resource: Resource) -> Resource:
    """Return a collected resource with the columns that its own schema calls public, no others."""
    fields = [field for field in resource.fields if field["access"] == "public"]
    names = [field["name"] for field in fields]
    rows = tuple({name: row[name] for name in names} for row in resource.rows)
    return replace(resource, schema={**resource.schema, "fields": fields}, rows=rows)


def form_pages(content: Path) -> dict[str, str]:
    """Return the address of the page whose front matter names each form."""
    pages = {}
    for path in sorted(content.rglob("*.md")):
        form = front_matter(path.read_text(encoding="utf-8").splitlines()).get("form")
        if form:
            folder = path.parent if path.name == "index.md" else path.with_suffix("")
            pages[form] = folder.relative_to(content).as_posix() + "/"
    return pages


def key_of(row: Row, fields: tuple[str, ...]) -> Key:
    """Return the values of a key as text, an empty one as empty text."""
    return tuple("" if row[name] is None else str(row[name]) for name in fields)


def sorted_by(rows: Any, field: str) -> list[Row]:
    """Return rows in the order of a field."""
    return sorted(rows, key=lambda row: row[field])


def posts_of(actor: str) -> list[str]:
    """Return the posts named in the actor of a step, each beginning with a capital letter."""
    posts = (post.strip() for post in actor.replace(";", ",").split(","))
    return [post[0].upper() + post[1:] for post in posts if post]


def main_path(steps: list[Row], links: list[Row]) -> list[Row]:
    """Return the steps from the first to the end, always on to the nearest later one."""
    by_number = {step["step"]: step for step in steps}
    path, number = [], 1
    while number:
        path.append(by_number[number])
        later = [
            link["to_step"]
            for link in links
            if link["from_step"] == number and link["to_step"] > number
        ]
        number = min(later, default=0)
    return path
