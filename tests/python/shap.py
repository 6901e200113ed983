"""SHAP values by LightGBM's own hands: reads {"model", "rows", "weights"}, prints their weighted sums over all rows.

Rows are as wide as the model has features. "sizes": of absolute values; "sums": of the values, the last one that of the base.
"""

import json
import sys

import lightgbm
import numpy as np

asked = json.load(sys.stdin)
rows, weights = np.array(asked["rows"], dtype=float), np.array(asked["weights"])
contributions = lightgbm.Booster(model_str=asked["model"]).predict(rows, pred_contrib=True)
weighted = contributions * weights[:, None]
json.dump({"sizes": np.abs(weighted).sum(axis=0)[:-1].tolist(), "sums": weighted.sum(axis=0).tolist()}, sys.stdout)
