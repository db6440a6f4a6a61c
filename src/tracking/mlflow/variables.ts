import { InvalidArgument } from './validate.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is set; an empty one counts as absent. */
export function textIn(environment: Environment, name: string): string | undefined {
  const text = environment[name];
  return text === '' ? undefined : text;
}

/** As MLflow reads its switches: `true`, `false`, `1` or `0`, in any case of letters. */
export function switchIn(environment: Environment, name: string): boolean {
  const text = textIn(environment, name)?.toLowerCase();
  if (text === undefined || text === 'false' || text === '0') return false;
  if (text === 'true' || text === '1') return true;
  throw new InvalidArgument(`${name} must be true, false, 1 or 0`);
}

export function countIn(
  environment: Environment,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = textIn(environment, name);
  if (text === undefined) return undefined;
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw new InvalidArgument(`${name} must be a whole number from ${least} to ${most}`);
}
