/**
 * A page in headless Chromium, driven over its debugging pipe: what a reader's browser makes of a file, without any package.
 *
 * Only where Chromium is installed; `chromium` is null elsewhere, and tests that need it are skipped.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Path of the program, or null. */
export const chromium =
  ['chromium', 'chromium-browser', 'google-chrome'].map(which).find((each) => each !== null) ?? null;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

export class Browser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #session = '';
  #count = 0;
  /** Addresses asked for since the last `open`, the page's own first. */
  readonly requests: string[] = [];
  /** Errors, refused scripts, and whatever was written to the console. */
  readonly complaints: string[] = [];

  constructor(program: string) {
    this.#profile = fs.mkdtempSync(path.join(os.tmpdir(), 'chromium-'));
    this.#process = spawn(
      program,
      [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--remote-debugging-pipe',
        `--user-data-dir=${this.#profile}`,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    let rest = '';
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\0');
      rest = parts.pop() ?? '';
      for (const part of parts) this.#hear(JSON.parse(part) as Message);
    });
  }

  #hear(message: Message): void {
    if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
    const { method, params = {} } = message;
    if (method === 'Network.requestWillBeSent') this.requests.push((params.request as { url: string }).url);
    if (method === 'Runtime.exceptionThrown' || method === 'Runtime.consoleAPICalled' || method === 'Log.entryAdded')
      this.complaints.push(JSON.stringify(params).slice(0, 500));
  }

  #send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#count;
    const session = this.#session === '' ? {} : { sessionId: this.#session };
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }

  /** Opens a file and waits until it is loaded. */
  async open(file: string, { width, height, scheme }: View, withScripts = true): Promise<void> {
    if (this.#session === '') {
      const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
      this.#session = String(sessionId);
      for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await this.#send(`${domain}.enable`);
    }
    await this.#send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 600,
    });
    await this.#send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    await this.#send('Emulation.setScriptExecutionDisabled', { value: !withScripts });
    this.requests.length = 0;
    this.complaints.length = 0;
    await this.#send('Page.navigate', { url: `file://${file}` });
    await this.until('document.readyState === "complete"');
  }

  /** The value of an expression in the page. */
  async ask(expression: string): Promise<unknown> {
    const { result } = await this.#send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    return (result as { value?: unknown }).value;
  }

  /** Waits for an expression to become true. */
  async until(expression: string): Promise<void> {
    while ((await this.ask(expression)) !== true) await new Promise((resolve) => setTimeout(resolve, 25));
  }

  /** Moves the pointer over the middle of an element. */
  async hover(selector: string): Promise<void> {
    const place = (await this.ask(`(() => {
      const box = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    })()`)) as { x: number; y: number };
    await this.#send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...place });
  }

  async pressTab(): Promise<void> {
    for (const type of ['keyDown', 'keyUp'])
      await this.#send('Input.dispatchKeyEvent', { type, key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#session = '';
    this.#send('Browser.close').catch(() => {});
    await ended;
    fs.rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function which(name: string): string | null {
  try {
    return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}
