import { Worker } from 'node:worker_threads';

/**
 * Kills this process and its process group soon after its parent has died, however the parent died: nobody
 * would collect the result, and the next run starts the stage anew.
 *
 * @param parent process number of the parent. Its death before this call is noticed too.
 */
export function endWithParent(parent: number): void {
  // A thread of its own, because one TensorFlow call can block the main one for minutes. As text, because a
  // thread that were given a module would load it with all that the process preloads.
  const watch = `
    setInterval(() => {
      if (process.ppid === ${parent}) return;
      try { process.kill(-process.pid, 'SIGKILL'); } catch {}
      process.kill(process.pid, 'SIGKILL');
    }, 200);`;
  new Worker(watch, { eval: true, stdout: true, stderr: true, execArgv: [], env: {} }).unref();
}
