import type { ServerResponse } from 'node:http';

/** A server, or what stands before it, in trouble. */
export interface Fault {
  /** Whether the request is acted on all the same, and only its answer is lost. */
  readonly isActedOn: boolean;
  readonly answer: (response: ServerResponse) => void;
}

const turnedAway =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end(body);

const html = (title: string): string =>
  `<html><head><title>${title}</title></head><body><h1>${title}</h1><hr>nginx/1.24.0</body></html>`;

const busy = '{"detail": "overloaded"}';

export const faults = {
  '401': { isActedOn: false, answer: turnedAway(401, 'You are not authenticated.') },
  '403': { isActedOn: false, answer: turnedAway(403, 'Permission denied') },
  '413': { isActedOn: false, answer: turnedAway(413, html('413 Request Entity Too Large')) },
  '429': { isActedOn: false, answer: turnedAway(429, 'slow down') },
  '429 with Retry-After': { isActedOn: false, answer: turnedAway(429, 'slow down', { 'retry-after': '0' }) },
  '500': { isActedOn: false, answer: turnedAway(500, html('500 Internal Server Error')) },
  '500 after the work': { isActedOn: true, answer: turnedAway(500, html('500 Internal Server Error')) },
  '502': { isActedOn: true, answer: turnedAway(502, html('502 Bad Gateway')) },
  '503': { isActedOn: false, answer: turnedAway(503, busy) },
  'a page with 200': { isActedOn: false, answer: turnedAway(200, html('Sign in')) },
  'no answer': { isActedOn: false, answer: () => undefined },
  'an answer that is too late': { isActedOn: true, answer: () => undefined },
  'a connection closed before the answer': {
    isActedOn: true,
    answer: (response) => response.destroy(),
  },
  'a connection closed after the headers': {
    isActedOn: true,
    answer: (response) => {
      response.writeHead(200, { 'content-length': '20' }).flushHeaders();
      response.destroy();
    },
  },
  'a connection closed within the answer': {
    isActedOn: true,
    answer: (response) => {
      response.writeHead(200, { 'content-length': '20' }).write('{"run": {');
      setTimeout(() => response.destroy(), 5);
    },
  },
} as const satisfies Record<string, Fault>;

/** Those after which the same request may succeed. */
export const passing = [
  '429',
  '429 with Retry-After',
  '500',
  '500 after the work',
  '502',
  '503',
  'no answer',
  'an answer that is too late',
  'a connection closed before the answer',
  'a connection closed after the headers',
  'a connection closed within the answer',
] as const satisfies readonly (keyof typeof faults)[];
