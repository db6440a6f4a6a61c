import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { RenderProblem } from '../../../src/cli/terminal/contract.js';
import { createLiveDisplay, liveFrame } from '../../../src/cli/terminal/live.js';
import { makeLook } from '../../../src/cli/terminal/look.js';
import { advance, nothingYet } from '../../../src/cli/terminal/progress-model.js';
import type { RunEvent } from '../../../src/execute/events.js';
import { recordOf } from '../../../src/execute/record.js';
import { ringEvents, startTime, type RingRun } from '../../report/support.js';
import { clock, screen } from './support.js';

const plainLook = makeLook({ unicode: true, colour: false });
const noDiagnostic: RenderProblem = () => undefined;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Show {
  readonly columns?: number;
  readonly unicode?: boolean;
  readonly renderProblem?: RenderProblem;
}

/** Shows events on a terminal, each progress report 26 ms after the one before. */
function show(events: readonly RunEvent[], { columns = 80, unicode = true, renderProblem }: Show = {}) {
  const { stream, written, lines } = screen({ terminal: true, columns });
  const { now, pass } = clock(startTime);
  const display = createLiveDisplay({
    stream,
    look: makeLook({ unicode, colour: false }),
    now,
    renderProblem: renderProblem ?? noDiagnostic,
  });
  for (const event of events) {
    if (event.type === 'stage_reported' && event.event.type === 'progress') {
      pass(26);
      vi.advanceTimersByTime(26);
    }
    display.show(event);
  }
  return { display, written, lines, pass };
}

/** The lines that stay: those of the redrawn block end in a wheel or are the count of stages. */
function kept(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line !== '' && !/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏|/\\]| {2}\d of \d stages?, /.test(line));
}

function wholeRun(options: RingRun = {}, how: Show = {}): readonly string[] {
  const events = ringEvents(options);
  const { display, lines } = show(events, how);
  display.finish({ record: recordOf(events), lines: ['  report  runs/report.html'], warnings: [] });
  return kept(lines());
}

describe('the frame of a running stage', () => {
  const progress = ringEvents({ unfinished: true }).reduce(
    ({ state, time }, event) => {
      const later = event.type === 'stage_reported' && event.event.type === 'progress' ? time + 26 : time;
      return { state: advance(state, event, later), time: later };
    },
    { state: nothingYet, time: startTime },
  );

  it('has name, bar, percent, rate, time left and the estimate in 79 cells', () => {
    expect(liveFrame(progress.state, 79, startTime + 100_000, plainLook)).toEqual([
      '⠋ train  ━━━━━━━────────   50%  38 generator steps/s  16 s left  estimate 0.239',
      '  1 of 4 stages, 1 min 40 s',
    ]);
  });

  it('is plain ASCII where the terminal has nothing else', () => {
    const ascii = makeLook({ unicode: false, colour: false });
    expect(liveFrame(progress.state, 60, startTime + 100_000, ascii)[0]).toBe(
      '- train  ######......   50%  38/s  16 s left  estimate 0.239',
    );
  });
});

describe('a run on a terminal', () => {
  it('leaves a line for each stage, the key numbers, and where things are', () => {
    expect(wholeRun({ cached: true, note: 'three duplicates' })).toEqual([
      'eight-gaussians: 4 stages, run 20261123T183501Z-3f9a',
      '• dataset:ring  cached',
      '! train: three duplicates',
      '✓ train         31 s         wasserstein_estimate 0.07800',
      '✓ quality       4.9 s        swd 0.09415  modes 8',
      '✓ picture       0.8 s',
      'Succeeded in 1 min 13 s: 4 stages, 1 from the cache',
      '                                 untrained  trained',
      '  quality.swd                        1.338  0.09415  better',
      '  quality.modes                          1        8  better',
      '  quality.modes.high_quality_s…    0.04000   0.9530  better',
      '  train.wasserstein_estimate                0.07800  down from 1.564 at step 57',
      '  report  runs/report.html',
    ]);
  });

  it('says whose fault a failure is and what was written last', () => {
    const failure = { reason: 'killed', signal: 'SIGKILL', lastLines: ['\u001b[2Jstep 600', 'x'] } as const;
    expect(wholeRun({ failure }, { columns: 60 })).toEqual([
      'eight-gaussians: 4 stages, run 20261123T183501Z-3f9a',
      '✓ dataset:ring  1.2 s',
      '✗ train         was killed by SIGKILL after 16 s',
      '  Most likely the machine ran out of memory, and the kernel',
      '  ended the stage.',
      '  Lower batch_size or samples, or run fewer stages at once',
      '  (-j 1). The kernel’s log (dmesg) tells whether memory was',
      '  the reason.',
      '  The last lines that it wrote:',
      '    step 600',
      '    x',
      '– quality       not run: train failed',
      '– picture       not run: train failed',
      'Failed after 17 s: 1 of 4 stages done',
      '  train.wasserstein_…  0.2385  down from 1.564 at step 57',
      '  report  runs/report.html',
    ]);
  });

  it('leaves problems of the file to the diagnostic that the caller renders', () => {
    const failure = {
      reason: 'problem',
      message: 'truncated',
      field: ['files', 1],
      help: 'Get it.',
    } as const;
    const located = wholeRun({ failure }, { renderProblem: (stage) => `ring.yaml:3:5 (${stage})\n  ~~~~\n` });
    expect(located).toContain('ring.yaml:3:5 (train)');
    expect(located.join()).not.toContain('Get it.');
    expect(wholeRun({ failure })).toEqual(
      expect.arrayContaining([
        '  files[1]: truncated',
        '  Get it.',
        '✗ train         found a problem after 16 s',
      ]),
    );
  });

  it('does not call an interrupted run failed', () => {
    const lines = wholeRun({ failure: { reason: 'interrupted' } });
    expect(lines).toContain('✗ train         was interrupted after 16 s');
    expect(lines).toContain('– quality       not run: interrupted');
    expect(lines).toContain(
      'Interrupted after 17 s: 1 of 4 stages done; the same command goes on from there',
    );
  });

  it('writes no letter beyond ASCII where there is none', () => {
    const failure = { reason: 'killed', signal: 'SIGKILL', lastLines: ['µ'] } as const;
    // eslint-disable-next-line no-control-regex -- control characters are what it is about
    expect(wholeRun({ failure }, { unicode: false }).join('\n')).toMatch(/^[\u0000-\u007f]*$/);
  });

  it('redraws at most eight times a second, however many reports come', () => {
    const { written } = show(ringEvents({ unfinished: true }));
    const seconds = (600 * 26) / 1000;
    // Each frame is one synchronised update; the permanent lines cost a few more.
    const frames = written().split('\u001b[?2026h').length - 1;
    expect(frames).toBeGreaterThan(seconds * 5);
    expect(frames).toBeLessThan(seconds * 8 + 10);
  });

  it('draws nothing more once it is closed, and can be closed twice', () => {
    const { display, written, pass } = show(ringEvents({ unfinished: true }));
    display.close();
    display.close();
    const before = written();
    pass(1000);
    vi.advanceTimersByTime(1000);
    expect(written()).toBe(before);
  });
});
