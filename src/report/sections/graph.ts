import { required } from '../../base/invariant.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import type { StageId } from '../../plan/types.js';
import { html, type Html } from '../html.js';
import { stateOf } from '../stage-state.js';

/** All in pixels: distance of rows, height of a box, distance of columns, distance of detours. */
const row = 44;
const box = 30;
const gap = 56;
const lane = 10;
/** Width of a monospaced letter of 13 pixels, with a little to spare. */
const letter = 7.9;

interface Place {
  readonly record: StageRecord;
  readonly column: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The stages from left to right, each behind all that it reads or waits for. */
export function stageGraph(record: RunRecord): Html | undefined {
  if (record.stages.length < 2) return undefined;
  const places = placesOf(record.stages);
  const all = [...places.values()];
  const bottom = Math.max(...all.map((place) => place.y)) + box;
  let detours = 0;
  const edges = all.flatMap((to) =>
    predecessors(to.record).map((id) => {
      const from = required(places.get(id), `place of stage ${id}`);
      if (to.column === from.column + 1) return direct(from, to);
      detours += 1;
      return detour(from, to, bottom + detours * lane);
    }),
  );
  const width = Math.max(...all.map((place) => place.x + place.width)) + 2;
  const height = bottom + (detours + 1) * lane;
  return html`<div class="scroll">
    <svg class="graph" width="${width}" height="${height}" role="img" aria-label="${describe(record)}">
      ${edges} ${all.map(node)}
    </svg>
  </div>`;
}

function predecessors({ stage }: StageRecord): readonly StageId[] {
  return [...new Set([...stage.inputs.map((input) => input.stage), ...stage.after])];
}

/** A stage's column is the length of the longest way to it. */
function placesOf(stages: readonly StageRecord[]): ReadonlyMap<StageId, Place> {
  const columns = new Map<StageId, number>();
  for (const record of stages) {
    const before = predecessors(record).map((id) => required(columns.get(id), `column of stage ${id}`));
    columns.set(record.stage.id, Math.max(-1, ...before) + 1);
  }
  const places = new Map<StageId, Place>();
  let x = 1;
  for (let column = 0; column <= Math.max(...columns.values()); column++) {
    const members = stages.filter(({ stage }) => columns.get(stage.id) === column);
    const width = Math.max(...members.map(({ stage }) => stage.id.length)) * letter + 28;
    for (const [index, record] of members.entries()) {
      places.set(record.stage.id, { record, column, x, y: 1 + index * row, width });
    }
    x += width + gap;
  }
  return places;
}

function direct(from: Place, to: Place): Html {
  const start = from.x + from.width;
  const middle = start + gap / 2;
  const [y1, y2] = [centre(from), centre(to)];
  return html`<path class="edge" d="M${start},${y1}C${middle},${y1} ${middle},${y2} ${to.x},${y2}" />`;
}

/** Below all boxes, so that the line is not lost behind those between its ends. */
function detour(from: Place, to: Place, y: number): Html {
  const start = from.x + from.width;
  const down = start + gap / 2;
  const up = to.x - gap / 2;
  const [y1, y2] = [centre(from), centre(to)];
  return html`<path
    class="edge"
    d="M${start},${y1}C${down},${y1} ${start},${y} ${start + gap},${y}H${to.x - gap}C${to.x},${y} ${up},${y2} ${to.x},${y2}"
  />`;
}

function centre(place: Place): number {
  return place.y + box / 2;
}

function node({ record, x, y, width }: Place): Html {
  const { tone } = stateOf(record);
  return html`<rect class="node ${tone}" x="${x}" y="${y}" width="${width}" height="${box}" rx="6" />
    <text x="${x + width / 2}" y="${y + box / 2 + 4.5}" text-anchor="middle">${record.stage.id}</text>`;
}

function describe(record: RunRecord): string {
  return record.stages
    .map((stage) => {
      const before = predecessors(stage);
      return before.length === 0 ? stage.stage.id : `${stage.stage.id} after ${before.join(' and ')}`;
    })
    .join('; ');
}
