"""Each layer and activation in a few lines of NumPy: what the NumPy programs are made of.

The text of these functions is copied into the programs, so each stands by itself, on `np` alone. All arrays have the
samples first and the channels last. **A new layer or activation needs a function of its name.**
"""

import numpy as np

from engine.export.plain_functions import sigmoid


def dense(x, kernel, bias=0.0):
    """(N, D) → (N, U)"""
    return x @ kernel + bias


def conv2d(x, kernel, bias=0.0, strides=(1, 1), border=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
    """(N, H, W, C) → (N, rows, columns, F): for each place in the window, the values there times its weights."""
    x = np.pad(x, ((0, 0), *border, (0, 0)))
    rows = (x.shape[1] - (kernel.shape[0] - 1) * dilation[0] - 1) // strides[0] + 1
    columns = (x.shape[2] - (kernel.shape[1] - 1) * dilation[1] - 1) // strides[1] + 1
    channels, filters = kernel.shape[2], kernel.shape[3] // groups
    y = np.zeros((len(x), rows, columns, groups * filters), np.float32)
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            top, left = i * dilation[0], j * dilation[1]
            seen = x[:, top : top + rows * strides[0] : strides[0], left : left + columns * strides[1] : strides[1]]
            seen = seen[:, :rows, :columns]
            for g in range(groups):
                outputs = slice(g * filters, (g + 1) * filters)
                y[..., outputs] += seen[..., g * channels : (g + 1) * channels] @ kernel[i, j, :, outputs]
    return y + bias


def conv1d(x, kernel, bias=0.0, strides=1, border=(0, 0), dilation=1, groups=1):
    """(N, T, C) → (N, steps, F): a convolution of an image one column wide."""
    wide = (border, (0, 0))
    return conv2d(x[:, :, None], kernel[:, None], bias, (strides, 1), wide, (dilation, 1), groups)[:, :, 0]


def windows(x, size, strides, border, fill):
    """All windows of images (N, H, W, C): (N, rows, columns, C, height, width)."""
    x = np.pad(x, ((0, 0), *border, (0, 0)), constant_values=fill)
    return np.lib.stride_tricks.sliding_window_view(x, size, axis=(1, 2))[:, :: strides[0], :: strides[1]]


def max_pool2d(x, size, strides, border=((0, 0), (0, 0))):
    """(N, H, W, C) → (N, rows, columns, C): the largest value of each window."""
    return windows(x, size, strides, border, -np.inf).max(axis=(4, 5))


def avg_pool2d(x, size, strides, border=((0, 0), (0, 0))):
    """(N, H, W, C) → (N, rows, columns, C): the mean of each window, of the values that are there."""
    return np.nanmean(windows(x, size, strides, border, np.nan), axis=(4, 5))


def global_avg_pool2d(x):
    """(N, H, W, C) → (N, C)"""
    return x.mean(axis=(1, 2))


def flatten(x):
    """(N, …) → (N, D)"""
    return x.reshape(len(x), -1)


def reshape(x, shape):
    """(N, …) → (N, *shape)"""
    return x.reshape(len(x), *shape)


def dropout(x):
    """In use, everything passes."""
    return x


def spatial_dropout2d(x):
    """In use, everything passes."""
    return x


def batch_norm(x, mean, variance, gamma=1.0, beta=0.0, epsilon=1e-5):
    """(N, …, C) unchanged: with the statistics that were kept in training."""
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def layer_norm(x, gamma=1.0, beta=0.0, epsilon=1e-5):
    """(N, …, C) unchanged: mean 0 and variance 1 for each sample and position."""
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def embedding(x, embeddings):
    """(N, T) codes → (N, T, U)"""
    return embeddings[np.clip(np.rint(x), 0, len(embeddings) - 1).astype(int)]


def simple_rnn(x, kernel, recurrent_kernel, bias=0.0, nonlinearity=np.tanh):
    """(N, T, D) → (N, T, U): every step's output."""
    h, out = np.zeros((len(x), len(recurrent_kernel)), np.float32), []
    for t in range(x.shape[1]):
        h = nonlinearity(x[:, t] @ kernel + h @ recurrent_kernel + bias)
        out.append(h)
    return np.stack(out, axis=1)


def lstm(x, kernel, recurrent_kernel, bias=0.0):
    """(N, T, D) → (N, T, U): every step's output. Gates: input, forget, cell, output."""
    h = c = np.zeros((len(x), len(recurrent_kernel)), np.float32)
    out = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent_kernel + bias, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        out.append(h)
    return np.stack(out, axis=1)


def gru(x, kernel, recurrent_kernel, bias=(0.0, 0.0)):
    """(N, T, D) → (N, T, U): every step's output. Gates: reset, update, new."""
    h, out = np.zeros((len(x), len(recurrent_kernel)), np.float32), []
    for t in range(x.shape[1]):
        ours = np.split(x[:, t] @ kernel + bias[0], 3, axis=1)
        memory = np.split(h @ recurrent_kernel + bias[1], 3, axis=1)
        r, z = sigmoid(ours[0] + memory[0]), sigmoid(ours[1] + memory[1])
        n = np.tanh(ours[2] + r * memory[2])
        h = (1 - z) * n + z * h
        out.append(h)
    return np.stack(out, axis=1)


def add(*inputs):
    """Their sum."""
    return sum(inputs)


def multiply(*inputs):
    """Their product."""
    return np.prod(inputs, axis=0)


def concatenate(*inputs):
    """Side by side, along the channels."""
    return np.concatenate(inputs, axis=-1)


def activation(x):
    """Its function is put around it."""
    return x
