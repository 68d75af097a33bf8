"""Renders what pages show, from the templates of `scripts/templates`.

The macros call it; it knows nothing of MkDocs, so that paper and tests can use it as well.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from intake.cases.gates import GATES
from intake.configuration import LOCAL_ZONE
from intake.working_days import working_days
from scripts import (
    audits,
    charts,
    consultations,
    declaration,
    files,
    flowchart,
    form_templates,
    reading,
    review,
    risk_events,
)
from scripts.comparison import compare
from scripts.dashboard import dashboard
from scripts.due import due
from scripts.neighbours import neighbours
from scripts.paper_copies.names import copy_name
from scripts.register_papers.papers import FOLDER, papers_of
from scripts.registers import Resource, Row
from scripts.revision_texts import text_of
from scripts.slugs import slug
from scripts.states import FINDING_STATES, OBJECTIVE_STATES, age_band
from scripts.system import Key, System, key_of, state_field
from scripts.written import plain_number

RECENT = dt.timedelta(days=90)
"""How long the page of a unit gives notice of a new or changed document."""

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Views:
    """The views of one system, for the page at one depth of the site."""

    system: System
    root: str
    """The way from the page to the root of the site, such as `../../`."""

    def render(self, template: str | list[str], **values: Any) -> str:
        """Render a template, or the first of several that there is, with the system at hand."""
        names = [template] if isinstance(template, str) else template
        return (
            _environment()
            .select_template(names)
            .render(
                system=self.system,
                root=self.root,
                cell=self.cell,
                titled_cell=self.titled_cell,
                document_link=self.document_link,
                row_link=self.row_link,
                key_of=key_of,
                declaration=declaration,
                risk_events=risk_events,
                files=files,
                comparison_address=comparison_address,
                copy_name=copy_name,
                audits=audits,
                working_days=working_days,
                review=review,
                reading=reading,
                consultations=consultations,
                unit_link=self.unit_link,
                step_link=self.step_link,
                **values,
            )
        )

    def document_head(self, code: str) -> str:
        """Render the title of a document and its status block."""
        document = self.system.documents[code]
        declared = declaration.entry_of(self.system, code)
        return self.render("document_head.html", document=document, declared=declared)

    def revision_head(self, code: str, revision: str) -> str:
        """Render the head of a text that is not, or not yet, in force."""
        document = self.system.documents[code]
        found = next(row for row in document["revisions"] if row["revision"] == revision)
        return self.render("revision_head.html", document=document, revision=found)

    def comparison(self, content: Path, code: str, before: str, after: str) -> str:
        """Render the texts of two revisions beside each other."""
        texts = [text_of(self.system, content, code, revision) for revision in (before, after)]
        changes = compare(*(text or "" for text in texts))
        return self.render(
            "comparison.html",
            document=self.system.documents[code],
            before=before,
            after=after,
            changes=changes,
            counts=Counter(change.kind for change in changes),
        )

    def flowchart(self, code: str) -> str:
        """Render the flowchart of a procedure as SVG."""
        steps = self.system.of_document("steps", code)
        chart = flowchart.draw(steps, self.system.of_document("step_links", code))
        return self.render("flowchart.html", chart=chart, document=self.system.documents[code])

    def steps(self, code: str) -> str:
        """Render the step table of a procedure."""
        links: dict[int, list[Row]] = {}
        for link in self.system.of_document("step_links", code):
            links.setdefault(link["from_step"], []).append(link)
        steps = self.system.of_document("steps", code)
        document = self.system.documents[code]
        return self.render("steps.html", steps=steps, links=links, document=document)

    def workflow(self, code: str) -> str:
        """Render the workflow that the intake enforces for a procedure as a table.

        Raises:
            ValueError: the procedure has no workflow.
        """
        workflow = self.system.workflow_of(code)
        if workflow is None:
            raise ValueError(f"{code} chưa có luồng xử lý trong data/forms")
        return self.render("workflow.html", workflow=workflow, gates=GATES)

    def register(
        self,
        name: str,
        columns: list[str],
        filters: list[str] | None = None,
        rows: list[Row] | None = None,
    ) -> str:
        """Render a register as a table.

        Args:
            name: the register.
            columns: the columns shown, in order.
            filters: the columns that get a filter of their values.
            rows: other rows than all of the register.
        """
        resource = self.system.registers[name]
        fields = {field["name"]: field for field in resource.fields}
        return self.render(
            "register.html",
            resource=resource,
            fields=[fields[column] for column in columns],
            filters=filters or [],
            rows=resource.rows if rows is None else rows,
            anchor=row_anchor,
        )

    def form_template(self, code: str) -> str:
        """Render where a form template is used, its fields, its record, and the blank to print."""
        return self.render(
            "form_template.html",
            form=form_templates.form_template(self.system, code),
            uses=form_templates.uses(self.system, code),
            records=[row for row in self.system.rows("records") if row["form"] == code],
            web_form=self.system.web_form_of(code),
            choices=form_templates.choices,
            is_short=form_templates.is_short,
        )

    def due(self, unit: str | None = None) -> str:
        """Render what is overdue or due soon, of a unit or of all."""
        return self.render("due.html", items=due(self.system, unit), unit=unit)

    def dashboard(self) -> str:
        """Render where the whole system stands, with charts."""
        return self.render("dashboard.html", board=dashboard(self.system), draw=charts.draw)

    def unit_page(self, code: str) -> str:
        """Render all that belongs to a unit."""
        unit = self.system.unit_by_code[code]
        return self.render(
            "unit_page.html",
            unit=unit,
            due=Markup(self.due(code)),  # noqa: S704 (rendered by us)
            papers=Markup(self.papers(f"don-vi/{unit['slug']}/")),  # noqa: S704 (likewise)
            recent=RECENT,
        )

    def records_list(self, code: str) -> str:
        """Render the files of a unit and the kinds of record that it has none of yet."""
        unit = self.system.unit_by_code[code]
        papers = Markup(self.papers(f"don-vi/{unit['slug']}/ho-so/"))  # noqa: S704 (rendered by us)
        return self.render("records_list.html", unit=unit, papers=papers)

    def papers(self, page: str) -> str:
        """Render the links to the papers of a page, held ready for those that were made."""
        return self.render("papers.html", papers=papers_of(self.system, page), folder=FOLDER)

    def prevention_plan(self, code: str) -> str:
        """Render what a unit does against its risks, the highest score first."""
        unit = self.system.unit_by_code[code]
        return self.render("prevention_plan.html", unit=unit, risks=self.system.risks(code))

    def unit_jobs(self, code: str) -> str:
        """Render the steps that people of a unit do, to be filtered by post."""
        unit = self.system.unit_by_code[code]
        return self.render("unit_jobs.html", unit=unit, jobs=self.system.jobs_of_unit(code))

    def submissions(self, form: str) -> str:
        """Render what was collected with a form: counts, and a row for each, as far as public."""
        rows = self.system.submissions(form)
        months = Counter(_month(row) for row in rows)
        summaries = [("Theo tháng", sorted(months.items(), key=_by_year))]
        for field in self._collected_fields(form):
            if field["name"] in self.system.forms[form].references or "labels" in field:
                given = (row[field["name"]] for row in rows if row.get(field["name"]))
                counted = Counter(plain_cell(field, value) for value in given)
                summaries.append((f"Theo {field['title'].lower()}", counted.most_common(11)))
        return self.render(
            "submissions.html",
            form=self.system.forms[form],
            fields=self._collected_fields(form),
            resource=self.system.tables.get(form),
            summaries=summaries,
            zone=LOCAL_ZONE,
        )

    def _collected_fields(self, form: str) -> list[dict[str, Any]]:
        """Return the columns of what was collected with a form, the state of its cases first."""
        workflow = self.system.workflows.get(form)
        fields = self.system.public_fields(form)
        return [state_field(workflow), *fields] if workflow else fields

    def dictionary(self, name: str) -> str:
        """Render the data dictionary of a register, or of a form's package."""
        system = self.system
        if name in system.registers:
            resource = system.registers[name]
            description, schema = resource.description, resource.schema
        else:
            description = system.forms[name].descriptor["description"]
            found = system.tables.get(name)
            schema = found.schema if found else system.forms[name].descriptor
        references = {
            key["fields"][0]: key["reference"]["resource"] or name
            for key in schema.get("foreignKeys", [])
            if len(key["fields"]) == 1
        }
        return self.render(
            "dictionary.html",
            description=description,
            fields=schema["fields"],
            keys=schema["primaryKey"],
            references=references,
        )

    def row(self, register: str, key: Key) -> str:
        """Render a row of a register: its fields, what follows from them, and its neighbours."""
        table = self.system.tables[register]
        row = self.system.find(register, key)
        index = table.rows.index(row)
        return self.render(
            ["rows/" + register + ".html", "rows/any.html"],
            table=table,
            row=row,
            name=row_name(table, row),
            title=self.system.title(register, key),
            fields=[field for field in table.fields if row[field["name"]] is not None],
            before=table.rows[index - 1] if index else None,
            after=table.rows[index + 1] if index + 1 < len(table.rows) else None,
            groups=neighbours(self.system, register, key),
            anchor=row_anchor(table, row),
        )

    def neighbours_of_document(self, code: str) -> str:
        """Render what other registers say of a document, beside what its own page shows."""
        shown = {"records", "documents"} if self.system.of_document("records", code) else set()
        groups = [
            group
            for group in neighbours(self.system, "documents", (code,))
            if group.register not in shown
        ]
        return self.render("neighbours.html", groups=groups)

    def synthesis(self, code: str) -> str:
        """Render all comments on a document, with what became of each."""
        return self.render("synthesis.html", code=code)

    def cell(self, resource: Resource, field: dict[str, Any], row: Row) -> Markup:
        """Return a cell as people read it: words for codes, links for keys, Vietnamese dates."""
        if row[field["name"]] is None:
            return Markup("")
        words = plain_cell(field, row[field["name"]])
        if target := self._target(resource, field["name"], row):
            return self.row_link(*target, words)
        return escape(words)

    def titled_cell(self, resource: Resource, field: dict[str, Any], row: Row) -> Markup:
        """Return a cell with the title of what it leads to, where there is room for it."""
        target = self._target(resource, field["name"], row)
        if target is None or self.system.address(*target) is None:
            return self.cell(resource, field, row)
        title = self.system.title(*target)
        if target[0] == "units":
            return self.row_link(*target, title)
        return Markup("{} {}").format(self.cell(resource, field, row), title)

    def _target(self, resource: Resource, field: str, row: Row) -> tuple[str, Key] | None:
        """Return the row that a field leads to: another one by a foreign key, or its own page."""
        for reference in resource.references:
            if reference.fields[-1] == field:
                return reference.register, key_of(row, reference.fields)
        own = field == resource.key[-1] and resource.page
        return (resource.name, key_of(row, resource.key)) if own else None

    def row_link(self, register: str, key: Key, words: str | None = None) -> Markup:
        """Return a link to a row's page, by its name or in other words; plain without a page."""
        if words is None:
            words = row_name(self.system.tables[register], self.system.find(register, key))
        address = self.system.address(register, key)
        if address is None:
            return escape(words)
        return Markup('<a href="{}{}" title="{}">{}</a>').format(
            self.root, address, self.system.title(register, key), words
        )

    def document_link(self, code: str) -> Markup:
        """Return a link to a document's page."""
        return self.row_link("documents", (code,))

    def step_link(self, step: Row) -> Markup:
        """Return a link to a step of a procedure; to its page when another text stands there."""
        document = self.system.documents[step["document"]]
        shown = (
            self.system.present is None
            or document["current"] == (self.system.present.documents[step["document"]]["current"])
        )
        anchor = f"#buoc-{step['step']}" if shown else ""
        return Markup('<a href="{}{}{}">bước {}</a>').format(
            self.root, document["address"], anchor, step["step"]
        )

    def unit_link(self, code: str) -> Markup:
        """Return a link to a unit's page."""
        return self.row_link("units", (code,))


