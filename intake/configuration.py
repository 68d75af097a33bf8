"""Where things are and whose portal it is."""

import datetime as dt
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.settings import BadConfiguration, environment_problems, problems

PROJECT_ROOT = Path(__file__).resolve().parent.parent
LOCAL_ZONE = dt.timezone(dt.timedelta(hours=7), "UTC+07:00")
"""Viet Nam has one time zone and no daylight saving."""


@dataclass(frozen=True)
class Places:
    """The folders that the intake and the build work in."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Places":
        """Take the project's root from `QMS_ROOT`, else from where this code lies."""
        return cls(Path(os.environ.get("QMS_ROOT", PROJECT_ROOT)).resolve())

    @property
    def configuration(self) -> Path:
        """The one configuration file."""
        return self.root / "data" / "portal.toml"

    @property
    def registers(self) -> Path:
        """The controlled registers."""
        return self.root / "data" / "qms"

    @property
    def forms(self) -> Path:
        """The form schemas."""
        return self.root / "data" / "forms"

    @property
    def packages(self) -> Path:
        """The packages projected from the journal."""
        return self.root / "data" / "intake"

    @property
    def journal(self) -> Path:
        """The SQLite journal."""
        return self.packages / "journal.sqlite3"

    @property
    def accounts(self) -> Path:
        """The accounts of those who handle cases."""
        return self.packages / "accounts.sqlite3"

    @property
    def outbox(self) -> Path:
        """The notices that were sent and those that wait."""
        return self.packages / "outbox.sqlite3"

    @property
    def publishing_requests(self) -> Path:
        """The signed requests to publish of the last minutes; the publisher looks at its time."""
        return self.packages / "publishing.asked"

    @property
    def last_backup(self) -> Path:
        """What is known of the last backup."""
        return self.packages / "backup.json"

    @property
    def content(self) -> Path:
        """The pages as they are written."""
        return self.root / "content"

    @property
    def releases(self) -> Path:
        """All releases of the site."""
        return self.root / "site" / "releases"

    @property
    def publications(self) -> Path:
        """When which release became the published one."""
        return self.root / "site" / "published.csv"

    @property
    def current_site(self) -> Path:
        """The link to the release that is published."""
        return self.root / "site" / "current"

    @property
    def editions(self) -> Path:
        """The portal as at given days, a folder each, named by the day."""
        return self.root / "site" / "editions"

    @property
    def cache(self) -> Path:
        """Work files that can be thrown away at any time."""
        return self.root / ".cache"


@dataclass(frozen=True)
class Portal:
    """What `data/portal.toml` says."""

    agency: dict[str, str]
    standard: dict[str, str]
    site: dict[str, str]
    colours: dict[str, str]
    sample_day: dt.date | None
    sample_notice: str
    max_files: int
    max_file_bytes: int
    behind_proxy: bool
    """A web server on the same machine passes requests on and names the client."""
    hosts: tuple[str, ...]
    """Under which names the portal may be asked, beside that of its address and this machine."""
    accounts: dict[str, int]
    mail: dict[str, Any]
    sign_on: dict[str, Any]
    backup: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> "Portal":
        """Read the configuration file.

        Raises:
            BadConfiguration: the file is missing, is no TOML or says what can't be.
        """
        raw = _read(path)
        if found := problems(raw):
            raise _bad(path, found)
        sample = raw.get("sample", {})
        return cls(
            agency=raw["agency"],
            standard=raw["standard"],
            site=raw["site"],
            colours=raw["colours"],
            sample_day=sample.get("day"),
            sample_notice=sample.get("notice", ""),
            max_files=raw["intake"]["max_files"],
            max_file_bytes=raw["intake"]["max_file_bytes"],
            behind_proxy=raw["intake"]["behind_proxy"],
            hosts=tuple(raw["intake"]["hosts"]),
            accounts=raw["accounts"],
            mail=raw["mail"],
            sign_on=raw["sign_on"],
            backup=raw["backup"],
        )

    @staticmethod
    def check_environment(path: Path) -> None:
        """Check that the environment holds what the configuration file needs beside it.

        Raises:
            BadConfiguration: it doesn't.
        """
        if found := environment_problems(_read(path), os.environ):
            raise _bad(path, found)

    @property
    def is_https(self) -> bool:
        """Whether people reach the portal over TLS, by its configured address."""
        return self.site["url"].startswith("https:")

    def address(self, path: str) -> str:
        """Return the full address of a path that begins with a slash; never what a client says."""
        return self.site["url"].rstrip("/") + path

    def day(self) -> dt.date:
        """Return the day against which every age and due date is computed.

        It is today for a real agency; the shipped sample lives on the day that the
        configuration names. Times in the journal never come from here.
        """
        return self.sample_day or dt.datetime.now(LOCAL_ZONE).date()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _bad(path, [f"không đọc được: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise _bad(path, ["không phải là chữ UTF-8; hãy lưu lại tệp với mã UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise _bad(path, [f"viết chưa đúng cách của TOML: {error}"]) from error


def _bad(path: Path, found: list[str]) -> BadConfiguration:
    name = f"{path.parent.name}/{path.name}"
    lines = [f"  {name}: {each}" for each in found]
    return BadConfiguration("\n".join([f"Cấu hình có {len(found)} chỗ cần sửa:", *lines]))
