import { type TlsOptions, tlsOptionsIn, type TlsSettings, tlsSettingsOf, tlsVariables } from './tls.js';
import { InvalidArgument } from './validate.js';
import { countIn, type Environment, textIn } from './variables.js';

export interface ClientOptions {
  /** Basic or Bearer credentials; by default from `environment`. */
  readonly auth?: Auth;
  /** How the server is known; by default from `environment`. */
  readonly tls?: TlsOptions;
  /** Where MLflow's variables are looked up: `process.env` unless given. */
  readonly environment?: Environment;
  /** Milliseconds to wait for the answer to one request; by default what MLFLOW_HTTP_REQUEST_TIMEOUT says in seconds, or else 30 s. */
  readonly timeout?: number;
  /** Milliseconds that sending one artifact may take. */
  readonly uploadTimeout?: number;
  /** How often a request is tried again after the first time; by default MLFLOW_HTTP_REQUEST_MAX_RETRIES, or else 4. */
  readonly retries?: number;
  /** Milliseconds before the first retry, on average half of it; doubled each time. */
  readonly retryDelay?: number;
}

export type Auth = { readonly username: string; readonly password: string } | { readonly token: string };

/** A server, and how it is talked to. */
export interface Connection {
  /** Without credentials, query or trailing slash. */
  readonly url: string;
  /** Value of the Authorization header. */
  readonly authorization: string | undefined;
  /** Undefined where the server speaks no TLS. */
  readonly tls: TlsSettings | undefined;
  readonly timeout: number;
  readonly uploadTimeout: number;
  readonly retries: number;
  readonly retryDelay: number;
}

/** @throws InvalidArgument when the URI is not one of an MLflow server, or a variable says nothing that can be followed. */
export function connectionOf(trackingUri: string, options: ClientOptions = {}): Connection {
  const url = parse(trackingUri);
  const { environment = process.env } = options;
  const auth = options.auth ?? authInUrl(url) ?? authIn(environment);
  const seconds = countIn(environment, 'MLFLOW_HTTP_REQUEST_TIMEOUT', 1, 86_400);
  const retries = countIn(environment, 'MLFLOW_HTTP_REQUEST_MAX_RETRIES', 0, 10);
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    authorization: auth && headerOf(auth),
    tls: url.protocol === 'https:' ? tlsSettingsOf(options.tls ?? tlsOptionsIn(environment)) : undefined,
    timeout: options.timeout ?? (seconds === undefined ? 30_000 : seconds * 1000),
    uploadTimeout: options.uploadTimeout ?? 600_000,
    retries: options.retries ?? retries ?? 4,
    retryDelay: options.retryDelay ?? 500,
  };
}

/** What a user should know of a connection that is open to whoever is on the way. */
export function insecurityOf({ url, tls }: Connection): string | undefined {
  if (tls === undefined || tls.rejectUnauthorized) return undefined;
  return (
    `it is not checked that ${url} is the MLflow server that is meant (${tlsVariables.insecure}): whoever is on the way ` +
    `can read what is sent, passwords too; ${tlsVariables.serverCertPath} says which server to trust`
  );
}

function parse(trackingUri: string): URL {
  const url = URL.canParse(trackingUri) ? new URL(trackingUri) : undefined;
  // The text itself is not repeated: a URI that does not parse may hold a password.
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgument(
      'the tracking URI must be that of a server, as in http://127.0.0.1:5000; ' +
        'stores on disk (file:, sqlite:) are the Python client’s alone',
    );
  }
  return url;
}

function authInUrl(url: URL): Auth | undefined {
  if (url.username === '') return undefined;
  try {
    return { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  } catch {
    throw new InvalidArgument('the user name or password in the tracking URI has a % that begins no code');
  }
}

function authIn(environment: Environment): Auth | undefined {
  const username = textIn(environment, 'MLFLOW_TRACKING_USERNAME');
  const password = textIn(environment, 'MLFLOW_TRACKING_PASSWORD');
  const token = textIn(environment, 'MLFLOW_TRACKING_TOKEN');
  if (username !== undefined && password !== undefined) return { username, password };
  return token ? { token } : undefined;
}

function headerOf(auth: Auth): string {
  if ('token' in auth) return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}
