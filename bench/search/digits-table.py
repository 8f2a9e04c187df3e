"""Trains 1,296 small networks on digits and keeps the validation error of each after each of 27 epochs.

The table is what pruners are measured on: real learning curves, and no training while measuring. 300 of scikit-learn's
8x8 digits (Alpaydin and Kaynak 1998, UCI) are for training, 1,200 for validation. About a minute on two cores:

    pip install numpy scikit-learn && python bench/search/digits-table.py bench/search/digits-table.json.gz
"""

import gzip
import itertools
import json
import sys
from multiprocessing import Pool

import numpy as np
from sklearn.datasets import load_digits

EPOCHS = 27
BATCH = 32
TRAIN, VALIDATION = 300, 1200
SPACE = {
    "optimizer": ["sgd", "momentum", "adam"],
    "rate": [0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
    "layers": [1, 2, 3],
    "width": [8, 16, 32, 64],
    "activation": ["relu", "tanh"],
    "dropout": [0, 0.2, 0.4],
}


def train(setting, x, y, x_validation, y_validation, random):
    """Errors on the validation images, one count per epoch."""
    sizes = [x.shape[1]] + [setting["width"]] * setting["layers"] + [10]
    gain = 2.0 if setting["activation"] == "relu" else 1.0
    weights = [random.normal(0, np.sqrt(gain / m), (m, n)).astype("f4") for m, n in zip(sizes, sizes[1:])]
    biases = [np.zeros(n, "f4") for n in sizes[1:]]
    values = weights + biases
    first = [np.zeros_like(value) for value in values]
    second = [np.zeros_like(value) for value in values]
    rate, kind, keep = setting["rate"], setting["optimizer"], 1 - setting["dropout"]
    relu = setting["activation"] == "relu"
    steps, errors = 0, []
    for _ in range(EPOCHS):
        order = random.permutation(len(x))
        for begin in range(0, len(x), BATCH):
            rows = order[begin : begin + BATCH]
            layers, masks = [x[rows]], []
            for w, b in zip(weights[:-1], biases[:-1]):
                z = layers[-1] @ w + b
                mask = (random.random(z.shape, dtype="f4") < keep) / np.float32(keep)
                masks.append(mask)
                layers.append((np.maximum(z, 0) if relu else np.tanh(z)) * mask)
            z = layers[-1] @ weights[-1] + biases[-1]
            z -= z.max(1, keepdims=True)
            p = np.exp(z)
            p /= p.sum(1, keepdims=True)
            p[np.arange(len(rows)), y[rows]] -= 1
            delta = p / len(rows)
            gradients = [None] * len(values)
            for i in range(len(weights) - 1, -1, -1):
                gradients[i] = layers[i].T @ delta
                gradients[len(weights) + i] = delta.sum(0)
                if i == 0:
                    break
                back = (delta @ weights[i].T) * masks[i - 1]
                undropped = layers[i] / np.where(masks[i - 1] > 0, masks[i - 1], 1)
                delta = back * ((undropped > 0) if relu else (1 - undropped**2))
            steps += 1
            for value, gradient, m, v in zip(values, gradients, first, second):
                if kind == "sgd":
                    value -= rate * gradient
                elif kind == "momentum":
                    m *= 0.9
                    m += gradient
                    value -= rate * m
                else:
                    m += 0.1 * (gradient - m)
                    v += 0.001 * (gradient**2 - v)
                    value -= rate * (m / (1 - 0.9**steps)) / (np.sqrt(v / (1 - 0.999**steps)) + 1e-7)
        out = x_validation
        for w, b in zip(weights[:-1], biases[:-1]):
            out = out @ w + b
            out = np.maximum(out, 0) if relu else np.tanh(out)
        found = (out @ weights[-1] + biases[-1]).argmax(1)
        errors.append(int((found != y_validation).sum()))
    return errors


def main():
    np.seterr(all="ignore")
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype("f4")
    order = np.random.default_rng(0).permutation(len(x))[: TRAIN + VALIDATION]
    x, y = x[order], y[order]
    parts = x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:]
    settings = [dict(zip(SPACE, values)) for values in itertools.product(*SPACE.values())]
    with Pool(2) as pool:
        curves = pool.starmap(train, [(each, *parts, np.random.default_rng(i)) for i, each in enumerate(settings)])
    table = {"space": SPACE, "images": VALIDATION, "errors": curves}
    with open(sys.argv[1], "wb") as file:
        file.write(gzip.compress(json.dumps(table, separators=(",", ":")).encode(), 9, mtime=0))


main()
