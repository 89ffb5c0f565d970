// VS Code's API as far as the tested parts of the editor use it; vitest takes it for the module `vscode`. The real one is in test/vscode.
import { Emitter } from '../../src/base/emitter.ts';

/** What the editor was told to do, and what a test makes it be. */
export interface FakeEditor {
  /** Context keys by their full names. */
  readonly context: Map<string, unknown>;
  /** Texts of the notifications. */
  readonly notices: string[];
  readonly panels: FakePanel[];
  isFocused: boolean;
  /** Folder of the workspace. */
  folder: string;
}

/** The editor of the test that runs. */
export const editor: FakeEditor = {
  context: new Map(),
  notices: [],
  panels: [],
  isFocused: true,
  folder: '/nowhere',
};

/** Forgets what the test before has made. */
export function resetEditor(): void {
  editor.context.clear();
  editor.notices.length = 0;
  editor.panels.length = 0;
  Object.assign(editor, { isFocused: true, folder: '/nowhere' });
}

const never = () => ({ dispose: () => undefined });

/** A tab with a page. */
export class FakePanel {
  title: string;
  visible = true;
  active = true;
  iconPath: unknown;
  readonly viewColumn = 1;
  private readonly disposed = new Emitter<void>();
  private readonly changed = new Emitter<void>();
  readonly onDidDispose = this.disposed.event;
  readonly onDidChangeViewState = this.changed.event;
  readonly webview = {
    options: {},
    html: '',
    cspSource: 'self',
    postMessage: () => Promise.resolve(true),
    asWebviewUri: (uri: unknown) => uri,
    onDidReceiveMessage: never,
  };

  constructor(title: string) {
    this.title = title;
  }

  /** It comes to the front, or goes behind another tab. */
  show(isShown: boolean): void {
    this.visible = isShown;
    this.active = isShown;
    this.changed.fire();
  }

  reveal(): void {
    this.show(true);
  }

  dispose(): void {
    this.disposed.fire();
  }
}

/** A URI that is only its path. */
export const Uri = {
  file: (path: string) => ({ path }),
  joinPath: ({ path }: { readonly path: string }, ...parts: readonly string[]) => ({
    path: [path, ...parts].join('/'),
  }),
};

/** Texts in English. */
export const l10n = {
  t: (text: string, ...values: readonly unknown[]): string =>
    text.replaceAll(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)])),
  bundle: undefined,
};

/** Where a panel opens. */
export const ViewColumn = { Active: -1 };

/** What a tab of a panel holds. */
export class TabInputWebview {}

/** This window. */
export const window = {
  tabGroups: { all: [] },
  registerWebviewPanelSerializer: never,
  createWebviewPanel: (_type: string, title: string): FakePanel => {
    const panel = new FakePanel(title);
    editor.panels.push(panel);
    return panel;
  },
  get state() {
    return { focused: editor.isFocused };
  },
  onDidChangeWindowState: never,
  showErrorMessage: (text: string): Promise<undefined> => {
    editor.notices.push(text);
    return Promise.resolve(undefined);
  },
  showInformationMessage: (text: string): Promise<undefined> => {
    editor.notices.push(text);
    return Promise.resolve(undefined);
  },
};

/** Settings are as they are delivered; one folder is open. */
export const workspace = {
  getConfiguration: () => ({ get: () => undefined }),
  getWorkspaceFolder: ({ path }: { readonly path: string }) =>
    path === editor.folder ? {} : undefined,
};

/** Only context keys are kept. */
export const commands = {
  executeCommand: (command: string, name: string, value: unknown): Promise<undefined> => {
    if (command === 'setContext') editor.context.set(name, value);
    return Promise.resolve(undefined);
  },
};

/** The language of the editor. */
export const env = { language: 'en' };
