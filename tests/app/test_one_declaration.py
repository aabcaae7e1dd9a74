"""One file is all a new part needs: an activation dropped in is trained, checked, offered and described."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# In a process of its own: schemas are made when modules are first imported, and must not keep what was made up.
SCRIPT = """
import json
import sys
from pathlib import Path
from tests.engine.made_up import made_up_activation

folder = Path(sys.argv[1])
with made_up_activation(folder):
    from fastapi.testclient import TestClient
    from app.main import create_app
    from app.schemas import ExperimentSpec
    from app.settings import Settings
    from tests.engine.gradcheck import check_activation
    from tests.tools.docs import manual

    check_activation("made_up", {"factor": 0.25}, (5,))
    assert "Squares its sum, which nobody should do." in manual()
    with TestClient(create_app(Settings(data_dir=folder / "data", runner="inprocess"))) as client:
        schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
        assert schemas["MadeUpActivation"]["properties"]["factor"]["exclusiveMinimum"] == 0
        assert "made_up" in json.dumps(schemas["DenseLayer"])
        layers = [{"type": "dense", "units": 1, "activation": {"type": "made_up", "factor": 0.25}}]
        ExperimentSpec.model_validate({"network": {"layers": layers}})
        told = client.get("/api/v1/catalogue").json()["activation"]
        assert "made_up" in [entry["type"] for entry in told]
        form = client.get("/parts/activation/made_up", params={"path": "x"}).text
        assert "How steep it is, a." in form and "Factor" in form
        assert "made_up" in client.get("/parts/layer/dense", params={"path": "x"}).text
        assert "Made-up" in client.get("/").text
"""


def test_an_activation_in_one_file_appears_in_schema_form_manual_and_gradient_check(tmp_path):
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
