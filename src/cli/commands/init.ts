import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { shellWord } from '../../base/shell-word.js';
import { createFileAtomic } from '../../files/atomic-write.js';
import { errorCode } from '../../files/file-errors.js';
import { shownPath } from '../../files/shown-path.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { copiedSchema, packageSchema, schemaNear } from '../schema-place.js';
import type { Surroundings } from '../surroundings.js';
import { pipelineName, templateNames, templates, templateText, type TemplateName } from '../templates.js';
import { lookOf } from '../terminal/look.js';

/** Says which templates there are. */
export function listTemplates({ stdout, environment }: Surroundings): ExitCode {
  const { spell } = lookOf(stdout, environment);
  const width = Math.max(...templateNames.map((name) => name.length));
  for (const name of templateNames) stdout.write(spell(`${name.padEnd(width)}  ${templates[name]}\n`));
  return exitCode.ok;
}

/**
 * Writes a pipeline from a template, where there is none.
 * @param place A folder, or a file that ends in .yaml or .yml.
 */
export async function init(
  place: string,
  template: TemplateName,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { directory, stdout, stderr } = surroundings;
  const { file, name } = await targetOf(path.resolve(directory, place), template);
  const shown = shownPath(file, directory);
  const folder = path.dirname(file);
  const refused = (message: string, help: string, code: ExitCode): ExitCode => {
    stderr.write(`error: ${message}\n  help: ${help}\n`);
    return code;
  };
  const exists = () =>
    refused(
      `${shown} is there already, and stays as it is`,
      'name another file, as in `wassermill init other.yaml`',
      exitCode.usage,
    );
  // Before anything is made: what is refused leaves no trace.
  if (existsSync(file)) return exists();
  const near = schemaNear(folder);
  try {
    await mkdir(folder, { recursive: true });
    const text = await templateText(template, { name, schema: near ?? `./${copiedSchema}` });
    if (!(await createFileAtomic(file, text))) return exists();
    stdout.write(`${shown}: template ${template}, pipeline ${name}\n`);
    // One that is there already is from an earlier pipeline in the same folder.
    const schema = path.join(folder, copiedSchema);
    if (near === undefined && (await createFileAtomic(schema, await readFile(packageSchema)))) {
      stdout.write(`${shownPath(schema, directory)}: with it, editors check and complete pipelines\n`);
    }
  } catch (error) {
    if (errorCode(error) === undefined || !(error instanceof Error)) throw error;
    return refused(
      `${shown} cannot be written: ${error.message}`,
      'name another place, as in `wassermill init folder`',
      exitCode.failed,
    );
  }
  const command = near === undefined ? 'wassermill' : 'npx wassermill';
  stdout.write(
    `\nRead it, then:\n  ${command} plan ${shellWord(shown)}\n  ${command} run ${shellWord(shown)}\n`,
  );
  return exitCode.ok;
}

/** A pipeline has the name of its file, or in a folder that was named that of the folder. */
async function targetOf(
  place: string,
  template: TemplateName,
): Promise<{ readonly file: string; readonly name: string }> {
  const { name: stem, ext } = path.parse(place);
  if (['.yaml', '.yml'].includes(ext) && !(await isFolder(place))) {
    return { file: place, name: pipelineName(stem) ?? template };
  }
  return {
    file: path.join(place, 'pipeline.yaml'),
    name: pipelineName(path.basename(place)) ?? template,
  };
}

async function isFolder(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch {
    return false;
  }
}
