import { basename } from 'node:path';

import { shellWord } from '../base/shell-word.js';
import type { RunEvent } from '../execute/events.js';
import { acquire, type Release } from '../files/process-lock.js';
import { shownPath } from '../files/shown-path.js';
import type { TrackingOutcome, TrackingSink } from './contract.js';
import { ownershipOf } from './history.js';
import { Journal, journalPath } from './journal.js';
import { type ClientOptions, connectionOf, insecurityOf } from './mlflow/connection.js';
import { Mlflow } from './mlflow/mlflow.js';
import { LiveReplay } from './replay/live.js';
import { refusalProblems } from './replay/refusals.js';
import { sendRun } from './replay/sync.js';
import { pageOf } from './page.js';
import { bundleHint } from './whereabouts.js';

/** Milliseconds. A page of MLflow's shows what is new every few seconds, too. */
const every = 5000;

export interface TrackingOptions {
  /** The runs folder, absolute. */
  readonly runsDirectory: string;
  /** The run's own folder, `<runs folder>/history/<run>`. */
  readonly runDirectory: string;
  /** Value of MLFLOW_TRACKING_URI; the bundle where it is undefined or empty. */
  readonly trackingUri: string | undefined;
  /** Credentials, certificates and time-outs for the server. */
  readonly client?: ClientOptions;
  /** Milliseconds from one sending to the next while the run is under way. */
  readonly liveEvery?: number;
  /** Hints name folders as they are typed from here. */
  readonly workingDirectory: string;
}

/**
 * Follows a run: each event goes to the journal as it comes, and from there now and then to the server
 * if the tracking URI names one; `close` makes MLflow show the whole run, there or else in the bundle. To be closed after the report is written, which is shown too.
 */
export function createTracking(options: TrackingOptions): TrackingSink {
  return new Tracking(options);
}

class Tracking implements TrackingSink {
  readonly #options: TrackingOptions;
  readonly #problems: string[] = [];
  readonly #notes: string[] = [];
  readonly #ownership: Promise<Release | undefined>;
  #journal: Journal | undefined;
  readonly #live: LiveReplay | undefined;
  #isFollowed = true;
  #registers = false;
  #outcome: Promise<TrackingOutcome> | undefined;

  constructor(options: TrackingOptions) {
    this.#options = options;
    const trackingUri = this.#serverUri();
    if (trackingUri !== undefined) {
      const mlflow = new Mlflow(trackingUri, { ...options.client, retries: 0 });
      this.#live = new LiveReplay(mlflow, options.runDirectory, options.liveEvery ?? every);
    }
    this.#attempt(() => (this.#journal = new Journal(journalPath(options.runDirectory))));
    this.#ownership = acquire(ownershipOf(options.runDirectory)).catch(() => undefined);
  }

  accept(event: RunEvent): void {
    if (event.type === 'run_started') this.#registers = event.stages.some(({ policy }) => policy?.register);
    this.#attempt(() => this.#journal?.write(event));
    if (this.#journal === undefined || !this.#isFollowed) return;
    try {
      this.#live?.accept(event);
    } catch (error) {
      this.#isFollowed = false;
      this.#problems.push(`the run is sent to the MLflow server in the end only: ${textOf(error)}`);
    }
  }

  close(): Promise<TrackingOutcome> {
    return (this.#outcome ??= this.#close());
  }

  async #close(): Promise<TrackingOutcome> {
    this.#attempt(() => this.#journal?.close());
    const sent = await this.#live?.close();
    let hint: string | undefined;
    try {
      if (this.#journal !== undefined) {
        hint = sent === undefined ? await this.#bundle() : await this.#complete(sent);
      }
    } catch (error) {
      this.#problems.push(`the run is not in MLflow: ${textOf(error)}`);
    }
    await (
      await this.#ownership
    )?.();
    return { hint, problems: this.#problems, notes: this.#notes };
  }

  /** The server that is to be told; a tracking URI that is none must not cost the run its place in MLflow. */
  #serverUri(): string | undefined {
    const { trackingUri, client } = this.#options;
    if (!trackingUri) return undefined;
    try {
      const insecurity = insecurityOf(connectionOf(trackingUri, client));
      if (insecurity !== undefined) this.#notes.push(insecurity);
      return trackingUri;
    } catch (error) {
      this.#problems.push(`MLFLOW_TRACKING_URI is not used: ${textOf(error)}`);
      return undefined;
    }
  }

  async #complete({ isReachable, ...sent }: Awaited<ReturnType<LiveReplay['close']>>) {
    const { runsDirectory, runDirectory, trackingUri = '', client, workingDirectory } = this.#options;
    try {
      const server = connectionOf(trackingUri, client).url;
      // One that did not answer just now is asked once more, and not again and again.
      const mlflow = new Mlflow(trackingUri, isReachable ? client : { ...client, retries: 0 });
      const run = await sendRun(mlflow, server, runDirectory, sent);
      if (run === undefined) return undefined;
      this.#problems.push(...refusalProblems(run.refused));
      return pageOf(server, run.whole);
    } catch (error) {
      this.#problems.push(`the run is not on the MLflow server: ${textOf(error)}`);
      return `wassermill sync --runs ${shellWord(shownPath(runsDirectory, workingDirectory))}`;
    }
  }

  async #bundle(): Promise<string> {
    const { runsDirectory, runDirectory, workingDirectory } = this.#options;
    // SQLite is needed here only, and not while the run goes on.
    const { updateBundle } = await import('./bundle/bundle.js');
    const { problems, readers, added } = await updateBundle(runsDirectory);
    this.#problems.push(...problems);
    if (this.#registers) {
      this.#notes.push(
        '`register` is for an MLflow server, and MLFLOW_TRACKING_URI names none; `wassermill sync URI` enters the models into one',
      );
    }
    if (readers.length > 0) {
      const processes = readers.map((pid) => `process ${pid}`).join(', ');
      this.#problems.push(
        `an MLflow server shows the runs as they were before; start it again (${processes})`,
      );
    }
    const run = added.find(({ id }) => id === basename(runDirectory));
    return bundleHint(runsDirectory, workingDirectory, run);
  }

  /** Runs on whatever happens to its journal; the first failure is told, and the journal ends there. */
  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#journal = undefined;
      this.#problems.push(`the run’s journal cannot be written: ${textOf(error)}`);
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
