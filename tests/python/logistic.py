"""Logistic regression by scikit-learn: reads {"rows", "labels", "weights", "l2"}, prints the margins of the same rows.

Rows come standardised; the objective is the weighted mean of log loss and l2 / 2 times the squared weights.
"""

import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

asked = json.load(sys.stdin)
rows, labels, weights = (np.array(asked[name], dtype=float) for name in ("rows", "labels", "weights"))
weights /= weights.sum()
model = LogisticRegression(C=1 / asked["l2"], tol=1e-10, max_iter=10000).fit(rows, labels, sample_weight=weights)
json.dump({"margins": model.decision_function(rows).tolist()}, sys.stdout)
