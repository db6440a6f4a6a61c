import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { digestBytes } from '../base/digest.js';
import { err, ok, type Result } from '../base/result.js';
import { eventsFile, type Artifact } from '../cache/contract.js';
import type { MetricsEvent, StageEvent, StageInput } from './contract.js';
import type { MetricIdentity } from '../base/metric-identity.js';
import { stageEventOf, toLine } from './event-lines.js';
import { upTo } from './superseded.js';

/** What a stage reports, collected to be kept with its artifact. */
export class EventRecorder {
  private readonly lines: string[] = [];

  add(event: StageEvent): void {
    if (event.type !== 'progress') this.lines.push(`${toLine(event)}\n`);
  }

  /** Fails where the stage itself has written a file of that name. */
  async writeTo(directory: string): Promise<void> {
    await writeFile(join(directory, eventsFile), this.lines, { flag: 'wx' });
  }
}

/**
 * The events that the stage reported when it ran, or what is wrong with their file. Its content is checked,
 * although a hit checks no content: a replay is a use.
 */
export async function recordedEvents(artifact: Artifact): Promise<Result<readonly StageEvent[], string>> {
  const expected = artifact.files.find((file) => file.path === eventsFile);
  if (expected === undefined) return err(`${eventsFile} is missing`);
  let content: Buffer;
  try {
    content = await readFile(join(artifact.directory, eventsFile));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
  if (digestBytes(content) !== expected.digest) return err(`the content of ${eventsFile} has changed`);
  return ok(eventsIn(content.toString('utf8')));
}

/** What a stage has logged, as it stands in the end. */
export interface LoggedValues {
  readonly metrics: readonly MetricsEvent[];
  /** By metric; see `IdentitiesEvent`. */
  readonly identities: Readonly<Record<string, MetricIdentity>>;
}

/** Of a stage that another one reads: the content of its files was compared before. */
export async function loggedBy({ directory }: Pick<StageInput, 'directory'>): Promise<LoggedValues> {
  let metrics: MetricsEvent[] = [];
  let identities: LoggedValues['identities'] = {};
  for (const event of eventsIn(await readFile(join(directory, eventsFile), 'utf8'))) {
    if (event.type === 'metrics') metrics.push(event);
    else if (event.type === 'identities') identities = event.identities;
    else if (event.type === 'rolled_back') metrics = upTo(metrics, event.to);
  }
  return { metrics, identities };
}

function eventsIn(lines: string): readonly StageEvent[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map(stageEventOf);
}
