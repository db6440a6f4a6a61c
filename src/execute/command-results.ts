import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { err, ok, type Result } from '../base/result.js';
import { quoted } from '../diagnostics/printable.js';
import { storeFiles } from '../spec/command-stage.js';
import type { RunnableFields } from '../spec/runnable.js';
import type { StageFailure } from './events.js';

type CommandFields = RunnableFields['command'];
type Field = readonly (string | number)[];

/** Something that the specification of a command, or its program, must do otherwise. */
export function commandProblem(message: string, field: Field, help: string | undefined): StageFailure {
  return { reason: 'problem', message, field, help };
}

/** What is wrong with what a command has made; undefined where it can be kept, and all of its outs are there. */
export async function outputProblem(
  output: string,
  { outs }: CommandFields,
): Promise<StageFailure | undefined> {
  for (const entry of await readdir(output, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(output.length + 1);
    const index = outs.findIndex((out) => path === out || path.startsWith(`${out}/`));
    const field = index < 0 ? [] : ['outs', index];
    if (!entry.isFile() && !entry.isDirectory()) {
      const what = entry.isSymbolicLink() ? 'a link' : 'neither a file nor a folder';
      return commandProblem(
        `the command left ${quoted(path)} in $WASSERMILL_OUT, which is ${what}`,
        field,
        'let it write files and folders there; `cp -L` copies what a link points to',
      );
    }
    if (storeFiles.includes(path)) {
      return commandProblem(
        `the command wrote ${quoted(path)}, which is a file of the store`,
        field,
        'let it write a file of another name',
      );
    }
  }
  for (const [index, out] of outs.entries()) {
    if (await isThere(join(output, out))) continue;
    return commandProblem(
      `the command ended without ${quoted(out)}`,
      ['outs', index],
      `let it write to $WASSERMILL_OUT/${out}, or take the path out of \`outs\``,
    );
  }
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

const metricsFile = 'metrics.json';
/** Bytes. It holds a few numbers. */
const largestMetricsFile = 2 ** 24;

/** The numbers that a command promises, by name, of the file that it wrote them to. Empty where it promises none. */
export async function commandMetrics(
  output: string,
  { metrics }: CommandFields,
): Promise<Result<Readonly<Record<string, number>>, StageFailure>> {
  if (metrics.length === 0) return ok({});
  const fault = (message: string, field: Field = ['metrics']) =>
    err(
      commandProblem(
        message,
        field,
        `let the command write one JSON object to $WASSERMILL_OUT/${metricsFile}, as in {"${metrics[0] ?? ''}": 0.5}`,
      ),
    );
  const file = join(output, metricsFile);
  if (!(await isThere(file))) return fault(`the command ended without ${metricsFile}`);
  if ((await stat(file)).size > largestMetricsFile) return fault(`${metricsFile} is larger than 16 MiB`);
  const written = parsed(await readFile(file, 'utf8'));
  if (!written.ok) return fault(`${metricsFile} is not a JSON object: ${written.error}`);
  const values: Record<string, number> = {};
  for (const [index, name] of metrics.entries()) {
    const value = Object.hasOwn(written.value, name) ? written.value[name] : undefined;
    const number = numberOf(value);
    if (number === undefined) {
      const what = value === undefined ? 'does not have' : 'has no number for';
      return fault(`${metricsFile} ${what} ${quoted(name)}`, ['metrics', index]);
    }
    values[name] = number;
  }
  return ok(values);
}

function parsed(text: string): Result<Readonly<Record<string, unknown>>, string> {
  try {
    // Many programs write NaN as Python does, which JSON has no word for.
    const strict = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (part) =>
      part.startsWith('"') ? part : `"${part}"`,
    );
    const value: unknown = JSON.parse(strict);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? ok(value as Record<string, unknown>) : err('it holds something else');
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** A number, or one of the words for those that JSON cannot write. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : undefined;
}
