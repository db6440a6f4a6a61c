/** Why a network of the user's cannot be used. */
export interface ModelFault {
  /** What of the specification is at fault: the network itself, or what is said of it. */
  readonly at: 'path' | 'signature' | 'input' | 'features' | 'logits';
  /** A clause without a full stop. */
  readonly message: string;
  readonly help?: string;
}

/** Which inputs and outputs the specification names. */
export interface WantedPorts {
  readonly input?: string | undefined;
  readonly features: string;
  readonly logits?: string | undefined;
}

/** Where images go in. */
export interface InputPort {
  /** The tensor's. */
  readonly name: string;
  readonly type: 'float32' | 'uint8';
  /** [batch, height, width, channels] or [batch, channels, height, width]; undefined where it is open. */
  readonly shape: readonly (number | undefined)[];
}

/** Where images go in, and the names of the tensors that come out. */
export interface NetworkPorts {
  readonly input: InputPort;
  readonly features: string;
  readonly logits?: string;
}
