import path from 'node:path';

import { Ajv } from 'ajv';
import type { Static } from 'typebox';

import type { JsonObject, JsonValue } from '../../base/json.js';
import { err, ok, type Result } from '../../base/result.js';
import type { StageId } from '../../plan/types.js';
import { parseDocument } from '../../source/parse-document.js';
import { plainValue } from '../../source/plain-value.js';
import { historyOf } from '../../tracking/history.js';
import { runNamed } from '../find-run.js';
import { readText, type TextKind } from '../read-pipeline.js';
import type { Surroundings } from '../surroundings.js';
import { Type } from '../../spec/type.js';
import type { Side, SideProblem } from './side.js';

/** As runs are named; a file of such a name is given as `./NAME`. */
export function isRunName(name: string): boolean {
  return /^\d{8}T\d{6}Z-\w+$/.test(name);
}

/** A past run, from what it wrote down before it began: its first variant, and the stages of all. */
export async function sideOfRun(
  name: string,
  runs: string,
  variant: string | undefined,
  { directory }: Surroundings,
): Promise<Result<Side, SideProblem>> {
  const found = await runNamed(name, runs, directory);
  if (!found.ok) return err({ text: found.error });
  const folder = path.join(historyOf(runs), found.value);
  const resolved = await readText(path.join(folder, 'resolved.yaml'), directory, recordText);
  if (!resolved.ok) return err({ diagnostics: resolved.error });
  const planned = await readText(path.join(folder, 'plan.json'), directory, recordText);
  if (!planned.ok) return err({ diagnostics: planned.error });

  const document = parseDocument(resolved.value);
  if (!document.ok) return err({ diagnostics: document.error });
  const plan = planOf(planned.value.text);
  if (!plan) return err({ text: `error: the plan of ${name} is damaged: ${folder}/plan.json\n` });
  const axes = plan.axes ?? {};
  if (variant !== undefined) {
    const text = `error: the record of ${name} holds the fields of its first variant only\n  help: leave --variant out, or compare the files\n`;
    return err({ text });
  }
  const { axes: _axes, ...specification } = plainValue(document.value.root) as JsonObject;
  return ok({
    name,
    // Which cell the first one is, the record does not say.
    variant: undefined,
    axes,
    specification,
    placeOf: () => undefined,
    stages: plan.stages.map((stage) => ({
      ...stage,
      id: stage.id as StageId,
      inputs: stage.inputs.map((input) => ({ ...input, stage: input.stage as StageId })),
    })),
  });
}

const recordText: TextKind = {
  code: 'pipeline-unreadable',
  noun: 'record of a run',
  largest: 128,
  example: 'name a run that has its record, as `wassermill report` does',
};

const recordedPlan = Type.Object({
  axes: Type.Optional(
    Type.Record(Type.String(), Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
  ),
  stages: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      key: Type.String(),
      fields: Type.Unsafe<JsonObject>({ type: 'object' }),
      inputs: Type.Array(
        Type.Object({ role: Type.String(), stage: Type.String(), split: Type.Optional(Type.String()) }),
      ),
    }),
  ),
});

function planOf(text: string): Static<typeof recordedPlan> | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    const validate = new Ajv({ strictTypes: false }).compile<Static<typeof recordedPlan>>(recordedPlan);
    return validate(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
