import path from 'node:path';

import { Ajv } from 'ajv';

import { isDigest, type Digest } from '../../base/digest.js';
import type { JsonValue } from '../../base/json.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { readText, type TextKind } from '../read-pipeline.js';
import {
  largestLock,
  lockContent,
  lockDigest,
  lockFormat,
  lockVersion,
  type LockContent,
} from './contract.js';

/** A frozen plan as it was read. */
export interface Lock {
  /** As given on the command line. */
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly digest: Digest;
  readonly content: LockContent;
}

const lockText: TextKind = {
  code: 'lock-unreadable',
  noun: 'frozen plan',
  largest: largestLock,
  example: 'name a frozen plan, as in `wassermill run --plan plan.lock`',
};

/** Reads a frozen plan, or says why it is none. It may come from anywhere: nothing in it is taken for granted. */
export async function readLock(
  file: string,
  directory: string,
): Promise<Result<Lock, readonly Diagnostic[]>> {
  const source = await readText(file, directory, lockText);
  if (!source.ok) return source;
  const content = contentOf(source.value.text);
  return content.ok
    ? ok({ name: file, folder: path.dirname(source.value.path), ...content.value })
    : err([
        {
          code: 'lock-unreadable',
          severity: 'error',
          message: `${file} ${content.error.fault}`,
          notes: [],
          help: content.error.help,
        },
      ]);
}

interface Unreadable {
  /** A clause that follows the name of the file. */
  readonly fault: string;
  readonly help: string;
}

const freezeAnew = 'freeze the plan anew, with `wassermill plan FILE --out LOCK`';

function contentOf(text: string): Result<Pick<Lock, 'digest' | 'content'>, Unreadable> {
  const value = parsed(text);
  if (value === undefined) {
    return text.trimStart().startsWith('{')
      ? err({ fault: 'is cut off or damaged: it is not JSON', help: freezeAnew })
      : err({ fault: 'is not a frozen plan', help: lockText.example });
  }
  if (member(value, 'format') !== lockFormat) {
    return err({ fault: 'is not a frozen plan', help: lockText.example });
  }
  const version = member(value, 'version');
  if (version !== lockVersion) {
    const fault = `is a frozen plan of version ${JSON.stringify(version ?? null)}, and this release knows version ${lockVersion}`;
    return err({ fault, help: `use the release that froze it, or ${freezeAnew}` });
  }
  const content = member(value, 'content');
  const digest = member(value, 'digest');
  if (content === undefined || typeof digest !== 'string' || !isDigest(digest)) {
    return err({ fault: 'lacks its content or its digest', help: freezeAnew });
  }
  if (!isWithinBounds(content)) {
    return err({ fault: 'is nested deeper than any frozen plan', help: freezeAnew });
  }
  if (lockDigest(content) !== digest) {
    return err({
      fault: 'has been changed since it was written: its content is not that of its digest',
      help: `bring the original back, or ${freezeAnew}`,
    });
  }
  const validate = new Ajv({ strictTypes: false }).compile<LockContent>(lockContent);
  if (!validate(content)) {
    const [fault] = validate.errors ?? [];
    const place = fault?.instancePath === '' ? 'its content' : (fault?.instancePath ?? 'its content');
    return err({
      fault: `is no frozen plan of this release: ${place} ${fault?.message ?? 'is of another form'}`,
      help: freezeAnew,
    });
  }
  return ok({ digest, content });
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** A member of the object's own: `__proto__` and the like are no better than other names. */
function member(value: JsonValue, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

const deepest = 32;

/** Whether a digest can be taken: not too deep for a recursion, and no number beyond those of JSON (`1e999`). */
function isWithinBounds(value: JsonValue, depth = 0): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return depth < deepest && Object.values(value).every((part) => isWithinBounds(part, depth + 1));
}
