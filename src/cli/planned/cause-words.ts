import path from 'node:path';

import { isDigest } from '../../base/digest.js';
import type { Cause } from '../../plan/causes.js';
import type { PartChange } from '../../plan/code-parts.js';
import type { FieldPlace } from '../../plan/field-place.js';
import type { Fingerprint } from '../../plan/fingerprint.js';
import { stageName } from '../../plan/stage-name.js';
import { pathText } from '../../resolve/document-path.js';
import { oneLine, truncate } from '../terminal/text.js';
import { placeText, type ToldCause } from './told-cause.js';
import { valueText } from './value-text.js';

/** How much room the words of a cause take. */
export interface Room {
  /** Cells of a value. */
  readonly value: number;
  /** Whether places are told with the folders of their files, without, or not at all. */
  readonly place: 'whole' | 'file' | 'none';
  readonly ellipsis: string;
}

/** A cause in a few words, with what was and what is: `lipschitz.range[1] 0.01 -> 0.03 (mnist.yaml:24)`. */
export function causeWords(told: ToldCause, room: Room): string {
  const { place } = told;
  return `${words(told, room)}${place && room.place !== 'none' ? placeWords(place, room.place) : ''}`;
}

/** The kind of cause, without what differs from cell to cell: what cells are counted by. */
export function causeGroup(told: ToldCause): string {
  const { cause, place } = told;
  if (cause.type === 'field') return `${fieldName(cause.path, place)} ${cause.change}`;
  if (cause.type === 'damaged') return 'damaged';
  if (cause.type !== 'input') return words(told, { value: 20, place: 'none', ellipsis: '...' });
  if (cause.change !== 'changed') return 'it reads other inputs';
  return `its input ${stageName(cause.after.stage)} ${told.inputRuns ? 'runs' : 'changed'}`;
}

export function backendText(backend: Fingerprint['backend']): string {
  return backend === null ? 'none' : oneLine(`${backend.name} ${backend.version}`);
}

/** A part of the code that has changed. Versions of packages are told; digests of modules say nothing. */
export function partWords({ part, before, after }: PartChange): string {
  if (before === undefined) return oneLine(`${part} added`);
  if (after === undefined) return oneLine(`${part} removed`);
  return oneLine(isDigest(after) ? part : `${part} ${before} -> ${after}`);
}

function words({ cause, place, inputRuns }: ToldCause, room: Room): string {
  switch (cause.type) {
    case 'field':
      return fieldWords(cause, place, room);
    case 'data':
      return dataWords(cause);
    case 'input':
      return inputWords(cause, inputRuns);
    case 'code':
      return `code changed${partsWords(cause.parts)}`;
    case 'backend':
      return `backend ${backendText(cause.before)} -> ${backendText(cause.after)}`;
    case 'key':
      return 'what a key is made of has changed';
    case 'never_ran':
      return 'never ran';
    case 'absent':
      return absentWords(cause.finished);
    case 'damaged':
      return `damaged: ${oneLine(cause.reason)}`;
    case 'forced':
      return 'forced (--force)';
    case 'always':
      return 'cache: false';
  }
}

function fieldWords(
  cause: Extract<Cause, { type: 'field' }>,
  place: FieldPlace | undefined,
  room: Room,
): string {
  const value = (of: Parameters<typeof valueText>[0]): string =>
    truncate(valueText(of), room.value, room.ellipsis);
  const field = fieldName(cause.path, place);
  switch (cause.change) {
    case 'changed':
      return `${field} ${value(cause.before)} -> ${value(cause.after)}`;
    case 'added':
      return `${field} added: ${value(cause.after)}`;
    case 'removed':
      return `${field} removed, was ${value(cause.before)}`;
  }
}

/** A field of the stage by its own path; of a network, by that of the network's declaration. */
function fieldName(field: readonly (string | number)[], place: FieldPlace | undefined): string {
  return oneLine(pathText(place?.path[0] === 'architectures' ? place.path : field));
}

function placeWords({ range, isDefault }: FieldPlace, form: 'whole' | 'file'): string {
  const text = oneLine(placeText(range));
  const shown = form === 'whole' || text.startsWith('-S ') ? text : path.basename(text);
  return ` (${isDefault ? 'default, ' : ''}${shown})`;
}

function dataWords({ field, before, after }: Extract<Cause, { type: 'data' }>): string {
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return `data of ${oneLine(pathText(field))} ${change}`;
}

function inputWords(cause: Extract<Cause, { type: 'input' }>, runs: boolean): string {
  switch (cause.change) {
    case 'changed':
      return `its input ${cause.after.stage} ${runs ? 'runs' : 'changed'}`;
    case 'other':
      return oneLine(`${cause.after.role} ${reading(cause.before)} -> ${reading(cause.after)}`);
    case 'added':
      return `${cause.after.role} ${reading(cause.after)} added`;
    case 'removed':
      return oneLine(`${cause.before.role} ${reading(cause.before)} removed`);
  }
}

function reading({ stage, split }: { readonly stage: string; readonly split?: string }): string {
  return split === undefined ? stage : `${stage}.${split}`;
}

function partsWords(parts: readonly PartChange[]): string {
  const [first, ...rest] = parts.map(partWords);
  if (first === undefined) return '';
  return rest.length === 0 ? ` (${first})` : ` (${first} and ${rest.length} more)`;
}

function absentWords(finished: boolean | undefined): string {
  if (finished === undefined) return 'its artifact is not in the store';
  return finished ? 'its artifact is gone from the store' : 'it did not finish';
}
