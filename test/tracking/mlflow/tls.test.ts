import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { ConnectionError, InvalidArgument, Mlflow } from '../../../src/tracking/mlflow/index.js';
import { createTracking } from '../../../src/tracking/tracking.js';
import { temporaryFolder } from '../../files/support.js';
import { sampleEvents } from '../support.js';
import { type Certificates, makeCertificates } from './certificates.js';

let certificates: Certificates;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wassermill-test-'));
  certificates = await makeCertificates(folder);
  return () => rm(folder, { recursive: true });
});

/** A server that knows one run; its address by name and by number, and how often it was asked. */
async function tlsServer(options: ServerOptions = {}) {
  const [cert, key] = await Promise.all([
    readFile(certificates.server.certificate),
    readFile(certificates.server.key),
  ]);
  let asked = 0;
  const server = createServer({ cert, key, ...options }, (request, response) => {
    asked++;
    request.resume().on('end', () => response.end('{"run": {"info": {"run_id": "r"}}}'));
  });
  return { url: `https://127.0.0.1:${await portOf(server)}`, asked: () => asked, server };
}

async function portOf(server: Server & { closeAllConnections(): void }): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

type Environment = Readonly<Record<string, string>>;

async function ask(url: string, environment: Environment = {}): Promise<string> {
  const mlflow = new Mlflow(url, { environment, retries: 3, retryDelay: 1, timeout: 5000 });
  return (await mlflow.getRun('r')).info.run_id;
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof Error) return error;
  throw new Error('no error');
}

describe('a server with a certificate of its own authority', () => {
  it('is not trusted, and what to set is said', async () => {
    const { url, asked } = await tlsServer();
    const error = await failure(ask(url));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(
      /^no answer from https:\/\/127.* to GET runs\/get: [^:;]*certificate[^:;]*; set MLFLOW_TRACKING_SERVER_CERT_PATH to the/,
    );
    expect(asked()).toBe(0);
  });

  it('is trusted with the authority’s file, or a folder that has it', async () => {
    const { url } = await tlsServer();
    const folder = await temporaryFolder();
    await copyFile(certificates.authority, join(folder, 'ours.crt'));
    await writeFile(join(folder, 'README'), 'no certificate');
    await mkdir(join(folder, 'old'));
    for (const path of [certificates.authority, folder]) {
      expect(await ask(url, { MLFLOW_TRACKING_SERVER_CERT_PATH: path })).toBe('r');
    }
    const tls = { serverCertPath: certificates.authority };
    expect((await new Mlflow(url, { environment: {}, tls }).getRun('r')).info.run_id).toBe('r');
  });

  it('is not trusted with another authority’s file', async () => {
    const { url } = await tlsServer();
    const { authority } = await makeCertificates(await temporaryFolder());
    const error = await failure(ask(url, { MLFLOW_TRACKING_SERVER_CERT_PATH: authority }));
    expect(error.message).toContain('certificate');
  });

  it('is trusted under its own name only', async () => {
    const { url } = await tlsServer({
      cert: await readFile(join(certificates.folder, 'elsewhere.pem')),
      key: await readFile(join(certificates.folder, 'elsewhere.key')),
    });
    const error = await failure(ask(url, { MLFLOW_TRACKING_SERVER_CERT_PATH: certificates.authority }));
    expect(error.message).toContain('its certificate is for another name');
  });

  it.each(['true', '1', 'TRUE'])('is taken as it is with MLFLOW_TRACKING_INSECURE_TLS=%s', async (value) => {
    const { url } = await tlsServer();
    expect(await ask(url, { MLFLOW_TRACKING_INSECURE_TLS: value })).toBe('r');
    const error = await failure(ask(url, { MLFLOW_TRACKING_INSECURE_TLS: '0' }));
    expect(error).toBeInstanceOf(ConnectionError);
  });

  it('gets what is sent to it in connections that are used again', async () => {
    const { url, asked, server } = await tlsServer();
    let connections = 0;
    server.on('secureConnection', () => connections++);
    const mlflow = new Mlflow(url, {
      environment: { MLFLOW_TRACKING_SERVER_CERT_PATH: certificates.authority },
    });
    for (let i = 0; i < 5; i++) await mlflow.setTag('r', 'a', 'b');
    await mlflow.uploadArtifact('mlflow-artifacts:/1/r/artifacts', 'a.pem', { file: certificates.authority });
    expect([asked(), connections]).toEqual([6, 1]);
  });
});

