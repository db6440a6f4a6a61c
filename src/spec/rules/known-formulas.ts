import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { type FormulaGenerator, formulaDimensions, isFormula } from '../../networks/formulas.js';
import type { DatasetSpec } from '../datasets.js';
import { describeShape, sampleShape } from '../sample-shape.js';
import {
  datasetOf,
  declaredHere,
  fieldRange,
  stagesOf,
  trainStage,
  type Rule,
  type RuleContext,
} from './rule.js';

/** The data that each generator that is a formula can become. */
const partners: Readonly<Record<FormulaGenerator['type'], DatasetSpec['type']>> = {
  parallel_line_generator: 'parallel_lines',
  gaussian_generator: 'gaussian',
};

/** A generator that is a formula learns samples of its shape, and distances by formula are of a generator and data of one kind. */
export const knownFormulas: Rule = (context) => [...learning(context), ...measured(context)];

function learning(context: RuleContext): readonly Diagnostic[] {
  return stagesOf(context, 'train').flatMap(({ declaration, fields }): readonly Diagnostic[] => {
    const network = context.architectures.get(fields.generator ?? '');
    const dataset = datasetOf(context, fields.dataset);
    const shape = dataset?.fields && sampleShape(dataset.fields);
    if (!network?.fields || !isFormula(network.fields) || !dataset || !shape) return [];
    const { type } = network.fields;
    const made = { kind: 'points', dimensions: formulaDimensions[type] } as const;
    if (shape.kind === 'points' && shape.dimensions === made.dimensions) return [];
    return [
      error('sample-shape', {
        at: fieldRange(declaration, 'generator'),
        message: `${quoted(network.name)} makes ${describeShape(made)}, but ${quoted(dataset.name)} holds ${describeShape(shape)}`,
        notes: [declaredHere(network), declaredHere(dataset)],
        help: `use a dataset of type ${quoted(partners[type])}, or another architecture`,
      }),
    ];
  });
}

function measured(context: RuleContext): readonly Diagnostic[] {
  return stagesOf(context, 'evaluate').flatMap(({ declaration, fields }) => {
    const dataset = datasetOf(context, fields.reference);
    const model = trainStage(context, fields.model);
    const network = context.architectures.get(model?.fields.generator ?? '');
    if (!dataset?.fields || !network?.fields) return [];
    const { type } = dataset.fields;
    const partner = isFormula(network.fields) ? partners[network.fields.type] : undefined;
    if (partner === type) return [];
    const ofGenerator = partner === undefined;
    return Object.entries(fields.metrics ?? {})
      .filter(([, metric]) => metric.type === 'analytic_distances')
      .map(([name]) =>
        error('metric-data', {
          at: fieldRange(declaration, 'metrics', name, 'type'),
          message: ofGenerator
            ? `\`analytic_distances\` needs a generator that is a formula, but ${quoted(network.name)} is of type ${quoted(network.fields?.type ?? '')}`
            : `\`analytic_distances\` compares ${quoted(network.name)} with data of type ${quoted(partner)}, but ${quoted(dataset.name)} is of type ${quoted(type)}`,
          notes: [declaredHere(ofGenerator ? network : dataset)],
          help: ofGenerator
            ? 'use `sliced_wasserstein`, which compares any samples, or a `parallel_line_generator` or `gaussian_generator`'
            : `compare it with a split of a ${quoted(partner)} dataset`,
        }),
      );
  });
}
