import type { Command } from 'commander';
import { Option } from 'commander';

import { diagnosticFormats, type DiagnosticFormat } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';
import type { Answer } from './answer.js';
import { setOption } from './options.js';

interface ConfigFlags {
  readonly resolve: boolean;
  readonly variant?: string;
  readonly set: readonly string[];
}

/** The commands that read pipeline files, and neither their data nor any run. */
export function addReadingCommands(program: Command, surroundings: Surroundings, answer: Answer): void {
  program
    .command('validate')
    .description('check pipeline files, without their data')
    .argument('<path...>', 'pipelines, and folders of them')
    .addOption(
      new Option('--format <form>', 'form of the problems').choices(diagnosticFormats).default('text'),
    )
    .addOption(setOption)
    .action(
      async (paths: string[], { format, set }: { format: DiagnosticFormat; set: readonly string[] }) => {
        const { validate } = await import('../commands/validate.js');
        answer(await validate(paths, { format, overrides: set }, surroundings));
      },
    );

  program
    .command('config')
    .description('print a pipeline with what it extends, and where each value was written')
    .argument('<file>', 'pipeline')
    .option('--resolve', 'with everything decided: expressions, defaults, one variant', false)
    .option('--variant <axes>', 'which variant, as in arm=penalty,seed=1 (default: the first)')
    .addOption(setOption)
    .action(async (file: string, flags: ConfigFlags) => {
      const { config } = await import('../commands/config.js');
      const resolve = flags.resolve || flags.variant !== undefined;
      answer(await config(file, { resolve, variant: flags.variant, overrides: flags.set }, surroundings));
    });

  program
    .command('schema')
    .description('print the JSON Schema of pipelines')
    .option('--canonical', 'of their resolved form')
    .action(async ({ canonical = false }: { readonly canonical?: boolean }) => {
      const { schema } = await import('../commands/schema.js');
      answer(await schema({ canonical }, surroundings));
    });
}
