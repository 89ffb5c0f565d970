// VS Code's API as far as the tested parts of the editor use it; vitest takes it for the module `vscode`. The real one is in test/vscode.
import { Emitter } from '../../src/base/emitter.ts';

/** What the editor was told to do, and what a test makes it be. */
export interface FakeEditor {
  /** Context keys by their full names. */
  readonly context: Map<string, unknown>;
  /** Texts of the notifications. */
  readonly notices: string[];
  readonly panels: FakePanel[];
  /** Labels of the tabs with a page that this window had before the extension began; each in front of its group. */
  readonly tabs: FakeTab[];
  isFocused: boolean;
  /** Folder of the workspace. */
  folder: string;
  /** Which button of a question is pressed; undefined: it is closed. */
  choice: string | undefined;
  /** Settings that are not as they are delivered, by their names below the extension's. */
  readonly settings: Map<string, unknown>;
  /** What the person picks of a list, types, or chooses as a folder, in this order; undefined: it is closed. */
  readonly chosen: unknown[];
  /** Labels of the lists that were shown. */
  readonly lists: (readonly string[])[];
  /** The text editor in front, and whether another tab lies over it. */
  text: FakeTextEditor | undefined;
  isTextHidden: boolean;
}

/** A text editor with lines from 0. */
export interface FakeTextEditor {
  readonly document: {
    readonly uri: { readonly scheme: string; readonly fsPath: string };
    readonly isDirty: boolean;
  };
  readonly selection: {
    readonly isEmpty: boolean;
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
}

const textChanged = new Emitter<FakeTextEditor | undefined>();

/** Another editor comes to the front, or something else is selected in it; undefined: none is in front. */
export function showText(text: FakeTextEditor | undefined): void {
  if (text !== undefined) editor.text = text;
  textChanged.fire(text);
}

/** The editor of the test that runs. */
export const editor: FakeEditor = {
  context: new Map(),
  notices: [],
  panels: [],
  tabs: [],
  isFocused: true,
  folder: '/nowhere',
  choice: undefined,
  settings: new Map(),
  chosen: [],
  lists: [],
  text: undefined,
  isTextHidden: false,
};

/** Forgets what the test before has made. */
export function resetEditor(): void {
  editor.context.clear();
  editor.notices.length = 0;
  editor.panels.length = 0;
  l10n.bundle = undefined;
  editor.tabs.length = 0;
  editor.settings.clear();
  editor.chosen.length = 0;
  editor.lists.length = 0;
  Object.assign(editor, {
    isFocused: true,
    folder: '/nowhere',
    choice: undefined,
    text: undefined,
    isTextHidden: false,
  });
}

const never = () => ({ dispose: () => undefined });

/** What a tab with a page shows. */
export class TabInputWebview {
  readonly viewType = 'mainThreadWebview-twinhelm.panel';
}

/** A tab as the window lists it. */
export class FakeTab {
  readonly label: string;
  readonly isActive = true;
  readonly input = new TabInputWebview();
  readonly group = { viewColumn: 1 };

  constructor(label: string) {
    this.label = label;
  }
}

/** A tab with a page. */
export class FakePanel {
  title: string;
  visible = true;
  active = true;
  iconPath: unknown;
  readonly viewColumn = 1;
  private readonly disposed = new Emitter<void>();
  private readonly changed = new Emitter<void>();
  private readonly said = new Emitter<unknown>();
  readonly onDidDispose = this.disposed.event;
  readonly onDidChangeViewState = this.changed.event;
  readonly webview = {
    options: {},
    html: '',
    cspSource: 'self',
    postMessage: () => Promise.resolve(true),
    asWebviewUri: (uri: unknown) => uri,
    onDidReceiveMessage: this.said.event,
  };

  constructor(title: string) {
    this.title = title;
  }

  /** Its page says something. */
  say(message: unknown): void {
    this.said.fire(message);
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

/** Texts in English, or in the language of a bundle. */
export const l10n = {
  t: (text: string, ...values: readonly unknown[]): string =>
    (l10n.bundle?.[text] ?? text).replaceAll(/\{(\d)\}/g, (_, at: string) =>
      String(values[Number(at)]),
    ),
  // As VS Code has it: a test may put one in.
  bundle: undefined as Readonly<Record<string, string>> | undefined,
};

/** Where a panel opens. */
export const ViewColumn = { Active: -1 };

/** This window. */
export const window = {
  tabGroups: {
    get all() {
      return [{ tabs: editor.tabs }];
    },
    close: (tab: FakeTab): Promise<boolean> => {
      editor.tabs.splice(editor.tabs.indexOf(tab), 1);
      return Promise.resolve(true);
    },
  },
  get activeTextEditor() {
    return editor.text;
  },
  get visibleTextEditors() {
    return editor.text === undefined || editor.isTextHidden ? [] : [editor.text];
  },
  onDidChangeActiveTextEditor: textChanged.event,
  onDidChangeTextEditorSelection: (listener: (event: { textEditor: unknown }) => void) =>
    textChanged.event((textEditor) => listener({ textEditor })),
  onDidChangeVisibleTextEditors: textChanged.event,
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
  showWarningMessage: (
    text: string,
    { detail }: { readonly detail: string },
    ...buttons: readonly string[]
  ): Promise<string | undefined> => {
    editor.notices.push(`${text} ${detail}`);
    return Promise.resolve(buttons.find((one) => one === editor.choice));
  },
  /** The person picks the one whose label has the words of the test. */
  showQuickPick: (items: readonly { readonly label: string }[]): Promise<unknown> => {
    editor.lists.push(items.map(({ label }) => label));
    const words = editor.chosen.shift();
    const picked = items.find(({ label }) => typeof words === 'string' && label.includes(words));
    return Promise.resolve(picked);
  },
  showInputBox: (): Promise<unknown> => Promise.resolve(editor.chosen.shift()),
  showOpenDialog: (): Promise<unknown> => {
    const path = editor.chosen.shift();
    return Promise.resolve(path === undefined ? undefined : [{ fsPath: path }]);
  },
  showInformationMessage: (text: string): Promise<undefined> => {
    editor.notices.push(text);
    return Promise.resolve(undefined);
  },
};

/** Settings are as they are delivered, but for those of the test; one folder is open. */
export const workspace = {
  getConfiguration: (section: string) => ({
    get: (name: string) => (section === 'twinhelm' ? editor.settings.get(name) : undefined),
  }),
  onDidSaveTextDocument: never,
  onDidChangeTextDocument: never,
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
