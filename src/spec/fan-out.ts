import Type from 'typebox';

import { named, record, words } from './schema-builders.js';
import type { Schema } from './schema.js';

const values = Type.Unsafe<unknown>({
  description: 'Values of the axis: a list of numbers and words, or a map that names values of any kind.',
});

const cells = (description: string) =>
  Type.Array(Type.Unsafe<Record<string, unknown>>({ type: 'object', description: 'Axis and value.' }), {
    description,
  });

const changes = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  minProperties: 1,
  description: 'Path and value.',
});

/** What makes one file stand for several pipelines. It is gone before the canonical schema is asked. */
const fanOut = record({
  seeds: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }), {
      minItems: 1,
      description: 'Replications: the whole file once for each of these seeds, as ${seed}.',
    }),
  ),
  matrix: Type.Optional(
    record(
      {
        axes: named(values, { minProperties: 1, description: 'Axes by name; every combination is a cell.' }),
        zip: Type.Optional(
          Type.Array(Type.Array(Type.String(), { minItems: 2 }), {
            description:
              'Groups of axes that go together, first value with first value, instead of combining.',
          }),
        ),
        exclude: Type.Optional(cells('Cells to leave out: all that have these values.')),
        include: Type.Optional(cells('Cells to add, each with a value for every axis; after `exclude`.')),
      },
      { description: 'The whole file once for each cell of a grid; values are ${matrix.axis}.' },
    ),
  ),
  ablation: Type.Optional(
    record(
      {
        match: Type.Optional(
          words(['generator_steps', 'critic_steps', 'images', 'epochs'], {
            description: 'Every arm gets as many of these as the base has, whatever its own budget says.',
          }),
        ),
        arms: Type.Optional(
          named(changes, {
            minProperties: 1,
            description:
              'Arms by name, each the changes that make it out of the file; the file itself is `base`.',
          }),
        ),
        leave_one_out: Type.Optional(
          named(changes, {
            minProperties: 2,
            description:
              'Changes by name that belong together: the arm `all` has all of them, and `without_NAME` all but one.',
          }),
        ),
      },
      { description: 'The whole file as it stands, and once for each arm; the name is ${arm}.' },
    ),
  ),
});

export const fanOutSchema = fanOut as unknown as Schema;

export const fanOutKeys: readonly string[] = Object.keys(fanOutSchema.properties ?? {});
