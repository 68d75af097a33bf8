"""Rules on revisions: chains without gaps, dates in order, one text in force."""

from collections.abc import Iterator

from scripts.checks.material import Finding, Material, Place, Rule
from scripts.registers import Row

Placed = tuple[Row, Place]


def chain_is_unbroken(material: Material) -> Iterator[Finding]:
    """Revisions count 01, 02, 03 … without a gap, and every document has one."""
    chains = _chains(material)
    for code, chain in chains.items():
        for expected, (row, place) in enumerate(chain, 1):
            if row["revision"] != f"{expected:02}":
                yield place.says(
                    f"{code}: lần ban hành phải là {expected:02}, đang ghi {row['revision']}; "
                    "không bỏ số và không dùng lại số"
                )
                break
    for row, place in material.rows("documents"):
        if row["code"] not in chains:
            yield place.says(f"{row['code']}: chưa có lần ban hành nào trong revisions.csv")


def only_the_last_one_counts(material: Material) -> Iterator[Finding]:
    """Before the last issued revision all are superseded; a draft comes after all others."""
    for code, chain in _chains(material).items():
        issued = [placed for placed in chain if placed[0]["status"] != "draft"]
        for row, place in issued[:-1]:
            if row["status"] != "superseded":
                yield place.says(
                    f"{code}: lần {row['revision']} phải ghi “superseded” vì đã có lần mới hơn"
                )
        if issued and issued[-1][0]["status"] == "superseded":
            yield issued[-1][1].says(
                f"{code}: lần mới nhất ghi đã được thay thế nhưng không có lần sau"
            )
        if any(row["status"] == "draft" for row, _ in chain[:-1]):
            yield chain[-1][1].says(f"{code}: dự thảo phải là lần cuối cùng")


def dates_are_in_order(material: Material) -> Iterator[Finding]:
    """Issued, effective, ended and review follow one another; a draft has none of them."""
    for row, place in material.rows("revisions"):
        name = f"{row['document']} lần {row['revision']}"
        dates = [row["issued_on"], row["effective_on"], row["ended_on"], row["review_due_on"]]
        if row["status"] == "draft":
            if any(dates):
                yield place.says(f"{name}: dự thảo chưa có ngày ban hành, hiệu lực; để trống")
            continue
        if not row["issued_on"] or not row["effective_on"]:
            yield place.says(f"{name}: thiếu ngày ban hành hoặc ngày hiệu lực")
            continue
        if row["issued_on"] > row["effective_on"]:
            yield place.says(f"{name}: ngày hiệu lực sớm hơn ngày ban hành")
        for later, what in (
            (row["ended_on"], "hết hiệu lực"),
            (row["review_due_on"], "xem xét lại"),
        ):
            if later and later < row["effective_on"]:
                yield place.says(f"{name}: ngày {what} sớm hơn ngày hiệu lực")


def ends_are_stated(material: Material) -> Iterator[Finding]:
    """What is superseded ends when its successor takes effect; what is withdrawn has ended."""
    for chain in _chains(material).values():
        following = [*chain[1:], None]
        for (row, place), after in zip(chain, following, strict=True):
            name = f"{row['document']} lần {row['revision']}"
            if row["status"] == "in_force":
                if row["ended_on"]:
                    yield place.says(f"{name}: đang hiệu lực mà đã ghi ngày hết hiệu lực")
                if not row["review_due_on"]:
                    yield place.says(f"{name}: thiếu hạn xem xét lại")
            elif row["status"] in ("superseded", "withdrawn") and not row["ended_on"]:
                yield place.says(f"{name}: thiếu ngày hết hiệu lực")
            elif (
                row["status"] == "superseded"
                and after
                and row["ended_on"] != after[0]["effective_on"]
            ):
                yield place.says(f"{name}: ngày hết hiệu lực phải là ngày hiệu lực của lần sau")


def _chains(material: Material) -> dict[str, list[Placed]]:
    chains: dict[str, list[Placed]] = {}
    for row, place in material.rows("revisions"):
        chains.setdefault(row["document"], []).append((row, place))
    return {
        code: sorted(chain, key=lambda placed: str(placed[0]["revision"]))
        for code, chain in chains.items()
    }


RULES: tuple[Rule, ...] = (
    chain_is_unbroken,
    only_the_last_one_counts,
    dates_are_in_order,
    ends_are_stated,
)
