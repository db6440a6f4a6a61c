import { groupBy } from '../base/group.js';
import { axesName, type Axes } from '../resolve/axes.js';
import { stageName } from './stage-name.js';
import type { StageId, StageKey } from './types.js';

/** What a stage reads, as it counts in the key, with what tells which input of a role it is. */
export interface ReadInput {
  readonly role: string;
  readonly stage: StageId;
  readonly split?: string;
  readonly key: StageKey;
  /** Of the stage that is read. */
  readonly axes: Axes;
}

export type InputChange =
  /** The same stage is read, and is not what it was. */
  | { readonly change: 'changed'; readonly before: ReadInput; readonly after: ReadInput }
  /** Another stage, or another split, is read. */
  | { readonly change: 'other'; readonly before: ReadInput; readonly after: ReadInput }
  | { readonly change: 'added'; readonly after: ReadInput }
  | { readonly change: 'removed'; readonly before: ReadInput };

/**
 * How what a stage reads differs. A role may have many inputs: they are matched by the stage and its place on the axes.
 * A stage that only goes by another name is no difference.
 */
export function inputChanges(
  before: readonly ReadInput[],
  after: readonly ReadInput[],
): readonly InputChange[] {
  const open = new Unmatched(before);
  const different = after.filter((input) => !open.take(byContent, input));
  const changes: InputChange[] = [];
  let left = different;
  for (const { by, change } of steps) {
    left = left.filter((input) => {
      const match = open.take(by, input);
      if (match) changes.push({ change, before: match, after: input });
      return !match;
    });
  }
  return [
    ...changes,
    ...left.map((input) => ({ change: 'added', after: input }) as const),
    ...open.rest().map((input) => ({ change: 'removed', before: input }) as const),
  ];
}

type Sameness = (input: ReadInput) => string;

const byContent: Sameness = ({ role, split, key }) => JSON.stringify([role, split, key]);
const byStage: Sameness = ({ role, split, stage }) => JSON.stringify([role, split, stage]);
const byAxes: Sameness = ({ role, split, stage, axes }) =>
  JSON.stringify([role, split, stageName(stage), sorted(axes)]);
const byPlace: Sameness = ({ role, axes }) => JSON.stringify([role, sorted(axes)]);
const byRole: Sameness = ({ role }) => role;

const steps = [
  { by: byStage, change: 'changed' },
  { by: byAxes, change: 'changed' },
  { by: byPlace, change: 'other' },
  { by: byRole, change: 'other' },
] as const;

function sorted(axes: Axes): string {
  return axesName(Object.fromEntries(Object.entries(axes).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Inputs that are still to be matched, each once. */
class Unmatched {
  private readonly open: Set<ReadInput>;
  private readonly indices = new Map<Sameness, Map<string, ReadInput[]>>();

  constructor(inputs: readonly ReadInput[]) {
    this.open = new Set(inputs);
  }

  take(by: Sameness, like: ReadInput): ReadInput | undefined {
    const alike = this.indexOf(by).get(by(like)) ?? [];
    for (let found = alike.shift(); found !== undefined; found = alike.shift()) {
      if (this.open.delete(found)) return found;
    }
    return undefined;
  }

  rest(): readonly ReadInput[] {
    return [...this.open];
  }

  private indexOf(by: Sameness): Map<string, ReadInput[]> {
    const known = this.indices.get(by);
    if (known) return known;
    // Copies: what is taken is taken out of them.
    const groups = [...groupBy(this.open, by)];
    const index = new Map(groups.map(([name, alike]) => [name, [...alike]]));
    this.indices.set(by, index);
    return index;
  }
}
