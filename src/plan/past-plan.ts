import { Ajv } from 'ajv';
import type { Static } from 'typebox';

import type { Digest } from '../base/digest.js';
import type { JsonObject } from '../base/json.js';
import type { Axes } from '../resolve/axes.js';
import { Type } from '../spec/type.js';
import type { CodeParts } from './code-parts.js';
import { recordFormat, type KindRecord, type SourceRecord } from './plan-record.js';
import type { StageId, StageKey } from './types.js';

/** A plan that was written down by an earlier run. Its stages may be of kinds that this version does not know. */
export interface PastPlan {
  readonly pipeline: string;
  readonly kinds: Readonly<Record<string, KindRecord>>;
  readonly code: CodeParts;
  readonly stages: readonly PastStage[];
}

export interface PastStage {
  readonly id: StageId;
  readonly kind: string;
  readonly key: StageKey;
  readonly axes: Axes;
  /** As they counted in the key. */
  readonly fields: JsonObject;
  readonly sources: readonly SourceRecord[];
  readonly inputs: readonly PastInput[];
}

export interface PastInput {
  readonly role: string;
  readonly stage: StageId;
  readonly split?: string;
}

const text = Type.String();
const json = Type.Unsafe<JsonObject>(Type.Object({}));
// Keys lead to folders of the store: nothing else passes for one.
const digestForm = Type.String({ pattern: '^[0-9a-f]{64}$' });
const digest = Type.Unsafe<Digest>(digestForm);
const stageId = Type.Unsafe<StageId>(text);
const axisValue = Type.Union([text, Type.Number(), Type.Boolean()]);

const recordedStage = Type.Object({
  id: stageId,
  kind: text,
  key: Type.Unsafe<StageKey>(digestForm),
  axes: Type.Optional(Type.Record(text, axisValue)),
  fields: json,
  identity: Type.Optional(json),
  sources: Type.Optional(
    Type.Array(Type.Object({ field: Type.Array(Type.Union([text, Type.Number()])), digest })),
  ),
  inputs: Type.Array(Type.Object({ role: text, stage: stageId, split: Type.Optional(text) })),
});

const backend = Type.Object({
  name: Type.Unsafe<NonNullable<KindRecord['backend']>['name']>(text),
  version: text,
});

const recordedPlan = Type.Object({
  pipeline: text,
  madeOf: Type.Object({
    format: Type.Literal(recordFormat),
    kinds: Type.Record(
      text,
      Type.Object({ implementation: digest, backend: Type.Union([backend, Type.Null()]) }),
    ),
    code: Type.Object({
      consistsOf: Type.Record(text, Type.Array(text)),
      parts: Type.Record(text, text),
    }),
  }),
  stages: Type.Array(recordedStage),
});

const isRecordedPlan = new Ajv({ strict: false }).compile<Static<typeof recordedPlan>>(recordedPlan);

/**
 * The plan that a text holds. Undefined for one of an older or a newer form, and for anything that is not whole: a past
 * that cannot be read is no past, and nobody's mistake.
 */
export function parsePastPlan(written: string): PastPlan | undefined {
  const value = parsed(written);
  if (!isRecordedPlan(value)) return undefined;
  const { pipeline, madeOf, stages } = value;
  return { pipeline, kinds: madeOf.kinds, code: madeOf.code, stages: stages.map(pastStage) };
}

/** The pipeline's name in the beginning of such a text, without reading on. */
export function pipelineIn(beginning: string): string | undefined {
  const name = /^\{\s*"pipeline":\s*("(?:[^"\\]|\\.)*")/.exec(beginning)?.[1];
  return name === undefined ? undefined : String(parsed(name));
}

function pastStage(stage: Static<typeof recordedStage>): PastStage {
  const { id, kind, key, axes = {}, fields, identity = fields, sources = [], inputs } = stage;
  return { id, kind, key, axes, fields: identity, sources, inputs };
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}
