"""Uploading over REST: looked at, kept, trained on, listed, shared, deleted; whose data they are."""

import json

import pytest

from engine.datasets import files
from tests.app.conftest import API, KEY, Run

OTHER = "another-owner-s-key-long-enough"
KINDS = ("Adelie", "Gentoo")
PENGUINS = "bill;island;species\n" + "".join(
    f"{30 + k % 7 + k % 20 // 10 * 15},{k % 10};{'Dream' if k % 3 else 'Biscoe'};{KINDS[k % 20 // 10]}\n"
    for k in range(80)
)


class Data:
    """Uploads of one owner."""

    def __init__(self, client, key=KEY):
        self.client, self.headers = client, {"Authorization": f"Bearer {key}"} if key else {}

    def post(self, what, text, name="penguins.csv", **choices):
        data = text if isinstance(text, bytes) else text.encode()
        sent = {"files": [("file", (name, data))], "data": {"choices": json.dumps(choices)}}
        return self.client.post(f"{API}/datasets/uploads{what}", headers=self.headers, **sent)

    def look(self, text, **choices):
        answer = self.post("/preview", text, **choices)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def keep(self, text, **choices):
        answer = self.post("", text, **choices)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def call(self, method, path="", **args):
        return self.client.request(method, f"{API}/datasets/uploads{path}", headers=self.headers, **args)

    def delete_all(self):
        for upload in self.call("GET").json()["uploads"]:
            assert self.call("DELETE", f"/{upload['id']}").status_code == 204


@pytest.fixture(autouse=True)
def folder(client):
    """Where this server's data sets are, whatever tests in the same process have looked at before."""
    before = files.folder()
    files.set_folder(client.app.state.settings.datasets)
    yield
    files.set_folder(before)


@pytest.fixture
def mine(client):
    made = Data(client)
    made.delete_all()
    yield made
    made.delete_all()


def test_a_look_tells_columns_kinds_and_how_it_was_read(mine):
    found = mine.look(PENGUINS)
    assert found["ready"] and found["problems"] == []
    assert found["chosen"] == {
        "header": True,
        "separator": ";",
        "decimal": ",",
        "target": "species",
        "task": "classification",
        "missing": "drop",
    }
    assert [(c["name"], c["role"], c["kind"]) for c in found["columns"]] == [
        ("bill", "input", "number"),
        ("island", "input", "category"),
        ("species", "target", "category"),
    ]
    assert found["inputs"] == ["bill", "island=Biscoe", "island=Dream"]
    assert found["class_names"] == ["Adelie", "Gentoo"]
    assert sum(found["columns"][0]["bins"]) == 80
    assert found["first"][1] == ["31,1", "Dream", "Adelie"]
    assert found["numbers"][0] == 2
    assert mine.call("GET").json()["uploads"] == []


def test_what_is_kept_is_trained_on_and_goes_on_after_a_fork(mine, client):
    kept = mine.keep(PENGUINS)
    run = Run(client, {"seed": 1, "data": kept["data"]})
    assert run.made["check"]["input_shape"] == [3]
    run.step(count=40)
    assert run.get()["epoch"] == 40
    fork = client.post(f"{run.path}/fork", json={}, headers=run.headers).json()
    assert fork["spec"]["data"]["id"] == kept["id"]
    evaluation = client.get(f"{API}/runs/{fork['id']}/evaluation", params={"split": "test"}).json()
    assert evaluation["classes"] == ["Adelie", "Gentoo"] and evaluation["metric"] == 1
    program = client.get(f"{run.path}/export/numpy")
    assert program.status_code == 200 and "Adelie" in program.text
    predicted = run.call("POST", "predict", json={"inputs": [[31.0, 0, 1], [45.0, 1, 0]]})
    assert predicted["predicted"] == [0, 1]


def test_the_same_file_again_is_the_same_data_set(mine):
    one, again = mine.keep(PENGUINS), mine.keep(PENGUINS)
    assert one["id"] == again["id"]
    assert len(mine.call("GET").json()["uploads"]) == 1
    assert mine.keep(PENGUINS, target="bill")["id"] != one["id"]


def test_others_may_use_it_only_when_its_owner_says_so(mine, client):
    kept, other = mine.keep(PENGUINS), Data(client, OTHER)
    spec = {"data": kept["data"]}

    def tried():
        return client.post(f"{API}/runs", json=spec, headers=other.headers)

    for answer in (
        tried(),
        client.post(f"{API}/datasets/preview", json=spec, headers=other.headers),
        client.post(f"{API}/groups", json={"spec": spec, "changes": [{"seed": 1}]}, headers=other.headers),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["where"].endswith("data.id")
        assert "somebody else" in answer.json()["detail"]
    assert other.call("GET", f"/{kept['id']}").status_code == 404
    assert other.call("PATCH", f"/{kept['id']}", json={"shared": True}).status_code == 403
    assert Data(client, None).call("DELETE", f"/{kept['id']}").status_code == 401
    assert mine.call("PATCH", f"/{kept['id']}", json={"shared": True}).json()["shared"]
    assert tried().status_code == 201
    assert other.call("GET", f"/{kept['id']}").json()["mine"] is False
    assert other.call("GET").json()["uploads"] == []


def test_deleted_data_are_missed_where_they_are_named_and_come_back_with_the_same_file(mine, client):
    kept = mine.keep(PENGUINS)
    assert mine.call("DELETE", f"/{kept['id']}").status_code == 204
    spec = {"data": kept["data"]}
    gone = client.post(f"{API}/runs", json=spec, headers=mine.headers)
    assert gone.status_code == 422
    assert gone.json()["where"] == "data.id"
    assert "Upload it again" in gone.json()["fix"]
    assert mine.call("DELETE", f"/{kept['id']}").status_code == 404
    mine.keep(PENGUINS)
    assert client.post(f"{API}/runs", json=spec, headers=mine.headers).status_code == 201


def test_without_a_key_the_answer_has_a_new_one(client):
    nobody = Data(client, None)
    assert nobody.call("GET").status_code == 401
    kept = nobody.keep(PENGUINS)
    assert Data(client, kept["key"]).call("DELETE", f"/{kept['id']}").status_code == 204


@pytest.mark.parametrize(
    "choices, where",
    [
        ('{"target": 5}', "choices.target"),
        ('{"separator": "x"}', "choices.separator"),
        ('{"colum": {}}', "choices.colum"),
        ("nothing", "choices"),
        ('{"columns": {"bill": "text"}}', "choices.columns.bill"),
    ],
)
def test_a_wrong_choice_is_named(mine, choices, where):
    sent = {"files": [("file", ("a.csv", PENGUINS.encode()))], "data": {"choices": choices}}
    answer = mine.client.post(f"{API}/datasets/uploads/preview", headers=mine.headers, **sent)
    assert answer.status_code in (400, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["where"] == where


def test_an_unknown_column_is_refused_with_those_there_are(mine):
    answer = mine.post("/preview", PENGUINS, target="specie")
    assert answer.status_code == 422
    assert answer.json()["fix"] == "Choose from: bill, island, species."


def test_many_mistakes_are_all_told(mine):
    rows = PENGUINS.splitlines()
    rows[1], rows[40] = "abc;Dream;Adelie", "?!;Dream;Gentoo"
    answer = mine.post("", "\n".join(rows))
    assert answer.status_code == 422
    assert [error["message"] for error in answer.json()["errors"]] == [
        "Row 2, column 'bill': 'abc' is not a number",
        "Row 41, column 'bill': '?!' is not a number",
    ]
