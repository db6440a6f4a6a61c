"""Dumps the runs of one experiment as the official client sees them, as JSON on standard output.

    python read_back.py <tracking URI> <experiment>

What differs between two stores that hold the same (ids of runs and experiments) is left out.
"""

import json
import struct
import sys
import tempfile
from pathlib import Path

import mlflow
from mlflow.models import Model
from mlflow.tracking import MlflowClient
from PIL import Image

# How a store without models of their own shows those among a run's files.
history_tag = "mlflow.log-model.history"

# Of a model's folder: the first says where the model is, the second is made by the download.
written_by_mlflow = {"MLmodel", "registered_model_meta"}

# Tags that stores add by themselves.
foreign = {"mlflow.artifactLocation", "mlflow.parentRunId", history_tag}


def bits(value):
    return "nan" if value != value else struct.pack(">d", value).hex()


def artifacts(client, run_id, path=None):
    for entry in client.list_artifacts(run_id, path):
        if entry.is_dir:
            yield from artifacts(client, run_id, entry.path)
        else:
            yield entry.path


def models(client, run):
    """By name, from where the store has them: what the official loader reads, and the sizes of their files."""
    run_id = run.info.run_id
    found = {}
    history = json.loads(run.data.tags.get(history_tag, "[]"))
    # A client of before MLflow 3 knows of models among the files alone.
    linked = run.outputs.model_outputs if hasattr(run, "outputs") else []
    outputs = [client.get_logged_model(output.model_id) for output in linked]
    for name in [entry["artifact_path"] for entry in history] + [model.name for model in outputs]:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=name, dst_path=folder))
            read = Model.load(str(place))
            found[name] = {
                "signature": read.signature and read.signature.to_dict(),
                "flavors": read.flavors,
                "created": str(read.utc_time_created),
                "files": {p.name: p.stat().st_size for p in sorted(place.iterdir()) if p.name not in written_by_mlflow},
            }
    return dict(sorted(found.items()))


def dump(client, run):
    run_id = run.info.run_id
    named = models(client, run)
    pictures = {}
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(artifacts(client, run_id)):
            if path.split("/")[0] in named:
                continue
            file = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=path, dst_path=folder))
            files[path] = file.stat().st_size
            if path.endswith(".png"):
                with Image.open(file) as image:
                    pictures[path] = [*image.size, *image.convert("RGB").getpixel((1, 1))]
    histories = {
        key: [[m.step, m.timestamp, bits(m.value)] for m in client.get_metric_history(run_id, key)]
        for key in sorted(run.data.metrics)
    }
    parent = run.data.tags.get("mlflow.parentRunId")
    return {
        "name": run.info.run_name,
        "parent": parent and client.get_run(parent).info.run_name,
        "status": run.info.status,
        "start_time": run.info.start_time,
        "end_time": run.info.end_time,
        "user": run.data.tags.get("mlflow.user"),
        "params": run.data.params,
        "tags": {key: value for key, value in run.data.tags.items() if key not in foreign},
        "latest": {key: bits(value) for key, value in run.data.metrics.items()},
        "histories": {key: sorted(rows) for key, rows in histories.items()},
        "datasets": sorted(
            [
                [
                    *(d.dataset.name, d.dataset.digest, d.dataset.source_type, d.dataset.source),
                    *(d.dataset.schema, d.dataset.profile),
                    {tag.key: tag.value for tag in d.tags},
                ]
                for d in run.inputs.dataset_inputs
            ],
            key=lambda row: row[0],
        ),
        "sources": sorted(mlflow.data.get_source(d.dataset).to_json() for d in run.inputs.dataset_inputs),
        "files": files,
        "pictures": pictures,
        "models": named,
        "table": json.loads(client.load_table(run.info.experiment_id, "metrics.json", [run_id]).to_json(orient="split")),
    }


mlflow.set_tracking_uri(sys.argv[1])
client = MlflowClient()
experiment = client.get_experiment_by_name(sys.argv[2])
found = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time", "attributes.run_name"])
runs = [dump(client, client.get_run(run.info.run_id)) for run in found]
print(json.dumps({"experiment": experiment.name, "tags": experiment.tags, "runs": runs}))
