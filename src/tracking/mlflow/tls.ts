import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';

import { type Environment, switchIn, textIn } from './variables.js';
import { InvalidArgument } from './validate.js';

/** How an `https` server is known, and how this side is known to it. */
export interface TlsOptions {
  /** Takes any server for the one that is meant: whoever is on the way can read along, passwords too. */
  readonly insecure?: boolean;
  /** Certificates (PEM) of authorities that are trusted in place of the usual ones: a file, or a folder of files. */
  readonly serverCertPath?: string;
  /** A file (PEM) with this side's certificate and its private key. */
  readonly clientCertPath?: string;
}

/** The same as Node takes it. */
export interface TlsSettings {
  readonly rejectUnauthorized: boolean;
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

/** What MLflow's own client calls the options. */
export const tlsVariables = {
  insecure: 'MLFLOW_TRACKING_INSECURE_TLS',
  serverCertPath: 'MLFLOW_TRACKING_SERVER_CERT_PATH',
  clientCertPath: 'MLFLOW_TRACKING_CLIENT_CERT_PATH',
} as const satisfies Record<keyof TlsOptions, string>;

/** @throws InvalidArgument where MLflow's client would not know what is meant, either */
export function tlsOptionsIn(environment: Environment): TlsOptions {
  const serverCertPath = textIn(environment, tlsVariables.serverCertPath);
  const clientCertPath = textIn(environment, tlsVariables.clientCertPath);
  return {
    insecure: switchIn(environment, tlsVariables.insecure),
    ...(serverCertPath !== undefined && { serverCertPath }),
    ...(clientCertPath !== undefined && { clientCertPath }),
  };
}

/** @throws InvalidArgument for options that contradict each other, and for files that cannot be used */
export function tlsSettingsOf({ insecure = false, serverCertPath, clientCertPath }: TlsOptions): TlsSettings {
  if (insecure && serverCertPath !== undefined) {
    throw new InvalidArgument(
      `${tlsVariables.insecure} and ${tlsVariables.serverCertPath} contradict each other: one lets any server pass, ` +
        'the other says which; set one of them',
    );
  }
  return {
    rejectUnauthorized: !insecure,
    ...(serverCertPath !== undefined && { ca: authoritiesAt(serverCertPath) }),
    ...(clientCertPath !== undefined && identityAt(clientCertPath)),
  };
}

const certificate = '-----BEGIN CERTIFICATE-----';

function authoritiesAt(path: string): readonly string[] {
  const texts = reading(tlsVariables.serverCertPath, path, () =>
    statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path],
  )
    .map((file) => textAt(tlsVariables.serverCertPath, file))
    .filter((text) => text.includes(certificate));
  if (texts.length === 0) throw unusable(tlsVariables.serverCertPath, path, `has no "${certificate}" in it`);
  // Node passes over those that it cannot read.
  const blocks = texts.flatMap(
    (text) => text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [],
  );
  usable(tlsVariables.serverCertPath, path, () => blocks.map((block) => new X509Certificate(block)));
  return texts;
}

function identityAt(path: string): Pick<TlsSettings, 'cert' | 'key'> {
  const text = textAt(tlsVariables.clientCertPath, path);
  if (!text.includes(certificate) || !/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw unusable(tlsVariables.clientCertPath, path, 'must hold both a certificate and its private key');
  }
  usable(tlsVariables.clientCertPath, path, () => createSecureContext({ cert: text, key: text }));
  return { cert: text, key: text };
}

function textAt(variable: string, file: string): string {
  return reading(variable, file, () => (statSync(file).isFile() ? readFileSync(file, 'utf8') : ''));
}

function reading<T>(variable: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unusable(variable, path, `cannot be read (${messageOf(error)})`);
  }
}

/** Now, and not with the first request. */
function usable(variable: string, path: string, use: () => unknown): void {
  try {
    use();
  } catch (error) {
    throw unusable(variable, path, `cannot be used (${messageOf(error)})`);
  }
}

function unusable(variable: string, path: string, why: string): InvalidArgument {
  return new InvalidArgument(`${path}, of ${variable}, ${why}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why a connection came to nothing for TLS, and what to do about it; undefined where it was not for that. */
export function tlsFailureOf(error: unknown): { readonly reason: string; readonly help: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // OpenSSL's own form: numbers, place and file around the reason.
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1] ?? error.message;
  const help = helpFor(code, reason);
  return help === undefined ? undefined : { reason, help };
}

function helpFor(code: string, reason: string): string | undefined {
  if (/wrong version number|packet length too long/.test(reason)) {
    return 'it speaks no TLS there; its address may begin with http:';
  }
  if (
    /alert (handshake failure|certificate|bad certificate|unknown ca|unsupported certificate)/.test(reason)
  ) {
    return `set ${tlsVariables.clientCertPath} to a file with a certificate that the server takes, and its key`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another name; use that one';
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has to be renewed';
  if (/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)/.test(code)) {
    return (
      `set ${tlsVariables.serverCertPath} to the certificate of its authority, ` +
      `or ${tlsVariables.insecure}=true where nobody can be on the way`
    );
  }
  return undefined;
}
