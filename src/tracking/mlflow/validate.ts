import { limits } from './limits.js';
import type { DatasetInput, ModelMetric, Param, Tag, WireMetric } from './types.js';

/**
 * An argument that the server would mishandle. MLflow answers 200 to a request with one malformed field, stores
 * 0 or "" in its place, and loses all that follows it in the body, so each call is checked before it is sent.
 */
export class InvalidArgument extends TypeError {
  override readonly name = 'InvalidArgument';
}

/** Keys: Unicode letters and digits, and `_ - . space : /`. */
const keyForm = /^[\p{L}\p{N}_\-. :/]+$/u;

export function checkedMetric(metric: ModelMetric): WireMetric {
  const key = checkedKey('metric key', metric.key);
  const of = `of metric "${key}"`;
  if (typeof metric.value !== 'number') refuse(`value ${of}`, 'a number', metric.value);
  return {
    key,
    value: Number.isFinite(metric.value) ? metric.value : (String(metric.value) as WireMetric['value']),
    timestamp: checkedTime(`timestamp ${of}`, metric.timestamp),
    step: checkedInteger(`step ${of}`, metric.step ?? 0),
    ...(metric.model_id !== undefined && { model_id: checkedName(`model_id ${of}`, metric.model_id) }),
  };
}

export function checkedParam(param: Param): Param {
  const key = checkedKey('param key', param.key);
  return { key, value: checkedText(`value of param "${key}"`, param.value, limits.paramValue) };
}

export function checkedTag(tag: Tag, longest: number = limits.tagValue): Tag {
  const key = checkedKey('tag key', tag.key);
  return { key, value: checkedText(`value of tag "${key}"`, tag.value, longest) };
}

export function checkedTags(tags: readonly Tag[] | undefined, longest: number = limits.tagValue): Tag[] {
  return (tags ?? []).map((tag) => checkedTag(tag, longest));
}

export function checkedInput(input: DatasetInput): DatasetInput {
  const { dataset } = input;
  const name = checkedName('dataset name', dataset.name, limits.datasetName);
  const text = (field: keyof typeof dataset, longest: number) =>
    checkedName(`${field} of dataset "${name}"`, dataset[field], longest);
  return {
    dataset: {
      name,
      digest: text('digest', limits.datasetDigest),
      source_type: text('source_type', limits.datasetSourceType),
      source: text('source', limits.datasetSource),
      ...(dataset.schema === undefined ? {} : { schema: text('schema', limits.datasetSchema) }),
      ...(dataset.profile === undefined ? {} : { profile: text('profile', limits.datasetProfile) }),
    },
    tags: (input.tags ?? []).map((tag) => ({
      key: checkedName(`tag key of dataset "${name}"`, tag.key, limits.inputTagKey),
      value: checkedText(`value of tag "${tag.key}" of dataset "${name}"`, tag.value, limits.inputTagValue),
    })),
  };
}

/** Of metrics, params and tags. */
export function checkedKey(what: string, value: unknown): string {
  const key = checkedName(what, value, limits.key);
  if (!keyForm.test(key)) {
    throw new InvalidArgument(
      `${what} "${key}" may hold letters, digits, spaces and _ - . : / only; replace the other characters`,
    );
  }
  // The server compares the key with its normal form as a path.
  if (key.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new InvalidArgument(`${what} "${key}" must be a plain path: no empty part, "." or ".." in it`);
  }
  return key;
}

/** Of a logged model. */
export function checkedModelName(what: string, value: unknown): string {
  const name = checkedName(what, value, limits.experimentName);
  if (/[/:.%"']/.test(name)) {
    throw new InvalidArgument(`${what} "${name}" may not hold any of / : . % " ' in MLflow`);
  }
  return name;
}

/** A text that may not be empty: an id, a name. */
export function checkedName(what: string, value: unknown, longest: number = limits.key): string {
  const text = checkedText(what, value, longest);
  return text === '' ? refuse(what, 'a non-empty string', value) : text;
}

export function checkedText(what: string, value: unknown, longest: number): string {
  if (typeof value !== 'string') return refuse(what, 'a string', value);
  if (value.length > longest) {
    const length = Array.from(value).length;
    if (length > longest) {
      throw new InvalidArgument(`${what} has ${length} characters; MLflow keeps at most ${longest}`);
    }
  }
  if (/\p{Surrogate}/u.test(value)) {
    throw new InvalidArgument(`${what} holds half of a surrogate pair, which is not Unicode text`);
  }
  return value;
}

export function checkedInteger(what: string, value: unknown): number {
  return Number.isSafeInteger(value) ? (value as number) : refuse(what, 'an integer', value);
}

/** Milliseconds since the epoch. */
export function checkedTime(what: string, value: unknown): number {
  const time = checkedInteger(what, value);
  return time >= 0 ? time : refuse(what, 'an integer of at least 0', value);
}

export function checkedWord<W extends string>(what: string, value: unknown, words: readonly W[]): W {
  const word = words.find((candidate) => candidate === value);
  return word ?? refuse(what, `one of ${words.join(', ')}`, value);
}

export function checkedCount(what: string, count: number, most: number): void {
  if (count > most) {
    throw new InvalidArgument(
      `${count} ${what} in one call; MLflow takes at most ${most}: send several batches`,
    );
  }
}

function refuse(what: string, expected: string, value: unknown): never {
  throw new InvalidArgument(`${what} must be ${expected}, not ${described(value)}`);
}

function described(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  const shown = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return shown ? `${typeof value} ${value}`.slice(0, 80) : `of type ${typeof value}`;
}
