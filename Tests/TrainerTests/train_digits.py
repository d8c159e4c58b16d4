"""Trains the digits in numpy, from the packed data on, as a witness for the trainer in Swift.

train_digits.py DIGITS HIDDEN BATCH EPOCHS RATE MOMENTUM SEED [float32|float64]

Prints a line for each step's loss, then `sum` lines of the parameters, then `right` and the count of
held-out digits that are classified rightly. Nothing here is shared with the Swift sources.
"""

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


def unpack(path):
    data = open(path, "rb").read()
    bits = bin(int.from_bytes(data, "big"))[2:].zfill(8 * len(data))
    rows, labels, at = [], [], 0
    for _ in range(1797):
        row = []
        for _ in range(64):
            if bits[at] == "0":
                row.append(0)
                at += 1
            else:
                row.append(int(bits[at + 1 : at + 5], 2) + 1)
                at += 5
        rows.append(row)
        labels.append(int(bits[at : at + 4], 2))
        at += 4
    return np.array(rows) / 16, np.array(labels)


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
    x, y = unpack(path)
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
