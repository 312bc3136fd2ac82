import type { LucideIcon } from 'lucide-react';
import type { FunctionComponent } from 'react';
import type { DoorName, PersonRole } from '#shared/agent-api/answers.ts';
import type { Words } from '../words/en.ts';

/** A page of the app: a folder under pages/, and one line in `pages/all.ts`. */
export interface Page {
  /** In the address, and what it is called in the words. */
  readonly name: keyof Words['pages'];
  readonly icon: LucideIcon;
  readonly view: FunctionComponent;
  /** Who sees it; absent: everybody. */
  readonly role?: PersonRole;
  /** Where it is; absent: at the agent's own machine and on other devices. */
  readonly door?: DoorName;
}
