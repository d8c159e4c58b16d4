"""Trains the digits in numpy as a witness for the trainer in Swift, and for its digits.

train_digits.py DIGITS HIDDEN BATCH EPOCHS RATE MOMENTUM SEED [float32|float64]

DIGITS is a line a digit, 64 inks and the digit with commas between, byte for byte scikit-learn's table.
Prints a line for each step's loss, then `sum` lines of the parameters, then `right` and the count of
held-out digits that are classified rightly. Nothing here is shared with the Swift sources.
"""

import hashlib
import sys

import numpy as np

MASK = (1 << 64) - 1


def random_numbers(seed):
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


# Of the table in scikit-learn's wheel.
KNOWN = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"


def read(path):
    data = open(path, "rb").read()
    assert hashlib.sha256(data).hexdigest() == KNOWN, "these are not scikit-learn's digits"
    table = np.array([line.split(b",") for line in data.splitlines()], int)
    return table[:, :64] / 16, table[:, 64]


def shuffled(count):
    order, random = list(range(count)), random_numbers(1998)
    for last in range(count - 1, 0, -1):
        other = (next(random) >> 32) * (last + 1) >> 32
        order[last], order[other] = order[other], order[last]
    return order


def initial(hidden, seed, kind):
    random = random_numbers(seed)

    def matrix(rows, columns):
        limit = np.sqrt(np.float32(6) / np.float32(rows + columns))
        values = [(int(next(random)) >> 40) - 0x800000 for _ in range(rows * columns)]
        signed = np.array(values, np.float32) * np.float32(2**-23)
        return (limit * signed).reshape(rows, columns).astype(kind)

    return [
        matrix(64, hidden),
        np.zeros(hidden, kind),
        matrix(hidden, 10),
        np.zeros(10, kind),
    ]


def train(x, y, hidden, batch, epochs, rate, momentum, seed, kind):
    parameters = initial(hidden, seed, kind)
    velocities = [np.zeros_like(p) for p in parameters]
    x, one_hot, losses = x.astype(kind), np.eye(10, dtype=kind)[y], []
    rate, momentum = kind(np.float32(rate)), kind(np.float32(momentum))
    for _ in range(epochs):
        for start in range(0, len(x) // batch * batch, batch):
            rows, wanted = x[start : start + batch], one_hot[start : start + batch]
            w1, b1, w2, b2 = parameters
            a = np.tanh(rows @ w1 + b1)
            z = a @ w2 + b2
            z -= z.max(1, keepdims=True)
            p = np.exp(z)
            total = p.sum(1, keepdims=True)
            losses.append(np.mean(np.log(total[:, 0]) - (z * wanted).sum(1)))
            dz = (p / total - wanted) / kind(batch)
            da = (dz @ w2.T) * (1 - a * a)
            for parameter, velocity, gradient in zip(
                parameters, velocities, [rows.T @ da, da.sum(0), a.T @ dz, dz.sum(0)]
            ):
                velocity *= momentum
                velocity += gradient
                parameter -= rate * velocity
    return parameters, losses


def right(parameters, x, y):
    w1, b1, w2, b2 = parameters
    z = np.tanh(x.astype(w1.dtype) @ w1 + b1) @ w2 + b2
    return int((z.argmax(1) == y).sum())


def split(path):
    x, y = read(path)
    order = shuffled(len(x))
    return x[order[360:]], y[order[360:]], x[order[:360]], y[order[:360]]


if __name__ == "__main__":
    path, hidden, batch, epochs, rate, momentum, seed = sys.argv[1:8]
    kind = np.dtype(sys.argv[8] if len(sys.argv) > 8 else "float64").type
    x, y, held_x, held_y = split(path)
    parameters, losses = train(
        x, y, int(hidden), int(batch), int(epochs), float(rate), float(momentum), int(seed), kind
    )
    for loss in losses:
        print("loss", repr(float(loss)))
    for parameter in parameters:
        print("sum", repr(float(np.sum(parameter, dtype=np.float64))))
    print("right", right(parameters, held_x, held_y))
