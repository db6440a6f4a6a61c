import { canonicalJson } from '../../base/canonical-json.js';
import { digestJson } from '../../base/digest.js';
import { formatDuration, plural } from '../../base/format.js';
import { verdictWord, worstOf } from '../../execute/judged.js';
import { divergedWords, whyNotRun, type RunRecord, type StageRecord } from '../../execute/record.js';
import { stageName } from '../../plan/stage-name.js';
import { limits } from '../mlflow/limits.js';
import type { Tag } from '../mlflow/types.js';
import { comparisonPath, tablePath } from './artifacts.js';
import type { Cell } from './cells.js';
import { identityTag, keyOf, stageKeyTag } from './keys.js';
import { statusOf } from './status.js';
import { cellTag } from './types.js';

/** With Python's blanks: MLflow looks for this text, not for the JSON that it is. */
function loggedTables({ stages }: Cell): string {
  const comparisons = stages.flatMap((stage) => (stage.comparison ? [comparisonPath(stage)] : []));
  const tables = [tablePath, ...comparisons].map(
    (path) => `{"path": ${JSON.stringify(path)}, "type": "table"}`,
  );
  return `[${tables.join(', ')}]`;
}

/** How the run came to be, the same in all cells, and what became of the cell. */
export function tagsOf(record: RunRecord, cell: Cell): Tag[] {
  const { provenance, specification } = record.start;
  // Of files that are sent when it is over.
  const hasFiles = statusOf(record, cell) !== 'RUNNING';
  const { git } = provenance;
  const tags: Record<string, string | undefined> = {
    'mlflow.source.name': provenance.pipelineFile,
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.git.commit': git?.commit,
    'mlflow.source.git.branch': git?.branch,
    'mlflow.note.content': note(record, cell),
    'mlflow.loggedImages':
      hasFiles && cell.stages.some((stage) => stage.images.length > 0) ? 'True' : undefined,
    'mlflow.loggedArtifacts': hasFiles ? loggedTables(cell) : undefined,
    'wassermill.version': provenance.wassermill,
    'wassermill.node': provenance.node,
    'wassermill.backend': provenance.backend,
    'wassermill.tensorflow': provenance.tensorflow,
    'wassermill.cpu': provenance.cpu,
    'wassermill.cores': String(provenance.cores),
    'wassermill.git.modified': git && String(git.dirty),
    'wassermill.lock': provenance.lock?.digest,
    'wassermill.specification': digestJson(specification),
    [cellTag]: cell.name,
    'wassermill.failed_attempts': failedAttempts(cell),
    'wassermill.verdict': verdictOfRun(record),
    ...verdicts(cell),
    ...identities(cell),
    ...stageKeys(cell),
  };
  return Object.entries(tags).flatMap(([key, value]) => (value ? [{ key, value: clip(value) }] : []));
}

/** What the run's page shows above all else, in Markdown. */
function note({ start: { desc }, end }: Pick<RunRecord, 'start' | 'end'>, { whole }: Cell): string {
  const isOver = end !== undefined;
  const rows = whole.map(
    (stage) => `| ${tableText(stage.stage.id)} | ${tableText(outcomeWithAttempts(stage, isOver))} |`,
  );
  return [...(desc === undefined ? [] : [desc, '']), '| stage | outcome |', '| --- | --- |', ...rows].join(
    '\n',
  );
}

/**
 * What the gates of the whole came to, in all cells of it: so a search finds what was measured in runs that passed. One that did not come
 * to decide, as something before it failed, has not passed.
 */
function verdictOfRun({ stages, end }: RunRecord): string | undefined {
  const gates = stages.filter(({ stage }) => stage.kind === 'gate');
  if (end === undefined || gates.length === 0) return undefined;
  return verdictWord('gate', worstOf(gates.map(({ verdict }) => verdict?.verdict ?? 'inconclusive')));
}

/** As in `wassermill.gate.quality: failed`. */
function verdicts({ stages }: Cell): Readonly<Record<string, string>> {
  const told = stages.flatMap(({ stage: { id, kind }, verdict }) =>
    verdict && (kind === 'gate' || kind === 'claim')
      ? [[keyOf(`wassermill.${kind}.${stageName(id)}`), verdictWord(kind, verdict.verdict)] as const]
      : [],
  );
  return Object.fromEntries(told);
}

/** What each metric's values are of, so that who reads them from the server knows which may be compared. */
function identities({ stages }: Cell): Readonly<Record<string, string>> {
  const ofStage = ({ stage, identities: all }: StageRecord) =>
    Object.entries(all).map(([metric, identity]) => [
      identityTag(`${stageName(stage.id)}/${metric}`),
      canonicalJson({ ...identity }),
    ]);
  return Object.fromEntries(stages.flatMap(ofStage)) as Record<string, string>;
}

/** Of the stages that measured something, so that a result which is told again from the cache is known for the same. */
function stageKeys({ stages }: Cell): Readonly<Record<string, string>> {
  const measured = stages.filter(({ metrics }) => metrics.length > 0);
  return Object.fromEntries(measured.map(({ stage }) => [stageKeyTag(stageName(stage.id)), stage.key]));
}

/** Absent where every stage's first attempt was its last, so that a search for the tag finds the others. */
function failedAttempts({ stages }: Cell): string | undefined {
  const count = stages.reduce((sum, { retried }) => sum + retried.length, 0);
  return count === 0 ? undefined : String(count);
}

function outcomeWithAttempts(stage: StageRecord, isOver: boolean): string {
  const last = stage.retried.at(-1);
  if (last === undefined) return outcomeOf(stage, isOver);
  const before = plural(stage.retried.length, 'failed attempt');
  return `${outcomeOf(stage, isOver)}; after ${before}, the last one ${failureOf(last.failure)}`;
}

function outcomeOf({ stage: { kind }, outcome, verdict }: StageRecord, isOver: boolean): string {
  const judges = verdict && (kind === 'gate' || kind === 'claim');
  const judgedWord = judges ? `**${verdictWord(kind, verdict.verdict)}**, ` : '';
  switch (outcome.state) {
    case 'pending':
      return 'not begun';
    case 'running':
      return isOver ? 'broken off' : 'under way';
    case 'succeeded':
      return (
        judgedWord +
        (outcome.cached ? 'from the cache' : `done in ${formatDuration(outcome.artifact.seconds)}`)
      );
    case 'diverged':
      return divergedWords(outcome.divergence);
    case 'failed':
      return failureOf(outcome.failure);
    case 'not_run':
      return `not run: ${whyNotRun(outcome.because)}`;
  }
}

type Failure = Extract<StageRecord['outcome'], { state: 'failed' }>['failure'];

function failureOf(failure: Failure): string {
  switch (failure.reason) {
    case 'problem':
    case 'system':
    case 'crashed':
      return `**failed**: ${failure.message}`;
    case 'diverged':
      return `**failed**: ${divergedWords(failure.divergence)}`;
    case 'interrupted':
      return 'interrupted';
    case 'stopped':
      return `stopped, because ${failure.failed} failed`;
    case 'killed':
      return `**killed** by ${failure.signal}`;
    case 'timed_out':
      return `**out of time** after ${formatDuration(failure.seconds)}`;
    case 'command_failed':
      return 'code' in failure.exit
        ? `**failed** with exit code ${failure.exit.code}`
        : `**killed** by ${failure.exit.signal}`;
  }
}

/** Text of one cell of a Markdown table. */
function tableText(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}

function clip(text: string): string {
  const characters = Array.from(text);
  return characters.length <= limits.tagValue
    ? text
    : `${characters.slice(0, limits.tagValue - 1).join('')}…`;
}
