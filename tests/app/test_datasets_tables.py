"""Tables as people have them: what is found out about them, and what is wrong in them, named by row and column."""

import gzip
import io
import zipfile

import numpy as np
import pytest

from app.uploads.choices import Choices, Limits
from app.uploads.problems import Unreadable
from app.uploads.reading import look
from app.uploads.table import make, read_table
from engine.errors import LimitError
from tests.app.test_datasets_rest import Data

ROWS = "".join(f"{k},{k * 2.5},{'uvw'[k % 3]},{k % 2}\n" for k in range(40))
PLAIN = "a,b,c,y\n" + ROWS


def table(text, **choices):
    return read_table(text if isinstance(text, bytes) else text.encode(), Choices(**choices), Limits())


def made(text, **choices):
    found = table(text, **choices)
    assert found.problems == []
    return make(found, "t", Limits())


# how it is written


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_way_of_writing_the_same_table_gives_the_same_numbers(separator, decimal, encoding, ending):
    def cell(value):
        text = f"{value:.2f}".replace(".", decimal)
        return f'"{text}"' if separator == decimal else text

    rows = [[cell(k / 4), cell(-k * 1.25), "fünf" if k % 2 else "naïf"] for k in range(30)]
    text = ending.join(separator.join(row) for row in [["größe", "b", "wort"], *rows]) + ending
    data = made(text.encode(encoding))
    assert data.columns == ("größe", "b")
    assert data.class_names == ("fünf", "naïf")
    np.testing.assert_allclose(data.inputs, [[k / 4, -k * 1.25] for k in range(30)])


@pytest.mark.parametrize(
    "cells, decimal, values",
    [
        (["1,234.5", "2,000", "12.5", "1e3"], ".", [1234.5, 2000, 12.5, 1000]),
        (["1.234,5", "2.000,0", "12,5", "1e3"], ",", [1234.5, 2000, 12.5, 1000]),
        (["1 234,5", "2\u00a0000", "12,5", "-,5"], ",", [1234.5, 2000, 12.5, -0.5]),
        (["+1.5", ".5", "5.", "-1E-3"], ".", [1.5, 0.5, 5, -0.001]),
    ],
)
def test_numbers_as_they_are_written(cells, decimal, values):
    text = "x;y\n" + "".join(f"{cell};{k}\n" for k, cell in enumerate(cells))
    data = made(text, decimal=decimal, task="regression", columns={"x": "number"})
    np.testing.assert_allclose(data.inputs[:, 0], values)


@pytest.mark.parametrize("cell", ["1_000", "0x10", "infinity", "nan1", "١٢", "1,2,3", "--1", "1e", "12%"])
def test_what_python_takes_for_a_number_but_nobody_else_is_none(cell):
    text = "a,y\n" + "".join(f"{k},{k}\n" for k in range(20)) + f'"{cell}",5\n'
    assert [p.row for p in table(text, task="regression").problems] == [22]


@pytest.mark.parametrize(
    "text, header",
    [("a,b\n1,2\n2,4\n3,7\n4,9.5\n", True), ("1,2\n2,4\n3,7\n4,9.5\n", False), ("u,v\nw,u\nu,v\nw,v\nu,u\n", False),
     ("kind,size\nw,big\nu,small\nw,small\nu,big\n", True)],
)  # fmt: skip
def test_a_header_is_found(text, header):
    assert table(text).rows.header is header
    assert table(text, header=not header).rows.header is not header


def test_a_first_line_for_spreadsheets_is_passed_over():
    data = table("sep=;\na;b\n1;x\n2;y\n3;x\n4;z\n")
    assert data.rows.names == ["a", "b"] and data.rows.numbers[0] == 3


# what columns are


def test_columns_without_anything_to_learn_are_left_out():
    text = "id,a,same,empty,note,y\n" + "".join(f"{k + 1},{k % 7},5,,text {k},{k % 2}\n" for k in range(40))
    found = table(text)
    assert {c.name: c.note for c in found.columns if c.kind == "out"} == {
        "id": "counts the rows",
        "same": "always the same",
        "empty": "empty",
        "note": "40 different texts",
    }
    assert [c.name for c in table(text, columns={"id": "number"}).inputs] == ["id", "a"]


