"""Logs a run with the official client: the twin of what twin.ts logs with ours.

    python twin.py <tracking URI> <experiment> <JSON of the run>

What stands in the JSON is logged by the official client's own ways, not as ready records.
"""

import json
import sys
import tempfile
from pathlib import Path

import mlflow
import mlflow.data
import numpy as np
from mlflow.entities import DatasetInput, InputTag, Metric, Param, RunTag
from mlflow.tracking import MlflowClient

mlflow.set_tracking_uri(sys.argv[1])
run = json.loads(sys.argv[3])
client = MlflowClient()
experiment = client.create_experiment(sys.argv[2])
run_id = client.create_run(
    experiment, start_time=run["start_time"], tags=run["tags"], run_name=run["name"]
).info.run_id

metrics = [
    Metric(key, float(value), timestamp, step) for key, value, timestamp, step in run["metrics"]
]
params = [Param(key, value) for key, value in run["params"].items()]
client.log_batch(run_id, metrics[:1000], params[:50], [RunTag("later", "ü")])
client.log_batch(run_id, metrics[1000:], params[50:])

dataset = mlflow.data.from_numpy(
    np.zeros(run["dataset"]["shape"], dtype=np.float32),
    source=run["dataset"]["path"],
    name=run["dataset"]["name"],
    digest=run["dataset"]["digest"],
)
context = InputTag("mlflow.data.context", run["dataset"]["context"])
client.log_inputs(run_id, [DatasetInput(dataset._to_mlflow_entity(), [context])])

client.log_table(run_id, run["table"], "metrics.json")
height, width, colour = run["image"]["size"][1], run["image"]["size"][0], run["image"]["colour"]
image = np.tile(np.array(colour, dtype=np.uint8), (height, width, 1))
client.log_image(run_id, image, key="train/samples", step=run["image"]["step"], timestamp=run["image"]["timestamp"])

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "notes ü+~.txt"
    file.write_text(run["text"], encoding="utf-8")
    client.log_artifact(run_id, str(file), "texts/a b")

client.set_terminated(run_id, "FINISHED", run["end_time"])
