import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { ApiError, ConnectionError, Mlflow } from '../../../src/tracking/mlflow/index.js';
import { faults, passing } from '../faults.js';
import { type Answer, badServer, failure, quick, say } from './bad-server.js';

describe('a client of a server in trouble', () => {
  it.each([408, 429, 500, 502, 503, 504])('tries again after %i', async (status) => {
    const { url, received } = await badServer((response, attempt) =>
      attempt < 3 ? say(status, '<html>busy</html>')(response, attempt) : say(200, '{}')(response, attempt),
    );
    await new Mlflow(url, quick).setTag('run', 'a', 'b');
    expect(received.map(({ body }) => body)).toEqual(
      Array.from({ length: 3 }, () => '{"run_id":"run","key":"a","value":"b"}'),
    );
  });

  it('gives up after its retries', async () => {
    const { url, received } = await badServer(say(503, '{"detail": "overloaded"}'));
    const error = await failure(new Mlflow(url, quick).setTag('run', 'a', 'b'));
    expect(error).toBeInstanceOf(ApiError);
    expect(error.message).toBe('MLflow refused POST runs/set-tag (HTTP 503): overloaded');
    expect(received).toHaveLength(4);
  });

  describe.each(Object.entries(faults))('%s', (name, { answer }) => {
    const passes = passing.some((other) => other === name);
    const run = '{"run": {"info": {"run_id": "r"}}}';
    const file = fileURLToPath(import.meta.url);
    const calls: readonly [string, (mlflow: Mlflow) => Promise<unknown>][] = [
      ['a question', (mlflow) => mlflow.getRun('r')],
      ['a record', (mlflow) => mlflow.logMetric('r', 'm', 1, 1, 1)],
      ['a file', (mlflow) => mlflow.uploadArtifact('mlflow-artifacts:/1/r/artifacts', 'a.ts', { file })],
    ];
    const atFirst: Answer = (response, attempt) => {
      (attempt === 1 ? answer : say(200, run))(response, attempt);
    };

    it.each(calls)(`is ${passes ? 'passed over' : 'told'}: %s`, async (_what, call) => {
      const { url, received } = await badServer(atFirst);
      const work = call(new Mlflow(url, { ...quick, uploadTimeout: 300 }));
      if (passes) await work;
      else expect(await failure(work)).toBeInstanceOf(ApiError);
      expect(received).toHaveLength(passes ? 2 : 1);
      // A stream can be read once: each attempt has its own.
      expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    });

    it('does not make a second run', async () => {
      const { url, received } = await badServer(atFirst);
      const work = new Mlflow(url, quick).createRun('1');
      const isTurnedAway = /^(429|503)/.test(name);
      const isAnswered = /^\d|^a page/.test(name);
      if (isTurnedAway) await work;
      else expect(await failure(work)).toBeInstanceOf(isAnswered ? ApiError : ConnectionError);
      expect(received).toHaveLength(isTurnedAway ? 2 : 1);
    });
  });

  it('waits as long as it is asked to', async () => {
    const { url } = await badServer((response, attempt) =>
      attempt === 1 ? say(429, '', { 'retry-after': '1' })(response, 1) : say(200, '{}')(response, 2),
    );
    const started = performance.now();
    await new Mlflow(url, quick).setTag('run', 'a', 'b');
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  it.each([
    [400, '{"error_code": "BAD_REQUEST", "message": "no"}', /\(HTTP 400\): no$/, 'BAD_REQUEST'],
    [401, 'You are not authenticated.', /not authenticated\.: set MLFLOW_TRACKING_USERNAME/, undefined],
    [403, 'Permission denied', /Permission denied: the account has no permission/, undefined],
    [
      404,
      '<!doctype html><title>404 Not Found</title><style>p{}</style><p>gone',
      /\(HTTP 404\): 404 Not Found gone$/,
      undefined,
    ],
    [413, '', /\(HTTP 413\): a proxy/, undefined],
    [
      413,
      '<title>413 Too Large</title><h1>413 Too Large</h1><hr>nginx',
      /\(HTTP 413\): 413 Too Large nginx: a proxy/,
      undefined,
    ],
  ])('takes %i for final', async (status, body, message, errorCode) => {
    const { url, received } = await badServer(say(status, body));
    const error = await failure(new Mlflow(url, quick).setTag('run', 'a', 'b'));
    expect(error).toMatchObject({ statusCode: status, errorCode });
    expect(error.message).toMatch(message);
    expect(received).toHaveLength(1);
  });

  it('does not make a second run when the answer is lost', async () => {
    const { url, received } = await badServer((response) => response.destroy());
    expect(await failure(new Mlflow(url, quick).createRun('1'))).toBeInstanceOf(ConnectionError);
    expect(received).toHaveLength(1);
    await failure(new Mlflow(url, quick).setTag('run', 'a', 'b'));
    expect(received).toHaveLength(1 + 4);
  });

  it('waits no longer than its time-out', async () => {
    const { url } = await badServer(() => undefined);
    const error = await failure(new Mlflow(url, { ...quick, retries: 0 }).getRun('run'));
    expect(error.message).toBe(`no answer from ${url} to GET runs/get: timed out`);
  });

  it('names a server that is not there', async () => {
    const error = await failure(new Mlflow('http://127.0.0.1:9', { ...quick, retries: 0 }).getRun('run'));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(/^no answer from http:\/\/127\.0\.0\.1:9 to GET runs\/get: /);
  });

  it('does not follow a redirect, which would drop the body', async () => {
    const { url } = await badServer(say(301, '', { location: 'https://elsewhere/' }));
    const error = await failure(new Mlflow(url, quick).setTag('run', 'a', 'b'));
    expect(error.message).toContain('redirects POST runs/set-tag to https://elsewhere/');
  });

  it('is sent what it is asked for whatever the method', async () => {
    const { url, received } = await badServer(say(200, '{}'));
    const mlflow = new Mlflow(url, quick);
    await mlflow.deleteModelVersionTag('m', '1', 'ä');
    await mlflow.updateModelVersion('m', '1', 'ä');
    expect(received.map(({ method, body }) => [method, JSON.parse(body) as unknown])).toEqual([
      ['DELETE', { name: 'm', version: '1', key: 'ä' }],
      ['PATCH', { name: 'm', version: '1', description: 'ä' }],
    ]);
  });

  it('says nothing of an upload', async () => {
    const { url } = await badServer(say(200, ''));
    await new Mlflow(url, quick).uploadArtifact('mlflow-artifacts:/1/r/artifacts', 'a', { bytes: 'x' });
  });

  it('knows another server from MLflow', async () => {
    const { url } = await badServer(say(200, '<html>Welcome</html>'));
    const error = await failure(new Mlflow(url, quick).getRun('run'));
    expect(error.message).toContain('is it an MLflow server?');
  });
});
