"""PyTorch code as people write it: read, explained, and refused with the line where it is not known."""

import pytest

from engine.errors import PlaygroundError
from engine.experiment import Experiment, check_network
from engine.importing.torch_code import from_torch
from tests.exchange.runs import images

TEXTBOOK = """\
import torch
import torch.nn as nn
import torch.optim as optim
from torchvision import datasets, transforms

class CNN(nn.Module):
    def __init__(self):
        super(CNN, self).__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(64 * 6 * 6, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = x.view(-1, 64 * 6 * 6)
        x = torch.relu(self.fc1(x))
        x = self.fc2(x)
        return x

transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
trainset = datasets.MNIST('./data', train=True, download=True, transform=transform)
testset = datasets.MNIST('./data', train=False, download=True, transform=transform)
trainloader = torch.utils.data.DataLoader(trainset, batch_size=64, shuffle=True)
testloader = torch.utils.data.DataLoader(testset, batch_size=1000, shuffle=False)

model = CNN()
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

for epoch in range(5):
    for images, labels in trainloader:
        optimizer.zero_grad()
        output = model(images)
        loss = criterion(output, labels)
        loss.backward()
        optimizer.step()
"""


def test_the_textbook_network_opens_with_its_slip_explained(tmp_path):
    found = from_torch(TEXTBOOK)
    shapes = check_network(found.network, found.input_shape)
    assert found.input_shape == (28, 28, 1)
    assert shapes["parameters"] == 320 + 18_496 + 1600 * 64 + 64 + 650
    assert [layer["output_shape"] for layer in shapes["layers"]] == [
        [26, 26, 32], [13, 13, 32], [11, 11, 64], [5, 5, 64], [1600], [64], [10],
    ]  # fmt: skip
    assert found.notes == [
        "Lines 16 to 20: 7 layers with 121,930 weights.",
        "Trained by sgd, on categorical_cross_entropy, in batches of 64, for 5 epochs.",
        "Line 18: 2,304 values (64 maps of 6×6) are spoken of here, but 64 maps of 5×5, that is 1,600 values, arrive"
        " (28 → 26 → 13 → 11 → 5). The network here reads 1,600.",
    ]
    t = found.training
    assert t["optimizer"] == {"type": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": False}
    assert (t["loss"], t["batch_size"], t["epochs"]) == ("categorical_cross_entropy", 64, 5)
    assert found.data == {"type": "mnist"}
    with images(tmp_path):
        spec = {**found.spec(), "data": {"type": "mnist", "samples": 40}}
        Experiment.from_json({**spec, "training": {**t, "batch_size": 8}})


def test_the_slip_is_explained_where_the_code_does_not_say_its_data():
    lines = TEXTBOOK.splitlines()
    found = from_torch("\n".join([*lines[:3], *lines[5:21]]))
    assert found.input_shape == (28, 28, 1)
    assert "64 maps of 5×5" in found.notes[1]
    assert found.notes[2] == "With images of 32×32 the numbers in the code would fit."


def kinds(found):
    return [layer["type"] for layer in found.network["layers"]]


def net(init, forward, rest=""):
    before = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\nclass Net(nn.Module):\n"
    head = "  def __init__(self):\n    super().__init__()\n"
    made = "".join(f"    {line}\n" for line in init.split("; "))
    run = "".join(f"    {line}\n" for line in forward.split("; "))
    return f"{before}{head}{made}  def forward(self, x):\n{run}{rest}"


FORMS = {
    "Sequential": "from torch import nn\nmodel = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))",
    "named": "from torch import nn\nfrom collections import OrderedDict\nmodel = nn.Sequential(OrderedDict(["
    "('fc1', nn.Linear(4, 8)), ('act', nn.ReLU()), ('fc2', nn.Linear(8, 3))]))",
    "nested": "import torch\nm = torch.nn.Sequential(torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU()),"
    " torch.nn.Linear(8, 3))",
    "F.relu": net("self.a = nn.Linear(4, 8); self.b = nn.Linear(8, 3)", "x = F.relu(self.a(x)); return self.b(x)"),
    "a method": net("self.a = nn.Linear(4, 8); self.b = nn.Linear(8, 3)", "return self.b(self.a(x).relu())"),
    "a module": net(
        "self.a = nn.Linear(4, 8); self.f = nn.ReLU(); self.b = nn.Linear(8, 3)", "return self.b(self.f(self.a(x)))"
    ),
    "a Sequential inside": net(
        "self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU()); self.head = nn.Linear(8, 3)",
        "return self.head(self.body(x))",
    ),
    "a list": net(
        "self.ls = nn.ModuleList([nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)])", "for l in self.ls: x = l(x); return x"
    ),
    "with sizes": "import torch.nn as nn\nclass Net(nn.Module):\n  def __init__(self, n_in, n_out=3, hidden=8):\n"
    "    super(Net, self).__init__()\n    self.a, self.b = nn.Linear(n_in, hidden), nn.Linear(hidden, n_out)\n"
    "  def forward(self, x):\n    x = nn.functional.relu(self.a(x))\n    return self.b(x)\nnet = Net(4).to('cpu')",
    "never made": net("self.a = nn.Linear(4, 8); self.b = nn.Linear(8, 3)", "return self.b(torch.relu(self.a(x)))"),
}


@pytest.mark.parametrize("code", FORMS.values(), ids=FORMS.keys())
def test_a_network_is_read_in_whatever_way_it_is_written(code):
    found = from_torch(code)
    assert found.input_shape == (4,)
    hidden, output = found.network["layers"]
    assert (hidden["type"], hidden["units"], hidden["activation"]) == ("dense", 8, "relu")
    assert (output["units"], output.get("activation", "linear")) == (3, "linear")
    assert hidden["kernel_initializer"] == "torch_default"


def test_an_activation_on_a_line_of_its_own_stays_a_layer():
    code = net(
        "self.a = nn.Linear(4, 8); self.act = nn.Tanh(); self.b = nn.Linear(8, 3)",
        "x = self.a(x); x = self.act(x); return self.b(x)",
    )
    found = from_torch(code)
    assert [layer["id"] for layer in found.network["layers"]] == ["a", "act", "b"]


def test_sums_that_are_read_twice_keep_their_activation_apart():
    found = from_torch(net("self.a = nn.Linear(4, 4)", "y = self.a(x); z = F.relu(y); out = y + z; return out"))
    assert kinds(found) == ["dense", "activation", "add"]
    assert found.network["layers"][2]["inputs"] == [found.network["layers"][0]["id"], found.network["layers"][1]["id"]]


def test_a_residual_block_in_a_class_of_its_own():
    found = from_torch(
        "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
        "class Block(nn.Module):\n  def __init__(self, c):\n    super().__init__()\n"
        "    self.conv1 = nn.Conv2d(c, c, 3, padding=1, bias=False)\n    self.bn1 = nn.BatchNorm2d(c)\n"
        "    self.conv2 = nn.Conv2d(c, c, 3, padding=1)\n"
        "  def forward(self, x):\n    out = F.relu(self.bn1(self.conv1(x)))\n    out = self.conv2(out)\n    out += x\n"
        "    return F.relu(out)\n"
        "class Net(nn.Module):\n  def __init__(self):\n    super().__init__()\n    self.stem = nn.Conv2d(1, 4, 3)\n"
        "    self.block = Block(4)\n    self.pool = nn.AdaptiveAvgPool2d(1)\n    self.fc = nn.Linear(4, 10)\n"
        "  def forward(self, x):\n    x = self.block(self.stem(x))\n    x = self.pool(x)\n    x = torch.flatten(x, 1)\n"
        "    return self.fc(x)\nnet = Net()\n"
    )
    assert kinds(found) == [
        "conv2d", "conv2d", "batch_norm", "activation", "conv2d", "add", "activation", "global_avg_pool2d", "dense",
    ]  # fmt: skip
    assert found.network["layers"][5]["inputs"] == ["conv2", "stem"]


@pytest.mark.parametrize(
    "forward",
    [
        "out, _ = self.rnn(x); return self.fc(out[:, -1])",
        "out, (h, c) = self.rnn(x); return self.fc(out[:, -1, :])",
        "_, h = self.rnn(x); return self.fc(h[-1])",
        "return self.fc(self.rnn(x)[0][:, -1])",
    ],
)
def test_the_last_step_of_a_memory(forward):
    found = from_torch(net("self.rnn = nn.GRU(1, 5, batch_first=True); self.fc = nn.Linear(5, 1)", forward))
    assert kinds(found) == ["gru", "dense"]
    assert found.network["layers"][0]["return_sequences"] is False
    assert found.input_shape == (16, 1)


VIEWS = ("x.view(-1, 784)", "x.view(x.size(0), -1)", "x.reshape(x.shape[0], -1)", "torch.flatten(x, 1)")


@pytest.mark.parametrize("view", [*VIEWS, "x.flatten(1)", "x.view(len(x), 28 * 28)"])
def test_ways_to_lay_an_image_in_a_row(view):
    code = net("self.fc = nn.Linear(784, 10)", f"return self.fc({view})", "from torchvision.datasets import MNIST\n")
    found = from_torch(code)
    assert kinds(found) == ["flatten", "dense"]
    assert found.input_shape == (28, 28, 1)


def test_what_training_says():
    found = from_torch(
        "import torch\nfrom torch import nn\nimport torch.nn.functional as F\ntorch.manual_seed(3)\nEPOCHS = 12\n"
        "model = nn.Sequential(nn.Linear(2, 1))\n"
        "optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, betas=(0.8, 0.99), weight_decay=0.001)\n"
        "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)\n"
        "def train(loader):\n  for epoch in range(1, EPOCHS + 1):\n    for x, y in loader:\n"
        "      loss = F.mse_loss(model(x), y)\n      nn.utils.clip_grad_norm_(model.parameters(), 2.0)\n"
    )
    t = found.training
    assert found.seed == 3
    assert t["optimizer"] == {"type": "adam", "learning_rate": 0.01, "epsilon": 1e-08, "beta1": 0.8, "beta2": 0.99}
    assert t["regularizer"] == {"type": "l2", "rate": 0.001}
    assert t["schedule"] == {"type": "step_decay", "every": 4, "gamma": 0.5}
    assert (t["loss"], t["epochs"], t["clip_norm"]) == ("mse", 12, 2.0)
    assert found.notes[-1].startswith("Line 7: weight_decay becomes L2")


def test_a_softmax_that_pytorch_would_apply_twice_is_said():
    found = from_torch(
        "from torch import nn\nmodel = nn.Sequential(nn.Linear(2, 3), nn.Softmax(dim=1))\nloss = nn.CrossEntropyLoss()"
    )
    assert any("applies it twice" in n for n in found.notes)


TWO = "return self.b(self.a(x))"
REFUSED = {
    "an unknown module": ("self.a = nn.Conv3d(1, 2, 3)", "return self.a(x)", "Line 7: There is no layer here like"),
    "an unknown function": ("self.a = nn.Linear(2, 2)", "return torch.cumsum(x, 1)", "Line 9: torch.cumsum is not"),
    "an unknown method": ("self.a = nn.Linear(2, 2)", "return self.a(x).cumsum(1)", "Line 9: What .cumsum does to"),
    "subtraction": ("self.a = nn.Linear(2, 2)", "return self.a(x) - x", "Line 9: Layers can be added and multiplied"),
    "a number added": ("self.a = nn.Linear(2, 2)", "return self.a(x) + 1", "Line 9: Only two layers can be added"),
    "sizes": ("self.a = nn.Linear(2, 3); self.b = nn.Linear(4, 1)", TWO, "Line 8: This Linear reads 4 values, but 3"),
    "channels": ("self.a = nn.Conv2d(1, 3, 3); self.b = nn.Conv2d(4, 1, 3)", TWO, "Line 8: This convolution reads 4"),
    "shared weights": ("self.a = nn.Linear(2, 2)", "return self.a(self.a(x))", "Line 9: nn.Linear is used twice"),
    "two layers of memory": ("self.a = nn.LSTM(1, 2, 2)", "return self.a(x)[0]", "Line 7: Recurrent layers have one"),
}


@pytest.mark.parametrize("init, forward, message", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_known_is_refused_with_its_line(init, forward, message):
    with pytest.raises(PlaygroundError) as caught:
        from_torch(net(init, forward))
    assert caught.value.message.startswith(message)
    assert caught.value.where == f"code.line{message.split()[1].rstrip(':')}"


@pytest.mark.parametrize(
    "code", ["", "x = 1", "import torch\nclass A:\n  pass\n", "class A(B):\n  def forward(self): ..."]
)
def test_code_without_a_network_is_refused(code):
    with pytest.raises(PlaygroundError, match="no PyTorch network"):
        from_torch(code)
