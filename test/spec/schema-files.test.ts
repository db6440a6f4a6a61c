import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { exampleOf } from '../../src/spec/examples.js';
import { pipelineSchema, type Schema } from '../../src/spec/schema.js';
import { schemaFiles } from '../../src/spec/schema-files.js';
import { basePipeline, changed } from '../resolve/base-pipeline.js';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const files = Object.entries(schemaFiles());

describe('the files in schemas/', () => {
  it.each(files)('%s is what the code says (UPDATE_GOLDENS=1 writes it)', (name, text) => {
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(at(`schemas/${name}`), text);
    expect(readFileSync(at(`schemas/${name}`), 'utf8')).toBe(text);
  });
});

describe('the surface schema', () => {
  const schema = JSON.parse(schemaFiles()['pipeline.schema.json'] ?? '') as object;
  const accepts = new Ajv({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);
  const base = parse(basePipeline) as Parameters<typeof changed>[0];
  const says = (changes: Parameters<typeof changed>[1]): boolean => accepts(parse(changed(base, changes)));

  it.each(readdirSync(at('pipelines')).filter((name) => name.endsWith('.yaml')))('accepts %s', (name) => {
    accepts(parse(readFileSync(at(`pipelines/${name}`), 'utf8'), { merge: true }));
    expect(accepts.errors ?? []).toEqual([]);
  });

  it.each([
    { vars: { lr: 1 }, 'x-storage': [1] },
    { stages: { train: { optimizer: { lr: '${vars.lr}' } } } },
    { stages: { train: { optimizer: '${vars.optimizer}', clip: '${vars.c}' } } },
    { stages: { train: { clip: undefined, lipschitz: { type: 'clip', range: [-1, 1] } } } },
    { architectures: { critic: { hidden: '${vars.widths}', norm: '${vars.norm}' } } },
    { architectures: { critic: { hidden: ['${vars.width}', 64] } } },
  ])('accepts the changes %j', (changes) => {
    expect(says(changes)).toBe(true);
  });

  it.each([
    { stages: { train: { optimizer: { lr: 'fast' } } } },
    { stages: { train: { clip: 0.1, lipschitz: { type: 'none' } } } },
    { stages: { train: { batchsize: 64 } } },
    { stages: { train: { objective: 'wasserstien' } } },
    { stages: { train: { dataset: undefined } } },
    { architectures: { critic: { type: 'critic' } } },
    { version: 2 },
    { matrix: {} },
  ])('refuses the changes %j', (changes) => {
    expect(says(changes)).toBe(false);
  });
});

describe('the schema', () => {
  it('describes every field', () => {
    const silent = [...fieldsOf(pipelineSchema)].filter(
      ([name, field]) => name !== 'type' && field.description === undefined,
    );
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('has an example for every field without a default, for its messages', () => {
    const lacking = [...requiredFields(pipelineSchema)].filter(
      (name) => name !== 'type' && !(name in exampleOf),
    );
    expect([...new Set(lacking)]).toEqual([]);
  });
});

function* parts(schema: Schema): Generator<Schema> {
  yield schema;
  for (const part of [
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.patternProperties ?? {}),
    ...(schema.oneOf ?? []),
    ...(schema.items ? [schema.items] : []),
  ]) {
    yield* parts(part);
  }
}

function* fieldsOf(schema: Schema): Generator<readonly [string, Schema]> {
  for (const part of parts(schema)) yield* Object.entries(part.properties ?? {});
}

function* requiredFields(schema: Schema): Generator<string> {
  for (const { required = [], properties = {} } of parts(schema)) {
    for (const key of required) {
      const field = properties[key];
      if (field && field.default === undefined && field['x-inherits'] === undefined) yield key;
    }
  }
}
