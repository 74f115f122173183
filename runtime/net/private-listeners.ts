// Listeners on free ports, each for one actor: what connects there is a session that was opened for it.
import { limits } from "../limits.ts";
import type { Pairing } from "./connection-host.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { startTcpListener, type TcpListener } from "./tcp-listener.ts";

export interface PrivateListenerOptions {
  readonly hostname: string;
  /** PEM texts; absent = plain TCP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** What is spoken there; `openedFor` is added to it. */
  readonly pairing: Pairing;
  readonly table: ConnectionTable;
  /** One could not be opened: a `RuntimeError`. Its owner has got no port. */
  readonly onFailure: (error: unknown) => void;
}

interface Opened {
  readonly listener: TcpListener;
  /** Of its owner's peer. */
  readonly address: string;
}

/** What one address has of them. */
interface Share {
  count: number;
  readonly oldestOwner: string;
}

/**
 * Its sessions begin as soon as there is a connection: over TLS when it has shaken hands. An owner who closes his
 * listener then, as he should, has one only while he waits for that. So what is open is claims alone, and no address
 * needs a bound of its own as long as there are free ones: where all are taken, those who claim most give way.
 */
export class PrivateListeners {
  readonly #options: PrivateListenerOptions;
  /** The oldest first. */
  readonly #opened = new Map<string, Opened>();
  #closed = false;

  constructor(options: PrivateListenerOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#opened.size;
  }

  /** Whether one of them is open there. */
  listensAt(port: number): boolean {
    return this.#opened.values().some(({ listener }) => listener.port === port);
  }

  /**
   * The port of this owner's listener, which is opened unless it is already; `address` is that of his peer. Where
   * `privateListenersMax` are open, the oldest of the address that has most is closed for it, if that leaves it as many
   * as this one has then (`net.listener_crowded_out`). Undefined where it does not (`net.listeners_max`), when none can
   * be opened, and after `closeAll`. `NetStats.refused` counts both reasons.
   */
  open(owner: string, address: string): number | undefined {
    const known = this.#opened.get(owner);
    if (known !== undefined) return known.listener.port;
    if (this.#closed) return undefined;
    const { pairing, onFailure, ...where } = this.#options;
    if (this.count >= limits.privateListenersMax && !this.#makeRoomFor(address)) {
      where.table.stats.countRefused("net.listeners_max");
      return undefined;
    }
    const owned: Pairing = { ...pairing, openedFor: owner };
    try {
      const listener = startTcpListener({ ...where, port: 0, choose: () => owned, speaksFirst: true });
      this.#opened.set(owner, { listener, address });
      return listener.port;
    } catch (error) {
      onFailure(error);
      return undefined;
    }
  }

  /** Nobody is accepted there any more, and who has not shaken hands is cut off. Sessions stay as they are. */
  close(owner: string): void {
    this.#close(owner, "listener_closed");
  }

  /** Closes each, and opens none from now on. */
  closeAll(): void {
    this.#closed = true;
    for (const owner of this.#opened.keys()) this.close(owner);
  }

  /** An address gives way to one that has at least two less: otherwise the two would take turns at it for ever. */
  #makeRoomFor(address: string): boolean {
    const shares = new Map<string, Share>();
    for (const [oldestOwner, opened] of this.#opened) {
      const share = shares.get(opened.address);
      if (share === undefined) shares.set(opened.address, { count: 1, oldestOwner });
      else share.count++;
    }
    const own = shares.get(address)?.count ?? 0;
    const most = shares.values().reduce((one, other) => (other.count > one.count ? other : one));
    if (most.count < own + 2) return false;
    this.#options.table.stats.countRefused("net.listener_crowded_out");
    this.#close(most.oldestOwner, "crowded_out");
    return true;
  }

  #close(owner: string, reason: string): void {
    const opened = this.#opened.get(owner);
    this.#opened.delete(owner);
    opened?.listener.stopAndCutOff(reason);
  }
}
