"""What a linter of OpenAPI would ask for, as facts: names, words, examples, problems, and nothing that is not used."""

import json
import re

import pytest

from app.api.docs import sample
from app.main import create_app
from app.settings import Settings
from tests.app.conftest import API

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("rules"))).openapi()


@pytest.fixture(scope="module")
def operations(document):
    return {f"{verb.upper()} {path}": op for path, ops in document["paths"].items() for verb, op in ops.items()}


def test_every_operation_has_a_name_of_its_own_words_and_a_declared_tag(document, operations):
    names = [op["operationId"] for op in operations.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)
    declared = {tag["name"] for tag in document["tags"]}
    for name, op in operations.items():
        assert op["summary"] and op["description"], name
        assert len(op["tags"]) == 1 and set(op["tags"]) <= declared, name
    assert all(tag["description"] for tag in document["tags"])


def test_every_parameter_has_an_example_a_default_a_choice_or_a_range(operations):
    telling = {"examples", "default", "enum", "const", "minimum", "exclusiveMinimum"}
    bare = [
        f"{name} {p['name']}"
        for name, op in operations.items()
        for p in op.get("parameters", [])
        if not telling & {*p["schema"], *p}
    ]
    assert bare == []


def test_every_body_and_answer_has_an_example_made_from_its_fields(document, operations):
    schemas = document["components"]["schemas"]
    for name, op in operations.items():
        bodies = [op.get("requestBody", {}), *(answer for status, answer in op["responses"].items() if status < "3")]
        for body in bodies:
            for kind, content in body.get("content", {}).items():
                if kind == "application/json" and path_of(name) != f"{API}/catalogue":
                    assert sample(content["schema"], schemas) not in (None, {}, []), name


def path_of(name):
    return name.split(" ")[1]


def test_every_problem_that_can_come_is_described_in_the_one_shape(operations):
    for name, op in operations.items():
        if not path_of(name).startswith(API):
            continue
        answers = op["responses"]
        expected = {"429", "503"}
        expected |= {"400", "413", "422"} if "requestBody" in op else set()
        expected |= {"404"} if re.search(r"\{(run|group|share|id)\}", name) else set()
        expected |= {"401"} if op.get("security") and {} not in op["security"] else set()
        assert expected <= set(answers), name
        assert all(list(answer["content"]) == [PROBLEM] for status, answer in answers.items() if status >= "4"), name
        assert all(answer["description"] for answer in answers.values())


def test_no_shape_is_declared_for_nothing_and_every_reference_leads_somewhere(document):
    schemas = document["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))) == set(schemas)
    assert all(re.fullmatch(r"\w+", name) for name in schemas)


def test_addresses_have_no_slash_at_the_end_and_their_names_are_declared(operations):
    for name, op in operations.items():
        path = path_of(name)
        assert not path.endswith("/")
        declared = {p["name"] for p in op.get("parameters", []) if p["in"] == "path"}
        assert declared == set(re.findall(r"\{(\w+)\}", path))
        assert all(p["required"] for p in op.get("parameters", []) if p["in"] == "path")


def test_no_parameter_can_be_null(operations):
    for op in operations.values():
        assert not [p["name"] for p in op.get("parameters", []) if "null" in json.dumps(p["schema"])]


def test_a_method_that_is_not_there_is_answered_with_all_that_are(client, document):
    for path, ops in document["paths"].items():
        there = sorted(verb.upper() for verb in ops)
        answer = client.request("TRACE", re.sub(r"\{\w+\}", "some", path))
        assert (answer.status_code, answer.headers["allow"]) == (405, ", ".join(there)), path
        assert answer.headers["content-type"] == PROBLEM
