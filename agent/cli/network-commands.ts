import type { AgentStatus, NetworkReport } from '#shared/agent-api/answers.ts';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { makePrivateFolder } from '#shared/runtime/private-folder.ts';
import type { CommandHandlers, Terminal } from '#shared/runtime/run-command.ts';
import { readAddress, showAddress, storeNames, thisMachine } from '../api/network/address.ts';
import { currentIdentity, readIdentity } from '../api/network/identity.ts';
import { NetworkFileSettings, storeName } from '../api/network/settings.ts';
import { urlsOf } from '../api/network/store-network.ts';
import type { AgentCli } from '../options.ts';
import { callAgent } from './call-agent.ts';
import { networkAfter } from './network-after.ts';

type NetworkHandlers = Pick<CommandHandlers<AgentCli>, 'network on' | 'network off' | 'network show'>;

/** The app for other devices of the store. An agent that runs follows within seconds. */
export const networkCommands: NetworkHandlers = {
  async 'network on'({ options }, terminal) {
    const listen = readAddress(options.listen);
    if (listen === undefined) {
      throw new ShelfwireError('OPTION_INVALID', `--listen ${options.listen}: must be an IP address and a port.`);
    }
    for (const name of options.name) {
      const parsed = storeName.safeParse(name);
      if (!parsed.success) throw new ShelfwireError('OPTION_INVALID', `--name: ${describeIssues(parsed.error)}`);
    }
    makePrivateFolder(options.data);
    const names = storeNames(thisMachine(), listen, options.name);
    const identity = await currentIdentity(options.data, { names, now: Date.now(), newKey: options.newKey });
    new NetworkFileSettings(options.data).set(showAddress(listen), options.name);
    const { fingerprint256, validToDate } = identity.certificate;
    const report = await networkAfter(options.data, { listen: showAddress(listen), fingerprint: fingerprint256 });
    const urls = report?.urls ?? urlsOf(names, listen.port);
    const running = report !== undefined;
    if (options.json) terminal.out(`${JSON.stringify({ running, urls, fingerprint: fingerprint256 })}\n`);
    else {
      const when = running ? 'is open to other devices of the store' : 'will be open when the agent runs';
      terminal.out(`The app ${when}, at:\n`);
      for (const url of urls) terminal.out(`  ${url}\n`);
      terminal.out(`Fingerprint of the certificate (SHA-256), until ${validToDate.toISOString().slice(0, 10)}:\n`);
      terminal.out(`  ${fingerprint256}\n`);
      terminal.out('A device warns at its first visit: compare what it shows with this before you go on.\n');
    }
    return 0;
  },

  async 'network off'({ options }, terminal) {
    const file = new NetworkFileSettings(options.data);
    if (file.get().listen !== undefined) file.set(null, file.get().names);
    await networkAfter(options.data, { listen: null });
    terminal.out('The app is closed to other devices.\n');
    return 0;
  },

  async 'network show'({ options }, terminal) {
    const status = (await callAgent(options.data, '/v1/status')) as AgentStatus | undefined;
    const isWanted = new NetworkFileSettings(options.data).get().listen !== undefined;
    const report = shownReport(options.data, status?.network);
    if (options.json)
      terminal.out(
        `${JSON.stringify({ running: status !== undefined, ...report, wanted: isWanted || report.isGiven })}\n`,
      );
    else show(report, { isRunning: status !== undefined, isWanted }, terminal);
    return report.lastError === null ? 0 : 1;
  },
};

/** Where nothing listens, because the agent does not run or is not to: what it would prove itself with. */
function shownReport(folder: string, report: NetworkReport | undefined): NetworkReport {
  if (report !== undefined && report.state !== 'off') return report;
  const certificate = readIdentity(folder)?.certificate;
  return {
    state: 'off',
    wanted: null,
    isGiven: false,
    urls: [],
    lastError: null,
    ...report,
    fingerprint: certificate?.fingerprint256 ?? null,
    validUntil: certificate?.validToDate.getTime() ?? null,
  };
}

function show(
  { state, urls, fingerprint, lastError }: NetworkReport,
  { isRunning, isWanted }: { isRunning: boolean; isWanted: boolean },
  terminal: Terminal,
): void {
  if (state === 'listening') terminal.out(`Open to other devices, at:\n${urls.map((url) => `  ${url}\n`).join('')}`);
  else if (state === 'failed') terminal.out('It is to be open to other devices, and cannot be.\n');
  else
    terminal.out(
      isWanted && !isRunning ? 'Open to other devices when the agent runs.\n' : 'Closed to other devices.\n',
    );
  if (fingerprint !== null) terminal.out(`Fingerprint of the certificate (SHA-256):\n  ${fingerprint}\n`);
  if (lastError) terminal.out(`${lastError.code}: ${lastError.detail}\n  ${lastError.remedy}\n`);
}
