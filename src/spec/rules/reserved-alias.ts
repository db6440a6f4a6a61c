import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/** MLflow reads these as the last version, and as one by its number. */
const reserved = /^(latest|v\d+)$/i;

export const reservedAlias: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const alias = fields.register?.alias;
    if (alias === undefined || !reserved.test(alias)) return [];
    return [
      error('reserved-alias', {
        at: fieldRange(declaration, 'register', 'alias'),
        message: `MLflow takes ${quoted(alias)} for a version, and so for no alias`,
        help: 'write what it stands for, such as `candidate`',
      }),
    ];
  });
