import { formatDuration } from '../base/format.js';
import { divergedWords, whyNotRun, type StageRecord } from '../execute/record.js';
import { explainFailure, isOwnFault } from './failure.js';

/** A stage's outcome in the words and the colour of the report. */
export interface StageState {
  readonly words: string;
  readonly tone: 'good' | 'bad' | 'unsure' | 'neutral';
  /** How long it took, where that is known. */
  readonly time: string;
}

export function stateOf({ outcome }: StageRecord): StageState {
  switch (outcome.state) {
    case 'succeeded': {
      const time = formatDuration(outcome.artifact.seconds);
      return outcome.cached
        ? { words: 'from the cache', tone: 'neutral', time: `${time} when it was made` }
        : { words: 'done', tone: 'good', time };
    }
    case 'diverged':
      return {
        words: divergedWords(outcome.divergence),
        tone: 'unsure',
        time: formatDuration(outcome.artifact.seconds),
      };
    case 'failed': {
      const tone = isOwnFault(outcome.failure) ? 'bad' : 'unsure';
      return { words: explainFailure(outcome.failure).verb, tone, time: '' };
    }
    case 'not_run':
      return {
        words: `not run: ${whyNotRun(outcome.because)}`,
        tone: 'unsure',
        time: '',
      };
    case 'running':
      return { words: 'under way', tone: 'unsure', time: '' };
    case 'pending':
      return { words: 'waiting', tone: 'neutral', time: '' };
  }
}
