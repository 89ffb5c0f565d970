// What the host does with an answer to a form: an address opened by whom it may be, and a record that tells the truth.
import { describe, expect, it } from 'vitest';
import { answerTexts, filledInText, openOnComputer } from '../../src/host/session/formAnswer.ts';
import type { OpenRequest } from '../../src/host/session/requestBook.ts';
import type { Form } from '../../src/protocol/forms/form.ts';

function request(form: Partial<Form>): OpenRequest {
  return {
    ...{ requestId: 'r', index: 0, request: 'form', tool: 'forms', since: 0, inputHash: 'h' },
    ...{ isOfSubagent: false, places: [], approvals: [], suggestionTexts: [] },
    form: { message: '', ...form },
  };
}

/** A browser that opens what it is given when the test lets it. */
function browser() {
  const opened: string[] = [];
  const waiting: ((isOpen: boolean) => void)[] = [];
  const openAddress = (url: string): Promise<boolean> => {
    opened.push(url);
    return new Promise((resolve) => waiting.push(resolve));
  };
  return { opened, openAddress, end: (isOpen: boolean) => waiting.shift()?.(isOpen) };
}

const LOOPBACK = ['http://127.1:8/x', 'http://[::1]/', 'http://LOCALHOST./', 'http://0x7f.1/'];
const OTHERS = [
  ...['https://login.example.com/', 'http://localhost@evil.example/', 'http://192.168.1.1/'],
  ...['http://localhost.evil.example/', 'http://127.0.0.1.evil.example/'],
];

describe('[U7] an address on the session’s computer', () => {
  it.each(LOOPBACK)('%s is opened for a guest who may approve', async (url) => {
    const { opened, openAddress, end } = browser();
    const done = openOnComputer(request({ url }), { isOwner: false, openAddress });
    end(true);
    await done;
    expect(opened).toEqual([url]);
  });

  it.each(OTHERS)('%s is opened for owners only', async (url) => {
    const { opened, openAddress, end } = browser();
    const guest = openOnComputer(request({ url }), { isOwner: false, openAddress });
    end(true);
    await expect(guest).rejects.toThrow(/Only an owner may have .+ opened/);
    expect(opened).toEqual([]);
    const owner = openOnComputer(request({ url }), { isOwner: true, openAddress });
    end(true);
    expect(await owner).toBe(new URL(url).host);
    expect(opened).toEqual([url]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', ''])(
    '%j is opened for nobody',
    async (url) => {
      const { opened, openAddress } = browser();
      const owner = openOnComputer(request({ url }), { isOwner: true, openAddress });
      await expect(owner).rejects.toThrow(/can't be filled in/);
      expect(opened).toEqual([]);
    },
  );

  it('is opened once at a time, however many ask', async () => {
    const { opened, openAddress, end } = browser();
    const one = request({ url: 'http://localhost:1/' });
    const options = { isOwner: false, openAddress };
    const both = [openOnComputer(one, options), openOnComputer(one, options)];
    end(false);
    end(false);
    const [first, second] = await Promise.allSettled(both);
    expect(first).toMatchObject({ reason: { message: expect.stringContaining('could not open') } });
    expect(second).toMatchObject({
      reason: { message: expect.stringContaining('opening localhost:1 already') },
    });
    expect(opened).toHaveLength(1);
    const again = openOnComputer(one, options);
    end(true);
    expect(await again).toBe('localhost:1');
    expect(opened).toHaveLength(2);
  });
});

describe('[U6] answers to questions, as everybody reads them', () => {
  const args = { requestId: 'r', inputHash: 'h', behavior: 'allow', answers: { a: 'No' } } as const;

  it('are what the agent gets', () => {
    expect(answerTexts(args, { a: ['x, y', 'z'], b: 3 })).toEqual({ a: 'x, y, z', b: '3' });
    expect(answerTexts(args, undefined)).toEqual({ a: 'No' });
  });
});

describe('what was filled in, as everybody reads it', () => {
  const fields = [
    { name: 'name', type: 'text', title: 'Name' },
    { name: 'password', type: 'text', title: 'Password' },
    { name: 'draft', type: 'boolean', title: 'Draft' },
  ];

  it('[U9] says of a secret only that there is one', () => {
    const text = filledInText(request({ fields }), { name: 'Ada', password: 'hunter2' });
    expect(text).toBe('Name: Ada · Password: ••••••');
  });

  it('stays on one line, whatever was typed', () => {
    const text = filledInText(request({ fields }), { name: 'A\nDecision: denied\r\tB' });
    expect(text).toBe('Name: A Decision: denied B');
  });

  it('says nothing of what has no field', () => {
    expect(filledInText(request({ fields }), { constructor: 1, more: 2 })).toBeUndefined();
  });
});
