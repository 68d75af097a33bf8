"""Which papers there are, and what each shows.

A paper shows what stands in the registers and no day of its own: it stays the same, and so does
its check code, until a register changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scripts import declaration, files
from scripts.register_papers.yearly import checked_matters, checked_year
from scripts.registers import Row
from scripts.slugs import slug
from scripts.system import System

FOLDER = "giay-to"
"""Where the papers stand in the site."""


@dataclass(frozen=True)
class Paper:
    """A paper: what goes into which template."""

    code: str
    title: str
    page: str
    """The page that links to it and shows the same rows, from the root of the site."""
    template: str
    values: dict[str, object]
    """What the template asks for."""

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{slug(self.code)}.pdf"


def papers(system: System) -> Iterator[Paper]:
    """Yield every paper that the registers give cause for."""
    yield from _declarations(system)
    if year := checked_year(system):
        yield from _yearly(system, year)
    common = system.objectives(bloc=True)
    yield from _objectives(common, system.portal.agency["name"], "", "muc-tieu/")
    for unit in system.units:
        yield from _of_unit(system, unit)


def papers_of(system: System, page: str) -> list[Paper]:
    """Return the papers that a page links to."""
    return [paper for paper in papers(system) if paper.page == page]


def _declarations(system: System) -> Iterator[Paper]:
    for row in system.rows("declarations"):
        annex = [each for each in declaration.annex(system, row) if each.declared]
        yield Paper(
            row["code"],
            "Quyết định công bố hệ thống quản lý chất lượng",
            "cong-bo/",
            "declaration",
            {"declared": row, "annex": annex, "state": declaration.state(system, row)},
        )


def _yearly(system: System, year: int) -> Iterator[Paper]:
    matters = checked_matters(system, year)
    for code, title, template in (
        (f"KTN-{year}", f"Bảng kiểm tra hệ thống quản lý chất lượng năm {year}", "yearly_check"),
        (f"BCN-{year}", f"Báo cáo áp dụng hệ thống quản lý chất lượng năm {year}", "yearly_letter"),
    ):
        yield Paper(code, title, "tong-quan/", template, {"year": year, "matters": matters})


def _of_unit(system: System, unit: Row) -> Iterator[Paper]:
    page, code = f"don-vi/{unit['slug']}/", unit["code"]
    yield from _objectives(system.objectives(code), unit["name"], f"-{code}", page)
    if risks := system.risks(code):
        title = "Bảng nhận diện, đánh giá rủi ro"
        yield Paper(f"BRR-{code}", title, page, "risks", {"whose": unit["name"], "risks": risks})
    if listed := files.files(system, code):
        values = {"whose": unit["name"], "listed": listed}
        yield Paper(f"DMHS-{code}", "Danh mục hồ sơ", f"{page}ho-so/", "records", values)


def _objectives(objectives: list[Row], whose: str, ending: str, page: str) -> Iterator[Paper]:
    """Yield the newest year's table of objectives, when there is one."""
    if objectives:
        year = max(each["year"] for each in objectives)
        shown = [each for each in objectives if each["year"] == year]
        title = f"Mục tiêu chất lượng năm {year}"
        values: dict[str, object] = {"whose": whose, "objectives": shown}
        yield Paper(f"MTCL-{year}{ending}", title, page, "objectives", values)
