import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { required } from '../../src/base/invariant.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { fanOutSchema } from '../../src/spec/fan-out.js';
import type { Role } from '../../src/spec/schema-builders.js';
import { pipelineSchema, schemaOfKey, tagOf, type Schema } from '../../src/spec/schema.js';
import { changed, type Tree } from '../resolve/base-pipeline.js';
import { diagnosticsOf, inMemory } from '../resolve/support.js';

const path = fileURLToPath(new URL('../../docs/language.md', import.meta.url));
const docs = readFileSync(path, 'utf8');

const examples = [...docs.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => required(text, 'example'));
const [whole = '', ...parts] = examples;

/** A part that extends it finds the whole pipeline beside itself. */
const theWhole = inMemory({ '/project/pipelines/mnist-wgan.yaml': whole });

describe('docs/language.md', () => {
  it('opens with a whole pipeline without findings', () => {
    expect(renderDiagnostics(diagnosticsOf(whole))).toBe('');
  });

  it.each(parts)('has an example that fits into it: %s', (part) => {
    const text = /^extends:/m.test(part)
      ? part
      : changed(parse(whole) as Tree, parse(part, { merge: true }) as Tree);
    const errors = diagnosticsOf(text, {}, theWhole).filter(({ code }) => code !== 'unused');
    expect(renderDiagnostics(errors)).toBe('');
  });

  it('has the field tables that the schema gives (UPDATE_GOLDENS=1 writes them)', () => {
    const current = docs.replace(
      /^<!-- fields: (\S+) -->\n.*?^<!-- end -->$/gms,
      (_all, name: string) => `<!-- fields: ${name} -->\n${fieldTable(schemaNamed(name))}<!-- end -->`,
    );
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(path, current);
    else expect(docs).toBe(current);
  });
});

/** `datasets.idx` is a variant of a section; `optimizer.adam` and `budget` are fields of a train stage. */
function schemaNamed(name: string): Schema {
  if (name === 'pipeline') return pipelineSchema;
  if (name === 'fan-out') return fanOutSchema;
  if (name === 'matrix') return required(fanOutSchema.properties?.['matrix'], name);
  const [first = '', variant] = name.split('.');
  const train = entrySchema('stages', 'train');
  switch (first) {
    case 'optimizer':
      return variantNamed(required(train.properties?.['optimizer']?.properties?.['critic'], name), variant);
    case 'schedule': {
      const optimizer = required(train.properties?.['optimizer']?.properties?.['critic'], name);
      return variantNamed(required(variantNamed(optimizer, 'adam').properties?.['schedule'], name), variant);
    }
    case 'critic_iterations':
      return variantNamed(required(train.properties?.['critic_iterations'], name), variant);
    case 'lipschitz':
    case 'conditional':
      return variantNamed(required(train.properties?.[first], name), variant);
    case 'class': {
      const projection = variantNamed(required(train.properties?.['conditional'], name), 'projection');
      return variantNamed(required(projection.properties?.['generator'], name), variant);
    }
    case 'layer':
    case 'initialiser': {
      const listed = entrySchema('architectures', 'layers_critic').properties;
      const schema = first === 'layer' ? listed?.['layers']?.items : listed?.['initial'];
      return variantNamed(required(schema, name), variant);
    }
    case 'network':
      return variantNamed(
        required(entrySchema('stages', 'extractor').properties?.['network'], name),
        variant,
      );
    case 'assertion':
      return required(entrySchema('stages', 'gate').properties?.['assert']?.items, name);
    case 'baseline':
      return required(schemaNamed('assertion').properties?.['baseline']?.properties?.['mlflow'], name);
    case 'budget':
    case 'snapshots':
    case 'augmentation':
    case 'average':
    case 'diagnostics':
    case 'on_divergence':
    case 'register':
    case 'resources':
      return required(train.properties?.[first], name);
    default:
      return entrySchema(first, variant);
  }
}

function entrySchema(section: string, variant: string | undefined): Schema {
  return variantNamed(required(schemaOfKey(pipelineSchema.properties?.[section], 'any'), section), variant);
}

function variantNamed(schema: Schema, tag: string | undefined): Schema {
  return required(
    schema.oneOf?.find((variant) => tagOf(variant) === tag),
    `variant ${tag ?? ''}`,
  );
}

function fieldTable(schema: Schema): string {
  const needed = new Set(schema.required);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const standard =
      field.default !== undefined
        ? `\`${JSON.stringify(field.default).replaceAll('"', '')}\``
        : field['x-inherits'] !== undefined
          ? `the pipeline's`
          : needed.has(name)
            ? 'required'
            : 'optional';
    return `| \`${name}\` | ${valuesOf(field)} | ${standard} | ${field.description ?? ''} |`;
  });
  const description = schema.description === undefined ? '' : `${schema.description}\n\n`;
  return `\n${description}| field | value | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n\n`;
}

const roleNames: Readonly<Record<Role, string>> = {
  file: 'path of a file',
  folder: 'path of a folder',
  data: 'path of a file or folder',
  split: 'name of a split',
  stage: 'name of a stage',
  model: 'name of a train stage',
  extractor: 'name of a classifier or extractor stage',
  metric: '`stage.metric`',
  generator: 'name of a generator',
  critic: 'name of a critic',
  axis: 'name of an axis',
};

function valuesOf(field: Schema): string {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const).replaceAll('"', '')}\``;
  if (field.enum)
    return field.enum.map((word) => `\`${JSON.stringify(word).replaceAll('"', '')}\``).join(', ');
  const role = field['x-role'];
  switch (field.type) {
    case 'string':
      if (role === undefined) return 'text';
      return roleNames[role];
    case 'integer':
      return 'whole number';
    case 'number':
      return 'number';
    case 'array':
      return `list: ${valuesOf(field.items ?? {})}`;
    case 'object':
      return field.oneOf ? `map of type ${field.oneOf.map((one) => `\`${tagOf(one)}\``).join(', ')}` : 'map';
    case 'boolean':
      return 'true or false';
    case undefined:
      break;
  }
  return 'any';
}
