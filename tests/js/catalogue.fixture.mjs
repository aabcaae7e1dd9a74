// A small catalogue in the shape that the server sends, for tests that must not depend on the engine's own.

const param = (name, widget, value, more = {}) => ({
  name, widget, default: value, help: "", label: name[0].toUpperCase() + name.slice(1).replaceAll("_", " "), lo: null, hi: null,
  open_lo: false, open_hi: false, options: [], kind: "", optional: false, live: false, scale: "linear", presets: [], ...more,
});
const part = (kind, type, params = [], facts = {}) => ({ kind, type, label: type, help: "", formula: "", source: "", params, facts });
const dense = (units, activation) => ({ type: "dense", units, activation });

const plane = { task: "classification", view: "plane", shape: [2], columns: ["x", "y"], train_fraction: 0.5 };
const made = [param("samples", "integer", 500, { lo: 20, hi: 10000 }), param("noise", "real", 0, { lo: 0, hi: 50 })];

export const catalogue = {
  layer: [
    part("layer", "dense", [
      param("units", "integer", 16, { lo: 1, hi: 4096 }), param("activation", "part", "linear", { kind: "activation" }),
      param("bias", "flag", true), param("kernel_initializer", "part", "glorot_uniform", { kind: "initializer" }),
    ]),
    part("layer", "dropout", [param("rate", "real", 0.5, { lo: 0, hi: 1, open_hi: true })]),
    part("layer", "activation", [param("activation", "part", "relu", { kind: "activation" })]),
    part("layer", "conv2d", [param("kernel_size", "pair", [3, 3], { lo: 1, hi: 11 }),
      param("padding", "choice", "valid", { options: ["valid", "same"] })]),
    part("layer", "flatten"),
    part("layer", "add", [], { merges: true }),
    part("layer", "concatenate", [], { merges: true }),
  ],
  activation: [part("activation", "linear"), part("activation", "relu"), part("activation", "tanh"), part("activation", "sigmoid"),
    part("activation", "softmax"),
    part("activation", "leaky_relu", [param("negative_slope", "real", 0.01, { lo: 0, hi: 1, open_lo: true })])],
  initializer: [part("initializer", "glorot_uniform"), part("initializer", "normal", [param("stddev", "real", 0.05, { lo: 0, hi: 10 })])],
  loss: [part("loss", "mse"), part("loss", "categorical_cross_entropy")],
  optimizer: [
    part("optimizer", "sgd", [param("learning_rate", "real", 0.03, { lo: 0, hi: 100, open_lo: true }), param("momentum", "real", 0, { lo: 0, hi: 1, open_hi: true })]),
    part("optimizer", "adam", [param("learning_rate", "real", 0.001, { lo: 0, hi: 100, open_lo: true })]),
  ],
  schedule: [part("schedule", "constant"), part("schedule", "cosine", [param("epochs", "integer", 100, { lo: 1, hi: 100000 })])],
  regularizer: [part("regularizer", "none"), part("regularizer", "l2", [param("rate", "real", 0.001, { lo: 0, hi: 10 })])],
  dataset: [
    part("dataset", "circle", made, { ...plane, class_names: ["orange", "blue"],
      preset: { layers: [dense(4, "tanh"), dense(2, "tanh"), dense(1, "tanh")], training: { loss: "mse" } } }),
    part("dataset", "spiral", made, { ...plane, class_names: ["orange", "blue"],
      preset: { layers: [dense(8, "tanh"), dense(1, "tanh")], training: { loss: "mse", optimizer: { type: "adam", learning_rate: 0.01 } } } }),
    part("dataset", "blobs", [...made, param("classes", "integer", 3, { lo: 2, hi: 8 })], { ...plane, class_names: ["A", "B", "C"],
      preset: { layers: [dense(3, "softmax")], training: { loss: "categorical_cross_entropy" } } }),
    part("dataset", "iris", [], { task: "classification", view: "table", shape: [4], train_fraction: 0.8,
      columns: ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"],
      class_names: ["setosa", "versicolor", "virginica"],
      preset: { layers: [dense(4, "tanh"), dense(3, "softmax")], training: { loss: "categorical_cross_entropy" } } }),
    part("dataset", "slope", made, { ...plane, task: "regression", class_names: null,
      preset: { layers: [dense(1, "linear")], training: { loss: "mse" } } }),
  ],
  settings: [part("settings", "training", [
    param("loss", "part", "mse", { kind: "loss" }), param("optimizer", "part", "sgd", { kind: "optimizer", live: true }),
    param("schedule", "part", "constant", { kind: "schedule", live: true }),
    param("regularizer", "part", "none", { kind: "regularizer", live: true }),
    param("batch_size", "integer", 10, { lo: 1, hi: 100000, live: true }),
    param("epochs", "integer", null, { lo: 1, hi: 1e7, live: true, optional: true }), param("shuffle", "flag", true),
    param("clip_norm", "real", null, { lo: 0, hi: 1000, open_lo: true, optional: true, live: true }),
  ])],
  feature: ["x", "y", "x_squared", "sin_x"].map((type) => part("feature", type)),
};

export const defaults = {
  version: 1,
  seed: 1,
  data: { type: "circle", samples: 500, noise: 0, seed: 1, train_fraction: 0.5, features: ["x", "y"] },
  network: { version: 1, layers: [
    { id: "hidden1", type: "dense", units: 4, activation: { type: "tanh" }, bias: true, kernel_initializer: { type: "glorot_uniform" } },
    { id: "output", type: "dense", units: 1, activation: { type: "tanh" }, bias: true, kernel_initializer: { type: "glorot_uniform" } },
  ] },
  training: { loss: { type: "mse" }, optimizer: { type: "sgd", learning_rate: 0.03, momentum: 0 }, schedule: { type: "constant" },
    regularizer: { type: "none" }, batch_size: 10, epochs: null, shuffle: true, clip_norm: null },
};
