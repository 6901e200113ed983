"""LightGBM by its own hands: trains on rows read from a file of doubles, and says how long it took.

train.py FILE ROWS WIDTH ROUNDS PARAMETERS: the file has the rows, then the labels, then the weights.
"""

import json
import sys
import time

import lightgbm
import numpy as np

path, rows, width, rounds, parameters = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
numbers = np.fromfile(path, dtype=np.float64)
values = numbers[: rows * width].reshape(rows, width)
labels, weights = numbers[rows * width :].reshape(2, rows)
given = dict(word.split("=", 1) for word in parameters.split())
wall, cpu = time.perf_counter(), time.process_time()
data = lightgbm.Dataset(values, labels, weight=weights, params=given)
model = lightgbm.train(given, data, num_boost_round=rounds)
took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
# The trees alone: the rest of a file names its own version.
text = model.model_to_string()
trees = text[text.index("Tree=0") : text.index("end of trees")]
json.dump({**took, "trees": trees}, sys.stdout)
