import { formatCount } from '../base/format.js';
import { required } from '../base/invariant.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedNode } from '../source/document.js';
import { longestChain, longestText, mostAddedNodes } from '../source/limits.js';

/** An expression that refers to a value. */
export interface Reference {
  readonly at: SourceRange;
  /** As in `${vars.rate}`. */
  readonly written: string;
}

export function chainTooLong({ at }: Reference): Diagnostic {
  return error('too-deep', {
    at,
    message: `this expression is referred to through more than ${longestChain} others, or from too deep inside them`,
    help: 'refer to what holds the value itself',
  });
}

export function tooEarly({ at, written }: Reference): Diagnostic {
  return error('unknown-variable', {
    at,
    message: `${quoted(written)} is not known here: it is what \`matrix\` and \`seeds\` decide`,
    help: 'refer to `${vars.name}`, or write the values out',
  });
}

/** A clause that follows "this expression", as a problem. */
export function malformed(at: SourceRange, what: string): Diagnostic {
  return error('expression-syntax', {
    at,
    message: `this expression ${what}`,
    help: 'write `${vars.name}`, `${vars.list[0]}`, `${seed}` or `${env:NAME,default}`; a literal `${` is written `\\${`',
  });
}

/** At the first edge, with the others as notes. */
export function cycle(edges: readonly Reference[]): Diagnostic {
  const first = required(edges[0], 'an edge of the cycle');
  const others = edges.slice(1);
  return error('variable-cycle', {
    at: first.at,
    message:
      others.length === 0
        ? `${quoted(first.written)} refers to itself`
        : `${quoted(first.written)} refers to itself, through ${others.length} more`,
    notes: others.map((edge) => ({ message: `which refers to ${quoted(edge.written)}`, range: edge.at })),
    help: 'write the value out in one of these places',
  });
}

/** Of a value that cannot be put into a text: a map, a list, or nothing. */
export function noText(node: PositionedNode, { at, written }: Reference): Diagnostic {
  const what = node.kind === 'scalar' ? 'empty' : `a ${node.kind}`;
  return error('variable-in-text', {
    at,
    message: `${quoted(written)} is ${what}, which cannot be put into a text`,
    notes: [{ message: 'the value comes from here', range: node.range }],
    help: 'refer to a single value, or let the expression be the whole value',
  });
}

export function textTooLong(at: SourceRange): Diagnostic {
  return error('too-large', {
    at,
    message: `this text becomes longer than ${formatCount(longestText)} characters`,
    help: 'refer to shorter values, or fewer times',
  });
}

export function tooManyValues(at: SourceRange): Diagnostic {
  return error('too-large', {
    at,
    message: `with this expression, variables stand for more than ${formatCount(mostAddedNodes)} values`,
    help: 'refer to smaller values, or fewer times',
  });
}
