"""A fork that measures itself before it trains is kept as a whole: rows, checkpoint and number of rows agree."""

from tests.app.conftest import API, SMALL


def test_the_row_that_says_how_another_experiment_does_is_kept_with_its_checkpoint(client, make):
    parent = make(SMALL)
    parent.step("epoch", 3)
    changes = {"training": {"loss": "mse"}, "network": {"layers": {"hidden": {"activation": "relu"}}}}
    answer = client.post(f"{parent.path}/fork", json={"changes": changes}, headers=parent.headers)
    assert answer.status_code == 201, answer.text
    child, store = answer.json(), client.app.state.manager.keeper.store
    assert child["seq"] == 5, "the start, three epochs, and how the other experiment does"
    store.writer.flush().result(30)
    assert store.get(child["id"]).seq == 5
    kept = store.history(child["id"], 1, 0, 100)
    assert kept.shape[0] == 5
    told = client.get(f"{API}/runs/{child['id']}/history").json()["rows"]
    assert kept[:, 2].tolist() == [row[2] for row in told]
    client.delete(f"{API}/runs/{child['id']}", headers=parent.headers)
