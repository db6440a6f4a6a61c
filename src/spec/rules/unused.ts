import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted } from '../../diagnostics/printable.js';
import { warning } from '../../diagnostics/problem.js';
import type { SourceRange } from '../../diagnostics/range.js';
import { splitName } from '../references.js';
import type { Rule } from './rule.js';

/**
 * What is declared is used: datasets and architectures by a stage, variables and axes by an expression. What is only kept
 * for later is often a misspelt reference, or left over.
 */
export const unused: Rule = ({ datasets, architectures, references, variables }) => {
  const named = (roles: readonly string[]): Set<string> =>
    new Set(
      references
        .filter(({ role }) => roles.includes(role))
        .map(({ role, text }) => (role === 'split' ? splitName(text).dataset : text)),
    );
  const usedDatasets = named(['split']);
  const usedArchitectures = named(['generator', 'critic']);
  return [
    ...[...datasets.values()]
      .filter(({ name }) => !usedDatasets.has(name))
      .map(({ name, nameRange }) => nobodyUses('dataset', name, nameRange)),
    ...[...architectures.values()]
      .filter(({ name }) => !usedArchitectures.has(name))
      .map(({ name, nameRange }) => nobodyUses('architecture', name, nameRange)),
    ...variables.declared
      .filter(({ key }) => !variables.used.has(`vars.${key}`))
      .map(({ key, keyRange }) => nobodyUses('variable', key, keyRange)),
    ...variables.axes
      .filter(({ key }) => !variables.used.has(`matrix.${key}`))
      .map(({ key, keyRange }) => nobodyUses('axis', key, keyRange)),
  ];
};

const remedies: Readonly<Record<string, string>> = {
  variable: 'remove it, or keep it under a key that starts with x-',
  axis: 'refer to it as `${matrix.name}`; without that it changes nothing',
};

function nobodyUses(what: string, name: string, at: SourceRange): Diagnostic {
  const help = (remedies[what] ?? 'remove it').replace('name', name);
  return warning('unused', { at, message: `${what} ${quoted(name)} is never used`, help });
}
