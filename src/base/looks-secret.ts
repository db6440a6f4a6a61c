/**
 * Whether an environment variable is called like one that holds a secret. KEY counts as a word of its own only, or with
 * what it opens: MONKEY_DIR is no secret.
 */
export function looksSecret(name: string): boolean {
  return (
    /TOKEN|SECRET|PASSW|CREDENTIAL/i.test(name) ||
    name.split('_').some((word) => /^(?:API|ACCESS|PRIVATE|SSH|AUTH|SIGNING)?KEYS?$/i.test(word))
  );
}
