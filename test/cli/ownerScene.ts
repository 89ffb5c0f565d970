// A session with the owner's own terminals, for tests that stop sharing it.
import { type CliRig, createCliRig, type Joined } from './cliRig.ts';

/** A started session of a rig. */
export class OwnerScene {
  readonly rig: CliRig;
  readonly session: string;
  private count = 0;

  private constructor(rig: CliRig, session: string) {
    this.rig = rig;
    this.session = session;
  }

  static async start(): Promise<OwnerScene> {
    const rig = await createCliRig();
    const started = await rig.json(['start', '--title', 'Stopped', '--cwd', '.']);
    return new OwnerScene(rig, String(started['sessionId']));
  }

  /** The text of the last answer. */
  get lastAnswer(): string {
    return `answer ${this.count} after stop`;
  }

  /** A terminal of the owner that is live. */
  async ownTerminal(): Promise<Joined> {
    const terminal = await this.rig.join(this.session, 'own');
    await terminal.find('truth', ({ truth }) => truth === 'live');
    return terminal;
  }

  /** Somebody with a viewer link who is live. */
  async guest(name: string): Promise<Joined> {
    const { link } = await this.rig.json(['share', this.session, '--role', 'viewer']);
    const joined = await this.rig.join(String(link), name);
    await joined.find('truth', ({ truth }) => truth === 'live');
    return joined;
  }

  /** A prompt of one terminal that every one of them shows the answer of. */
  async answered(by: Joined, all: readonly Joined[]): Promise<void> {
    this.count += 1;
    const text = this.lastAnswer;
    by.say({ ref: text, prompt: `[[text:${text}]]` });
    await by.find('ack', ({ ref, status }) => ref === text && status === 'done');
    for (const one of all) {
      await one.find('entry', ({ entry }) => entry.kind === 'text' && entry.text === text);
    }
  }

  stopSharing(): Promise<unknown> {
    return this.rig.json(['stop-sharing', this.session]);
  }
}
