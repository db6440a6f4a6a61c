import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { toLine } from '../../src/execute/event-lines.js';
import type { RunEvent } from '../../src/execute/events.js';
import { JournalDamaged } from '../../src/tracking/journal.js';
import { JournalTail } from '../../src/tracking/journal-tail.js';
import { temporaryFolder } from '../files/support.js';

const event = (time: number): RunEvent => ({ type: 'run_finished', time, outcome: 'succeeded' });

test('each look adds whole lines, wherever a writer stands, and reads none twice', async () => {
  const path = join(await temporaryFolder(), 'journal.jsonl');
  const tail = new JournalTail(path);
  expect(await tail.read()).toEqual([]);
  const text = Buffer.from(
    [1, 2, 3].map((time) => `${toLine(event(time)).replace('succeeded', 'ä')}\n`).join(''),
  );
  const seen: number[] = [];
  for (const byte of text) {
    await appendFile(path, Buffer.of(byte));
    seen.push((await tail.read()).length);
  }
  expect(seen.at(-2)).toBe(2);
  expect(new Set(seen)).toEqual(new Set([0, 1, 2, 3]));
  expect((await tail.read()).map((one) => ('time' in one ? one.time : undefined))).toEqual([1, 2, 3]);
});

test('a line that is no event is told', async () => {
  const path = join(await temporaryFolder(), 'journal.jsonl');
  await appendFile(path, 'no event\n');
  await expect(new JournalTail(path).read()).rejects.toThrow(JournalDamaged);
});