def test_categories_become_one_column_each_that_is_0_or_1():
    data = made(PLAIN)
    assert data.columns == ("a", "b", "c=u", "c=v", "c=w")
    assert data.plain == ("c=u", "c=v", "c=w")
    np.testing.assert_array_equal(data.inputs[:3, 2:], np.eye(3))
    assert data.groups == [{"column": "c", "values": ["u", "v", "w"], "columns": ["c=u", "c=v", "c=w"]}]


@pytest.mark.parametrize(
    "values, task",
    [(["yes", "no"], "classification"), (["0", "1"], "classification"), (["3", "1", "2"], "classification"),
     ([str(k) for k in range(40)], "regression"), (["0.5", "1.5"], "regression")],
)  # fmt: skip
def test_the_task_is_guessed_and_can_be_changed(values, task):
    text = "a,y\n" + "".join(f"{k},{values[k % len(values)]}\n" for k in range(40))
    assert table(text).task == task
    if values[0] != "yes":
        other = {"classification": "regression", "regression": "classification"}[task]
        assert table(text, task=other).task == other


def test_classes_that_are_numbers_are_in_their_order():
    text = "a,y\n" + "".join(f"{k},{(10, 9, 2)[k % 3]}\n" for k in range(30))
    assert made(text).class_names == ("2", "9", "10")


# missing cells


@pytest.mark.parametrize("word", ["", "NA", "n/a", "NaN", "null", "?", "-"])
def test_missing_cells_are_dropped_or_filled_and_counted(word):
    rows = [
        ["1", "u", "0"],
        ["3", "u", "1"],
        [word, "v", "0"],
        ["5", word, "1"],
        ["7", "u", word],
        ["9", "v", "1"],
        ["7", "v", "0"],
    ]
    text = "a,c,y\n" + "".join(",".join(row) + "\n" for row in rows)
    dropped, filled = (made(text, missing=how, columns={"c": "category"}) for how in ("drop", "fill"))
    assert dropped.inputs[:, 0].tolist() == [1, 3, 9, 7]
    assert filled.inputs.tolist() == [[1, 1, 0], [3, 1, 0], [5, 0, 1], [5, 1, 0], [9, 0, 1], [7, 0, 1]]
    assert "1 row without 'y' is left out." in filled.notes
    assert "2 rows with missing cells are left out." in dropped.notes
    assert "2 missing cells are filled" in filled.notes[-1]


def test_few_gaps_cost_their_rows_and_many_are_filled():
    few = PLAIN.replace("3,7.5,u", ",7.5,u", 1)
    many = PLAIN.replace(",u,", ",,")
    assert table(few).missing == "drop"
    assert table(many).missing == "fill"


# what is wrong

