import { expect, it } from 'vitest';

import { explainFailure } from '../../src/report/failure.js';

it('names the field of a problem and passes the help on', () => {
  expect(
    explainFailure({ reason: 'problem', message: 'truncated', field: ['files', 1, 'path'], help: 'Get it.' }),
  ).toMatchObject({ message: 'files[1].path: truncated', help: 'Get it.' });
  expect(
    explainFailure({ reason: 'problem', message: 'too small', field: [], help: undefined }).message,
  ).toBe('too small');
});

it.each([
  ['SIGKILL', /ran out of memory/],
  ['SIGSEGV', /Native code/],
  ['SIGTERM', /Another program/],
])('gives the likely reason of %s', (signal, heading) => {
  const lastLines = ['last'];
  const explained = explainFailure({ reason: 'killed', signal, lastLines });
  expect(explained).toMatchObject({ verb: `was killed by ${signal}`, lastLines });
  expect(explained.heading).toMatch(heading);
});

it.each(['what():  std::bad_alloc', 'FATAL ERROR: Reached heap limit - JavaScript heap out of memory'])(
  'knows a lack of memory by a library’s last words: %s',
  (words) => {
    const explain = (lastLines: readonly string[]) =>
      explainFailure({ reason: 'killed', signal: 'SIGABRT', lastLines }).heading;
    expect(explain(['first', words])).toMatch(/ran out of memory/);
    expect(explain(['first'])).toMatch(/Native code/);
  },
);

it('blames neither the pipeline file nor Wassermill for a full disk', () => {
  const full = explainFailure({ reason: 'system', message: 'ENOSPC: x', help: 'free some space' });
  expect(full.heading).toMatch(/^The machine refused/);
  expect(full).toMatchObject({ message: 'ENOSPC: x', help: 'free some space', lastLines: [] });
});

it('does not blame the pipeline file for a crash', () => {
  const crash = explainFailure({ reason: 'crashed', message: 'Error: x', lastLines: [] });
  expect(crash.heading).toMatch(/most likely not in the pipeline file/);
  expect(crash.message).toBe('Error: x');
});

it.each([
  [{ code: 3 }, 'ended with exit code 3'],
  [{ signal: 'SIGKILL' }, 'was killed by SIGKILL'],
])('takes a failing command for its user’s: %j', (exit, verb) => {
  const explained = explainFailure({ reason: 'command_failed', exit, lastLines: ['last'] });
  expect(explained).toMatchObject({ verb, lastLines: ['last'] });
  expect(JSON.stringify(explained)).not.toMatch(/report it|Wassermill|TensorFlow/);
});

it('says how long a stage was given', () => {
  const late = explainFailure({ reason: 'timed_out', seconds: 90, lastLines: [] });
  expect(late.verb).toBe('ran out of time (1 min 30 s)');
});
