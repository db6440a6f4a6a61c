import { formatCount, formatDuration } from '../base/format.js';
import type { StageFailure } from '../execute/events.js';

/** A failure for people: what happened, whose fault it most likely is, what to do. */
export interface FailureExplanation {
  /** Completes "Stage train ...", as in `crashed`. */
  readonly verb: string;
  /** Whose fault it most likely is. */
  readonly heading: string;
  readonly message: string | undefined;
  readonly help: string | undefined;
  /** What the stage's process wrote last. */
  readonly lastLines: readonly string[];
}

/** Whether the stage itself failed; false where it was stopped for the sake of others. */
export function isOwnFault({ reason }: StageFailure): boolean {
  return reason !== 'interrupted' && reason !== 'stopped';
}

export function explainFailure(failure: StageFailure): FailureExplanation {
  switch (failure.reason) {
    case 'problem':
      return {
        verb: 'found a problem',
        heading: 'The pipeline file, or the data that it names, needs a change.',
        message:
          failure.field.length === 0 ? failure.message : `${pathOf(failure.field)}: ${failure.message}`,
        help: failure.help,
        lastLines: [],
      };
    case 'diverged':
      return {
        verb: `diverged at generator step ${formatCount(failure.divergence.step)}`,
        heading: 'Nothing is learnt any more, and `on_divergence` says that the stage fails then.',
        message: failure.divergence.message,
        help: 'Lower the learning rates or bound the critic otherwise; or let the stage go back (rollback), or end as a result (mark).',
        lastLines: [],
      };
    case 'interrupted':
      return {
        verb: 'was interrupted',
        heading: 'Someone asked the run to stop; nothing is wrong.',
        message: undefined,
        help: 'Run the same command again: finished stages are not repeated.',
        lastLines: [],
      };
    case 'stopped':
      return {
        verb: `was stopped, because ${failure.failed} failed`,
        heading: 'The run ends at the first failure (--on-failure kill); nothing is wrong with this stage.',
        message: undefined,
        help: 'Run the same command again when the stage that failed is mended: finished stages are not repeated.',
        lastLines: [],
      };
    case 'system':
      return {
        verb: 'could not go on',
        heading: 'The machine refused what the stage needs; nothing is wrong with the pipeline file.',
        message: failure.message,
        help: failure.help,
        lastLines: [],
      };
    case 'timed_out':
      return {
        verb: `ran out of time (${formatDuration(failure.seconds)})`,
        heading: 'The stage took longer than its `timeout` allows, and was stopped.',
        message: undefined,
        help: 'Allow it more time, or find out from the lines that it wrote what kept it.',
        lastLines: failure.lastLines,
      };
    case 'command_failed':
      return {
        verb:
          'code' in failure.exit
            ? `ended with exit code ${failure.exit.code}`
            : `was killed by ${failure.exit.signal}`,
        heading: 'The program that the stage runs failed.',
        message: undefined,
        help:
          'signal' in failure.exit && failure.exit.signal === 'SIGKILL'
            ? 'Most often the machine ran out of memory, and the kernel ended the program; its log (dmesg) tells.'
            : 'What it wrote last says more; the log of the run has all of it.',
        lastLines: failure.lastLines,
      };
    case 'killed':
      return {
        verb: `was killed by ${failure.signal}`,
        ...explainSignal(failure),
        message: undefined,
        lastLines: failure.lastLines,
      };
    case 'crashed':
      return {
        verb: 'crashed',
        heading: 'A fault in Wassermill or in a library below it, most likely not in the pipeline file.',
        message: failure.message,
        help: 'Please report it with the lines below and the pipeline file.',
        lastLines: failure.lastLines,
      };
  }
}

/** What C++, TensorFlow and V8 say before they end a process that they have no memory for. */
const lastWordsWithoutMemory = /\bstd::bad_alloc\b|pthread_create\(\) failed|heap out of memory/;

function explainSignal({
  signal,
  lastLines,
}: Extract<StageFailure, { reason: 'killed' }>): Pick<FailureExplanation, 'heading' | 'help'> {
  if (signal === 'SIGABRT' && lastLines.some((line) => lastWordsWithoutMemory.test(line))) {
    return {
      heading: 'The stage ran out of memory.',
      help: 'Lower batch_size or samples, or run fewer stages at once (-j 1).',
    };
  }
  switch (signal) {
    case 'SIGKILL':
      return {
        heading: 'Most likely the machine ran out of memory, and the kernel ended the stage.',
        help: 'Lower batch_size or samples, or run fewer stages at once (-j 1). The kernel’s log (dmesg) tells whether memory was the reason.',
      };
    case 'SIGSEGV':
    case 'SIGBUS':
    case 'SIGILL':
    case 'SIGFPE':
    case 'SIGABRT':
      return {
        heading: 'Native code (TensorFlow’s library) broke, as it also may where it gets no memory.',
        help: 'Lower batch_size or samples, or run fewer stages at once (-j 1); else check the installation with `wassermill doctor`, and try `--backend cpu`, which needs no native code.',
      };
    default:
      return {
        heading: 'Another program ended the stage, not Wassermill.',
        help: 'A batch system’s time limit or a shutdown does so. Run the same command again: finished stages are not repeated.',
      };
  }
}

/** `files[1]`, `splits.train`. */
function pathOf(field: readonly (string | number)[]): string {
  return field
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
