import type { RxJsonSchema } from 'rxdb';
import { textField } from './fields.ts';

/** The one document about this device: its state is read and checked by `device.ts`. No secrets. */
export interface DeviceDocument {
  id: string;
  state: object;
}

export const deviceSchema: RxJsonSchema<DeviceDocument> = {
  title: 'device',
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: { id: textField(16), state: { type: 'object' } },
  required: ['id', 'state'],
};
