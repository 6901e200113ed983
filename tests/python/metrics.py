"""Figures by scikit-learn: reads {"log_odds", "labels", "weights", "threshold"}, prints what it makes of them."""

import json
import sys

import numpy as np
from sklearn import metrics
from sklearn.calibration import _SigmoidCalibration

asked = json.load(sys.stdin)
log_odds, labels, weights = (np.array(asked[name]) for name in ("log_odds", "labels", "weights"))
said = 1 / (1 + np.exp(-log_odds))
called = said >= asked["threshold"]
precision, recall, f1, _ = metrics.precision_recall_fscore_support(
    labels, called, average="binary", sample_weight=weights, zero_division=0
)
false_positive_rate, true_positive_rate, _ = metrics.roc_curve(
    labels, log_odds, sample_weight=weights, drop_intermediate=False
)
curve_precision, curve_recall, _ = metrics.precision_recall_curve(labels, log_odds, sample_weight=weights)
platt = _SigmoidCalibration().fit(log_odds, labels)
json.dump(
    {
        "auroc": metrics.roc_auc_score(labels, log_odds, sample_weight=weights),
        "average_precision": metrics.average_precision_score(labels, log_odds, sample_weight=weights),
        "log_loss": metrics.log_loss(labels, said, sample_weight=weights),
        "brier": metrics.brier_score_loss(labels, said, sample_weight=weights),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "share_positive": float(np.average(called, weights=weights)),
        "roc": np.stack([false_positive_rate, true_positive_rate], axis=1).tolist(),
        # Without its closing point (0, 1), from the highest threshold down.
        "precision_recall": np.stack([curve_recall, curve_precision], axis=1)[-2::-1].tolist(),
        # It has p = 1 / (1 + exp(a·margin + b)); unweighted, because its targets are not.
        "platt": [-platt.a_, -platt.b_],
    },
    sys.stdout,
)
