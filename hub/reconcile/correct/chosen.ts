/** A difference that is to be corrected. */
export interface Chosen {
  readonly difference: number;
  readonly location: string;
  readonly sku: string;
  readonly reference: string;
  /** Ours less theirs, less what explains it. */
  readonly units: number;
}
