import type { Diagnostic, DiagnosticNote } from '../../diagnostics/diagnostic.js';
import type { SourceRange } from '../../diagnostics/range.js';
import type { PositionedEntry, PositionedNode } from '../../source/document.js';
import { entryOf } from '../../source/entries.js';
import type { DatasetSpec } from '../datasets.js';
import type { CheckedPipeline, Declaration, SoundFields } from '../checked.js';
import { splitName, type Reference } from '../references.js';
import type { StageSpec } from '../stages.js';

/** What a semantic rule sees. Where a field has a mistake of its own, it is not there. */
export interface RuleContext extends CheckedPipeline {
  readonly references: readonly Reference[];
  readonly variables: {
    readonly declared: readonly PositionedEntry[];
    /** Axes of the matrix. */
    readonly axes: readonly PositionedEntry[];
    /** What expressions refer to: `vars.rate`, `matrix.clip`. */
    readonly used: ReadonlySet<string>;
  };
  /**
   * The axes of the fan-out with the names of their values: `arm`, `seed`, those of the matrix and of sweeps.
   * Undefined where the fan-out has mistakes of its own.
   */
  readonly axes: ReadonlyMap<string, { readonly values: ReadonlyMap<string, unknown> }> | undefined;
}

/** One law of the language that the schema cannot say. */
export type Rule = (context: RuleContext) => readonly Diagnostic[];

type StageType = StageSpec['type'];

interface StageOf<Type extends StageType> {
  readonly declaration: Declaration<StageSpec>;
  readonly fields: SoundFields<Extract<StageSpec, { type: Type }>>;
}

/** The stages of one type, with their sound fields. */
export function stagesOf<Type extends StageType>(context: RuleContext, type: Type): readonly StageOf<Type>[] {
  return [...context.stages.values()].flatMap((declaration) => {
    const { fields } = declaration;
    return fields?.type === type
      ? [{ declaration, fields: fields as SoundFields<Extract<StageSpec, { type: Type }>> }]
      : [];
  });
}

/** The train stage of this name, or undefined where there is none. */
export function trainStage(context: RuleContext, name: string | undefined): StageOf<'train'> | undefined {
  return stagesOf(context, 'train').find(({ declaration }) => declaration.name === name);
}

/** The dataset that a reference such as `mnist.train` names, or undefined where there is none. */
export function datasetOf(
  context: RuleContext,
  reference: string | undefined,
): Declaration<DatasetSpec> | undefined {
  return reference === undefined ? undefined : context.datasets.get(splitName(reference).dataset);
}

/** A declaration, whatever it declares. */
type Named = Pick<Declaration<StageSpec>, 'name' | 'nameRange' | 'node'>;

/** Where a field of a declaration was written: its value, or the key where the value was inferred. */
export function fieldRange(declaration: Named, ...path: string[]): SourceRange {
  let node: PositionedNode = declaration.node;
  let range = declaration.nameRange;
  for (const key of path) {
    const entry = entryOf(node, key);
    if (!entry) break;
    range = entry.value.inferred === true ? entry.keyRange : entry.value.range;
    node = entry.value;
  }
  return range;
}

/** A note for where something was declared. */
export function declaredHere(declaration: Named): DiagnosticNote {
  return { message: `\`${declaration.name}\` is declared here`, range: declaration.nameRange };
}
