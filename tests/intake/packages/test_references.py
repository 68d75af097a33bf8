"""Foreign keys are looked up as Table Schema means them."""

import dataclasses
from typing import Any

import frictionless
import pytest
from frictionless import Schema

from intake.packages.references import dangling, repeated
from intake.packages.tables import Part, Table


def table(name: str, rows: str, key: str = "", into: str = "") -> Table:
    schema: dict[str, Any] = {
        "fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}]
    }
    if into:
        fields = key.split()
        schema["foreignKeys"] = [
            {"fields": fields, "reference": {"resource": into, "fields": fields}}
        ]
    return Table(name, name, schema, tuple(Part("", f"a,b\n{part}") for part in rows.split("|")))


def says(*tables: Table) -> list[str]:
    return list(dangling(tables))


def theirs(*tables: Table) -> bool:
    """Tell whether frictionless finds every key of the same rows."""

    def data(each: Table) -> list[list[str]]:
        lines = "".join(part.text.partition("\n")[2] for part in each.parts).splitlines()
        return [["a", "b"], *(line.split(",") for line in lines)]

    resources = [
        frictionless.Resource(
            name=each.name, data=data(each), schema=Schema.from_descriptor(each.schema)
        )
        for each in tables
    ]
    return frictionless.Package(resources=resources).validate().valid


@pytest.mark.parametrize(
    ("owner", "known", "key", "found"),
    [
        ("1,x\n2,y\n", "1,x\n|2,y\n", "a", []),
        ("1,x\n3,y\n", "1,x\n|2,y\n", "a", ["owner: no row 3 in known"]),
        ("1,x\n2,x\n", "1,x\n2,y\n", "a b", ["owner: no row 2, x in known"]),
        ("1,x\n|4,y\n", "1,x\n", "a", ["owner: no row 4 in known"]),
        (",x\n1,y\n", "1,x\n", "a", []),
        ("", "1,x\n", "a", []),
    ],
)
def test_keys_are_looked_up_in_every_part_as_frictionless_does(
    owner: str, known: str, key: str, found: list[str]
) -> None:
    both = table("owner", owner, key, "known"), table("known", known)
    assert says(*both) == found
    assert theirs(*both) is (not found)


def test_a_table_that_is_not_there_is_named() -> None:
    assert says(table("owner", "1,x\n", "a", "lost")) == ["owner: no table lost"]


def test_a_cell_with_a_line_end_is_one_cell() -> None:
    known = table("known", '"1\n2",x\n')
    assert says(table("owner", '"1\n2",y\n', "a", "known"), known) == []
    assert dataclasses.asdict(known)["name"] == "known"


@pytest.mark.parametrize(
    ("rows", "schema", "found"),
    [
        ("1,x\n|1,y\n", {"primaryKey": ["a"]}, ["t: 1 stands twice"]),
        ("1,x\n1,y\n", {"primaryKey": ["a", "b"]}, []),
        ("1,x\n|1,x\n", {"primaryKey": ["a", "b"]}, ["t: 1, x stands twice"]),
        ("1,x\n|2,x\n", {"unique": "b"}, ["t: x stands twice"]),
        ("1,\n|2,\n", {"unique": "b"}, []),
        ("1,x\n|1,x\n", {}, []),
    ],
)
def test_a_key_stands_once_in_all_parts(
    rows: str, schema: dict[str, Any], found: list[str]
) -> None:
    asked = table("t", rows)
    fields = [
        {**field, **({"constraints": {"unique": True}} if field["name"] == unique else {})}
        for unique in [schema.pop("unique", "")]
        for field in asked.schema["fields"]
    ]
    asked = dataclasses.replace(asked, schema={**asked.schema, **schema, "fields": fields})
    assert list(repeated([asked])) == found
