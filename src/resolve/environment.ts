import { looksSecret } from '../base/looks-secret.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import { err, ok, type Result } from '../base/result.js';

/** The variables of the process that may be read, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The value of an environment variable, or the file's default for it. An empty variable counts as unset, as an
 * empty path is never meant.
 */
export function readEnvironment(
  environment: Environment,
  { name, fallback }: { readonly name: string; readonly fallback: string | undefined },
  at: SourceRange,
): Result<string, Diagnostic> {
  if (looksSecret(name)) {
    return err(
      error('environment-secret', {
        at,
        message: `${quoted(name)} looks like the name of a secret, and pipelines do not read secrets`,
        help: 'results and reports would carry it; name a variable that holds a path',
      }),
    );
  }
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value !== undefined && value !== '') return ok(value);
  if (fallback !== undefined) return ok(fallback);
  return err(
    error('environment-unset', {
      at,
      message: `the environment variable ${quoted(name)} is not set`,
      help: `set it, as in \`export ${name}=/path/to/data\`, or give a default: \`\${env:${name},../data}\``,
    }),
  );
}
