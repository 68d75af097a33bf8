"""The macros of the pages: registration and thin adapters, nothing else.

`mkdocs-macros-plugin` calls `define_env` once, before the first page.
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from intake.configuration import Places
from intake.forms.rendering import FormRenderer
from intake.pages import slot
from intake.registers import Registers
from scripts import slips
from scripts.kept_html import KeptHtml
from scripts.requirements import requirements
from scripts.system import System
from scripts.views import Views


class Macros:
    """What pages may call; every public method is a macro of the same name."""

    def __init__(self, env: Any, system: System, renderer: FormRenderer, content: Path) -> None:
        self._env = env
        self._system = system
        self._renderer = renderer
        self._content = content

    def document_head(self) -> str:
        """Show the title and the status block of the page's document."""
        return self._views.document_head(self._meta("document"))

    def revision_head(self) -> str:
        """Show what the page's text is: an earlier revision, a draft, a withdrawn document."""
        return self._views.revision_head(self._meta("revision_of"), self._meta("revision"))

    def comparison(self, code: str, before: str, after: str) -> str:
        """Show the texts of two revisions of a document beside each other."""
        self._env.conf["extra"]["kept"].reads_pages = True
        return self._views.comparison(self._content, code, before, after)

    def flowchart(self) -> str:
        """Draw the steps of the page's procedure."""
        return self._views.flowchart(self._meta("document"))

    def steps(self) -> str:
        """Show the step table of the page's procedure."""
        return self._views.steps(self._meta("document"))

    def workflow(self) -> str:
        """Show the states that the portal enforces for the page's procedure, and what leads on."""
        return self._views.workflow(self._meta("document"))

    def forms(self) -> str:
        """List the form templates of the page's procedure."""
        return self.view("forms_of", document=self._system.documents[self._meta("document")])

    def records(self) -> str:
        """List the records of the page's procedure."""
        return self.view("records_of", document=self._system.documents[self._meta("document")])

    def neighbours(self) -> str:
        """Show what other registers say of the page's document."""
        return self._views.neighbours_of_document(self._meta("document"))

    def row(self, register: str, key: list[str]) -> str:
        """Show a row of a register, all of it, with its neighbours."""
        return self._views.row(register, tuple(key))

    def form_template(self) -> str:
        """Show the fields of the page's form template, and its blank on paper."""
        code = self._meta("document")
        return self._blanks(slips.of_template(self._system, code)) + self._views.form_template(code)

    def blank_slips(self, form: str) -> str:
        """Offer the blank slips of a form to download."""
        return self._blanks(slips.of_form(self._system, form))

    def unit_page(self) -> str:
        """Show all that belongs to the page's unit."""
        return self._views.unit_page(self._meta("unit"))

    def papers(self, page: str) -> str:
        """Link to the papers that show the rows of a page."""
        return self._views.papers(page)

    def records_list(self) -> str:
        """Show the records list of the page's unit, in the columns of Decree 30/2020."""
        return self._views.records_list(self._meta("unit"))

    def prevention_plan(self) -> str:
        """Show the prevention plan of the page's unit, drawn from the treatments of its risks."""
        return self._views.prevention_plan(self._meta("unit"))

    def unit_jobs(self) -> str:
        """List the steps that people of the page's unit do, by post."""
        return self._views.unit_jobs(self._meta("unit"))

    def objectives(self, level: int = 3) -> str:
        """Show the objectives of the bloc and of every unit, under headings of a level."""
        return self.view("objectives", level=level)

    def synthesis(self, code: str) -> str:
        """Show all comments on a document, with the answer to each."""
        return self._views.synthesis(code)

    def due(self) -> str:
        """Show what is overdue or due soon in all units."""
        return self._views.due()

    def dashboard(self) -> str:
        """Show where the whole system stands, with charts."""
        return self._views.dashboard()

    def submissions(self, form: str) -> str:
        """Show what was collected with a form, as far as it is public."""
        return self._views.submissions(form)

    def dictionary(self, name: str) -> str:
        """Describe the columns of a register or of a form's package."""
        return self._views.dictionary(name)

    def register(self, name: str, columns: str, filters: str = "") -> str:
        """Show columns of a register as a table that can be filtered."""
        return self._views.register(name, columns.split(), filters.split())

    def old_address(self) -> str:
        """Say where the page of an old address is now, and why it isn't here."""
        return self.view("old_address", row=self._system.find("old_addresses", (self._address(),)))

    def requirements(self) -> str:
        """Show the security requirements that stand beside the page, by chapter."""
        self._env.conf["extra"]["kept"].reads_pages = True
        return self._views.render("requirements.html", **requirements(self._content))

    def view(self, template: str, **values: Any) -> str:
        """Render a template of `scripts/templates`."""
        return self._views.render(f"{template}.html", **values)

    def web_form(self) -> str:
        """Show the page's form, in a slot that the intake fills after a submission."""
        if self._system.present:
            return self.view("not_here")
        name = self._meta("form")
        return self.blank_slips(name) + slot(
            "form", name, self._renderer.form(self._system.forms[name])
        )

    def lookup(self) -> str:
        """Show the form that asks for a receipt code, in a slot."""
        if self._system.present:
            return self.view("not_here")
        return slot("lookup", "", self._renderer.lookup())

    def desk(self) -> str:
        """Show a page of the handling desk, in a slot that the intake fills."""
        if self._system.present:
            return self.view("not_here")
        return slot("desk", "", self.view("desk"))

    def _blanks(self, offered: list[slips.Blank]) -> str:
        """Link the downloads that were staged; those in PDF are there once they were made."""
        staged = Path(self._env.conf["docs_dir"])
        return self.view("blanks", offered=[each.there(staged) for each in offered])

    @property
    def _views(self) -> Views:
        depth = self._env.page.url.count("/")
        return Views(self._system, "../" * depth or "./")

    def _address(self) -> str:
        return str(self._env.page.url)

    def _meta(self, name: str) -> str:
        return str(self._env.page.meta[name])


def kept(macro: Callable[..., str], html: KeptHtml) -> Callable[..., str]:
    """Return a macro whose HTML goes around Markdown."""

    @wraps(macro)
    def keeping(*arguments: Any, **named: Any) -> str:
        return html.keep(macro(*arguments, **named))

    return keeping


def define_env(env: Any) -> None:
    """Register the macros, and what pages may know, with the plugin's environment."""
    places = Places.from_environment()
    system = env.conf["extra"]["system"]
    renderer = FormRenderer(system.portal, Registers(places.registers))
    macros = Macros(env, system, renderer, places.content)
    for name in vars(Macros):
        if not name.startswith("_"):
            env.macro(kept(getattr(macros, name), env.conf["extra"]["kept"]), name)
    env.variables["portal"] = system.portal
    env.variables["counts"] = system.counts()
