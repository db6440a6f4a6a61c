import { createReadStream } from 'node:fs';

import type { Transport } from './transport.js';
import { InvalidArgument } from './validate.js';

/** What an artifact is made of: a file on disk, which is streamed, or bytes at hand. */
export type ArtifactContent = { readonly file: string } | { readonly bytes: Uint8Array | string };

/** Uploads through the server's artifact proxy; mlflow-js has none. Errors as in `RunClient`. */
export class ArtifactClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Writes one artifact of a run; one that is there is overwritten, and half a file is never left behind.
   *
   * @param artifact_uri the run's own, from `info.artifact_uri`
   * @param path below it, with `/`
   */
  async uploadArtifact(artifact_uri: string, path: string, content: ArtifactContent): Promise<void> {
    const location = `${proxiedFolder(artifact_uri)}/${checkedArtifactPath(path)}`;
    const encoded = location.split('/').map(encodeURIComponent).join('/');
    await this.#transport.put(encoded, () =>
      'file' in content ? createReadStream(content.file) : content.bytes,
    );
  }
}

/** The artifact folder's path behind the server's proxy, as in `1/8f…/artifacts`. */
function proxiedFolder(artifactUri: string): string {
  const match =
    /^(?:mlflow-artifacts:(?:\/\/[^/]*)?|https?:\/\/.*?\/mlflow-artifacts\/artifacts)\/+(.+?)\/*$/.exec(
      artifactUri,
    );
  if (match?.[1] === undefined) {
    throw new InvalidArgument(
      `artifacts of this experiment are kept at ${artifactUri}, which only its own tools can write to; ` +
        'start the server with --serve-artifacts and use a new experiment',
    );
  }
  return match[1];
}

/**
 * The server takes no `#` and decodes `%` twice, and `..` in an address is resolved before the server could refuse it.
 * @throws InvalidArgument for a path that would land elsewhere, or nowhere
 */
export function checkedArtifactPath(path: string): string {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new InvalidArgument(`artifact path "${path}" must be relative, without empty parts, "." and ".."`);
  }
  if (/[#%\\\p{Control}]/u.test(path)) {
    throw new InvalidArgument(
      `artifact path "${path}" holds a character that MLflow refuses or changes (# % \\ control)`,
    );
  }
  return path;
}
