"""What an attacker types: one text for every field, made from the schemas."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.forms.schema import Field, Form
from intake.registers import Registers

SUM, PRODUCT = "{{ 91381*97713 }}", str(91381 * 97713)
"""A template that would be seen to have been evaluated, and what it would then say."""
ATTACK = (
    "=\"'></textarea></title><script>qms(1)</script><img src=x onerror=qms(2)>"
    + SUM
    + "{% set q=1 %}[x](javascript:qms(3))"
)
SHORT = '="><script>qms(1)</script>' + SUM
LINES = "\nBEGIN:VEVENT\r\nBcc: all@example.com"
_SOUND = {"date": "10/07/2020", "boolean": "true", "integer": "1", "number": "96,5"}
_AHEAD = "30/10/2020"


@dataclass
class Marks:
    """Which text went into which field: each carries a mark of its own."""

    letter: str = "m"
    fields: dict[str, Field] = field(default_factory=dict)

    def new(self, asked: Field) -> str:
        """Return a mark for what is typed into a field."""
        mark = f"{self.letter}{len(self.fields):03}{self.letter}"
        self.fields[mark] = asked
        return mark

    def of_access(self, *access: str) -> set[str]:
        """Return the marks of the fields that may be seen in one of these places."""
        return {mark for mark, asked in self.fields.items() if asked.access in access}

    def found_in(self, text: str) -> set[str]:
        """Return the marks that stand in a text."""
        return {mark for mark in self.fields if mark in text}


def is_free(asked: Field) -> bool:
    """Tell whether anything can be typed into a field."""
    bound = {"enum", "pattern"} & asked.constraints.keys() or "choices" in asked.options
    return asked.type == "string" and not bound and not is_address(asked)


def is_address(asked: Field) -> bool:
    """Tell whether a field takes a mail address."""
    return asked.options.get("format") == "email"


def attack(asked: Field, mark: str = "") -> str:
    """Return the worst text that a field takes."""
    most = int(asked.constraints.get("maxLength", 4000)) - len(mark) - 2
    text = next(each for each in (ATTACK, SHORT) if len(each) <= most)
    return f"{text} {mark}{LINES if asked.multiline else ''}"


def answers(form: Form, registers: Registers, marks: Marks) -> dict[str, str]:
    """Return answers that a form takes, with an attack in each field that lets one in."""
    return dict(_answers(form, registers, marks))


def _answers(form: Form, registers: Registers, marks: Marks) -> Iterator[tuple[str, str]]:
    for asked in form.asked:
        offered = registers.choices(form, asked)
        if asked.name in {"trial", form.anonymous_field}:
            continue
        if is_free(asked):
            yield asked.name, attack(asked, marks.new(asked))
        elif is_address(asked):
            yield asked.name, f"{marks.new(asked)}@example.gov.vn"
        elif offered:
            yield asked.name, offered[0].value
        elif asked.options.get("not_before") == "today" or asked.name == "answer_by":
            yield asked.name, _AHEAD
        else:
            yield asked.name, _SOUND.get(asked.type, str(asked.example))
