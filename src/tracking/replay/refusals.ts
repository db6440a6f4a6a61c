import { groupBy } from '../../base/group.js';
import { plural } from '../../base/format.js';
import { ApiError } from '../mlflow/api-error.js';
import { BodyUnreadable } from '../mlflow/exchange.js';
import { isTransient } from '../mlflow/retry.js';
import { InvalidArgument } from '../mlflow/validate.js';

/**
 * What a server refuses for good of a run, or what is a file that cannot be read, as in `file report.html`, and why. It is set aside, and all else is sent: a proxy that takes
 * no large file, or a server that is older than ours, must not cost the run its curves.
 */
export class Refusals {
  readonly #reasons = new Map<string, string>();

  /**
   * Sends records together; where that is refused, those of one name after the other, so that none takes others with it.
   * @throws what is not a refusal of the records themselves
   */
  async send<T>(
    records: readonly T[],
    nameOf: (record: T) => string,
    send: (records: readonly T[]) => Promise<void>,
  ): Promise<void> {
    if (records.length === 0) return;
    try {
      await send(records);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const groups = [...groupBy(records, nameOf)];
      const [[name] = [''], ...others] = groups;
      if (others.length === 0) this.#reasons.set(name, error.message);
      else for (const [, group] of groups) await this.send(group, nameOf, send);
    }
  }

  /** By record. */
  reasons(): ReadonlyMap<string, string> {
    return this.#reasons;
  }
}

/** Whether it is a record that does not please, or cannot be read. A server that wants to know who asks, or is none of MLflow's, takes no other either. */
function isRefusal(error: unknown): error is Error {
  if (error instanceof InvalidArgument || error instanceof BodyUnreadable) return true;
  if (!(error instanceof ApiError)) return false;
  const { statusCode } = error;
  return statusCode >= 400 && statusCode !== 401 && !isTransient(statusCode);
}

/** Reasons that are told one by one. */
const shown = 3;

/** What a user is told of refusals. */
export function refusalProblems(reasons: ReadonlyMap<string, string>): readonly string[] {
  const told = [...reasons].slice(0, shown);
  const others = reasons.size - told.length;
  return [
    ...told.map(
      ([record, reason]) =>
        `the MLflow server has the run without its ${record} (\`wassermill sync\` tries again): ${reason}`,
    ),
    ...(others === 0 ? [] : [`the MLflow server has the run without ${plural(others, 'more record')}`]),
  ];
}

/** What records with keys are called among refusals. */
export const named =
  (kind: string) =>
  ({ key }: { readonly key: string }): string =>
    `${kind} ${key}`;
