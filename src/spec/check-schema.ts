import { Ajv, type ValidateFunction } from 'ajv';

import { groupBy } from '../base/group.js';
import { invariant, required } from '../base/invariant.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, valueOf } from '../source/entries.js';
import { nodeAt } from '../source/node-at.js';
import { plainValue } from '../source/plain-value.js';
import { isCascade } from './cascades.js';
import type { Path } from './labels.js';
import { acceptsSchema } from './accept-schema.js';
import { pipelineSchema, schemaKeywords, type Schema } from './schema.js';
import type { SchemaFault } from './schema-fault.js';
import { describeFault } from './schema-faults.js';

export interface SchemaVerdict {
  readonly problems: readonly Diagnostic[];
  /** Paths with a fault at them, those included that were reported before. */
  readonly faults: readonly Path[];
}

const compiled = new Map<Schema, ValidateFunction>();

function validatorOf(schema: Schema): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const validate = new Ajv({
    allErrors: true,
    discriminator: true,
    verbose: true,
    strictTypes: false,
    keywords: schemaKeywords,
  }).compile(schema);
  compiled.set(schema, validate);
  return validate;
}

/** Holds a document against a schema, the canonical one unless another is given: one problem for each culprit. */
export function checkSchema(root: PositionedMap, schema: Schema = pipelineSchema): SchemaVerdict {
  if (acceptsSchema(root, schema)) return { problems: [], faults: [] };
  const validate = validatorOf(schema);
  invariant(!validate(plainValue(root)), 'both validators are of one mind');
  const faults = required(validate.errors, 'errors of a failed validation').map((error): SchemaFault => {
    const path = pathOf(root, error.instancePath);
    return { error, path, node: required(nodeAt(root, path), `value at ${error.instancePath}`) };
  });
  const placeOf = ({ error }: SchemaFault): string => error.instancePath;
  const beside = groupBy(faults, placeOf);
  const told = faults.filter(
    (fault) => !isKnown(fault) && !isCascade(fault, beside.get(placeOf(fault)) ?? []),
  );
  const toldBeside = groupBy(told, placeOf);
  return {
    problems: told.flatMap((fault) => describeFault(root, fault, toldBeside.get(placeOf(fault)) ?? [])),
    faults: faults.map((fault) => fault.path),
  };
}

/**
 * An expression that could not be replaced is reported already, whatever the schema says of its place; so is a
 * value that is wrong only because it was inferred from a wrong one.
 */
function isKnown({ node, error }: SchemaFault): boolean {
  if (isUnresolved(node) || node.inferred === true) return true;
  return error.keyword === 'discriminator' && isUnresolved(valueOf(node, 'type'));
}

function isUnresolved(node: PositionedNode | undefined): boolean {
  return node?.kind === 'scalar' && node.unresolved === true;
}

/** A JSON pointer's steps; digits are an index only where the value is a list. */
function pathOf(root: PositionedMap, pointer: string): Path {
  let node: PositionedNode | undefined = root;
  const path: (string | number)[] = [];
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const step: string | number = node?.kind === 'list' ? Number(key) : key;
    path.push(step);
    node = node?.kind === 'list' ? node.items[Number(key)] : entryOf(node, key)?.value;
  }
  return path;
}
