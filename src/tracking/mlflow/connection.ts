import { InvalidArgument } from './validate.js';

export interface ClientOptions {
  /** Basic or Bearer credentials; by default from `environment`. */
  readonly auth?: Auth;
  /** Where credentials are looked up: `process.env` unless given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds to wait for the answer to one request. */
  readonly timeout?: number;
  /** Milliseconds that sending one artifact may take. */
  readonly uploadTimeout?: number;
  /** How often a request is tried again after the first time. */
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
  readonly timeout: number;
  readonly uploadTimeout: number;
  readonly retries: number;
  readonly retryDelay: number;
}

/** @throws InvalidArgument when the URI is not one of an MLflow server. */
export function connectionOf(trackingUri: string, options: ClientOptions = {}): Connection {
  const url = parse(trackingUri);
  const auth = options.auth ?? authInUrl(url) ?? authIn(options.environment ?? process.env);
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    authorization: auth && headerOf(auth),
    timeout: options.timeout ?? 30_000,
    uploadTimeout: options.uploadTimeout ?? 600_000,
    retries: options.retries ?? 4,
    retryDelay: options.retryDelay ?? 500,
  };
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

function authIn(environment: Readonly<Record<string, string | undefined>>): Auth | undefined {
  const username = environment['MLFLOW_TRACKING_USERNAME'];
  const password = environment['MLFLOW_TRACKING_PASSWORD'];
  const token = environment['MLFLOW_TRACKING_TOKEN'];
  if (username && password) return { username, password };
  return token ? { token } : undefined;
}

function headerOf(auth: Auth): string {
  if ('token' in auth) return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}
