import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { githubAnnotations } from '../diagnostics/github-form.js';
import { diagnosticsJson } from '../diagnostics/json-form.js';
import { colourPalette, plainPalette } from '../diagnostics/palette.js';
import { renderDiagnostics } from '../diagnostics/render.js';
import type { Surroundings } from './surroundings.js';
import { hasColour, widthOf } from './terminal-features.js';

export const diagnosticFormats = ['text', 'json', 'github'] as const;
export type DiagnosticFormat = (typeof diagnosticFormats)[number];

/**
 * Diagnostics where they belong: text for people on standard error, forms for machines on standard output.
 * `json` is one list, empty where there are none; `json-lines` an object a line, for commands whose standard
 * output holds other objects too.
 */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat | 'json-lines',
  { stdout, stderr, environment }: Pick<Surroundings, 'stdout' | 'stderr' | 'environment'>,
): void {
  switch (format) {
    case 'text': {
      const palette = hasColour(stderr, environment) ? colourPalette : plainPalette;
      stderr.write(renderDiagnostics(diagnostics, { palette, width: widthOf(stderr) }));
      break;
    }
    case 'json':
      stdout.write(`${JSON.stringify(diagnosticsJson(diagnostics), null, 2)}\n`);
      break;
    case 'json-lines':
      for (const diagnostic of diagnosticsJson(diagnostics)) {
        stdout.write(`${JSON.stringify({ type: 'diagnostic', ...diagnostic })}\n`);
      }
      break;
    case 'github':
      stdout.write(githubAnnotations(diagnostics));
      break;
  }
}
