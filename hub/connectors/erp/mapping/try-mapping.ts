import { ErpFailure } from '../connector.ts';
import type { CanonicalDocument } from './canonical-document.ts';
import type { MappingDocument } from './mapping-document.ts';
import { render } from './render.ts';

/** What a mapping makes of one document. */
export interface TriedDocument {
  readonly key: string;
  readonly kind: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly target: string | null;
  readonly payload: Readonly<Record<string, unknown>> | null;
  /** Null: it can be mapped. */
  readonly problem: string | null;
}

/** Tries a mapping on documents. `posted`: by which other one it was posted what they take back. Pure. */
export function tryMapping(
  mapping: MappingDocument,
  documents: readonly CanonicalDocument[],
  { cancels, posted }: { readonly cancels: boolean; readonly posted?: MappingDocument | undefined },
): TriedDocument[] {
  return documents.map((document) => {
    const { key, kind } = document;
    const shown = { key, kind, document };
    try {
      const mapped = render(document, mapping, posted);
      if (mapped.act === 'write') return { ...shown, target: mapped.target, payload: mapped.payload, problem: null };
      const problem = cancels ? null : 'This ERP cancels nothing by itself: give voids a target and fields.';
      return { ...shown, target: mapped.target, payload: null, problem };
    } catch (error) {
      if (!(error instanceof ErpFailure)) throw error;
      return { ...shown, target: null, payload: null, problem: error.message };
    }
  });
}
