import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';

/**
 * Reads lines, each the process groups that there are, until the writer is gone, however it went; then kills the last
 * groups named, and all processes with the mark, again until there are none.
 */
const script = `
exec 2>/dev/null
groups=
while read -r line; do groups=$line; done
for round in 1 2 3 4 5; do
  for group in $groups; do kill -s KILL -- "-$group"; done
  groups=
  found=$(grep -lsF "WASSERMILL_RUN_MARK=$1" /proc/[0-9]*/environ)
  [ -n "$found" ] || exit 0
  for file in $found; do
    file=\${file#/proc/}
    kill -s KILL "\${file%/environ}"
  done
done`;

/**
 * A small process beside this one that ends all commands when this one has ended, be it by kill -9. It is told of their
 * process groups; and commands carry a mark in their environment, by which those are found that left their group, or
 * were started and not yet told of. (The pipe between the two closes no earlier than a command being started has its
 * environment: until then, that command's process holds the pipe too. Only one that throws its environment away before the watcher is told
 * of its group, which takes a moment, is not found.)
 */
export class CommandWatcher {
  /** For the environment of the commands. */
  readonly mark = randomUUID();
  private readonly groups = new Set<number>();
  private process: ChildProcess | undefined;

  /** To be called before a command starts. */
  start(): void {
    if (this.process) return;
    const watcher = spawn('/bin/sh', ['-c', script, 'wassermill-watcher', this.mark], {
      // Whatever ends this process, a signal to its group or session, does not reach the watcher.
      detached: true,
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const gone = () => {
      // Another takes its place with the next command.
      if (this.process === watcher) this.process = undefined;
    };
    watcher.once('error', gone);
    watcher.once('exit', gone);
    watcher.stdin.on('error', gone);
    watcher.unref();
    this.process = watcher;
  }

  add(group: number): void {
    this.groups.add(group);
    this.tell();
  }

  remove(group: number): void {
    this.groups.delete(group);
    this.tell();
  }

  /** Ends what the commands of the run have left running. */
  close(): void {
    this.process?.stdin?.end();
    this.process = undefined;
  }

  private tell(): void {
    this.process?.stdin?.write(`${[...this.groups].join(' ')}\n`);
  }
}
