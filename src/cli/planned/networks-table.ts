import { formatBytes, formatCount } from '../../base/format.js';
import type { NetworkFigures, TrainedNetworks } from '../../plan/network-sizes.js';
import type { PlannedStage, StageId } from '../../plan/types.js';
import { wrap } from '../terminal/text.js';
import { cellRows, tableOf, unknown } from './cell-rows.js';

const headings = ['parameters', 'multiply-adds', 'memory'];

/** How large the networks are that are trained. */
export function networksTable(
  stages: readonly { readonly stage: PlannedStage }[],
  networks: ReadonlyMap<StageId, TrainedNetworks>,
  width: number,
  ellipsis: string,
): readonly string[] {
  const trained = stages.flatMap(({ stage }) => {
    const own = networks.get(stage.id);
    return own ? [{ stage, own }] : [];
  });
  const known = trained.flatMap(({ stage, own }) => ('waitsFor' in own ? [] : [{ stage, own }]));
  const rows = [
    ...(['generator', 'critic'] as const).flatMap((role) =>
      cellRows(
        known,
        ({ own }) => own[role],
        (name, { own }) => ({ name: `${name}.${role}`, values: shown(own[role]) }),
      ),
    ),
    ...cellRows(
      trained.filter(({ own }) => 'waitsFor' in own),
      () => undefined,
      (name) => ({ name, values: [unknown, unknown, unknown] }),
    ),
  ];
  if (rows.length === 0) return [];
  const waiting = new Set(trained.flatMap(({ own }) => ('waitsFor' in own ? [own.waitsFor] : [])));
  const notes = [
    ...(waiting.size > 0 ? [`${unknown} until ${[...waiting].join(', ')} has run`] : []),
    ...(known.length > 0
      ? ['multiply-adds: of one sample forward, 2 FLOPs each; memory: weights and slots']
      : []),
  ];
  return [
    ...tableOf(rows, headings, width, ellipsis),
    ...notes.flatMap((note) => wrap(note, width - 2)).map((line) => `  ${line}`),
  ];
}

function shown({ parameters, multiplyAdds, memoryBytes }: NetworkFigures): readonly string[] {
  return [formatCount(parameters), formatCount(multiplyAdds), formatBytes(memoryBytes)];
}
