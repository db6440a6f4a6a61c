import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import type { CurveMetric } from '../curves-stage.js';
import { metricName } from '../references.js';
import { declaredHere, fieldRange, stagesOf, type Rule, type RuleContext } from './rule.js';

/**
 * A curve is of a training, or of a metric over its snapshots, of which there have to be several for a slope and for ranks. A metric is
 * ranked beside an estimate of the training that made its snapshots.
 */
export const curveSources: Rule = (context) =>
  stagesOf(context, 'curves').flatMap(({ declaration, fields }) =>
    Object.entries(fields.metrics ?? {}).flatMap(([name, metric]): readonly Diagnostic[] => {
      const at = (field: 'of' | 'estimate') => fieldRange(declaration, 'metrics', name, field);
      const ofWrong = wrongStage(context, metric, 'of', at('of'));
      if (metric.type !== 'rank_correlation')
        return [...ofWrong, ...withoutSnapshots(context, metric, at('of'))];
      return [
        ...ofWrong,
        ...wrongStage(context, metric, 'estimate', at('estimate')),
        ...withoutSnapshots(context, metric, at('of')),
        ...otherTraining(context, metric, at('estimate')),
      ];
    }),
  );

type Place = Parameters<typeof error>[1]['at'];

const stageNamed = (context: RuleContext, metric: string) => context.stages.get(metricName(metric).stage);

function wrongStage(
  context: RuleContext,
  metric: CurveMetric,
  field: 'of' | 'estimate',
  at: Place,
): readonly Diagnostic[] {
  const text = metric.type === 'rank_correlation' ? metric[field] : metric.of;
  const named = stageNamed(context, text);
  const type = named?.fields?.type;
  const fitting =
    metric.type !== 'rank_correlation' ? ['train', 'evaluate'] : [field === 'of' ? 'evaluate' : 'train'];
  if (!named || type === undefined || fitting.includes(type)) return [];
  return [
    error('curve-source', {
      at,
      message: `${quoted(text)} is of a stage of type ${quoted(type)}, and ${fitting.map(quoted).join(' and ')} stages log such curves`,
      notes: [declaredHere(named)],
      help: `name a metric of a stage of type ${fitting.map(quoted).join(' or ')}`,
    }),
  ];
}

function withoutSnapshots(context: RuleContext, { type, of }: CurveMetric, at: Place): readonly Diagnostic[] {
  const named = stageNamed(context, of);
  const needsSeveral = type === 'rank_correlation' || type === 'convergence_slope';
  if (!needsSeveral || named?.fields?.type !== 'evaluate' || named.fields.at !== 'end') return [];
  return [
    error('curve-source', {
      at,
      message: `${quoted(of)} is measured before training and at its end, and \`${type}\` needs more snapshots`,
      notes: [declaredHere(named)],
      help: `write \`at: every_snapshot\` in ${quoted(named.name)}`,
    }),
  ];
}

function otherTraining(
  context: RuleContext,
  { of, estimate }: Extract<CurveMetric, { type: 'rank_correlation' }>,
  at: Place,
): readonly Diagnostic[] {
  const [quality, training] = [stageNamed(context, of), stageNamed(context, estimate)];
  if (quality?.fields?.type !== 'evaluate' || training?.fields?.type !== 'train') return [];
  const { model } = quality.fields;
  if (model === undefined || model === training.name) return [];
  return [
    error('curve-source', {
      at,
      message: `${quoted(quality.name)} measures snapshots of ${quoted(model)}, and ${quoted(estimate)} is of another training`,
      notes: [declaredHere(quality)],
      help: `name an estimate of ${quoted(model)}`,
    }),
  ];
}
