import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { StageAxes } from '../stage-axes.js';
import { axisWithoutEffect } from './axis-without-effect.js';
import { steadyRuler } from './steady-ruler.js';
import { uniformCollector } from './uniform-collector.js';
import type { VariantsContext, VariantsRule } from './variants-rule.js';

const laws: readonly VariantsRule[] = [axisWithoutEffect, steadyRuler, uniformCollector];

/** What the laws about all variants of a file find, once each variant by itself is without errors. */
export function checkVariants(found: Omit<VariantsContext, 'stageAxes'>): readonly Diagnostic[] {
  if (found.variants.length < 2) return [];
  const context = { ...found, stageAxes: new StageAxes(found.variants.map(({ axes }) => axes)) };
  return laws.flatMap((law) => law(context));
}
