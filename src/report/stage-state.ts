import { formatDuration } from '../base/format.js';
import { divergedWords, whyNotRun, type StageRecord } from '../execute/record.js';
import { explainFailure, isOwnFault } from './failure.js';
import { judgedStage } from './judged-stages.js';
import { verdictSummary, verdictTone } from './verdict-words.js';

/** A stage's outcome in the words and the colour of the report. */
export interface StageState {
  readonly words: string;
  readonly tone: 'good' | 'bad' | 'unsure' | 'neutral';
  /** How long it took, where that is known. */
  readonly time: string;
}

export function stateOf(record: StageRecord): StageState {
  const { outcome } = record;
  switch (outcome.state) {
    case 'succeeded': {
      const seconds = formatDuration(outcome.artifact.seconds);
      const time = outcome.cached ? `${seconds} when it was made` : seconds;
      const judged = judgedStage(record);
      if (judged !== undefined) {
        const { kind, verdict } = judged;
        const words = verdictSummary(kind, verdict);
        const tone = verdictTone(kind, verdict.verdict);
        return { words: outcome.cached ? `${words}, from the cache` : words, tone, time };
      }
      return outcome.cached
        ? { words: 'from the cache', tone: 'neutral', time }
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
