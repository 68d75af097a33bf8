"""Where the paper copies stand in a site; their addresses outlast the next revision."""

from scripts.slugs import slug

FOLDER = "tai-lieu/ban-in"


def copy_name(code: str, revision: str, number: str = "") -> str:
    """Return the name of the file of a paper copy, with its number when it is a controlled one."""
    return f"{slug(code)}-lan-{revision}{f'-ban-so-{number}' if number else ''}.pdf"
