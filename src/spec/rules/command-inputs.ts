import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { inputVariable } from '../command-stage.js';
import { entryOf } from '../../source/entries.js';
import { stagesOf, type Rule } from './rule.js';

/** A command finds each of its inputs by an environment variable of its own. */
export const commandInputs: Rule = (context) =>
  stagesOf(context, 'command').flatMap(({ declaration, fields }) => {
    const inputs = entryOf(declaration.node, 'inputs')?.value;
    const first = new Map<string, string>();
    return Object.keys(fields.inputs ?? {}).flatMap((name) => {
      const variable = inputVariable(name);
      const earlier = first.get(variable);
      if (earlier === undefined) {
        first.set(variable, name);
        return [];
      }
      const rangeOf = (input: string) => inputs && entryOf(inputs, input)?.keyRange;
      const other = rangeOf(earlier);
      return [
        error('command-inputs', {
          at: rangeOf(name) ?? declaration.nameRange,
          message: `${quoted(name)} and ${quoted(earlier)} are both $${variable} for the command`,
          notes: other ? [{ message: `${quoted(earlier)} stands here`, range: other }] : [],
          help: 'give one of them another name',
        }),
      ];
    });
  });
