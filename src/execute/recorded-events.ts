import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { digestBytes } from '../base/digest.js';
import { err, ok, type Result } from '../base/result.js';
import { eventsFile, type Artifact } from '../cache/contract.js';
import type { StageEvent } from './contract.js';
import { stageEventOf, toLine } from './event-lines.js';

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
  const lines = content.toString('utf8').split('\n');
  return ok(lines.filter((line) => line !== '').map(stageEventOf));
}