def _month(row: Row) -> str:
    """Return the month a submission is about: when it was found, else when it came in."""
    found = row.get("found_on") or row["received_at"].astimezone(LOCAL_ZONE)
    return str(found.strftime("%m/%Y"))


def _by_year(counted: tuple[str, int]) -> tuple[str, str]:
    month, year = counted[0].split("/")
    return year, month


def plain_cell(field: dict[str, Any], value: Any) -> str:
    """Return a value in words: labels of enums, yes and no, Vietnamese dates and numbers."""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, dt.datetime):
        return value.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, float):
        return number(value)
    return str(field.get("labels", {}).get(str(value), value))


def comparison_address(code: str, before: str, after: str) -> str:
    """Return where the comparison of two revisions of a document stands."""
    return f"tai-lieu/so-sanh/{slug(code)}-{before}-{after}/"


def row_name(table: Resource, row: Row) -> str:
    """Return the name of a row: its key in words."""
    fields = {field["name"]: field for field in table.fields}
    return " – ".join(plain_cell(fields[name], row[name]) for name in table.key)


def row_anchor(resource: Resource, row: Row) -> str:
    """Return the permanent anchor of a row: its primary key."""
    return slug("-".join(key_of(row, resource.key)))


def day(value: dt.date | None) -> str:
    """Return a day as dd/mm/yyyy."""
    return value.strftime("%d/%m/%Y") if value else ""


def local_day(moment: dt.datetime) -> str:
    """Return the day in Viet Nam of a moment, as dd/mm/yyyy."""
    return day(moment.astimezone(LOCAL_ZONE).date())


def number(value: float | None) -> str:
    """Return a number with a decimal comma and without needless zeros."""
    return "" if value is None else plain_number(value).replace(".", ",")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": day,
        "local_day": local_day,
        "number": number,
        "slug": slug,
        "age_band": age_band,
    }
    environment.globals |= {"objective_states": OBJECTIVE_STATES, "finding_states": FINDING_STATES}
    environment.globals["course"] = charts.course
    return environment
