import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { RunEvent } from '../../src/execute/events.js';
import { Journal, JournalDamaged, readJournal } from '../../src/tracking/journal.js';
import { sampleEvents, temporaryFolder } from './support.js';

async function written(): Promise<{ path: string; events: readonly RunEvent[] }> {
  const folder = await temporaryFolder();
  const all = await sampleEvents(folder, { steps: 20 });
  const path = join(folder, 'run', 'journal.jsonl');
  const journal = new Journal(path);
  for (const event of all) journal.write(event);
  journal.close();
  return { path, events: all.filter((event) => !isProgress(event)) };
}

function isProgress(event: RunEvent): boolean {
  return event.type === 'stage_reported' && event.event.type === 'progress';
}

describe('journal', () => {
  it('gives back every event but progress, values to the last bit', async () => {
    const { path, events } = await written();
    expect(await readJournal(path)).toEqual(events);
  });

  it('is readable before it is closed', async () => {
    const folder = await temporaryFolder();
    const [first] = await sampleEvents(folder);
    const journal = new Journal(join(folder, 'journal.jsonl'));
    if (first !== undefined) journal.write(first);
    expect(await readJournal(join(folder, 'journal.jsonl'))).toEqual([first]);
    journal.close();
  });

  it('loses only the last event, wherever its line was torn', async () => {
    const { path, events } = await written();
    const bytes = await readFile(path);
    const lastLine = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    for (let length = lastLine; length < bytes.length; length++) {
      await writeFile(path, bytes.subarray(0, length));
      expect(await readJournal(path)).toEqual(events.slice(0, -1));
    }
  });

  it('is refused when a line before the last is damaged', async () => {
    const { path } = await written();
    const lines = (await readFile(path, 'utf8')).split('\n');
    lines[2] = lines[2]?.slice(0, -1) ?? '';
    await writeFile(path, lines.join('\n'));
    await expect(readJournal(path)).rejects.toThrow(
      new JournalDamaged(`line 3 of ${path} is not an event; the run cannot be tracked from it`),
    );
  });

  it('belongs to one run', async () => {
    const { path } = await written();
    expect(() => new Journal(path)).toThrow('EEXIST');
  });
});