BODY = "a,b,y\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n9,1,0\n2,4,1\n6,3,0\n"
BROKEN = {
    "a word among numbers": (BODY.replace("5,6", "5,abc"), {}, "Row 4, column 'b': 'abc' is not a number"),
    "a decimal comma among points": (
        BODY.replace("5,6", '5,"6,5"').replace("1,2", "1,2.5"),
        {},
        "Row 4, column 'b': '6,5' is not a number; the others are written with a decimal point",
    ),
    "a number without end": (BODY.replace("5,6", "5,1e999"), {}, "Row 4, column 'b': '1e999' is too large a number"),
    "a row too short": (BODY.replace("5,6,0", "5,6"), {}, "Row 4, column 'y': the row has 2 cells"),
    "a row too long": (BODY.replace("5,6,0", "5,6,0,8"), {}, "Row 4, column 'y': the row has 4 cells"),
    "a quote never closed": (BODY.replace("5,6", '5,"6'), {}, "Row 4, column 'b': a quote is opened and never closed"),
    "text after a quote": (BODY.replace("5,6", '"5"a,6'), {}, "Row 4, column 'a': there is text after"),
    "two columns of one name": (BODY.replace("a,b", "a,a"), {}, "Row 1, column 'a': columns 1 and 2"),
    "a word to predict as number": (
        BODY.replace("5,6,0", "5,6,zero"), {"task": "regression"}, "Row 4, column 'y': 'zero' is not a number",
    ),
    "a category taken as number": (
        PLAIN, {"columns": {"c": "number"}}, "Row 2, column 'c': 'u' is not a number",
    ),
    "a cell without end": (BODY.replace("5,6", "5," + "6" * 200_000), {}, "Row 4, column 'b': a cell has more than"),
    "after a quoted line break": (
        BODY.replace("1,2,0", '"1",2,"0\n"').replace("5,6", "5,abc"), {}, "Row 4, column 'b': 'abc' is not a number",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_table_is_refused_with_row_and_column(client, name):
    text, choices, said = BROKEN[name]
    data = Data(client)
    looked = data.look(text, **choices)
    assert not looked["ready"]
    assert looked["problems"][0]["message"].startswith(said)
    assert (looked["problems"][0]["row"], looked["problems"][0]["column"]) != (None, None)
    answer = data.post("", text, **choices)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["detail"].startswith(said)
    assert problem["where"] == "file"
    assert problem["fix"]
    assert problem["errors"][0]["message"] == problem["detail"]


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "The file is empty"),
        ("  \n \n", "The file is empty"),
        ("a,b,y\n", "no rows below the header"),
        ("a\n1\n2\n", "only one column"),
        ("a,b\n\0,1\n", "Row 2: there is a zero byte"),
        (b"%PDF-1.7", "not a table"),
        (b"\x89PNG\r\n\x1a\n123", "a single picture"),
    ],
)
def test_what_is_no_table_is_refused(client, text, said):
    answer = Data(client).post("/preview", text)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "text, choices, said",
    [
        ("a,y\n1,u\n2,u\n3,u\n4,u\n", {"target": "y"}, "Column 'y': there is only one class, 'u'"),
        ("a,y\n1,\n2,\n3,\n4,\n", {"target": "y"}, "Column 'y': every cell is empty"),
        (PLAIN, {"columns": {"a": "out", "b": "out", "c": "out"}}, "No column is left to tell it from."),
        ("a,y\n1,0\n2,1\n,0\n,1\n,0\n", {"missing": "drop"}, "Only 2 rows are left, and at least 4 are needed."),
    ],
)
def test_what_can_not_be_learned_is_told(text, choices, said):
    assert table(text, **choices).problems[0].told() == said


@pytest.mark.parametrize(
    "limits, name",
    [
        (Limits(max_samples=20), "max_samples"),
        (Limits(max_columns=4), "max_columns"),
        (Limits(max_dataset_bytes=1000), "max_dataset_bytes"),
    ],
)
def test_a_table_over_a_limit_is_refused_with_its_name(tmp_path, limits, name):
    (tmp_path / "a").write_text(PLAIN)
    with pytest.raises(LimitError, match=name):
        look([("a.csv", str(tmp_path / "a"))], Choices(), limits)


def test_a_packed_table_is_read_too(client):
    data, pack = Data(client), io.BytesIO()
    with zipfile.ZipFile(pack, "w") as file:
        file.writestr("folder/data.csv", PLAIN)
    assert data.look(gzip.compress(PLAIN.encode()))["inputs"] == data.look(pack.getvalue())["inputs"]


def test_names_stay_on_one_line_in_exported_programs(client):
    import ast

    data = Data(client)
    kept = data.keep('"a\nimport os  # ","b\r\n",y\n' + "1,2,u\n3,4,v\n" * 10)
    assert kept["facts"]["columns"] == ["a import os #", "b"]
    run = client.post("/api/v1/runs", json={"data": kept["data"]}, headers=data.headers).json()
    program = client.get(f"/api/v1/runs/{run['id']}/export/numpy").text
    assert "os" not in {a.name for n in ast.walk(ast.parse(program)) if isinstance(n, ast.Import) for a in n.names}


def test_many_problems_are_all_told_but_not_thousands():
    rows = "".join(f"{k},{k}\n" for k in range(2000)) + "x,1\n" * 60
    with pytest.raises(Unreadable) as caught:
        raise Unreadable(table("a,y\n" + rows).problems)
    assert len(caught.value.each) == 50
