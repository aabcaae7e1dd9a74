"""Keras code as people write it: read, explained, and refused with the line where it is not known."""

import pytest

from engine.errors import PlaygroundError
from engine.experiment import Experiment, check_network
from engine.importing.keras_code import from_keras
from tests.exchange.runs import images

TEXTBOOK = """\
from tensorflow.keras import datasets, layers, models

(train_images, train_labels), (test_images, test_labels) = datasets.mnist.load_data()
train_images = train_images.reshape((60000, 28, 28, 1)).astype('float32') / 255
test_images = test_images.reshape((10000, 28, 28, 1)).astype('float32') / 255

model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation='relu'))
model.add(layers.Dense(10, activation='softmax'))
model.summary()

model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(train_images, train_labels, epochs=5)
test_loss, test_acc = model.evaluate(test_images, test_labels)
print(test_acc)
"""


def test_the_textbook_network_opens_and_trains(tmp_path):
    found = from_keras(TEXTBOOK)
    shapes = check_network(found.network, found.input_shape)
    assert found.input_shape == (28, 28, 1)
    assert shapes["parameters"] == 93_322
    assert [layer["output_shape"] for layer in shapes["layers"]] == [
        [26, 26, 32], [13, 13, 32], [11, 11, 64], [5, 5, 64], [3, 3, 64], [576], [64], [10],
    ]  # fmt: skip
    assert found.data == {"type": "mnist"}
    assert found.notes == [
        "Lines 8 to 15: 8 layers with 93,322 weights.",
        "Trained by adam, on categorical_cross_entropy, in batches of 32, for 5 epochs.",
    ]
    assert found.training["optimizer"]["type"] == "adam"
    assert found.training["loss"] == "categorical_cross_entropy"
    assert (found.training["batch_size"], found.training["epochs"]) == (32, 5)
    spec = found.spec()
    with images(tmp_path):
        experiment = Experiment.from_json({**spec, "data": {"type": "mnist", "samples": 40}})
    assert experiment.training.batch_size == 32


def kinds(found):
    return [layer["type"] for layer in found.network["layers"]]


DENSE = "Dense(10, activation='softmax')"
FORMS = {
    "a list": f"import keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.{DENSE}])",
    "added one by one": f"from keras import *\nm = Sequential()\nm.add(Input(shape=(4,)))\nm.add(layers.{DENSE})",
    "functional": f"import keras as k\ni = k.Input(shape=(4,))\no = k.layers.{DENSE}(i)\n"
    "m = k.Model(inputs=i, outputs=o)",
    "input_dim": "from keras.layers import Dense\nfrom keras.models import Sequential\n"
    "m = Sequential([Dense(10, 'softmax', input_dim=4)])",
    "batch_input_shape": "from keras.layers import Dense\nfrom keras import Sequential\n"
    "m = Sequential([Dense(units=10, activation='softmax', batch_input_shape=(None, 4))])",
    "built later": f"import keras\nm = keras.Sequential([keras.layers.{DENSE}])\nm.build((None, 4))",
    "in a function": "import keras\ndef make(n=4):\n"
    f"    return keras.Sequential([keras.Input((n,)), keras.layers.{DENSE}])",
    "a function that is called": "import keras\ndef make(n, k):\n    m = keras.Sequential()\n"
    "    m.add(keras.Input((n,)))\n    m.add(keras.layers.Dense(k, activation='softmax'))\n"
    "    return m\nmodel = make(2 + 2, k=10)",
    "constants": "import tensorflow as tf\nCLASSES = 5 * 2\nm = tf.keras.models.Sequential([tf.keras.Input((2**2,)),"
    " tf.keras.layers.Dense(CLASSES, activation=tf.nn.softmax)])",
    "a session": ">>> import keras\n>>> m = keras.Sequential([\n...     keras.Input((4,)),\n"
    f"...     keras.layers.{DENSE}])\n",
    "a notebook": f"%matplotlib inline\n!pip install keras\nimport keras\n"
    f"m = keras.Sequential([keras.Input((4,)), keras.layers.{DENSE}])",
    "inside main": "import keras\nif __name__ == '__main__':\n    with open('x') as f:\n"
    f"        m = keras.Sequential([keras.Input((4,)), keras.layers.{DENSE}])",
}


@pytest.mark.parametrize("code", FORMS.values(), ids=FORMS.keys())
def test_a_network_is_read_in_whatever_way_it_is_written(code):
    found = from_keras(code)
    assert found.input_shape == (4,)
    (layer,) = found.network["layers"]
    assert (layer["type"], layer["units"], layer["activation"]) == ("dense", 10, "softmax")


def test_a_loop_over_sizes_is_followed():
    found = from_keras(
        "import keras\nm = keras.Sequential([keras.Input((3,))])\nfor n in (8, 4):\n"
        "    m.add(keras.layers.Dense(n, activation='tanh'))\nm.add(keras.layers.Dense(1))"
    )
    assert [layer["units"] for layer in found.network["layers"]] == [8, 4, 1]


