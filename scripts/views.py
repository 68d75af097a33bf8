"""Renders what pages show, from the templates of `scripts/templates`.

The macros call it; it knows nothing of MkDocs, so that paper and tests can use it as well.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from intake.configuration import LOCAL_ZONE
from scripts import flowchart, form_templates
from scripts.due import due
from scripts.registers import Resource, Row
from scripts.slugs import slug
from scripts.system import System, plain_number

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Views:
    """The views of one system, for the page at one depth of the site."""

    system: System
    root: str
    """The way from the page to the root of the site, such as `../../`."""

    def render(self, template: str, **values: Any) -> str:
        """Render a template with the system at hand."""
        return (
            _environment()
            .get_template(template)
            .render(
                system=self.system,
                root=self.root,
                cell=self.cell,
                document_link=self.document_link,
                unit_link=self.unit_link,
                **values,
            )
        )

    def document_head(self, code: str) -> str:
        """Render the title of a document and its status block."""
        document = self.system.documents[code]
        return self.render("document_head.html", document=document)

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

    def unit_page(self, code: str) -> str:
        """Render all that belongs to a unit."""
        unit = self.system.unit_by_code[code]
        return self.render("unit_page.html", unit=unit, due=Markup(self.due(code)))  # noqa: S704

    def submissions(self, form: str) -> str:
        """Render what was collected with a form: counts, and a row for each, as far as public."""
        rows = self.system.submissions(form)
        months = Counter(_month(row) for row in rows)
        summaries = [("Theo tháng", sorted(months.items(), key=_by_year))]
        for field in self.system.public_fields(form):
            if field["name"] in self.system.forms[form].references or "labels" in field:
                given = (row[field["name"]] for row in rows if row.get(field["name"]))
                counted = Counter(plain_cell(field, value) for value in given)
                summaries.append((f"Theo {field['title'].lower()}", counted.most_common(11)))
        collected = self.system.collected.get(form)
        keys = self.system.forms[form].descriptor
        return self.render(
            "submissions.html",
            form=self.system.forms[form],
            resource=replace(collected, schema=keys) if collected else None,
            summaries=summaries,
            zone=LOCAL_ZONE,
        )

    def dictionary(self, name: str) -> str:
        """Render the data dictionary of a register, or of a form's package."""
        system = self.system
        if name in system.registers:
            resource = system.registers[name]
            description, schema = resource.description, resource.schema
        else:
            description = system.forms[name].descriptor["description"]
            found = system.collected.get(name)
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

    def cell(self, resource: Resource, field: dict[str, Any], row: Row) -> Markup:
        """Return a cell as people read it: words for codes, links for keys, Vietnamese dates."""
        value = row[field["name"]]
        if value is None:
            return Markup("")
        target = referenced(resource, field["name"])
        if target == "documents" and value in self.system.documents:
            return self.document_link(value)
        if target == "units" and value in self.system.unit_by_code:
            return self.unit_link(value)
        return escape(plain_cell(field, value))

    def document_link(self, code: str) -> Markup:
        """Return a link to a document's page."""
        address = self.system.documents[code]["address"]
        return Markup('<a href="{}{}">{}</a>').format(self.root, address, code)

    def unit_link(self, code: str) -> Markup:
        """Return a link to a unit's page."""
        unit = self.system.unit_by_code[code]
        return Markup('<a href="{}don-vi/{}/" title="{}">{}</a>').format(
            self.root, unit["slug"], unit["name"], code
        )


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


def referenced(resource: Resource, field: str) -> str | None:
    """Return the register that a field points into on its own, if it does."""
    for key in resource.schema.get("foreignKeys", []):
        if key["fields"] in (field, [field]):
            return str(key["reference"]["resource"]) or resource.name
    return None


def row_anchor(resource: Resource, row: Row) -> str:
    """Return the permanent anchor of a row: its primary key."""
    key = resource.schema["primaryKey"]
    return slug("-".join(str(row[name]) for name in ([key] if isinstance(key, str) else key)))


def day(value: dt.date | None) -> str:
    """Return a day as dd/mm/yyyy."""
    return value.strftime("%d/%m/%Y") if value else ""


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
    environment.filters |= {"day": day, "number": number, "slug": slug}
    return environment
