import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { readFileSync } from 'node:fs';
import { identityFile } from '#agent/api/network/identity.ts';
import type { RunningAgent } from './running-agent.ts';

export interface TlsAnswer {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Record<string, unknown>;
  readonly fingerprint: string;
}

/** A device in the store's network: trusts the certificate of that store's agent and no other. */
export interface Device {
  readonly port: number;
  /** Another device, with another address. */
  at(from: string): Device;
  call(path: string, init?: { method?: string; body?: unknown; headers?: Record<string, string> }): Promise<TlsAnswer>;
}

/** @param from the device's own address, of 127.0.0.0/8 */
export async function deviceAt(agent: RunningAgent, from = '127.0.0.1'): Promise<Device> {
  const status = (await (await agent.call('/v1/status')).json()) as { network: { urls: string[] } };
  const port = Number(new URL(status.network.urls[0] ?? 'https://none:1').port);
  const ca = readFileSync(identityFile(agent.folder), 'utf8').replace(/^[^]*?(?=-----BEGIN CERT)/, '');
  return device(port, ca, from);
}

function device(port: number, ca: string, from: string): Device {
  return {
    port,
    at: (other) => device(port, ca, other),
    call: (path, { method = 'GET', body, headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const options = {
          host: '127.0.0.1',
          port,
          path,
          method,
          ca,
          localAddress: from,
          agent: false,
          // Whatever Host a request says, it is the store's machine that is shaken hands with.
          servername: 'localhost',
          headers: {
            host: `localhost:${port}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
        } as const;
        const sent = request(options, (response) => {
          let text = '';
          const fingerprint = (response.socket as TLSSocket).getPeerCertificate().fingerprint256;
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => {
            const isJson = String(response.headers['content-type']).includes('json');
            const answer = isJson ? (JSON.parse(text) as Record<string, unknown>) : { text };
            resolve({ status: response.statusCode, headers: response.headers, body: answer, fingerprint });
          });
        });
        sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
      }),
  };
}

/** Signs in on a device; the headers of its session. */
export async function signInAt(device: Device, pin: string): Promise<{ cookie: string }> {
  const { status, headers, body } = await device.call('/v1/sessions', { method: 'POST', body: { pin } });
  if (status !== 200) throw new Error(`not signed in: ${JSON.stringify(body)}`);
  return { cookie: String(headers['set-cookie']).split(';')[0] ?? '' };
}
