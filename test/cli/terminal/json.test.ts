import { expect, it } from 'vitest';

import { createDisplay } from '../../../src/cli/terminal/display.js';
import { runEventOf } from '../../../src/execute/event-lines.js';
import { recordOf } from '../../../src/execute/record.js';
import { ringEvents, startTime } from '../../report/support.js';
import { screen } from './support.js';

it('is one line of JSON an event, which reads back as that event, and nothing else', () => {
  const out = screen({ terminal: true });
  const aside = screen({ terminal: true });
  const surroundings = {
    directory: '/',
    environment: {},
    stdout: out.stream,
    stderr: aside.stream,
    now: () => startTime,
  };
  const display = createDisplay(surroundings, {
    json: true,
    logged: false,
    renderProblem: () => 'a diagnostic',
  });
  const events = ringEvents({ steps: 40, snapshotEvery: 20, broken: [3] });
  events.forEach((event) => {
    display.show(event);
  });
  display.finish({ record: recordOf(events), lines: ['report: x'], warnings: ['the server is down'] });
  expect(aside.written()).toBe('warning: the server is down\n');
  const lines = out.written().split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map(runEventOf)).toEqual(events);
});
