"""The macros of the pages: registration and thin adapters, nothing else.

`mkdocs-macros-plugin` calls `define_env` once and the macros once a page.
"""

from typing import Any

from intake.configuration import LOCAL_ZONE, Places
from intake.forms.rendering import FormRenderer
from intake.pages import slot
from intake.registers import Registers
from scripts.system import System
from scripts.views import Views


def define_env(env: Any) -> None:
    """Register the macros with the plugin's environment."""
    places = Places.from_environment()
    system = System.load(places)
    renderer = FormRenderer(system.portal, Registers(places.registers))

    def views() -> Views:
        depth = env.page.url.count("/")
        return Views(system, "../" * depth or "./")

    def document() -> str:
        return str(env.page.meta["document"])

    def unit() -> str:
        return str(env.page.meta["unit"])

    def register(
        name: str, columns: str, filters: str = "", only: dict[str, Any] | None = None
    ) -> str:
        rows = None
        if only is not None:
            wanted = only.items()
            rows = [row for row in system.rows(name) if all(row[k] == v for k, v in wanted)]
        return views().register(name, columns.split(), filters.split(), rows)

    def view(template: str, **values: Any) -> str:
        return views().render(f"{template}.html", **values)

    def submissions(form: str) -> str:
        return view("submissions", form=system.forms[form], zone=LOCAL_ZONE)

    def web_form() -> str:
        name = env.page.meta["form"]
        return slot("form", name, renderer.form(system.forms[name]))

    def lookup() -> str:
        return slot("lookup", "", renderer.lookup())

    env.variables["portal"] = system.portal
    env.variables["counts"] = system.counts()
    env.macro(lambda: views().document_head(document()), "document_head")
    env.macro(lambda: views().flowchart(document()), "flowchart")
    env.macro(lambda: views().steps(document()), "steps")
    env.macro(lambda: view("forms_of", document=system.documents[document()]), "forms")
    env.macro(lambda: view("records_of", document=system.documents[document()]), "records")
    env.macro(lambda: view("unit_page", unit=system.unit_by_code[unit()]), "unit_page")
    env.macro(lambda: view("objectives"), "objectives")
    env.macro(
        lambda form: view("submissions", form=system.forms[form], zone=LOCAL_ZONE), "submissions"
    )
    env.macro(lambda name: views().dictionary(name), "dictionary")
    env.macro(register, "register")
    env.macro(view, "view")
    env.macro(web_form, "web_form")
    env.macro(lookup, "lookup")
