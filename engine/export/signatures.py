"""What the constructors of Keras and PyTorch take, in which order and with which defaults.

The exporters leave out what is a default; the importers fill it in. A test compares the tables with the libraries
where these are installed. Arguments that nothing here can use are left out of the tables.
"""

import ast
from dataclasses import dataclass
from typing import Any

REQUIRED = object()


@dataclass(frozen=True)
class Signature:
    """The parameters of one constructor, in order, with their defaults (REQUIRED where there is none)."""

    name: str
    defaults: dict[str, Any]


_START = "kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None"
_CONV = f"data_format=None, dilation_rate=1, groups=1, activation=None, use_bias=True, {_START}"
_RNN = (
    "use_bias=True, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros',"
)
_RNN_END = "kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None"
_GATED = f"units, activation='tanh', recurrent_activation='sigmoid', {_RNN}"
_LATER = "dropout=0.0, recurrent_dropout=0.0, return_sequences=False, return_state=False, go_backwards=False"

_KERAS = f"""
Dense(units, activation=None, use_bias=True, {_START})
Conv1D(filters, kernel_size, strides=1, padding='valid', {_CONV})
Conv2D(filters, kernel_size, strides=1, padding='valid', {_CONV})
MaxPooling2D(pool_size=2, strides=None, padding='valid', data_format=None)
AveragePooling2D(pool_size, strides=None, padding='valid', data_format=None)
GlobalAveragePooling2D(data_format=None, keepdims=False)
ZeroPadding1D(padding=1, data_format=None)
ZeroPadding2D(padding=1, data_format=None)
Flatten(data_format=None)
Reshape(target_shape)
Dropout(rate)
SpatialDropout2D(rate)
BatchNormalization(axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True)
LayerNormalization(axis=-1, epsilon=0.001, center=True, scale=True)
Embedding(input_dim, output_dim, embeddings_initializer='uniform', embeddings_regularizer=None)
SimpleRNN(units, activation='tanh', {_RNN} {_RNN_END}, {_LATER})
LSTM({_GATED} unit_forget_bias=True, {_RNN_END}, {_LATER})
GRU({_GATED} {_RNN_END}, {_LATER}, reset_after=True)
Add()
Multiply()
Concatenate(axis=-1)
Activation(activation)
ReLU(max_value=None, negative_slope=0.0, threshold=0.0)
LeakyReLU(negative_slope=0.3)
ELU(alpha=1.0)
Softmax(axis=-1)
InputLayer(shape=None, batch_size=None, dtype=None, batch_shape=None)
Input(shape=None, batch_size=None, dtype=None, batch_shape=None)
SGD(learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=None)
Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False, weight_decay=None)
AdamW(learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False)
RMSprop(learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-07, centered=False, weight_decay=None)
Adagrad(learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-07, weight_decay=None)
Adadelta(learning_rate=0.001, rho=0.95, epsilon=1e-07, weight_decay=None)
MeanSquaredError()
MeanAbsoluteError()
Huber(delta=1.0)
Hinge()
BinaryCrossentropy(from_logits=False, label_smoothing=0.0)
CategoricalCrossentropy(from_logits=False, label_smoothing=0.0)
SparseCategoricalCrossentropy(from_logits=False)
ExponentialDecay(initial_learning_rate, decay_steps, decay_rate, staircase=False)
CosineDecay(initial_learning_rate, decay_steps, alpha=0.0)
PolynomialDecay(initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False)
RandomNormal(mean=0.0, stddev=0.05, seed=None)
TruncatedNormal(mean=0.0, stddev=0.05, seed=None)
RandomUniform(minval=-0.05, maxval=0.05, seed=None)
Constant(value=0.0)
Zeros()
Ones()
GlorotUniform(seed=None)
GlorotNormal(seed=None)
HeUniform(seed=None)
HeNormal(seed=None)
Orthogonal(gain=1.0, seed=None)
L1(l1=0.01)
L2(l2=0.01)
"""

_MODULE = "bias=True, batch_first=False, dropout=0.0, bidirectional=False"
_CONV_TORCH = "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True"
_NORM = "num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True"
_POOL = "kernel_size, stride=None, padding=0"

_TORCH = f"""
Linear(in_features, out_features, bias=True)
Conv1d({_CONV_TORCH})
Conv2d({_CONV_TORCH})
ZeroPad1d(padding)
ZeroPad2d(padding)
MaxPool2d({_POOL}, dilation=1, return_indices=False, ceil_mode=False)
AvgPool2d({_POOL}, ceil_mode=False, count_include_pad=True)
AdaptiveAvgPool2d(output_size)
Flatten(start_dim=1, end_dim=-1)
Unflatten(dim, unflattened_size)
Dropout(p=0.5, inplace=False)
Dropout2d(p=0.5, inplace=False)
BatchNorm1d({_NORM})
BatchNorm2d({_NORM})
BatchNorm3d({_NORM})
LayerNorm(normalized_shape, eps=1e-05, elementwise_affine=True)
Embedding(num_embeddings, embedding_dim, padding_idx=None)
RNN(input_size, hidden_size, num_layers=1, nonlinearity='tanh', {_MODULE})
LSTM(input_size, hidden_size, num_layers=1, {_MODULE})
GRU(input_size, hidden_size, num_layers=1, {_MODULE})
Identity()
ReLU(inplace=False)
LeakyReLU(negative_slope=0.01, inplace=False)
ELU(alpha=1.0, inplace=False)
Tanh()
Sigmoid()
Softmax(dim=None)
LogSoftmax(dim=None)
Softplus(beta=1.0, threshold=20.0)
SiLU(inplace=False)
GELU(approximate='none')
MSELoss(reduction='mean')
L1Loss(reduction='mean')
HuberLoss(reduction='mean', delta=1.0)
SmoothL1Loss(reduction='mean', beta=1.0)
BCELoss(reduction='mean')
BCEWithLogitsLoss(reduction='mean')
CrossEntropyLoss(reduction='mean', label_smoothing=0.0)
NLLLoss(reduction='mean')
SGD(params, lr=0.001, momentum=0, dampening=0, weight_decay=0, nesterov=False)
Adam(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, amsgrad=False)
AdamW(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01, amsgrad=False)
RMSprop(params, lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0, momentum=0, centered=False)
Adagrad(params, lr=0.01, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10)
Adadelta(params, lr=1.0, rho=0.9, eps=1e-06, weight_decay=0)
StepLR(optimizer, step_size, gamma=0.1)
ExponentialLR(optimizer, gamma)
CosineAnnealingLR(optimizer, T_max, eta_min=0.0)
LinearLR(optimizer, start_factor=1.0 / 3, end_factor=1.0, total_iters=5)
"""


def _read(table: str) -> dict[str, Signature]:
    out = {}
    for line in table.strip().splitlines():
        function = ast.parse(f"def {line}: ...").body[0]
        assert isinstance(function, ast.FunctionDef)
        names = [a.arg for a in function.args.args]
        values = [_value(d) for d in function.args.defaults]
        given = dict(zip(names[len(names) - len(values) :], values, strict=True))
        out[function.name] = Signature(function.name, {name: given.get(name, REQUIRED) for name in names})
    return out


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.BinOp):  # a third
        return _value(node.left) / _value(node.right)
    return ast.literal_eval(node)


KERAS, TORCH = _read(_KERAS), _read(_TORCH)
