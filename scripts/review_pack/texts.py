"""What people write into a pack: a Markdown file for each part, apart from what is computed.

A file is made once, with nothing but a comment that says what belongs there; afterwards it is
theirs, and no command writes to it again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown import Markdown
from markupsafe import Markup

from intake.review_periods import Period
from scripts.review_pack.gather import TITLES

SUMMARY, PROPOSALS = "tom-tat", "kien-nghi"
"""The texts that stand beside those of the inputs."""

_ABOUT = {
    SUMMARY: "Nhận định chung, in trên tờ tóm tắt (cả tờ phải vừa một trang).",
    PROPOSALS: "Kiến nghị trình người chủ trì quyết định, in ở cuối báo cáo.",
}
_SKELETON = """<!--
{title}
Kỳ: {period}

Viết nhận định dưới dòng đóng chú thích, bằng Markdown: đoạn văn, gạch đầu dòng, **chữ đậm**.
Số liệu do cổng tính, không chép vào đây. Lệnh make review không bao giờ ghi đè tệp này.
{fallback}-->
"""
_FALLBACK = "Để trống thì báo cáo in tóm tắt của sổ đầu vào (review_inputs), nếu có.\n"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True)
class Texts:
    """The texts of one period, in a folder of its own."""

    folder: Path

    def write_missing(self, period: Period) -> list[Path]:
        """Make the files that are not there yet and return them; what is there stays as it is."""
        made = []
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, title in _titles():
            path = self.folder / f"{name}.md"
            if not path.exists():
                fallback = _FALLBACK if name in TITLES else ""
                text = _SKELETON.format(title=title, period=period.title, fallback=fallback)
                path.write_text(text, encoding="utf-8")
                made.append(path)
        return made

    def written(self, name: str) -> str:
        """Return what somebody wrote, without comments; empty when nothing was."""
        path = self.folder / f"{name}.md"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return _COMMENT.sub("", text).strip()

    def html(self, name: str, otherwise: str = "") -> Markup:
        """Return what somebody wrote as HTML, or else what stands in for it."""
        return as_html(self.written(name) or otherwise)


def as_html(text: str) -> Markup:
    """Return Markdown as HTML; tags in it are shown as they were typed, pictures left out."""
    markdown = Markdown(output_format="html", extensions=["sane_lists", "tables"])
    markdown.preprocessors.deregister("html_block")
    for pattern in ("html", "image_link", "image_reference", "short_image_ref"):
        markdown.inlinePatterns.deregister(pattern)
    return Markup(markdown.convert(text))  # noqa: S704 (its tags were escaped)


def _titles() -> Iterator[tuple[str, str]]:
    for point, title in TITLES.items():
        yield point, f"Đầu vào 9.3.2 {point}) {title}"
    yield from _ABOUT.items()
