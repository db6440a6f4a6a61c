import { required } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { PositionedNode } from '../source/document.js';
import { nodeAt } from '../source/node-at.js';
import type { PlannedExperiments } from './plan.js';
import { declarationOf } from './stage-drafts.js';
import type { PlannedStage, RunnablePlan } from './types.js';

/** A part of a stage that this release plans and does not run. */
interface Lack {
  /** Within the stage's declaration, or from the root of the file where it starts with a section. */
  readonly field: readonly string[];
  readonly what: string;
}

/**
 * The plan, where this release can run all of it, or what it can only plan: each once, at its place in the file.
 * That is told before anything runs, and not by `validate` or `plan`.
 */
export function runnablePlan({
  plan,
  experiments,
}: PlannedExperiments): Result<RunnablePlan, readonly Diagnostic[]> {
  const problems = new Map<PositionedNode | string, Diagnostic>();
  for (const stage of plan.stages) {
    for (const { field, what } of lacksOf(stage)) {
      const { origins } = required(experiments.get(stage.id), `experiment of ${stage.id}`);
      const declaration = declarationOf(stage.id);
      const node = nodeAt(origins, [...declaration, ...field]) ?? nodeAt(origins, [...declaration, 'type']);
      const place = node ?? stage.id;
      if (!problems.has(place)) problems.set(place, lacking(declaration[1], what, node));
    }
  }
  return problems.size > 0 ? err([...problems.values()]) : ok(plan as RunnablePlan);
}

/** Each command of a plan, at its place in the file, for who lets no file run code. */
export function refusedCommands({
  plan,
  experiments,
}: Pick<PlannedExperiments, 'plan' | 'experiments'>): readonly Diagnostic[] {
  const refused = new Map<string, Diagnostic>();
  for (const { id, kind } of plan.stages) {
    const declaration = declarationOf(id);
    if (kind !== 'command' || refused.has(declaration[1])) continue;
    const { origins } = required(experiments.get(id), `experiment of ${id}`);
    const node = nodeAt(origins, [...declaration, 'run']) ?? nodeAt(origins, declaration);
    const at = node?.from ?? node?.range;
    refused.set(declaration[1], {
      code: 'command-refused',
      severity: 'error',
      message: `the stage ${quoted(declaration[1])} runs a command, which --no-commands refuses`,
      ...(at && { range: at }),
      notes: [],
      help: 'read the command, and run without --no-commands if you trust it',
    });
  }
  return [...refused.values()];
}

function lacking(name: string, what: string, node: PositionedNode | undefined): Diagnostic {
  const diagnostic = {
    message: `this release checks and plans ${what}, and cannot run it yet`,
    help: `run the rest without it, as in \`-S ~stages.${name}\`, or use a release that has it`,
  };
  return node
    ? error('no-engine', { at: node.range, ...diagnostic })
    : { code: 'no-engine', severity: 'error', notes: [], ...diagnostic };
}

function lacksOf(stage: PlannedStage): readonly Lack[] {
  switch (stage.kind) {
    case 'dataset':
    case 'train':
    case 'evaluate':
    case 'sample':
    case 'classifier':
    case 'extractor':
    case 'curves':
    case 'command':
    case 'compare':
    case 'gate':
    case 'claim':
      return [];
    case 'report':
      return [{ field: ['type'], what: `stages of type ${quoted(stage.kind)}` }];
  }
}
