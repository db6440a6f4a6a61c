/** What the set-up is doing. Nothing is said where nothing has to be done. */
export type SetupProgress =
  /** Another process does the same work; this one waits for it. */
  | { readonly phase: 'waiting'; readonly owner: string; readonly lock: string }
  /** Bytes of all wheels together. */
  | { readonly phase: 'download'; readonly received: number; readonly total: number }
  | { readonly phase: 'verify' }
  /** Unpacked bytes. */
  | { readonly phase: 'extract'; readonly done: number; readonly total: number }
  | { readonly phase: 'compile' }
  | { readonly phase: 'done'; readonly seconds: number };

export type Report = (progress: SetupProgress) => void;
