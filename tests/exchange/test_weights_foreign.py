"""Files whose layers are called otherwise than the network's: found by their order, which is said, never in silence."""

import io
import os

import numpy as np
import pytest

from app.exchange.weights_in import images_in_rows, read_weights
from engine.errors import DataError
from engine.export import safetensors
from engine.importing.torch_code import from_torch
from engine.network import Network
from tests.exchange.networks import outputs
from tests.exchange.test_torch_in import TEXTBOOK

LIMITS = {"most": 2**22, "max_parameters": 10**6}


def npz(named):
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **named)
    return file.getvalue()


def test_a_state_dict_of_ones_own_has_other_names_and_its_channels_first(rng):
    torch = pytest.importorskip("torch")
    code = TEXTBOOK.replace("6 * 6", "5 * 5")
    space = {"torch": torch, "nn": torch.nn, "optim": torch.optim}
    exec(code[code.index("class CNN") : code.index("transform =")], space)
    model = space["CNN"]().eval()
    found = from_torch(code)
    layers = [{**layer, "id": f"mine{k}"} for k, layer in enumerate(found.network["layers"])]
    network = Network.from_json(layers, found.input_shape)
    assert list(images_in_rows(network).values()) == list(found.rows.values())
    file = npz({name: a.numpy() for name, a in model.state_dict().items()})
    parameters, notes = read_weights(file, network, **LIMITS)
    x = rng.uniform(0, 1, (3, 28, 28, 1)).astype(np.float32)
    with torch.no_grad():
        theirs = model(torch.from_numpy(x.reshape(3, 1, 28, 28))).numpy()
    np.testing.assert_allclose(outputs(parameters, x), theirs, rtol=1e-4, atol=1e-5)
    assert "conv1 as mine0, conv2 as mine2, fc1 as mine5, fc2 as mine6" in notes[0]
    assert "channels_last" in notes[1]
    wrong, _ = read_weights(file, network, **LIMITS, order="channels_last")
    assert np.abs(outputs(wrong, x) - theirs).max() > 1e-3


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras on PyTorch with NumPy 2
def test_layers_that_keras_has_named_itself_are_found_by_their_order(rng):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    kinds = keras.layers
    memory = [kinds.LSTM(4, return_sequences=True), kinds.GRU(3)]
    model = keras.Sequential([keras.Input((5, 2)), *memory, kinds.Dense(3), kinds.BatchNormalization(), kinds.Dense(2)])
    for variable in model.variables:
        if "seed" not in variable.path:
            variable.assign(rng.uniform(0.1, 1, variable.shape))
    layers = [
        {"id": "reads", "type": "lstm", "units": 4, "return_sequences": True},
        {"id": "keeps", "type": "gru", "units": 3},
        {"id": "hidden1", "type": "dense", "units": 3},
        {"id": "norm", "type": "batch_norm", "epsilon": 0.001},
        {"id": "output", "type": "dense", "units": 2},
    ]
    network = Network.from_json(layers, (5, 2))
    file = npz({variable.path: np.array(variable) for variable in model.variables})
    parameters, notes = read_weights(file, network, **LIMITS)
    x = rng.uniform(-1, 1, (4, 5, 2)).astype(np.float32)
    np.testing.assert_allclose(outputs(parameters, x), model.predict(x, verbose=0), rtol=1e-4, atol=1e-5)
    assert len(notes) == 1 and notes[0].endswith(" as output.")


def test_numbers_in_names_count_as_numbers(rng):
    """Safetensors of PyTorch are sorted by name: "10" comes before "2" there."""
    layers = [{"id": f"layer{k}", "type": "dense", "units": 2} for k in range(12)]
    network = Network.from_json(layers, (2,))
    kernels = rng.standard_normal((12, 2, 2)).astype(np.float32)
    named = {f"{k}.{end}": a for k in range(12) for end, a in (("weight", kernels[k].T), ("bias", np.zeros(2)))}
    parameters, _ = read_weights(safetensors.write(dict(sorted(named.items()))), network, **LIMITS)
    for k in range(12):
        np.testing.assert_array_equal(parameters.named[f"layer{k}"]["kernel"], kernels[k])


def test_what_does_not_fit_in_its_order_is_said_with_what_was_taken_for_what():
    network = Network.from_json(
        [{"id": "a", "type": "dense", "units": 3}, {"id": "b", "type": "dense", "units": 1}], (2,)
    )
    ones = {"one.weight": np.zeros((1, 3)), "one.bias": np.zeros(1)}
    with pytest.raises(DataError, match=r"weights of 1 layers \(one\), the network here has 2 with weights \(a, b\)"):
        read_weights(npz(ones), network, **LIMITS)
    with pytest.raises(DataError, match=r"shape \(1, 3\), but the network needs \(3, 2\)") as caught:
        read_weights(npz({**ones, "two.weight": np.zeros((3, 2)), "two.bias": np.zeros(3)}), network, **LIMITS)
    assert "one as a, two as b" in caught.value.fix
