"""Writes expected.json: figures of scikit-learn and scipy on data that ../agreement.rs draws again.

    pip install scikit-learn==1.9.1 scipy==1.17.1 numpy
    python generate.py > expected.json
"""
import json

import numpy as np
import sklearn.metrics as skm
from scipy import ndimage, stats


class Draws:
    """Knuth's linear congruential generator; the upper 24 bits as a number of 0 to under 1, exact in 32 bits."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 40) / 2**24


def ranking(seed, count, steps, share):
    draws = Draws(seed)
    scores, errors = [], []
    for _ in range(count):
        score = draws.next()
        errors.append(draws.next() < share * (0.2 + score))
        scores.append(np.floor(score * steps) / steps if steps else score)
    scores, errors = np.array(scores), np.array(errors)
    fpr, tpr, _ = skm.roc_curve(errors, scores, drop_intermediate=False)
    return {
        "seed": seed, "count": count, "steps": steps, "share": share,
        "errors": int(errors.sum()),
        "auroc": skm.roc_auc_score(errors, scores),
        "auprc": skm.average_precision_score(errors, scores),
        "fpr95": float(fpr[np.argmax(tpr >= 0.95)]),
    }


def probabilities(seed, count, classes):
    draws = Draws(seed)
    table = np.array([[draws.next() + 0.01 for _ in range(classes)] for _ in range(count)])
    table = (table / table.sum(1, keepdims=True)).astype(np.float32)
    labels = np.array([int(draws.next() * classes) for _ in range(count)])
    exact = table.astype(np.float64)
    exact /= exact.sum(1, keepdims=True)
    return {
        "seed": seed, "count": count, "classes": classes,
        "nll": skm.log_loss(labels, exact, labels=range(classes)),
        "brier": float(((exact - np.eye(classes)[labels]) ** 2).sum(1).mean()),
        "accuracy": skm.accuracy_score(labels, exact.argmax(1)),
        "dice": list(skm.f1_score(labels, exact.argmax(1), average=None)),
    }


def ball_mask(draws, shape):
    mask = np.zeros(shape, bool)
    grid = np.indices(shape)
    for _ in range(3):
        centre = [draws.next() * size for size in shape]
        radius = 2 + 6 * draws.next()
        mask |= sum((axis - at) ** 2 for axis, at in zip(grid, centre)) <= radius**2
    return mask


def edges(mask):
    return mask ^ ndimage.binary_erosion(mask)


def hausdorff(seed, shape, spacing):
    draws = Draws(seed)
    first, second = ball_mask(draws, shape), ball_mask(draws, shape)
    # A picture is two-dimensional for scipy.
    if shape[0] == 1:
        a, b, step = first[0], second[0], spacing[1:]
    else:
        a, b, step = first, second, spacing
    a, b = edges(a), edges(b)
    to_a = ndimage.distance_transform_edt(~a, sampling=step)
    to_b = ndimage.distance_transform_edt(~b, sampling=step)
    return {
        "seed": seed, "shape": shape, "spacing": spacing,
        "hd95": max(np.percentile(to_b[a], 95), np.percentile(to_a[b], 95)),
        "distances": float(ndimage.distance_transform_edt(~first, sampling=spacing).sum()),
    }


def correlation(seed, count, steps):
    draws = Draws(seed)
    x = [np.floor(draws.next() * steps) for _ in range(count)]
    y = [value + np.floor(draws.next() * steps) for value in x]
    return {"seed": seed, "count": count, "steps": steps, "spearman": stats.spearmanr(x, y).statistic}


print(json.dumps({
    "ranking": [ranking(1, 500, 0, 0.5), ranking(2, 5000, 40, 0.2), ranking(3, 20000, 0, 0.02), ranking(4, 300, 3, 0.9)],
    "probabilities": [probabilities(5, 2000, 2), probabilities(6, 3000, 4)],
    "hausdorff": [
        hausdorff(7, [1, 40, 50], [1.0, 1.0, 1.0]),
        hausdorff(8, [20, 24, 22], [3.0, 0.8, 0.8]),
        hausdorff(9, [14, 30, 18], [0.5, 1.25, 2.0]),
        hausdorff(10, [1, 64, 31], [1.0, 0.3, 0.9]),
    ],
    "correlation": [correlation(11, 200, 7), correlation(12, 30, 1000)],
}, indent=1))
