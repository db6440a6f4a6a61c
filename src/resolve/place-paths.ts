import { dirname, resolve } from 'node:path';

import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { PositionedNode, PositionedScalar } from '../source/document.js';
import { mapScalars, type Schema } from '../spec/schema.js';
import { pathRoles } from '../spec/schema-builders.js';

/**
 * Makes paths of files and folders absolute: relative ones count from the folder of the file that wrote them, so
 * a pipeline means the same wherever it is run from. That holds for paths that an environment variable gives, too.
 * As records show it, a path stays as it was written.
 *
 * What came from the environment goes nowhere else: elsewhere it would change results without a trace.
 */
export function placePaths(
  schema: Schema | undefined,
  node: PositionedNode,
): { readonly node: PositionedNode; readonly problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const placed = mapScalars(schema, node, (scalar, field) => {
    if (isPath(field)) return absolute(scalar);
    if (scalar.shown === undefined) return scalar;
    problems.push(outsidePath(scalar, scalar.shown));
    return { kind: 'scalar', range: scalar.range, value: null, unresolved: true };
  });
  return { node: placed, problems };
}

function isPath(schema: Schema | undefined): boolean {
  return pathRoles.some((role) => role === schema?.['x-role']);
}

function absolute(scalar: PositionedScalar): PositionedScalar {
  const { value, range, from, shown } = scalar;
  if (typeof value !== 'string' || value === '') return scalar;
  const { source } = from ?? range;
  return { ...scalar, value: resolve(dirname(source.path), value), shown: shown ?? value };
}

export function outsidePath({ range, from }: PositionedScalar, shown: string): Diagnostic {
  return error('environment-outside-path', {
    at: range,
    message: `${quoted(shown)} comes from the environment, and this is not the path of a file or folder`,
    notes: from ? [{ message: 'the environment is read here', range: from }] : [],
    help: 'write the value into the file: what decides a result belongs there',
  });
}
