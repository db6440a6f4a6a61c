import { err, ok, type Result } from '../base/result.js';

/** What stands between `${` and `}`. */
export type Expression =
  | { readonly kind: 'reference'; readonly path: readonly (string | number)[] }
  | { readonly kind: 'environment'; readonly name: string; readonly fallback: string | undefined };

const reference = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\d{1,9}\])*$/;
const step = /[A-Za-z_][\w-]*|\d+(?=\])/g;
const environmentName = /^[A-Za-z_]\w*$/;

/** The error says what is wrong, as a clause that follows "this expression". */
export function parseExpression(body: string): Result<Expression, string> {
  const text = body.trim();
  if (text === '') return err('is empty');
  if (text.includes('${')) return err('holds another one; expressions are not nested');
  const environment = /^env:([^,]*)(?:,(.*))?$/s.exec(text);
  if (environment) {
    const name = (environment[1] ?? '').trim();
    if (!environmentName.test(name)) return err('names no environment variable');
    return ok({ kind: 'environment', name, fallback: environment[2]?.trim() });
  }
  if (!reference.test(text)) return err('is not a name with dots and indices');
  const path = Array.from(text.matchAll(step), ([name]) => (/^\d/.test(name) ? Number(name) : name));
  return ok({ kind: 'reference', path });
}
