import { digestBytes } from '../../base/digest.js';
import { limits } from '../mlflow/limits.js';

/**
 * A key that MLflow takes for any text. One that had to be changed ends in a digest of the original, so that
 * different texts never become one key. Colons are replaced too: Windows servers refuse them.
 */
export function keyOf(text: string): string {
  const safe = text
    .replace(/[^\p{L}\p{N}_\-. /]/gu, '_')
    .split('/')
    .map((part) => (/^\.{0,2}$/.test(part) ? '_' : part))
    .join('/');
  if (safe === text && text.length <= limits.key) return text;
  const suffix = `-${digestBytes(text).slice(0, 8)}`;
  return safe.slice(0, limits.key - suffix.length).replace(/[\p{Surrogate}/]$/u, '_') + suffix;
}

/**
 * The tag that says what the values of a metric are of.
 * @param metric its key, as in `quality/modes.total_variation`: the parts of a metric are of the same
 */
export function identityTag(metric: string): string {
  const [stage = '', name = ''] = metric.split('/');
  return keyOf(`wassermill.metric.${stage}/${name.split('.')[0] ?? ''}`);
}

/**
 * The tag that says which stage a metric's values are from, by the stage's key: equal for values that are one and the same result, told
 * again from the cache.
 * @param metric its key, as in `quality/fid`
 */
export function stageKeyTag(metric: string): string {
  const [stage = ''] = metric.split('/');
  return keyOf(`wassermill.key.${stage}`);
}
