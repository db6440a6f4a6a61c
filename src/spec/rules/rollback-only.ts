import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { entryOf } from '../../source/entries.js';
import { stagesOf, type Rule } from './rule.js';

/** With their defaults, which a resolved file has everywhere and which say nothing. */
const fieldsOfRollback = { lr_factor: 1, attempts: 3 } as const;

/** What says how to go back has no effect where a training that diverges ends. */
export const rollbackOnly: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const action = fields.on_divergence?.action;
    const policy = entryOf(declaration.node, 'on_divergence');
    if (policy === undefined || action === undefined || action === 'rollback') return [];
    return Object.entries(fieldsOfRollback).flatMap(([name, standard]) => {
      const entry = entryOf(policy.value, name);
      // Also those that another stage, or an argument, brings in.
      if (entry === undefined || entry.value.inferred === true) return [];
      if (entry.value.kind === 'scalar' && entry.value.value === standard) return [];
      return error('rollback-only', {
        at: entry.keyRange,
        message: `${quoted(name)} has no effect with \`action: ${action}\``,
        help: 'remove it, or write `action: rollback`',
      });
    });
  });