describe('a server that wants to know who asks', () => {
  const demanding = async () =>
    await tlsServer({
      requestCert: true,
      rejectUnauthorized: true,
      ca: await readFile(certificates.authority),
    });

  it('is answered with a certificate', async () => {
    const { url } = await demanding();
    const environment = {
      MLFLOW_TRACKING_SERVER_CERT_PATH: certificates.authority,
      MLFLOW_TRACKING_CLIENT_CERT_PATH: certificates.client,
    };
    expect(await ask(url, environment)).toBe('r');
  });

  it.each([['TLSv1.2'], ['TLSv1.3']] as const)('is understood where there is none: %s', async (version) => {
    const { url, asked } = await tlsServer({
      requestCert: true,
      rejectUnauthorized: true,
      ca: await readFile(certificates.authority),
      maxVersion: version,
    });
    const error = await failure(ask(url, { MLFLOW_TRACKING_SERVER_CERT_PATH: certificates.authority }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(
      /runs\/get: [^:;]* alert [^:;]*; set MLFLOW_TRACKING_CLIENT_CERT_PATH to a file/,
    );
    expect(asked()).toBe(0);
  });
});

describe('what cannot be meant', () => {
  const made = (environment: Environment) => () => new Mlflow('https://127.0.0.1:1', { environment });

  it.each<[string, () => Environment, RegExp]>([
    [
      'any server, and this one only',
      () => ({
        MLFLOW_TRACKING_INSECURE_TLS: 'true',
        MLFLOW_TRACKING_SERVER_CERT_PATH: certificates.authority,
      }),
      /^MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other/,
    ],
    [
      'a switch of another word',
      () => ({ MLFLOW_TRACKING_INSECURE_TLS: 'yes' }),
      /must be true, false, 1 or 0$/,
    ],
    [
      'a file that is not there',
      () => ({ MLFLOW_TRACKING_SERVER_CERT_PATH: '/no/such.pem' }),
      /^\/no\/such\.pem, of MLFLOW_TRACKING_SERVER_CERT_PATH, cannot be read \(ENOENT/,
    ],
    [
      'a file of something else',
      () => ({ MLFLOW_TRACKING_SERVER_CERT_PATH: certificates.server.key }),
      /has no "-----BEGIN CERTIFICATE-----" in it$/,
    ],
    [
      'a certificate without its key',
      () => ({ MLFLOW_TRACKING_CLIENT_CERT_PATH: certificates.server.certificate }),
      /, of MLFLOW_TRACKING_CLIENT_CERT_PATH, must hold both a certificate and its private key$/,
    ],
    [
      'a folder in place of a certificate',
      () => ({ MLFLOW_TRACKING_CLIENT_CERT_PATH: certificates.folder }),
      /must hold both/,
    ],
    ['time without end', () => ({ MLFLOW_HTTP_REQUEST_TIMEOUT: '-1' }), /must be a whole number from 1 to/],
    [
      'half a retry',
      () => ({ MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0.5' }),
      /must be a whole number from 0 to 10$/,
    ],
  ])('is refused at once: %s', (_what, environment, message) => {
    expect(made(environment())).toThrow(InvalidArgument);
    expect(made(environment())).toThrow(message);
  });

  it('is refused at once: a broken certificate, and a key that is another’s', async () => {
    const folder = await temporaryFolder();
    const broken = join(folder, 'broken.pem');
    await writeFile(broken, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    expect(made({ MLFLOW_TRACKING_SERVER_CERT_PATH: broken })).toThrow(/broken\.pem, .* cannot be used \(/);
    const [certificate, key] = await Promise.all([
      readFile(certificates.server.certificate, 'utf8'),
      readFile(join(certificates.folder, 'client.key'), 'utf8'),
    ]);
    const mixed = join(folder, 'mixed.pem');
    await writeFile(mixed, certificate + key);
    expect(made({ MLFLOW_TRACKING_CLIENT_CERT_PATH: mixed })).toThrow(/mixed\.pem, .* cannot be used \(/);
  });

  it('is of no account for a server without TLS', async () => {
    const server = createHttpServer((_, response) => response.end('{"run": {"info": {"run_id": "r"}}}'));
    const port = await portOf(server);
    const environment = { MLFLOW_TRACKING_SERVER_CERT_PATH: '/no/such.pem' };
    expect(await ask(`http://127.0.0.1:${port}`, environment)).toBe('r');
    expect((await failure(ask(`https://127.0.0.1:${port}`))).message).toContain('it speaks no TLS there');
  });
});

describe('a run', () => {
  async function trackedWith(environment: Environment, trackingUri: string) {
    const project = await temporaryFolder();
    const runDirectory = join(project, 'history', '20261123T183501Z-3f9a');
    const client = { environment, retries: 0 };
    const options = { runsDirectory: project, runDirectory, trackingUri, client, workingDirectory: project };
    const tracking = createTracking(options);
    for (const event of await sampleEvents(join(project, 'store'))) tracking.accept(event);
    return await tracking.close();
  }

  it('says that its server is not checked', async () => {
    const { url } = await tlsServer();
    const { notes } = await trackedWith({ MLFLOW_TRACKING_INSECURE_TLS: 'true' }, url);
    expect(notes).toEqual([
      expect.stringContaining(`it is not checked that ${url} is the MLflow server that is meant`),
    ]);
    expect((await trackedWith({}, url)).notes).toEqual([]);
  });

  it('is in the bundle where a certificate cannot be read', async () => {
    const { url, asked } = await tlsServer();
    const { hint, problems } = await trackedWith({ MLFLOW_TRACKING_CLIENT_CERT_PATH: '/no/such.pem' }, url);
    expect(problems).toEqual([
      expect.stringMatching(
        /^MLFLOW_TRACKING_URI is not used: \/no\/such\.pem, of MLFLOW_TRACKING_CLIENT_CERT_PATH, /,
      ),
    ]);
    expect(hint).toMatch(/^cd mlflow && mlflow ui/);
    expect(asked()).toBe(0);
  });
});
