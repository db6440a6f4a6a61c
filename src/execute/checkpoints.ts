import { systemProblem } from '../files/system-problem.js';
import { CheckpointFolder, type CheckpointMarker } from './checkpoint-folder.js';
import type { CheckpointInterval, Checkpoints, SavedState, StageEvent } from './contract.js';
import { machineDifferences, type Machine } from './machine.js';
import { nothingReported, ReportedEvents, type Disagreement } from './reported-events.js';

export interface CheckpointOptions {
  /** Absolute path of the folder of the stage's key; it need not exist. */
  readonly folder: string;
  readonly interval: CheckpointInterval;
  /** Absolute path of the stage's output folder. */
  readonly output: string;
  /** This one. */
  readonly machine: Machine;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of all that the stage reports. */
  readonly tell: (event: StageEvent) => void;
}

/** Saving takes at most one part in so many of a stage's time, however slow the disk is. */
const restAfterSaving = 50;

/** Checkpoints of one stage in a folder that outlives its process, and what the stage reports on the way. */
export class StoredCheckpoints implements Checkpoints {
  private readonly options: CheckpointOptions;
  private readonly folder: CheckpointFolder;
  private reported: ReportedEvents | undefined;
  private last: CheckpointMarker | undefined;
  private machines: readonly Machine[];
  private isAsked = false;
  /** When the next is due, on the clock. */
  private dueAt: number;

  constructor(options: CheckpointOptions) {
    this.options = options;
    this.folder = new CheckpointFolder(options.folder);
    this.machines = [options.machine];
    this.dueAt = this.dueAfter(0);
  }

  /** Reports an event of the stage, and keeps it for an attempt that goes on from here. */
  report(event: StageEvent): void {
    const { tell } = this.options;
    if (event.type === 'progress' || this.reported === undefined) {
      tell(event);
      return;
    }
    try {
      const { event: kept, disagreement } = this.reported.add(event);
      tell(kept);
      if (disagreement !== undefined) this.note(disagreementNote(disagreement));
    } catch (error) {
      this.giveUp(error);
      tell(event);
    }
  }

  /** Makes a checkpoint due now. */
  ask(): void {
    this.isAsked = true;
  }

  async resume(): Promise<SavedState | undefined> {
    try {
      await this.folder.prepare();
      const found = await this.found();
      if (found.state === 'damaged') {
        this.note(`The checkpoint is not whole (${found.reason}); this starts from the beginning.`);
        await this.folder.clear();
        await this.open(undefined);
        return undefined;
      }
      if (found.state === 'none') return undefined;
      await this.folder.files.putInto(this.options.output, found.marker.files);
      this.last = found.marker;
      this.note(this.resumedNote(found.marker));
      return found.saved;
    } catch (error) {
      this.giveUp(error);
      return undefined;
    }
  }

  isDue(step: number): boolean {
    if (this.reported === undefined) return false;
    if (this.isAsked) return true;
    const { interval, now } = this.options;
    return 'steps' in interval ? step % interval.steps === 0 : now() >= this.dueAt;
  }

  async save(state: SavedState): Promise<void> {
    if (this.reported === undefined) return;
    const { output, now } = this.options;
    this.isAsked = false;
    const began = now();
    try {
      this.reported.sync();
      const beside = { output, events: this.reported.position, machines: this.machines };
      this.last = await this.folder.save(state, beside, this.last);
    } catch (error) {
      this.giveUp(error);
    }
    this.dueAt = this.dueAfter(now() - began);
  }

  /** What can be gone on from; opens what has been reported, and reports it again. */
  private async found(): Promise<Found> {
    const marker = await this.folder.marker();
    if (!marker.ok) return { state: 'damaged', reason: marker.error };
    if (marker.value === undefined) {
      const opened = await this.open(undefined);
      return opened === undefined ? { state: 'none' } : { state: 'damaged', reason: opened };
    }
    const saved = await this.folder.state(marker.value);
    if (!saved.ok) return { state: 'damaged', reason: saved.error };
    const fault = (await this.folder.files.fault(marker.value.files)) ?? (await this.open(marker.value));
    if (fault !== undefined) return { state: 'damaged', reason: fault };
    return { state: 'found', marker: marker.value, saved: saved.value };
  }

  private async open(marker: CheckpointMarker | undefined): Promise<string | undefined> {
    const opened = await ReportedEvents.open(this.folder.eventsFile, marker?.events ?? nothingReported);
    if (!opened.ok) return opened.error;
    this.reported = opened.value.log;
    for (const event of opened.value.before) this.options.tell(event);
    return undefined;
  }

  private resumedNote({ at, machines }: CheckpointMarker): string {
    const { machine } = this.options;
    const others = machines.map((other) => machineDifferences(other, machine));
    if (others.every((differences) => differences.length > 0)) this.machines = [...machines, machine];
    else this.machines = machines;
    const [different] = others.filter((differences) => differences.length > 0);
    if (different === undefined) return `Resumed at ${at}.`;
    return `Resumed at ${at}, which another machine had computed (${different.join('; ')}): the last bits may differ from those of a run on one machine.`;
  }

  /** A checkpoint is a help: where the disk refuses it, the stage goes on without. */
  private giveUp(error: unknown): void {
    const problem = systemProblem(error);
    if (problem === undefined) throw error;
    this.reported?.close();
    this.reported = undefined;
    this.note(`Without checkpoints from here on: ${problem.message}`);
  }

  /** Of this attempt alone: it is not reported again by the next. */
  private note(message: string): void {
    this.options.tell({ type: 'note', message });
  }

  private dueAfter(milliseconds: number): number {
    const { interval, now } = this.options;
    if ('steps' in interval) return Infinity;
    return now() + Math.max(1000 * interval.seconds, restAfterSaving * milliseconds);
  }
}

type Found =
  | { readonly state: 'none' }
  | { readonly state: 'found'; readonly marker: CheckpointMarker; readonly saved: SavedState }
  | { readonly state: 'damaged'; readonly reason: string };

function disagreementNote({ before, now }: Disagreement): string {
  const start = 'What was computed again differs from what an interrupted attempt reported';
  if (before.type === 'metrics' && now.type === 'metrics' && before.step === now.step) {
    const names = Object.keys(now.values).filter(
      (name) => String(now.values[name]) !== String(before.values[name]),
    );
    const values = names.map(
      (name) => `${name} ${String(now.values[name])}, then ${String(before.values[name])}`,
    );
    return `${start}, at step ${now.step}: ${values.join('; ')}`;
  }
  return `${start}: ${described(now)}, then ${described(before)}`;
}

function described(event: Disagreement['now']): string {
  switch (event.type) {
    case 'metrics':
      return `metrics of step ${event.step}`;
    case 'image':
    case 'text':
      return event.file;
    case 'note':
      return `"${event.message}"`;
    case 'identities':
      return 'what metrics are of';
    case 'verdict':
    case 'comparison':
      return `a ${event.type}`;
    case 'rolled_back':
      return `a way back to step ${event.to}`;
  }
}
