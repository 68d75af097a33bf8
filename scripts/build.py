"""Builds the site: check, stage, MkDocs, check what came out, release."""

import datetime as dt
import gzip
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort

from intake.configuration import Places, Portal
from scripts import checks, navigation
from scripts.as_of import EDITIONS, as_of, edition_address, editions
from scripts.engine_messages import complaints
from scripts.evidence import evidence_days
from scripts.files_hash import folder_hash
from scripts.gate import Settings, check_site, check_successor
from scripts.history import check_history
from scripts.inline_scripts import take_out
from scripts.kept_html import KeptHtml
from scripts.manifest import describe
from scripts.paper_copies.attaching import attach, link, show_links
from scripts.paper_copies.copies import copies
from scripts.paper_copies.keeping import Kept, UnmadeCopy
from scripts.paper_copies.pango import PangoMissing
from scripts.paper_copies.registry import write_registry
from scripts.quick_pages import QuickPages, data_hash, ground
from scripts.register_papers.papers import FOLDER as PAPERS_FOLDER
from scripts.register_papers.papers import papers
from scripts.register_papers.setting import set_papers
from scripts.releases import publish
from scripts.search.pages import sections_of
from scripts.search.theme import ThemeChanged, Unindexed, install
from scripts.search_facts import everyday, facts, not_indexed, synonyms
from scripts.stage import stage
from scripts.steps import Steps
from scripts.system import System
from scripts.tree import files_below

_COMPRESSED = {".html", ".css", ".js", ".json", ".csv", ".svg", ".xml"}
_WORTH_COMPRESSING = 600


class BuildFailed(RuntimeError):
    """The site can't be published as it is; the message says what to mend and where."""


@dataclass(frozen=True)
class Built:
    """What a build made."""

    release: Path
    pages: int
    seconds: float


def build(places: Places, *, paper: bool = False) -> Built:
    """Build a release and publish it.

    Args:
        places: the project.
        paper: make the paper copies that are missing; else those that are kept go along.

    Raises:
        BuildFailed: registers, pages or the built site have errors; the published site stays.
    """
    begun = time.monotonic()
    check_content(places)
    if contradictions := check_history(places):
        raise BuildFailed("\n".join(map(str, contradictions)))
    system = System.load(places)
    steps = Steps(places.cache / "steps", ground(places, system))
    built = _built(places, system, places.cache / "site", steps, paper=paper)
    steps.save()
    about = describe(places, system, built)
    release = publish(places, built, about, evidence_days(system))
    return Built(release, about["counts"]["pages"], time.monotonic() - begun)


def build_edition(places: Places, day: dt.date) -> Path:
    """Build the portal as at a day, to stand beside the present one from the next build on.

    Raises:
        NoSuchDay: the day is still to come.
        BuildFailed: as for the present one.
    """
    check_content(places)
    system = as_of(System.load(places), day)
    built = _built(places, system, places.cache / "site-as-of", Steps())
    edition = places.editions / day.isoformat()
    edition.parent.mkdir(parents=True, exist_ok=True)
    if edition.exists():
        shutil.rmtree(edition)
    return built.rename(edition)


def _built(
    places: Places, system: System, target: Path, steps: Steps, *, paper: bool = False
) -> Path:
    """Stage, build, check and compress a site, and return it."""
    run_mkdocs(places, system, stage(places, system), target, steps)
    if system.present:
        (target / "404.html").unlink(missing_ok=True)  # only the present one's is ever shown
    take_out(target, urlsplit(system.portal.site["url"]).path)
    _install_search(system, places, target, steps)
    _attach_paper(system, places, target, make=paper)
    beside = () if system.present else _link_editions(places, target)
    settings = Settings.load(places.configuration)
    problems = check_site(target, settings, beside, steps.kept)
    if system.present is None:
        problems += check_successor(target, settings, places.current_site, everyday(system))
    if problems:
        raise BuildFailed("\n".join(problems))
    compress(target, beside, steps.kept(_compressed))
    return target


def _install_search(system: System, places: Places, site: Path, steps: Steps) -> None:
    """Index a site that has a search box, and let the box ask our engine.

    Raises:
        BuildFailed: the theme's search box isn't as the engine expects.
    """
    if not (site / "search").exists():
        return
    try:
        known, read = facts(system, places.content), steps.kept(sections_of)
        install(site, known, synonyms(system), not_indexed(system), read)
    except ThemeChanged as changed:
        raise BuildFailed(str(changed)) from changed


