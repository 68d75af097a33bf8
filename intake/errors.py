"""What can go wrong, in the words of the one who reads it, with its HTTP status."""


class IntakeError(Exception):
    """A refusal that the sender can be told about."""

    status = 400
    title = "Không xử lý được yêu cầu"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CrossSite(IntakeError):
    """A form was sent from another site's page."""

    status = 403
    title = "Yêu cầu không được chấp nhận"


class TooMany(IntakeError):
    """Too much was sent from one place in a short time."""

    status = 429
    title = "Chưa được ghi nhận"


class UnknownPage(IntakeError):
    """Nothing is taken in at this address."""

    status = 404
    title = "Không tìm thấy trang"


class ContentConflict(IntakeError):
    """The same token came with another content."""

    status = 409
    title = "Phiếu này đã được gửi"


class CaseMoved(IntakeError):
    """Somebody else acted on the case after the page was opened."""

    status = 409
    title = "Phiếu vừa có thay đổi"


class NotAllowed(IntakeError):
    """The action can't be taken: by this person, in this state, or not yet."""

    status = 403
    title = "Không thực hiện được"


class StorageUnavailable(IntakeError):
    """The journal could not keep what was sent; it may be sent again with the same token."""

    status = 503
    title = "Phiếu chưa được ghi nhận"


class JournalTooNew(Exception):
    """The journal was written by a newer portal, whose tables this one doesn't know."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"Nơi lưu phiếu thuộc phiên bản {found}, mới hơn phiên bản {known} mà cổng này biết. "
            "Hãy cài lại phiên bản mới của cổng, hoặc khôi phục bản sao lưu cũ."
        )


class StorageStopped(StorageUnavailable):
    """The journal can no longer be trusted until the service is restarted."""
