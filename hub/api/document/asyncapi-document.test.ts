import { describe, expect, it } from 'vitest';
import { AGENT_EVENT_SCHEMAS, HUB_EVENT_SCHEMAS } from '#shared/protocol/event-schemas.ts';
import { EVENT_TYPES } from '#hub/outbox/event-types.ts';
import { asyncApiDocument } from './asyncapi-document.ts';
import type { JsonSchema } from './json-schemas.ts';

const document = asyncApiDocument('1.2.3');
const text = JSON.stringify(document);

/** What a reference of the document leads to. */
function lookUp(reference: string): unknown {
  const names = reference.replace(/^#\//, '').split('/');
  return names.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], document);
}

describe('the AsyncAPI document', () => {
  it('has each event of the sockets and each type of event in each form, once', () => {
    const names = Object.values(document.channels).flatMap(({ messages }) =>
      Object.values(messages).map(({ name }) => name),
    );
    const agent = Object.keys(AGENT_EVENT_SCHEMAS).flatMap((name) => [name, `${name} answered`]);
    const forms = ['', ' as CloudEvent', ' as CloudEvent, binary', ' over NATS'];
    const events = Object.keys(EVENT_TYPES).flatMap((name) => forms.map((form) => `${name}${form}`));
    expect(names.toSorted()).toEqual([...agent, ...Object.keys(HUB_EVENT_SCHEMAS), ...events].toSorted());
    expect(Object.keys(document.operations)).toHaveLength(
      [AGENT_EVENT_SCHEMAS, HUB_EVENT_SCHEMAS, EVENT_TYPES, EVENT_TYPES].flatMap((types) => Object.keys(types)).length,
    );
  });

  it('refers only to what stands in it, and operations to messages of their own channel', () => {
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) expect([reference, typeof lookUp(reference)]).toEqual([reference, 'object']);
    for (const { action, channel, messages, reply } of Object.values(document.operations)) {
      expect(['send', 'receive']).toContain(action);
      for (const { $ref } of [...messages, ...(reply?.messages ?? [])])
        expect($ref).toContain(`${channel.$ref}/messages/`);
      expect(reply !== undefined).toBe(action === 'receive');
    }
  });

  it('has names that AsyncAPI takes, and no keyword of JSON Schema that draft 7 has not', () => {
    const named = [document.channels, document.operations, document.components.schemas, document.servers];
    for (const name of named.flatMap((part) => Object.keys(part))) expect(name).toMatch(/^[A-Za-z0-9_.-]+$/);
    expect(text).not.toMatch(/"(prefixItems|unevaluatedProperties|\$defs|\$dynamicRef|dependentRequired)":/);
  });

  it('says of a webhook what is sent', () => {
    const { payload } = document.channels.webhook.messages['availabilityChanged']!;
    expect(payload.required).toEqual(['type', 'timestamp', 'sequence', 'correlationId', 'data']);
    const { items } = (payload.properties!['data'] as JsonSchema).properties!;
    expect((items!['items'] as JsonSchema).required).toEqual(['channel', 'sku', 'available']);
  });
});
