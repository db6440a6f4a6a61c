import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { onTestFinished } from 'vitest';

import { FakeModels, Refused } from './fake-models.js';
import { type Fault, faults } from './faults.js';

/** What a server holds of a run. */
export interface ServedRun {
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  /** Rows, each once, as MLflow's own database keeps them. */
  readonly metrics: Set<string>;
  readonly inputs: Set<string>;
  readonly artifacts: Map<string, string>;
  status: string;
  readonly startTime: number | undefined;
  endTime: number | undefined;
  isDeleted: boolean;
}

export interface FakeMlflow {
  readonly url: string;
  /** What it holds, to be compared. */
  readonly state: () => {
    readonly experiments: unknown;
    readonly runs: readonly ServedRun[];
    readonly models: unknown;
  };
  /** Its models and their registry. */
  readonly models: FakeModels;
  /** Rows of metrics that arrived, those that it had already among them, and not those of models. */
  readonly arrived: () => number;
  /** Turns every request away from now on, or no longer. */
  readonly beDown: (isDown: boolean) => void;
  /** Has no room for files from now on, or again. */
  readonly refuseFiles: (isFull: boolean) => void;
  /** Is in trouble from now on, in the way that is chosen for each request; undefined where there is none. */
  readonly beInTrouble: (troubleOf: (asked: Asked) => Fault | undefined) => void;
}

/** A request, as far as its trouble may depend on it. */
export interface Asked {
  readonly method: string;
  /** As in `runs/log-batch`. */
  readonly path: string;
  readonly body: string;
}

type Pair = Readonly<{ key: string; value: string }>;

/** So much of MLflow's server as a replay asks for, in memory. */
export async function fakeMlflow(): Promise<FakeMlflow> {
  let arrived = 0;
  let troubleOf: (asked: Asked) => Fault | undefined = () => undefined;
  const beInTrouble: FakeMlflow['beInTrouble'] = (trouble) => {
    troubleOf = trouble;
  };
  const experiments = new Map<string, string>();
  const runs: ServedRun[] = [];
  const described = (run: ServedRun) => ({
    info: {
      run_id: String(runs.indexOf(run)),
      lifecycle_stage: run.isDeleted ? 'deleted' : 'active',
      artifact_uri: `mlflow-artifacts:/1/${runs.indexOf(run)}/artifacts`,
    },
    data: { params: [...run.params].map(([key, value]) => ({ key, value })) },
  });
  const models = new FakeModels();
  const answer = (method: string, url: URL, body: string): unknown => {
    const path = pathOf(url);
    const ofModels = models.answer(method, path, url.searchParams, body);
    if (ofModels !== undefined) return ofModels;
    if (method === 'PUT') {
      const [, , , run = '', , ...file] = path.split('/');
      runs[Number(run)]?.artifacts.set(file.join('/'), body);
      return {};
    }
    const asked = (body === '' ? {} : JSON.parse(body)) as {
      name?: string;
      filter?: string;
      run_id?: string;
      key?: string;
      value?: string;
      status?: string;
      start_time?: number;
      end_time?: number;
      tags?: readonly Pair[];
      params?: readonly Pair[];
      metrics?: readonly { readonly model_id?: string }[];
      datasets?: readonly object[];
    };
    const run = runs[Number(asked.run_id)];
    for (const { key, value } of asked.params ?? []) run?.params.set(key, value);
    for (const { model_id, ...metric } of asked.metrics ?? []) {
      run?.metrics.add(JSON.stringify(metric));
      if (model_id === undefined) arrived += 1;
      else models.log(model_id, metric);
    }
    for (const dataset of asked.datasets ?? []) run?.inputs.add(JSON.stringify(dataset));
    for (const { key, value } of asked.tags ?? []) run?.tags.set(key, value);
    switch (path) {
      case 'experiments/get-by-name': {
        const id = experiments.get(url.searchParams.get('experiment_name') ?? '');
        return id === undefined
          ? undefined
          : { experiment: { experiment_id: id, lifecycle_stage: 'active' } };
      }
      case 'experiments/create':
        experiments.set(asked.name ?? '', String(experiments.size + 1));
        return { experiment_id: String(experiments.size) };
      case 'runs/search': {
        const [, tag = '', value = ''] = /^tags\.`(.*)` = '(.*)'$/.exec(asked.filter ?? '') ?? [];
        return { runs: runs.filter(({ tags }) => tags.get(tag) === value).map(described) };
      }
      case 'runs/get': {
        const id = url.searchParams.get('run_id') ?? '';
        const there = runs[Number(id)];
        const outputs = { model_outputs: models.outputs.get(id) ?? [] };
        return there && { run: { ...described(there), outputs } };
      }
      case 'runs/create': {
        const tags = new Map(asked.tags?.map(({ key, value }) => [key, value]));
        const nothing = { params: new Map(), metrics: new Set<string>(), inputs: new Set<string>() };
        const made: ServedRun = {
          tags,
          ...nothing,
          artifacts: new Map(),
          status: 'RUNNING',
          startTime: asked.start_time,
          endTime: undefined,
          isDeleted: false,
        };
        runs.push(made);
        return { run: described(made) };
      }
      case 'runs/update':
        if (run !== undefined) {
          run.status = asked.status ?? '';
          run.endTime = asked.end_time;
        }
        return { run_info: {} };
      case 'runs/set-tag':
        run?.tags.set(asked.key ?? '', asked.value ?? '');
        return {};
      case 'runs/delete':
        if (run !== undefined) run.isDeleted = true;
        return {};
      case 'runs/log-batch':
      case 'runs/log-inputs':
        return {};
      default:
        throw new Error(`the replay asks for ${method} ${path}, which this server has not`);
    }
  };
  const server = createServer((request, response) => {
    void text(request).then(
      (body) => {
        const { method = '' } = request;
        const url = new URL(request.url ?? '', 'http://server');
        const fault = troubleOf({ method, path: pathOf(url), body });
        const said = fault?.isActedOn === false ? undefined : answer(method, url, body);
        if (fault !== undefined) {
          fault.answer(response);
          return;
        }
        if (said instanceof Refused) {
          response.writeHead(said.status).end(JSON.stringify({ error_code: said.error_code, message: 'no' }));
          return;
        }
        const absent = { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'there is none' };
        // Of an upload the server says nothing.
        const text = method === 'PUT' ? '' : JSON.stringify(said ?? absent);
        response.writeHead(said === undefined ? 404 : 200).end(text);
      },
      // The sender died on the way: as a real server, this one does nothing of the request.
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    state: () => ({
      experiments: [...experiments],
      runs: structuredClone(runs),
      models: models.state(),
    }),
    models,
    arrived: () => arrived,
    beDown: (is) => {
      beInTrouble(() => (is ? faults['503'] : undefined));
    },
    refuseFiles: (is) => {
      beInTrouble(({ method }) => (is && method === 'PUT' ? faults['500'] : undefined));
    },
    beInTrouble,
  };
}

function pathOf({ pathname }: URL): string {
  return pathname.replace(/^\/api\/2\.0\/(mlflow\/)?/, '');
}