def _attach_paper(system: System, places: Places, site: Path, *, make: bool) -> None:
    """Put the paper copies into a site of the present, first making those that are missing.

    Raises:
        BuildFailed: one could not be made.
    """
    kept, wanted = Kept.of(places), [] if system.present else list(copies(system, site))
    set_kept = Kept.of(places, "register-papers")
    set_wanted = [] if system.present else list(set_papers(system))
    if make:
        try:
            kept.make(wanted, _tell)
            set_kept.make(set_wanted, _tell, lambda paper: paper.html)
        except (PangoMissing, UnmadeCopy) as failed:
            raise BuildFailed(str(failed)) from failed
        kept.prune(wanted)
        set_kept.prune(set_wanted)
    attach(site, system, wanted, kept)
    names = link(site / PAPERS_FOLDER, set_wanted, set_kept)
    show_links(site, {paper.page for paper in papers(system)}, names)
    write_registry(site, system, wanted, set_wanted)


def _tell(made: int, of: int) -> None:
    if made % 25 == 0 or made == of:
        print(f"Bản PDF: {made}/{of}", flush=True)


def _link_editions(places: Places, site: Path) -> tuple[Path, ...]:
    """Put the editions into a site, as links to their files, and return their folders there."""
    linked = [site / EDITIONS / edition.name for edition in editions(places)]
    for folder in linked:
        shutil.copytree(places.editions / folder.name, folder, copy_function=os.link)
    return tuple(linked)


def check_content(places: Places) -> None:
    """Run the checker on registers and pages; what was found sound is not checked again.

    Raises:
        BuildFailed: with every finding, by file and line.
    """
    rules = folder_hash(Path(checks.__file__).parent)
    registers = f"{rules} {folder_hash(places.registers)}"
    day = Portal.load(places.configuration).day()
    whole = f"{day} {registers} {folder_hash(places.forms)} {folder_hash(places.content)}"
    seal = places.cache / "content.sound"
    sound = seal.read_text().splitlines() if seal.exists() else []
    if sound == [registers, whole]:
        return
    if found := checks.check(places, validated=registers in sound[:1]):
        raise BuildFailed("\n".join(str(finding) for finding in found))
    seal.parent.mkdir(exist_ok=True)
    seal.write_text(f"{registers}\n{whole}\n")


def run_mkdocs(
    places: Places, system: System, staged: Path, target: Path, steps: Steps | None = None
) -> None:
    """Run MkDocs, strict, from the staged pages, taking from `steps` what is known from before.

    Raises:
        BuildFailed: MkDocs warned of something.
    """
    config = site_config(places, system, staged, target)
    if steps is not None:
        data = data_hash(places, system, staged)
        config.plugins["quick"] = QuickPages(steps, data, config.extra["kept"])
    midnight = dt.datetime.combine(system.day, dt.time(), dt.UTC)
    os.environ["SOURCE_DATE_EPOCH"] = f"{midnight.timestamp():.0f}"
    config.plugins.on_startup(command="build", dirty=False)
    try:
        with complaints(staged, places.content) as found:
            mkdocs_build(config)
    except (SystemExit, Abort) as stopped:
        raise BuildFailed("\n".join(["MkDocs không dựng được trang:", *found])) from stopped
    finally:
        config.plugins.on_shutdown()


def site_config(places: Places, system: System, staged: Path, target: Path) -> MkDocsConfig:
    """Return MkDocs' configuration with what the agency's configuration and registers say."""
    config = load_config(
        str(places.root / "mkdocs.yml"),
        docs_dir=str(staged),
        site_dir=str(target),
        strict=True,
        site_name=f"{system.portal.site['title']} – {system.portal.agency['short_name']}",
        site_description=system.portal.site["description"],
        site_url=f"{system.portal.site['url']}{edition_address(system)}",
    )
    config.nav = navigation.expand(config.nav or [], system)
    config.extra["portal"] = system.portal
    config.plugins["unindexed"] = Unindexed()
    config.plugins["kept"] = config.extra["kept"] = KeptHtml()
    config.extra["system"] = system
    config.extra["editions"] = [edition.name for edition in editions(places)]
    config.extra["day"] = system.day.strftime("%d/%m/%Y")
    config.extra["present"] = urlsplit(system.portal.site["url"]).path if system.present else None
    return config


def compress(
    site: Path,
    but: tuple[Path, ...] = (),
    compressed: Callable[[bytes], bytes] | None = None,
) -> None:
    """Write a `.gz` beside every file that gains from it; the same bytes every time."""
    compressed = compressed or _compressed
    for path in files_below(site):
        if any(path.is_relative_to(folder) for folder in but):
            continue
        if path.suffix in _COMPRESSED and path.stat().st_size > _WORTH_COMPRESSING:
            path.with_name(path.name + ".gz").write_bytes(compressed(path.read_bytes()))


def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)
