"""`make demo`: a year of varied sample submissions, sent through the real form addresses.

Every one is marked as a sample ("Gửi thử"). The tokens follow from the seed, so that running it
twice sends nothing twice. What was sent then goes some way through its states.
"""

import contextlib
import datetime as dt
import hashlib
import io
import random
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from intake.configuration import LOCAL_ZONE, Places
from intake.forms.schema import Form, load_forms
from intake.journal.store import open_journal
from scripts.demo_cases import advance
from scripts.registers import Row
from scripts.system import System

_SEED = 2020
_NONCONFORMITIES, _FEEDBACK = 90, 60
_READ_BY_EACH, _REQUESTS = 4, 5

Answers = dict[str, str]

_FAULTS = [
    (
        "Hồ sơ thiếu phiếu kiểm soát quá trình giải quyết",
        "Kiểm tra ngẫu nhiên thấy hồ sơ không kèm phiếu kiểm soát, nên không biết hồ sơ đang ở "
        "bước nào và đã qua những ai.",
    ),
    (
        "Kết quả trả chậm so với thời hạn của quy trình",
        "Hồ sơ trả sau hạn hai ngày làm việc; người nộp không được báo trước và không có văn bản "
        "xin lỗi kèm ngày hẹn lại.",
    ),
    (
        "Đang dùng biểu mẫu của lần ban hành cũ",
        "Biểu mẫu in sẵn tại bộ phận còn là bản trước khi chuyển đổi, thiếu mục ý kiến của đơn vị "
        "phối hợp.",
    ),
    (
        "Hồ sơ lưu không theo thứ tự thời gian",
        "Cặp hồ sơ quý trước không có mục lục, văn bản xếp lẫn giữa các vụ việc nên mất nhiều thời "
        "gian để tìm.",
    ),
    (
        "Bước lấy ý kiến phối hợp bị bỏ qua",
        "Tờ trình đã ký nhưng trong hồ sơ không có công văn xin ý kiến và văn bản trả lời của đơn "
        "vị phối hợp như quy trình yêu cầu.",
    ),
    (
        "Số liệu trên phần mềm và hồ sơ giấy không khớp",
        "Ngày tiếp nhận trên phần mềm muộn hơn ngày ghi trên giấy tiếp nhận một ngày, nên thời hạn "
        "bị tính sai.",
    ),
    (
        "Văn bản viện dẫn trong tờ trình đã được thay thế",
        "Tờ trình dẫn một văn bản đã có văn bản mới thay thế; người soạn chép lại từ hồ sơ năm "
        "trước.",
    ),
    (
        "Chưa đo mục tiêu chất lượng của quý theo kế hoạch",
        "Hết quý mà bảng theo dõi mục tiêu của đơn vị còn để trống, chưa có số liệu và người chịu "
        "trách nhiệm tổng hợp.",
    ),
]
_COMMENTS = [
    (
        "document",
        "Đề nghị ghi rõ thời hạn của bước lấy ý kiến",
        "Bước lấy ý kiến chưa có thời hạn nên mỗi nơi làm một khác, người sau phải chờ.",
    ),
    (
        "document",
        "Biểu mẫu nên có ô ghi số điện thoại liên hệ",
        "Khi hồ sơ thiếu giấy tờ, bộ phận tiếp nhận không biết gọi cho ai để bổ sung.",
    ),
    (
        "improvement",
        "Nên gửi tự động lời nhắc trước hạn một ngày",
        "Nếu phần mềm nhắc trước một ngày thì chuyên viên chủ động hơn, bớt hồ sơ trễ.",
    ),
    (
        "improvement",
        "Gộp hai phiếu kiểm soát thành một phiếu",
        "Hai phiếu có nhiều mục trùng nhau; gộp lại sẽ đỡ phải ghi hai lần.",
    ),
    (
        "reflection",
        "Phải nộp lại giấy tờ đã có trong hồ sơ trước",
        "Lần sửa đổi này vẫn phải nộp bản sao giấy chứng nhận đã nộp lần đầu.",
    ),
    (
        "praise",
        "Cán bộ một cửa hướng dẫn rõ ràng, trả đúng hẹn",
        "Được hướng dẫn đủ thành phần hồ sơ ngay lần đầu, kết quả trả sớm hơn hẹn.",
    ),
]
_SOURCES = ["self", "self", "self", "late", "feedback", "inspection", "review"]
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def demo(places: Places, port: int) -> str:
    """Send the samples to a running portal, act on them, and tell how many of each there are.

    Raises:
        SystemExit: nothing answers at the port, or a sample was refused.
    """
    system = System.load(places)
    forms = load_forms(places.forms)
    samples = list(_samples(system, forms, random.Random(_SEED)))  # noqa: S311 (no secret)
    for ordinal, (form, answers, photo) in enumerate(samples):
        address = f"http://127.0.0.1:{port}/{system.form_address(form)}"
        _send(address, {**answers, "_token": _token(ordinal)}, photo=photo)
    with contextlib.closing(open_journal(places)) as journal:
        today = dt.datetime.now(LOCAL_ZONE).date()
        actions = advance(places, journal, today, random.Random(_SEED))  # noqa: S311 (no secret)
    return f"{len(samples)} phiếu mẫu đã gửi, {actions} việc đã làm trên các phiếu đó"


