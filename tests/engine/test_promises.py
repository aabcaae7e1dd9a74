"""What every layer and activation promises besides its gradient: shapes, precision, and that looking disturbs nothing.

The table is the catalogue: a new layer is in it by being declared, with each of its examples.
"""

import math
from functools import partial

import numpy as np
import pytest

from engine.builder import run
from engine.experiment import check_network
from engine.network import Network
from engine.parameters import Parameters
from engine.program import Program
from engine.spec import CATALOGUE, make, to_json
from tests.engine.gradcheck import BATCH, Bench
from tests.engine.scaffold import alone, case_id, fill, layer_cases, part_cases, pieces

LAYERS = pytest.mark.parametrize("name, parameters, shapes", layer_cases(), ids=case_id)
ACTIVATIONS = pytest.mark.parametrize("name, parameters", part_cases("activation"), ids=case_id)


def made(name, parameters, shapes, batch=BATCH):
    return alone(make("layer", {"type": name, **parameters}), shapes, batch)


def filled(network, dtype, seed=0):
    parameters = Parameters(network, dtype)
    parameters.initialize(seed)
    fill(parameters, np.random.default_rng(seed))
    return parameters


def chance(network):
    """Whether training draws random numbers in this network."""
    outputs = []
    for seed in range(3):
        bench = Bench(network)
        bench.start = (np.random.default_rng(seed).bit_generator.state, bench.start[1])
        bench.run()
        outputs.append(bench.program.outputs().copy())
    return any((out != outputs[0]).any() for out in outputs)


@LAYERS
def test_the_shape_shown_is_the_shape_computed(name, parameters, shapes):
    network = made(name, parameters, shapes)
    program = Program(network, filled(network, np.float32), batch=BATCH)
    program.run()
    assert program.outputs().shape == (BATCH, *network.output.out_shape)
    assert np.isfinite(program.outputs()).all()


@LAYERS
def test_the_weights_shown_are_all_the_weights_and_can_be_written(name, parameters, shapes):
    """Each stored number is in exactly one view, under the name and shape that a check of the network tells."""
    network = made(name, parameters, shapes)
    weights = Parameters(network, np.float64)
    views, part = weights.named[name], weights.segments[name]
    weights.flat[:] = np.arange(weights.flat.size)
    shown = np.concatenate([np.zeros(0), *(view.ravel() for view in views.values())])
    np.testing.assert_array_equal(np.sort(shown), weights.flat[part])
    for view in views.values():
        view[...] = -1.0
    assert (weights.flat[part] == -1.0).all()

    with pieces(shapes) as inputs:
        tested = {"id": "tested", "type": name, **parameters, "inputs": [i["id"] for i in inputs]}
        found = check_network({"layers": [*inputs, tested]}, (sum(map(math.prod, shapes)),))
    assert found["errors"] == []
    shown_layer = found["layers"][-1]
    assert shown_layer["parameters"] == network.output.count() == weights.flat[part].size
    assert shown_layer["output_shape"] == list(network.output.out_shape)
    trained = {w["name"]: tuple(w["shape"]) for w in shown_layer["weights"] if w.get("trainable", True)}
    assert trained == {key: view.shape for key, view in views.items()}


@LAYERS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_call_computes_in_another_precision(name, parameters, shapes, dtype):
    network = made(name, parameters, shapes)
    weights = filled(network, dtype)
    program = Program(network, weights, batch=BATCH, gradients=weights.like(), loss=make("loss", "mse"))
    assert program.output.value.dtype == dtype
    for function, *args in program.calls:
        if isinstance(function, partial):
            args += function.keywords.values()
        for array in (*args, getattr(function, "__self__", None)):
            if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                assert array.dtype == dtype, f"{function} gets {array.dtype}"


