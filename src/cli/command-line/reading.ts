import path from 'node:path';

import type { Command } from 'commander';
import { Option } from 'commander';

import { graphFormats, type GraphFormat } from '../graph/formats.js';
import { diagnosticFormats, type DiagnosticFormat } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';
import { templateNames, type TemplateName } from '../templates.js';
import type { Answer } from './answer.js';
import { runsOption, setOption } from './options.js';

interface ConfigFlags {
  readonly resolve: boolean;
  readonly variant?: string;
  readonly set: readonly string[];
}

interface InitFlags {
  readonly template: TemplateName;
  readonly list?: boolean;
}

interface DagFlags {
  readonly format: GraphFormat;
  readonly cells?: boolean;
  readonly set: readonly string[];
}

interface DiffFlags {
  readonly variant?: string;
  readonly json?: boolean;
  readonly runs: string;
}

/** The commands that write and read pipeline files, and not their data. */
export function addReadingCommands(program: Command, surroundings: Surroundings, answer: Answer): void {
  program
    .command('init')
    .description('write a pipeline to start from, with comments')
    .argument('[place]', 'a folder for pipeline.yaml, or a file that ends in .yaml', '.')
    .addOption(new Option('--template <name>', 'what to start from').choices(templateNames).default('points'))
    .option('--list', 'say which templates there are, and write nothing')
    .action(async (place: string, { template, list = false }: InitFlags) => {
      const { init, listTemplates } = await import('../commands/init.js');
      answer(await (list ? listTemplates(surroundings) : init(place, template, surroundings)));
    });

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
    .command('dag')
    .description('print the graph of stages, without looking at data or results')
    .argument('<file>', 'pipeline')
    .addOption(
      new Option('--format <form>', 'dot: Graphviz; mermaid: for Markdown')
        .choices(graphFormats)
        .default('text'),
    )
    .option('--cells', 'one node for each cell of the fan-out instead of one for each stage')
    .addOption(setOption)
    .action(async (file: string, { format, cells = false, set }: DagFlags) => {
      const { dag } = await import('../commands/dag.js');
      answer(await dag(file, { format, cells, overrides: set }, surroundings));
    });

  program
    .command('diff')
    .description('say what of two pipelines is different (exit code 1), or that nothing is (0)')
    .argument('<old>', 'pipeline, or the name of a run')
    .argument('<new>', 'pipeline, or the name of a run')
    .option('--variant <axes>', 'whose fields, as in arm=penalty,seed=1 (default: the first)')
    .option('--json', 'as JSON, on one line')
    .addOption(runsOption)
    .action(async (old: string, now: string, { runs, ...flags }: DiffFlags) => {
      const { diff } = await import('../commands/diff.js');
      const options = {
        json: flags.json ?? false,
        variant: flags.variant,
        runs: path.resolve(surroundings.directory, runs),
      };
      answer(await diff([old, now], options, surroundings));
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
