"""One archive for the auditor of a unit: everything as at a day, with hashes and their source."""