def test_branches_join():
    found = from_keras(
        "import keras\nfrom keras import layers\n"
        "inputs = keras.Input((8, 8, 3), name='pixels')\n"
        "x = layers.Conv2D(4, 3, padding='same', name='stem')(inputs)\n"
        "y = layers.Conv2D(4, 3, padding='same')(x)\n"
        "y = layers.BatchNormalization()(y)\n"
        "y = layers.ReLU()(y)\n"
        "x = layers.add([x, y])\n"
        "x = layers.GlobalAveragePooling2D()(x)\n"
        "model = keras.Model(inputs, layers.Dense(2)(x))\n"
    )
    assert kinds(found) == ["conv2d", "conv2d", "batch_norm", "activation", "add", "global_avg_pool2d", "dense"]
    assert found.network["layers"][4]["inputs"] == ["stem", "activation1"]
    norm = found.network["layers"][2]
    assert (norm["momentum"], norm["epsilon"]) == (0.99, 0.001)


def test_what_training_says():
    found = from_keras(
        "import keras\nkeras.utils.set_random_seed(7)\n"
        "l2 = keras.regularizers.L2(0.01)\n"
        "m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, kernel_regularizer=l2)])\n"
        "m.compile(optimizer=keras.optimizers.RMSprop(learning_rate=0.005, clipvalue=0.5),\n"
        "          loss=keras.losses.CategoricalCrossentropy(from_logits=True))\n"
        "m.fit(x, y, batch_size=16, epochs=20, shuffle=False, callbacks=[keras.callbacks.EarlyStopping(patience=3)])\n"
    )
    t = found.training
    assert found.seed == 7
    assert t["optimizer"] == {"type": "rmsprop", "learning_rate": 0.005, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-07}
    assert t["loss"] == "categorical_cross_entropy"
    assert t["regularizer"] == {"type": "l2", "rate": 0.02}
    assert (t["clip_value"], t["batch_size"], t["epochs"], t["shuffle"], t["patience"]) == (0.5, 16, 20, False, 3)


SEQUENTIAL = "import keras\nfrom keras import layers\nm = keras.Sequential([\n  keras.Input({shape}),\n  {layer},\n])\n"
NOTED = {
    "rescaling": ("layers.Rescaling(1 / 255), layers.Flatten()", (4,), "Line 5: Rescaling is left out"),
    "exact gelu": ("layers.Dense(2, activation='gelu')", (4,), "Line 5: GELU is computed in its tanh form"),
    "constraints": ("layers.Dense(2, kernel_constraint='nonneg')", (4,), "kernel_constraint of Dense"),
    "a start": ("layers.Dense(2, kernel_initializer='lecun_normal')", (4,), "first weights 'lecun_normal'"),
    "inner dropout": ("layers.LSTM(2, dropout=0.2)", (4, 3), "dropout inside LSTM is left out"),
    "a name": ("layers.Dense(2, name='my layer')", (4,), "the layer 'my layer' is called my_layer here"),
}


@pytest.mark.parametrize("layer, shape, note", NOTED.values(), ids=NOTED.keys())
def test_what_is_not_taken_over_is_said(layer, shape, note):
    found = from_keras(SEQUENTIAL.format(shape=shape, layer=layer))
    assert any(note in n for n in found.notes), found.notes


REFUSED = {
    "an unknown layer": ("layers.Conv3D(2, 3)", (4,), "Line 5: There is no layer here like Keras's Conv3D"),
    "a wrong shape": ("layers.Conv2D(2, 3)", (4,), "Line 5: Needs an image"),
    "a missing size": ("layers.Dense()", (4,), "Line 5: Dense needs units"),
    "a size that is no number": ("layers.Dense('ten')", (4,), "Line 5: units should be a whole number, got 'ten'"),
    "a size that is computed": ("layers.Dense(len(names))", (4,), "Line 5: units should be a whole number"),
    "an unknown activation": ("layers.Dense(2, activation='mish')", (4,), "Line 5: There is no activation 'mish' here"),
    "channels first": ("layers.Conv2D(2, 3, data_format='channels_first')", (4, 4, 1), "Line 5: Channels come last"),
    "causal": ("layers.Conv1D(2, 3, padding='causal')", (4, 4), "Line 5: padding of Conv1D should be valid or same"),
    "a lambda layer": ("layers.Lambda(lambda x: x)", (4,), "Line 5: There is no layer here like Keras's Lambda"),
    "too large": ("layers.Dense(10**6)", (4,), "Line 5: Expected a whole number from 1 to 4096"),
}


@pytest.mark.parametrize("layer, shape, message", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_known_is_refused_with_its_line(layer, shape, message):
    with pytest.raises(PlaygroundError) as caught:
        from_keras(SEQUENTIAL.format(shape=shape, layer=layer))
    assert caught.value.message.startswith(message)
    assert caught.value.where == "code.line5"


@pytest.mark.parametrize(
    "code, message",
    [
        ("", "There is no Keras model in this code."),
        ("print('hello')", "There is no Keras model in this code."),
        ("def f(:\n", "Line 1: This is not Python"),
        ("import keras\nclass M(keras.Model):\n  pass\n", "Line 2: The class M is a model of its own"),
        ("import keras\nm = keras.Model(1, 2)\n", "Line 2: The outputs of this Model are not plain to see."),
    ],
)
def test_code_without_a_model_is_refused(code, message):
    with pytest.raises(PlaygroundError) as caught:
        from_keras(code)
    assert caught.value.message.startswith(message)
