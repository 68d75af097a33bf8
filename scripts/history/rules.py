"""The rules of history: generators of findings over an earlier state and the present one."""

import datetime as dt
from collections.abc import Callable, Iterator

from scripts.checks.material import Finding
from scripts.history.model import CORRECTIONS, Cells, Comparison, Key, Policy, key_text

Rule = Callable[[Comparison], Iterator[Finding]]

_CORRECT = f"trả lại như cũ, hoặc thêm một dòng vào data/qms/{CORRECTIONS}.csv"


def numbers_keep_their_meaning(compared: Comparison) -> Iterator[Finding]:
    """A number that once stood for something stands for nothing else."""
    for register, policy in compared.policies.items():
        if policy.numbered is None:
            continue
        for key, was, row in compared.both(register):
            changed = [name for name in policy.numbered if _changed(name, was, row)]
            if not all(_corrected(compared, register, key, name) for name in changed):
                yield compared.says(register, key, _reused(key, policy, was, row))
        for key, row in compared.new(register):
            meant = compared.corrections.removed(register, key)
            if meant is not None and meant != policy.identity(row):
                yield compared.says(
                    register,
                    key,
                    f"{key_text(key)}: số này đã cấp cho “{meant}” rồi thôi dùng; "
                    "không dùng lại số, hãy lấy số mới",
                )


def frozen_rows_stay(compared: Comparison) -> Iterator[Finding]:
    """What was signed or issued isn't edited; a correction says what was wrong."""
    for register, policy in compared.policies.items():
        if policy.frozen is None:
            continue
        for key, was, row in compared.both(register):
            if not compared.is_frozen(register, was):
                continue
            for name in was:
                if _may_change(policy, name, was, row) or _corrected(compared, register, key, name):
                    continue
                yield compared.says(
                    register,
                    key,
                    f"{key_text(key)}: dòng đã ký, đã ban hành mà cột {name} bị sửa từ "
                    f"“{_short(was[name])}” thành “{_short(row[name])}”; {_mend(register)}",
                )


def frozen_and_numbered_rows_remain(compared: Comparison) -> Iterator[Finding]:
    """A row that was issued, or has a number, isn't taken out without a correction."""
    for register, policy in compared.policies.items():
        for key, was in compared.gone(register):
            frozen = compared.is_frozen(register, was)
            if not frozen and policy.numbered is None:
                continue
            if not compared.corrections.permit_removal(register, key):
                what = "dòng đã ký, đã ban hành" if frozen else "dòng đã có số"
                yield compared.says(
                    register, None, f"{key_text(key)}: {what} bị xóa; {_mend_removal(register)}"
                )


def rows_referred_to_remain(compared: Comparison) -> Iterator[Finding]:
    """A row that others referred to isn't taken out by letting them refer to nothing."""
    for register, policy in compared.policies.items():
        for reference in policy.references:
            gone = {key for key, _ in compared.gone(reference.register)}
            if not gone:
                continue
            for key, was in compared.before.get(register, {}).items():
                named = tuple(was.get(name, "") for name in reference.fields)
                if named not in gone or key not in compared.now.get(register, {}):
                    continue
                if not compared.corrections.permit_removal(reference.register, named):
                    yield compared.says(
                        register,
                        key,
                        f"{key_text(key)}: dòng này dẫn tới {key_text(named)} của sổ "
                        f"{reference.register}, nay dòng được dẫn bị xóa; "
                        f"{_mend_removal(reference.register)}",
                    )


def states_follow_each_other(compared: Comparison) -> Iterator[Finding]:
    """A field that lives through states takes no step back."""
    for register, policy in compared.policies.items():
        if not policy.moves:
            continue
        for key, was, row in compared.both(register):
            for name in policy.moves:
                if not _changed(name, was, row) or policy.may_become(name, was[name], row[name]):
                    continue
                if not _corrected(compared, register, key, name):
                    yield compared.says(
                        register,
                        key,
                        f"{key_text(key)}: cột {name} không được chuyển từ “{was[name]}” sang "
                        f"“{row[name]}”; {_mend(register)}",
                    )


