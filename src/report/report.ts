import { formatTime } from '../base/format.js';
import type { RunRecord } from '../execute/record.js';
import { page } from './page.js';
import { attemptsSection } from './sections/attempts.js';
import {
  notesSection,
  provenanceSection,
  reproduceSection,
  specificationSection,
} from './sections/background.js';
import { comparisonsSection } from './sections/comparisons.js';
import { evaluationSection, trainingSection } from './sections/curves.js';
import { header } from './sections/header.js';
import { keyResultsSection } from './sections/key-results.js';
import { samplesSection } from './sections/samples.js';
import { stagesSection } from './sections/stages.js';
import { verdictsSection } from './sections/verdicts.js';

/** What a report needs beside its record. */
export interface ReportWorld {
  /** By absolute path; a rejection leaves a statement in the picture's place. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The run as one HTML page that needs nothing else: no script, no request, readable offline, on paper, on a
 * telephone and in the dark. The same record, files and time give the same page.
 */
export async function renderReport(record: RunRecord, world: ReportWorld): Promise<string> {
  const sections = [
    header(record, world.now),
    verdictsSection(record),
    comparisonsSection(record),
    keyResultsSection(record),
    await trainingSection(record),
    await evaluationSection(record),
    await samplesSection(record, world.readFile),
    stagesSection(record),
    attemptsSection(record),
    specificationSection(record),
    provenanceSection(record),
    reproduceSection(record),
    notesSection(record),
  ];
  const { start } = record;
  return page({
    title: `${start.pipeline} · ${start.run}`,
    body: sections,
    footer: `Report made ${formatTime(world.now)} by Wassermill ${start.provenance.wassermill}.`,
  });
}
