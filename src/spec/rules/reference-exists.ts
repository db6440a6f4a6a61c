import { nearest } from '../../base/suggest.js';
import type { Diagnostic, DiagnosticNote } from '../../diagnostics/diagnostic.js';
import { quoted, quotedList } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { entryOf, valueOf } from '../../source/entries.js';
import { splitName, stageOf, type Reference } from '../references.js';
import { originNotes } from '../schema-faults.js';
import { declaredHere, type Rule, type RuleContext } from './rule.js';

/** A reference names a dataset split, a stage or an architecture that the file declares. */
export const referenceExists: Rule = (context) =>
  context.references.flatMap((reference) => {
    const problem = missing(context, reference);
    return problem ? [problem] : [];
  });

function missing(context: RuleContext, reference: Reference): Diagnostic | undefined {
  const { role, text } = reference;
  switch (role) {
    case 'split':
      return missingSplit(context, reference);
    case 'stage':
    case 'model':
    case 'extractor':
    case 'metric': {
      const stage = stageOf(reference) ?? text;
      return context.stages.has(stage) ? undefined : unknown(context, reference, 'stage', stage);
    }
    case 'generator':
    case 'critic':
      return context.architectures.has(text) ? undefined : unknown(context, reference, 'architecture', text);
  }
}

function missingSplit(context: RuleContext, reference: Reference): Diagnostic | undefined {
  const { dataset, split } = splitName(reference.text);
  const declaration = context.datasets.get(dataset);
  if (!declaration) return unknown(context, reference, 'dataset', dataset);
  const splits = valueOf(declaration.node, 'splits');
  // A dataset without splits is at fault itself.
  if (splits?.kind !== 'map') return undefined;
  const names = splits.entries.map(({ key }) => key);
  if (split !== undefined && names.includes(split)) return undefined;
  const meant = split === undefined ? undefined : nearest(split, names);
  const written = names.map((name) => `${dataset}.${name}`);
  const place = entryOf(declaration.node, 'splits');
  return error('unknown-reference', {
    at: reference.scalar.range,
    message:
      split === undefined
        ? `${quoted(reference.text)} is a dataset, and one of its splits is needed`
        : `dataset ${quoted(dataset)} has no split ${quoted(split)}`,
    help:
      meant === undefined
        ? `write ${quotedList(written, 'or')}`
        : `did you mean ${quoted(`${dataset}.${meant}`)}?`,
    notes: [
      ...originNotes(reference.scalar),
      ...(place ? [{ message: 'its splits are declared here', range: place.keyRange }] : []),
    ],
  });
}

function unknown(
  context: RuleContext,
  { scalar, role, text }: Reference,
  what: 'dataset' | 'stage' | 'architecture',
  name: string,
): Diagnostic {
  const declared = { dataset: context.datasets, stage: context.stages, architecture: context.architectures }[
    what
  ];
  const all = [...declared.values()];
  // For a generator, generators are proposed, unless there is none; for a model, stages that train one.
  const fitting = all.filter(({ fields }) => fields !== undefined && isOfRole(fields.type, role));
  const names = (fitting.length > 0 ? fitting : all).map((declaration) => declaration.name);
  const meant = nearest(name, names);
  const section = `${what}s`;
  const help =
    meant !== undefined
      ? `did you mean ${quoted(text.replace(name, () => meant))}?`
      : names.length === 0
        ? `declare it under \`${section}\``
        : `name ${quotedList(names, 'or')}`;
  return error('unknown-reference', {
    at: scalar.range,
    message: `there is no ${what} ${quoted(name)}`,
    help,
    notes: [...originNotes(scalar), ...(meant === undefined ? elsewhere(context, role, name) : [])],
  });
}

const extractorTypes: ReadonlySet<string> = new Set(['classifier', 'extractor']);

function isOfRole(type: string, role: Reference['role']): boolean {
  switch (role) {
    case 'generator':
    case 'critic':
      return type.endsWith(`_${role}`);
    case 'model':
      return type === 'train';
    case 'extractor':
      return extractorTypes.has(type);
    case 'metric':
      return ['train', 'evaluate', 'classifier', 'curves', 'command'].includes(type);
    case 'stage':
    case 'split':
      return true;
  }
}

/** The name exists, but names something else. */
function elsewhere(context: RuleContext, role: Reference['role'], name: string): readonly DiagnosticNote[] {
  const sections = [
    { noun: 'dataset', of: role === 'split', found: context.datasets.get(name) },
    { noun: 'stage', of: stageOf({ role, text: name }) !== undefined, found: context.stages.get(name) },
    {
      noun: 'architecture',
      of: role === 'generator' || role === 'critic',
      found: context.architectures.get(name),
    },
  ];
  return sections.flatMap(({ noun, of, found }) =>
    found && !of ? [{ ...declaredHere(found), message: `${quoted(name)} is the name of this ${noun}` }] : [],
  );
}
