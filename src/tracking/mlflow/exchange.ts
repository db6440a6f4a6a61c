import { Agent, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import type { TlsSettings } from './tls.js';

/** Text, bytes, or a stream. */
export type RequestBody = string | Uint8Array | Readable;

export interface Message {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody | undefined;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The body could not be read, which is no fault of the server's. */
export class BodyUnreadable extends Error {
  override readonly name = 'BodyUnreadable';
}

/** Milliseconds that an idle connection is kept: less than MLflow's server keeps it, which would close it under a request. */
const idle = 4000;

/**
 * Requests over connections that are used again. By Node's own modules, for `fetch` has no say in certificates without a package for
 * that; a redirect is given as it is.
 */
export class Exchange {
  readonly #ask: (message: Message) => ReturnType<typeof httpRequest>;

  /** @param tls undefined for a server without TLS */
  constructor(tls: TlsSettings | undefined) {
    const kept = { keepAlive: true, timeout: idle };
    if (tls === undefined) {
      const agent = new Agent(kept);
      this.#ask = ({ url, method, headers, signal }) => httpRequest(url, { method, headers, signal, agent });
    } else {
      const { ca, ...others } = tls;
      const agent = new TlsAgent({ ...kept, ...others, ...(ca && { ca: [...ca] }) });
      this.#ask = ({ url, method, headers, signal }) => httpsRequest(url, { method, headers, signal, agent });
    }
  }

  /**
   * Sends a message, and waits for the whole answer.
   * @throws BodyUnreadable, or what Node says where there is no answer
   */
  async send(message: Message): Promise<Answer> {
    const { body } = message;
    const request = this.#ask(message);
    try {
      const answered = new Promise<IncomingMessage>((resolve, reject) => {
        request.once('response', resolve);
        // It stays: an error after the answer, as of what was still to be sent, is none of ours.
        request.on('error', reject);
        if (!(body instanceof Readable)) {
          // By itself Node says it only where a body is usual, which it is not with DELETE.
          if (body !== undefined) request.setHeader('content-length', Buffer.byteLength(body));
          request.end(body);
          return;
        }
        body.once('error', (error) => {
          reject(new BodyUnreadable(error.message, { cause: error }));
        });
        body.pipe(request);
      });
      const response = await answered;
      const { statusCode = 0, headers } = response;
      return { status: statusCode, headers, text: await text(response) };
    } finally {
      if (body instanceof Readable) body.destroy();
      if (!request.writableFinished) request.destroy();
    }
  }
}
