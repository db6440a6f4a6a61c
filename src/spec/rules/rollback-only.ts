import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { entryOf } from '../../source/entries.js';
import type { Schema } from '../schema.js';
import { onDivergence } from '../training.js';
import { stagesOf, type Rule } from './rule.js';

const { lr_factor, attempts } = onDivergence.properties;

/** Their defaults stand in every resolved file, and say nothing. */
const fieldsOfRollback: Readonly<Record<string, Schema>> = { lr_factor, attempts };

/** What says how to go back has no effect where a training that diverges ends. */
export const rollbackOnly: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const action = fields.on_divergence?.action;
    const policy = entryOf(declaration.node, 'on_divergence');
    if (policy === undefined || action === undefined || action === 'rollback') return [];
    return Object.entries(fieldsOfRollback).flatMap(([name, { default: standard }]) => {
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
