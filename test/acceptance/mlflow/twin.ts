import sharp from 'sharp';

import { chunksOf, limits, metricBatches, Mlflow } from '../../../src/tracking/mlflow/index.js';

/** What both clients log; JSON, but for numbers that JSON has not, which are words. */
export interface TwinRun {
  readonly name: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** Key, value, timestamp, step. */
  readonly metrics: readonly (readonly [string, number | string, number, number])[];
  readonly dataset: {
    readonly name: string;
    readonly digest: string;
    readonly context: string;
    readonly path: string;
    readonly shape: readonly number[];
  };
  readonly table: Readonly<Record<string, readonly (string | number)[]>>;
  readonly image: {
    /** Width and height in pixels. */
    readonly size: readonly [number, number];
    /** Red, green, blue from 0 to 255. */
    readonly colour: readonly [number, number, number];
    readonly step: number;
    readonly timestamp: number;
  };
  readonly text: string;
}

/** A run with what is hard for a client: more of a kind than a request takes, numbers without a form in JSON, and letters. */
export const twinRun: TwinRun = {
  name: 'a twin',
  start_time: 1_000_000,
  end_time: 2_000_000,
  tags: {
    'mlflow.user': 'ada',
    'mlflow.source.type': 'LOCAL',
    'mlflow.note.content': '# Ü\n\n| a |',
    empty: '',
  },
  params: Object.fromEntries(
    Array.from({ length: 101 }, (_, i) => [`p/${i}`, i === 7 ? 'x'.repeat(6000) : `${i}`]),
  ),
  metrics: [
    ...Array.from(
      { length: 1001 },
      (_, step) => ['train/loss', Math.sin(step) / 3, 1_000_000 + step, step] as const,
    ),
    ...['nan', 'inf', '-inf', 5e-324, -0, 1.7976931348623157e308, 0.1].map(
      (value, step) => ['hard values', value, 1_500_000, step] as const,
    ),
    // Of one step the later row counts, and of one time the greater value.
    ['again', 2, 10, 3],
    ['again', 1, 11, 3],
    ['again', 9, 12, 2],
  ],
  dataset: {
    name: 'ring.train',
    digest: '0123456789abcdef',
    context: 'training',
    path: '/data/ring.npy',
    shape: [4, 2],
  },
  table: { stage: ['train', 'quality'], value: [1.5, -2] },
  image: { size: [300, 20], colour: [200, 100, 50], step: 30, timestamp: 1_700_000_000_000 },
  text: 'ä line\nand another\n',
};

/** Logs it with our client. */
export async function logTwin(url: string, experiment: string, run: TwinRun): Promise<void> {
  const mlflow = new Mlflow(url, { environment: {} });
  const tags = Object.entries(run.tags).map(([key, value]) => ({ key, value }));
  const { info } = await mlflow.createRun(
    await mlflow.createExperiment(experiment),
    run.name,
    run.start_time,
    tags,
  );
  const id = info.run_id;

  const words: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };
  const metrics = run.metrics.map(([key, value, timestamp, step]) => {
    return { key, value: typeof value === 'string' ? (words[value] ?? Number.NaN) : value, timestamp, step };
  });
  for (const batch of metricBatches(metrics)) await mlflow.logBatch(id, batch);
  const params = Object.entries(run.params).map(([key, value]) => ({ key, value }));
  for (const chunk of chunksOf(params, limits.paramsPerBatch)) await mlflow.logBatch(id, [], chunk);
  await mlflow.setTag(id, 'later', 'ü');

  const { name, digest, context, path, shape } = run.dataset;
  const features = [{ type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, ...shape.slice(1)] } }];
  const size = shape.reduce((product, extent) => product * extent, 1);
  const dataset = {
    ...{ name, digest, source_type: 'local', source: JSON.stringify({ uri: path }) },
    schema: JSON.stringify({ mlflow_tensorspec: { features: JSON.stringify(features), targets: null } }),
    profile: JSON.stringify({ features_shape: shape, features_size: size, features_nbytes: 4 * size }),
  };
  await mlflow.logInputs(id, [{ dataset, tags: [{ key: 'mlflow.data.context', value: context }] }]);

  const upload = (at: string, bytes: Uint8Array | string) =>
    mlflow.uploadArtifact(info.artifact_uri, at, { bytes });
  const columns = Object.keys(run.table);
  const rows =
    Object.values(run.table)[0]?.map((_, row) => columns.map((column) => run.table[column]?.[row])) ?? [];
  await upload('metrics.json', JSON.stringify({ columns, data: rows }));
  await mlflow.setTag(
    id,
    'mlflow.loggedArtifacts',
    JSON.stringify([{ path: 'metrics.json', type: 'table' }]),
  );

  const [[width, height], [r, g, b]] = [run.image.size, run.image.colour];
  const image = sharp({ create: { width, height, channels: 3, background: { r, g, b } } }).png();
  const { step, timestamp } = run.image;
  const stem = `images/train~samples+step+${step}+timestamp+${timestamp}+6a3f9c1e-0000-4000-8000-000000000000`;
  const picture = await image.toBuffer();
  await upload(`${stem}.png`, picture);
  await upload(
    `${stem}+compressed.png`,
    await sharp(picture).resize(256, 256, { fit: 'inside' }).png().toBuffer(),
  );
  await mlflow.setTag(id, 'mlflow.loggedImages', 'True');

  await upload('texts/a b/notes ü+~.txt', run.text);
  await mlflow.updateRun(id, 'FINISHED', run.end_time);
}
