import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { digestBytes, type Digest } from '../base/digest.js';
import { err, ok, type Result } from '../base/result.js';
import { errorCode } from '../files/file-errors.js';
import type { RecordedStageEvent } from './contract.js';
import { stageEventOf, toLine } from './event-lines.js';
import { writeWhole } from './write-whole.js';

/** A place in the file of what a stage has reported: all before it. */
export interface ReportedUpTo {
  readonly bytes: number;
  /** Of these bytes. */
  readonly digest: Digest;
}

export const nothingReported: ReportedUpTo = { bytes: 0, digest: digestBytes('') };

interface Opened {
  readonly log: ReportedEvents;
  /** What was reported up to the place, in order. */
  readonly before: readonly RecordedStageEvent[];
}

/** A value that was computed again, and is not what it was. */
export interface Disagreement {
  readonly before: RecordedStageEvent;
  readonly now: RecordedStageEvent;
}

/**
 * What a stage has reported, a line an event in a file that outlives the process: a line is in the operating system's
 * hands before `add` returns. An attempt that goes on from a checkpoint finds there what the one before it reported
 * after that checkpoint; what it computes again must be the same, and is not written twice.
 */
export class ReportedEvents {
  private readonly file: number;
  private readonly hash: Hash;
  private bytes: number;
  /** Lines behind `bytes` that an earlier attempt wrote, the next one last. */
  private readonly ahead: string[];

  private constructor(file: number, head: Buffer, ahead: readonly string[]) {
    this.file = file;
    this.hash = createHash('sha256').update(head);
    this.bytes = head.length;
    this.ahead = ahead.toReversed();
  }

  /** Opens the file at a place; says what is wrong where what is before it is not what it was. */
  static async open(path: string, upTo: ReportedUpTo): Promise<Result<Opened, string>> {
    const content = await contentOf(path);
    const head = content.subarray(0, upTo.bytes);
    if (head.length < upTo.bytes) return err('events are missing');
    if (digestBytes(head) !== upTo.digest) return err('the events have changed');
    // What follows the last line break is the line that a killed process was writing.
    const whole = content.subarray(0, content.lastIndexOf('\n') + 1);
    // A file of its own: a process that is being killed may still write to the one that was there.
    const fresh = `${path}.tmp`;
    writeFileSync(fresh, whole);
    renameSync(fresh, path);
    const ahead = linesOf(whole.subarray(upTo.bytes).toString('utf8'));
    const log = new ReportedEvents(openSync(path, 'a'), head, ahead);
    return ok({ log, before: linesOf(head.toString('utf8')).map(eventOf) });
  }

  /**
   * Writes an event, unless an earlier attempt has; then gives what that one wrote, with its time of day.
   * Where it wrote something else, what it wrote is given up from there on.
   */
  add(event: RecordedStageEvent): {
    readonly event: RecordedStageEvent;
    readonly disagreement?: Disagreement;
  } {
    const earlier = this.ahead.pop();
    if (earlier === undefined) return { event: this.append(event) };
    const before = eventOf(earlier);
    if (timeless(before) === timeless(event)) {
      this.moveOver(`${earlier}\n`);
      return { event: before };
    }
    this.ahead.length = 0;
    ftruncateSync(this.file, this.bytes);
    return { event: this.append(event), disagreement: { before, now: event } };
  }

  get position(): ReportedUpTo {
    return { bytes: this.bytes, digest: this.hash.copy().digest('hex') as Digest };
  }

  sync(): void {
    fsyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }

  private append(event: RecordedStageEvent): RecordedStageEvent {
    const line = `${toLine(event)}\n`;
    writeWhole(this.file, line);
    this.moveOver(line);
    return event;
  }

  private moveOver(line: string): void {
    this.hash.update(line);
    this.bytes += Buffer.byteLength(line);
  }
}

async function contentOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

function eventOf(line: string): RecordedStageEvent {
  // Only events that are recorded are written there.
  return stageEventOf(line) as RecordedStageEvent;
}

/** All but the time of day, as text in which numbers that differ in a bit differ. */
function timeless(event: RecordedStageEvent): string {
  return toLine('timestamp' in event ? { ...event, timestamp: 0 } : event);
}
