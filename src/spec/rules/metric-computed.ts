import { nearest } from '../../base/suggest.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted, quotedList } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { metricName, type Reference } from '../references.js';
import { originNotes } from '../schema-faults.js';
import { metricsOf } from '../stage-metrics.js';
import { declaredHere, type Rule, type RuleContext } from './rule.js';

/** A metric that a stage compares, bounds or ranks by is one that some stage computes: `stage.metric`. */
export const metricComputed: Rule = (context) =>
  context.references
    .filter(({ role }) => role === 'metric')
    .flatMap((reference) => notComputed(context, reference) ?? []);

function notComputed(context: RuleContext, { text, scalar }: Reference): Diagnostic | undefined {
  const { stage, metric } = metricName(text);
  const named = context.stages.get(stage);
  const known = named?.fields && metricsOf(named.fields);
  if (!named || !known || (metric !== undefined && known.includes(metric))) return undefined;
  const full = known.map((name) => `${stage}.${name}`);
  const meant = metric === undefined ? undefined : nearest(metric, known);
  const type = named.fields.type;
  return error('metric-unknown', {
    at: scalar.range,
    message:
      metric === undefined
        ? `${quoted(text)} is a stage, and one of its metrics is needed`
        : `stage ${quoted(stage)} computes no ${quoted(metric)}`,
    notes: [...originNotes(scalar), declaredHere(named)],
    help:
      meant !== undefined
        ? `did you mean ${quoted(`${stage}.${meant}`)}?`
        : known.length === 0
          ? `stages of type ${quoted(type)} compute no metrics; name one of a stage that does`
          : `name ${quotedList(full, 'or')}`,
  });
}
