import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { nodeAt } from '../../source/node-at.js';
import { storeFiles } from '../command-stage.js';
import { stagesOf, type Rule } from './rule.js';

/**
 * What a command makes lies below its own folder: each out is a relative path that does not lead out of it, is named
 * once, and is none of the cache's own files.
 */
export const commandOuts: Rule = (context) =>
  stagesOf(context, 'command').flatMap(({ declaration, fields }) => {
    const outs = fields.outs ?? [];
    return outs.flatMap((out, index) => {
      const fault = faultOf(out, outs.slice(0, index));
      const at = nodeAt(declaration.node, ['outs', index])?.range ?? declaration.nameRange;
      return fault === undefined ? [] : [error('command-outs', { at, ...fault })];
    });
  });

function faultOf(out: string, earlier: readonly string[]): { message: string; help: string } | undefined {
  const steps = out.split('/');
  if (out.startsWith('/') || steps.includes('..') || out.includes('\\') || out.includes('\0')) {
    return {
      message: `${quoted(out)} leads out of the folder that the command writes into`,
      help: 'write a path below $WASSERMILL_OUT, as in `outs: [plot.png]`',
    };
  }
  if (steps.some((step) => step === '' || step === '.')) {
    return {
      message: `${quoted(out)} is not in its plain form`,
      help: 'write names with one `/` between them',
    };
  }
  if (storeFiles.includes(out)) {
    return { message: `${quoted(out)} is a file of the cache`, help: 'give it another name' };
  }
  return earlier.includes(out)
    ? { message: `${quoted(out)} is named twice`, help: 'remove one of the two' }
    : undefined;
}
