"""Each activation and loss in a line or two of NumPy, to be copied into programs as `plain` is."""

import numpy as np


def linear(z):
    return z


def relu(z):
    return np.maximum(z, 0)


def leaky_relu(z, negative_slope):
    return np.where(z > 0, z, negative_slope * z)


def elu(z, alpha):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def tanh(z):
    return np.tanh(z)


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))  # 1 / (1 + e^-z), which would overflow


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softplus(z):
    return np.logaddexp(0, z)


def silu(z):
    return z * sigmoid(z)


def gelu(z):
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def step(z):
    return (z > 0).astype(np.float32)


# Losses of each example, (N,). Those of classes read the sums before the last activation: no digit is lost.


def mse(outputs, targets):
    return ((outputs - targets) ** 2).mean(axis=1)


def mae(outputs, targets):
    return np.abs(outputs - targets).mean(axis=1)


def huber(outputs, targets, delta):
    e = np.abs(outputs - targets)
    return np.where(e <= delta, 0.5 * e**2, delta * (e - 0.5 * delta)).mean(axis=1)


def hinge(outputs, targets):
    return np.maximum(0, 1 - targets * outputs).mean(axis=1)


def binary_cross_entropy(sums, targets):
    return (np.logaddexp(0, sums) - targets * sums).mean(axis=1)


def categorical_cross_entropy(sums, targets):
    top = sums.max(axis=1, keepdims=True)
    return np.log(np.exp(sums - top).sum(axis=1)) + top[:, 0] - sums[np.arange(len(sums)), targets]
