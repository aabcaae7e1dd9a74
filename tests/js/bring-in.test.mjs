import assert from "node:assert/strict";
import { test } from "node:test";

import { isForeignLink, sourceOf } from "../../static/js/lib/bring-in.js";

test("what is pasted is known for what it is", () => {
  const kinds = {
    'import torch\nmodel = torch.nn.Linear(2, 1)': "torch",
    "self.fc = nn.Linear(4, 2)": "torch",
    "x = F.relu(self.conv1(x))": "torch",
    'model = keras.Sequential([])': "keras",
    "model.add(layers.Dense(3))": "keras",
    '{"class_name": "Sequential", "config": {}}': "keras-json",
    '{"data": {"type": "circle"}}': "spec",
    '{"data": ': "spec",
    "https://playground.tensorflow.org/#activation=tanh&networkShape=4,2": "tf-playground",
    "#networkShape=3&dataset=xor": "tf-playground",
    "good morning": null,
    "": null,
  };
  for (const [text, kind] of Object.entries(kinds)) assert.equal(sourceOf(text), kind, text);
});

test("our own addresses are not taken for theirs", () => {
  assert.equal(isForeignLink("dataset=circle&noise=10"), false);
  assert.equal(isForeignLink("dataset=circle&problem=classification"), true);
});
