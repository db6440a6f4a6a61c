import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { entryOf } from '../../source/entries.js';
import { declaredHere, fieldRange, stagesOf, trainStage, type Rule } from './rule.js';

/** A stage that measures every snapshot reads those that the train stage keeps. */
export const snapshotsNeeded: Rule = (context) =>
  stagesOf(context, 'evaluate').flatMap(({ declaration, fields }) => {
    if (fields.at !== 'every_snapshot') return [];
    const model = trainStage(context, fields.model);
    // Snapshots with a mistake in them are written, though they are not among the sound fields.
    if (model === undefined || entryOf(model.declaration.node, 'snapshots')) return [];
    return [
      error('snapshots-needed', {
        at: fieldRange(declaration, 'at'),
        message: `stage ${quoted(model.declaration.name)} keeps no snapshots`,
        notes: [declaredHere(model.declaration)],
        help: 'add `snapshots: {every: {generator_steps: 100}}` to it, or write `at: end`',
      }),
    ];
  });
