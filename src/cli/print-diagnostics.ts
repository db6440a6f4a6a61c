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
 * JSON is printed even where there are none, as an empty list.
 */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat,
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
    case 'github':
      stdout.write(githubAnnotations(diagnostics));
      break;
  }
}
