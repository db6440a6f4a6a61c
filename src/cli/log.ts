import { pino, type Logger } from 'pino';

import { toLine } from '../execute/event-lines.js';
import type { RunEvent } from '../execute/events.js';
import { LogFile } from './log-file.js';
import type { LogLevel } from './log-levels.js';

export interface RunLog {
  readonly logger: Logger;
  readonly file: LogFile;
}

/**
 * A run's log: JSON lines in a file, from `info` up; on standard error as well where the user asked for a level.
 */
export function openLog(path: string, level: LogLevel | undefined): RunLog {
  const file = new LogFile(path);
  const streams = [
    { level: level ?? 'info', stream: file },
    ...(level === undefined ? [] : [{ level, stream: process.stderr }]),
  ];
  const logger = pino({ level: level ?? 'info', base: null }, pino.multistream(streams));
  return { logger, file };
}

/** What of a run's events belongs into its log; measurements are the journal's. */
export function logEvent(logger: Logger, event: RunEvent): void {
  switch (event.type) {
    case 'run_started':
      logger.info({ run: event.run, pipeline: event.pipeline, provenance: event.provenance }, 'run started');
      break;
    case 'stage_started':
      logger.info({ stage: event.stage }, 'stage started');
      break;
    case 'stage_waiting':
      logger.info({ stage: event.stage, owner: event.owner }, 'stage waiting');
      break;
    case 'stage_reported':
      if (event.event.type === 'note') logger.info({ stage: event.stage }, event.event.message);
      else logger.trace({ event: toLine(event) }, 'stage reported');
      break;
    case 'stage_retried': {
      const { stage, attempt, failure, delay } = event;
      logger.warn({ stage, attempt, failure, delay }, 'stage retried');
      break;
    }
    case 'stage_succeeded':
      logger.info({ stage: event.stage, cached: event.cached, key: event.artifact.key }, 'stage succeeded');
      break;
    case 'stage_diverged':
      logger.warn(
        { stage: event.stage, divergence: event.divergence, cached: event.cached },
        'stage diverged',
      );
      break;
    case 'stage_failed':
      logger.error({ stage: event.stage, failure: event.failure }, 'stage failed');
      break;
    case 'stage_not_run':
      logger.warn({ stage: event.stage, because: event.because }, 'stage not run');
      break;
    case 'artifact_damaged':
      logger.warn({ stage: event.stage, reason: event.reason }, 'artifact damaged');
      break;
    case 'machine_sampled':
      logger.trace({ values: event.values }, 'machine sampled');
      break;
    case 'run_finished':
      logger.info({ outcome: event.outcome }, 'run finished');
      break;
  }
}
