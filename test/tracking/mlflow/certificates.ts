import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Files (PEM) of an authority that nobody knows, and of what it has signed. */
export interface Certificates {
  readonly folder: string;
  /** The authority's own certificate. */
  readonly authority: string;
  /** For 127.0.0.1 and localhost. */
  readonly server: { readonly certificate: string; readonly key: string };
  /** Certificate and key in one file, as MLflow wants it. */
  readonly client: string;
}

/** By openssl, as a user would make them. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const at = (name: string) => join(folder, name);
  const openssl = async (...args: string[]) => {
    await promisify(execFile)('openssl', args, { cwd: folder });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2'];
  await openssl(
    ...[
      'req',
      '-x509',
      ...newKey,
      '-subj',
      '/CN=Test authority',
      '-keyout',
      'authority.key',
      '-out',
      'authority.pem',
    ],
  );
  const signed = async (name: string, ...extensions: string[]) => {
    await openssl(
      ...[
        'req',
        '-x509',
        ...newKey,
        '-CA',
        'authority.pem',
        '-CAkey',
        'authority.key',
        '-subj',
        `/CN=${name}`,
      ],
      ...['-addext', 'basicConstraints=critical,CA:FALSE', ...extensions],
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
    );
  };
  await Promise.all([
    signed('server', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'),
    signed('elsewhere', '-addext', 'subjectAltName=DNS:elsewhere.example'),
    signed('client', '-addext', 'extendedKeyUsage=clientAuth'),
  ]);
  const both = await Promise.all([readFile(at('client.pem'), 'utf8'), readFile(at('client.key'), 'utf8')]);
  await writeFile(at('both.pem'), both.join(''));
  return {
    folder,
    authority: at('authority.pem'),
    server: { certificate: at('server.pem'), key: at('server.key') },
    client: at('both.pem'),
  };
}
