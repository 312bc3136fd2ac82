import type { ErpKind } from './connector.ts';
import { erpnext } from './erpnext/erpnext.ts';
import { files } from './files/files.ts';
import { idoc } from './idoc/idoc.ts';
import { odoo } from './odoo/odoo.ts';
import { rest } from './rest/rest.ts';
import { x12 } from './x12/x12.ts';

/** Kinds of ERPs. A new one is a folder, a line here, and a test that calls the contract suite. */
export const ERP_KINDS = { rest, erpnext, odoo, idoc, x12, files } satisfies Record<string, ErpKind>;

export type ErpKindName = keyof typeof ERP_KINDS;

/** Undefined: of a version that knew more. */
export function erpKind(name: string): ErpKind | undefined {
  return Object.hasOwn(ERP_KINDS, name) ? ERP_KINDS[name as ErpKindName] : undefined;
}
