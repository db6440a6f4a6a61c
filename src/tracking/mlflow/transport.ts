import { setTimeout as wait } from 'node:timers/promises';

import { ApiError, ConnectionError, apiErrorOf } from './api-error.js';
import type { Connection } from './connection.js';
import { type Answer, BodyUnreadable, Exchange, type RequestBody } from './exchange.js';
import { delayBefore, isTransient, isTurnedAway } from './retry.js';
import { tlsFailureOf } from './tls.js';

type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface CallOptions {
  /**
   * `always` (the default) where a second arrival of the same request does no harm. `turned_away` where it would
   * make a second record: then only answers that say nothing was done are retried.
   */
  readonly retry?: 'always' | 'turned_away';
}

interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  readonly url: string;
  /** For messages: no host, no query. */
  readonly label: string;
  readonly contentType: string;
  /** Makes the body, once an attempt: a stream can be sent only once. */
  readonly body: (() => RequestBody) | undefined;
  readonly timeout: number;
  readonly retry: 'always' | 'turned_away';
}

type Attempt =
  | { readonly done: true; readonly text: string }
  | {
      readonly done: false;
      readonly error: Error;
      readonly again: boolean;
      readonly retryAfter: string | undefined;
    };

/** Requests to one server, with authentication, time-outs and retries. */
export class Transport {
  readonly #connection: Connection;
  readonly #exchange: Exchange;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#exchange = new Exchange(connection.tls);
  }

  /** @param path below `/api/2.0/mlflow/` */
  async get<T>(path: string, query: Query = {}): Promise<T> {
    return await this.#call<T>('GET', path, query, undefined, {});
  }

  async post<T>(path: string, body: object, options: CallOptions = {}): Promise<T> {
    return await this.#call<T>('POST', path, {}, body, options);
  }

  async patch<T>(path: string, body: object): Promise<T> {
    return await this.#call<T>('PATCH', path, {}, body, {});
  }

  async delete(path: string, body: object): Promise<void> {
    await this.#call('DELETE', path, {}, body, {});
  }

  /** @param path below `/api/2.0/mlflow-artifacts/artifacts/`, already encoded */
  async put(path: string, body: () => RequestBody): Promise<void> {
    await this.#json({
      method: 'PUT',
      url: `${this.#connection.url}/api/2.0/mlflow-artifacts/artifacts/${path}`,
      label: `PUT artifact ${decodeURIComponent(path)}`,
      contentType: 'application/octet-stream',
      body,
      timeout: this.#connection.uploadTimeout,
      retry: 'always',
    });
  }

  async #call<T>(
    method: Request['method'],
    path: string,
    query: Query,
    body: object | undefined,
    options: CallOptions,
  ): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return await this.#json<T>({
      method,
      url: `${this.#connection.url}/api/2.0/mlflow/${path}${queryText(query)}`,
      label: `${method} ${path}`,
      contentType: 'application/json',
      body: text === undefined ? undefined : () => text,
      timeout: this.#connection.timeout,
      retry: options.retry ?? 'always',
    });
  }

  /** A page of a proxy's, though it comes with 200, is no answer: what was sent is not there. */
  async #json<T>(request: Request): Promise<T> {
    const answer = await this.#send(request);
    try {
      // After an upload there is nothing to say.
      if (answer === '' && request.method === 'PUT') return undefined as T;
      // The shapes are those of MLflow's published interface; each client names the one of its call.
      return JSON.parse(answer) as T;
    } catch {
      throw new ApiError(
        `${this.#connection.url} answers ${request.label} with something that is not JSON: ` +
          'is it an MLflow server?',
        200,
      );
    }
  }

  async #send(request: Request): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      const result = await this.#attempt(request);
      if (result.done) return result.text;
      const { retries, retryDelay } = this.#connection;
      if (!result.again || attempt >= retries) throw result.error;
      await wait(delayBefore(attempt, retryDelay, result.retryAfter, Date.now(), Math.random));
    }
  }

  async #attempt(request: Request): Promise<Attempt> {
    const { authorization, url } = this.#connection;
    const signal = AbortSignal.timeout(request.timeout);
    let answer: Answer;
    try {
      answer = await this.#exchange.send({
        method: request.method,
        url: request.url,
        headers: {
          accept: 'application/json',
          ...(request.body && { 'content-type': request.contentType }),
          ...(authorization !== undefined && { authorization }),
        },
        body: request.body?.(),
        signal,
      });
    } catch (cause) {
      if (cause instanceof BodyUnreadable) throw cause;
      const tls = tlsFailureOf(cause);
      const reason = signal.aborted ? 'timed out' : tls ? `${tls.reason}; ${tls.help}` : reasonOf(cause);
      const error = new ConnectionError(`no answer from ${url} to ${request.label}: ${reason}`, { cause });
      // Certificates are the same the next time.
      return { done: false, error, again: request.retry === 'always' && !tls, retryAfter: undefined };
    }
    const { status, headers, text } = answer;
    if (status >= 200 && status < 300) return { done: true, text };
    if (status >= 300 && status < 400) {
      // Followed, it would turn POST into GET, and lose what was to be logged.
      const target = headers.location ?? 'another address';
      const error = new ApiError(
        `${url} redirects ${request.label} to ${target}: use that server’s address`,
        status,
      );
      return { done: false, error, again: false, retryAfter: undefined };
    }
    const again = request.retry === 'always' ? isTransient(status) : isTurnedAway(status);
    const error = apiErrorOf(request.label, status, text);
    return { done: false, error, again, retryAfter: headers['retry-after'] };
  }
}

/** Where several addresses of one name were tried, of the first. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? cause.message : String(cause);
}

function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'object' ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
