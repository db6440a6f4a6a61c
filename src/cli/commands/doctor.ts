import stringWidth from 'string-width';

import { inspectNative } from '../../native/inspect.js';
import type { NativeFlavour } from '../../native/wheel.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { interruptible } from '../interrupts.js';
import { prepareBackend } from '../native-backend.js';
import type { Surroundings } from '../surroundings.js';
import { lookOf } from '../terminal/look.js';

export interface DoctorOptions {
  readonly flavour: NativeFlavour;
  /** Set the backend up before looking. */
  readonly setUp: boolean;
  readonly json: boolean;
}

/** Says what is there, what is missing, and the command that mends it. */
export async function doctor(options: DoctorOptions, surroundings: Surroundings): Promise<ExitCode> {
  if (options.setUp) {
    const { signal, release } = interruptible();
    try {
      const prepared = await prepareBackend(options.flavour, surroundings, signal);
      if (!prepared.ok) return prepared.error;
    } finally {
      release();
    }
  }
  const checks = await inspectNative(options.flavour);
  const { stdout, environment } = surroundings;
  if (options.json) {
    stdout.write(`${JSON.stringify(checks, null, 2)}\n`);
  } else {
    const { symbols, colour, spell } = lookOf(stdout, environment);
    const width = Math.max(...checks.map(({ name }) => stringWidth(name)));
    for (const { name, state, detail, mend } of checks) {
      const mark = state === 'ok' ? colour.green(symbols.done) : colour.red(symbols.failed);
      stdout.write(spell(`${mark} ${name.padEnd(width)}  ${detail}\n`));
      if (mend !== undefined) stdout.write(spell(`  ${' '.repeat(width)}  ${symbols.arrow} ${mend}\n`));
    }
  }
  return checks.every(({ state }) => state === 'ok') ? exitCode.ok : exitCode.failed;
}
