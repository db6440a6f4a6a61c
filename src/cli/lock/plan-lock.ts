import path from 'node:path';

import { digestBytes } from '../../base/digest.js';
import { required } from '../../base/invariant.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { SourceText } from '../../diagnostics/range.js';
import { frozenBaselines } from '../../plan/baselines.js';
import { planExperiments } from '../../plan/plan.js';
import type { SourceFault } from '../../plan/world.js';
import { parseDocument } from '../../source/parse-document.js';
import { noBaselines } from '../baselines.js';
import { argumentSource, resolveDocument, type LoadedPipeline } from '../load-pipeline.js';
import { packageVersion } from '../package.js';
import { openSourceDigests, thisInstallation, type PlannedPipeline } from '../planning.js';
import type { Surroundings } from '../surroundings.js';
import { hasSameKeys, installationDifferences, otherKeys, planDifferences } from './differences.js';
import { assertionsIn } from './contract.js';
import { readLock, type Lock } from './read-lock.js';

/**
 * Plans what a frozen plan says, from the texts in it, or says all that keeps it from being just that. Writes nothing.
 * @param runs Absolute path of the folder of outputs.
 */
export async function planLock(
  file: string,
  runs: string,
  surroundings: Surroundings,
): Promise<Result<PlannedPipeline, readonly Diagnostic[]>> {
  const read = await readLock(file, surroundings.directory);
  if (!read.ok) return read;
  const lock = read.value;
  const here = thisInstallation(lock.content.backend);
  const ofInstallation = installationDifferences(lock.content, { ...here, wassermill: packageVersion() });

  const loaded = loadLocked(lock, surroundings.environment);
  if (!loaded.ok) return err([...ofInstallation, ...loaded.error]);
  const { experiments, warnings, ...texts } = loaded.value;

  const sources = await openSourceDigests(runs, surroundings.now);
  const faults = new Map<string, SourceFault>();
  const planned = await planExperiments(experiments, {
    ...here,
    readBaseline: frozenBaselines(assertionsIn(lock.content), noBaselines),
    digestSource: async (source) => {
      const digest = await sources.digest(source);
      if (digest.ok) return digest;
      // What is missing must not hide what else has changed; a plan with such a gap is given to nobody.
      faults.set(source.path, digest.error);
      return ok(digestBytes(''));
    },
  });
  if (!planned.ok) return err([...ofInstallation, ...planned.error]);

  const ofPlan = planDifferences(lock.content, planned.value, {
    digestOf: (source) => sources.answered(source),
    faultOf: (source) => faults.get(source.path),
  });
  const problems = [...ofInstallation, ...ofPlan];
  if (problems.length > 0) return err(problems);
  if (!hasSameKeys(lock.content, planned.value)) return err([otherKeys()]);
  const first = required(experiments[0], 'the first variant of the file');
  const origin = { file: lock.name, digest: lock.digest };
  const changes = { overrides: lock.content.overrides, directory: directoryOf(lock) };
  return ok({ ...texts, warnings, planned: planned.value, first, sources, changes, lock: origin });
}

/** Resolves the texts of a frozen plan, and reads no file. */
function loadLocked(
  lock: Lock,
  environment: Surroundings['environment'],
): Result<LoadedPipeline, readonly Diagnostic[]> {
  const { name, folder, content } = lock;
  const texts = content.texts.map((text): SourceText => ({
    name: `${name}:${text.path}`,
    path: path.resolve(folder, text.path),
    text: text.text,
  }));
  const byPath = new Map(texts.map((text) => [text.path, text]));
  const document = parseDocument(required(texts[0], 'the text of the pipeline'));
  if (!document.ok) return document;
  const directory = directoryOf(lock);
  return resolveDocument(document.value, {
    environment,
    readSource: (file) => {
      const text = byPath.get(file);
      return text ? ok(text) : err({ reason: 'missing', near: undefined });
    },
    overrides: content.overrides.map((text) => argumentSource(text, directory)),
  });
}

function directoryOf({ folder, content }: Lock): string {
  return path.resolve(folder, content.directory ?? '.');
}