def _samples(
    system: System, forms: dict[str, Form], chance: random.Random
) -> Iterator[tuple[str, Answers, bool]]:
    """Yield each sample: its form, its answers, and whether a photograph goes with it."""
    procedures = [
        document for document in system.documents.values() if document["kind"].endswith("procedure")
    ]
    for _ in range(_NONCONFORMITIES):
        yield "nonconformity", _nonconformity(procedures, system.day, chance), chance.random() < 0.1
    for _ in range(_FEEDBACK):
        yield "feedback", _feedback(procedures, chance), False
    units = [unit["code"] for unit in system.units]
    for unit in units:
        for document in chance.sample(procedures, _READ_BY_EACH):
            revision = {"document_revision": document["current"]["revision"], "unit": unit}
            read = {"document": document["code"], **revision}
            yield "read_confirmation", _example(forms["read_confirmation"], **read), False
    for procedure in chance.sample(procedures, _REQUESTS):
        about = {"document": procedure["code"], "requesting_unit": procedure["unit"]}
        yield "change_request", _example(forms["change_request"], **about), False
    for objective in system.objectives():
        value = str(round(float(objective["target"]) * chance.uniform(0.9, 1.05), 1))
        measured = {"objective": objective["code"], "unit": objective["unit"] or units[0]}
        measured |= {"value": value.replace(".", ",")}
        yield (
            "objective_measurement",
            _example(forms["objective_measurement"], **measured),
            False,
        )


def _example(form: Form, **changes: str) -> Answers:
    """Return the examples of the fields that must be answered, with changes, marked as a sample."""
    given = {field.name: str(field.example) for field in form.fields if field.required}
    return {**given, **changes, "trial": "true"}


def _nonconformity(procedures: list[Row], day: dt.date, chance: random.Random) -> Answers:
    procedure = chance.choice(procedures)
    summary, description = chance.choice(_FAULTS)
    found = day - dt.timedelta(days=chance.randrange(365))
    return {
        "summary": summary,
        "description": f"{description} Quy trình liên quan: {procedure['title']}.",
        "unit": procedure["unit"],
        "document": procedure["code"],
        "found_on": found.isoformat(),
        "source": chance.choice(_SOURCES),
        **({"anonymous": "true"} if chance.random() < 0.4 else {}),
        "trial": "true",
    }


def _feedback(procedures: list[Row], chance: random.Random) -> Answers:
    kind, summary, content = chance.choice(_COMMENTS)
    best = 5 if kind == "praise" else 4
    ratings = ["rating_clarity", "rating_time", "rating_attitude", "rating_result"]
    return {
        "kind": kind,
        "document": chance.choice(procedures)["code"],
        "summary": summary,
        "content": content,
        **{rating: str(chance.randint(best - 2, best)) for rating in ratings},
        "trial": "true",
    }


def _send(address: str, answers: Answers, *, photo: bool) -> None:
    values: dict[str, object] = dict(answers)
    if photo:
        values["attachments"] = FileStorage(io.BytesIO(_PIXEL), filename="anh-minh-hoa.png")
    boundary, body = encode_multipart(values)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    request = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310 (loopback)
    try:
        urllib.request.urlopen(request, timeout=30).close()  # noqa: S310
    except HTTPError as refused:
        raise SystemExit(f"{address}: {refused.code}: {answers}") from refused
    except OSError as error:
        raise SystemExit(f"{address}: {error}. Is `make serve` running?") from error


def _token(ordinal: int) -> str:
    return hashlib.sha256(f"demo {_SEED} {ordinal}".encode()).hexdigest()[:32]
