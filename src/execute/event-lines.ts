import { finiteOrWord, numberOrWord } from '../base/finite-or-word.js';
import type { StageEvent } from './contract.js';
import type { RunEvent } from './events.js';
import { withEstimates } from './judged.js';

/**
 * Events as lines of JSON: between a worker and its parent, in an artifact's `events.jsonl`, and in a run's
 * journal. JSON has no NaN or infinity, and a metric may be one: metric values that are not finite are written
 * as the strings "NaN", "Infinity" and "-Infinity" (MLflow's own convention).
 */
export function toLine(event: RunEvent | StageEvent): string {
  return JSON.stringify(event, finiteOrWord);
}

/** The event that `toLine` wrote. Only our own lines come here, so the shape is not checked again. */
export function runEventOf(line: string): RunEvent {
  const event = JSON.parse(line) as RunEvent;
  return event.type === 'stage_reported' ? { ...event, event: withNumbers(event.event) } : event;
}

export function stageEventOf(line: string): StageEvent {
  return withNumbers(JSON.parse(line) as StageEvent);
}

/** The event as it was before its numbers were written as words. */
export function withNumbers(event: StageEvent): StageEvent {
  if (event.type === 'verdict' || event.type === 'comparison') return withEstimates(event);
  if (event.type !== 'metrics') return event;
  const values = Object.entries(event.values).map(([name, value]) => [name, numberOrWord(value)] as const);
  return { ...event, values: Object.fromEntries(values) };
}
