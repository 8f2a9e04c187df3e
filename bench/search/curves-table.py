"""Trains all small networks of a space and keeps the validation errors of each after each of 27 epochs.

The tables are what pruners are measured on: real learning curves, and no training while measuring.

    pip install numpy scikit-learn && python bench/search/curves-table.py digits bench/search/curves-digits.json.gz

digits: 1,296 networks on 300 of scikit-learn's 8x8 digits (Alpaydin and Kaynak 1998, UCI), validated on 1,200.
waveform: 288 networks on 240 noisy waves of three kinds (Breiman, Friedman, Olshen and Stone 1984; 14 % cannot be told
apart), each trained ten times, on nine tenths of them; validated on the tenth that is left.
"""

import gzip
import itertools
import json
import sys
from multiprocessing import Pool

import numpy as np

EPOCHS = 27
BATCH = 32
SPACES = {
    "digits": {
        "optimizer": ["sgd", "momentum", "adam"],
        "rate": [0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
        "layers": [1, 2, 3],
        "width": [8, 16, 32, 64],
        "activation": ["relu", "tanh"],
        "dropout": [0, 0.2, 0.4],
    },
    "waveform": {
        "optimizer": ["sgd", "adam"],
        "rate": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
        "layers": [1, 2],
        "width": [4, 16, 64],
        "activation": ["relu", "tanh"],
        "dropout": [0, 0.3],
    },
}


def digits():
    """Images and digits, and one pair of training and validation rows."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    return (x / 16).astype("f4"), y, [(order[:300], order[300:1500])]


def waveform():
    """Each wave a random mix of two of three triangles, plus noise; ten pairs of training and validation rows."""
    random = np.random.default_rng(0)
    places = np.arange(1, 22)
    triangles = [np.maximum(6 - np.abs(places - middle), 0) for middle in (11, 7, 15)]
    pairs = [(0, 1), (0, 2), (1, 2)]
    y = random.integers(0, 3, 240)
    x = np.empty((240, 21), "f4")
    for row, kind in enumerate(y):
        share = random.random()
        first, second = pairs[kind]
        x[row] = share * triangles[first] + (1 - share) * triangles[second] + random.normal(size=21)
    rows = np.arange(240)
    return x / 3, y, [(rows[rows % 10 != fold], rows[rows % 10 == fold]) for fold in range(10)]


DATA = {"digits": digits, "waveform": waveform}


def train(setting, x, y, x_validation, y_validation, random):
    """Errors on the validation images, one count per epoch."""
    sizes = [x.shape[1]] + [setting["width"]] * setting["layers"] + [int(max(y)) + 1]
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
    name, file = sys.argv[1:]
    space = SPACES[name]
    x, y, folds = DATA[name]()
    settings = [dict(zip(space, values)) for values in itertools.product(*space.values())]
    tasks = [
        (each, x[known], y[known], x[rest], y[rest], np.random.default_rng(i * len(folds) + fold))
        for i, each in enumerate(settings)
        for fold, (known, rest) in enumerate(folds)
    ]
    with Pool(2) as pool:
        curves = np.array(pool.starmap(train, tasks)).reshape(len(settings), len(folds), EPOCHS)
    table = {
        "space": space,
        "images": sum(len(rest) for _, rest in folds),
        "errors": curves.sum(1).tolist(),
        "foldErrors": curves[:, :, -1].tolist(),
    }
    with open(file, "wb") as out:
        out.write(gzip.compress(json.dumps(table, separators=(",", ":")).encode(), 9, mtime=0))


main()
