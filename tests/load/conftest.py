"""The load is put on the whole shipped portal."""

from tests.site.conftest import shipped

__all__ = ["shipped"]
