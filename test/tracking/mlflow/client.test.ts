import { describe, expect, it } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import Mlflow, {
  InvalidArgument,
  limits,
  type Metric,
  metricBatches,
} from '../../../src/tracking/mlflow/index.js';
import { badServer, failure, quick, say } from './bad-server.js';

describe('credentials', () => {
  const basic = `Basic ${Buffer.from('ada:s3cret').toString('base64')}`;
  const both = {
    MLFLOW_TRACKING_USERNAME: 'ada',
    MLFLOW_TRACKING_PASSWORD: 's3cret',
    MLFLOW_TRACKING_TOKEN: 't',
  };

  it.each([
    ['user and password before a token', both, '', basic],
    ['a token', { MLFLOW_TRACKING_TOKEN: 't' }, '', 'Bearer t'],
    ['those of the URI', {}, 'ada:s3cret@', basic],
    ['none', {}, '', undefined],
  ])('are %s', async (_name, environment, inUri, expected) => {
    const { url, received } = await badServer(say(200, '{}'));
    await new Mlflow(url.replace('//', `//${inUri}`), { ...quick, environment }).setTag('run', 'a', 'b');
    expect(received[0]?.authorization).toBe(expected);
  });

  it('never stand in an error', async () => {
    const { url } = await badServer(say(401, 'no'));
    const uri = url.replace('//', '//ada:s3cret@');
    const refused = await failure(new Mlflow(uri, quick).getRun('run'));
    const unreachable = await failure(
      new Mlflow('http://ada:s3cret@127.0.0.1:9', { ...quick, retries: 0 }).getRun('r'),
    );
    const malformed = await failure(Promise.resolve().then(() => new Mlflow('ftp://ada:s3cret@host')));
    for (const error of [refused, unreachable, malformed]) {
      expect(`${error.stack ?? ''} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('s3cret');
    }
  });
});

describe('what the server would swallow, truncate or misplace', () => {
  const metric: Metric = { key: 'm', value: 1, timestamp: 1, step: 1 };
  const list = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const run = (info: Partial<Metric>) => (mlflow: Mlflow) => mlflow.logBatch('r', [{ ...metric, ...info }]);
  const upload = (path: string) => (mlflow: Mlflow) =>
    mlflow.uploadArtifact('mlflow-artifacts:/1/r/artifacts', path, { bytes: 'x' });
  // A caller without types, as JavaScript has them.
  const untyped = (value: unknown) => value as never;

  it.each<[string, (mlflow: Mlflow) => Promise<unknown>, RegExp]>([
    ['a broken step', run({ step: 1.5 }), /^step of metric "m" must be an integer, not number 1\.5$/],
    ['a step beyond the safe integers', run({ step: 2 ** 53 }), /must be an integer/],
    ['performance.now()', run({ timestamp: 12.25 }), /^timestamp of metric "m" must be an integer/],
    ['a time before the epoch', run({ timestamp: -1 }), /at least 0/],
    [
      'a metric in a string',
      run({ value: untyped('1') }),
      /^value of metric "m" must be a number, not string 1$/,
    ],
    ['no metric at all', run({ value: untyped(null) }), /must be a number, not null$/],
    ['an odd key', run({ key: 'a@b' }), /"a@b" may hold letters, digits, spaces and _ - \. : \/ only/],
    ['an empty key', run({ key: '' }), /must be a non-empty string/],
    ['a key that is no plain path', run({ key: 'a/../b' }), /must be a plain path/],
    ['a long key', run({ key: 'k'.repeat(251) }), /has 251 characters; MLflow keeps at most 250/],
    [
      'a number as a param',
      (m) => m.logParam('r', 'p', untyped(5)),
      /^value of param "p" must be a string, not number 5$/,
    ],
    [
      'a number as a tag',
      (m) => m.logBatch('r', [], [], [{ key: 't', value: untyped(5) }]),
      /value of tag "t"/,
    ],
    ['a long param', (m) => m.logParam('r', 'p', 'x'.repeat(6001)), /has 6001 characters/],
    ['a long tag', (m) => m.setTag('r', 't', 'x'.repeat(8001)), /has 8001 characters/],
    ['half a surrogate pair', (m) => m.setTag('r', 't', '\ud83d'), /half of a surrogate pair/],
    ['a broken start', (m) => m.createRun('1', 'n', 1.5), /^start_time must be an integer/],
    ['a broken end', (m) => m.updateRun('r', 'FINISHED', 1.5), /^end_time must be an integer/],
    ['an unknown status', (m) => m.updateRun('r', untyped('DONE')), /^status must be one of RUNNING, /],
    ['a numeric id', (m) => m.createRun(untyped(1)), /^experiment_id must be a string, not number 1$/],
    [
      'too many metrics',
      (m) =>
        m.logBatch(
          'r',
          list(1001, () => metric),
        ),
      /^1001 metrics in one call/,
    ],
    [
      'too many params',
      (m) =>
        m.logBatch(
          'r',
          [],
          list(101, (i) => ({ key: `p${i}`, value: '' })),
        ),
      /101 params/,
    ],
    [
      'too many in all',
      (m) =>
        m.logBatch(
          'r',
          list(1000, () => metric),
          [{ key: 'p', value: '' }],
        ),
      /1001 metrics, params/,
    ],
    [
      'too many bytes',
      (m) =>
        m.logBatch(
          'r',
          [],
          list(100, (i) => ({ key: `p${i}`, value: 'ü'.repeat(6000) })),
        ),
      /bytes in one call/,
    ],
    [
      'a param twice',
      (m) =>
        m.logBatch(
          'r',
          [],
          list(2, () => ({ key: 'p', value: '' })),
        ),
      /"p" stands twice/,
    ],
    [
      'a long digest',
      (m) =>
        m.logInputs('r', [
          { dataset: { name: 'd', digest: 'x'.repeat(37), source_type: 'local', source: '{}' } },
        ]),
      /digest of dataset "d" has 37/,
    ],
    ['a path upwards', upload('a/../../b'), /must be relative/],
    ['an absolute path', upload('/etc/passwd'), /must be relative/],
    ['a hash in a path', upload('a#b'), /holds a character/],
    ['a percent sign in a path', upload('a%2e'), /holds a character/],
    [
      'artifacts out of reach',
      (m) => m.uploadArtifact('s3://bucket/1', 'a', { bytes: '' }),
      /are kept at s3:\/\/bucket\/1/,
    ],
  ])('is refused before it is sent: %s', async (_name, call, message) => {
    const { url, received } = await badServer(say(200, '{}'));
    const error = await failure(call(new Mlflow(url, quick)));
    expect(error).toBeInstanceOf(InvalidArgument);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(message);
    expect(received).toEqual([]);
  });

  it('is sent as words where JSON has no number', async () => {
    const { url, received } = await badServer(say(200, '{}'));
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-320];
    await new Mlflow(url, quick).logBatch(
      'r',
      values.map((value) => ({ key: 'm', value, timestamp: 1 })),
    );
    const { metrics } = JSON.parse(required(received[0], 'the request').body) as { metrics: Metric[] };
    expect(metrics.map(({ value, step }) => [value, step])).toEqual([
      ['NaN', 0],
      ['Infinity', 0],
      ['-Infinity', 0],
      [1e-320, 0],
    ]);
  });

  it('is a full-length value no', async () => {
    const { url, received } = await badServer(say(200, '{}'));
    await new Mlflow(url, quick).setTag('r', 'k'.repeat(250), '😀'.repeat(8000));
    expect(received).toHaveLength(1);
  });
});

describe('metricBatches', () => {
  it('cuts by number', () => {
    const metrics = Array.from({ length: 2001 }, (_, step) => ({ key: 'm', value: 1, timestamp: 1, step }));
    const batches = [...metricBatches(metrics)];
    expect(batches.map((batch) => batch.length)).toEqual([1000, 1000, 1]);
    expect(batches.flat()).toEqual(metrics);
  });

  it('cuts by bytes where keys are long', async () => {
    const { url, received } = await badServer(say(200, '{}'));
    const mlflow = new Mlflow(url, quick);
    const metrics = Array.from({ length: 1000 }, (_, step) => {
      return {
        key: '𠮷'.repeat(limits.key),
        value: -1 / 3,
        timestamp: Date.UTC(2200, 1),
        step: step - 2 ** 52,
      };
    });
    for (const batch of metricBatches(metrics)) await mlflow.logBatch('r'.repeat(32), batch);
    expect(received.map(({ body }) => Buffer.byteLength(body) <= limits.batchBytes)).not.toContain(false);
    expect(received).toHaveLength(2);
  });
});

describe('Mlflow', () => {
  it('has the methods of mlflow-js', () => {
    const mlflow: object = new Mlflow('http://127.0.0.1:5000', quick);
    const missing = `createExperiment searchExperiments getExperiment getExperimentByName deleteExperiment
      restoreExperiment updateExperiment setExperimentTag createRun deleteRun restoreRun getRun updateRun logMetric
      logBatch logModel logInputs setTag deleteTag logParam getMetricHistory searchRuns listArtifacts
      createRegisteredModel getRegisteredModel renameRegisteredModel updateRegisteredModel deleteRegisteredModel
      getLatestModelVersions searchRegisteredModels setRegisteredModelTag deleteRegisteredModelTag
      setRegisteredModelAlias deleteRegisteredModelAlias getModelVersionByAlias createModelVersion getModelVersion
      updateModelVersion searchModelVersions getDownloadUriForModelVersionArtifacts transitionModelVersionStage
      setModelVersionTag deleteModelVersionTag deleteModelVersion getExperimentClient getRunClient
      getModelRegistryClient getModelVersionClient`
      .split(/\s+/)
      .filter((name) => !(name in mlflow));
    expect(missing).toEqual([]);
  });
});