@LAYERS
def test_use_equals_training_where_there_is_no_chance(name, parameters, shapes):
    """Layers that draw random numbers or keep running averages differ on purpose; all others may not."""
    network = made(name, parameters, shapes)
    bench = Bench(network)
    if bench.parameters.state.size or chance(network):
        pytest.skip("differs on purpose")
    bench.run()
    program = Program(network, bench.parameters, batch=BATCH)
    program.run()
    np.testing.assert_allclose(program.outputs(), bench.program.outputs(), rtol=1e-12, atol=1e-12)


@LAYERS
def test_a_prediction_during_training_leaves_gradients_alone(name, parameters, shapes):
    """At whatever point between forward and backward somebody looks: here, after every single call."""
    network = made(name, parameters, shapes)
    bench = Bench(network)
    expected = bench.analytic()
    looks = [Program(network, bench.parameters, batch=BATCH, keep=keep) for keep in (False, True)]
    bench.noise.bit_generator.state, bench.parameters.state[:] = bench.start
    bench.gradients.flat[:] = np.nan
    for call in bench.program.calls:
        run([call])
        for look in looks:
            look.run()
    np.testing.assert_array_equal(bench.gradients.flat, expected)


@LAYERS
def test_running_twice_gives_the_same_gradients(name, parameters, shapes):
    """Nothing is left over from the run before: gradients are written, not added to."""
    bench = Bench(made(name, parameters, shapes))
    np.testing.assert_array_equal(bench.analytic(), bench.analytic())
    assert np.isfinite(bench.analytic()).all()


@pytest.mark.parametrize(
    "name, parameters, shapes",
    [case for case in layer_cases() if hasattr(CATALOGUE["layer"][case[0]](), "activation")],
    ids=case_id,
)
def test_values_before_an_activation_are_kept_without_changing_what_comes_out(name, parameters, shapes):
    fast, kept = Bench(made(name, parameters, shapes)), Bench(made(name, parameters, shapes), keep=True)
    np.testing.assert_array_equal(fast.analytic(), kept.analytic())
    np.testing.assert_array_equal(fast.program.outputs(), kept.program.outputs())


@ACTIVATIONS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_activation_in_the_buffer_of_its_sums_equals_one_beside_it(name, parameters, dtype):
    layer = {"type": "dense", "units": 6, "activation": {"type": name, **parameters}}
    network = Network.from_json({"layers": [layer, {"type": "dense", "units": 2}]}, (4,))
    weights, x = Parameters(network, dtype), np.random.default_rng(1).normal(size=(BATCH, 4))
    fill(weights, np.random.default_rng(0))
    seen = []
    for keep in (False, True):
        gradients = weights.like()
        program = Program(network, weights, batch=BATCH, gradients=gradients, loss=make("loss", "mse"), keep=keep)
        program.samples[:, :-1] = x
        program.targets[...] = 0.5
        program.run()
        seen.append((program.outputs().copy(), gradients.flat))
    np.testing.assert_array_equal(seen[0][0], seen[1][0])
    np.testing.assert_array_equal(seen[0][1], seen[1][1])


@ACTIVATIONS
def test_an_activation_stays_in_the_range_it_declares(name, parameters):
    """The range decides how classes are encoded, so it has to be true, also for large sums."""
    activation = make("activation", {"type": name, **parameters})
    network = alone(make("layer", {"type": "activation", "activation": to_json(activation)}), ((4,),), 64)
    weights = Parameters(network, np.float32)
    weights.flat[:] = np.random.default_rng(0).normal(0, 30, weights.flat.shape)
    program = Program(network, weights, batch=64)
    program.run()
    lo, hi = activation.range
    assert (program.outputs() >= lo).all()
    assert (program.outputs() <= hi).all()


@pytest.mark.parametrize("name", CATALOGUE["layer"])
def test_every_layer_has_examples_with_shapes(name):
    assert [case for case in layer_cases() if case[0] == name], "Without examples it is not tested at all."


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_example_can_be_made_and_written_as_json(kind):
    for name, cls in CATALOGUE[kind].items():
        for example in cls.examples:
            parameters = example[0] if kind == "layer" else example
            part = make(kind, {"type": name, **parameters})
            assert make(kind, to_json(part)) == part
