"""The interface is what its OpenAPI says, for some hundreds of requests that nobody thought of: see `tests.fuzz`."""

from tests.fuzz import fuzz, open_server


def test_random_requests_get_the_answers_that_the_document_describes(tmp_path):
    with open_server(tmp_path / "server") as server:
        found = fuzz(server, tmp_path, cases=5, phases="fuzzing", fixed=True)
        log = server.log()
    assert found.passed, found.said
    assert found.cases >= 200
    assert "Traceback (most recent call last)" not in log
