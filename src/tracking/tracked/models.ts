import { join } from 'node:path';

import { artifactOf, type RunRecord, type StageRecord } from '../../execute/record.js';
import { stageName } from '../../plan/stage-name.js';
import { fileAt } from './artifacts.js';
import type { Cell } from './cells.js';
import { lastMetricsOf } from './metrics.js';
import { paramsOf } from './params.js';
import { cellTag, modelTag, type TrackedModel } from './types.js';

const roles = ['generator', 'critic'] as const;

/** In a training's artifact: a network of a snapshot, by its number of generator steps. */
const snapshot = /^snapshots\/step-(\d+)\/(generator|critic|average)\.json$/;

/** What tells about both networks: shapes, classes, a vocabulary. */
const manifest = 'networks.json';

/** The trained networks of a cell as they were at the end; the generator's average where there is one, as evaluations take it. */
export function modelsOf(record: RunRecord, cell: Cell): TrackedModel[] {
  return cell.stages.flatMap((stage) => trainedNetworks(stage, cell, record));
}

function trainedNetworks(trained: StageRecord, cell: Cell, { start }: RunRecord): TrackedModel[] {
  const { stage, outcome, ended } = trained;
  const artifact = artifactOf(outcome);
  if (stage.kind !== 'train' || artifact === undefined) return [];
  const { directory, files } = artifact;
  const isDiverged = outcome.state === 'diverged';
  const register = stage.policy?.register;
  const found = files.flatMap(({ path }) => {
    const [, step, network] = snapshot.exec(path) ?? [];
    return step === undefined ? [] : [{ step: Number(step), network, path }];
  });
  const step = Math.max(...found.map((one) => one.step));
  const last = new Map(found.filter((one) => one.step === step).map(({ network, path }) => [network, path]));
  return roles.flatMap((role): TrackedModel[] => {
    const path = (role === 'generator' ? last.get('average') : undefined) ?? last.get(role);
    if (path === undefined) return [];
    const beside = path.replace(/json$/, '');
    const name = `${stageName(stage.id)}-${role}`;
    const id = `${cell.id}.${name}`;
    return [
      {
        id,
        training: `${artifact.digest}.${role}`,
        name,
        step,
        time: ended ?? start.time,
        params: paramsOf('network', stage.fields[role]),
        // The bundle asks for none, and they go over all that was ever told.
        get metrics() {
          return lastMetricsOf(role === 'generator' ? [trained, ...evaluationsOf(trained, cell)] : [trained]);
        },
        tags: [
          { key: modelTag, value: id },
          ...(cell.name === '' ? [] : [{ key: cellTag, value: cell.name }]),
          ...(isDiverged ? [{ key: 'wassermill.diverged', value: 'True' }] : []),
        ],
        files: [
          fileAt('model.json', join(directory, path)),
          ...files
            .filter((file) => file.path.startsWith(beside) && file.path.endsWith('.bin'))
            .map((file) => fileAt(file.path.slice(path.lastIndexOf('/') + 1), join(directory, file.path))),
          ...files
            .filter((file) => file.path === manifest)
            .map(() => fileAt(manifest, join(directory, manifest))),
        ],
        graph: join(directory, path),
        // What diverged is a result, and nothing that another should take for a trained network.
        registered: !isDiverged && register?.network === role ? register : undefined,
      },
    ];
  });
}

/** The stages of the cell that measure what was trained. */
function evaluationsOf({ stage: { id } }: StageRecord, { stages }: Cell): readonly StageRecord[] {
  return stages.filter(
    ({ stage: { kind, inputs } }) => kind === 'evaluate' && inputs.some(({ stage }) => stage === id),
  );
}
