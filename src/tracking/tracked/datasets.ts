import type { PlannedStage } from '../../plan/types.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import type { Dataset, DatasetInput } from '../mlflow/types.js';
import type { Cell } from './cells.js';

type DatasetStage = Extract<PlannedStage, { kind: 'dataset' }>;
type DatasetFields = DatasetStage['fields'];

/**
 * The dataset splits that a cell's stages read, each once, with what it was read for. The digest is that of the
 * dataset stage's artifact: of the samples themselves, whatever file they came from.
 */
export function datasetInputsOf(record: RunRecord, cell: Cell): DatasetInput[] {
  const uses = new Map<string, { dataset: Dataset; contexts: Set<string> }>();
  const producers = new Map(record.stages.map((stage) => [stage.stage.id, stage]));
  for (const { stage } of cell.whole) {
    for (const input of stage.inputs) {
      const producer = producers.get(input.stage);
      if (producer === undefined) continue;
      const dataset = datasetOf(producer, input.split, record);
      if (dataset === undefined) continue;
      const use = uses.get(dataset.name) ?? { dataset, contexts: new Set() };
      use.contexts.add(stage.kind === 'train' ? 'training' : 'evaluation');
      uses.set(dataset.name, use);
    }
  }
  return [...uses.values()].map(({ dataset, contexts }) => ({
    dataset,
    tags: [{ key: 'mlflow.data.context', value: [...contexts].join(', ') }],
  }));
}

function datasetOf(producer: StageRecord, split: string | undefined, record: RunRecord): Dataset | undefined {
  const { stage, outcome } = producer;
  if (stage.kind !== 'dataset' || outcome.state !== 'succeeded') return undefined;
  const name = stage.id.replace(/^dataset:/, '');
  const shape = shapeOf(stage.fields);
  const size = split === undefined ? undefined : stage.fields.splits[split];
  return {
    name: split === undefined ? name : `${name}.${split}`,
    digest: outcome.artifact.digest.slice(0, 16),
    ...sourceOf(stage.fields, record),
    ...(shape === undefined ? {} : { schema: schemaOf(shape) }),
    // A split below 1 is a share of the whole, whose size the specification does not say.
    ...(size === undefined || size < 1 ? {} : { profile: JSON.stringify({ num_rows: size }) }),
  };
}

/** In the forms of MLflow's `LocalArtifactDatasetSource` and `CodeDatasetSource`. */
function sourceOf(fields: DatasetFields, record: RunRecord): Pick<Dataset, 'source_type' | 'source'> {
  const local = (uri: string) => ({ source_type: 'local', source: JSON.stringify({ uri }) });
  switch (fields.type) {
    case 'gaussian_mixture':
    case 'swiss_roll':
    case 'parallel_lines':
    case 'gaussian':
    case 'shapes': {
      const tags = {
        'mlflow.source.name': record.start.provenance.pipelineFile,
        'mlflow.source.type': 'LOCAL',
      };
      return { source_type: 'code', source: JSON.stringify({ tags }) };
    }
    case 'idx':
      return local(fields.images);
    case 'cifar10':
      return local(fields.files[0] ?? '');
    case 'image_folder':
    case 'text':
      return local(fields.path);
  }
}

/** Of one sample, or undefined where only the files say. */
function shapeOf(fields: DatasetFields): readonly number[] | undefined {
  switch (fields.type) {
    case 'gaussian_mixture':
    case 'swiss_roll':
    case 'parallel_lines':
      return [2];
    case 'gaussian':
      return [1];
    case 'shapes':
      return [fields.side, fields.side, fields.colours.every((colour) => colour === 'white') ? 1 : 3];
    case 'idx':
      return fields.resize === undefined ? undefined : [fields.resize, fields.resize, 1];
    case 'cifar10':
      return [fields.resize ?? 32, fields.resize ?? 32, 3];
    case 'image_folder':
      return [fields.resize, fields.resize, fields.channels];
    case 'text':
      return [fields.length];
  }
}

/** In the form of MLflow's `TensorDatasetSchema`, whose members are themselves JSON in a string. */
function schemaOf(shape: readonly number[]): string {
  const features = [{ type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, ...shape] } }];
  return JSON.stringify({ mlflow_tensorspec: { features: JSON.stringify(features), targets: null } });
}
