"""The tables that a reader of the README has: `hourly` and `stays` of a generator, and real patients in train/ and holdout/."""
import json as _json
import pathlib as _pathlib

import numpy as _np
import pandas as _pd

_FILE = {"format": "fedehr-cohort", "version": 1, "stepHours": 1, "steps": 24,
         "features": [{"name": "HR", "kind": "continuous", "unit": "bpm"}, {"name": "lactate", "kind": "continuous", "unit": "mmol/L"}],
         "statics": [{"name": "age", "kind": "continuous"}], "labels": [{"name": "death", "kind": "binary"}],
         "provenance": {"source": "made up", "licence": "CC0-1.0", "created_by": "a test"}}


def _tables(part, seed, size=60, hours=24):
    rng = _np.random.default_rng(seed)
    death = rng.binomial(1, 0.4, size)
    stays = _pd.DataFrame({"patient_id": [f"{part}-{i}" for i in range(size)], "hospital_id": _np.repeat(["A", "B"], size // 2),
                           "age": rng.normal(60, 15, size).round(), "death": death})
    hourly = stays[["patient_id", "hospital_id"]].loc[_np.repeat(stays.index, hours)].assign(t=_np.tile(_np.arange(hours), size))
    level = _np.repeat(rng.normal(death, 1), hours)
    hourly["HR"] = (85 + 10 * level + rng.normal(0, 5, len(hourly))).round()
    hourly["lactate"] = _np.where(rng.random(len(hourly)) < 0.3, _np.exp(0.4 * level).round(1), _np.nan)
    return hourly, stays


for _part, _seed in (("train", 1), ("holdout", 2)):
    _pathlib.Path(_part).mkdir()
    _hourly, _stays = _tables(_part, _seed)
    _hourly.to_csv(f"{_part}/dynamic.csv", index=False)
    _stays.to_csv(f"{_part}/static.csv", index=False)
    _pathlib.Path(_part, "cohort.json").write_text(_json.dumps({**_FILE, "name": _part}))
hourly, stays = _tables("synthetic", 3)
