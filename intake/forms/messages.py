"""What a wrong answer is called in plain Vietnamese: what to do, not what went wrong inside."""

from typing import Any

from intake.forms.schema import Field

_BY_TYPE = {
    "date": "Hãy ghi ngày theo dạng ngày/tháng/năm, như 15/09/2020.",
    "integer": "Hãy ghi một số nguyên, như 3.",
    "number": "Hãy ghi một số, như 95 hoặc 95.5.",
    "boolean": "Ô đánh dấu này có giá trị lạ; hãy chọn lại.",
    "string/email": "Hãy ghi thư điện tử đầy đủ, như ten@example.gov.vn.",
}


def choice_unknown(field: Field) -> str:
    """Say that the answer is not one of those offered."""
    return f"{field.title}: hãy chọn một mục trong danh sách."


def unknown_field(name: str) -> str:
    """Say that the form has no such question."""
    return (
        f"Biểu mẫu không có ô “{name[:40]}”. Có thể trang đã được cập nhật sau khi bạn mở: "
        "hãy xem lại các ô rồi gửi lại."
    )


def repeated_field(field: Field) -> str:
    """Say that a question was answered more than once."""
    return f"{field.title}: chỉ được trả lời một lần."


def line_ends(field: Field) -> str:
    """Say that the answer must stay on one line."""
    return f"{field.title}: hãy viết trên một dòng."


def control_characters(field: Field) -> str:
    """Say that the answer holds characters that nobody types."""
    return f"{field.title}: có ký tự không đọc được; hãy xóa và gõ lại."


def in_future(field: Field) -> str:
    """Say that a day lies ahead."""
    return f"{field.title}: ngày này chưa đến; hãy ghi ngày từ hôm nay trở về trước."


def in_past(field: Field) -> str:
    """Say that a day has passed."""
    return f"{field.title}: ngày này đã qua; hãy ghi ngày từ hôm nay trở đi."


def wrong(field: Field, notes: dict[str, Any], length: int) -> str:
    """Put frictionless's verdict on one cell into words.

    Args:
        field: the question.
        notes: frictionless's notes by constraint, not empty.
        length: characters of the answer as it is kept.
    """
    constraints = field.constraints
    if "required" in notes:
        verb = "chọn" if field.labels or "choices" in field.options else "điền"
        return f"{field.title}: hãy {verb} mục này."
    if "type" in notes:
        kind = field.type
        form = field.options.get("format")
        return f"{field.title}: " + _BY_TYPE.get(f"{kind}/{form}", _BY_TYPE.get(kind, "sai dạng."))
    if "maxLength" in notes:
        limit = constraints["maxLength"]
        return f"{field.title}: dài {length} ký tự, hãy rút gọn còn {limit} ký tự trở xuống."
    if "minLength" in notes:
        limit = constraints["minLength"]
        return f"{field.title}: hãy viết rõ hơn, ít nhất {limit} ký tự."
    if "minimum" in notes or "maximum" in notes:
        return f"{field.title}: {_range(field)}."
    if "enum" in notes:
        return choice_unknown(field)
    return f"{field.title}: hãy ghi đúng dạng, như {field.example}."


def _range(field: Field) -> str:
    low, high = field.constraints.get("minimum"), field.constraints.get("maximum")
    if field.type == "date":
        low, high = (
            ".".join(reversed(str(day).split("-"))).replace(".", "/") if day else None
            for day in (low, high)
        )
    if low is not None and high is not None:
        return f"hãy ghi giá trị từ {low} đến {high}"
    return f"hãy ghi giá trị từ {low} trở lên" if low is not None else f"không được quá {high}"
