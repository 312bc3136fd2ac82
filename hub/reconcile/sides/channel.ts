import type { Part } from '#shared/runtime/lifecycle.ts';
import { createHttp } from '#hub/connectors/http/http.ts';
import type { TurnParts } from '#hub/connectors/publishing/account-turn.ts';
import { surveyListings, type SurveyedListing } from '#hub/connectors/publishing/survey-listings.ts';
import type { Line, SideWork } from '../side.ts';

/** What a channel sold by itself is known by its orders by then; what is gone without one was changed there. */
const ORDERS_COME_WITHIN_MINUTES = 15;

const FIND = `
  WITH kept AS (
    INSERT INTO found (location, sku, reference, measure, ours, theirs, unposted, reason, doubt)
    SELECT '', l.sku, l.reference, 'units', l.ours, l.theirs, CASE WHEN p.parked_at IS NOT NULL THEN l.ours - l.theirs END,
      CASE WHEN p.parked_at IS NOT NULL THEN p.error ->> 'code' END,
      CASE WHEN l.doubt <> 'soldThere' OR d.difference_no IS NULL
        OR d.first_seen_at > clock_timestamp() - make_interval(mins => ${ORDERS_COME_WITHIN_MINUTES}) THEN l.doubt END
    FROM comparison_lines l
    JOIN channels c ON c.code = $3
    JOIN channel_accounts a ON a.channel_no = c.channel_no AND a.state <> 'ended'
    LEFT JOIN publications p ON p.account_no = a.account_no AND p.channel_sku = l.reference
    LEFT JOIN differences d ON d.comparison_no = $2 AND d.ended_at IS NULL AND d.location = '' AND d.sku = l.sku
      AND d.reference = l.reference AND d.measure = 'units'
    WHERE l.run_no = $1 AND l.ours <> l.theirs
  )
  SELECT count(*) AS compared FROM comparison_lines WHERE run_no = $1`;

type ChannelParts = Omit<TurnParts, 'http' | 'claimSeconds' | 'failures' | 'readEveryHours' | 'observe'>;
export interface ChannelSideOptions extends ChannelParts {
  readonly toPrivate: boolean;
}

/** What a channel says against what it is known to say. */
export function channelSide(options: ChannelSideOptions): { side: SideWork<'channel'>; part: Part } {
  const stopping = new AbortController();
  const { toPrivate, clock } = options;
  const http = createHttp({ toPrivate, timeoutMs: 20_000, clock, signal: stopping.signal });
  const parts: TurnParts = {
    ...options,
    http,
    claimSeconds: 60,
    failures: { baseMs: 1_000, maxMs: 60_000 },
    readEveryHours: null,
    observe: () => undefined,
  };
  const side: SideWork<'channel'> = {
    async read(reading, { channel }) {
      const wait = (ms: number): Promise<void> => reading.wait(ms);
      await surveyListings({ ...parts, wait }, channel, reading.signal, (page, countsDown) =>
        reading.stage(page.map((listing) => toLine(listing, countsDown))),
      );
      return { unmapped: 0, silent: [] };
    },
    async find(client, { run, comparison }, { channel }) {
      const { rows } = await client.query<{ compared: number }>(FIND, [run, comparison, channel]);
      return rows[0]?.compared ?? 0;
    },
  };
  const part: Part = {
    name: 'reading of channels',
    async stop() {
      stopping.abort();
      http.close();
    },
  };
  return { side, part };
}

/** What the channel does not know, or refuses to say, is nothing there. */
function toLine(listing: SurveyedListing, countsDown: boolean): Line {
  const { channelSku, sku, confirmed, desired, answer } = listing;
  const says = answer !== undefined && 'says' in answer ? answer.says : 0;
  const ours = confirmed ?? desired;
  return {
    location: '',
    sku,
    reference: channelSku,
    ours,
    theirs: says,
    doubt: doubtOf(listing, countsDown && says < ours),
  };
}

function doubtOf({ isMoving, confirmed }: SurveyedListing, mayBeSold: boolean): string | null {
  if (isMoving) return 'underWay';
  if (confirmed === null) return 'neverConfirmed';
  return mayBeSold ? 'soldThere' : null;
}
