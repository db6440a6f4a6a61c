import type { JsonObject } from '../../base/json.js';
import { positionAt } from '../../diagnostics/position.js';
import type { ReadInput } from '../../plan/input-changes.js';
import { pathText } from '../../resolve/document-path.js';
import type { ToldCause } from './told-cause.js';

/**
 * A cause for machines: its type, what was and what is, the path from the top of the file, and the place, lines and
 * columns counted from 1.
 */
export function causeJson({ cause, place, inputRuns }: ToldCause): JsonObject {
  return { ...contentOf(cause, inputRuns), ...placeOf(place) };
}

function contentOf(cause: ToldCause['cause'], inputRuns: boolean): JsonObject {
  switch (cause.type) {
    case 'field': {
      const { type, change } = cause;
      return {
        type,
        change,
        ...('before' in cause && { before: cause.before }),
        ...('after' in cause && { after: cause.after }),
      };
    }
    case 'data':
      return {
        type: 'data',
        ...(cause.before !== undefined && { before: cause.before }),
        ...(cause.after !== undefined && { after: cause.after }),
      };
    case 'input':
      return {
        type: 'input',
        change: cause.change,
        ...('before' in cause && { before: inputOf(cause.before) }),
        ...('after' in cause && { after: inputOf(cause.after) }),
        ...(cause.change === 'changed' && { runs: inputRuns }),
      };
    case 'code':
      return { type: 'code', parts: cause.parts.map((part) => ({ ...part })) };
    case 'backend':
      return {
        type: 'backend',
        before: cause.before && { ...cause.before },
        after: cause.after && { ...cause.after },
      };
    case 'never_ran':
    case 'key':
    case 'forced':
    case 'always':
      return { type: cause.type };
    case 'absent':
      return { type: 'absent', ...(cause.finished !== undefined && { finished: cause.finished }) };
    case 'damaged':
      return { type: 'damaged', reason: cause.reason };
  }
}

function inputOf({ role, stage, split, key }: ReadInput): JsonObject {
  return { role, stage, ...(split !== undefined && { split }), key };
}

function placeOf(place: ToldCause['place']): JsonObject {
  if (!place) return {};
  const { path, range, isDefault } = place;
  const { line, column } = positionAt(range.source, range.start);
  return {
    path: pathText(path),
    file: range.source.name,
    line,
    column,
    ...(isDefault && { default: true }),
  };
}
