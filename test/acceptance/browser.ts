import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { invariant } from '../../src/base/invariant.js';
import { findProgram } from '../../src/native/command.js';

/** Chromium under any of its names; undefined where there is none. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => findProgram(name, process.env))
  .find((path) => path !== undefined);

export interface InspectedPage {
  /** Errors and warnings on the console, exceptions, and what the browser itself complains about. */
  readonly complaints: readonly string[];
  /** URLs of what was asked for but the page itself and data in it. */
  readonly requests: readonly string[];
  readonly images: readonly { readonly alt: string; readonly width: number }[];
  /** CSS pixels by which the page is wider than the window. */
  readonly overflow: number;
}

type MeasuredPage = Pick<InspectedPage, 'images' | 'overflow'>;

/** Headless Chromium, told what to do over its pipe in the Chrome DevTools Protocol. */
export class Browser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #commands: Writable;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #onEvent: (event: Event) => void = () => undefined;
  #sent = 0;

  /** @param profile an empty folder, which goes when the browser is closed */
  constructor(program: string, profile: string) {
    this.#profile = profile;
    // As root, which tests in containers often are, Chromium starts only without its sandbox.
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--remote-debugging-pipe',
    ];
    this.#process = spawn(program, [...flags, `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.#commands = this.#process.stdio[3] as Writable;
    this.#listen(this.#process.stdio[4] as Readable);
  }

  /** Opens a file in a window of this width, in CSS pixels. */
  async inspect(file: string, width: number): Promise<InspectedPage> {
    const { value, ...page } = await this.evaluate(pathToFileURL(file).href, width, measure);
    return { ...page, ...(value as MeasuredPage) };
  }

  /** The same of a page that another shows in a sandboxed frame, its only one. What that other says is not told. */
  async inspectFrame(url: string, width: number): Promise<MeasuredPage> {
    return (await this.evaluate(url, width, measure, 'frame')).value as MeasuredPage;
  }

  /**
   * Opens a page, and works out what a script in it, or in its sandboxed frame, comes to, waiting for its promise.
   * @throws what the script does.
   */
  async evaluate(
    url: string,
    width: number,
    expression: string,
    where: 'page' | 'frame' = 'page',
  ): Promise<Pick<InspectedPage, 'complaints' | 'requests'> & { readonly value: unknown }> {
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
    invariant(typeof sessionId === 'string', 'a session has an id');
    const complaints: string[] = [];
    const requests: string[] = [];
    let frame: string | undefined;
    const loaded = new Promise<void>((resolve) => {
      this.#onEvent = (event) => {
        const complaint = complaintIn(event);
        if (complaint !== undefined) complaints.push(complaint);
        if (event.method === 'Network.requestWillBeSent') requests.push(event.params.request.url);
        if (event.method === 'Page.loadEventFired') resolve();
        if (event.method === 'Target.attachedToTarget' && event.params.targetInfo.type === 'iframe')
          frame = event.params.sessionId;
      };
    });
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) {
      await this.#send(`${domain}.enable`, {}, sessionId);
    }
    // A sandboxed frame is a process of its own, with a session of its own.
    const attach = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
    await this.#send('Target.setAutoAttach', attach, sessionId);
    const window = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await this.#send('Emulation.setDeviceMetricsOverride', window, sessionId);
    await this.#send('Page.navigate', { url }, sessionId);
    await loaded;
    // The end of loading may be the blank page's own, late on a busy machine.
    const isThere = `location.href === ${JSON.stringify(url)} && document.readyState === 'complete'`;
    while ((await this.#valueOf(isThere, sessionId)) !== true) await wait(50);
    if (where === 'frame') {
      while (frame === undefined) await wait(50);
      const isFilled = `location.href !== 'about:blank' && document.readyState === 'complete'`;
      while ((await this.#valueOf(isFilled, frame)) !== true) await wait(50);
    }
    const value = await this.#valueOf(expression, where === 'frame' ? frame : sessionId);
    await this.#send('Target.closeTarget', { targetId });
    const outside = requests.filter((request) => request !== url && !request.startsWith('data:'));
    return { complaints, requests: outside, value };
  }

  async close(): Promise<void> {
    const exit = once(this.#process, 'exit');
    this.#process.kill();
    await exit;
    // Its children write into it for some moments more.
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }

  async #valueOf(expression: string, sessionId: string | undefined): Promise<unknown> {
    const script = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', script, sessionId);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: unknown }).value;
  }

  async #send(method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> {
    this.#sent += 1;
    const id = this.#sent;
    const answer = new Promise<Answer>((resolve) => this.#answers.set(id, resolve));
    this.#commands.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answer;
    if (result === undefined) throw new Error(`${method}: ${error?.message ?? 'no answer'}`);
    return result;
  }

  #listen(pipe: Readable): void {
    let text = '';
    pipe.setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (text + chunk).split('\0');
      text = messages.pop() ?? '';
      for (const message of messages) {
        const content = JSON.parse(message) as Answer | Event;
        if ('id' in content) this.#answers.get(content.id)?.(content);
        else this.#onEvent(content);
      }
    });
    pipe.on('close', () => {
      for (const [id, settle] of this.#answers) settle({ id, error: { message: 'the browser has ended' } });
    });
  }
}

/** Runs in the page. Pictures below the window's end may be waiting to be scrolled to. */
const measure = `(async () => {
  const images = [...document.images];
  for (const image of images) image.loading = 'eager';
  await Promise.allSettled(images.map((image) => image.decode()));
  const { scrollWidth, clientWidth } = document.documentElement;
  return {
    images: images.map(({ alt, naturalWidth }) => ({ alt, width: naturalWidth })),
    overflow: scrollWidth - clientWidth,
  };
})()`;

interface Answer {
  readonly id: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Those of the browser's events that are looked at here; it has others. */
type Event =
  | { readonly method: 'Page.loadEventFired' }
  | {
      readonly method: 'Target.attachedToTarget';
      readonly params: { readonly sessionId: string; readonly targetInfo: { readonly type: string } };
    }
  | {
      readonly method: 'Network.requestWillBeSent';
      readonly params: { readonly request: { readonly url: string } };
    }
  | {
      readonly method: 'Log.entryAdded';
      readonly params: { readonly entry: { readonly level: string; readonly text: string } };
    }
  | {
      readonly method: 'Runtime.exceptionThrown';
      readonly params: { readonly exceptionDetails: { readonly text: string } };
    }
  | {
      readonly method: 'Runtime.consoleAPICalled';
      readonly params: { readonly type: string; readonly args: readonly { readonly value?: unknown }[] };
    };

function complaintIn(event: Event): string | undefined {
  switch (event.method) {
    case 'Log.entryAdded': {
      const { level, text } = event.params.entry;
      return level === 'error' || level === 'warning' ? text : undefined;
    }
    case 'Runtime.exceptionThrown':
      return event.params.exceptionDetails.text;
    case 'Runtime.consoleAPICalled': {
      const { type, args } = event.params;
      return type === 'error' || type === 'warning' ? args.map(({ value }) => value).join(' ') : undefined;
    }
    case 'Network.requestWillBeSent':
    case 'Page.loadEventFired':
    case 'Target.attachedToTarget':
      return undefined;
  }
}
