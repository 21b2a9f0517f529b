/** The Chrome DevTools Protocol over one WebSocket: https://chromedevtools.github.io/devtools-protocol/ */

export type Params = Readonly<Record<string, unknown>>;
type Listener = (method: string, params: Params) => void;

interface Waiter {
  readonly method: string;
  resolve(result: Params): void;
  reject(error: Error): void;
}

/** What the browser answered with an error, or could no longer answer. */
class ProtocolError extends Error {}

export class DevTools {
  readonly #socket: WebSocket;
  readonly #waiters = new Map<number, Waiter>();
  readonly #listeners = new Map<string, Listener>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
    socket.addEventListener('close', () => {
      for (const { method, reject } of this.#waiters.values())
        reject(new ProtocolError(`${method}: the browser is gone`));
      this.#waiters.clear();
    });
  }

  static async connect(endpoint: string): Promise<DevTools> {
    const socket = new WebSocket(endpoint);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new ProtocolError(`no browser at ${endpoint}`)), {
        once: true,
      });
    });
    return new DevTools(socket);
  }

  /** Events of one session; '' is the browser's own. */
  listen(sessionId: string, listener: Listener): void {
    this.#listeners.set(sessionId, listener);
  }

  forget(sessionId: string): void {
    this.#listeners.delete(sessionId);
  }

  send(method: string, params: Params = {}, sessionId = ''): Promise<Params> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) {
        reject(new ProtocolError(`${method}: the browser is gone`));
        return;
      }
      this.#waiters.set(id, { method, resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId === '' ? {} : { sessionId }) }));
    });
  }

  /** For what may have lost its page meanwhile: that is no fault of anybody's. */
  async attempt(method: string, params: Params = {}, sessionId = ''): Promise<Params | undefined> {
    try {
      return await this.send(method, params, sessionId);
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as {
      id?: number;
      sessionId?: string;
      method?: string;
      params?: Params;
      result?: Params;
      error?: { message: string };
    };
    if (message.id === undefined) {
      this.#listeners.get(message.sessionId ?? '')?.(message.method ?? '', message.params ?? {});
      return;
    }
    const waiter = this.#waiters.get(message.id);
    this.#waiters.delete(message.id);
    if (message.error === undefined) waiter?.resolve(message.result ?? {});
    else waiter?.reject(new ProtocolError(`${waiter.method}: ${message.error.message}`));
  }
}
