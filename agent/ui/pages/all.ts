import {
  Activity,
  Boxes,
  ClipboardList,
  FolderInput,
  PackageCheck,
  PencilLine,
  Store,
  TriangleAlert,
  Truck,
  Undo2,
} from 'lucide-react';
import type { Page } from '../app/page.ts';
import { AdjustPage } from './adjust/adjust-page.tsx';
import { CountPage } from './count/count-page.tsx';
import { PickupsPage } from './pickups/pickups-page.tsx';
import { ProblemsPage } from './problems/problems-page.tsx';
import { ReceivePage } from './receive/receive-page.tsx';
import { ReturnPage } from './return/return-page.tsx';
import { SourcesPage } from './sources/sources-page.tsx';
import { StatusPage } from './status/status-page.tsx';
import { StockPage } from './stock/stock-page.tsx';
import { TodayPage } from './today/today-page.tsx';

/** Every page, in the order of the navigation. The first is where one begins; Alt and its number open it. */
export const PAGES: readonly Page[] = [
  { name: 'today', icon: Store, view: TodayPage },
  { name: 'stock', icon: Boxes, view: StockPage },
  { name: 'return', icon: Undo2, view: ReturnPage },
  { name: 'receive', icon: Truck, view: ReceivePage },
  { name: 'pickups', icon: PackageCheck, view: PickupsPage },
  { name: 'count', icon: ClipboardList, view: CountPage },
  { name: 'adjust', icon: PencilLine, view: AdjustPage, role: 'manager' },
  { name: 'problems', icon: TriangleAlert, view: ProblemsPage },
  { name: 'sources', icon: FolderInput, view: SourcesPage, role: 'manager', door: 'machine' },
  { name: 'status', icon: Activity, view: StatusPage },
];
