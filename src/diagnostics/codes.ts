/**
 * Every diagnostic code, with the law that it reports. Codes are stable: they are never reused, and each has
 * a row in docs/diagnostics.md (a test holds the two together).
 */
export const diagnosticCodes = {
  'yaml-syntax': 'The file is YAML 1.2 without syntax errors, and one document.',
} as const satisfies Record<string, string>;

export type DiagnosticCode = keyof typeof diagnosticCodes;
