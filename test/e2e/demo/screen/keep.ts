import type { System } from '../live/system.ts';

/** Leaves all running until it is interrupted, and says how to look at it. */
export async function keepRunning(system: System, signal: AbortSignal, say: (text: string) => void): Promise<void> {
  const { hub, stores, root } = system;
  const key = await hub.createKey('visitor', 'read');
  const bearer = (token: string) => `-H 'Authorization: Bearer ${token}'`;
  say('');
  say(` Everything is left running on ${root}; Ctrl-C ends it and removes the folder.`);
  say('');
  say(` hub    ${hub.url}   (/v1/openapi.json lists what it answers)`);
  say(`   curl ${bearer(key)} '${hub.url}/v1/stores'`);
  say(`   curl ${bearer(key)} '${hub.url}/v1/positions/LEEDS/22423/movements'`);
  say(`   curl ${bearer(key)} '${hub.url}/v1/channels/WEB/availability/22423/explain'`);
  say('   another key:');
  say(`   npm run hub -- key create --data ${hub.data} --name me --scope read`);
  for (const { code, door, data } of Object.values(stores)) {
    say('');
    say(` ${code.padEnd(6)} ${door.url}   npm run agent -- status --data ${data}`);
    say(`   curl ${bearer(door.token)} '${door.url}/v1/status'`);
  }
  await new Promise<void>((resolve) => {
    // Something must hold the process: the links' sockets do, this makes it certain.
    const hold = setInterval(() => undefined, 60_000);
    const end = (): void => {
      clearInterval(hold);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
