"""The small portal of the unit tests, with people at its desk."""

from tests.intake.conftest import no_network, quick_hashes
from tests.intake.desk.conftest import sign_in, slips, store

__all__ = ["no_network", "quick_hashes", "sign_in", "slips", "store"]
