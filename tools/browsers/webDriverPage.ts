// What deep tests need of W3C WebDriver: one page that goes somewhere and evaluates expressions.
import { globSync } from 'node:fs';
import * as z from 'zod/mini';

/** Debian's package keeps it beside the library. */
const MINI_BROWSERS = '/usr/lib/*/webkit2gtk-4.*/MiniBrowser';
const SCRIPT_MS = 60_000;

const answerSchema = z.looseObject({ value: z.unknown() });
const sessionSchema = z.looseObject({ sessionId: z.string() });
const failureSchema = z.looseObject({ error: z.string(), message: z.optional(z.string()) });

async function call(method: string, url: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { value } = answerSchema.parse(await response.json());
  const failure = failureSchema.safeParse(value);
  if (response.ok || !failure.success) return value;
  throw new Error(`WebDriver: ${failure.data.error}: ${failure.data.message ?? ''}`);
}

/** A page of WebKitGTK's MiniBrowser. */
export class WebDriverPage {
  private readonly session: string;

  private constructor(session: string) {
    this.session = session;
  }

  /** Opens one through a driver that listens at `driver` (http://127.0.0.1:port). */
  static async open(
    driver: string,
    size: { readonly width: number; readonly height: number },
  ): Promise<WebDriverPage> {
    const [binary] = globSync(MINI_BROWSERS);
    if (binary === undefined)
      throw new Error(`There is no ${MINI_BROWSERS}: install webkit2gtk-driver.`);
    const options = { binary, args: ['--automation'] };
    const session = await call('POST', `${driver}/session`, {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
    });
    const url = `${driver}/session/${sessionSchema.parse(session).sessionId}`;
    await call('POST', `${url}/timeouts`, { script: SCRIPT_MS, pageLoad: SCRIPT_MS });
    await call('POST', `${url}/window/rect`, { ...size, x: 0, y: 0 });
    return new WebDriverPage(url);
  }

  async go(url: string): Promise<void> {
    await call('POST', `${this.session}/url`, { url });
  }

  evaluate(expression: string): Promise<unknown> {
    return call('POST', `${this.session}/execute/sync`, {
      script: `return ${expression}`,
      args: [],
    });
  }

  async quit(): Promise<void> {
    await call('DELETE', this.session);
  }
}