def numbers_count_on(compared: Comparison) -> Iterator[Finding]:
    """A new revision is the one after the last that was issued: none skipped, none lower."""
    for register, policy in compared.policies.items():
        if policy.sequence is None:
            continue
        of, number = policy.sequence["of"], policy.sequence["number"]
        last: dict[str, int] = {}
        for row in compared.before.get(register, {}).values():
            if compared.is_frozen(register, row):
                last[row[of]] = max(last.get(row[of], 0), _number(row[number]))
        follow: dict[str, list[tuple[int, Key]]] = {}
        for key, row in compared.now.get(register, {}).items():
            was = compared.before.get(register, {}).get(key)
            if row[of] in last and (was is None or not compared.is_frozen(register, was)):
                follow.setdefault(row[of], []).append((_number(row[number]), key))
        for name, new in follow.items():
            yield from _counted(compared, register, last[name], sorted(new))


def _counted(
    compared: Comparison, register: str, last: int, new: list[tuple[int, Key]]
) -> Iterator[Finding]:
    for expected, (number, key) in enumerate(new, last + 1):
        if number == expected:
            continue
        before, now = compared.before[register], compared.now[register]
        if before.get(key) != now[key]:
            what = "bỏ số" if number > expected else "lùi số"
            yield compared.says(
                register,
                key,
                f"{key_text(key)}: {what}: lần cuối đã ban hành là {last:02}, lần này phải là "
                f"{expected:02}",
            )
        return


def dates_are_not_moved_back(compared: Comparison) -> Iterator[Finding]:
    """What the portal told until a day isn't changed for a day before it without a reason."""
    day = compared.day
    if day is None:
        return
    for register, policy in compared.policies.items():
        known = _known(compared, policy) if policy.dates else set()
        for key, row in compared.now.get(register, {}).items() if policy.dates else ():
            was = compared.before.get(register, {}).get(key)
            if was is None and not (policy.sequence and row[policy.sequence["of"]] in known):
                continue
            for name in policy.dates:
                old = (was or {}).get(name, "")
                if not _moved_back(old, row[name], day):
                    continue
                if not compared.corrections.permit(register, key, name, old, row[name]):
                    yield compared.says(
                        register,
                        key,
                        f"{key_text(key)}: cột {name} lùi về {row[name]}, trước ngày của bản đang "
                        f"công bố ({day.isoformat()}); ghi ngày không sớm hơn, hoặc nêu lý do bằng "
                        f"một dòng trong data/qms/{CORRECTIONS}.csv",
                    )


RULES: tuple[Rule, ...] = (
    numbers_keep_their_meaning,
    frozen_rows_stay,
    frozen_and_numbered_rows_remain,
    rows_referred_to_remain,
    states_follow_each_other,
    numbers_count_on,
    dates_are_not_moved_back,
)


def _changed(name: str, was: Cells, row: Cells) -> bool:
    """Tell whether a cell changed; a column that is new or went away is no edit of a row."""
    return name in was and name in row and was[name] != row[name]


def _may_change(policy: Policy, name: str, was: Cells, row: Cells) -> bool:
    return (
        not _changed(name, was, row) or policy.free(name) or (policy.once(name) and not was[name])
    )


def _corrected(compared: Comparison, register: str, key: Key, name: str) -> bool:
    was, row = compared.before[register][key], compared.now[register][key]
    return compared.corrections.permit(register, key, name, was.get(name, ""), row[name])


def _known(compared: Comparison, policy: Policy) -> set[str]:
    of = (policy.sequence or {}).get("of", "")
    return {row.get(of, "") for row in compared.before.get(policy.register, {}).values()}


def _moved_back(old: str, new: str, day: dt.date) -> bool:
    """Tell whether a date came to lie before a day: newly, or earlier than it was."""
    return bool(new) and new < day.isoformat() and (not old or new < old)


def _number(cell: str) -> int:
    return int(cell) if cell.isdecimal() else 0


def _reused(key: Key, policy: Policy, was: Cells, row: Cells) -> str:
    return (
        f"{key_text(key)}: số này đã cấp cho “{_short(policy.identity(was))}”, nay ghi "
        f"“{_short(policy.identity(row))}”; không dùng lại số: lấy số mới cho việc mới, "
        f"còn dòng này {_CORRECT}"
    )


def _mend(register: str) -> str:
    if register == CORRECTIONS:
        return "trả lại như cũ rồi thêm một dòng đính chính mới"
    return f"{_CORRECT} ghi rõ trước, sau, lý do và ngày"


def _mend_removal(register: str) -> str:
    if register == CORRECTIONS:
        return "đặt lại dòng này: đính chính không bao giờ bị xóa"
    return (
        f"đặt lại dòng này, hoặc thêm một dòng vào data/qms/{CORRECTIONS}.csv, để trống cột field, "
        "ghi lý do và ngày"
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


_SHOWN = 80
