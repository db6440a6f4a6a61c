import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { exampleOf } from '../../src/spec/examples.js';
import { pipelineSchema, type Schema } from '../../src/spec/schema.js';
import { schemaFiles } from '../../src/spec/schema-files.js';
import { surfaceSchema } from '../../src/spec/surface.js';
import { basePipeline, changed } from '../resolve/base-pipeline.js';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const files = Object.entries(schemaFiles());

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const without = (file: Record<string, Json>, key: string): Record<string, Json> =>
  Object.fromEntries(Object.entries(file).filter(([name]) => name !== key));

describe('the files in schemas/', () => {
  it.each(files)('%s is what the code says (UPDATE_GOLDENS=1 writes it)', (name, text) => {
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(at(`schemas/${name}`), text);
    expect(readFileSync(at(`schemas/${name}`), 'utf8')).toBe(text);
  });
});

describe('references in the files', () => {
  const written = [surfaceSchema(), pipelineSchema].map(
    (schema) => JSON.parse(JSON.stringify(schema)) as Json,
  );

  it.each(files.map(([name, text], index) => [name, text, written[index]] as const))(
    '%s says what it would without them',
    (_, text, plain) => {
      const { $schema: _draft, title: _title, ...file } = JSON.parse(text) as Record<string, Json>;
      const own = Object.keys((plain as { definitions?: object }).definitions ?? {});
      const definitions = file['definitions'] as Record<string, Json>;
      const added = new Map(Object.entries(definitions).filter(([name]) => !own.includes(name)));
      const used = new Set<string>();
      const expanded = (value: Json): Json => {
        if (Array.isArray(value)) return value.map(expanded);
        if (typeof value !== 'object' || value === null) return value;
        const { $ref } = value;
        const name = typeof $ref === 'string' ? $ref.replace('#/definitions/', '') : undefined;
        if (name !== undefined) used.add(name);
        const part = name === undefined ? undefined : added.get(name);
        if (part !== undefined) return expanded(part);
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expanded(inner)]));
      };
      const kept = Object.fromEntries(own.map((name) => [name, definitions[name] ?? null]));
      const whole = expanded(own.length > 0 ? { ...file, definitions: kept } : without(file, 'definitions'));
      expect(whole).toEqual(plain);
      expect([...added.keys()].filter((name) => !used.has(name))).toEqual([]);
      expect(text.length).toBeLessThan(JSON.stringify(plain, undefined, 2).length / 2);
    },
  );
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
