// Whether an address is one of this machine's: who connects to a port there may connect to this very process.
import { networkInterfaces } from "node:os";

/** An IPv4 address that a socket for both kinds has come by. */
const MAPPED = "::ffff:";

/** Of a numeric address. Interfaces come and go: they are looked at each time. */
export function isThisMachine(remoteAddress: string): boolean {
  const address = remoteAddress.startsWith(MAPPED) ? remoteAddress.slice(MAPPED.length) : remoteAddress;
  if (address === "::1" || address.startsWith("127.")) return true;
  const [withoutZone] = address.split("%");
  return Object.values(networkInterfaces()).some((own) => own?.some((each) => each.address === withoutZone));
}
