"""The gate: what a built site must hold before it is published. Each finding is a line in words."""

from collections.abc import Iterable
from pathlib import Path

from scripts.gate.addresses import check_addresses
from scripts.gate.answers import check_answers, check_led
from scripts.gate.budget import check_weight
from scripts.gate.feeds import check_feeds
from scripts.gate.links import Kept, check_links
from scripts.gate.settings import Settings


def check_site(
    site: Path,
    settings: Settings,
    beside: tuple[Path, ...] = (),
    kept: Kept = lambda work: work,
) -> list[str]:
    """Return what is wrong with a built site; empty when nothing is.

    Args:
        site: the site.
        settings: what it is measured by.
        beside: folders of it that passed the gate before.
        kept: makes of a step that reads one file one that need not read the same twice.
    """
    return [
        *check_links(site, beside, kept),
        *check_feeds(site, beside),
        *check_weight(site, settings, beside),
    ]


def check_successor(
    site: Path, settings: Settings, published: Path, led_to: Iterable[str] = ()
) -> list[str]:
    """Return why a site can't take the published one's place, beyond what any site must hold.

    Args:
        site: the site.
        settings: what it is measured by.
        published: the site whose place it takes.
        led_to: the locations that search words lead to.
    """
    return [
        *check_answers(site, settings.queries),
        *check_led(site, led_to),
        *check_addresses(site, published),
    ]


__all__ = ["Settings", "check_site", "check_successor"]
