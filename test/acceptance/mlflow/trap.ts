import type { Metric, Mlflow } from '../../../src/tracking/mlflow/index.js';

/** A request that MLflow's server does not understand as it is meant. */
export interface Trap {
  /** Below `runs/`. */
  readonly path: string;
  /** The request as another client would send it. */
  readonly body: (run: string) => string;
  /** The same by our client. */
  readonly call: (mlflow: Mlflow, run: string) => Promise<unknown>;
  /**
   * What the server makes of it. `swallows`: it answers 200, and has none of `kept`, which came after the malformed field.
   * `cuts`: it answers 200, and has a shorter text. `refuses`: it answers 400. `takes`: it answers 200, and it is ours to know better.
   */
  readonly server: 'swallows' | 'cuts' | 'refuses' | 'takes';
}

const good: Metric = { key: 'kept', value: 2, timestamp: 2, step: 2 };
const goodText = JSON.stringify(good);

/** A caller without types, as JavaScript has them. */
const untyped = (value: unknown): never => value as never;

const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

function metric(
  server: Trap['server'],
  fields: string,
  changes: Partial<Record<keyof Metric, unknown>>,
): Trap {
  const bad = { key: 'a', value: 1, timestamp: 1, step: 1, ...changes };
  return {
    server,
    path: 'log-batch',
    body: (run) => `{"run_id": "${run}", "metrics": [{${fields}}, ${goodText}]}`,
    call: (mlflow, run) => mlflow.logBatch(run, [untyped(bad), good]),
  };
}

function batch(
  server: Trap['server'],
  records: { readonly metrics?: unknown[]; readonly params?: unknown[]; readonly tags?: unknown[] },
): Trap {
  const { metrics = [], params = [], tags = [] } = records;
  return {
    server,
    path: 'log-batch',
    body: (run) => JSON.stringify({ run_id: run, ...records }),
    call: (mlflow, run) => mlflow.logBatch(run, untyped(metrics), untyped(params), untyped(tags)),
  };
}

const rows = (count: number) => list(count, (step) => ({ ...good, key: 'm', step }));
const pairs = (count: number, value: unknown = '1') => list(count, (i) => ({ key: `k${i}`, value }));
const kept = { key: 'kept', value: 'v' };

function input(server: Trap['server'], dataset: object, tags: readonly unknown[] = []): Trap {
  // In this order, as in the interface's own definition.
  const datasets = [
    { tags, dataset: { name: 'kept', digest: 'd', source_type: 'local', source: '{}', ...dataset } },
  ];
  return {
    server,
    path: 'log-inputs',
    body: (run) => JSON.stringify({ run_id: run, datasets }),
    call: (mlflow, run) => mlflow.logInputs(run, untyped(datasets)),
  };
}

/** Each row of "The trap" and "Limits" in the project's description of MLflow's interface. */
export const traps: Readonly<Record<string, Trap>> = {
  'a broken step': metric('swallows', '"key":"a","value":1,"timestamp":1,"step":1.5', { step: 1.5 }),
  'performance.now() as a time': metric('swallows', '"key":"a","value":1,"timestamp":12.25,"step":1', {
    timestamp: 12.25,
  }),
  'a step beyond 64 bits': metric(
    'swallows',
    '"key":"a","value":1,"timestamp":1,"step":9223372036854775808',
    {
      step: 2 ** 63,
    },
  ),
  'a time before the epoch': metric('refuses', '"key":"a","value":1,"timestamp":-1,"step":1', {
    timestamp: -1,
  }),
  'a word for a value': metric('swallows', '"key":"a","value":"nan","timestamp":1,"step":1', {
    value: 'nan',
  }),
  'no value': metric('refuses', '"key":"a","value":null,"timestamp":1,"step":1', { value: null }),
  'a number for a param': batch('swallows', { params: [{ key: 'a', value: 5 }, kept] }),
  'a number for a tag': batch('swallows', { tags: [{ key: 'a', value: 5 }, kept] }),
  'half a surrogate pair': batch('swallows', { tags: [{ key: 'a', value: '\ud83d' }, kept] }),
  'a number for a dataset’s tag': input('swallows', {}, [{ key: 'mlflow.data.context', value: 5 }]),
  'a broken end': {
    server: 'swallows',
    path: 'update',
    body: (run) => JSON.stringify({ run_id: run, end_time: 1.5, run_name: 'kept' }),
    call: (mlflow, run) => mlflow.updateRun(run, undefined, 1.5, 'kept'),
  },
  'an unknown status': {
    server: 'takes',
    path: 'update',
    body: (run) => JSON.stringify({ run_id: run, status: 'DONE' }),
    call: (mlflow, run) => mlflow.updateRun(run, untyped('DONE')),
  },
  'a long param': batch('cuts', { params: [{ key: 'kept', value: 'x'.repeat(6001) }] }),
  'a long tag': batch('cuts', { tags: [{ key: 'kept', value: 'x'.repeat(8001) }] }),
  '1001 metrics': batch('refuses', { metrics: rows(1001) }),
  '101 params': batch('refuses', { params: pairs(101) }),
  '101 tags': batch('refuses', { tags: pairs(101) }),
  '1001 of all': batch('refuses', { metrics: rows(1000), params: pairs(1) }),
  // It would take them; proxies before it often take no more than 1 MB.
  'more than 1 MB': batch('takes', { params: pairs(100, 'ü'.repeat(6000)) }),
  'a param twice': batch('refuses', { params: [kept, kept] }),
  'a long key': batch('refuses', { metrics: [{ ...good, key: 'k'.repeat(251) }] }),
  'an odd key': batch('refuses', { metrics: [{ ...good, key: 'a@b' }] }),
  'a key that goes up': batch('refuses', { metrics: [{ ...good, key: 'a/../b' }] }),
  'no key': batch('refuses', { metrics: [{ ...good, key: '' }] }),
  'a long digest': input('refuses', { digest: 'x'.repeat(37) }),
  'a dataset from nowhere': input('takes', { source: '' }),
};
