import { Ajv, type ValidateFunction } from 'ajv';

import type { PositionedMap, PositionedNode } from '../source/document.js';
import { plainValue } from '../source/plain-value.js';
import { sectionNouns } from './labels.js';
import { pipelineSchema, schemaKeywords, schemaOfKey, variantOf, type Schema } from './schema.js';

/** Says yes or no, and no more: what is wrong, `checkSchema` asks a validator that is far slower to make. */
const ajv = new Ajv({
  discriminator: true,
  strictTypes: false,
  messages: false,
  keywords: schemaKeywords,
  code: { optimize: false },
});

const compiled = new Map<Schema, ValidateFunction>();

function validatorOf(schema: Schema): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const validate = ajv.compile(schema);
  compiled.set(schema, validate);
  return validate;
}

/** The declarations that were accepted; the variants of a file share most of them. */
const accepted = new WeakMap<PositionedNode, Schema>();

/**
 * Whether a document keeps to a schema. Of the pipeline's, each declaration is held against the schema of its own type
 * alone, so that only those are made into code that the file uses.
 */
export function acceptsSchema(root: PositionedMap, schema: Schema): boolean {
  if (schema !== pipelineSchema) return validatorOf(schema)(plainValue(root));
  return (
    validatorOf(shallowPipeline)(plainValue(root)) &&
    root.entries.every(({ key, value }) => {
      const declared = Object.hasOwn(sectionNouns, key)
        ? schemaOfKey(pipelineSchema.properties?.[key], 'any')
        : undefined;
      if (!declared || value.kind !== 'map') return true;
      return value.entries.every((entry) => isAccepted(entry.value, declared));
    })
  );
}

function isAccepted(declaration: PositionedNode, schema: Schema): boolean {
  const variant = variantOf(schema, declaration);
  if (!variant) return false;
  if (accepted.get(declaration) === variant) return true;
  const isValid = validatorOf(variant)(plainValue(declaration));
  if (isValid) accepted.set(declaration, variant);
  return isValid;
}

/** The schema of a pipeline in which declarations are anything. */
const shallowPipeline: Schema = {
  ...pipelineSchema,
  properties: Object.fromEntries(
    Object.entries(pipelineSchema.properties ?? {}).map(([key, field]) => [
      key,
      Object.hasOwn(sectionNouns, key) ? { ...field, patternProperties: anything(field) } : field,
    ]),
  ),
};

function anything({ patternProperties = {} }: Schema): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.keys(patternProperties).map((pattern) => [pattern, {}]));
}
