// Answers the panel as the extension would, so that the gallery can be used and tested.
import { Emitter } from '../../src/base/emitter.ts';
import { jsonSchema } from '../../src/protocol/json.ts';
import type { FromPanel } from '../../src/protocol/local/fromPanel.ts';
import type {
  PanelAttachment,
  PanelEntry,
  PanelHeader,
  Picture,
} from '../../src/protocol/local/panel.ts';
import { sampleChoices } from './sampleChoices.ts';
import type { FoundEntry } from '../../src/protocol/reading/foundEntries.ts';
import { OWN_OUTPUT } from './sampleEntries.ts';
import type { UiPort } from '../port.ts';

/** What the gallery shows at first. */
export interface FakeState {
  readonly header: PanelHeader;
  readonly entries: readonly PanelEntry[];
  readonly hasOlder: boolean;
  readonly draft: string;
}

/** The other end of the panel's port. */
export class FakeExtension {
  /** Everything the panel posted, oldest first. */
  readonly posted: FromPanel[] = [];
  /** Whether pings are answered. */
  isAnswering = true;
  /** Whether searches are answered. */
  isFinding = true;
  readonly port: UiPort;
  private hasBegun = false;
  private readonly pictures = new Emitter<readonly unknown[]>();
  private readonly state: FakeState;
  private attached: readonly PanelAttachment[] = [];

  constructor(state: FakeState) {
    this.state = state;
    this.port = {
      post: (message) => {
        this.posted.push(message);
        setTimeout(() => this.answer(message), 0);
      },
      onPicture: this.pictures.event,
      // What the browser keeps of this page when it reloads, and of no other.
      getState: () => jsonSchema.safeParse(history.state).data ?? undefined,
      setState: (kept) => history.replaceState(kept, ''),
    };
  }

  /** Shows the panel a picture. */
  send(...picture: Picture): void {
    this.pictures.fire(picture);
  }

  /** Sends messages that need not be of the protocol, as one picture. */
  sendRaw(...messages: readonly unknown[]): void {
    this.pictures.fire(messages);
  }

  private showAttached(attachments: readonly PanelAttachment[]): void {
    this.attached = attachments;
    this.send({ type: 'attachments', attachments: [...attachments] });
  }

  /** As a computer would find it, but for what was cut. */
  private find(query: string): FoundEntry[] {
    const wanted = query.toLowerCase();
    return [...this.state.entries].reverse().flatMap(({ index, entry }) => {
      // Words of a card, wherever they are in its entry.
      const text: string = JSON.stringify(entry).replace(/^.*?"(?:text|input|items)":/, '');
      const at = text.toLowerCase().indexOf(wanted);
      if (at < 0) return [];
      const start = Math.max(0, at - 40);
      const from = at - start;
      const snippet = text.slice(start, start + 160).replace(/\s/g, ' ');
      return [{ index, kind: entry.kind, at: entry.at, snippet, from, to: from + query.length }];
    });
  }

  private answer(message: FromPanel): void {
    switch (message.type) {
      case 'ready': {
        const { header, entries, hasOlder, draft } = this.state;
        if (!this.isAnswering && this.hasBegun) return;
        this.hasBegun = true;
        return this.send(
          { type: 'init', strings: {}, locale: 'en', draft },
          { type: 'header', header },
          { type: 'entries', entries: [...entries], hasOlder },
        );
      }
      case 'ping':
        return this.isAnswering ? this.send({ type: 'pong', n: message.n }) : undefined;
      case 'prompt': {
        const item = { id: `own-${this.posted.length}`, kind: 'prompt', text: message.text };
        const attached = this.attached.length === 0 ? {} : { attached: this.attached.length };
        this.showAttached([]);
        const sent = { ...item, status: 'sent' as const, at: 0, ...attached };
        return this.send({ type: 'outbox', items: [sent] });
      }
      case 'attach': {
        const { type: _, base64, ...item } = message;
        const bytes = Math.floor((base64.length * 3) / 4);
        return this.showAttached([...this.attached, { ...item, bytes }]);
      }
      case 'detach':
        return this.showAttached(this.attached.filter(({ id }) => id !== message.id));
      case 'fetch-blob': {
        const { blob, text } = OWN_OUTPUT;
        return message.blob === blob ? this.send({ type: 'blob', blob, text }) : undefined;
      }
      case 'look-up': {
        const { list, query } = message;
        return this.send({ type: 'found', list, query, ...sampleChoices(list, query) });
      }
      case 'find': {
        const { query } = message;
        if (!this.isFinding) return;
        const hits = this.find(query);
        return this.send({ type: 'found-entries', query, hits, next: 0 });
      }
      case 'fetch-context': {
        const { index } = message;
        const head = 'export class Bucket {\n  function refill() {\n    ';
        const place = { change: 0, line: 41, head, tail: '\n  }\n}' };
        return this.send({ type: 'context', index, places: [place] });
      }
      case 'open-file':
        return this.send({
          type: 'said',
          text: `Not on this computer. The path was copied: ${message.path}`,
        });
      case 'read-queued': {
        const { promptId } = message;
        const item = this.state.header.queue.find((one) => one.promptId === promptId);
        if (item === undefined) {
          return this.send({ type: 'queued', promptId, error: 'It does not wait any more.' });
        }
        const image = { mediaType: 'image/png', totalBytes: 48_200 };
        const images = Array.from({ length: item.images ?? 0 }, () => image);
        const version = `of ${item.text}`;
        return this.send({ type: 'queued', promptId, text: item.text, images, version });
      }
      default:
        return undefined;
    }
  }
}
