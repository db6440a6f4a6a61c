/** TensorFlow's library for the CPU, or the one for NVIDIA GPUs. */
export type NativeFlavour = 'native' | 'gpu';

/** One Python wheel, pinned: whatever the user's index serves under its name must be exactly this file. */
export interface PinnedWheel {
  /** `name-version-python-abi-platforms.whl`; pip's arguments are read off it. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 in lower-case hexadecimal. */
  readonly sha256: string;
  /** What `entries` take when unpacked. */
  readonly unpackedBytes: number;
  /** The files in it that are kept, at the same relative paths: the libraries find each other by them. */
  readonly entries: readonly string[];
  /** What the names of the headers begin with that the add-on is compiled with; not kept. */
  readonly headers?: readonly string[];
}
