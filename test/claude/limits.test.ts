// [W1] Limits, overload and broken streams, as the real CLI tells of them: what the agent waits for, and what is live.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOutLine } from '../../src/claude/wire/streamJson.ts';
import { StreamMapper } from '../../src/claude/stream/streamMapper.ts';
import type { AgentEvent } from '../../src/protocol/agent.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { Wait } from '../../src/protocol/wait.ts';
import { entriesOf, FIXTURES, NOW, playStream, RECORDED_VERSIONS } from './fixtures.ts';

type Login = 'key' | 'plan';

function scenesOf(login: Login, version: string): ReadonlyMap<string, readonly AgentEvent[]> {
  return playStream(join(FIXTURES, `samples/limits-${login}-${version}.jsonl`), {
    hasMirror: false,
  });
}

const waitsOf = (events: readonly AgentEvent[] | undefined): readonly (Wait | undefined)[] =>
  (events ?? []).flatMap((event) => (event.kind === 'wait' ? [event.wait] : []));

/** What is live after each event, as `message block`. */
function liveAfter(events: readonly AgentEvent[]): readonly (readonly string[])[] {
  const live = new Set<string>();
  return events.map((event) => {
    if (event.kind === 'delta') live.add(`${event.messageId} ${event.block}`);
    if (event.kind === 'delta-end') live.delete(`${event.messageId} ${event.block}`);
    return [...live];
  });
}

describe.each(RECORDED_VERSIONS)('[W1] Claude Code %s', (version) => {
  const key = scenesOf('key', version);
  const plan = scenesOf('plan', version);

  it('waits for an overloaded service: one wait that goes on, and its end with the first word', () => {
    const events = key.get('overloaded') ?? [];
    const [first, second, end, ...more] = waitsOf(events);
    expect([first, second]).toMatchObject([
      { why: 'overloaded', since: NOW, attempt: 1, maxAttempts: 10 },
      { why: 'overloaded', since: NOW, attempt: 2, maxAttempts: 10 },
    ]);
    expect(second?.until).toBeGreaterThan(NOW);
    expect(end).toBeUndefined();
    expect(more).toEqual([]);
    const order = events.map(({ kind }) => kind).filter((kind) => /wait|delta$/.test(kind));
    expect(order.slice(0, 4)).toEqual(['wait', 'wait', 'wait', 'delta']);
  });

  it('waits where the service takes no more requests, which is no usage limit', () => {
    expect(waitsOf(key.get('too many'))).toMatchObject([
      { why: 'rate-limit', attempt: 1 },
      undefined,
    ]);
  });

  it('says of a refusal without a time that the turn failed, and waits for nothing', () => {
    const events = key.get('refused') ?? [];
    expect(waitsOf(events)).toEqual([]);
    expect(entriesOf(events)).toContainEqual(
      expect.objectContaining({ kind: 'turn', outcome: 'failed' }),
    );
  });

  it('[Q7] tells before the end of a turn that the service refused it, and why; not of one that went on', () => {
    const order = (events: readonly AgentEvent[] = []): readonly unknown[] =>
      events.flatMap((event) => {
        if (event.kind === 'refused') return [event.cause];
        return event.kind === 'entry' && event.entry.kind === 'turn' ? [event.entry.outcome] : [];
      });
    expect(order(key.get('refused'))).toEqual(['rate-limit', 'failed']);
    expect(order(plan.get('hours'))).toEqual(['usage-limit', 'failed']);
    expect(order(key.get('overloaded'))).toEqual(['completed']);
  });

  it('waits for the reset of a usage limit, also when its turn has ended', () => {
    const [hours, ...none] = waitsOf(plan.get('hours'));
    expect(hours).toMatchObject({ why: 'usage-limit', limit: 'hours' });
    expect(hours?.until).toBeGreaterThan(1_700_000_000_000);
    expect(hours?.attempt).toBeUndefined();
    expect(none).toEqual([]);
    expect(waitsOf(plan.get('week'))).toMatchObject([{ why: 'usage-limit', limit: 'week' }]);
  });

  it('waits no more as soon as the model answers', () => {
    expect(waitsOf(plan.get('goes on'))).toEqual([undefined]);
  });

  it('takes a refusal for no usage limit if it names neither limit nor time', () => {
    expect(waitsOf(plan.get('no limit')).filter((wait) => wait?.why === 'usage-limit')).toEqual([]);
  });

  it('tells nothing of limits as a record of an unknown kind', () => {
    const all = [...key.values(), ...plan.values()].flat();
    expect(entriesOf(all).filter(({ kind }) => kind === 'unknown')).toEqual([]);
  });

  it.each(['broken off', 'broken off and overloaded'])(
    'leaves nothing of an answer live that was %s',
    (scene) => {
      const events = key.get(scene) ?? [];
      const live = liveAfter(events);
      expect(live.some((blocks) => blocks.length > 0)).toBe(true);
      for (const [i, event] of events.entries()) {
        const isWait = event.kind === 'wait' && event.wait !== undefined;
        if (isWait || event.kind === 'entry') expect(live[i]).toEqual([]);
      }
    },
  );
});

describe('[W1] the news that a request is made again', () => {
  const kindsOf = (events: readonly AgentEvent[]): readonly string[] =>
    entriesOf(events).map(({ kind }) => kind);
  const user: Json = {
    ...{ type: 'user', uuid: 'p1', isReplay: true },
    message: { role: 'user', content: 'hello' },
  };
  const retry: Json = { type: 'system', subtype: 'api_retry', attempt: 1, uuid: 'r', error: 'x' };
  const result: Json = { type: 'result', subtype: 'success', is_error: true, uuid: 'e' };
  const begun = (): ((line: Json) => readonly string[]) => {
    const mapper = new StreamMapper({ now: () => NOW, hasMirror: false });
    mapper.prompts.sent({ promptId: 'p1', text: 'hello' }, false);
    return (line) => kindsOf(mapper.map(parseOutLine(line)));
  };

  it('comes after the prompt, whichever the CLI tells first', () => {
    const map = begun();
    expect([map(retry), map(user)]).toEqual([[], ['prompt', 'retry']]);
  });

  it('comes at the end of the turn at the latest', () => {
    const map = begun();
    expect([map(retry), map(result)]).toEqual([[], ['retry', 'turn']]);
  });
});

describe('[W1] what streams', () => {
  const delta = (text: string): Json => ({
    type: 'stream_event',
    event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
  });
  const begin: readonly Json[] = [
    { type: 'stream_event', event: { type: 'message_start', message: { id: 'm1' } } },
    {
      type: 'stream_event',
      event: { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    },
  ];

  it('comes back whole if it goes on while another request is made again', () => {
    const mapper = new StreamMapper({ now: () => NOW, hasMirror: false });
    const map = (line: Json): readonly AgentEvent[] => mapper.map(parseOutLine(line));
    for (const line of [...begin, delta('one ')]) map(line);
    const retry = { type: 'system', subtype: 'api_retry', attempt: 1, uuid: 'r', error: 'x' };
    expect(map(retry)).toContainEqual({ kind: 'delta-end', messageId: 'm1', block: 0 });
    expect(map(delta('two'))).toMatchObject([{ kind: 'delta', text: 'one two' }]);
    expect(map(delta(' three'))).toMatchObject([{ kind: 'delta', text: ' three' }]);
  });
});
